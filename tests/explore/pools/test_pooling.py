"""The explorer of pooling: it shows the engine's and PyTorch's numbers, a named mistake, or a sentence."""

import numpy as np
import pytest

from tests.explore.changes import assert_shown, combinations, is_hidden, type_into, values
from tests.front_end import each_state, send
from tests.scenes.checks import assert_sums
from vizconv import explore
from vizconv.explore.pools.pooling import KINDS, MOST, PICTURES, TIES, TOPIC


def windows(settings):
    """The index of each place of y, with the rows and columns of x that its window sees."""
    size, step, around = settings.size, settings.stride, settings.padding
    counts = [(length + 2 * around - size) // step + 1 for length in settings.x.shape]
    for i, j in np.ndindex(*counts):
        starts = i * step - around, j * step - around
        yield (i, j), tuple(slice(max(0, start), max(0, start + size)) for start in starts)


def naive(settings, dy):
    """(y, dx) by loops over windows, for every kind and policy."""
    x, made = settings.x, []
    dx = np.zeros(x.shape)
    for place, seen in windows(settings):
        if settings.kind == "average":
            made.append(x[seen].sum() / settings.size**2)
            dx[seen] += dy[place] / settings.size**2
            continue
        made.append(x[seen].max())
        takes = x[seen] == made[-1]
        if settings.ties == "first":
            takes = (np.arange(takes.size) == takes.argmax()).reshape(takes.shape)
        dx[seen] += dy[place] * takes
    return np.reshape(made, dy.shape), dx


def assert_true(settings, scene):
    """y, dx, L and the sums are what loops find; where nothing fits there is one sentence."""
    around = settings.padding
    too_large = settings.size > min(settings.x.shape) + 2 * around
    if 2 * around > settings.size or too_large:
        assert [panel.name for panel in scene.panels] == ["x"] and scene.code == ""
        assert len(scene.notes) == 1 and scene.notes[0].endswith(".")
        return False
    assert_sums(scene)
    numbers = {panel.name: panel.values for panel in scene.panels}
    y, dx = naive(settings, numbers["dy"])
    inside = tuple(slice(around, around + length) for length in settings.x.shape)
    np.testing.assert_allclose(numbers["y"], y, rtol=1e-12)
    np.testing.assert_allclose(numbers["dx"][inside], dx, rtol=1e-12, atol=1e-12)
    assert numbers["sum_dx"] == pytest.approx(dx.sum())
    assert numbers["L"] == pytest.approx((y * numbers["dy"]).sum())
    assert ("ties" in numbers) == (settings.kind == "max" and settings.ties == "every")
    return True


def test_every_control_over_its_whole_range():
    explorer = explore.pooling("counting")
    for _ in each_state(explorer):
        assert_shown(explorer, assert_true)
        assert is_hidden(explorer.controls["ties"]) == (explorer.settings.kind == "average")
    text = "Scene(x 7×7, mask 6×6, y 3×3, L 1, dx 7×7, dy 3×3, sum_dx 1, sum_dy 1)"
    assert repr(explorer) == f"Explorer(pooling: {text})"


def test_five_hundred_random_combinations():
    fitted = sum(assert_true(*each) for each in combinations(TOPIC, explore.pooling().settings, 5))
    assert 250 < fitted < 495  # both have been seen


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("x", PICTURES)
def test_pytorch_agrees_and_the_code_makes_the_same_numbers(torch, kind, x):
    function = {"max": torch.nn.functional.max_pool2d, "average": torch.nn.functional.avg_pool2d}[kind]
    for size, stride, padding in ((2, 2, 0), (2, 1, 1), (3, 2, 1), (2, 3, 0)):
        explorer, made = explore.pooling(x, kind=kind, size=size, stride=stride, padding=padding), {}
        exec(explorer.stage.code, made)
        tensor = torch.tensor(explorer.settings.x[None, None].astype(np.float64), requires_grad=True)
        y = function(tensor, size, stride, padding)
        y.backward(torch.tensor(values(explorer, "dy")[None, None].astype(np.float64)))
        np.testing.assert_allclose(made["y"], y[0, 0].detach().numpy())
        np.testing.assert_allclose(made["dx"], tensor.grad[0, 0].numpy())
        np.testing.assert_array_equal(made["y"], values(explorer, "y"))
        assert_shown(explorer, assert_true)


# ---- Edits -------------------------------------------------------------------------------------------------


def test_an_edit_of_x_moves_the_maximum():
    explorer = explore.pooling()
    type_into(explorer, "x", 0, 20)
    assert values(explorer, "y")[0, 0] == 20
    assert values(explorer, "dx")[:2, :2].tolist() == [[1, 0], [0, 0]]
    assert explorer.controls["input"].value == "your own"
    assert_shown(explorer, assert_true)
    send(explorer.controls["padding"], value=1)
    type_into(explorer, "x", 7, 30)  # x[0, 0] within its padding
    assert explorer.settings.x[0, 0] == 30
    assert_shown(explorer, assert_true)


def test_what_was_typed_into_dy_survives_other_settings():
    explorer = explore.pooling()
    type_into(explorer, "dy", 3, -7)
    assert values(explorer, "dy").tolist() == [[1, 2], [4, -7]]
    assert values(explorer, "dx")[2, 2] == -7
    for name, value in (("size", 4), ("size", 3), ("stride", 1), ("padding", 1)):
        send(explorer.controls[name], value=value)
        assert_shown(explorer, assert_true)
    assert values(explorer, "dy")[1, 1] == -7


def test_an_edit_of_dy_finds_its_place_also_where_a_part_is_values():
    explorer = explore.pooling()
    type_into(explorer, "dy", 1, 50)
    assert values(explorer, "dy").tolist() == [[1, 50], [4, 5]]
    large = explore.pooling(np.random.default_rng(0).permutation(1024).reshape(32, 32), size=3, stride=1)
    row, column = large.stage.scene.panel("dy").origin
    assert row > 0 and column > 0
    type_into(large, "dy", 2, -9)
    assert values(large, "dy")[0, 2] == large.settings.dy[row, column + 2] == -9
    assert_sums(large.stage.scene)


def test_what_does_not_fit_can_be_edited_all_the_same():
    explorer = explore.pooling([[1, 2], [3, 4]], size=3)
    assert "does not fit" in explorer.stage.scene.notes[0]
    type_into(explorer, "x", 3, 9)
    send(explorer.controls["size"], value=2)
    assert values(explorer, "y").tolist() == [[9]]


def test_own_numbers_and_own_dy():
    explorer = explore.pooling(np.arange(12).reshape(3, 4) / 2, [[10, 20, 30]], stride=1)
    assert values(explorer, "dy").tolist() == [[10, 20, 30], [1, 1, 1]]
    assert_shown(explorer, assert_true)
    large = explore.pooling(np.ones((90, 33), int), np.ones((99, 99), int), size=1)
    assert large.settings.dy.shape == (MOST, MOST)
    assert_sums(large.stage.scene)


# ---- A finite difference judges ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ties", TIES.values())
def test_where_nothing_ties_every_gradient_agrees(kind, ties):
    x = np.random.default_rng(8).permutation(30).reshape(5, 6)
    explorer = explore.pooling(x, kind=kind, ties=ties, size=3, stride=2, padding=1)
    for index in np.ndindex(x.shape):
        assert explorer.finite_difference("dx", *index).agrees


@pytest.mark.parametrize("ties", TIES.values())
def test_at_a_tie_no_cell_alone_can_judge(ties):
    explorer = explore.pooling(ties=ties)
    for index in ((2, 2), (3, 3)):
        assert "not differentiable here" in repr(explorer.finite_difference("dx", *index))
    higher, lower = (explore.pooling(explorer.settings.x + h, ties=ties) for h in (0.5, -0.5))
    rise = values(higher, "L") - values(lower, "L")
    assert rise == values(explorer, "sum_dy") == 12
    assert values(explorer, "sum_dx") == {"first": 12, "every": 17}[ties]


@pytest.mark.parametrize(
    ("keywords", "error", "message"),
    [
        ({"kind": "mean"}, ValueError, r"kind is 'mean'; one of \['max', 'average'\] is expected"),
        ({"ties": "last"}, ValueError, r"ties is 'last'; one of \['first', 'every'\] is expected"),
        ({"x": "nowhere"}, ValueError, "x is 'nowhere'; a matrix or one of"),
        ({"dy": [1, 2]}, ValueError, "dy"),
        ({"size": 0}, ValueError, "size"),
        ({"stride": 0.5}, TypeError, "stride"),
        ({"padding": -1}, ValueError, "padding"),
    ],
)
def test_what_is_no_setting_is_refused(keywords, error, message):
    with pytest.raises(error, match=message):
        explore.pooling(**keywords)

"""The explorer of gradients: in every view, for every setting, they are PyTorch's, SciPy's and true."""

import random
import re

import numpy as np
import pytest
from scipy.signal import convolve2d, correlate2d

import vizconv as vc
from tests.front_end import click, send, settings_of
from tests.scenes.checks import assert_sums
from vizconv import explore
from vizconv.examples.matrices import WORKED_DY, WORKED_INPUT, WORKED_KERNEL
from vizconv.explore.backward.gradients import ON_STAGE, TOPIC, VIEWS
from vizconv.explore.backward.settings import COUNTS, DYS, PAIRS, start
from vizconv.explore.chosen import OWN

NUMBERS = {"image": "images", "channel": "channels", "filter": "filters"}  # one, of as many as there are


def shown(explorer, name):
    """The values of a panel on the stage."""
    return explorer.stage.scene.panel(name).values


def expected(settings):
    """The gradients that the view shows, made by the engine of that part of dy alone."""
    record = settings.record()
    dy = np.zeros_like(settings.dy_for(record.y))
    part = slice(None), slice(None)
    if settings.view != "filters":
        part = part[0], slice(settings.filter, settings.filter + 1)
    if settings.view != "images":
        part = slice(settings.image, settings.image + 1), part[1]
    dy[part] = settings.dy_for(record.y)[part]
    return record, vc.conv2d_backward(record, dy, "gather")


def assert_true(settings, scene):
    """The panels hold the engine's numbers; where nothing fits there is one sentence instead."""
    if not scene.walk:
        with pytest.raises(ValueError, match="would fit") as refused:
            settings.record()
        assert [panel.name for panel in scene.panels] == ["x", "w"] and scene.code == ""
        assert str(refused.value).split("; ")[0][1:] in scene.notes[-1]
        offered = re.findall(r"a (padding|dilation) of (\d+)", scene.notes[-1].split("; ")[-1])
        assert all(int(number) <= 3 for _, number in offered)  # the sliders end there
        return False
    record, gradients = expected(settings)
    assert_sums(scene)
    image, filter, channel = settings.image, settings.filter, settings.channel
    channels = (
        channel if "channel" in ON_STAGE[settings.view] else slice(None) if settings.channels > 1 else 0
    )
    panels = {panel.name: panel.values for panel in scene.panels}
    if "dx" in panels:
        np.testing.assert_array_equal(panels["dx"], gradients.dpadded[image, channels])
    if "dw" in panels:
        np.testing.assert_array_equal(panels["dw"], gradients.dweight[filter, channels])
    if "db" in panels:
        assert panels["db"] == gradients.dbias[filter]
    assert panels["L"] == (gradients.dy * record.y).sum()
    return True


# ---- Every control, and all of them together ---------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_every_control_over_its_whole_range(view):
    explorer = explore.gradients(view=view, images=2, channels=2, filters=2, stride=2, padding=1)
    for control in explorer.controls.values():
        before = {"index": control.index} if hasattr(control, "index") else {"value": control.value}
        for state in settings_of(control):
            send(control, **state)
            assert_true(explorer.settings, explorer.stage.scene)
            said = {name: each.value for name, each in explorer.controls.items()}
            assert said == TOPIC.said(explorer.settings)
        send(control, **before)


def test_five_hundred_random_combinations():
    generator, settings, fitted = random.Random(0), start(), 0
    for _ in range(500):
        for name in generator.sample(list(TOPIC.said(settings)), generator.randint(1, 6)):
            settings = TOPIC.change(settings, name, anything(generator, name))
        fitted += assert_true(settings, TOPIC.scene(settings))
    assert 350 < fitted < 500  # both have been seen


RANGES = {control.name: (control.least, control.most) for control in (*PAIRS, *COUNTS)}


def anything(generator, name):
    """Draw a value that a control may have."""
    if name in ("view", "dy"):
        return generator.choice([*VIEWS] if name == "view" else [*DYS, OWN])
    if name == "apart":
        return generator.random() < 0.5
    quantity = name.removesuffix("_height").removesuffix("_width")
    return generator.randint(0, 2) if name in NUMBERS else generator.randint(*RANGES[quantity])


def test_they_are_the_gradients_that_pytorch_finds(torch):
    generator, fitted = random.Random(1), 0
    for _ in range(60):
        settings = start(counts={"images": 2, "channels": 2, "filters": 2})
        for control in PAIRS:
            name = f"{control.name}_height"
            settings = TOPIC.change(settings, name, anything(generator, name))
        settings = TOPIC.change(TOPIC.change(settings, "image", 1), "filter", 1)
        try:
            record = settings.record()
        except ValueError:
            continue
        fitted += 1
        dy = np.zeros(record.y.shape)
        dy[1, 1] = settings.dy_for(record.y)[1, 1]
        x, w, b = (
            torch.tensor(array.astype(np.float64), requires_grad=True)
            for array in (record.x, record.weight, record.bias)
        )
        y = torch.nn.functional.conv2d(x, w, b, settings.stride, settings.padding, settings.dilation)
        y.backward(torch.tensor(dy))
        scene = TOPIC.scene(settings)
        inside = scene.panel("dx").values[..., *record.geometry.crop]
        np.testing.assert_allclose(inside, x.grad[1].numpy())
        np.testing.assert_allclose(scene.panel("dw").values, w.grad[1].numpy())
        np.testing.assert_allclose(scene.panel("db").values, b.grad[1].numpy())
    assert fitted > 40


# ---- What the lesson points at -----------------------------------------------------------------------------


def test_it_begins_with_the_worked_example_and_scipys_gradients():
    explorer = explore.gradients()
    assert repr(explorer) == (
        "Explorer(gradients: Scene(x 4×4, w 2×2, b 1, y 3×3, dx 4×4, dw 2×2, db 1, dy 3×3, L 1))"
    )
    np.testing.assert_array_equal(shown(explorer, "y"), correlate2d(WORKED_INPUT, WORKED_KERNEL, "valid"))
    np.testing.assert_array_equal(shown(explorer, "dx"), convolve2d(WORKED_DY, WORKED_KERNEL, "full"))
    np.testing.assert_array_equal(shown(explorer, "dw"), correlate2d(WORKED_INPUT, WORKED_DY, "valid"))
    assert shown(explorer, "db") == np.sum(WORKED_DY)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("counts", [{}, {"images": 2, "channels": 2, "filters": 2}])
def test_a_finite_difference_of_every_gradient_on_show_agrees(view, counts):
    explorer = explore.gradients(view=view, stride=2, padding=1, **counts)
    send_shown(explorer, 1 if counts else 0)
    for name in {"dx", "dw", "db"} & {panel.name for panel in explorer.stage.scene.panels}:
        panel = explorer.stage.scene.panel(name)
        for cell in np.flatnonzero((panel.kinds & vc.scenes.CROPPED) == 0):
            index = np.unravel_index(cell, panel.shape)
            index = [int(at) + first for at, first in zip(index, panel.origin, strict=True)]
            assert explorer.finite_difference(name, *index).agrees


def send_shown(explorer, value):
    for name in NUMBERS:
        send(explorer.controls[name], value=value)


def test_scatter_and_gather_show_the_same_numbers():
    explorer = explore.gradients(size=7, stride=2, padding=1, view="scatter")
    before = shown(explorer, "dx")
    send(explorer.controls["view"], index=list(VIEWS).index("gather"))
    np.testing.assert_array_equal(shown(explorer, "dx"), before)
    assert explorer.stage.scene.walk == "dx"


def test_a_single_one_stamps_the_kernel_and_copies_the_patch():
    explorer = explore.gradients(dy="single")
    assert shown(explorer, "dx")[1:3, 1:3].tolist() == [list(row) for row in WORKED_KERNEL]
    assert np.count_nonzero(shown(explorer, "dx")) == 3
    np.testing.assert_array_equal(shown(explorer, "dw"), np.array(WORKED_INPUT)[1:3, 1:3])
    assert shown(explorer, "L") == shown(explorer, "y")[1, 1]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("last", [False, True])
def test_an_edit_reaches_the_cell_that_was_typed_into(view, last):
    explorer = explore.gradients(view=view, dy="ones", padding=1, images=2, channels=2, filters=2)
    send_shown(explorer, 1)
    editable = [panel for panel in explorer.stage.scene.panels if panel.editable]
    assert editable
    for panel in editable:
        cell = np.flatnonzero((panel.kinds & vc.scenes.PADDING) == 0)[-1 if last else 0]
        settings = TOPIC.typed(explorer.settings, explorer.stage.scene, panel.name, int(cell), 50)
        scene = TOPIC.scene(settings)
        before = panel.values.copy()
        before.flat[cell] = 50
        np.testing.assert_array_equal(scene.panel(panel.name).values, before)
        assert_true(settings, scene)


def test_what_was_typed_is_kept_when_sizes_change():
    explorer = explore.gradients()
    explorer.edit("dy", (2, 2), 77)
    explorer.edit("x", (3, 3), 55)
    assert explorer.controls["dy"].value == OWN
    for value in (8, 3, 4):
        send(explorer.controls["size_height"], value=value)
    assert shown(explorer, "dy")[2, 2] == 77 and shown(explorer, "x")[3, 3] == 55
    send(explorer.controls["dy"], index=0)
    assert shown(explorer, "dy").tolist() == [list(row) for row in WORKED_DY]
    send(explorer.controls["dy"], index=3)
    assert shown(explorer, "dy")[2, 2] == 77


@pytest.mark.parametrize("name", DYS)
def test_without_an_own_dy_the_present_one_stays(name):
    settings = TOPIC.change(start(dy=name), "size_height", 6)
    own = TOPIC.change(settings, "dy", OWN)
    np.testing.assert_array_equal(
        TOPIC.scene(own).panel("dy").values, TOPIC.scene(settings).panel("dy").values
    )


def test_what_does_not_fit_says_so_and_can_be_edited_all_the_same():
    explorer = explore.gradients(size=2, images=2, channels=2)
    send(explorer.controls["kernel_size_height"], value=4)
    assert "does not fit into the padded input" in explorer.stage.scene.notes[-1]
    explorer.edit("x", 7, 66)
    assert explorer.settings.x[0, 1, 1, 1] == 66
    send(explorer.controls["padding_height"], value=2)
    assert assert_true(explorer.settings, explorer.stage.scene)


@pytest.mark.parametrize("view", VIEWS)
def test_more_than_a_stage_shows_is_a_part_or_a_sentence(view):
    explorer = explore.gradients(w=np.ones((7, 7), int), size=12, padding=10, filters=4, images=4, view=view)
    scene = explorer.stage.scene
    assert ("a stage shows at most 50000" in scene.notes[-1]) == (view in ("filters", "images"))
    assert (scene.walk is None) == (view in ("filters", "images"))


def test_squares_return():
    explorer = explore.gradients(np.ones((3, 5), int), images=2, filters=3, stride=(1, 2))
    assert explorer.controls["apart"].value
    send_shown(explorer, 1)
    send(explorer.controls["images"], value=1)
    assert explorer.settings.image == 0 and shown(explorer, "x").shape == (3, 5)
    send(explorer.controls["apart"], value=False)
    assert all(len(set(getattr(explorer.settings, control.name))) == 1 for control in PAIRS)


@pytest.mark.parametrize("view", VIEWS)
def test_only_controls_that_mean_something_are_there(view):
    explorer = explore.gradients(view=view, images=2, channels=2, filters=2)
    there = {name for name in NUMBERS if explorer.controls[name].layout.visibility != "hidden"}
    assert there == set(ON_STAGE[view])
    for count in NUMBERS.values():
        send(explorer.controls[count], value=1)
    assert all(explorer.controls[name].layout.visibility == "hidden" for name in NUMBERS)


@pytest.mark.parametrize("dy", [None, "ones", [[0.5, -1, 2], [3, 4, 5], [1, 1, 1]]])
def test_the_code_makes_the_same_numbers(dy):
    explorer, made = explore.gradients(dy=dy), {}
    exec(explorer.stage.code, made)
    np.testing.assert_array_equal(made["dx"][0, 0], shown(explorer, "dx"))
    np.testing.assert_array_equal(made["dw"][0, 0], shown(explorer, "dw"))
    np.testing.assert_array_equal(made["db"][0], shown(explorer, "db"))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_code_makes_numbers_of_the_same_type(kind):
    x, w, dy = (np.full(size, 0.1, kind) for size in ((4, 4), (2, 2), (3, 3)))
    explorer, made = explore.gradients(x, w, np.full(1, 0.1, kind), dy), {}
    exec(explorer.stage.code, made)
    assert all(made[name].dtype == kind for name in ("x", "w", "b", "dy", "dx", "dw", "db"))
    assert all(shown(explorer, name).dtype == kind for name in ("x", "w", "b", "dy"))
    np.testing.assert_array_equal(made["dx"][0, 0], shown(explorer, "dx"))


@pytest.mark.parametrize(("one", "all_of"), NUMBERS.items())
def test_only_what_is_there_can_be_chosen(one, all_of):
    explorer = explore.gradients(**{all_of: 2})
    control = explorer.controls[one]
    assert control.max == 1
    send(explorer.controls[all_of], value=3)
    send(control, value=2)
    assert control.max == control.value == getattr(explorer.settings, one) == 2
    send(explorer.controls[all_of], value=2)
    assert control.max == control.value == getattr(explorer.settings, one) == 1
    send(explorer.controls[all_of], value=1)
    assert control.max == control.value == getattr(explorer.settings, one) == 0
    click(explorer.buttons["reset"])
    assert control.max == 1


def test_ones_own_arrays_are_shown_as_they_are():
    generator = np.random.default_rng(0)
    x, w = generator.standard_normal((2, 3, 5, 6)), generator.standard_normal((2, 3, 3, 2))
    explorer = explore.gradients(x, w, [0.5, 1.5], padding=(1, 0), view="filters")
    np.testing.assert_allclose(shown(explorer, "y"), vc.conv2d(x, w, [0.5, 1.5], padding=(1, 0)).y[0])


def test_a_large_input_is_cut_and_says_so():
    explorer = explore.gradients(np.ones((14, 13), int))
    assert "its first 12×12 of 14×13 numbers" in explorer.stage.scene.notes[0]


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"view": "dz"}, "view is 'dz'; one of"),
        ({"dy": "some"}, "dy is 'some'; an array or one of"),
        ({"dy": np.ones((2, 2))}, "dy has shape"),
        ({"x": np.ones((1, 2, 4, 4)), "w": np.ones((1, 3, 2, 2))}, "x has 2 channels and weight takes 3"),
        ({"filters": 9}, "filters is 9; this stage shows at most 4"),
        ({"images": 0}, "images is 0; it must be 1 or more"),
        ({"padding": 11}, "padding is 11; this stage shows at most 10"),
        ({"w": np.ones((8, 8))}, r"kernel_size is \(8, 8\); this stage shows at most 7"),
        ({"b": [1, 2]}, "b has shape"),
        ({"stride": 0}, "stride is 0"),
    ],
)
def test_what_is_no_setting_is_refused_with_a_sentence(keywords, message):
    with pytest.raises(ValueError, match=message):
        explore.gradients(**keywords)


def test_its_display_carries_a_picture():
    data = explore.gradients(view="gather", stride=2, padding=1)._repr_mimebundle_()
    assert data["image/png"] and "Explorer(gradients: Scene(" in str(data["text/plain"])

"""The explorer of a hidden kernel: a descent on dw, step by step a pure function of its start."""

import random
from itertools import pairwise

import numpy as np
import pytest

import vizconv as vc
from tests.front_end import click, send, settings_of
from tests.scenes.checks import assert_sums
from vizconv import explore
from vizconv.explore.backward.descent import MOST_STEPS
from vizconv.explore.backward.hidden_kernel import TOPIC, curves_of, descend
from vizconv.explore.backward.hidden_kernel_settings import PICTURES, SECRETS, begin
from vizconv.explore.chosen import OWN
from vizconv.explore.rates import RATES

LARGEST_RATE = 1.0  # of the slider
SLID = [rate for rate in RATES if rate <= LARGEST_RATE]


def typed(settings, panel, cell, value):
    """The settings after a learner typed a value."""
    return TOPIC.typed(settings, TOPIC.scene(settings), panel, cell, value)


def stepped(settings):
    """The kernel after so many steps, worked out again with two cross-correlations a step."""
    descent = settings.descent
    w, target = descent.start.astype(float), vc.cross_correlate(descent.x, descent.hidden)
    for _ in range(settings.steps):
        w = w - descent.rate * vc.cross_correlate(descent.x, vc.cross_correlate(descent.x, w) - target)
    return w


def assert_true(settings, scene):
    """The stage shows the kernel after so many steps, and its gradient."""
    np.testing.assert_allclose(scene.panel("w").values, stepped(settings), rtol=1e-6, atol=1e-9)
    assert_sums(scene)
    assert ("hidden" in [panel.name for panel in scene.placed]) == settings.revealed
    assert scene.notes[0].startswith(f"Step {settings.steps}: L = ")


# ---- The descent -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", SECRETS)
def test_the_hidden_kernel_is_found(secret):
    settings = begin(hidden=secret, rate=0.02, steps=60)
    w = TOPIC.scene(settings).panel("w").values
    np.testing.assert_allclose(w, SECRETS[secret], atol=1e-3)
    assert "w is the hidden kernel" in TOPIC.scene(settings).notes[0]
    losses = [loss for _, loss in settings.descent.path]
    assert all(after <= before for before, after in pairwise(losses[:25]))


def test_pytorchs_descent_takes_the_same_way(torch):
    settings = begin(rate=0.01)
    x, target = (
        torch.tensor(array.astype(float))[None, None]
        for array in (settings.descent.x, settings.descent.target)
    )
    w = torch.zeros((1, 1, 3, 3), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.01)
    for step in range(30):
        np.testing.assert_allclose(settings.descent.path[step][0], w.detach().numpy()[0, 0], atol=1e-12)
        optimizer.zero_grad()
        ((torch.nn.functional.conv2d(x, w) - target) ** 2).sum().div(2).backward()
        optimizer.step()


def test_a_single_one_shows_the_kernel_in_one_step():
    settings = begin("a single 1", "secret 3", rate=1.0, steps=1)
    np.testing.assert_array_equal(TOPIC.scene(settings).panel("w").values, SECRETS["secret 3"])


def test_an_even_picture_tells_only_the_sum():
    settings = begin("even picture", "secret 3", rate=0.005, steps=MOST_STEPS)
    w = TOPIC.scene(settings).panel("w").values
    np.testing.assert_allclose(w, np.sum(SECRETS["secret 3"]) / 9)
    assert "both make the same y" in TOPIC.scene(settings).notes[0]


@pytest.mark.parametrize("rate", SLID)
def test_a_rate_that_is_too_large_runs_away_and_says_which_would_not(rate):
    settings = begin(rate=rate, steps=MOST_STEPS)
    patches = np.lib.stride_tricks.sliding_window_view(settings.descent.x, (3, 3)).reshape(-1, 9)
    largest = 2 / np.linalg.eigvalsh(patches.T @ patches)[-1]
    assert settings.descent.largest_rate == pytest.approx(largest)
    ran_away = settings.steps < MOST_STEPS
    assert ran_away == (rate > largest)
    said = [note for note in TOPIC.scene(settings).notes if "every step went too far" in note]
    assert len(said) == ran_away and all("0.0354" in note for note in said)


def test_a_step_is_a_pure_function_of_the_start():
    there = begin(steps=50)
    back = TOPIC.change(TOPIC.change(there, "steps", 3), "steps", 50)
    assert back.descent is there.descent  # so its path is worked out once
    np.testing.assert_array_equal(TOPIC.scene(back).panel("w").values, TOPIC.scene(there).panel("w").values)
    with pytest.raises(ValueError, match="read-only"):
        there.descent.path[3][0][0, 0] = 1


# ---- The controls ------------------------------------------------------------------------------------------


def test_every_control_over_its_whole_range():
    explorer = explore.hidden_kernel()
    for name, control in explorer.controls.items():
        before = {"index": control.index} if hasattr(control, "index") else {"value": control.value}
        for state in settings_of(control)[:: 10 if name in ("steps", "play") else 1]:
            send(control, **state)
            assert_true(explorer.settings, explorer.stage.scene)
            assert {name: each.value for name, each in explorer.controls.items()} == TOPIC.said(
                explorer.settings
            )
        send(control, **before)


def test_five_hundred_random_combinations():
    generator, settings = random.Random(0), begin()
    choices = {
        "input": [*PICTURES, OWN],
        "kernel": [*SECRETS, OWN],
        "rate": SLID,
        "steps": range(MOST_STEPS + 1),
        "play": range(MOST_STEPS + 1),
        "revealed": [False, True],
    }
    for number in range(500):
        for name in generator.sample(list(choices), generator.randint(1, 2)):
            settings = TOPIC.change(settings, name, generator.choice(choices[name]))
        scene = TOPIC.scene(settings)
        assert scene.panel("L").values == pytest.approx(settings.descent.path[settings.steps][1])
        if number % 10 == 0:
            assert_true(settings, scene)


def test_the_button_makes_a_step_and_the_curve_follows():
    explorer = explore.hidden_kernel()
    for _ in range(3):
        click(explorer.buttons["descend"])
    assert explorer.settings.steps == 3 and explorer.controls["steps"].value == 3
    curves = explorer.beside.widget
    losses = [loss for _, loss in explorer.settings.descent.path]
    assert curves.lines[0]["y"] == losses[:4] and curves.lines[1]["y"] == losses[3:]
    assert curves.points[0]["y"] == explorer.stage.scene.panel("L").values
    assert 3 < curves.x_range[1] < 100 and losses[int(curves.x_range[1]) + 1] < losses[0] / 1000
    last = begin(steps=MOST_STEPS)
    assert descend(last).steps == MOST_STEPS


def test_an_edit_of_w_starts_anew_from_there():
    there = begin(steps=5)
    after = typed(there, "w", 4, 9)
    assert after.steps == 0 and after.descent.start[1, 1] == 9
    before = there.descent.path[5][0]
    np.testing.assert_array_equal(np.delete(after.descent.start, 4), np.delete(before, 4))


def test_an_edit_of_x_or_of_the_hidden_kernel_makes_another_target():
    settings = begin(steps=40, revealed=True)
    settings = typed(settings, "hidden", 0, 5)
    settings = typed(settings, "x", 7, 9)
    assert settings.kernel.name == settings.input.name == OWN and settings.descent.x[1, 1] == 9
    assert_true(settings, TOPIC.scene(settings))


def test_a_finite_difference_of_every_weight_agrees():
    explorer = explore.hidden_kernel(steps=4)
    assert all(explorer.finite_difference("dw", *cell).agrees for cell in np.ndindex(3, 3))


def test_the_code_makes_the_same_kernel():
    explorer, made = explore.hidden_kernel(steps=7, rate=0.01), {}
    exec(explorer.stage.code, made)
    np.testing.assert_allclose(made["w"], explorer.stage.scene.panel("w").values)


@pytest.mark.parametrize("picture", [*PICTURES, np.full((4, 4), 0.1, np.float32)])
def test_the_code_makes_the_same_picture(picture):
    explorer, made = explore.hidden_kernel(picture, steps=2, rate=0.01), {}
    exec(explorer.stage.code, made)
    np.testing.assert_array_equal(made["x"], explorer.settings.descent.x)
    assert made["x"].dtype == explorer.settings.descent.x.dtype
    np.testing.assert_allclose(made["w"], explorer.stage.scene.panel("w").values)


def test_ones_own_picture_and_kernel():
    explorer = explore.hidden_kernel(np.eye(5), [[1, 2]], [[0, 1]], rate=0.03, steps=2)
    assert explorer.controls["rate"].value == 0.03
    assert_true(explorer.settings, explorer.stage.scene)
    send(explorer.controls["kernel"], index=0)
    assert explorer.stage.scene.panel("w").shape == (3, 3)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"x": "nowhere"}, "x is 'nowhere'; a matrix or one of"),
        ({"hidden": "nobody"}, "hidden is 'nobody'; a matrix or one of"),
        ({"x": np.ones((2, 2))}, "does not fit"),
        ({"start": np.ones((2, 2))}, "start has shape"),
        ({"rate": 0}, "rate is 0; a number above 0"),
        ({"rate": np.nan}, "rate is nan; a number above 0"),
        ({"rate": np.inf}, "rate is inf; a number above 0 is expected, and a finite one"),
        ({"x": np.ones((32, 32)), "hidden": np.ones((16, 16))}, "too many for a stage"),
        ({"steps": -1}, "steps is -1"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(keywords, message):
    with pytest.raises(ValueError, match=message):
        explore.hidden_kernel(**keywords)


@pytest.mark.parametrize("rate", [True, np.True_, "1", None, 1j, [0.1]])
def test_what_is_no_number_is_no_rate(rate):
    with pytest.raises(TypeError, match=r"^rate is .*; a number above 0 is expected$"):
        explore.hidden_kernel(rate=rate)


@pytest.mark.parametrize("rate", [1, 3.5, np.float32(0.01), np.float64(0.01), np.int64(1)])
def test_any_number_above_zero_is_a_rate(rate):
    assert explore.hidden_kernel(rate=rate).controls["rate"].value == rate


def test_of_a_large_picture_stage_and_descent_use_the_same_part():
    explorer = explore.hidden_kernel(np.random.default_rng(0).integers(-3, 4, (80, 80)), rate=0.001)
    settings, said = explorer.settings, "x is large: its first 32×32 of 80×80 numbers are on the stage."
    assert settings.descent.x.shape == explorer.stage.scene.panel("x").shape == (32, 32)
    for _ in range(2):
        scene = explorer.stage.scene
        loss = settings.descent.path[explorer.settings.steps][1]
        assert scene.panel("L").values == pytest.approx(loss)
        assert explorer.beside.widget.points[0]["y"] == loss and said in scene.notes
        click(explorer.buttons["descend"])
    send(explorer.controls["input"], index=0)
    assert said not in explorer.stage.scene.notes


@pytest.mark.parametrize("shape", [(1, 32), (32, 1), (9, 9), (14, 3), (32, 32)])
def test_of_the_largest_picture_all_is_on_the_stage(shape):
    scene = explore.hidden_kernel(np.ones((80, 80)), np.ones(shape)).stage.scene
    assert scene.panel("x").shape == (32, 32) and not any("only its rows" in note for note in scene.notes)


def test_a_picture_that_is_too_small_for_the_hidden_kernel_says_so():
    own = np.arange(64).reshape(8, 8) % 5
    explorer = explore.hidden_kernel(own, np.eye(7), rate=0.001, steps=2)
    for revealed in (False, True):
        send(explorer.controls["revealed"], value=revealed)
        send(explorer.controls["input"], index=0)
        (note,) = explorer.stage.scene.notes
        assert "does not fit" in note and explorer.beside.widget.lines == []
        assert [panel.name for panel in explorer.stage.scene.panels] == ["x", "hidden"][: 1 + revealed]
        click(explorer.buttons["descend"])
    explorer.edit("x", (0, 0), 9)
    assert explorer.settings.input.values[0, 0] == 9
    send(explorer.controls["input"], index=list(PICTURES).index("handwritten digit"))
    assert explorer.stage.scene.panel("x").shape == (28, 28)
    assert_true(explorer.settings, explorer.stage.scene)
    send(explorer.controls["kernel"], index=0)
    send(explorer.controls["input"], index=0)
    assert_true(explorer.settings, explorer.stage.scene)


def test_an_own_picture_and_kernel_come_back():
    own, hidden = np.arange(64).reshape(8, 8) % 5, np.eye(7)
    explorer = explore.hidden_kernel(own, hidden, rate=0.001)
    for name, last in (("input", len(PICTURES)), ("kernel", len(SECRETS))):
        send(explorer.controls[name], index=2)
        send(explorer.controls[name], index=last)
    np.testing.assert_array_equal(explorer.settings.descent.x, own)
    np.testing.assert_array_equal(explorer.settings.descent.hidden, hidden)


@pytest.mark.parametrize("value", [1e150, 1e155, -1e308])
@pytest.mark.parametrize("panel", ["x", "w", "hidden"])
@pytest.mark.parametrize(("secret", "cell"), [("secret 1", 7), ("secret 2", 0)])  # the latter begins finite
def test_what_is_too_large_to_be_drawn_leaves_the_chart_empty(value, panel, secret, cell):
    explorer = explore.hidden_kernel(hidden=secret, revealed=True)
    edit = {"serial": 1, "changes": [{"panel": panel, "cell": cell, "value": value}]}
    send(explorer.stage, edit=edit)
    assert explorer.stage.scene.panel(panel).values.flat[cell] == value
    for _ in range(2):
        assert_charted(explorer)
        assert not any("below 0 would" in note for note in explorer.stage.scene.notes)
        click(explorer.buttons["descend"])
    assert explorer._repr_mimebundle_()["image/png"]
    click(explorer.buttons["reset"])
    assert explorer.beside.widget.points


def assert_charted(explorer):
    """The chart shows L, or nothing where it is not finite, and then the stage says so."""
    loss = float(explorer.stage.scene.panel("L").values)
    said = [note for note in explorer.stage.scene.notes if "its curve cannot be drawn" in note]
    assert len(said) == (not np.isfinite(loss))
    if np.isfinite(loss):
        assert explorer.beside.widget.points[0]["y"] == pytest.approx(loss)
        assert explorer.beside.widget.y_range[1] >= loss
    else:
        blank = {"lines": [], "points": [], "x_label": "steps", "x_range": None, "y_range": None}
        assert curves_of(explorer.settings) == blank
        assert {name: getattr(explorer.beside.widget, name) for name in blank} == blank


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["x", "hidden", "start"])
def test_what_is_not_finite_is_shown_without_a_curve(value, name):
    arrays = {"x": np.ones((5, 5)), "hidden": np.ones((2, 2)), "start": np.zeros((2, 2))}
    arrays[name][1, 1] = value
    explorer = explore.hidden_kernel(**arrays, steps=3, revealed=True)
    assert_charted(explorer)
    assert explorer.settings.steps == 0 and explorer._repr_mimebundle_()["image/png"]
    made = {}
    exec(explorer.stage.code, made)


def test_a_rate_beyond_all_bounds_leaves_the_chart_empty():
    explorer = explore.hidden_kernel(rate=1e300)
    assert_charted(explorer)
    click(explorer.buttons["descend"])
    assert explorer.settings.steps == 1
    assert_charted(explorer)


@pytest.mark.parametrize("value", [1e6, 1e200, -1e308])
def test_numbers_that_leave_no_room_are_told(value):
    settings = typed(begin(), "x", 9, value)
    assert "smaller numbers would leave room" in TOPIC.scene(settings).notes[1]
    settings = typed(begin(), "w", 4, value)
    assert "smaller numbers would leave room" in TOPIC.scene(settings).notes[1]

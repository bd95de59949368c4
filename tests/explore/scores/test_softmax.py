"""The explorers of softmax and of a batch's loss: the engine's, SciPy's and PyTorch's numbers, live."""

import random

import numpy as np
import pytest
from scipy.special import log_softmax

from tests.front_end import click, send
from tests.front_end import settings_of as states_of
from tests.scenes.checks import assert_arranged, assert_drawn, assert_sums
from vizconv import explore
from vizconv.examples.matrices import OWN
from vizconv.explore.scores.batch_loss import TABLES
from vizconv.explore.scores.softmax import PRESETS, VIEWS, start
from vizconv.scenes.scores.probabilities import FINITE

CLOSE = {"rtol": 1e-9, "atol": 1e-12}


def settings_of(control):
    """Every state that a browser can give a control; of a slider of fractions or of many numbers, a few."""
    if hasattr(control, "max") and control.max - control.min > 9:
        kind, span = type(control.value), control.max - control.min
        return [{"value": round(kind(control.min + part * span), 2)} for part in (0, 0.25, 0.5, 0.8, 1)]
    return states_of(control)


def shown(explorer, name):
    """The values of a panel on the stage."""
    return explorer.stage.scene.panel(name).values


def take_edit(explorer, panel, cell, value):
    """Type a value into a cell of the stage."""
    serial = explorer.stage._scene["serial"] + 1
    send(explorer.stage, edit={"serial": serial, "changes": [{"panel": panel, "cell": cell, "value": value}]})


def assert_true(explorer):
    """The stage shows what the controls ask for, and the chart goes through it."""
    said = {name: control.value for name, control in explorer.controls.items()}
    settings, scene = explorer.settings, explorer.stage.scene
    z, target = settings.scores + said["added"], said["target"]
    assert (settings.view, len(z), settings.target) == (said["view"], said["classes"], target)
    assert explorer.controls["target"].max == len(z) - 1
    np.testing.assert_array_equal(shown(explorer, "z"), z)
    assert_arranged(scene)
    expected = log_softmax(z)
    if said["view"] == "probabilities" and not said["subtract"]:
        fails = z.max() > 709 or z.min() < -700
        assert np.isfinite(shown(explorer, "p")).all() or fails
        if fails:
            return False
    np.testing.assert_allclose(shown(explorer, "p"), np.exp(expected), **CLOSE)
    if said["view"] == "Jacobian":
        p = np.exp(expected)
        np.testing.assert_allclose(shown(explorer, "dz"), p * (settings.dp - settings.dp @ p), **CLOSE)
    else:
        np.testing.assert_allclose(shown(explorer, "L"), -expected[target], **CLOSE)
    right = np.exp(expected) - (np.arange(len(z)) == target)
    for name in {"gradient": ("dz", "short"), "p − y": ("short",)}.get(said["view"], ()):
        np.testing.assert_allclose(shown(explorer, name), right, **CLOSE)
    if np.ptp(z) < 25:  # else -log p of what is nearly 1 is all rounding
        assert_sums(scene)
    assert_chart(explorer)
    return True


def assert_chart(explorer):
    chart, settings = explorer.beside.widget, explorer.settings
    (point,), number = chart.points, settings.target
    assert chart.x_range[0] <= point["x"] == settings.scores[number] <= chart.x_range[1]
    seen = shown(explorer, "L" if settings.view in ("gradient", "p − y") else "p")
    assert np.isclose(point["y"], seen.flat[number if seen.ndim else 0])
    line = chart.lines[number if settings.view == "probabilities" and len(settings.scores) <= 5 else 0]
    on_line = np.interp(point["x"], line["x"], line["y"])
    assert abs(on_line - point["y"]) < 0.01


# ---- Every control, and all of them together ---------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_every_control_over_its_whole_range(view):
    explorer = explore.softmax("sure, and wrong", view=view)
    for control in explorer.controls.values():
        if control.layout.display == "none":
            continue
        before = {"index": control.index} if hasattr(control, "index") else {"value": control.value}
        for state in settings_of(control):
            send(control, **state)
            assert {key: getattr(control, key) for key in state} == state
            assert_true(explorer)
        send(control, **before)


def test_five_hundred_random_combinations():
    generator, explorer, numbers = random.Random(0), explore.softmax(), 0
    targets = set()
    for _ in range(500):
        for name in generator.sample(list(explorer.controls), generator.randint(1, 3)):
            control = explorer.controls[name]
            send(control, **generator.choice(settings_of(control)))
        numbers += assert_true(explorer)
        targets.add(explorer.settings.target)
    assert targets == set(range(10))
    assert 300 < numbers < 495  # overflow has been seen, too


# ---- What the lesson points at -----------------------------------------------------------------------------


def test_the_first_scores_have_probabilities_that_one_can_work_out():
    explorer = explore.softmax(view="gradient")
    np.testing.assert_allclose(shown(explorer, "p"), [1 / 8, 2 / 8, 5 / 8], **CLOSE)
    np.testing.assert_allclose(shown(explorer, "dz"), [1 / 8, -6 / 8, 5 / 8], **CLOSE)
    np.testing.assert_allclose(shown(explorer, "dp"), [0, -4, 0], **CLOSE)


@pytest.mark.parametrize("added", [1000, -1000])
def test_adding_to_all_scores_changes_nothing_unless_the_maximum_stays(added):
    explorer = explore.softmax()
    before = shown(explorer, "p")
    send(explorer.controls["added"], value=added)
    np.testing.assert_allclose(shown(explorer, "p"), before, rtol=1e-12)
    assert explorer.stage.scene.notes[0] == f"{added:+d} is added to all scores.".replace("-", "−")
    send(explorer.controls["subtract"], value=False)
    assert np.isnan(shown(explorer, "p")).all()
    assert_drawn(explorer.stage.scene)
    send(explorer.controls["added"], value=0)
    np.testing.assert_allclose(shown(explorer, "p"), before, rtol=1e-12)


def test_the_right_class_can_be_every_class_and_no_other():
    explorer = explore.softmax()
    classes, target = explorer.controls["classes"], explorer.controls["target"]
    assert (target.min, target.max) == (0, 2)
    send(explorer.controls["preset"], index=1)
    send(target, value=9)
    assert explorer.settings.target == 9
    send(classes, value=4)
    assert (target.max, target.value, explorer.settings.target) == (3, 3, 3)
    send(target, value=9)  # what a page asks that has not heard of the other range yet
    assert (target.value, explorer.settings.target) == (3, 3)
    explorer.show(start(np.zeros(7), 6))
    assert (target.max, target.value, classes.value) == (6, 6, 7)
    click(explorer.buttons["reset"])
    assert (target.max, target.value, classes.value) == (2, 1, 3)


def test_of_fewer_classes_one_scene_is_made():
    explorer, scenes = explore.softmax("all alike, ten classes", 9), []
    explorer.stage.observe(lambda change: scenes.append(change["new"]), "scene")
    send(explorer.controls["classes"], value=3)
    assert len(scenes) == 1


def test_a_probability_of_zero_leaves_the_loss_finite_with_the_maximum_subtracted():
    explorer = explore.softmax([1000, 0, 0], 1)
    assert shown(explorer, "L") == 1000
    assert "NaN" not in " ".join(explorer.stage.scene.notes) and FINITE in explorer.stage.scene.notes


def test_every_gradient_agrees_with_a_finite_difference():
    for view, names in {"Jacobian": ["dz"], "gradient": ["dz", "short"], "p − y": ["short"]}.items():
        explorer = explore.softmax("sure, and wrong", 2, view=view)
        send(explorer.controls["added"], value=3)
        for name in names:
            assert all(explorer.finite_difference(name, cell).agrees for cell in range(4))


def test_what_is_typed_is_kept():
    explorer = explore.softmax(view="Jacobian")
    take_edit(explorer, "dp", 0, 2.5)
    send(explorer.controls["score_2"], value=4)
    assert explorer.settings.dp.tolist() == [2.5, 1, 0] and shown(explorer, "z")[2] == 4
    take_edit(explorer, "z", 0, 100)
    assert explorer.settings.scores[0] == 100 and explorer.controls["score_0"].value == 8
    send(explorer.controls["score_1"], value=-1)
    assert shown(explorer, "z").tolist() == [100, -1, 4] and explorer.controls["preset"].value == OWN
    send(explorer.controls["classes"], value=5)
    assert shown(explorer, "z").tolist() == [100, -1, 4, 0, 0]
    send(explorer.controls["added"], value=10)
    take_edit(explorer, "z", 3, 7)
    assert shown(explorer, "z").tolist() == [110, 9, 14, 7, 10]


def test_a_slider_rounds_what_it_says_and_nothing_else():
    explorer = explore.softmax()
    assert [explorer.controls[f"score_{number}"].value for number in range(3)] == [0, 0.69, 1.61]
    send(explorer.controls["score_2"], value=1.6099999999999994)  # as the page does, without a move
    assert explorer.settings.scores[2] == np.log(5) and explorer.controls["preset"].value != OWN
    send(explorer.controls["score_1"], value=1)
    assert explorer.settings.scores.tolist() == [0, 1, np.log(5)]
    assert explorer.controls["preset"].value == OWN


@pytest.mark.parametrize(("view", "panel", "cell"), [("Jacobian", "J", 4), ("gradient", "dz", 1)])
def test_the_tangent_has_the_slope_that_the_stage_shows(view, panel, cell):
    explorer = explore.softmax([0.3, -1, 2], view=view)
    curve, tangent = explorer.beside.widget.lines
    assert tangent["dashed"] and not curve["dashed"]
    slope = np.diff(tangent["y"])[0] / np.diff(tangent["x"])[0]
    np.testing.assert_allclose(slope, shown(explorer, panel).flat[cell], **CLOSE)
    assert tangent["name"].startswith("tangent, slope ")


def test_many_classes_stand_below_each_other_and_wide_enough_for_numbers():
    for view in VIEWS:
        panels = explore.softmax("all alike, ten classes", view=view).stage.scene.placed
        columns = {panel.place[1]: 0 for panel in panels}
        for panel in panels:
            columns[panel.place[1]] = max(columns[panel.place[1]], panel.shape[-1] if panel.shape else 1)
        assert sum(columns.values()) <= 20


def test_only_the_sliders_that_mean_something_are_there():
    explorer = explore.softmax("all alike, ten classes", 7)
    seen = [name for name, control in explorer.controls.items() if control.layout.display != "none"]
    assert seen == ["view", "preset", "classes", "target", "score_7", "added", "subtract"]
    send(explorer.controls["view"], index=1)
    assert explorer.controls["subtract"].layout.display == "none"


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("scores", [*PRESETS, [0.5, -1.0, 2.0, 0.0]])
def test_the_code_makes_the_same_numbers(view, scores):
    explorer, namespace = explore.softmax(scores, view=view), {}
    exec(explorer.stage.code, namespace)
    for name in {"p", "L", "J", "dz"} & namespace.keys():
        if name != "L" or view != "Jacobian":
            panel = "short" if view == "p − y" and name == "dz" else name
            np.testing.assert_allclose(namespace[name], shown(explorer, panel), **CLOSE)


@pytest.mark.parametrize("subtract", [True, False])
@pytest.mark.parametrize("added", [-1000, -715, -3, 0, 708, 1000])
@pytest.mark.parametrize("scores", [*PRESETS, [1000.0, 0.0, 0.0]])
def test_the_code_of_the_steps_makes_the_very_numbers_shown(scores, added, subtract):
    explorer, namespace = explore.softmax(scores), {}
    send(explorer.controls["added"], value=added)
    send(explorer.controls["subtract"], value=subtract)
    with np.errstate(all="ignore"):
        exec(explorer.stage.code, namespace)
    for name in ("p", "L"):
        np.testing.assert_allclose(namespace[name], shown(explorer, name), **CLOSE)


def test_the_numbers_are_pytorchs(torch):
    generator = np.random.default_rng(0)
    for classes in (2, 3, 10):
        scores, target = generator.normal(size=classes) * 3, int(generator.integers(classes))
        explorer = explore.softmax(scores, target, view="gradient")
        z = torch.tensor(scores, requires_grad=True)
        loss = torch.nn.functional.cross_entropy(z[None], torch.tensor([target]))
        loss.backward()
        np.testing.assert_allclose(shown(explorer, "L"), loss.detach(), **CLOSE)
        np.testing.assert_allclose(shown(explorer, "dz"), z.grad, **CLOSE)
        jacobian = torch.autograd.functional.jacobian(lambda z: z.softmax(0), torch.tensor(scores))
        np.testing.assert_allclose(shown(explorer, "J"), jacobian, **CLOSE)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"view": "all"}, "view is 'all'; one of"),
        ({"scores": "none"}, "scores is 'none'; numbers or one of"),
        ({"scores": [1.0]}, "there are 1 scores; 2 to 10"),
        ({"scores": np.zeros(11)}, "there are 11 scores; 2 to 10"),
        ({"scores": [1.0, np.inf]}, "there is inf in scores; finite numbers"),
        ({"target": 3}, "target is 3; 0 to 2"),
    ],
)
def test_what_is_no_setting_is_refused_with_a_sentence(keywords, message):
    with pytest.raises(ValueError, match=message):
        explore.softmax(**keywords)


def test_scores_beyond_all_bounds_throw_nothing():
    for view in VIEWS:
        explorer = explore.softmax(view=view)
        take_edit(explorer, "z", 0, 1.7e308)
        take_edit(explorer, "z", 1, -1.7e308)
        send(explorer.controls["subtract"], value=False)
        assert shown(explorer, "z")[0] == 1.7e308 and explorer.beside.widget.lines == []
    explorer = explore.batch_loss()
    for cell, value in enumerate((1.7e308, -1.7e308)):
        take_edit(explorer, "z", cell, value)
    assert shown(explorer, "z")[0, 0] == 1.7e308 and explorer.beside.widget.lines == []


# ---- A batch -----------------------------------------------------------------------------------------------


def assert_batch(explorer):
    """The stage shows the losses, their mean and dz, and the chart goes through L and the accuracy."""
    settings, count = explorer.settings, len(explorer.settings.z)
    logs = log_softmax(settings.z, axis=1)
    losses, p = -logs[np.arange(count), settings.labels], np.exp(logs)
    y = np.eye(settings.z.shape[1])[settings.labels]
    np.testing.assert_allclose(shown(explorer, "losses")[:, 0], losses, **CLOSE)
    np.testing.assert_allclose(shown(explorer, "L"), losses.mean(), **CLOSE)
    divisor = count if explorer.controls["divided"].value else 1
    np.testing.assert_allclose(shown(explorer, "dz"), (p - y) / divisor, **CLOSE)
    right = (settings.z.argmax(axis=1) == settings.labels).mean()
    assert shown(explorer, "accuracy") == right
    assert_sums(explorer.stage.scene)
    points = explorer.beside.widget.points
    assert points[0]["y"] == pytest.approx(losses.mean()) and points[1]["y"] == right


def test_every_control_of_a_batch_and_five_hundred_combinations():
    generator, explorer = random.Random(0), explore.batch_loss()
    states = {name: settings_of(control) for name, control in explorer.controls.items()}
    for name, control in explorer.controls.items():
        for state in states[name]:
            send(control, **state)
            assert_batch(explorer)
    for _ in range(500):
        name = generator.choice(list(states))
        send(explorer.controls[name], **generator.choice(states[name]))
        if generator.random() < 0.2:
            assert_batch(explorer)


def test_the_tables_are_equally_often_right_and_differ_in_loss():
    found = [explore.batch_loss(table) for table in TABLES]
    assert [shown(explorer, "accuracy") for explorer in found] == [0.75, 0.75]
    barely, clearly = (shown(explorer, "L") for explorer in found)
    assert barely > 4 * clearly


def test_the_loss_slides_and_the_accuracy_jumps_once():
    explorer = explore.batch_loss()
    loss, accuracy = explorer.beside.widget.lines
    assert np.all(np.diff(loss["y"]) < 0) and np.abs(np.diff(loss["y"])).max() < 0.05
    assert accuracy["x"] == [-8, 3, None, 3, 8] and accuracy["y"] == [0.75, 0.75, None, 1, 1]
    for score, right in ((2.99, 0.75), (3.01, 1)):
        send(explorer.controls["score"], value=score)
        assert shown(explorer, "accuracy") == right


def test_without_the_division_a_finite_difference_finds_the_factor():
    explorer = explore.batch_loss()
    assert explorer.finite_difference("dz", 3, 1).agrees
    send(explorer.controls["divided"], value=False)
    found = explorer.finite_difference("dz", 3, 1)
    assert not found.agrees and found.gradient == pytest.approx(4 * found.difference)


def test_the_code_of_a_batch_makes_the_same_numbers():
    for divided in (True, False):
        explorer, namespace = explore.batch_loss([[1.0, 2.0], [0.5, 0.0], [3.0, 3.5]], [1, 1, 0]), {}
        send(explorer.controls["divided"], value=divided)
        exec(explorer.stage.code, namespace)
        for name in ("z", "L", "dz", "accuracy"):
            np.testing.assert_allclose(namespace[name], shown(explorer, name), **CLOSE)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nobody",), "z is 'nobody'; numbers or one of"),
        ((np.zeros((21, 2)),), "z is 21×2; a stage shows at most 20×12"),
        (([[1.0, np.nan]], [0]), "there is nan in z; finite numbers"),
        (([[1.0, 2.0]], [2]), "labels hold 2; 0 to 1"),
    ],
)
def test_what_is_no_batch_is_refused_with_a_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        explore.batch_loss(*arguments)


def test_displays_carry_a_picture_and_no_address():
    data = explore.batch_loss()._repr_mimebundle_()
    assert data["text/plain"].startswith("Explorer(batch_loss: Scene(z 4×3") and data["image/png"]
    assert explore.softmax()._repr_mimebundle_()["image/png"]

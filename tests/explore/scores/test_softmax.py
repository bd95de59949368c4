"""The explorers of softmax and of a batch's loss: the engine's, SciPy's and PyTorch's numbers, live."""

import numpy as np
import pytest
from scipy.special import log_softmax

from tests.explore.changes import assert_shown, combinations, is_hidden, states, type_into
from tests.explore.changes import values as shown
from tests.front_end import click, send
from tests.scenes.checks import assert_arranged, assert_drawn, assert_sums
from vizconv import explore
from vizconv.explore.chosen import OWN
from vizconv.explore.controls import Choice, Preset
from vizconv.explore.scores import batch_loss
from vizconv.explore.scores.batch_loss import TABLES
from vizconv.explore.scores.chart import curves_of
from vizconv.explore.scores.softmax import PRESETS, TOPIC, VIEWS, start
from vizconv.scenes.scores.probabilities import FINITE

CLOSE = {"rtol": 1e-9, "atol": 1e-12}


def assert_true(settings, scene):
    """The scene shows what is asked for, and the chart goes through it; say whether p is finite."""
    values = {panel.name: panel.values for panel in scene.panels}
    z, target = settings.scores.values + settings.added, settings.target
    np.testing.assert_array_equal(values["z"], z)
    assert_arranged(scene)
    expected = log_softmax(z)
    if settings.view == "probabilities" and not settings.subtract:
        fails = z.max() > 709 or z.min() < -700
        assert np.isfinite(values["p"]).all() or fails
        if fails:
            return False
    p = np.exp(expected)
    np.testing.assert_allclose(values["p"], p, **CLOSE)
    if settings.view == "Jacobian":
        np.testing.assert_allclose(values["dz"], p * (settings.dp - settings.dp @ p), **CLOSE)
    else:
        np.testing.assert_allclose(values["L"], -expected[target], **CLOSE)
    for name in {"gradient": ("dz", "short"), "p − y": ("short",)}.get(settings.view, ()):
        np.testing.assert_allclose(values[name], p - (np.arange(len(z)) == target), **CLOSE)
    if np.ptp(z) < 25:  # else -log p of what is nearly 1 is all rounding
        assert_sums(scene)
    assert_chart(settings, values)
    return True


def assert_chart(settings, values):
    scores, target = settings.scores.values, settings.target
    chart = curves_of(scores, target, settings.view)
    (point,) = chart["points"]
    assert chart["x_range"][0] <= point["x"] == scores[target] <= chart["x_range"][1]
    marked = values["L" if settings.view in ("gradient", "p − y") else "p"]
    assert np.isclose(point["y"], marked.flat[target if marked.ndim else 0])
    line = chart["lines"][target if settings.view == "probabilities" and settings.classes <= 5 else 0]
    on_line = np.interp(point["x"], line["x"], line["y"])
    assert abs(on_line - point["y"]) < 0.01


def drive(explorer, control, value):
    """Bring a control to a value, as a browser does."""
    listed = isinstance(control, Choice | Preset)
    state = {"index": [each for _, each in control.pairs].index(value)} if listed else {"value": value}
    send(explorer.controls[control.name], **state)


# ---- Every control, and all of them together ---------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_every_control_over_its_whole_range(view):
    explorer = explore.softmax("sure, and wrong", view=view)
    for control in TOPIC.controls:
        before = TOPIC.said(explorer.settings)[control.name]
        for value in states(control, explorer.settings)[:: 500 if control.name == "added" else 1]:
            drive(explorer, control, value)
            assert_shown(explorer, assert_true)
            assert explorer.controls["target"].max == explorer.settings.classes - 1
        drive(explorer, control, before)


def test_five_hundred_random_combinations():
    finite, targets = 0, set()
    for settings, scene in combinations(TOPIC, start(), 3):
        finite += assert_true(settings, scene)
        targets.add(settings.target)
    assert targets == set(range(10))
    assert 300 < finite < 495  # overflow has been seen, too


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
    send(explorer.controls["scores"], index=1)
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
    type_into(explorer, "dp", 0, 2.5)
    send(explorer.controls["score_2"], value=4)
    assert explorer.settings.dp.tolist() == [2.5, 1, 0] and shown(explorer, "z")[2] == 4
    type_into(explorer, "z", 0, 100)
    assert explorer.settings.scores.values[0] == 100 and explorer.controls["score_0"].value == 8
    send(explorer.controls["score_1"], value=-1)
    assert shown(explorer, "z").tolist() == [100, -1, 4] and explorer.controls["scores"].value == OWN
    send(explorer.controls["classes"], value=5)
    assert shown(explorer, "z").tolist() == [100, -1, 4, 0, 0]
    send(explorer.controls["added"], value=10)
    type_into(explorer, "z", 3, 7)
    assert shown(explorer, "z").tolist() == [110, 9, 14, 7, 10]


def test_a_slider_rounds_what_it_says_and_nothing_else():
    explorer = explore.softmax()
    assert [explorer.controls[f"score_{number}"].value for number in range(3)] == [0, 0.69, 1.61]
    send(explorer.controls["score_2"], value=1.6099999999999994)  # as the page does, without a move
    assert explorer.settings.scores.values[2] == np.log(5) and explorer.controls["scores"].value != OWN
    send(explorer.controls["score_1"], value=1)
    assert explorer.settings.scores.values.tolist() == [0, 1, np.log(5)]
    assert explorer.controls["scores"].value == OWN


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
    controls = explorer.controls.items()
    there = [name for name, control in controls if not is_hidden(control)]
    assert there == ["view", "scores", "classes", "target", "added", "subtract", "score_7"]
    send(explorer.controls["view"], index=1)
    assert is_hidden(explorer.controls["subtract"])


def test_two_sliders_of_one_place_are_never_there_at_once():
    places = {control.name: control.instead or control.name for control in TOPIC.controls}
    assert len(set(places.values())) == 6 + 5
    for count in range(2, 11):
        for target in range(count):
            hidden = TOPIC.hidden(start(np.zeros(count), target))
            there = [place for name, place in places.items() if name not in hidden]
            assert len(there) == len(set(there)) == 6 + (count if count <= 5 else 1)


def test_typed_scores_come_back_after_a_preset():
    explorer = explore.softmax()
    explorer.edit("z", 0, 3)
    typed = explorer.settings.z
    send(explorer.controls["scores"], index=1)
    assert shown(explorer, "z").tolist() == [0] * 10
    send(explorer.controls["scores"], index=len(PRESETS))
    np.testing.assert_array_equal(shown(explorer, "z"), typed)


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
        ({"scores": "none"}, "scores is 'none'; an array or one of"),
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
        type_into(explorer, "z", 0, 1.7e308)
        type_into(explorer, "z", 1, -1.7e308)
        send(explorer.controls["subtract"], value=False)
        assert shown(explorer, "z")[0] == 1.7e308 and explorer.beside.widget.lines == []
    explorer = explore.batch_loss()
    for cell, value in enumerate((1.7e308, -1.7e308)):
        type_into(explorer, "z", cell, value)
    assert shown(explorer, "z")[0, 0] == 1.7e308 and explorer.beside.widget.lines == []


# ---- A batch -----------------------------------------------------------------------------------------------


def assert_batch(settings, scene):
    """The losses, their mean and dz are right, and the chart goes through L and the accuracy."""
    values, z = {panel.name: panel.values for panel in scene.panels}, settings.z.values
    logs = log_softmax(z, axis=1)
    losses = -logs[np.arange(len(z)), settings.labels]
    np.testing.assert_allclose(values["losses"][:, 0], losses, **CLOSE)
    np.testing.assert_allclose(values["L"], losses.mean(), **CLOSE)
    right = np.exp(logs) - np.eye(settings.classes)[settings.labels]
    np.testing.assert_allclose(values["dz"], right / (len(z) if settings.divided else 1), **CLOSE)
    share = (z.argmax(axis=1) == settings.labels).mean()
    assert values["accuracy"] == share
    assert_sums(scene)
    points = batch_loss.curves_of(settings)["points"]
    assert points[0]["y"] == pytest.approx(losses.mean()) and points[1]["y"] == share


def test_every_control_of_a_batch():
    explorer = explore.batch_loss()
    for control in explorer.topic.controls:
        for value in states(control, explorer.settings):
            drive(explorer, control, value)
            assert_shown(explorer, assert_batch)
            points, settings = explorer.beside.widget.points, explorer.settings
            assert [each["y"] for each in points] == [
                each["y"] for each in batch_loss.curves_of(settings)["points"]
            ]


def test_five_hundred_combinations_of_a_batch():
    for number, (settings, scene) in enumerate(combinations(batch_loss.TOPIC, batch_loss.start(), 1)):
        if number % 5 == 0:
            assert_batch(settings, scene)


def test_tables_are_offered_for_scores_of_their_shape_only():
    for shape, there in (((4, 3), True), ((2, 3), False)):
        explorer = explore.batch_loss(np.zeros(shape), [0] * shape[0])
        assert is_hidden(explorer.controls["z"]) != there


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
        (("nobody",), "z is 'nobody'; a matrix or one of"),
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

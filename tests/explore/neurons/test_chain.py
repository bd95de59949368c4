"""The explorer of the chain rule: right derivatives whatever is set, why learning stops, and steps down."""

import json
import random
from dataclasses import replace

import numpy as np
import pytest

from tests.front_end import click, send
from vizconv import explore
from vizconv.examples.neurons import GRAPHS, places
from vizconv.explore.controls import Choice, Player
from vizconv.explore.neurons.chain import LARGEST, curves_of, descend, edit, topic_of
from vizconv.explore.neurons.settings import REACH, start

FUNCTIONS = {
    "ReLU": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
    "sigmoid": (lambda z: 0.5 + np.tanh(z / 2) / 2, lambda z: 1 / (2 + 2 * np.cosh(np.clip(z, -700, 700)))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
}


def shown(explorer, name):
    return np.ravel(explorer.stage.scene.panel(name).values)


def derivatives(settings):
    """C and its derivatives, worked out by hand, by the names of their panels."""
    function, slope = FUNCTIONS[settings.activation]
    first, *middle, y = settings.tensors.values()
    layers, activations, zs = list(zip(middle[::2], middle[1::2], strict=True)), [first], []
    for weight, bias in layers:
        zs.append(weight @ activations[-1] + bias)
        activations.append(function(zs[-1]))
    da, found = 2 * (activations[-1] - y) / y.size, {"C": ((activations[-1] - y) ** 2).mean()}
    for number in range(len(layers), 0, -1):
        own, delta = str(number) if len(layers) > 1 else "", slope(zs[number - 1]) * da
        found |= {f"dw{own}": np.outer(delta, activations[number - 1]), f"db{own}": delta}
        da = layers[number - 1][0].T @ delta
    return found | {f"d{next(iter(settings.tensors))}": da}


def assert_numbers(settings, scene):
    """The stage shows the derivatives, and says where learning stops."""
    right, on_stage = derivatives(settings), {panel.name for panel in scene.panels}
    assert {"C", "da0"} <= on_stage or {"C", "dw", "db", "da_prev"} <= on_stage
    for name in right.keys() & on_stage:
        values = np.ravel(scene.panel(name).values)
        np.testing.assert_allclose(values, np.ravel(right[name]), rtol=1e-9, atol=1e-12)
    stopped = [note for note in scene.notes if note.startswith(("Dead", "Saturated"))]
    assert len(stopped) == sum(
        (FUNCTIONS[settings.activation][1](z) <= limit(settings)).sum() for z in zs_of(settings)
    )


def assert_chart(settings, chart):
    """The curve passes through C, and its tangent has the slope of the derivative."""
    right, (name, cell) = derivatives(settings), places(settings.tensors)[settings.along]
    (curve, tangent), (point,) = chart["lines"], chart["points"]
    assert chart["x_label"] == settings.along
    assert point["y"] == pytest.approx(right["C"]) and point["x"] == settings.tensors[name].flat[cell]
    assert chart["x_range"][0] <= point["x"] <= chart["x_range"][1]
    assert chart["y_range"][0] <= point["y"] <= chart["y_range"][1]
    rise, run = np.diff(tangent["y"]), np.diff(tangent["x"])
    slope = np.ravel(right[f"d{name}"])[cell]
    assert (rise / run).item() == pytest.approx(slope, rel=1e-6, abs=1e-9)
    assert np.mean(tangent["y"]) == pytest.approx(right["C"])
    assert np.mean(tangent["x"]) == pytest.approx(point["x"])
    moved = edit(settings, None, name, cell, curve["x"][7])
    assert curve["y"][7] == pytest.approx(derivatives(moved)["C"])


def assert_said(settings, said):
    """Every slider says the eighth that is nearest to its number, or its end."""
    assert said["along"] == settings.along
    for name, number in settings.slid.items():
        assert abs(said[name] - np.clip(number, -REACH, REACH)) <= 1 / 16 and (8 * said[name]).is_integer()


def assert_true(explorer):
    """The stage, the chart and the controls show the settings."""
    assert_numbers(explorer.settings, explorer.stage.scene)
    traits = ("lines", "points", "x_label", "x_range", "y_range")
    assert_chart(explorer.settings, {name: getattr(explorer.beside.widget, name) for name in traits})
    assert_said(explorer.settings, {name: control.value for name, control in explorer.controls.items()})


def limit(settings):
    return {"ReLU": 0, "sigmoid": 0.005, "tanh": 0.02}[settings.activation]


def zs_of(settings):
    x, *middle, _ = settings.tensors.values()
    for weight, bias in zip(middle[::2], middle[1::2], strict=True):
        yield weight @ x + bias
        x = FUNCTIONS[settings.activation][0](weight @ x + bias)


def states_of(control):
    """Some of what a browser can make a control say."""
    if hasattr(control, "options"):
        return [{"index": index} for index in range(len(control.options))]
    return [{"value": float(value)} for value in np.linspace(control.min, control.max, 11).round(3)]


@pytest.mark.parametrize("graph", GRAPHS)
def test_every_control_over_its_whole_range(graph):
    explorer = explore.chain(graph)
    for control in explorer.controls.values():
        before = {"index": control.index} if hasattr(control, "index") else {"value": control.value}
        for state in states_of(control):
            send(control, **state)
            assert_true(explorer)
        send(control, **before)


def anything(generator, control):
    """Draw a value that a control may have, or one of its slider's ends."""
    if isinstance(control, Choice):
        return generator.choice([value for _, value in control.pairs])
    if isinstance(control, Player):
        return generator.randint(0, 8)
    return round(generator.choice([generator.uniform(control.least, control.most), control.most]), 3)


@pytest.mark.parametrize("graph", GRAPHS)
def test_a_hundred_random_combinations(graph):
    """Five times: controls and steps down in any order; nothing throws, all numbers are right."""
    generator, settings = random.Random(graph), start(graph)
    topic = topic_of(settings)
    for number in range(100):
        for control in generator.sample(topic.controls, generator.randint(1, 4)):
            settings = topic.change(settings, control.name, anything(generator, control))
        if generator.random() < 0.4:
            settings = topic.presses["descend"](settings)
        if generator.random() < 0.1:
            settings = start(graph)
        assert_numbers(settings, topic.scene(settings))
        assert_said(settings, topic.said(settings))
        if number % 5 == 0:
            assert_chart(settings, curves_of(settings))


def test_by_default_one_neuron_with_exact_numbers():
    explorer = explore.chain()
    numbers = {name: shown(explorer, name).item() for name in ("z", "a", "C", "delta", "dw", "db", "da_prev")}
    assert numbers == {"z": 0, "a": 0.5, "C": 0.25, "delta": -0.25, "dw": -0.75, "db": -0.25, "da_prev": -0.5}
    assert explorer.stage.scene.notes[:3] == (
        "∂C/∂w = a_prev · σ′(z) · 2 (a − y) = (3)(0.25)(2)(−0.5) = −0.75",
        "∂C/∂b = σ′(z) · 2 (a − y) = (0.25)(2)(−0.5) = −0.25",
        "∂C/∂a_prev = w · σ′(z) · 2 (a − y) = (2)(0.25)(2)(−0.5) = −0.5",
    )
    assert repr(explorer).startswith("Explorer(chain: Scene(a_prev 1, w 1, b 1, z 1, a 1,")


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("show", ["graph", "paths"])
def test_every_gradient_agrees_with_a_finite_difference(graph, show):
    if (graph, show) == ("one neuron", "paths"):
        with pytest.raises(ValueError, match=r"^show is 'paths'; one of \['graph'\] is expected$"):
            explore.chain(graph, show=show)
        return
    explorer = explore.chain(graph, show=show)
    for name in explorer.slopes():
        for index in np.ndindex(explorer.stage.scene.panel(name).shape):
            assert explorer.finite_difference(name, *index).agrees


@pytest.mark.parametrize("graph", GRAPHS)
def test_the_code_makes_the_same_numbers(graph):
    explorer, made = explore.chain(graph, activation="tanh"), {}
    exec(explorer.stage.code, made)
    first = next(iter(explorer.settings.tensors))
    last = made["gradients" if graph == "one neuron" else "gradients1"]
    np.testing.assert_allclose(last.dx.ravel(), shown(explorer, f"d{first}"))
    assert made["cost"].y == pytest.approx(shown(explorer, "C").item())


# ---- Steps down --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("graph", GRAPHS)
def test_small_steps_down_lower_the_cost_press_by_press(graph):
    explorer = explore.chain(graph)
    for presses in range(1, 9):
        before = explorer.settings.tensors, derivatives(explorer.settings)
        click(explorer.buttons["descend"])
        for name, values in explorer.settings.tensors.items():
            learns = name[0] in "wb"
            step = explorer.settings.rate * before[1][f"d{name}"] if learns else 0
            np.testing.assert_allclose(values, before[0][name] - step, rtol=1e-12)
        costs = explorer.settings.costs
        assert len(costs) == presses + 1 and costs[-1] < costs[-2]
        (note,) = (note for note in explorer.stage.scene.notes if note.startswith("After"))
        assert f"{presses} step" in note and "rose" not in note
    click(explorer.buttons["reset"])
    assert (
        explorer.settings.costs == () and shown(explorer, "C").item() == derivatives(explorer.settings)["C"]
    )


@pytest.mark.parametrize("graph", ["one neuron", "two by two"])
def test_a_descent_that_runs_takes_the_steps_of_the_button_and_goes_back(graph):
    pressed, running = explore.chain(graph), explore.chain(graph)
    begun = running.settings.tensors
    for steps in range(1, 6):
        click(pressed.buttons["descend"])
        send(running.controls["play"], value=steps, playing=True)
        assert running.settings.costs == pressed.settings.costs and running.controls["play"].playing
    assert_true(running)
    send(running.controls["play"], value=0, playing=False)  # what its stop says
    assert running.settings.tensors == begun and running.settings.costs == ()


def test_a_running_descent_stops_where_nothing_changes_or_something_else_does():
    explorer = explore.chain(activation="ReLU", b=-8)  # dead
    player = explorer.controls["play"]
    send(player, playing=True, value=1)
    assert (player.playing, player.value, explorer.settings.steps) == (False, 0, 0)
    explorer = explore.chain()
    player = explorer.controls["play"]
    send(player, playing=True, value=2)
    explorer.edit("w", 0, 1.0)
    assert (player.playing, player.value) == (False, 0)
    send(player, playing=True, value=200)
    assert player.playing and explorer.settings.steps == 200 and derivatives(explorer.settings)["C"] < 0.25


def test_a_running_descent_that_explodes_says_so():
    wild = replace(start("two in a row", "ReLU", w1=3, b1=1, w2=3, b2=1), rate=10.0)
    explorer = explore.chain("two in a row")
    explorer.show(replace(wild, tensors={**wild.tensors, "y": np.array([1e5])}))
    send(explorer.controls["play"], playing=True, value=3)
    assert not explorer.controls["play"].playing and explorer.settings.exploded
    assert any(note.startswith("Exploded") for note in explorer.stage.scene.notes)


@pytest.mark.parametrize(("graph", "along"), [("one neuron", "b"), ("two by two", "w2[0,1]")])
def test_a_dragged_point_moves_the_number_that_it_stands_for(graph, along):
    explorer = explore.chain(graph, along=along)
    panel, cell = places(explorer.settings.tensors)[along]
    for x, number in ((1.03, 1.0), (-2.4, -2.375), (99, REACH), (2, 2)):
        send(explorer.beside.widget, dragged={"x": x, "serial": 1})
        assert explorer.settings.tensors[panel].flat[cell] == number
        assert_true(explorer)
    before = explorer.settings
    for nonsense in ({}, {"x": None}, {"x": "1"}, {"x": True}, {"y": 1}):
        send(explorer.beside.widget, dragged=nonsense)
        assert explorer.settings is before


def test_steps_that_are_too_long_are_shown_and_never_thrown():
    explorer = explore.chain("one neuron", activation="ReLU", w=1, b=0, a_prev=3, y=5, rate=0.2)
    click(explorer.buttons["descend"])
    assert any("C rose" in note for note in explorer.stage.scene.notes)
    wild = replace(start("two in a row", "ReLU", w1=3, b1=1, w2=3, b2=1), rate=10.0)
    tensors = {**wild.tensors, "y": np.array([1e5])}
    after = descend(replace(wild, tensors=tensors))
    assert after.exploded and after.tensors == tensors
    assert any(note.startswith("Exploded") for note in topic_of(after).scene(after).notes)
    assert not edit(after, None, "w1", 0, 1.0).exploded


def test_a_dead_neuron_never_learns():
    explorer = explore.chain(activation="ReLU", b=-8)
    before = dict(explorer.settings.tensors)
    for _ in range(3):
        click(explorer.buttons["descend"])
    assert all(np.array_equal(values, before[name]) for name, values in explorer.settings.tensors.items())
    assert any(note.startswith("Dead: z is −2, not above 0") for note in explorer.stage.scene.notes)


def test_where_a_is_y_nothing_is_left_to_learn():
    scene = explore.chain(activation="ReLU", w=3, b=-8).stage.scene
    assert any("nothing left to learn" in note for note in scene.notes)


# ---- Typing, and numbers beyond all bounds -----------------------------------------------------------------


def test_what_is_typed_on_the_stage_is_kept_and_moves_the_sliders():
    explorer = explore.chain("two side by side", show="paths", along="w2[0,1]")
    change = {"panel": "w2", "cell": 1, "value": 2.5}
    send(explorer.stage, edit={"serial": 1, "changes": [change]})
    assert explorer.settings.tensors["w2"].tolist() == [[4, 2.5]] and explorer.controls["value"].value == 2.5
    assert_true(explorer)
    send(explorer.stage, edit={"serial": 2, "changes": [{**change, "value": 40}]})
    assert explorer.controls["value"].value == REACH and shown(explorer, "w2")[1] == 40
    assert "w2[0,1] is 40, beyond the end of its slider at 10." in explorer.stage.scene.notes
    assert_true(explorer)


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("value", [1e7, -1e155, 1.7e308])
@pytest.mark.parametrize("activation", FUNCTIONS)
def test_numbers_beyond_all_bounds_are_shown(graph, value, activation):
    explorer = explore.chain(graph, activation=activation)
    for name in explorer.settings.tensors:
        explorer.edit(name, 0, value)
        click(explorer.buttons["descend"])
        assert curves_of(explorer.settings)["lines"] == explorer.beside.widget.lines == []
    traits = explorer.beside.widget.get_state()
    json.dumps({name: traits[name] for name in ("lines", "points", "x_range", "y_range")}, allow_nan=False)
    for name in explorer.settings.tensors:
        explorer.edit(name, 0, 1)
    assert all(np.abs(values).max() <= LARGEST for values in explorer.settings.tensors.values())
    assert_true(explorer)


@pytest.mark.parametrize(
    ("keywords", "kind", "sentence"),
    [
        ({"graph": "many"}, ValueError, r"^graph is 'many'; one of \['one neuron', 'two in a row', "),
        ({"activation": "relu"}, ValueError, r"^activation is 'relu'; one of \['ReLU', 'sigmoid', 'tanh'\] "),
        ({"along": "y"}, ValueError, r"^along is 'y'; one of \['w', 'b', 'a_prev'\] is expected$"),
        ({"rate": 0}, ValueError, "^rate is 0; a number above 0 is expected"),
        ({"rate": np.inf}, ValueError, "^rate is inf; a number above 0 is expected, and a finite one$"),
        ({"rate": np.nan}, ValueError, "^rate is nan; a number above 0 is expected"),
        ({"rate": "1"}, TypeError, "^rate is '1'; a number above 0 is expected$"),
        ({"rate": True}, TypeError, "^rate is True; a number above 0 is expected$"),
        ({"w": np.nan}, ValueError, r"^w is \[\[nan\]\]; finite numbers are expected$"),
        ({"y": -np.inf}, ValueError, r"^y is \[-inf\]; finite numbers are expected$"),
        ({"w1": 2}, ValueError, "^w1 is no number of 'one neuron'; there are a_prev, w, b, y$"),
        ({"w": [1, 2]}, ValueError, r"^w has shape \(2,\); \(1, 1\) is expected, as 'one neuron' has it$"),
        ({"w": "a"}, TypeError, "^w holds .*; real numbers are expected"),
    ],
)
def test_what_is_no_setting_is_refused_in_a_sentence(keywords, kind, sentence):
    with pytest.raises(kind, match=sentence):
        explore.chain(**keywords)


@pytest.mark.parametrize("rate", [np.float32(0.25), np.float64(0.25), 1, 40.0, 1e-9])
def test_any_number_above_zero_is_a_rate(rate):
    explorer = explore.chain(rate=rate)
    assert explorer.settings.rate == explorer.controls["rate"].value == rate
    click(explorer.buttons["descend"])
    assert_true(explorer)


def test_the_code_makes_numbers_of_the_same_type():
    explorer, made = explore.chain(w=np.float32(0.1), y=np.full(1, 0.1, np.float32)), {}
    exec(explorer.stage.code, made)
    for name in ("w", "y"):
        assert made[name].dtype == explorer.stage.scene.panel(name).values.dtype == np.float32
    assert made["a_prev"].dtype == np.int64


def test_a_browser_that_rounds_a_slider_changes_nothing():
    explorer = explore.chain()
    for _ in range(3):
        click(explorer.buttons["descend"])
        before = explorer.settings
        for name in ("w", "b", "a_prev", "y"):
            send(explorer.controls[name], value=explorer.controls[name].value + 1e-15)
        assert explorer.settings.tensors is before.tensors and len(explorer.settings.costs) > 1
    send(explorer.controls["w"], value=explorer.controls["w"].value + 0.125)
    assert explorer.settings.costs == () and explorer.settings.tensors["b"] is before.tensors["b"]

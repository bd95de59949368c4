"""Linear layers, ReLU and the chain rule on the stage, against the engine."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import fewer, integers, normals, seeds
from tests.scenes.checks import (
    assert_alike,
    assert_arranged,
    assert_drawn,
    assert_edit,
    assert_sums,
    changed,
    kinds_of_numbers,
)
from vizconv import engine, scenes

sizes = st.integers(1, 5)
CLOSE = {"rtol": 1e-12, "atol": 1e-12}


@given(sizes, sizes, seeds, kinds_of_numbers, st.booleans(), st.data())
def test_a_linear_layer_is_the_engines(inputs, outputs, seed, draw, biased, data):
    x, weight, bias, dy = draw(seed, (2, inputs), (outputs, inputs), (outputs,), (2, outputs))
    arrays = {"x": x, "weight": weight, "bias": bias if biased else None}
    record = engine.linear(**arrays)
    found = engine.linear_backward(record, dy)
    scene = scenes.linear(record, dy, 1)
    assert_sums(scene)
    assert_arranged(scene)
    np.testing.assert_allclose(scene.panel("y").values, record.y[1], **CLOSE)
    np.testing.assert_allclose(scene.panel("dx").values, found.dx[1], **CLOSE)
    other = scenes.linear(record, dy, 0)
    for name, whole in {"dw": found.dweight, **({"db": found.dbias} if biased else {})}.items():
        total = scene.panel(name).values + other.panel(name).values
        np.testing.assert_allclose(total, whole, **CLOSE)

    def rebuild(name, index, value):
        field = {"x": "x", "w": "weight", "b": "bias", "dy": "dy"}[name]
        places = (1, *index) if field in ("x", "dy") else index
        again = {**arrays, "dy": dy}
        again[field] = changed(again[field], places, value)
        last = again.pop("dy")
        record = engine.linear(**again)
        return scenes.linear(record, last, 1)

    assert_edit(data.draw, scene, rebuild)


def test_a_large_linear_layer_shows_its_first_cells():
    x, weight, bias, dy = integers(0, (2, 400), (120, 400), (120,), (2, 120))
    record = engine.linear(x, weight, bias)
    scene = scenes.linear(record, dy)
    assert_sums(scene)
    assert_arranged(scene)
    assert_drawn(scene)
    np.testing.assert_array_equal(scene.panel("y").values, record.y[0, :40])
    assert "The first 40 of 400 inputs are shown." in scene.notes
    assert "The first 40 of 120 outputs are shown; dx is their share." in scene.notes


@fewer(2)
@given(st.lists(sizes, min_size=1, max_size=3), seeds, kinds_of_numbers, st.data())
def test_the_gate_lets_through_what_is_positive(shape, seed, draw, data):
    x, dy = draw(seed, (2, *shape), (2, *shape))
    record = engine.relu(x)
    found = engine.relu_backward(record, dy)
    scene = scenes.relu_gate(record, dy, 1)
    assert_sums(scene)
    assert_arranged(scene)
    whole = (1, 0) if len(shape) == 3 else (1,)
    np.testing.assert_array_equal(scene.panel("gate").values, x[whole] > 0)
    np.testing.assert_array_equal(scene.panel("y").values, record.y[whole])
    np.testing.assert_array_equal(scene.panel("dx").values, found.dx[whole])

    def rebuild(name, index, value):
        arrays = {"x": x, "dy": dy}
        arrays[name] = changed(arrays[name], (*whole, *index), value)
        return scenes.relu_gate(engine.relu(arrays["x"]), arrays["dy"], 1)

    assert_edit(data.draw, scene, rebuild)


def test_what_a_shut_gate_holds_back_may_be_infinite():
    """0 × ∞ is no number: what the gate shuts out is left out."""
    x, dy = np.array([[-np.inf, 2.0]]), np.array([[np.inf, 1.0]])
    with np.errstate(invalid="ignore"):  # L = Σ dy ⊙ y is none
        scene = scenes.relu_gate(engine.relu(x), dy)
    assert scene.sums()["y"].tolist() == [0, 2] and scene.sums()["dx"].tolist() == [0, 1]


def test_a_large_map_shows_its_middle():
    x = normals(0, (1, 3, 90, 50))[0]
    record = engine.relu(x)
    scene = scenes.relu_gate(record, x, channel=2)
    assert_drawn(scene)
    assert scene.panel("x").shape == (40, 40) and scene.panel("x").origin == (25, 5)
    assert scene.panel("x").values[0, 0] == x[0, 2, 25, 5]
    assert scene.notes[:2] == (
        "Shown: channel 2 of 3, counted from 0.",
        "x is 90×50: its cells 25 to 64 × 5 to 44 are shown.",
    )


# ---- The chain rule ------------------------------------------------------------------------------------


def neurons(shapes, seed, activation=engine.sigmoid):
    """Layers of these sizes on two images, and their loss."""
    (x,), layers = normals(seed, (2, shapes[0])), []
    for number, (inputs, outputs) in enumerate(pairwise(shapes)):
        record = engine.linear(x, *normals([seed, number], (outputs, inputs), (outputs,)))
        layers.append((record, activation(record.y)))
        x = layers[-1][1].y
    return layers, engine.mse(x, normals([seed, 99], x.shape)[0])


def cost(layers, target, image, changes, activation):
    """C of one image, with some numbers of the first layer's x or of any weight or bias changed."""
    x = layers[0][0].x[image : image + 1]
    for number, (record, _) in enumerate(layers):
        w, b = (record.weight + changes.get(("w", number), 0), record.bias + changes.get(("b", number), 0))
        x = x + changes.get(("x", number), 0)
        x = activation(engine.linear(x, w, b).y).y
    return engine.mse(x, target[image : image + 1]).y


@given(st.lists(sizes, min_size=2, max_size=4), seeds, st.sampled_from([engine.sigmoid, engine.tanh]))
def test_every_derivative_of_a_graph_is_a_difference_quotient(shapes, seed, activation):
    layers, loss = neurons(shapes, seed, activation)
    scene = scenes.chain(layers, loss, 1)
    assert_sums(scene)
    assert_arranged(scene)
    assert scene.sums()["C"] == pytest.approx(((loss.x[1] - loss.target[1]) ** 2).mean())
    several, step, sums = len(layers) > 1, 1e-6, scene.sums()
    for number, (record, _) in enumerate(layers):
        own = str(number + 1) if several else ""
        tensors = [(f"dw{own}", "w", record.weight), (f"db{own}", "b", record.bias)]
        if number == 0:
            tensors.append(("da0" if several else "da_prev", "x", record.x[0]))
        for shown, name, like in tensors:
            for cell in range(like.size):
                change = np.zeros(like.shape)
                change.flat[cell] = step
                both = [
                    cost(layers, loss.target, 1, {(name, number): sign * change}, activation)
                    for sign in (1, -1)
                ]
                quotient = (both[0] - both[1]) / (2 * step)
                assert sums[shown].flat[cell] == pytest.approx(quotient, rel=1e-5, abs=1e-8)


def test_an_edit_of_the_target_flows_through_all_derivatives():
    layers, loss = neurons([2, 3, 2], 5)
    scene, target = scenes.chain(layers, loss), loss.target.copy()
    target[0, 1] = 4
    built, edited = scenes.chain(layers, engine.mse(loss.x, target)), scene.edited("y", 1, 4)
    for name in scene.sums():
        np.testing.assert_allclose(edited.panel(name).values, built.panel(name).values, **CLOSE)


def edited_neurons(layers, loss, name, cell, value):
    """The layers and loss of two layers with one number changed, by the engine."""
    (first, activation), (second, _) = layers
    arrays = {"a0": first.x[0], "w1": first.weight, "b1": first.bias, "w2": second.weight, "b2": second.bias}
    arrays["y"] = loss.target[0]
    arrays[name] = changed(arrays[name], np.unravel_index(cell, arrays[name].shape), value)
    function = {"ReluRecord": engine.relu, "SigmoidRecord": engine.sigmoid, "TanhRecord": engine.tanh}
    function = function[type(activation).__name__]
    first = engine.linear(arrays["a0"][None], arrays["w1"], arrays["b1"])
    second = engine.linear(function(first.y).y, arrays["w2"], arrays["b2"])
    layers = [(first, function(first.y)), (second, function(second.y))]
    return layers, engine.mse(layers[-1][1].y, arrays["y"][None])


@fewer(2)
@given(
    st.sampled_from([scenes.chain, scenes.paths]),
    st.sampled_from([engine.relu, engine.sigmoid, engine.tanh]),
    st.lists(st.integers(1, 3), min_size=3, max_size=3),
    seeds,
    st.data(),
)
def test_an_edit_flows_through_the_rules_of_a_graph(scene_of, activation, sizes, seed, data):
    layers, loss = neurons(sizes, seed, activation)
    scene = scene_of(layers, loss)
    panel = data.draw(st.sampled_from([panel for panel in scene.placed if panel.editable]))
    cell, value = data.draw(st.integers(0, panel.values.size - 1)), data.draw(st.floats(-3, 3))
    built = scene_of(*edited_neurons(layers, loss, panel.name, cell, value))
    assert_alike(scene.edited(panel.name, cell, value), built)


def test_one_neuron_is_a_graph_of_single_numbers():
    layers, loss = neurons([1, 1], 0)
    scene = scenes.chain(layers, loss)
    assert {panel.shape for panel in scene.panels} == {()}
    w, a, slope = (float(scene.panel(name).values) for name in ("w", "a", "slope"))
    a_prev, y = (float(scene.panel(name).values) for name in ("a_prev", "y"))
    assert scene.panel("dw").values == pytest.approx(a_prev * slope * 2 * (a - y))
    assert scene.panel("db").values == pytest.approx(slope * 2 * (a - y))
    assert scene.panel("da_prev").values == pytest.approx(w * slope * 2 * (a - y))
    assert_drawn(scene)
    assert "path" not in scene.notes[-1] and "path" in scenes.chain(*neurons([2, 1], 0)).notes[-1]


def test_layers_without_a_bias_are_refused():
    record = engine.linear([[1.0]], [[2.0]])
    layer = record, engine.sigmoid(record.y)
    with pytest.raises(ValueError, match="give every linear a bias"):
        scenes.chain([layer], engine.mse(layer[1].y, [[0.0]]))


@pytest.mark.parametrize("shapes", [[2, 3, 2], [1, 1, 1], [4, 1]])
def test_graphs_draw(shapes):
    assert_drawn(scenes.chain(*neurons(shapes, 1)))

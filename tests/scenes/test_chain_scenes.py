"""Graphs of neurons on the stage: ReLUs, and every path from an input to the cost."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import integers, seeds
from tests.scenes.checks import assert_arranged, assert_drawn, assert_sums
from tests.scenes.test_dense_scenes import CLOSE, neurons
from vizconv import engine, scenes

activations = st.sampled_from([engine.relu, engine.sigmoid, engine.tanh])
small = st.lists(st.integers(1, 3), min_size=3, max_size=4).filter(lambda sizes: np.prod(sizes) <= 40)


def torch_gradients(torch, layers, target, activation):
    """PyTorch's gradients of the mean square of one image: of x, of every weight and of every bias."""
    function = {engine.relu: torch.relu, engine.sigmoid: torch.sigmoid, engine.tanh: torch.tanh}[activation]
    x = torch.tensor(np.array(layers[0][0].x[:1]), requires_grad=True)
    weights = [torch.tensor(np.array(record.weight), requires_grad=True) for record, _ in layers]
    biases = [torch.tensor(np.array(record.bias), requires_grad=True) for record, _ in layers]
    a = x
    for weight, bias in zip(weights, biases, strict=True):
        a = function(a @ weight.T + bias)
    ((a - torch.tensor(np.array(target[:1]))) ** 2).mean().backward()
    return (tensor.grad.numpy() for tensor in (x, *weights, *biases))


@given(small, seeds, activations)
def test_all_derivatives_are_pytorchs(torch, sizes, seed, activation):
    layers, loss = neurons(sizes, seed, activation)
    scene = scenes.chain(layers, loss)
    numbers = range(1, len(layers) + 1)
    names = ["da0", *(f"dw{number}" for number in numbers), *(f"db{number}" for number in numbers)]
    sums = scene.sums()
    for name, found in zip(names, torch_gradients(torch, layers, loss.target, activation), strict=True):
        np.testing.assert_allclose(sums[name].ravel(), found.ravel(), rtol=1e-10, atol=1e-12)


def test_a_relu_of_whole_numbers_stays_whole():
    (x, weight, bias, target) = integers(3, (1, 2), (3, 2), (3,), (1, 3))
    record = engine.linear(x, weight, bias)
    layer = record, engine.relu(record.y)
    scene = scenes.chain([layer], engine.mse(layer[1].y, target))
    assert_sums(scene)
    assert_arranged(scene)
    slope, delta = scene.panel("slope").values, scene.panel("delta").values
    assert slope.dtype.kind == "i" and set(np.unique(slope)) <= {0, 1}
    assert ((record.y[0] > 0) == (slope[:, 0] == 1)).all() and not delta[slope == 0].any()
    assert "the mean of the squares" in " ".join(scene.notes)


def test_sentences_and_code_are_carried():
    scene = scenes.chain(*neurons([1, 1], 0), notes=("First.",), code="1")
    assert scene.notes[1] == "First." and scene.code == "1" and scene.pointed == ("dw", 0)


# ---- Paths ---------------------------------------------------------------------------------------------


def path_products(layers, loss):
    """Every path's product, by hand: ∂C/∂a, then slope and weight of each layer, back to an input."""
    sizes = [layers[0][0].weight.shape[1], *(len(record.weight) for record, _ in layers)]
    da = 2 * (loss.x[0] - loss.target[0]) / loss.x[0].size
    for route in product(*map(range, sizes)):
        found = da[route[-1]]
        for number in range(len(layers), 0, -1):
            record, activation = layers[number - 1]
            slope = getattr(activation, "slope", None)
            slope = (activation.y > 0) if slope is None else slope
            found = found * slope[0, route[number]] * record.weight[route[number], route[number - 1]]
        yield route, found


@given(small, seeds, activations)
def test_the_sum_over_the_paths_is_what_backpropagation_finds(sizes, seed, activation):
    layers, loss = neurons(sizes, seed, activation)
    scene, graph = scenes.paths(layers, loss), scenes.chain(layers, loss)
    assert_sums(scene)
    assert_arranged(scene)
    by_hand = list(path_products(layers, loss))
    np.testing.assert_allclose(scene.panel("to a0").values.ravel(), [found for _, found in by_hand], **CLOSE)
    np.testing.assert_allclose(
        scene.sums()["da0"].ravel(), graph.panel("da0").values.ravel(), rtol=1e-9, atol=1e-12
    )
    for number in range(1, len(layers) + 1):
        via = np.zeros(layers[number - 1][0].weight.shape)
        for route, found in by_hand:
            via[route[number], route[number - 1]] += found
        np.testing.assert_allclose(scene.sums()[f"via w{number}"], via, **CLOSE)
        assert via.sum() == pytest.approx(scene.panel("da0").values.sum(), abs=1e-12)


def test_pointing_at_a_path_lights_one_weight_of_every_layer_and_no_other_path():
    scene = scenes.paths(*neurons([1, 2, 2, 1], 0))
    rows = {name: scene.terms[name] for name in scene.terms}
    for path in range(4):
        for number in (1, 2, 3):
            table = rows[f"through {number}"]
            assert (table.left == path).sum() == 1
        for reading in scene.readings:
            if reading.target in ("to a0", "to z1", "to a1", "to z2", "to a2", "to z3"):
                assert (scene.terms[reading.terms].out == path).sum() == 1
    used = [tuple(int(rows[f"through {n}"].out[path]) for n in (1, 2, 3)) for path in range(4)]
    assert len(set(used)) == 4


def test_the_numbers_behind_the_paths_have_no_place():
    scene = scenes.paths(*neurons([2, 2, 1], 0))
    assert {panel.name for panel in scene.panels if panel.editable} == {"a0", "w1", "w2"}
    hidden = {panel.name for panel in scene.panels if panel.place is None}
    assert {"z1", "a1", "z2", "a2", "b1", "b2", "y"} <= hidden
    assert all(hidden.isdisjoint(step.panels) for step in scene.told)


@pytest.mark.parametrize(("sizes", "count"), [([2, 2], 4), ([4, 4, 3], 48)])
def test_too_few_layers_or_too_many_paths_are_refused(sizes, count):
    with pytest.raises(ValueError, match=rf"have {count} paths; two layers or more and at most 40"):
        scenes.paths(*neurons(sizes, 0))


@pytest.mark.parametrize("sizes", [[1, 1, 1], [1, 2, 2, 1], [2, 3, 2]])
def test_paths_draw(sizes):
    assert_drawn(scenes.paths(*neurons(sizes, 1)))

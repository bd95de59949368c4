"""Neurons drawn as graphs: every weight an edge there and back, no cell over another, paths lit."""

from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import seeds
from tests.scenes.test_dense_scenes import CLOSE, neurons
from tests.stage.page import in_page
from vizconv import engine, scenes
from vizconv.scenes import Edge, Graph, Panel, Scene

SIZES = st.lists(st.integers(1, 2), min_size=2, max_size=4)
PATHS = [[1, 2, 1], [1, 2, 2, 1], [2, 2, 1]]
PAGE = """
return more[0].map((subject) => page.litEdges(scene, subject, page.litCells(scene, subject)));
"""


def drawn_as(sizes, seed=0):
    layers, loss = neurons(sizes, seed, engine.tanh)
    scene = scenes.chain(layers, loss)
    assert scene.graph is not None
    return scene, scene.graph


def layer_names(sizes, number):
    """A layer's panels: its number is written where there are several."""
    own = str(number) if len(sizes) > 2 else ""
    before = f"a{number - 1}" if own else "a_prev"
    return own, before


@given(SIZES, seeds)
def test_every_weight_is_an_edge_to_its_neuron_and_its_gradient_one_back(sizes, seed):
    _, graph = drawn_as(sizes, seed)
    weighed = [edge for edge in graph.edges if edge.weight]
    assert len(weighed) == 3 * sum(inputs * outputs for inputs, outputs in pairwise(sizes))
    for number, (inputs, outputs) in enumerate(pairwise(sizes), 1):
        own, before = layer_names(sizes, number)
        for neuron, source in product(range(outputs), range(inputs)):
            cell = neuron * inputs + source
            w, dw, flow = (f"w{own}", cell), (f"dw{own}", cell), (f"flow{own}", cell)
            found = [(edge.start, edge.over, edge.end) for edge in weighed if edge.weight == w]
            assert found == [((before, source), w, (f"z{own}", neuron))]
            back = [(edge.start, edge.end, edge.back) for edge in weighed if edge.weight == flow]
            assert back == [((f"delta{own}", neuron), dw, True), (dw, (f"d{before}", source), True)]


@given(SIZES, seeds)
def test_what_flows_back_adds_up_to_the_gradient_of_what_came_in(sizes, seed):
    scene, _ = drawn_as(sizes, seed)
    for number, (inputs, outputs) in enumerate(pairwise(sizes), 1):
        own, before = layer_names(sizes, number)
        flows = scene.panel(f"flow{own}").values.reshape(outputs, inputs)
        np.testing.assert_allclose(flows.sum(axis=0), scene.panel(f"d{before}").values.ravel(), **CLOSE)


def all_spots(spots):
    return [spot for places in spots.values() for spot in places]


@given(SIZES)
def test_no_cell_stands_over_another_and_every_edge_leads_on(sizes):
    _, graph = drawn_as(sizes)
    for axis, spots in enumerate((graph.wide, graph.tall)):
        for one, other in combinations(all_spots(spots), 2):
            assert max(abs(one[0] - other[0]), abs(one[1] - other[1])) >= 1 - 1e-9
        assert min(min(spot) for spot in all_spots(spots)) >= 0
        for edge in graph.edges:
            if edge.weight and not edge.back:
                along = [spots[name][cell][axis] for name, cell in edge.touched]
                assert along == sorted(along)


@pytest.mark.parametrize("sizes", [[1, 3], [3, 2, 1], [1, 1, 1, 1, 1]])
def test_more_neurons_than_can_be_read_stand_in_panels(sizes):
    assert scenes.chain(*neurons(sizes, 0)).graph is None


@pytest.mark.parametrize("sizes", PATHS)
def test_the_end_of_a_path_lights_its_edges_from_end_to_end_and_no_others(node, sizes):
    scene = scenes.paths(*neurons(sizes, 0))
    count = int(np.prod(sizes))
    ends = [{"panel": "to a0", "cell": path} for path in range(count)]
    (found,) = in_page(node, PAGE, [scene], [ends])
    weights = [edge.weight for edge in scene.graph.edges]
    for hues, route in zip(found, product(*map(range, sizes)), strict=True):
        lit = [weight for weight, hue in zip(weights, hues, strict=True) if hue is not None]
        steps = enumerate(pairwise(zip(route, sizes, strict=True)), 1)
        assert lit == [(f"w{number}", to * size + at) for number, ((at, size), (to, _)) in steps]
        own = {hue for hue in hues if hue is not None}
        assert len(own) == len(sizes) - 1  # every weight in a hue of its own


def test_pointing_at_a_number_lights_the_edges_between_it_and_what_it_is_made_of(node):
    scene, graph = drawn_as([1, 2, 1])
    subjects = [{"panel": name, "cell": 0} for name in ("z1", "da1", "delta2", "y")]
    (found,) = in_page(node, PAGE, [scene], [subjects])
    lit = [
        [(edge.start[0], edge.end[0]) for edge, hue in zip(graph.edges, hues, strict=True) if hue is not None]
        for hues in found
    ]
    assert lit[0] == [("a0", "z1"), ("b1", "z1"), ("z1", "a1")]
    assert lit[1] == [("da1", "delta1"), ("delta2", "dw2"), ("dw2", "da1")]
    assert ("da2", "delta2") in lit[2] and ("a0", "z1") not in lit[2]
    assert lit[3] == [("y", "difference")]


X = Panel("x", [1, 2], (0, 0))


@pytest.mark.parametrize(
    ("spots", "edge", "sentence"),
    [
        ({}, None, r"^the graph has spots for {} cells; {'x': 2} are on show$"),
        ({"x": ((0, 0),)}, None, r"^the graph has spots for {'x': 1} cells"),
        ({"x": ((0, 0), (1, 0))}, Edge(start=("x", 0), end=("x", 2)), r"^the graph names cell 2 of 'x'"),
        ({"x": ((0, 0), (1, 0))}, Edge(start=("x", 0), end=("y", 0)), r"^the graph names cell 0 of 'y'"),
    ],
)
def test_a_graph_of_what_is_not_there_is_refused(spots, edge, sentence):
    with pytest.raises(ValueError, match=sentence):
        Scene((X,), graph=Graph(wide=spots, tall=spots, edges=(edge,) if edge else ()))


def test_a_part_of_a_graph_is_drawn_as_panels():
    scene, _ = drawn_as([1, 1])
    assert scene.kept("w", "z").graph is None
    assert scene.edited("w", 0, 3.0).graph is scene.graph

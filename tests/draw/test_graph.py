"""Stills of graphs: every number once, edges as thick as their numbers, a gradient's edge dashed."""

import numpy as np
import pytest
from matplotlib.collections import PathCollection

from tests.scenes.test_dense_scenes import neurons
from vizconv import engine, scenes
from vizconv.draw import gif, png, still
from vizconv.draw.number import Number
from vizconv.engine.writing import format_number


@pytest.fixture
def scene():
    return scenes.chain(*neurons([1, 2, 1], 0, engine.tanh))


def edges_of(scene):
    """The widths of the edges in points, those forwards and those back."""
    forwards, back = still(scene).findobj(PathCollection)
    return np.array(forwards.get_linewidths()), np.array(back.get_linewidths())


def test_every_number_and_every_name_is_there(scene):
    figure = still(scene)
    written = sorted(number.get_text() for number in figure.findobj(Number))
    numbers = (format_number(float(value)) for panel in scene.placed for value in scene.seen(panel.name).flat)
    assert written == sorted(numbers)
    names = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(names) == sorted(panel.title for panel in scene.placed for _ in range(panel.values.size))


def test_an_edge_is_as_thick_as_its_number(scene):
    forwards, back = edges_of(scene)
    numbers = {False: [], True: []}
    for edge in scene.graph.edges:
        value = 0.0 if edge.weight is None else scene.panel(edge.weight[0]).values.flat[edge.weight[1]]
        numbers[edge.back].append(abs(value))
    for widths, sizes in ((forwards, numbers[False]), (back, numbers[True])):
        assert (np.diff(widths[np.argsort(sizes)]) >= -1e-12).all() and np.ptp(widths) > 2
    louder = scene.edited("w1", 0, 50.0)
    assert edges_of(louder)[0].max() == forwards.max() and (edges_of(louder)[0] <= forwards + 1e-9).sum() > 4


def test_a_scene_with_a_graph_has_a_small_still_and_no_walk(scene):
    assert len(png(scene)) < 60_000
    with pytest.raises(ValueError, match="no walk"):
        gif(scene)

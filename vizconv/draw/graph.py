"""A scene as a still graph: its cells where they stand from left to right, and the edges between them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.path import Path

from vizconv.draw.figures import depth, new_figure
from vizconv.draw.fills import GRID, INK, INK_ON_DEEP, filled, is_deep
from vizconv.draw.number import Number
from vizconv.engine.types import present
from vizconv.engine.writing import format_number
from vizconv.scenes import Edge, Panel, Range, Scene
from vizconv.scenes.graph import Cell, Graph
from vizconv.scenes.scales import GRADIENTS, Scale

WIDTH, HEIGHT, NAME = 0.5, 0.28, 0.19  # inches of a cell, and above it for its name
PITCH = np.array((0.66, HEIGHT + NAME + 0.04))  # inches from one cell to the next
MARGIN, AROUND = 0.12, 0.05  # inches around all, and around the cells of a node
FIRST, MIDDLE, FOOT = (
    np.array(place) for place in ((MARGIN, MARGIN + NAME), (WIDTH / 2, HEIGHT / 2), (WIDTH / 2, HEIGHT))
)
THIN, THICK = 0.8, 4.2  # points of an edge, from 0 to the largest number
NAME_SIZE, NUMBER_SIZE, LONG = 8, 8.5, 7  # points, and signs of a number that is written smaller
PLAIN, NODE = "#b3b8bf", "#f5f5f5"  # as in theme.css
SQUARE = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)])


class Line(NamedTuple):
    """An edge as it is drawn: its path, its colour and its width in points."""

    path: Path
    colour: Any
    width: float


def drawn_graph(scene: Scene) -> Figure:
    """Draw a scene that has a graph: nodes behind edges, these behind cells with their numbers and names."""
    graph = present(scene.graph)
    corners = {name: FIRST + np.array(spots) * PITCH for name, spots in graph.wide.items()}
    width, height = np.max([places.max(axis=0) for places in corners.values()], axis=0) + MARGIN
    figure = new_figure(width + WIDTH, height + HEIGHT)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width + WIDTH), ylim=(height + HEIGHT, 0))
    axes.set_axis_off()
    _draw_nodes(axes, graph, corners)
    _draw_edges(axes, scene, graph.edges, corners)
    for panel in scene.placed:
        _draw_cells(axes, corners[panel.name], scene.seen(panel.name), scene.ranges[panel.name])
        _write_names(axes, panel, corners[panel.name][: 1 if panel.name in graph.listed else None])
    return figure


def _draw_nodes(axes: Axes, graph: Graph, corners: Mapping[str, np.ndarray]) -> None:
    boxes = []
    for node in graph.nodes:
        places = np.array([corners[name][cell] for name, cell in node])
        (left, top), (right, bottom) = places.min(axis=0), places.max(axis=0)
        left, right = left - AROUND, right + WIDTH + AROUND
        top, bottom = top - NAME - AROUND, bottom + HEIGHT + AROUND
        boxes.append([(left, top), (right, top), (right, bottom), (left, bottom)])
    axes.add_collection(PolyCollection(boxes, facecolors=NODE, edgecolors=GRID), autolim=False)


def _draw_cells(axes: Axes, places: np.ndarray, values: np.ndarray, shades: Range | None) -> None:
    row = np.reshape(values, (1, -1))
    fills, inks = filled(row, shades)[0] / 255, np.where(is_deep(row, shades)[0], INK_ON_DEEP, INK)
    axes.add_collection(
        PolyCollection(list(places[:, None] + SQUARE), facecolors=fills, edgecolors=GRID), autolim=False
    )
    for (x, y), value, ink in zip(places + MIDDLE, row[0], inks, strict=True):
        text = format_number(float(value))
        size = NUMBER_SIZE * min(1, LONG / len(text))
        number = Number(x, y, text, color=str(ink), size=size, transform=axes.transData)
        present(axes.get_figure()).add_artist(number)


def _write_names(axes: Axes, panel: Panel, places: np.ndarray) -> None:
    for x, y in places:
        axes.text(x, y - 0.04, panel.title, size=NAME_SIZE, parse_math=False, color=INK)


# ---- Edges -----------------------------------------------------------------------------------------------


def _draw_edges(axes: Axes, scene: Scene, edges: Sequence[Edge], corners: Mapping[str, np.ndarray]) -> None:
    """Draw every edge as thick as its number is large among those that go the same way; back ones dashed."""
    for back in (False, True):
        same = [edge for edge in edges if edge.back == back]
        largest = max((abs(_number(scene, edge.weight)) for edge in same), default=0.0)
        lines = [_line(edge, _number(scene, edge.weight), largest, corners) for edge in same]
        if lines:
            paths, colours, widths = zip(*lines, strict=True)
            look = {"linestyles": (0, (3, 2)) if back else "solid", "facecolors": "none"}
            axes.add_collection(
                PathCollection(paths, edgecolors=colours, linewidths=widths, **look), autolim=False
            )


def _number(scene: Scene, cell: Cell | None) -> float:
    return 0.0 if cell is None else float(np.nan_to_num(scene.panel(cell[0]).values.flat[cell[1]]))


def _line(edge: Edge, value: float, largest: float, corners: Mapping[str, np.ndarray]) -> Line:
    path = _path(edge, lambda cell: corners[cell[0]][cell[1]])
    if not value:
        return Line(path, PLAIN, THIN)
    shades = Range(Scale(GRADIENTS), -largest, largest)
    deep = abs(float(depth(np.array(value), largest)))
    return Line(path, filled(np.array([[value]]), shades)[0, 0] / 255, THIN + (THICK - THIN) * deep)


def _path(edge: Edge, corner_of) -> Path:
    """Lead from one cell to the other over the one between; one that is not between them has a line to it."""
    start, end = corner_of(edge.start), corner_of(edge.end)
    if edge.over is None:
        return _link(start, end)
    over = corner_of(edge.over)
    if min(start[0], end[0]) + WIDTH <= over[0] <= max(start[0], end[0]) - WIDTH:
        return Path.make_compound_path(_link(start, over), _link(over, end))
    foot = (start + end) / 2 + MIDDLE
    stub = Path([over + FOOT, foot])
    return Path.make_compound_path(_link(start, end), stub)


def _link(start: np.ndarray, end: np.ndarray) -> Path:
    """Lead from side to side, or from below to above where one cell stands over the other."""
    across = end[0] - start[0]
    if abs(across) >= WIDTH:
        sides = (
            ((WIDTH, HEIGHT / 2), (0, HEIGHT / 2)) if across > 0 else ((0, HEIGHT / 2), (WIDTH, HEIGHT / 2))
        )
        turn = 0
    else:
        low, high = (WIDTH / 2, HEIGHT), (WIDTH / 2, 0)
        sides, turn = ((low, high) if end[1] > start[1] else (high, low)), 1
    first, last = start + sides[0], end + sides[1]
    bends = np.array([first, last])
    bends[:, turn] = (first[turn] + last[turn]) / 2
    return Path([first, *bends, last], [Path.MOVETO, *[Path.CURVE4] * 3])

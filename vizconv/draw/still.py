"""A scene as a still picture: what shows before a lesson runs, and where there is no kernel."""

import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from PIL import Image

from vizconv.draw.figures import GREY, as_small_png, new_figure
from vizconv.draw.fills import GRID, INK, INK_ON_DEEP, filled, is_deep
from vizconv.draw.graph import drawn_graph
from vizconv.draw.number import Number
from vizconv.engine.types import present
from vizconv.engine.writing import format_number
from vizconv.scenes import CROPPED, NEVER_READ, PADDING, THROWN, WRONG, Panel, Range, Scene

NUMBERS = 250  # of more, few could be read
READABLE, LARGE, SMALL = 0.3, 0.42, 0.11  # inches a cell
GAP, HEAD = 0.55, 0.35  # inches between panels, and for a label
LETTER, SPILL = 0.085, 1.0  # inches that a sign of a label takes, and that labels may have beside the panels
LABEL_SIZE, LABEL_RISE = 10, 3 / 72  # points; inches above its panel
NAME_SIZE, NAME_RISE, NAME_LETTER = 7, 0.11, 0.06  # points; inches that names take above cells, and a letter
BAR, BAR_EDGE = 0.1, 0.06  # of a cell: how wide a bar is, and how far it is from the cell's edge
BARRED = BAR + BAR_EDGE
FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # by XML, also in a text
SIGN_SIZES = {"⋆": 28}  # points; the font's star is small, other signs take 16
SQUARE = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) / 2
UNREAD = "#d6d7d8"  # as stage.css mixes it
CORNER = np.array([(0.5, -0.5), (0.17, -0.5), (0.5, -0.17), (0.5, -0.5)])
CROSS = SQUARE[[0, 2]]
LINE = {"facecolor": "none", "edgecolor": INK, "linewidth": 0.8}
RULED = LINE | {"capstyle": "projecting", "snap": True}  # sharp, also where it is long


class Box(NamedTuple):
    """Where a panel lies: its left and top edges and the side of a cell, in inches from the upper left."""

    left: float
    top: float
    cell: float

    def points(self, points: np.ndarray) -> np.ndarray:
        """Move (column, row) points (..., 2), counted from the middle of the first cell, to inches."""
        return (self.left, self.top) + (np.asarray(points) + 0.5) * self.cell


class DrawnPanel(NamedTuple):
    """A panel in a figure: where it lies, and what shows it."""

    panel: Panel
    box: Box
    label: Text
    fill: AxesImage
    numbers: list[Number]
    bars: PathPatch | None

    @property
    def room(self) -> float:
        """How wide a number may be, in inches: a cell without its bar."""
        return self.box.cell * (1 - BARRED * (self.bars is not None))

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Its left, right, bottom and top edges in inches from the upper left."""
        rows, columns = sheet(self.panel.values).shape
        (left, top), (right, bottom) = self.box.points(np.array([(0, 0), (columns, rows)]) - 0.5)
        return left, right, bottom, top


@dataclass(frozen=True)
class Drawn:
    """A still and its parts: axes in inches from the upper left, panels by name, and the lines over fills."""

    figure: Figure
    axes: Axes
    panels: dict[str, DrawnPanel]
    lines: list[PathPatch]


def png(scene: Scene) -> bytes:
    """Draw a scene as a PNG of at most about 60 kB."""
    canvas = cast(FigureCanvasAgg, still(scene).canvas)  # `new_figure` makes no other
    canvas.draw()
    return as_small_png(pixels(canvas))


def pixels(canvas: FigureCanvasAgg) -> Image.Image:
    """Copy what a canvas shows, without its transparency: a figure is white all over."""
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def svg(scene: Scene) -> bytes:
    """Draw a scene as an SVG: the same bytes for the same scene, every label as text and never as markup."""
    figure, buffer = still(scene), io.BytesIO()
    with rc_context({"svg.hashsalt": "vizconv", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return FORBIDDEN.sub(b"", buffer.getvalue())


def still(scene: Scene) -> Figure:
    """Draw a scene as a figure: its panels in their places, with numbers where they can be read.

    In a scene of over 250 cells only panels of up to 49 have numbers; the others show their fill. One with a
    graph is drawn as one.
    """
    return drawn(scene).figure if scene.graph is None else drawn_graph(scene)


def drawn(scene: Scene, foot: float = 0.0, least_width: float = 0.0) -> Drawn:
    """Draw a scene and keep the parts.

    `foot` inches are left free below the panels, and the figure is at least `least_width` inches wide.
    One pair of axes holds all: each would take as long as fifty numbers.
    """
    boxes, (width, height) = laid_out(scene, foot, least_width)
    figure = new_figure(width, height)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    panels = {
        panel.name: _draw_panel(axes, panel, box, sheet(scene.seen(panel.name)), scene.ranges[panel.name])
        for panel, box in zip(scene.placed, boxes, strict=True)
    }
    return Drawn(figure, axes, panels, _draw_lines(axes, panels.values()))


def laid_out(
    scene: Scene, foot: float = 0.0, least_width: float = 0.0
) -> tuple[list[Box], tuple[float, float]]:
    """Return where the panels lie, and the whole figure's width and height in inches."""
    size = SMALL if sum(panel.values.size for panel in scene.placed) > NUMBERS else LARGE
    cells = [_cell_size(panel, size) for panel in scene.placed]
    extents = [np.array(sheet(p.values).shape) * cell for p, cell in zip(scene.placed, cells, strict=True)]
    heights, widths = zip(*extents, strict=True)
    rows, columns = zip(*(present(panel.place) for panel in scene.placed), strict=True)
    lefts, right = _offsets(columns, widths, 0.1 + _room_beside(scene), GAP)
    tops, bottom = _offsets(rows, heights, HEAD, HEAD)
    boxes = [
        Box(lefts[column], tops[row], cell) for row, column, cell in zip(rows, columns, cells, strict=True)
    ]
    labels = [box.left + LETTER * len(_title(p)) for p, box in zip(scene.placed, boxes, strict=True)]
    if any(panel.values.ndim == 3 and panel.names[0] for panel in scene.placed):
        right += NAME_RISE
    width = max(right, min(max(labels), right + SPILL)) + 0.1
    return boxes, (max(width, least_width), bottom + 0.1 + foot)


def _cell_size(panel, size):
    return max(size, READABLE) if panel.values.size <= 49 else size


def _offsets(
    tracks: Sequence[int], lengths: Sequence[float], first: float, gap: float
) -> tuple[dict[int, float], float]:
    """Return where each row or column begins, as long as the longest panel in it, and where the last ends."""
    longest: dict[int, float] = {}
    for track, length in zip(tracks, lengths, strict=True):
        longest[track] = max(longest.get(track, 0), length)
    offsets, end = {}, first - gap
    for track in sorted(longest):
        offsets[track] = end + gap
        end = offsets[track] + longest[track]
    return offsets, end


def sheet(values: np.ndarray) -> np.ndarray:
    """Lay channels below each other, so that every panel is one matrix."""
    return values.reshape(-1, values.shape[-1]) if values.ndim else values.reshape(1, 1)


def _draw_panel(axes: Axes, panel: Panel, box: Box, values: np.ndarray, shades: Range | None) -> DrawnPanel:
    look = {"parse_math": False, "color": INK}
    rise = LABEL_RISE + NAME_RISE * (panel.names[-1:] not in ((), ((),)))
    label = axes.text(box.left, box.top - rise, _title(panel), size=LABEL_SIZE, **look)
    if panel.sign:
        middle = box.left - GAP / 2, box.top + len(values) * box.cell / 2
        look |= {"ha": "center", "va": "center", "size": SIGN_SIZES.get(panel.sign, 16)}
        axes.text(*middle, panel.sign, **look)
    fill = AxesImage(axes, interpolation="none", origin="upper")  # a pixel a cell, as the SVG keeps it
    fill.set_data(filled(values, shades))
    axes.add_artist(fill)
    numbers = _write_numbers(axes, values, shades, box, panel.bars) if box.cell >= READABLE else []
    _write_names(axes, panel, box)
    bars = _draw_bars(axes, values, shades, box) if panel.bars and numbers else None
    result = DrawnPanel(panel, box, label, fill, numbers, bars)
    fill.set_extent(result.edges)
    return result


def _title(panel):
    return f"{panel.title}  {'×'.join(map(str, panel.shape))}"


def _write_numbers(
    axes: Axes, values: np.ndarray, shades: Range | None, box: Box, bars: bool
) -> list[Number]:
    texts = [format_number(float(value)) for value in values.flat]
    taken = BARRED * bars
    size = number_size(box.cell * (1 - taken), max(map(len, texts)))
    middles = box.points(np.argwhere(np.ones_like(values))[:, ::-1] - (taken / 2, 0))
    inks = np.where(is_deep(values, shades), INK_ON_DEEP, INK).ravel()
    look = {"size": size, "transform": axes.transData}
    numbers = [
        Number(x, y, text, color=ink, **look) for (x, y), text, ink in zip(middles, texts, inks, strict=True)
    ]
    for number in numbers:  # in the figure: axes would make a clip path for each
        present(axes.get_figure()).add_artist(number)
    return numbers


def _room_beside(scene: Scene) -> float:
    """Return the inches that the names of rows take beside the panels of the first column."""
    first = min(present(panel.place)[1] for panel in scene.placed)
    rows = [((), *panel.names)[-2:][0] for panel in scene.placed if present(panel.place)[1] == first]
    return NAME_LETTER * max((len(name) for names in rows for name in names), default=0)


def _write_names(axes: Axes, panel: Panel, box: Box) -> None:
    """Write what rows are called beside the cells, columns above, and blocks behind them, turned."""
    blocks, rows, columns = ((), (), (), *panel.names)[-3:]
    _, high, wide = (1, 1, 1, *panel.shape)[-3:]
    look: dict[str, Any] = {"parse_math": False, "color": GREY, "size": NAME_SIZE}
    left = box.left - 0.05
    for at, name in enumerate(blocks):
        middle = box.top + (at + 0.5) * high * box.cell
        right = box.left + wide * box.cell + 0.03
        axes.text(right, middle, name, rotation=270, va="center", **look)
    for at, name in enumerate(rows):
        axes.text(left, box.top + (at + 0.5) * box.cell, name, ha="right", va="center", **look)
    for at, name in enumerate(columns):
        axes.text(box.left + (at + 0.5) * box.cell, box.top - 0.03, name, ha="center", **look)


def _draw_bars(axes: Axes, values: np.ndarray, shades: Range | None, box: Box) -> PathPatch:
    bars = PathPatch(bars_of(values, shades, box), facecolor=INK, linewidth=0, clip_on=False)
    axes.add_artist(bars)
    return bars


def bars_of(values: np.ndarray, shades: Range | None, box: Box) -> Path:
    """Return a bar at the right edge of every cell: from zero, in the middle where numbers are below it.

    NaN has none.
    """
    largest, zero = (shades.largest, 0.5 * (shades.least < 0)) if shades else (0.0, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.nan_to_num(np.clip(values / largest, -1, 1))
    places = np.argwhere(np.ones(values.shape))[:, ::-1]
    start = np.add(places, (0.5 - BAR_EDGE - BAR, 0.5 - BAR_EDGE - zero * (1 - 2 * BAR_EDGE)))
    up = np.zeros(places.shape)
    up[:, 1] = -share.ravel() * (1 - zero) * (1 - 2 * BAR_EDGE)
    across = np.array([BAR, 0])
    corners = np.stack([start, start + across, start + across + up, start + up, start], axis=1)
    codes = [Path.MOVETO, *[Path.LINETO] * 4] * len(places)
    return Path(box.points(corners).reshape(-1, 2), codes)


def number_size(cell: float, longest: int) -> float:
    """Return the size of type, in points, for numbers of up to `longest` signs in cells of so many inches."""
    return min(cell * 30, cell * 100 / max(2, longest))


def _draw_lines(axes: Axes, panels: Iterable[DrawnPanel]) -> list[PathPatch]:
    """Draw what lies over the fills, each kind of line of all panels at once: single ones take seconds."""
    kinds: tuple[tuple[Callable[[DrawnPanel], np.ndarray], dict], ...] = (
        (_marks(NEVER_READ, SQUARE), {"facecolor": UNREAD, "linewidth": 0}),
        (
            _marks(PADDING, SQUARE),
            {"facecolor": "none", "hatch": "///", "edgecolor": "#00000030", "linewidth": 0},
        ),
        (_marks(CROPPED, SQUARE * 0.8), LINE | {"linestyle": "--"}),
        (_marks(THROWN, CROSS), LINE | {"edgecolor": "#00000030"}),
        (_marks(WRONG, CORNER), {"facecolor": "#16181b", "linewidth": 0}),
        (_grid, RULED | {"edgecolor": GRID}),
        (_channel_rules, LINE | {"linewidth": 2, "snap": True}),
        (_frame, RULED),
    )
    patches = []
    for lines_of, look in kinds:
        lines = np.concatenate([panel.box.points(lines_of(panel)) for panel in panels])
        if len(lines):
            codes = [Path.MOVETO] + [Path.LINETO] * (lines.shape[1] - 1)
            path = Path(lines.reshape(-1, 2), codes * len(lines))
            patches.append(PathPatch(path, clip_on=False, **look))
            axes.add_artist(patches[-1])  # `add_patch` would measure every segment
    return patches


def _marks(flag: int, shape: np.ndarray) -> Callable[[DrawnPanel], np.ndarray]:
    """Return what draws a shape (N, 2) on every cell of a kind."""
    return lambda drawn: np.argwhere(sheet(drawn.panel.kinds) & flag)[:, None, ::-1] + shape


def _grid(drawn: DrawnPanel) -> np.ndarray:
    rows, columns = sheet(drawn.panel.values).shape if drawn.box.cell >= READABLE else (0, 0)
    down = [[(at, 0), (at, rows)] for at in range(1, columns)]
    across = [[(0, at), (columns, at)] for at in range(1, rows)]
    return np.reshape(down + across, (-1, 2, 2)) - 0.5


def _channel_rules(drawn: DrawnPanel) -> np.ndarray:
    channels, rows, columns = drawn.panel.shape if drawn.panel.values.ndim == 3 else (0, 0, 0)
    return np.reshape([[(0, at * rows), (columns, at * rows)] for at in range(1, channels)], (-1, 2, 2)) - 0.5


def _frame(drawn: DrawnPanel) -> np.ndarray:
    size = np.array(sheet(drawn.panel.values).shape[::-1])
    return (SQUARE * size + (size - 1) / 2)[None]

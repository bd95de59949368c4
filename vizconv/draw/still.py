"""A scene as a still picture: what shows before a lesson runs, and where there is no kernel."""

import io
import re

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from PIL import Image

from vizconv.draw.figures import SIGNED, as_png, depth, new_figure
from vizconv.engine.writing import format_number
from vizconv.scenes import CROPPED, NEVER_READ, PADDING, WRONG, Panel, Scene

NUMBERS = 250  # as many are drawn in a quarter of a second
READABLE, LARGE, SMALL = 0.3, 0.42, 0.11  # inches a cell
GAP, HEAD = 0.55, 0.35  # inches between panels, and for a label
LETTER, SPILL = 0.085, 1.0  # inches that a sign of a label takes, and that labels may have beside the panels
COLOURS = 256  # make a PNG a third as large, without a difference that one sees
FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # by XML, also in a text
INK, INK_ON_DEEP = "#000000", "#ffffff"  # as in theme.css
SIGN_SIZES = {"⋆": 28}  # points; the font's star is small, other signs take 16
SQUARE = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) / 2
DIAGONAL = np.array([(-1, 1), (1, -1)]) / 2
CORNER = np.array([(0.5, -0.5), (0.2, -0.5), (0.5, -0.2), (0.5, -0.5)])


def png(scene: Scene) -> bytes:
    """Draw a scene as a PNG of at most about 60 kB."""
    picture = Image.open(io.BytesIO(as_png(still(scene)))).convert("RGB")
    buffer = io.BytesIO()
    picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE).save(buffer, "PNG")
    return buffer.getvalue()


def svg(scene: Scene) -> bytes:
    """Draw a scene as an SVG: the same bytes for the same scene, every label as text and never as markup."""
    figure, buffer = still(scene), io.BytesIO()
    for axes in figure.axes:
        axes.images[0].set_interpolation("none")  # one pixel a cell, enlarged by whoever shows it
    with rc_context({"svg.hashsalt": "vizconv", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return FORBIDDEN.sub(b"", buffer.getvalue())


def still(scene: Scene, foot: float = 0.0, least_width: float = 0.0) -> Figure:
    """Draw a scene as a figure: its panels in their places, with numbers where they can be read.

    In a scene of over 250 cells only panels of up to 49 have numbers; the others show their fill.
    `foot` inches are left free below the panels, and the figure is at least `least_width` inches wide.
    The figure's axes come in the order of the panels.
    """
    size = SMALL if sum(panel.values.size for panel in scene.placed) > NUMBERS else LARGE
    boxes, (width, height) = _boxes(scene, size)
    width, height = max(width, least_width), height + foot
    figure = new_figure(width, height)
    largest = scene.largest
    for panel, (left, top, cell) in zip(scene.placed, boxes, strict=True):
        rows, columns = sheet(panel.values).shape
        bounds = (
            left / width,
            1 - (top + rows * cell) / height,
            columns * cell / width,
            rows * cell / height,
        )
        _draw_panel(figure.add_axes(bounds), panel, largest, cell)
        if panel.sign:
            middle = 1 - (top + rows * cell / 2) / height
            figure.text(
                (left - GAP / 2) / width,
                middle,
                panel.sign,
                ha="center",
                va="center",
                size=SIGN_SIZES.get(panel.sign, 16),
                parse_math=False,
            )
    return figure


def _boxes(scene, size):
    """Place the panels: (left, top, cell size) of each, and the whole figure's size, in inches."""
    cells = [_cell_size(panel, size) for panel in scene.placed]
    extents = [np.array(sheet(p.values).shape) * cell for p, cell in zip(scene.placed, cells, strict=True)]
    heights, widths = {}, {}
    for panel, (height, width) in zip(scene.placed, extents, strict=True):
        row, column = panel.place
        heights[row] = max(heights.get(row, 0), height)
        widths[column] = max(widths.get(column, 0), width)
    lefts, right = _offsets(widths, 0.1, GAP)
    tops, bottom = _offsets(heights, HEAD, HEAD)
    boxes = [(lefts[p.place[1]], tops[p.place[0]], cell) for p, cell in zip(scene.placed, cells, strict=True)]
    titles = [lefts[panel.place[1]] + LETTER * len(_title(panel)) for panel in scene.placed]
    return boxes, (max(right, min(max(titles), right + SPILL)) + 0.1, bottom + 0.1)


def _cell_size(panel, size):
    return max(size, READABLE) if panel.values.size <= 49 else size


def _offsets(lengths, first, gap):
    offsets, end = {}, first - gap
    for key in sorted(lengths):
        offsets[key] = end + gap
        end = offsets[key] + lengths[key]
    return offsets, end


def sheet(values: np.ndarray) -> np.ndarray:
    """Lay channels below each other, so that every panel is one matrix."""
    return values.reshape(-1, values.shape[-1]) if values.ndim else values.reshape(1, 1)


def _draw_panel(axes, panel: Panel, largest: float, cell: float) -> None:
    values = sheet(panel.values)
    rows, columns = values.shape
    axes.imshow(depth(values, largest), cmap=SIGNED, vmin=-1, vmax=1, aspect="auto")
    axes.set_title(_title(panel), size=10, loc="left", pad=3, parse_math=False)
    axes.set_xticks([])
    axes.set_yticks([])
    if cell >= READABLE:
        axes.set_xticks(np.arange(1, columns) - 0.5, minor=True)
        axes.set_yticks(np.arange(1, rows) - 0.5, minor=True)
        axes.grid(which="minor", color="#d7dadf", linewidth=0.8)
        axes.tick_params(which="minor", length=0)
        _write_numbers(axes, values, largest, cell)
    if panel.values.ndim == 3:
        axes.hlines(np.arange(1, len(panel.values)) * panel.shape[1] - 0.5, -0.5, columns - 0.5, INK, lw=2)
    _mark_kinds(axes, sheet(panel.kinds))


def _title(panel):
    return f"{panel.title}  {'×'.join(map(str, panel.shape))}"


def _write_numbers(axes, values, largest, cell):
    texts = [[format_number(float(value)) for value in row] for row in values]
    size = number_size(cell, max(len(text) for row in texts for text in row))
    inks = np.where(is_deep(depth(values, largest)), INK_ON_DEEP, INK)
    for i, row in enumerate(texts):
        for j, text in enumerate(row):
            axes.text(j, i, text, ha="center", va="center", size=size, color=inks[i, j], parse_math=False)


def number_size(cell: float, longest: int) -> float:
    """Return the size of type, in points, for numbers of up to `longest` signs in cells of so many inches."""
    return min(cell * 30, cell * 100 / max(2, longest))


def is_deep(depths: np.ndarray) -> np.ndarray:
    """Say where a fill is so deep that its number must be white, for a contrast of 4.5; as in colours.js."""
    return (depths < -0.7975) | (depths > 0.8375)


def _mark_kinds(axes, kinds):
    """Mark all cells of a kind at once: thousands of single patches would take seconds."""
    mark = {"fill": False, "linewidth": 0.8, "edgecolor": INK}
    for flag, shape, look in (
        (PADDING, SQUARE, {"hatch": "///", "edgecolor": "#00000030", "linewidth": 0}),
        (NEVER_READ, DIAGONAL, {}),
        (CROPPED, SQUARE * 0.8, {"linestyle": "--"}),
        (WRONG, CORNER, {"fill": True, "facecolor": "#16181b"}),
    ):
        cells = np.argwhere(kinds & flag)[:, ::-1]
        if len(cells):
            codes = [Path.MOVETO] + [Path.LINETO] * (len(shape) - 1)
            outline = Path((cells[:, None] + shape).reshape(-1, 2), codes * len(cells))
            axes.add_artist(PathPatch(outline, **mark | look))

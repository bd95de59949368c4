"""A scene in motion: its walk, step by step, as a GIF."""

import io
import textwrap
from dataclasses import dataclass
from itertools import chain
from typing import Any, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.text import Text
from PIL import Image

from vizconv.draw.figures import in_palette, palette_of
from vizconv.draw.fills import filled, is_deep
from vizconv.draw.formula import formula
from vizconv.draw.still import (
    INK,
    INK_ON_DEEP,
    SQUARE,
    Drawn,
    DrawnPanel,
    bars_of,
    drawn,
    laid_out,
    number_size,
    pixels,
    sheet,
)
from vizconv.engine.types import present
from vizconv.engine.writing import format_number
from vizconv.scenes import Range, Scene
from vizconv.scenes.walking import lit, steps_of, sums_after

FRAMES = 60  # at most; of a longer walk evenly chosen steps are shown
WIDEST = 1000  # pixels
LEAST_WIDTH, LINE, MARGIN = 5.2, 0.22, 0.1  # inches: of a figure, of a line of the formula
TYPE_SIZE = 10  # points
SIGN = 0.66 * TYPE_SIZE / 72  # inches that a sign of the formula takes at most
LONGEST_FORMULA = 4  # lines
LAST = 4  # frames' time for which the last one stays
ACCENT = "#0b7a5b"  # as in theme.css, with the hues of the weights
HUES = ["#d81b60", "#1e88e5", "#b58900", "#00876c", "#7b3fc4", "#e2571b", "#4c7a00", "#0097a7", "#8d5524"]

CUTS: list[Any] = [
    "-",
    (0, (5, 2)),
    (0, (5, 2, 1, 2)),
    (0, (1, 1)),
    (0, (3, 1)),
]  # of the outlines of other rows


def gif(scene: Scene, frames_per_second: float = 2.0) -> bytes:
    """Step through a scene's walk as a GIF that repeats: the sums so far, the linked cells, the formula.

    At most 60 frames; of a longer walk evenly chosen steps. `frames_per_second` is from 0.1 to 50.
    Raises ValueError when the scene has no walk.
    """
    if not steps_of(scene):
        raise ValueError("the scene has no walk, nothing to step through; a .svg or .png shows it")
    if not 0.1 <= frames_per_second <= 50:
        raise ValueError(f"frames_per_second is {frames_per_second}; a number from 0.1 to 50 is expected")
    steps = chosen_steps(steps_of(scene))
    frames = frames_of(scene, steps)
    delay = round(100 / frames_per_second) * 10  # milliseconds; a GIF counts hundredths of a second
    return encoded(frames, [delay] * (len(frames) - 1) + [LAST * delay])


def chosen_steps(length: int) -> list[int]:
    """Choose at most 60 steps of a walk, evenly, from 0 to its end."""
    return np.unique(np.linspace(0, length, min(FRAMES, length + 1)).round().astype(int)).tolist()


def frames_of(scene: Scene, steps: list[int]) -> list[Image.Image]:
    """Draw one frame a step; what never changes is drawn once."""
    film = _film(scene, steps)
    figure = film.still.figure
    canvas = cast(FigureCanvasAgg, figure.canvas)  # `new_figure` makes no other
    canvas.draw()
    background = canvas.copy_from_bbox(figure.bbox)
    frames = []
    for step in steps:
        canvas.restore_region(background)
        film.move_to(step)
        for artist in film.moving:
            figure.draw_artist(artist)
        frames.append(pixels(canvas))
    return frames


def encoded(frames: list[Image.Image], delays: list[int]) -> bytes:
    """Write frames as a GIF with one palette, made of frames from the start to the end."""
    sample = [frames[place] for place in np.linspace(0, len(frames) - 1, 6).round().astype(int)]
    palette = palette_of(Image.fromarray(np.concatenate([np.asarray(frame) for frame in sample])))
    first, *rest = (in_palette(frame, palette) for frame in frames)
    buffer = io.BytesIO()
    first.save(buffer, "GIF", save_all=True, append_images=rest, duration=delays, loop=0)
    return buffer.getvalue()


@dataclass(frozen=True)
class _Film:
    """A still of a scene, and the parts of it that move."""

    scene: Scene
    still: Drawn
    sizes: dict[str, float]  # of the numbers of every target, in points
    outlines: dict[str, PolyCollection]
    line: Text
    counter: Text
    formulas: dict[int, str]

    @property
    def moving(self) -> list[Artist]:
        """What is drawn anew in every frame, in order."""
        targets = [self.still.panels[name] for name in self.sizes]
        fills, numbers = [each.fill for each in targets], chain(*(each.numbers for each in targets))
        bars = [each.bars for each in targets if each.bars]
        return [*fills, *self.still.lines, *numbers, *bars, *self.outlines.values(), self.line, self.counter]

    def move_to(self, step: int) -> None:
        """Show the sums after a step, and what the cell just reached is tied to."""
        scene, sums = self.scene, sums_after(self.scene, step)
        for name, size in self.sizes.items():
            reached = step if name == scene.walk else sums[name].size
            blank = np.arange(sums[name].size).reshape(sums[name].shape) >= reached
            values = sheet(scene.without_noise(name, sums[name]))
            _show_values(self.still.panels[name], values, sheet(blank), scene.ranges[name], size)
        linked = lit(scene, present(scene.walk), step - 1) if step else {}
        for name, outline in self.outlines.items():
            subject = step - 1 if step and name == scene.walk else None
            _show_outlines(outline, self.still.panels[name], linked.get(name, {}), subject)
        self.line.set_text(self.formulas[step])
        self.counter.set_text(f"{step} of {steps_of(scene)}")


def _film(scene: Scene, steps: list[int]) -> _Film:
    width = laid_out(scene, least_width=LEAST_WIDTH)[1][0]
    formulas = {
        step: _wrapped(formula(scene, present(scene.walk), step - 1), width) if step else "" for step in steps
    }
    lines = max(text.count("\n") for text in formulas.values()) + 1
    still = drawn(scene, foot=(lines + 1.5) * LINE, least_width=LEAST_WIDTH)
    still.figure.set_dpi(min(still.figure.dpi, WIDEST / width))
    targets = {step.target for step in scene.readings}
    sizes = {
        name: max((float(number.get_fontsize()) for number in each.numbers), default=0.0)
        for name, each in still.panels.items()
        if name in targets
    }
    outlines = {name: _outline(still.axes) for name in still.panels}
    low = still.figure.get_figheight() - lines * LINE - MARGIN
    look = {"va": "top", "size": TYPE_SIZE, "color": INK, "parse_math": False}
    line = still.axes.text(MARGIN, low, "", **look)
    counter = still.axes.text(width - MARGIN, low - LINE, "", ha="right", **look)
    film = _Film(scene, still, sizes, outlines, line, counter, formulas)
    for artist in film.moving:
        artist.set_animated(True)
    return film


def _wrapped(text: str, width: float) -> str:
    """Break a formula into lines that fit into a width in inches; leave out what takes too many."""
    signs = int((width - 2 * MARGIN) / SIGN)
    lines = textwrap.wrap(text, signs, break_on_hyphens=False, max_lines=LONGEST_FORMULA, placeholder=" …")
    return "\n".join(lines)


def _outline(axes: Axes) -> PolyCollection:
    outline = PolyCollection([], facecolors="none", clip_on=False)
    axes.add_collection(outline, autolim=False)
    return outline


def _show_values(
    drawn: DrawnPanel, values: np.ndarray, blank: np.ndarray, shades: Range | None, size: float
) -> None:
    drawn.fill.set_data(np.where(blank[..., None], np.uint8(255), filled(values, shades)))
    if drawn.bars:
        drawn.bars.set_path(bars_of(np.where(blank, 0, values), shades, drawn.box))
    deep = is_deep(values, shades).ravel()
    for at, number in enumerate(drawn.numbers):
        text = "" if blank.flat[at] else format_number(float(values.flat[at]))
        number.set_text(text)
        number.set_color(INK_ON_DEEP if deep[at] else INK)
        number.set_fontsize(min(size, number_size(drawn.room, len(text))))


def _show_outlines(
    outline: PolyCollection, drawn: DrawnPanel, cells: dict[int, int], subject: int | None
) -> None:
    """Outline cells each in its hue, or a full rectangle of many small ones, or without hues, as one."""
    columns = sheet(drawn.panel.values).shape[1]
    boxes = [_box([cell], columns) for cell in cells]
    together = max(cells.values(), default=0) < 0 or (len(cells) > len(HUES) and not drawn.numbers)
    if together and len(cells) == np.prod(np.ptp(_box([*cells], columns), axis=0)):
        boxes, cells = [_box([*cells], columns)], {0: -1}
    colours = [ACCENT if owner < 0 else HUES[owner % len(HUES)] for owner in cells.values()]
    cuts: list[Any] = [CUTS[max(0, owner) // len(HUES) % len(CUTS)] for owner in cells.values()]
    own = [] if subject is None else [_box([subject], columns)]
    outline.set_verts([drawn.box.points(box) for box in boxes + own])
    outline.set_edgecolor(colours + [INK] * len(own))
    outline.set_linewidth([2.0] * len(boxes) + [2.5] * len(own))
    outline.set_linestyle(cuts + ["-"] * len(own))


def _box(cells: list[int], columns: int) -> np.ndarray:
    """Return the corners (5, 2) of the rectangle around cells, as (column, row)."""
    places = np.stack(np.divmod(cells, columns)[::-1], axis=1)
    middle, size = (places.min(axis=0) + places.max(axis=0)) / 2, np.ptp(places, axis=0) + 1
    return middle + SQUARE * size

"""A scene in motion: its walk as a GIF, in which the window glides and products add themselves to sums."""

import io
import textwrap
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from PIL import Image

from vizconv.draw.air import Air, empty_air
from vizconv.draw.figures import in_palette, palette_of
from vizconv.draw.fills import filled, is_deep
from vizconv.draw.flights import flights_of
from vizconv.draw.formula import formula, formula_so_far
from vizconv.draw.hues import HUES, colour_of, cut_of
from vizconv.draw.moments import Moment, moments_of
from vizconv.draw.number import Lines
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

WIDEST = 1000  # pixels
LEAST_WIDTH, LINE, MARGIN = 5.2, 0.22, 0.1  # inches: of a figure, of a line of the formula
TYPE_SIZE = 10  # points
SIGN = 0.66 * TYPE_SIZE / 72  # inches that a sign of the formula takes at most
LONGEST_FORMULA = 4  # lines
OPAQUE = 255  # colours
LAST = 4  # frames' time for which the last one stays
NEAR = 0.85  # of a product's way, where it hides the least
BETWEEN, SHORTEST = 0.25, 20  # of a step's time; milliseconds that viewers keep to


def gif(scene: Scene, frames_per_second: float = 2.0) -> bytes:
    """Step through a scene's walk as a GIF that repeats: the sums so far, the linked cells, the formula.

    At most 60 frames; of a longer walk evenly chosen steps, and of a shorter one what lies between its steps:
    the window on its way, and products that are added one after the other. `frames_per_second`, from 0.1 to
    50, counts steps; what lies between takes a quarter of a step's time each. Raises ValueError when the
    scene has no walk.
    """
    if not steps_of(scene):
        raise ValueError("the scene has no walk, nothing to step through; a .svg or .png shows it")
    if not 0.1 <= frames_per_second <= 50:
        raise ValueError(f"frames_per_second is {frames_per_second}; a number from 0.1 to 50 is expected")
    delay, short = (round(100 * part / frames_per_second) * 10 for part in (1, BETWEEN))
    moments = moments_of(steps_of(scene), between=short >= SHORTEST)
    delays = [delay if moment.is_whole else short for moment in moments]
    return encoded(frames_of(scene, moments), [*delays[:-1], LAST * delay])


def frames_of(scene: Scene, moments: list[Moment]) -> list[Image.Image]:
    """Draw one frame a moment; what never changes is drawn once, and what a step changes once a step."""
    film = _film(scene, [moment.step for moment in moments])
    figure = film.still.figure
    canvas = cast(FigureCanvasAgg, figure.canvas)  # `new_figure` makes no other
    canvas.draw()
    paper = canvas.copy_from_bbox(figure.bbox)
    frames, ground, done = [], paper, None
    for moment in moments:
        before = moment.step if moment.is_whole else moment.step - 1
        if before != done:
            film.add_up(before)
            _draw(figure, paper, film.slow)
            ground, done = canvas.copy_from_bbox(figure.bbox), before
        film.move_to(moment)
        _draw(figure, ground, film.quick)
        frames.append(pixels(canvas))
    return frames


def _draw(figure: Figure, ground: Any, artists: list[Artist]) -> None:
    cast(FigureCanvasAgg, figure.canvas).restore_region(ground)
    for artist in artists:
        figure.draw_artist(artist)


def encoded(frames: list[Image.Image], delays: list[int]) -> bytes:
    """Write frames as a GIF with one palette, made of frames from the start to the end.

    Of every frame only what changed is written; what did not is clear, a colour of its own.
    """
    sample = [frames[place] for place in np.linspace(0, len(frames) - 1, 6).round().astype(int)]
    palette = palette_of(Image.fromarray(np.concatenate([np.asarray(frame) for frame in sample])))[:OPAQUE]
    first, *rest = (in_palette(frame, palette) for frame in frames)
    shared: dict[str, Any] = {
        "palette": palette.tobytes() + bytes(3),
        "transparency": len(palette),
        "optimize": True,
    }
    buffer = io.BytesIO()
    first.save(buffer, "GIF", save_all=True, append_images=rest, duration=delays, loop=0, **shared)
    return buffer.getvalue()


@dataclass(frozen=True)
class _Film:
    """A still of a scene, and the parts of it that move."""

    scene: Scene
    still: Drawn
    sizes: dict[str, float]  # of the numbers of every target, in points
    outlines: dict[str, PolyCollection]
    air: Air
    line: Lines
    counter: Lines
    width: float  # inches

    @property
    def slow(self) -> list[Artist]:
        """What changes once a step, in the order of drawing."""
        targets = [self.still.panels[name] for name in self.sizes]
        fills, numbers = [each.fill for each in targets], chain(*(each.numbers for each in targets))
        bars = [each.bars for each in targets if each.bars]
        return [*fills, *self.still.lines, *numbers, *bars, self.counter]

    @property
    def quick(self) -> list[Artist]:
        """What changes in every frame, in the order of drawing."""
        return [*self.air.below, *self.outlines.values(), *self.air.above, self.line]

    def add_up(self, step: int) -> None:
        """Show the sums after a step."""
        scene, sums = self.scene, sums_after(self.scene, step)
        for name, size in self.sizes.items():
            reached = step if name == scene.walk else sums[name].size
            blank = np.arange(sums[name].size).reshape(sums[name].shape) >= reached
            values = sheet(scene.without_noise(name, sums[name]))
            _show_values(self.still.panels[name], values, sheet(blank), scene.ranges[name], size)
        self.counter.set_text(f"{step} of {steps_of(scene)}")

    def move_to(self, moment: Moment) -> None:
        """Show what the cell of a moment is tied to, its formula so far, and the products on their way."""
        before, now = self._linked(moment.step - 1), self._linked(moment.step)
        for name, outline in self.outlines.items():
            own = [
                step - 1 if step and name == self.scene.walk else None
                for step in (moment.step - 1, moment.step)
            ]
            drawn = self.still.panels[name]
            old, new = (
                _outlined(drawn, before.get(name, {}), own[0]),
                _outlined(drawn, now.get(name, {}), own[1]),
            )
            _show_outlines(outline, new._replace(boxes=_between(old.boxes, new.boxes, moment.moved)))
        self._show_air(moment)

    def _linked(self, step: int) -> dict[str, dict[int, int]]:
        return lit(self.scene, present(self.scene.walk), step - 1) if step > 0 else {}

    def _show_air(self, moment: Moment) -> None:
        """Show the sum so far, or stamps that are held over their sums, and the formula up to there."""
        walk, cell = present(self.scene.walk), moment.step - 1
        flights = [] if moment.is_whole else flights_of(self.scene, walk, cell)
        added, flying = (round(share * len(flights)) for share in (moment.added, moment.flying))
        is_sum, panels, size = walk in self.sizes, self.still.panels, self.sizes.get(walk, 0.0)
        self.air.show_sum(panels[walk], cell, flights[: added * is_sum], self.scene.ranges[walk], size)
        if is_sum:
            one = flights[added:flying] if flying == added + 1 else []  # several would lie in a heap
            self.air.show_products(panels, one, NEAR)
        else:
            self.air.show_products(panels, flights if moment.moved == 1 else [], 1, held=True)
        written = added if is_sum and not moment.is_whole else None
        self.line.set_text(_line(self.scene, moment.step, written, self.width))


def _film(scene: Scene, steps: list[int]) -> _Film:
    width = laid_out(scene, least_width=LEAST_WIDTH)[1][0]
    lines = max(_line(scene, step, None, width).count("\n") for step in steps) + 1
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
    line = _lines(still.axes, MARGIN, low, "left")
    counter = _lines(still.axes, width - MARGIN, low - LINE, "right")
    film = _Film(scene, still, sizes, outlines, empty_air(still.axes), line, counter, width)
    for artist in [*film.slow, *film.quick, *film.air.products]:
        artist.set_animated(True)
    return film


def _lines(axes: Axes, x: float, y: float, side: str) -> Lines:
    look = {"size": TYPE_SIZE, "color": INK, "ha": side, "transform": axes.transData}
    lines = Lines(x, y, "", LINE * 72, **look)
    present(axes.get_figure()).add_artist(lines)
    return lines


def _line(scene: Scene, step: int, added: int | None, width: float) -> str:
    """Write the formula of the cell that a step reaches, of its sum so many terms or all."""
    if not step:
        return ""
    place = scene, present(scene.walk), step - 1
    return _wrapped(formula(*place) if added is None else formula_so_far(*place, added), width)


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


class _Outlines(NamedTuple):
    """Outlines on a panel: their corners (N, 5, 2) in inches, and for each its look."""

    boxes: np.ndarray
    colours: list[str]
    cuts: list[Any]
    widths: list[float]


def _outlined(drawn: DrawnPanel, cells: dict[int, int], subject: int | None) -> _Outlines:
    """Outline cells each in its hue, or a full rectangle of many small ones, or without hues, as one."""
    columns = sheet(drawn.panel.values).shape[1]
    boxes = [_box([cell], columns) for cell in cells]
    together = max(cells.values(), default=0) < 0 or (len(cells) > len(HUES) and not drawn.numbers)
    if together and len(cells) == np.prod(np.ptp(_box([*cells], columns), axis=0)):
        boxes, cells = [_box([*cells], columns)], {0: -1}
    own = [] if subject is None else [_box([subject], columns)]
    return _Outlines(
        drawn.box.points(np.reshape(boxes + own, (-1, 5, 2))),
        [colour_of(hue) for hue in cells.values()] + [INK] * len(own),
        [cut_of(hue) for hue in cells.values()] + ["-"] * len(own),
        [2.0] * len(boxes) + [2.5] * len(own),
    )


def _between(old: np.ndarray, new: np.ndarray, share: float) -> np.ndarray:
    """Move boxes a share of the way to new ones; where these are more or fewer, they are there at once."""
    return old + share * (new - old) if old.shape == new.shape else new


def _show_outlines(outline: PolyCollection, outlines: _Outlines) -> None:
    outline.set_verts(list(outlines.boxes))
    outline.set_edgecolor(outlines.colours)
    outline.set_linewidth(outlines.widths)
    outline.set_linestyle(outlines.cuts)


def _box(cells: list[int], columns: int) -> np.ndarray:
    """Return the corners (5, 2) of the rectangle around cells, as (column, row)."""
    places = np.stack(np.divmod(cells, columns)[::-1], axis=1)
    middle, size = (places.min(axis=0) + places.max(axis=0)) / 2, np.ptp(places, axis=0) + 1
    return middle + SQUARE * size

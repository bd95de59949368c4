"""What of a convolution is on a stage: one image and one filter, and of what is large a part.

A view is a convolution of its own: the record of that part, padding included in its x.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import gradient
from vizconv.engine.geometry import Geometry, geometry, pad
from vizconv.engine.operations.convolution import Conv2dGather, Conv2dRecord, conv2d, conv2d_backward
from vizconv.engine.types import both
from vizconv.scenes.rules import Rule
from vizconv.scenes.scene import NEVER_READ, PADDING, Panel, numbered, owners_of
from vizconv.scenes.terms import Terms

MOST_TERMS, MOST_CELLS, MOST_CHANNELS, MOST_IN_A_ROW = 50_000, 4_000, 8, 100  # what a page still shows
BORDER = Rule(name="border", out="x", of=("x",), terms="border")


# ---- Areas ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Area:
    """The windows at some rows and columns of y, and the cells of the padded input that they cover."""

    geometry: Geometry
    rows: slice
    columns: slice

    @property
    def windows(self) -> tuple[slice, slice]:
        """The rows and the columns of y."""
        return self.rows, self.columns

    @cached_property
    def cells(self) -> tuple[slice, slice]:
        """The rows and the columns of the padded input; leftover cells too if these are all windows."""
        return both(_reach(self.geometry, axis, taken) for axis, taken in enumerate(self.windows))

    @property
    def kinds(self) -> np.ndarray:
        """The kinds of the cells."""
        return kinds_of(self.geometry)[self.cells]

    @property
    def origin(self) -> tuple[int, int]:
        """The index of the first cell, counted in the input."""
        return both(
            cells.start + first for cells, first in zip(self.cells, self.geometry.origin, strict=True)
        )

    @property
    def first(self) -> tuple[int, int]:
        """The index of the first window."""
        return self.rows.start, self.columns.start

    @property
    def is_all(self) -> bool:
        """Whether these are all windows."""
        return self.windows == tuple(slice(0, length) for length in self.geometry.output_size)

    @property
    def notes(self) -> tuple[str, ...]:
        """What part of y these are, in words, if not all of it."""
        if self.is_all:
            return ()
        height, width = self.geometry.output_size
        return (
            f"y is {height}×{width}: only its rows {self.rows.start} to {self.rows.stop - 1} and columns "
            f"{self.columns.start} to {self.columns.stop - 1} are shown, with what they read.",
        )

    @cached_property
    def border(self) -> Terms:
        """Table the padding cells that copy a cell of the input: out is the copy, left what it copies."""
        setting = self.geometry
        cells = np.arange(prod(setting.padded_size)).reshape(setting.padded_size)
        copied = (
            cells if setting.border == "zeros" else pad(cells[setting.crop], setting.padding, setting.border)
        )
        place = np.full(cells.shape, -1)
        place[self.cells] = np.arange(cells[self.cells].size).reshape(cells[self.cells].shape)
        out, left = place[self.cells].ravel(), place.ravel()[copied[self.cells]].ravel()
        kept = (left >= 0) & (left != out)
        return Terms(out[kept], left[kept], None)


def whole_area(setting: Geometry) -> Area:
    """Return the area of all windows."""
    return Area(setting, *(slice(0, length) for length in setting.output_size))


def middle(
    setting: Geometry, channels: int = 1, small: Callable[[int, int, int], bool] | None = None
) -> Area:
    """Choose rows and columns from the middle of y: all, or as many as are small enough.

    `small(windows, cells, kernel)` says whether so many windows of so many weights, seeing so many cells of
    x, may be shown; by default what a page shows.
    """
    rows, columns = (min(length, MOST_IN_A_ROW) for length in setting.output_size)
    kernel = channels * prod(setting.kernel_size)
    while rows * columns > 1:
        area = _middle(setting, rows, columns)
        cells = channels * prod(part.stop - part.start for part in area.cells)
        if (small or fits)(rows * columns, cells, kernel):
            break
        rows, columns = (rows - 1, columns) if rows >= columns else (rows, columns - 1)
    return _middle(setting, rows, columns)


def _middle(setting, *counts) -> Area:
    starts = [(size - count) // 2 for size, count in zip(setting.output_size, counts, strict=True)]
    return Area(setting, *(slice(start, start + count) for start, count in zip(starts, counts, strict=True)))


def _reach(setting: Geometry, axis: int, taken: slice) -> slice:
    if taken == slice(0, setting.output_size[axis]):
        return slice(0, setting.padded_size[axis])
    step = setting.stride[axis]
    return slice(taken.start * step, (taken.stop - 1) * step + setting.span[axis])


def fits(windows: int, cells: int, kernel: int) -> bool:
    """Say whether a page shows so many windows of so many weights, seeing so many cells, at once."""
    return windows * kernel <= MOST_TERMS and cells <= MOST_CELLS


def kinds_of(setting: Geometry) -> np.ndarray:
    """Mark the cells of a padded input: PADDING around it, and NEVER_READ by a window."""
    kinds = np.full(setting.padded_size, PADDING, np.uint8)
    kinds[setting.crop] = 0
    read = np.logical_and.outer(*(_read(setting, axis) for axis in range(2)))
    kinds[~read] |= NEVER_READ
    return kinds


def _read(setting, axis):
    steps = np.arange(setting.output_size[axis]) * setting.stride[axis]
    places = np.arange(setting.kernel_size[axis]) * setting.dilation[axis]
    read = np.zeros(setting.padded_size[axis], bool)
    read[np.add.outer(steps, places)] = True
    return read


def copies(area: Area, planes: int = 1) -> tuple[tuple[Rule, ...], dict[str, Terms]]:
    """Let the padding of x follow what it copies, in so many planes: the first step of a scene, its table."""
    size = area.kinds.size
    terms = area.border.repeated(planes, out=size, left=size)
    return ((BORDER,), {"border": terms}) if len(terms) else ((), {})


# ---- Views ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, kw_only=True)
class View:
    """A part of a convolution: the record of one image, one filter, some channels and an area of windows."""

    record: Conv2dRecord
    whole: Conv2dRecord
    image: int
    filter: int
    channels: slice
    area: Area

    @property
    def number(self) -> str:
        """The index of the filter, as it stands under w and y; nothing where there is only one."""
        return str(self.filter) if len(self.whole.weight) > 1 else ""

    @property
    def kinds(self) -> np.ndarray:
        """What of x (C, HP, WP) is padding or never read."""
        return np.broadcast_to(self.area.kinds, self.record.x.shape[1:])

    @cached_property
    def rest(self) -> np.ndarray | None:
        """What the other channels add to y, (OH, OW), or None."""
        if self.channels == slice(0, self.whole.x.shape[1]):
            return None
        return self.whole.y[self.image, self.filter, *self.area.windows] - self.record.y[0, 0]

    @property
    def y(self) -> np.ndarray:
        """The part of y (OH, OW), with what the other channels add to it."""
        y = self.record.y[0, 0]
        return y if self.rest is None else y + self.rest

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the convolution this is, in words."""
        (images, count), filters = self.whole.x.shape[:2], len(self.whole.weight)
        first, stop = self.channels.start, self.channels.stop
        some = stop - first < count
        channels = (f"Channels {first} to {stop - 1} of {count} are shown.",) if some else ()
        chosen = chosen_notes(("image", self.image, images), ("filter", self.filter, filters))
        return (*chosen, *channels, *self.area.notes)

    @property
    def copies(self) -> tuple[tuple[Rule, ...], dict[str, Terms]]:
        """The first step of a scene where the padding of x copies its cells, and its table."""
        return copies(self.area, self.record.x.shape[1])

    def panel(self, name: str, values: np.ndarray, place: tuple[int, int] | None, **settings: Any) -> Panel:
        """Make a panel of x's shape (C, HP, WP), or (HP, WP) where there is one channel."""
        return self._stack(name, values, place, self.area.origin, **settings)

    def kernel_panel(
        self, name: str, values: np.ndarray, place: tuple[int, int] | None, **settings: Any
    ) -> Panel:
        """Make a panel of w's shape (C, KH, KW), or (KH, KW) where there is one channel."""
        return self._stack(name, values, place, (0, 0), **{"owners": owners_of(values), **settings})

    def output_panel(
        self, name: str, values: np.ndarray, place: tuple[int, int] | None, **settings: Any
    ) -> Panel:
        """Make a panel of y's shape (OH, OW), indices counting as in the whole y."""
        return Panel(name, values, place, origin=self.area.first, **settings)

    def output_stack(
        self, name: str, values: np.ndarray, place: tuple[int, int] | None, **settings: Any
    ) -> Panel:
        """Make a panel of one y for each channel, (C, OH, OW), or (OH, OW) where there is one."""
        return self._stack(name, values, place, self.area.first, **settings)

    def gradients(self, dy: ArrayLike) -> Conv2dGather:
        """Find the gradients of this part for the dy of the whole y; another shape raises ValueError."""
        dy = gradient(dy, self.whole.y)[self.image, self.filter, *self.area.windows]
        return conv2d_backward(self.record, dy[None, None], "gather")

    def _stack(self, name, values, place, origin, **settings):
        if self.whole.x.shape[1] > 1:
            names = numbered("channel", len(values), self.channels.start), (), ()
            return Panel(name, values, place, origin=(self.channels.start, *origin), names=names, **settings)
        settings = {key: part[0] if key in ("kinds", "owners") else part for key, part in settings.items()}
        return Panel(name, values[0], place, origin=origin, **settings)


def view_of(
    record: Conv2dRecord,
    image: int = 0,
    filter: int = 0,
    channels: slice | None = None,
    small: Callable[[int, int, int], bool] | None = None,
) -> View:
    """Choose one image and one filter of a `conv2d`, and of what is large the middle: at most 50,000 terms.

    `channels` are the first 8 by default; `small` is as in `middle`. Raises ValueError when there is no such
    image, filter or channel.
    """
    require_index(image, len(record.x), "image")
    require_index(filter, len(record.weight), "filter")
    channels = _channels(record, channels)
    area = middle(record.geometry, channels.stop - channels.start, small)
    part = _record(record, image, filter, channels, area)
    return View(record=part, whole=record, image=image, filter=filter, channels=channels, area=area)


def _channels(record, channels) -> slice:
    """Read the channels to show, by default the first few."""
    count, weights = record.x.shape[1], prod(record.geometry.kernel_size)
    if weights > MOST_CELLS:
        raise ValueError(f"a kernel has {weights} weights; a stage shows at most {MOST_CELLS}")
    if channels is None:
        return slice(0, min(count, MOST_CHANNELS, MOST_CELLS // weights))
    start, stop, _ = channels.indices(count)
    require_index(start, count, "the first channel")
    return slice(start, max(start + 1, stop))


def _record(record, image, filter, channels, area) -> Conv2dRecord:
    """Cut the shown part out of a record; only where channels are left out, y has to be summed anew."""
    bias = None if record.bias is None else record.bias[filter : filter + 1]
    if bias is not None and bias.ndim == 3:
        bias = bias[:, *area.windows]
    x = record.padded[image : image + 1, channels, *area.cells]
    weight, sliding = record.weight[filter : filter + 1, channels], record.geometry
    if x.shape[1] < record.x.shape[1]:
        return conv2d(x, weight, bias, stride=sliding.stride, dilation=sliding.dilation)
    return Conv2dRecord(
        x=x,
        weight=weight,
        bias=bias,
        padded=x,
        patches=record.patches[image : image + 1, :, *area.windows],
        y=record.y[image : image + 1, filter : filter + 1, *area.windows],
        geometry=geometry(x.shape[2:], sliding.kernel_size, sliding.stride, 0, sliding.dilation),
    )


def require_index(index: int, count: int, name: str) -> None:
    """Raise ValueError unless `index` is one of `count`."""
    if not 0 <= index < count:
        raise ValueError(f"{name} is {index}; 0 to {count - 1} are expected")


def chosen_notes(*choices: tuple[str, int, int]) -> tuple[str, ...]:
    """Say which of several images, filters or channels is shown: (name, index, how many) of each."""
    chosen = [f"{name} {index} of {count}" for name, index, count in choices if count > 1]
    return (f"Shown: {' and '.join(chosen)}, counted from 0.",) if chosen else ()

"""What of a convolution is on a stage: one image and one filter, and of what is large a part.

A view is a convolution of its own: the record of the shown part, padding included in its x.
"""

from dataclasses import dataclass, field

import numpy as np

from vizconv.engine.arrays import gradient
from vizconv.engine.geometry import Geometry
from vizconv.engine.operations.convolution import (
    Conv2dGather,
    Conv2dRecord,
    conv2d,
    conv2d_backward,
)
from vizconv.scenes.scene import NEVER_READ, PADDING, Panel

MOST_TERMS, MOST_CELLS, MOST_CHANNELS, MOST_IN_A_ROW = 50_000, 4_000, 8, 100  # what a page still shows


@dataclass(frozen=True, eq=False, kw_only=True)
class View:
    """The shown part of a convolution.

    record: of one image, one filter, `channels`, and the windows at `rows` and `columns` of y; kinds
    (C, HP, WP): what is padding or never read; origin: the index of x's first cell, in rows and columns;
    rest (OH, OW): what the channels that are not shown add to y, or None; notes: what is shown, in words.
    """

    record: Conv2dRecord
    whole: Conv2dRecord
    image: int
    filter: int
    channels: slice
    rows: slice
    columns: slice
    kinds: np.ndarray = field(repr=False)
    origin: tuple[int, int]
    rest: np.ndarray | None
    notes: tuple[str, ...]

    @property
    def number(self) -> str:
        """The index of the filter, as it stands under w and y; nothing where there is only one."""
        return str(self.filter) if len(self.whole.weight) > 1 else ""

    @property
    def is_part(self) -> bool:
        """Whether some rows or columns of y are not shown."""
        return self.record.geometry.output_size != self.whole.geometry.output_size

    def panel(self, name: str, values, place, **settings) -> Panel:
        """Make a panel of x's shape (C, HP, WP), or (HP, WP) where there is one channel."""
        return self._stack(name, values, place, self.origin, **settings)

    def kernel_panel(self, name: str, values, place, **settings) -> Panel:
        """Make a panel of w's shape (C, KH, KW), or (KH, KW) where there is one channel."""
        return self._stack(name, values, place, (0, 0), **settings)

    def output_panel(self, name: str, values, place, **settings) -> Panel:
        """Make a panel of y's shape (OH, OW), indices counting as in the whole y."""
        return Panel(name, values, place, origin=(self.rows.start, self.columns.start), **settings)

    def output_stack(self, name: str, values, place, **settings) -> Panel:
        """Make a panel of one y for each channel, (C, OH, OW), or (OH, OW) where there is one."""
        return self._stack(name, values, place, (self.rows.start, self.columns.start), **settings)

    def gradients(self, dy) -> Conv2dGather:
        """Find the gradients of the shown part for the dy of the whole y; another shape raises ValueError."""
        dy = gradient(dy, self.whole.y)[self.image, self.filter, self.rows, self.columns]
        return conv2d_backward(self.record, dy[None, None], "gather")

    def _stack(self, name, values, place, origin, **settings):
        if self.whole.x.shape[1] == 1:
            settings = {key: part[0] if key == "kinds" else part for key, part in settings.items()}
            return Panel(name, values[0], place, origin=origin, **settings)
        return Panel(name, values, place, origin=(self.channels.start, *origin), **settings)


def view(record: Conv2dRecord, image=0, filter=0, channels: slice | None = None, small=None) -> View:
    """Choose one image and one filter of a `conv2d`, and of what is large the middle: at most 50,000 terms.

    `channels` are the first 8 by default; `small(windows, cells, kernel)` says whether so many windows of so
    many weights, seeing so many cells of x, may be shown. Raises ValueError when there is no such image,
    filter or channel.
    """
    images, count = record.x.shape[:2]
    require_index(image, images, "image")
    require_index(filter, len(record.weight), "filter")
    channels = _channels(record, channels)
    rows, columns = positions(record.geometry, channels.stop - channels.start, small)
    part = tuple(reach(record.geometry, axis, taken) for axis, taken in enumerate((rows, columns)))
    shown = _record(record, image, filter, channels, (rows, columns), part)
    rest = record.y[image, filter, rows, columns] - shown.y[0, 0] if channels != slice(0, count) else None
    origin = tuple(cells.start + first for cells, first in zip(part, record.geometry.origin, strict=True))
    kinds = np.broadcast_to(kinds_of(record.geometry)[part], shown.x.shape[1:])
    notes = _notes(record, image, filter, channels, rows, columns)
    return View(
        record=shown,
        whole=record,
        image=image,
        filter=filter,
        channels=channels,
        rows=rows,
        columns=columns,
        kinds=kinds,
        origin=origin,
        rest=rest,
        notes=notes,
    )


def _channels(record, channels) -> slice:
    """Read the channels to show, by default the first few."""
    count, weights = record.x.shape[1], int(np.prod(record.geometry.kernel_size))
    if weights > MOST_CELLS:
        raise ValueError(f"a kernel has {weights} weights; a stage shows at most {MOST_CELLS}")
    if channels is None:
        return slice(0, min(count, MOST_CHANNELS, MOST_CELLS // weights))
    start, stop, _ = channels.indices(count)
    require_index(start, count, "the first channel")
    return slice(start, max(start + 1, stop))


def require_index(index: int, count: int, name: str) -> None:
    """Raise ValueError unless `index` is one of `count`."""
    if not 0 <= index < count:
        raise ValueError(f"{name} is {index}; 0 to {count - 1} are expected")


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


def fits(windows: int, cells: int, kernel: int) -> bool:
    """Say whether a page shows so many windows of so many weights, seeing so many cells, at once."""
    return windows * kernel <= MOST_TERMS and cells <= MOST_CELLS


def positions(setting: Geometry, channels: int = 1, small=None) -> tuple[slice, slice]:
    """Choose rows and columns from the middle of y: all, or as many as are small enough."""
    rows, columns = (min(length, MOST_IN_A_ROW) for length in setting.output_size)
    kernel = channels * int(np.prod(setting.kernel_size))
    while rows * columns > 1:
        chosen = _middle(setting, rows, columns)
        seen = [reach(setting, axis, taken) for axis, taken in enumerate(chosen)]
        cells = channels * int(np.prod([part.stop - part.start for part in seen]))
        if (small or fits)(rows * columns, cells, kernel):
            break
        rows, columns = (rows - 1, columns) if rows >= columns else (rows, columns - 1)
    return _middle(setting, rows, columns)


def _middle(setting, *counts):
    starts = [(size - count) // 2 for size, count in zip(setting.output_size, counts, strict=True)]
    return tuple(slice(start, start + count) for start, count in zip(starts, counts, strict=True))


def reach(setting: Geometry, axis: int, positions: slice) -> slice:
    """Return the padded cells that the windows at some positions cover; leftover cells too if it is all."""
    if positions == slice(0, setting.output_size[axis]):
        return slice(0, setting.padded_size[axis])
    step = setting.stride[axis]
    return slice(positions.start * step, (positions.stop - 1) * step + setting.span[axis])


def _record(record, image, filter, channels, positions, part) -> Conv2dRecord:
    bias = None if record.bias is None else record.bias[filter : filter + 1]
    if bias is not None and bias.ndim == 3:
        bias = bias[:, *positions]
    x = record.padded[image : image + 1, channels, *part]
    weight = record.weight[filter : filter + 1, channels]
    return conv2d(x, weight, bias, stride=record.geometry.stride, dilation=record.geometry.dilation)


def _notes(record, image, filter, channels, rows, columns):
    images, count, *_ = record.x.shape
    filters, notes = len(record.weight), []
    notes.extend(chosen_notes(("image", image, images), ("filter", filter, filters)))
    if channels.stop - channels.start < count:
        notes.append(f"Channels {channels.start} to {channels.stop - 1} of {count} are shown.")
    return (*notes, *part_notes(record.geometry, rows, columns))


def chosen_notes(*choices: tuple[str, int, int]) -> tuple[str, ...]:
    """Say which of several images, filters or channels is shown: (name, index, how many) of each."""
    chosen = [f"{name} {index} of {count}" for name, index, count in choices if count > 1]
    return (f"Shown: {' and '.join(chosen)}, counted from 0.",) if chosen else ()


def part_notes(setting: Geometry, rows: slice, columns: slice) -> tuple[str, ...]:
    """Say which part of y is shown, if not all of it."""
    height, width = setting.output_size
    if (rows, columns) == (slice(0, height), slice(0, width)):
        return ()
    return (
        f"y is {height}×{width}: only its rows {rows.start} to {rows.stop - 1} and columns "
        f"{columns.start} to {columns.stop - 1} are shown, with what they read.",
    )


def copied(record: Conv2dRecord) -> tuple[str, ...]:
    """Name x where its border copies its cells, so that an edit of x changes padding cells as well."""
    setting = record.geometry
    alone = setting.border == "zeros" or setting.padded_size == setting.input_size
    return () if alone else ("x",)

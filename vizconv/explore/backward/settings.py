"""The settings of the explorer of gradients: what it starts with, and the dy that it makes up."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import numbers, require_shape
from vizconv.engine.geometry import Geometry
from vizconv.engine.operations.convolution import Conv2dRecord, conv2d, require_channels
from vizconv.engine.types import Size, both
from vizconv.examples.matrices import WORKED_DY, WORKED_INPUT, WORKED_KERNEL, nonzero
from vizconv.explore.chosen import OWN, Chosen
from vizconv.explore.controls import Pair, Slider, differ, read

PAIRS = (
    Pair("size", 1, 8, largest=12, title="size of x", group="sizes", more=True),
    Pair("kernel_size", 1, 4, largest=7, title="kernel size", group="sizes", more=True),
    Pair("stride", 1, 4, largest=inf),
    Pair("padding", 0, 3, largest=10),
    Pair("dilation", 1, 3, largest=inf, group="sizes", more=True, plain=1),
)
MOST = 4  # images, channels, filters
COUNTS = tuple(
    Slider(name, 1, 3, largest=MOST, group="counts", more=True, plain=1)
    for name in ("images", "channels", "filters")
)
GROUND = 40  # rows and columns of the numbers that are made up beforehand: no y on the stage has more


@dataclass(frozen=True, eq=False, kw_only=True)
class GradientSettings:
    """What is convolved, and which of its gradients are on the stage.

    x (N, C, H, W), w (F, C, KH, KW), b (F) and dy (N, F, OH, OW) hold more numbers than are used, so that
    what grows and shrinks again keeps its numbers: the first `images`, `channels`, `filters`, and of rows
    and columns the first `size` and `kernel_size`. These two, stride, padding and dilation are (height,
    width) pairs. `view` is one of VIEWS; image, filter and channel are the ones on the stage.
    """

    x: np.ndarray
    w: np.ndarray
    b: np.ndarray
    dy: Chosen
    images: int
    channels: int
    filters: int
    size: tuple[int, int]
    kernel_size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    view: str
    apart: bool
    image: int = 0
    filter: int = 0
    channel: int = 0
    notes: tuple[str, ...] = ()

    @property
    def used(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The x, w and b that are convolved."""
        x = _corner(self.x, (self.images, self.channels, *self.size))
        w = _corner(self.w, (self.filters, self.channels, *self.kernel_size))
        return x, w, self.b[: self.filters]

    @property
    def sliding(self) -> dict[str, Any]:
        """How the kernel slides, as keywords of `conv2d`."""
        return {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}

    def record(self) -> Conv2dRecord:
        """Convolve; raise ValueError where no window fits."""
        return conv2d(*self.used, **self.sliding)

    def dy_for(self, y: np.ndarray) -> np.ndarray:
        """Return the dy (N, F, OH, OW) of this y."""
        return _corner(self.dy.values, y.shape)


def start(
    x: ArrayLike | None = None,
    w: ArrayLike | None = None,
    b: ArrayLike | None = None,
    dy: ArrayLike | None = None,
    *,
    size: Size | None = None,
    view: str = "readings",
    counts: Mapping[str, int] | None = None,
    sliding: Mapping[str, Any] | None = None,
) -> GradientSettings:
    """Read the arguments of `gradients`; raise TypeError or ValueError for what is no setting at all."""
    xs, ws = _batch(x, WORKED_INPUT, "x"), _batch(w, WORKED_KERNEL, "w")
    if x is not None and w is not None:
        require_channels(xs, ws)
    counts = _counts(xs, ws, counts or {})
    cut = xs[..., : PAIRS[0].largest, : PAIRS[0].largest]
    sizes = {"size": cut.shape[2:] if size is None else size, "kernel_size": ws.shape[2:]}
    pairs = read(PAIRS, **{"stride": 1, "padding": 0, "dilation": 1, **sizes, **(sliding or {})})
    settings = GradientSettings(
        x=_on_ground(cut, 9, seed=1),
        w=_on_ground(ws, 3, seed=2),
        b=_bias(b, counts["filters"]),
        dy=Chosen(name="mixed", values=MIXED),
        **counts,
        **pairs,
        view=view,
        apart=differ(pairs.values()),
        notes=_notes(cut, xs),
    )
    return settings if dy is None else replace(settings, dy=_read_dy(settings, dy))


def _batch(array, worked, name) -> np.ndarray:
    """Read a matrix as a batch of one, or a batch."""
    array = numbers(worked if array is None else array, name, (2, 4))
    return array if array.ndim == 4 else array[None, None]


def _counts(x, w, asked) -> dict[str, int]:
    """Count images, channels and filters: as many as the arrays have, or more if more are asked for."""
    held = {"images": len(x), "channels": max(x.shape[1], w.shape[1]), "filters": len(w)}
    return read(COUNTS, **held) | {
        name: max(held[name], count) for name, count in read(COUNTS, **asked).items()
    }


def _notes(cut, x) -> tuple[str, ...]:
    if cut.shape == x.shape:
        return ()
    sizes = " of ".join("×".join(map(str, array.shape[2:])) for array in (cut, x))
    return (f"x is large: its first {sizes} numbers are on the stage.",)


def _bias(b, filters) -> np.ndarray:
    bias = np.zeros(MOST, np.int64)
    if b is None:
        return bias
    b = np.atleast_1d(numbers(b, "b"))
    require_shape(b, "b", (filters,), "one number a filter")
    return _put_in(bias, b)


def _read_dy(settings, dy) -> Chosen:
    if isinstance(dy, str):
        if dy not in DYS:
            raise ValueError(f"dy is {dy!r}; an array or one of {list(DYS)} is expected")
        return settings.dy.preset(dy, make_dy(settings, dy))
    dy = numbers(dy, "dy", (2, 4))
    dy = dy if dy.ndim == 4 else dy[None, None]
    require_shape(dy, "dy", settings.record().y.shape, "the shape of y")
    return Chosen(name=OWN, values=_put_in(MIXED, dy))


# ---- Numbers that are made up ------------------------------------------------------------------------------


def _corner(ground, shape) -> np.ndarray:
    return ground[tuple(slice(0, length) for length in shape)]


def _put_in(ground, array) -> np.ndarray:
    """Return the ground with an array in its corner; made-up whole numbers take the array's type."""
    changed = ground.astype(array.dtype if ground.dtype.kind == "i" else np.result_type(ground, array))
    _corner(changed, array.shape)[...] = array
    return changed


def _on_ground(array, largest: int, seed: int) -> np.ndarray:
    """Put an array (A, B, H, W) into the corner of whole numbers up to `largest`, none 0, always the same."""
    shape = (MOST, MOST, GROUND, GROUND)
    return _put_in(nonzero(np.random.default_rng(seed), largest, shape), array)


MIXED = _on_ground(np.array(WORKED_DY)[None, None], 3, seed=3)
DYS = {"mixed": "mixed numbers", "ones": "all ones", "single": "a single 1"}


def make_dy(settings: GradientSettings, name: str) -> np.ndarray:
    """Make one of DYS (N, F, 40, 40); the single 1 stands in the middle of the map that is on the stage."""
    if name == "mixed":
        return MIXED
    if name == "ones":
        return np.ones_like(MIXED)
    sides = both((each, each) for each in settings.padding)
    y = Geometry(
        input_size=settings.size,
        kernel_size=settings.kernel_size,
        stride=settings.stride,
        padding=sides,
        dilation=settings.dilation,
    )
    row, column = (max(size, 0) // 2 for size in y.output_size)  # below 0 nothing fits, and nothing is read
    dy = np.zeros_like(MIXED)
    dy[settings.image, settings.filter, row, column] = 1
    return dy

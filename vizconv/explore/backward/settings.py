"""The settings of the explorer of gradients: what it starts with, and the dy that it makes up."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv.engine.arrays import numbers, require_shape
from vizconv.engine.geometry import pair, whole
from vizconv.engine.operations.convolution import Conv2dRecord, conv2d, require_channels
from vizconv.examples.matrices import WORKED_DY, WORKED_INPUT, WORKED_KERNEL, nonzero
from vizconv.explore.chosen import OWN

LARGEST = {"images": 4, "channels": 4, "filters": 4, "size": 12, "kernel": 7, "padding": 10}
GROUND = 40  # rows and columns of the numbers that are made up beforehand: no y on the stage has more


@dataclass(frozen=True, eq=False)
class GradientSettings:
    """All that the explorer shows.

    x (N, C, H, W), weight (F, C, KH, KW), bias (F) and dy (N, F, OH, OW) hold more numbers than are on
    show, so that what grows and shrinks again keeps its numbers: the first `images`, `channels`, `filters`,
    and of rows and columns the first `size` and `kernel` are used. These two, stride, padding and
    dilation are (height, width) pairs. `view` is one of VIEWS, `dy_name` one of DYS or "your own"; image,
    filter and channel are the ones on show.
    """

    x: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    dy: np.ndarray
    images: int
    channels: int
    filters: int
    size: tuple[int, int]
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    view: str
    dy_name: str
    image: int = 0
    filter: int = 0
    channel: int = 0
    apart: bool = False
    several: bool = False
    notes: tuple[str, ...] = ()


def record_of(settings: GradientSettings) -> Conv2dRecord:
    """Convolve as the settings say; raise ValueError where no window fits."""
    sliding = {name: getattr(settings, name) for name in ("stride", "padding", "dilation")}
    return conv2d(*used(settings), settings.bias[: settings.filters], **sliding)


def used(settings: GradientSettings) -> tuple[np.ndarray, np.ndarray]:
    """Return the x (N, C, H, W) and weight (F, C, KH, KW) that are on show."""
    x = settings.x[: settings.images, : settings.channels, : settings.size[0], : settings.size[1]]
    w = settings.weight[: settings.filters, : settings.channels, : settings.kernel[0], : settings.kernel[1]]
    return x, w


# ---- What it starts with -----------------------------------------------------------------------------------


def start(x=None, w=None, b=None, dy=None, size=None, counts=None, sliding=None, view="readings"):
    """Read the arguments of `gradients`; raise TypeError or ValueError for what is no setting at all."""
    x, w = _batch(x, WORKED_INPUT, "x"), _batch(w, WORKED_KERNEL, "w")
    counts = _counts(x, w, counts or {})
    shown, notes = _cut(x[1])
    pairs = {
        "size": pair(size, "size", 1) if size is not None else shown.shape[2:],
        "kernel": w[1].shape[2:],
        "stride": pair((sliding or {}).get("stride", 1), "stride", 1),
        "padding": pair((sliding or {}).get("padding", 0), "padding", 0),
        "dilation": pair((sliding or {}).get("dilation", 1), "dilation", 1),
    }
    for name in ("size", "kernel", "padding"):
        _require_small(max(pairs[name]), name)
    settings = GradientSettings(
        _on_ground(shown, 9, seed=1),
        _on_ground(w[1], 3, seed=2),
        _bias(b, counts["filters"]),
        MIXED,
        **counts,
        **pairs,
        view=view,
        dy_name="mixed",
        apart=any(height != width for height, width in pairs.values()),
        several=max(counts.values()) > 1,
        notes=notes,
    )
    return settings if dy is None else _with_dy(settings, dy)


def _batch(array, worked, name):
    """Read a matrix or a batch as (whether it was given, the batch)."""
    given = array is not None
    array = numbers(array if given else worked, name, (2, 4))
    return given, array if array.ndim == 4 else array[None, None]


def _counts(x, w, counts):
    """Count images, channels and filters: an array that was given says it, else the keyword."""
    if x[0] and w[0]:
        require_channels(x[1], w[1])
    channels = next((array.shape[1] for given, array in (x, w) if given), counts.get("channels", 1))
    images = x[1].shape[0] if x[0] else counts.get("images", 1)
    filters = w[1].shape[0] if w[0] else counts.get("filters", 1)
    found = {"images": images, "channels": max(channels, counts.get("channels", 1)), "filters": filters}
    found = {name: max(count, counts.get(name, 1)) for name, count in found.items()}
    for name, count in found.items():
        _require_small(whole(count, name, 1), name)
    return found


def _require_small(count, name):
    if count > LARGEST[name]:
        raise ValueError(f"{name} is {count}; this stage shows at most {LARGEST[name]}")


def _cut(x):
    largest = LARGEST["size"]
    shown = x[..., :largest, :largest]
    if shown.shape == x.shape:
        return shown, ()
    rows = " of ".join("×".join(map(str, array.shape[2:])) for array in (shown, x))
    return shown, (f"x is large: its first {rows} numbers are on the stage.",)


def _made_up(largest: int, seed: int, shape=(4, 4, GROUND, GROUND)) -> np.ndarray:
    """Make up whole numbers up to `largest` in size, none of them 0, always the same."""
    return nonzero(np.random.default_rng(seed), largest, shape)


def _on_ground(array, largest, seed):
    """Put an array (A, B, H, W) into the corner of made-up numbers."""
    return put_in(_made_up(largest, seed), array)


def _bias(b, filters):
    bias = np.zeros(LARGEST["filters"], np.int64)
    if b is None:
        return bias
    b = np.atleast_1d(numbers(b, "b"))
    require_shape(b, "b", (filters,), "one number a filter")
    return put_in(bias, b)


def _with_dy(settings, dy):
    if isinstance(dy, str):
        if dy not in DYS:
            raise ValueError(f"dy is {dy!r}; an array or one of {list(DYS)} is expected")
        return replace(settings, dy_name=dy)
    shape = record_of(settings).y.shape
    dy = numbers(dy, "dy", (2, 4))
    dy = dy if dy.ndim == 4 else dy[None, None]
    require_shape(dy, "dy", shape, "the shape of y")
    return replace(settings, dy=put_in(settings.dy, dy), dy_name=OWN)


def put_in(ground, array) -> np.ndarray:
    """Return the ground with an array in its corner; made-up whole numbers take the array's type."""
    changed = ground.astype(array.dtype if ground.dtype.kind == "i" else np.result_type(ground, array))
    changed[tuple(slice(0, length) for length in array.shape)] = array
    return changed


# ---- dy ----------------------------------------------------------------------------------------------------


MIXED = _on_ground(np.array(WORKED_DY)[None, None], 3, seed=3)


def mixed(shape, image, filter) -> np.ndarray:
    """Return small numbers of both signs, the worked example's in the corner."""
    return MIXED[tuple(slice(0, length) for length in shape)]


def ones(shape, image, filter) -> np.ndarray:
    """Return ones: L is the sum of y."""
    return np.ones(shape, np.int64)


def single(shape, image, filter) -> np.ndarray:
    """Return zeros with a single 1 in the middle of one image's one map: L is that number of y."""
    dy = np.zeros(shape, np.int64)
    dy[image, filter, shape[2] // 2, shape[3] // 2] = 1
    return dy


DYS = {"mixed": ("mixed numbers", mixed), "ones": ("all ones", ones), "single": ("a single 1", single)}


def dy_of(settings: GradientSettings, shape) -> np.ndarray:
    """Return the dy (N, F, OH, OW) of the settings."""
    if settings.dy_name in DYS:
        return DYS[settings.dy_name][1](shape, settings.image, settings.filter)
    return settings.dy[tuple(slice(0, length) for length in shape)]

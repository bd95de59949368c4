"""Sizes, padding, dilation and windows: where the cells of a convolution or a pooling lie.

What does not fit is refused here, in a sentence that says what came and what would fit; only what one
operation alone asks for (a pooling's padding, a transposed convolution's) is refused beside that operation.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, SupportsIndex, overload

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import ArrayLike

from vizconv.engine.arrays import batch_first, batch_last, is_frozen
from vizconv.engine.types import Padding, Size, both

BORDERS = ("zeros", "reflect", "repeat")
AXES = ("height", "width")
LARGEST = 2**31 - 1
Sides = tuple[tuple[int, int], tuple[int, int]]  # (top, bottom), (left, right)


def pair(value: object, name: str, minimum: int) -> tuple[int, int]:
    """Read a number or a (height, width) pair as a pair of whole numbers of at least `minimum`.

    Raises TypeError for anything but whole numbers and ValueError for a wrong count and a number
    below `minimum` or beyond all arrays.
    """
    parts: tuple[Any, ...] = tuple(value) if isinstance(value, tuple | list | np.ndarray) else (value, value)
    if len(parts) != 2:
        raise ValueError(f"{name} has {len(parts)} parts; one number or a (height, width) pair is expected")
    first, second = whole(parts[0], name, minimum), whole(parts[1], name, minimum)
    if max(first, second) > LARGEST:
        raise ValueError(f"{name} is {max(first, second)}; at most {LARGEST:,} is expected")
    return first, second


def whole(value: SupportsIndex, name: str, minimum: int) -> int:
    """Read a whole number of at least `minimum`; raise TypeError or ValueError with a sentence."""
    if isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} is {value}; a whole number is expected")
    try:
        number = operator.index(value)
    except TypeError as error:
        raise TypeError(f"{name} is {value!r}; a whole number is expected") from error
    if number < minimum:
        raise ValueError(f"{name} is {number}; it must be {minimum} or more")
    return number


def resolve_padding(
    padding: Padding, kernel_size: tuple[int, int], dilation: tuple[int, int], odd: str = "after"
) -> Sides:
    """Read a padding as ((top, bottom), (left, right)).

    `padding` is a number, a (height, width) pair, such a pair of pairs, or a word: "valid" pads
    nothing, "full" pads D(K-1) on both sides, "same" pads D(K-1) in all, the odd one `odd`:
    "after" (bottom, right) as a cross-correlation wants it or "before" (top, left) as a convolution.
    Raises ValueError for another word, a negative number or a wrong count, TypeError for other types.
    """
    if isinstance(padding, str):
        return _padding_by_word(padding, kernel_size, dilation, odd)
    if isinstance(padding, tuple | list) and any(
        isinstance(side, tuple | list | np.ndarray) for side in padding
    ):
        if len(padding) != 2:
            raise ValueError(f"padding has {len(padding)} parts; ((top, bottom), (left, right)) is expected")
        return both(pair(sides, "padding", 0) for sides in padding)
    height, width = pair(padding, "padding", 0)
    return (height, height), (width, width)


def _padding_by_word(word, kernel_size, dilation, odd) -> Sides:
    if word not in ("valid", "same", "full"):
        raise ValueError(
            f"padding is {word!r}; a number, a (height, width) pair, 'valid', 'same' or 'full' is expected"
        )
    extents = [d * (k - 1) for k, d in zip(kernel_size, dilation, strict=True)]
    if word == "full":
        return both((extent, extent) for extent in extents)
    total = [extent if word == "same" else 0 for extent in extents]
    halves = [((extent // 2), extent - extent // 2) for extent in total]
    return both(sides if odd == "after" else (sides[1], sides[0]) for sides in halves)


class Way(NamedTuple):
    """A way out: the setting to change, the number from which on it fits, and this in words."""

    setting: str
    number: int
    words: str


class DoesNotFit(ValueError):
    """No window fits: `what` says so, and each of `ways` would help."""

    def __init__(self, what: str, ways: tuple[Way, ...]):
        offers = f"; {' or '.join(way.words for way in ways)} would fit" if ways else ""
        super().__init__(what + offers)
        self.what, self.ways = what, ways

    def among(self, possible: Callable[[Way], bool], thing: str = "kernel") -> "DoesNotFit":
        """Return the same with the possible ways alone, about a kernel by another name."""
        ways = (way._replace(words=way.words.replace("kernel", thing)) for way in self.ways if possible(way))
        return DoesNotFit(self.what.replace("kernel", thing), tuple(ways))


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """Where a kernel stands on an input: all sizes as (height, width) pairs.

    `padding` is ((top, bottom), (left, right)); `border` says what the padding cells hold:
    "zeros", "reflect" (mirrored without repeating the edge) or "repeat" (the edge itself).
    """

    input_size: tuple[int, int]
    kernel_size: tuple[int, int]
    stride: tuple[int, int] = (1, 1)
    padding: Sides = ((0, 0), (0, 0))
    dilation: tuple[int, int] = (1, 1)
    border: str = "zeros"

    @cached_property
    def padded_size(self) -> tuple[int, int]:
        """Height and width of the padded input: I + P before + P after."""
        return both(i + sum(p) for i, p in zip(self.input_size, self.padding, strict=True))

    @cached_property
    def span(self) -> tuple[int, int]:
        """Height and width that the dilated kernel covers: D(K-1) + 1."""
        return both(d * (k - 1) + 1 for k, d in zip(self.kernel_size, self.dilation, strict=True))

    @cached_property
    def output_size(self) -> tuple[int, int]:
        """Number of positions of the kernel: floor((padded - span) / S) + 1."""
        sizes = zip(self.padded_size, self.span, self.stride, strict=True)
        return both((padded - span) // s + 1 for padded, span, s in sizes)

    @cached_property
    def leftover(self) -> tuple[int, int]:
        """Rows and columns at the bottom and right that no window reaches: (padded - span) mod S."""
        sizes = zip(self.padded_size, self.span, self.stride, strict=True)
        return both((padded - span) % s for padded, span, s in sizes)

    @cached_property
    def origin(self) -> tuple[int, int]:
        """The index of the padded input's first cell, counted in the input: -P before, on both axes."""
        return both(-before for before, _ in self.padding)

    @cached_property
    def crop(self) -> tuple[slice, slice]:
        """The slices of the padded input that hold the input itself."""
        return both(
            slice(before, before + size)
            for (before, _), size in zip(self.padding, self.input_size, strict=True)
        )


def geometry(
    input_size: Size,
    kernel_size: Size,
    stride: Size = 1,
    padding: Padding = 0,
    dilation: Size = 1,
    border: str = "zeros",
    odd: str = "after",
) -> Geometry:
    """Check a setting and return its Geometry; numbers or (height, width) pairs.

    Raises ValueError where no window fits, naming what would, and where a number is out of range;
    TypeError where it is not a whole number.
    """
    sizes = {
        "input_size": pair(input_size, "input size", 1),
        "kernel_size": pair(kernel_size, "kernel_size", 1),
        "stride": pair(stride, "stride", 1),
        "dilation": pair(dilation, "dilation", 1),
    }
    if border not in BORDERS:
        raise ValueError(f"border is {border!r}; 'zeros', 'reflect' or 'repeat' is expected")
    sides = resolve_padding(padding, sizes["kernel_size"], sizes["dilation"], odd)
    result = Geometry(**sizes, padding=sides, border=border)
    for axis in range(2):
        _require_fit(result, axis)
    return result


def _require_fit(setting: Geometry, axis: int) -> None:
    padded, span = setting.padded_size[axis], setting.span[axis]
    name, size, before_after = AXES[axis], setting.input_size[axis], setting.padding[axis]
    if setting.border == "reflect" and max(before_after) >= size:
        raise ValueError(
            f"the padding of {max(before_after)} is too large to reflect a {name} of {size}; "
            f"at most {size - 1} fits"
        )
    if span <= padded:
        return
    kernel, dilation = setting.kernel_size[axis], setting.dilation[axis]
    spread = f" with dilation {dilation} spans {span} cells and" if dilation > 1 else ""
    fitting, enough = (padded - 1) // dilation + 1, -(-(span - size) // 2)
    ways = [Way("kernel_size", fitting, f"a kernel {name} of {fitting} or less")]
    if dilation > 1 and padded >= kernel:
        less = (padded - 1) // (kernel - 1)
        ways.append(Way("dilation", less, f"a dilation of {less} or less"))
    if setting.border != "reflect" or enough < size:
        ways.append(Way("padding", enough, f"a padding of {enough} or more"))
    what = f"a kernel {name} of {kernel}{spread} does not fit into the padded input's {name} of {padded}"
    raise DoesNotFit(what, tuple(ways))


@overload
def output_size(
    size: int, kernel_size: int, stride: int = 1, padding: int | str = 0, dilation: int = 1
) -> int: ...
@overload
def output_size(
    size: Size, kernel_size: Size, stride: Size = 1, padding: Padding = 0, dilation: Size = 1
) -> int | tuple[int, int]: ...
def output_size(size: Size, kernel_size: Size, stride: Size = 1, padding: Padding = 0, dilation: Size = 1):
    """Count the positions of a kernel: floor((I + 2P - D(K-1) - 1) / S) + 1.

    Numbers or (height, width) pairs; `padding` may be "valid", "same" or "full". Returns a number
    when all are numbers, else a (height, width) pair. Raises ValueError when no window fits.
    """
    given = (size, kernel_size, stride, padding, dilation)
    result = geometry(*given).output_size
    several = any(isinstance(value, tuple | list | np.ndarray) for value in given)
    return result if several else result[0]


def pad(x: np.ndarray, padding: Padding, border: str = "zeros") -> np.ndarray:
    """Put a border around the last two axes of `x`: zeros, its reflection or its repeated edge.

    `padding` is a number, a (height, width) pair or ((top, bottom), (left, right)).
    Raises ValueError for a negative padding, an unknown border or a reflection larger than `x`.
    """
    x = _planes(x, "x")
    setting = geometry(x.shape[-2:], 1, padding=padding, border=border)
    modes: dict[str, Any] = {"zeros": "constant", "reflect": "reflect", "repeat": "edge"}
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + list(setting.padding), mode=modes[border])


def pad_batch(x: np.ndarray, setting: Geometry, kind: np.dtype, value: float = 0) -> np.ndarray:
    """Pad a batch (N, C, H, W) as the setting says, as numbers of `kind`; zeros may be another `value`.

    Without padding, a read-only x of this kind is its own padded input.
    """
    if setting.border != "zeros":
        return pad(x, setting.padding, setting.border).astype(kind, copy=False)
    if setting.padded_size == setting.input_size and x.dtype == kind and is_frozen(x):
        return x
    images, channels = x.shape[:2]
    padded = np.zeros((channels, *setting.padded_size, images), kind)
    if value:
        padded.fill(value)
    padded[:, *setting.crop] = batch_last(x)
    return batch_first(padded)


def dilate(x: np.ndarray, dilation: Size) -> np.ndarray:
    """Spread the last two axes: D - 1 zeros between neighbours, so H becomes D(H-1) + 1."""
    x = _planes(x, "x")
    down, right = pair(dilation, "dilation", 1)
    height, width = x.shape[-2:]
    result = np.zeros((*x.shape[:-2], down * (height - 1) + 1, right * (width - 1) + 1), x.dtype)
    result[..., ::down, ::right] = x
    return result


def rot180(k: ArrayLike) -> np.ndarray:
    """Turn the last two axes by 180 degrees: rot180(k)[i, j] = k[KH-1-i, KW-1-j]."""
    return _planes(k, "k")[..., ::-1, ::-1]


def _planes(value, name: str) -> np.ndarray:
    array = np.asarray(value)
    if array.ndim < 2 or array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}; two axes or more are expected, none of them empty")
    return array


def windows(padded: np.ndarray, setting: Geometry, writeable: bool = False) -> np.ndarray:
    """View every window of the last two axes, without a copy: (..., OH, OW, KH, KW)."""
    *outer, row, column = padded.strides
    (down, right), (spread_down, spread_right) = setting.stride, setting.dilation
    strides = (*outer, down * row, right * column, spread_down * row, spread_right * column)
    shape = (*padded.shape[:-2], *setting.output_size, *setting.kernel_size)
    return as_strided(padded, shape, strides, writeable=writeable)

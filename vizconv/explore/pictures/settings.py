"""The settings of the explorer of kernels on pictures: read from arguments, and how the kernel slides."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv.engine.arrays import numbers
from vizconv.engine.geometry import BORDERS, Geometry, geometry, pair, whole
from vizconv.examples.filters import ABSOLUTE, CLIPPED, FILTERS, SIGNED, SIZES
from vizconv.examples.photographs import LARGEST, bright_disc, bright_square, photograph, resized
from vizconv.explore.arguments import require_one_of
from vizconv.explore.chosen import OWN

PICTURES = {"photograph": photograph, "bright square": bright_square, "bright disc": bright_disc}
CHANNELS = ("red", "green", "blue")
EVERY = "all three"
PADDINGS = ("same", "valid", "full")
SHOWN = {
    CLIPPED: "cut to 0 … 255",
    SIGNED: "signed, around 0",
    ABSOLUTE: "without its sign",
}


@dataclass(frozen=True, eq=False)
class FilterSettings:
    """All that the explorer shows.

    original: the picture as it came, uint8 (H, W, 3); own: the learner's, as it came, or None; colours: RGB
    or grey; side: pixels of the longer side that it is made smaller to. kernels (3, n, n): one a channel,
    if they are `apart`, else the first is for all; kernel_names: which preset each of them is, or "your own";
    channel: whose kernel a preset replaces, "red", "green", "blue" or "all three"; stride, padding, border:
    how they slide; shown: "clipped", "signed" or "absolute"; place: the pixel (i, j) of the result whose sum
    is on the stage; notes: what was done to the picture, in sentences; x: the picture that is filtered,
    uint8 (C, H, W), made of the original.
    """

    original: np.ndarray
    own: np.ndarray | None
    picture_name: str
    colours: bool
    side: int
    kernels: np.ndarray
    kernel_names: tuple[str, str, str]
    apart: bool
    channel: str
    stride: int
    padding: str
    border: str
    shown: str
    place: tuple[int, int] = (0, 0)
    notes: tuple[str, ...] = ()
    x: np.ndarray | None = None

    @property
    def size(self) -> int:
        """Rows and columns of the kernel."""
        return self.kernels.shape[1]

    @property
    def weights(self) -> np.ndarray:
        """The kernels that slide: one (n, n), or one a channel (3, n, n)."""
        return self.kernels if self.apart and self.colours else self.kernels[0]

    @property
    def chosen(self) -> tuple[int, ...]:
        """The channels whose kernel is meant: all, unless kernels are apart and one is chosen."""
        apart = self.apart and self.colours and self.channel in CHANNELS
        return (CHANNELS.index(self.channel),) if apart else (0, 1, 2)

    @property
    def kernel_name(self) -> str:
        """The name of the kernel that slides over the chosen channels; "your own" where they differ."""
        used = self.chosen if self.weights.ndim == 3 else (0,)
        first, *others = {self.kernel_names[channel] for channel in used}
        return OWN if others else first

    @property
    def sliding(self) -> dict:
        """How the kernel slides, as the keywords of `cross_correlate`."""
        return {"stride": self.stride, "padding": self.padding, "border": self.border}


def start(
    picture=None,
    kernel=None,
    colours=False,
    side=192,
    stride=1,
    padding="same",
    border="zeros",
    shown=None,
    place=None,
) -> FilterSettings:
    """Read the arguments of `kernels`; raise TypeError or ValueError for what is no setting at all."""
    name, original, notes = _read_picture(picture)
    kernel_name, kernels = _read_kernel(kernel)
    shown = shown or (FILTERS[kernel_name].shown if kernel_name in FILTERS else _fitting(kernels))
    require_one_of(padding, "padding", PADDINGS)
    require_one_of(border, "border", BORDERS)
    require_one_of(shown, "shown", SHOWN)
    settings = FilterSettings(
        original=original,
        own=original if name == OWN else None,
        picture_name=name,
        colours=bool(colours),
        side=min(whole(side, "side", 1), LARGEST),
        kernels=np.broadcast_to(kernels, (3, *kernels.shape[-2:])).copy(),
        kernel_names=(kernel_name,) * 3,
        apart=kernels.ndim == 3,
        channel=EVERY,
        stride=whole(stride, "stride", 1),
        padding=padding,
        border=border,
        shown=shown,
        notes=notes,
    )
    settings = with_x(settings)
    return centre(settings) if place is None else point(settings, pair(place, "place", 0))


def with_x(settings: FilterSettings) -> FilterSettings:
    """Return the settings with x made anew: the original in their size, in their colours."""
    x = resized(settings.original, settings.side, settings.colours)
    return replace(settings, x=np.atleast_3d(x).transpose(2, 0, 1))


def _read_picture(picture):
    """Read a picture's name, an array, or None (the photograph), as (name, uint8 (H, W, 3), notes)."""
    if picture is None or isinstance(picture, str):
        require_one_of(picture or "photograph", "picture", PICTURES)
        return picture or "photograph", PICTURES[picture or "photograph"](), ()
    array = numbers(picture, "picture", (2, 3))
    if (array.ndim == 3 and array.shape[2] != 3) or array.min() < 0 or array.max() > 255:
        raise ValueError(
            f"picture has shape {array.shape} and values from {array.min():g} to {array.max():g}; "
            "(H, W) or (H, W, 3) is expected, from 0 to 255"
        )
    grey = np.rint(array).astype(np.uint8).reshape(*array.shape[:2], -1)
    picture = np.broadcast_to(grey, (*array.shape[:2], 3))
    smaller = max(array.shape[:2]) > LARGEST
    note = f"The picture was made smaller: at most {LARGEST} pixels on its longer side."
    return OWN, resized(np.ascontiguousarray(picture), LARGEST, True), (note,) if smaller else ()


def _read_kernel(kernel):
    """Read a preset's name, one kernel (n, n), or one a channel (3, n, n), as (name, kernels)."""
    if kernel is None or isinstance(kernel, str):
        require_one_of(kernel or "moving average", "kernel", FILTERS)
        return kernel or "moving average", FILTERS[kernel or "moving average"].make(SIZES[0])
    array = numbers(kernel, "kernel", (2, 3))
    rows, columns = array.shape[-2:]
    if rows != columns or not SIZES[0] <= rows <= SIZES[1] or (array.ndim == 3 and len(array) != 3):
        raise ValueError(
            f"kernel has shape {array.shape}; a square from 3×3 to 7×7 is expected, one (n, n) or one a "
            "channel (3, n, n)"
        )
    return OWN, array


def _fitting(kernels) -> str:
    """Choose how results of a learner's kernel are shown: signed, where its weights add up to 0."""
    return SIGNED if np.allclose(kernels.sum(axis=(-2, -1)), 0, atol=1e-9) else CLIPPED


# ---- How the kernel slides -------------------------------------------------------------------------------


def slide(settings: FilterSettings) -> Geometry:
    """Return how the kernel slides over the picture; raise ValueError where it does not fit."""
    return geometry(settings.x.shape[1:], (settings.size, settings.size), **settings.sliding)


def fits(settings: FilterSettings) -> bool:
    """Say whether the kernel fits into the padded picture."""
    try:
        return bool(slide(settings))
    except ValueError:
        return False


def point(settings: FilterSettings, place: tuple[int, int]) -> FilterSettings:
    """Return the settings with another pixel (i, j) of the result on the stage, moved into it if outside."""
    if not fits(settings):
        return settings
    size = slide(settings).output_size
    inside = tuple(int(min(max(at, 0), side - 1)) for at, side in zip(place, size, strict=True))
    return replace(settings, place=inside)


def centre(settings: FilterSettings) -> FilterSettings:
    """Return the settings with the pixel in the middle of the picture on the stage."""
    rows, columns = settings.x.shape[1:]
    return point(settings, (rows // 2 // settings.stride, columns // 2 // settings.stride))

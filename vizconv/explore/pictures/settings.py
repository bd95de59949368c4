"""The settings of the explorer of kernels on pictures: what can be set, and how the kernel slides."""

from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.geometry import BORDERS, Geometry, geometry, pair, whole
from vizconv.engine.types import both
from vizconv.examples.filters import ABSOLUTE, CLIPPED, FILTERS, SIGNED, SIZES
from vizconv.examples.photographs import LARGEST, bright_disc, bright_square, photograph, resized
from vizconv.explore.chosen import OWN, Chosen, read_chosen
from vizconv.explore.controls import Choice, Preset, Slider, Steps, Switch, read
from vizconv.explore.pictures.uploads import ON_SHOW

PICTURES = {"photograph": photograph, "bright square": bright_square, "bright disc": bright_disc}
CHANNELS = ("red", "green", "blue")
EVERY = "all three"
SHOWN = {"cut to 0 … 255": CLIPPED, "signed, around 0": SIGNED, "without its sign": ABSOLUTE}
SIDES = (96, 192, 384, 512)  # pixels of the longer side
CONTROLS = (
    Preset("picture", tuple(PICTURES), lambda _, name: PICTURES[name](), title="picture x"),
    Preset("kernel", tuple(FILTERS), lambda s, name: FILTERS[name].make(s.kernel_size), title="kernel w"),
    Choice("shown", options=SHOWN, title="y is shown"),
    Slider("kernel_size", *SIZES, title="kernel size", group="sliding", more=True),
    Slider("stride", 1, 4, largest=inf, group="sliding", more=True, plain=1),
    Choice("padding", options=("same", "valid", "full"), group="sliding", more=True, plain="same"),
    Choice("border", options=BORDERS, group="sliding", more=True, when=("padding", ("same", "full"))),
    Switch("colours", title="in colours (RGB)", group="channels"),
    Switch("apart", title="one kernel a channel", group="channels", when=("colours", (True,))),
    Choice(
        "channel",
        options=(EVERY, *CHANNELS),
        title="choose for",
        group="channels",
        when=(("colours", (True,)), ("apart", (True,))),
    ),
    Steps("side", options=SIDES, title="longer side", more=True, plain=192, when=("large", (True,))),
)

MADE_LATER: Any = None  # by `with_x`, from the other fields


@dataclass(frozen=True, eq=False, kw_only=True)
class FilterSettings:
    """A picture, the kernels that slide over it, and what is shown of the result.

    picture: as it came, (H, W, 3) from 0 to 255; colours: RGB or grey; side: pixels of the longer side that
    it is made smaller to; x: the picture that is filtered, uint8 (C, H, W), made of these three. kernels:
    three of (n, n), one a channel if they are `apart`, else the first is for all; channel: whose kernel a
    preset replaces, "red", "green", "blue" or "all three". stride, padding, border: how they slide. shown:
    "clipped", "signed" or "absolute"; place: the pixel (i, j) of the result whose sum is on the stage; notes:
    what was done to the picture, in sentences.
    """

    picture: Chosen
    colours: bool
    side: int
    kernels: tuple[Chosen, Chosen, Chosen]
    apart: bool
    channel: str
    stride: int
    padding: str
    border: str
    shown: str
    place: tuple[int, int] = (0, 0)
    notes: tuple[str, ...] = ()
    x: np.ndarray = MADE_LATER

    @property
    def large(self) -> bool:
        """Whether there is a smaller size of the picture."""
        return max(self.picture.values.shape) > SIDES[0]

    @property
    def kernel_size(self) -> int:
        """Rows and columns of the kernel."""
        return len(self.kernels[0].values)

    @property
    def weights(self) -> np.ndarray:
        """The kernels that slide: one (n, n), or one a channel (3, n, n)."""
        if self.apart and self.colours:
            return np.stack([kernel.values for kernel in self.kernels])
        return self.kernels[0].values

    @property
    def meant(self) -> tuple[int, ...]:
        """The channels whose kernel is meant: all, unless kernels are apart and one is chosen."""
        one = self.weights.ndim == 3 and self.channel in CHANNELS
        return (CHANNELS.index(self.channel),) if one else (0, 1, 2)

    @property
    def kernel(self) -> Chosen:
        """The kernel that slides over the chosen channels; "your own" where they differ."""
        used = [self.kernels[channel] for channel in (self.meant if self.weights.ndim == 3 else (0,))]
        return used[0] if len({each.name for each in used}) == 1 else replace(used[0], name=OWN)

    @property
    def sliding(self) -> dict:
        """How the kernel slides, as the keywords of `cross_correlate`."""
        return {"stride": self.stride, "padding": self.padding, "border": self.border}


def start(
    picture: ArrayLike | None = None,
    kernel: ArrayLike | None = None,
    colours: bool = False,
    side: int = 192,
    stride: int = 1,
    padding: str = "same",
    border: str = "zeros",
    shown: str | None = None,
    place: tuple[int, int] | None = None,
) -> FilterSettings:
    """Read the arguments of `kernels`; raise TypeError or ValueError for what is no setting at all."""
    chosen, notes = _read_picture(picture)
    kernels = _read_kernels(kernel)
    given = {"colours": colours, "stride": stride, "padding": padding, "border": border}
    settings = FilterSettings(
        picture=chosen,
        side=min(whole(side, "side", 1), LARGEST),
        kernels=kernels,
        apart=any(each is not kernels[0] for each in kernels),
        channel=EVERY,
        notes=notes,
        **read(CONTROLS, shown=_fitting(kernels) if shown is None else shown, **given),
    )
    settings = with_x(settings)
    return centre(settings) if place is None else point(settings, pair(place, "place", 0))


def with_x(settings: FilterSettings) -> FilterSettings:
    """Return the settings with x made anew: the picture in their size, in their colours."""
    x = resized(settings.picture.values.astype(np.uint8), settings.side, settings.colours)
    return replace(settings, x=np.atleast_3d(x).transpose(2, 0, 1))


def _read_picture(picture) -> tuple[Chosen, tuple[str, ...]]:
    """Read a picture's name, an array, or None (the photograph), and say what was done to it."""
    chosen = read_chosen(picture, "picture", PICTURES, lambda name: PICTURES[name](), (2, 3))
    if chosen.name != OWN:
        return chosen, ()
    array = chosen.values
    if (array.ndim == 3 and array.shape[2] != 3) or array.min() < 0 or array.max() > 255:
        raise ValueError(
            f"picture has shape {array.shape} and values from {array.min():g} to {array.max():g}; "
            "(H, W) or (H, W, 3) is expected, from 0 to 255"
        )
    grey = np.rint(array).astype(np.uint8).reshape(*array.shape[:2], -1)
    coloured = np.ascontiguousarray(np.broadcast_to(grey, (*array.shape[:2], 3)))
    smaller = max(array.shape[:2]) > LARGEST
    note = f"The picture was made smaller: at most {LARGEST} pixels on its longer side{ON_SHOW}."
    return replace(chosen, values=resized(coloured, LARGEST, True)), (note,) if smaller else ()


def _read_kernels(kernel) -> tuple[Chosen, Chosen, Chosen]:
    """Read a preset's name, one kernel (n, n) for all channels, or one a channel (3, n, n)."""
    chosen = read_chosen(kernel, "kernel", FILTERS, lambda name: FILTERS[name].make(SIZES[0]), (2, 3))
    array = chosen.values
    rows, columns = array.shape[-2:]
    if rows != columns or not SIZES[0] <= rows <= SIZES[1] or (array.ndim == 3 and len(array) != 3):
        raise ValueError(
            f"kernel has shape {array.shape}; a square from 3×3 to 7×7 is expected, one (n, n) or one a "
            "channel (3, n, n)"
        )
    if array.ndim == 2:
        return chosen, chosen, chosen
    red, green, blue = (replace(chosen, values=each) for each in array)
    return red, green, blue


def _fitting(kernels) -> str:
    """Choose how results are shown: a learner's kernel's signed where its weights add up to 0."""
    if kernels[0].name in FILTERS:
        return FILTERS[kernels[0].name].shown
    return SIGNED if np.allclose([each.values.sum() for each in kernels], 0, atol=1e-9) else CLIPPED


# ---- How the kernel slides -------------------------------------------------------------------------------


def slide(settings: FilterSettings) -> Geometry:
    """Return how the kernel slides over the picture; raise ValueError where it does not fit."""
    return geometry(settings.x.shape[1:], (settings.kernel_size,) * 2, **settings.sliding)


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
    inside = both(int(min(max(at, 0), side - 1)) for at, side in zip(place, size, strict=True))
    return replace(settings, place=inside)


def centre(settings: FilterSettings) -> FilterSettings:
    """Return the settings with the pixel in the middle of the picture on the stage."""
    rows, columns = settings.x.shape[1:]
    return point(settings, (rows // 2 // settings.stride, columns // 2 // settings.stride))

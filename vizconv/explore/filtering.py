"""The explorer of kernels on pictures: a picture, the filtered one, and the sum that made one pixel."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv import scenes
from vizconv.engine.arrays import numbers
from vizconv.engine.geometry import AXES, BORDERS, Geometry, geometry, pad, pair, whole
from vizconv.engine.operations import correlation as correlate
from vizconv.explore.code import literal
from vizconv.explore.controls import choice, slider, switch
from vizconv.explore.explorer import Topic, as_sentence
from vizconv.explore.filters import ABSOLUTE, CLIPPED, FILTERS, SIGNED, SIZES, centred, middle
from vizconv.explore.photographs import LARGEST, bright_disc, bright_square, photograph, resized
from vizconv.explore.presets import IMPORTS, OWN
from vizconv.explore.uploads import read_upload
from vizconv.scenes.parts import PRODUCTS

PICTURES = {"photograph": photograph, "bright square": bright_square, "bright disc": bright_disc}
SIDES = (96, 192, 384, 512)  # pixels of the longer side
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
    if they are `apart`, else the first is for all; channel: whose kernel a preset replaces, "red", "green",
    "blue" or "all three"; stride, padding, border: how they slide; shown: "clipped", "signed" or
    "absolute"; place: the pixel (i, j) of the result whose sum is on the stage; notes: what was done to the
    picture, in sentences; x: the picture that is filtered, uint8 (C, H, W), made of the original.
    """

    original: np.ndarray
    own: np.ndarray | None
    picture_name: str
    colours: bool
    side: int
    kernels: np.ndarray
    kernel_name: str
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
    _require(padding, "padding", PADDINGS)
    _require(border, "border", BORDERS)
    _require(shown, "shown", tuple(SHOWN))
    settings = FilterSettings(
        original=original,
        own=original if name == OWN else None,
        picture_name=name,
        colours=bool(colours),
        side=min(whole(side, "side", 1), LARGEST),
        kernels=np.broadcast_to(kernels, (3, *kernels.shape[-2:])).copy(),
        kernel_name=kernel_name,
        apart=kernels.ndim == 3,
        channel=EVERY,
        stride=whole(stride, "stride", 1),
        padding=padding,
        border=border,
        shown=shown,
        notes=notes,
    )
    settings = _with_x(settings)
    return _centred(settings) if place is None else point(settings, pair(place, "place", 0))


def _with_x(settings: FilterSettings) -> FilterSettings:
    x = resized(settings.original, settings.side, settings.colours)
    return replace(settings, x=np.atleast_3d(x).transpose(2, 0, 1))


def _require(value, name, allowed):
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; one of {list(allowed)} is expected")


def _read_picture(picture):
    """Read a picture's name, an array, or None (the photograph), as (name, uint8 (H, W, 3), notes)."""
    if picture is None or isinstance(picture, str):
        _require(picture or "photograph", "picture", tuple(PICTURES))
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
        _require(kernel or "moving average", "kernel", tuple(FILTERS))
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


# ---- From settings to the filtered picture ---------------------------------------------------------------


def sliding(settings: FilterSettings) -> Geometry:
    """Return how the kernel slides over the picture; raise ValueError where it does not fit."""
    size = (settings.size, settings.size)
    given = {"stride": settings.stride, "padding": settings.padding, "border": settings.border}
    return geometry(settings.x.shape[1:], size, **given)


def fits(settings: FilterSettings) -> bool:
    """Say whether the kernel fits into the padded picture."""
    try:
        return bool(sliding(settings))
    except ValueError:
        return False


def frames(settings: FilterSettings):
    """Return where frames stand in x and in y, and which one the stage shows: (windows, region) of each."""
    setting, place = sliding(settings), np.array(settings.place)
    first, step = -np.array(setting.padding)[:, 0], np.array(setting.stride)
    corner = first + step * place
    on_x = [*first, *step, *setting.output_size], [*corner, *setting.kernel_size]
    on_y = [0, 0, 1, 1, *setting.output_size], [*place, 1, 1]
    return tuple(tuple([int(number) for number in part] for part in each) for each in (on_x, on_y))


@np.errstate(over="ignore", invalid="ignore")  # a sum may be infinite: that is shown, too
def filtered(settings: FilterSettings) -> np.ndarray:
    """Return the picture's channels, each ⋆ its kernel, as float32 (C, OH, OW); raise where nothing fits."""
    given = {"stride": settings.stride, "padding": settings.padding, "border": settings.border}
    weights = np.broadcast_to(settings.weights.astype(np.float32), (len(settings.x), *(settings.size,) * 2))
    pairs = zip(settings.x.astype(np.float32), weights, strict=True)
    return np.stack([correlate(channel, kernel, **given).y[0, 0] for channel, kernel in pairs])


def as_picture(y: np.ndarray, shown: str) -> np.ndarray:
    """Turn results (C, H, W) into what a Picture shows: (H, W) or (H, W, 3), signed or as uint8."""
    image = y[0] if len(y) == 1 else y.transpose(1, 2, 0)
    if shown == SIGNED:
        return image
    image = np.abs(image) if shown == ABSOLUTE else image
    return np.rint(np.clip(np.nan_to_num(image), 0, 255)).astype(np.uint8)


def looks_other(settings: FilterSettings, before: FilterSettings) -> bool:
    """Say whether the filtered picture has to be made anew."""
    same = settings.x is before.x and np.array_equal(settings.weights, before.weights, equal_nan=True)
    names = ("stride", "padding", "border", "shown")
    return not same or any(getattr(settings, name) != getattr(before, name) for name in names)


# ---- From settings to the sum of one pixel ---------------------------------------------------------------


@np.errstate(over="ignore", invalid="ignore")
def scene_of(settings: FilterSettings) -> scenes.Scene:
    """Return the sum behind one pixel of the result: the patch under the kernel, the kernel, the pixel.

    In colours the three channels stand below each other, each with its own sum.
    """
    try:
        setting = sliding(settings)
    except ValueError as error:
        return _unfitting(settings, as_sentence(error))
    patch, kinds, corner = patch_of(settings, setting)
    weights = settings.weights
    each = weights if weights.ndim == 3 else [weights] * len(patch)
    records = [correlate(x, w) for x, w in zip(patch, each, strict=True)]
    y = np.concatenate([record.y[0] for record in records])
    alone = len(patch) == 1
    origins = [place if alone else (0, *place) for place in (corner, settings.place)]
    patch, kinds, y = (array[0] if alone else array for array in (patch, kinds, y))
    panels = (
        scenes.Panel("x", patch, (0, 0), origin=origins[0], kinds=kinds),
        scenes.Panel("w", weights, (0, 1), sign="⋆", editable=True),
        scenes.Panel("y", y, (0, 2), sign="=", origin=origins[1]),
    )
    terms = {"products": _terms(records, weights.ndim == 3)}
    channels = () if alone else ("Channels 0, 1 and 2 are red, green and blue.",)
    notes = (*settings.notes, *_brightness(settings), *channels, *_shown_as(settings, y))
    return scenes.Scene(panels, terms, (PRODUCTS,), "y", notes, as_code(settings))


def patch_of(settings: FilterSettings, setting: Geometry):
    """Cut the cells under the kernel out of the padded picture: (C, n, n), their kinds, their first index."""
    (rows, top), (columns, left) = (_cells(settings, setting, axis) for axis in range(2))
    outside = np.logical_or.outer(rows < 0, columns < 0)
    patch = np.where(outside, 0, settings.x[:, rows[:, None], columns].astype(np.int64))
    inside = np.logical_and.outer(
        *(
            _inside(first, settings.size, size)
            for first, size in zip((top, left), setting.input_size, strict=True)
        )
    )
    kinds = np.where(inside, 0, scenes.PADDING).astype(np.uint8)
    return patch, np.broadcast_to(kinds, patch.shape), (top, left)


def _cells(settings, setting, axis):
    """Return the rows (or columns) of x that the window reads, −1 for zeros, and where it begins."""
    before, after = setting.padding[axis]
    counted = np.arange(1, setting.input_size[axis] + 1)[:, None]  # of one column, and 0 outside
    padded = pad(counted, ((before, after), (0, 0)), setting.border)[:, 0] - 1
    start = settings.place[axis] * setting.stride[axis]
    return padded[start : start + settings.size], start - before


def _inside(first, count, size):
    places = np.arange(first, first + count)
    return (places >= 0) & (places < size)


def _terms(records, apart: bool) -> scenes.Terms:
    """Table the sums of all channels: the table of one, shifted; a shared kernel is not shifted."""
    one, cells = scenes.conv2d_terms(records[0]), records[0].weight.size
    tables = [
        (one.out + channel, one.left.astype(int) + channel * cells, one.right + apart * channel * cells)
        for channel in range(len(records))
    ]
    return scenes.Terms(*map(np.concatenate, zip(*tables, strict=True)))


def _brightness(settings):
    """Say what the kernel makes of a flat area: its brightness times the sum of the weights."""
    sums = settings.weights.sum(axis=(-2, -1)).astype(float)
    if not np.isfinite(sums).all() or np.ptp(sums) > 1e-9:
        return ()
    total = float(sums.flat[0])
    if abs(total) < 1e-9:
        return ("The weights add up to 0: flat areas become 0.",)
    if abs(total - 1) < 1e-9:
        return ("The weights add up to 1: flat areas keep their brightness.",)
    return (f"The weights add up to {total:.4g}: flat areas become {total:.4g} times as bright.",)


def _shown_as(settings, y):
    """Say where the picture cannot show what the sum is."""
    made = np.abs(y) if settings.shown == ABSOLUTE else y
    if settings.shown == SIGNED or not ((made < 0) | (made > 255)).any():
        return ()
    return ("A picture cannot show such a number: what is below 0 becomes 0, what is above 255 becomes 255.",)


def _unfitting(settings, sentence):
    """Show the picture's upper left corner and the kernel, with the sentence that says why."""
    x = scenes.Panel("x", settings.x[0, :16, :16], (0, 0))
    w = scenes.Panel("w", settings.weights, (0, 1), sign="⋆", editable=True)
    return scenes.Scene((x, w), notes=(*settings.notes, sentence))


def as_code(settings: FilterSettings) -> str:
    """Return the lines of Python that make the same y; nothing where the picture is the learner's file."""
    if settings.picture_name != "photograph" or settings.apart:
        return ""
    given = {"stride": settings.stride, "padding": settings.padding, "border": settings.border}
    extras = ", ".join(f"{name}={value!r}" for name, value in given.items())
    picture = f"vc.explore.photograph({settings.side}, colours={settings.colours})"
    head = f"{IMPORTS}x = {picture}\nw = {literal(settings.weights)}\n"
    if not settings.colours:
        return f"{head}y = vc.cross_correlate(x, w, {extras})\n"
    return (
        f"{head}channels = x.transpose(2, 0, 1)\n"
        f"y = np.stack([vc.cross_correlate(channel, w, {extras}) for channel in channels])\n"
    )


# ---- How settings change ---------------------------------------------------------------------------------


def change(settings: FilterSettings, name: str, value) -> FilterSettings:
    """Return the settings after one control was set to a value."""
    if name == "picture":
        return _stay(settings, _with_x(_take_picture(settings, value)))
    if name == "kernel":
        return _take_kernel(settings, value)
    if name == "size":
        return _stay(settings, replace(settings, kernels=_sized(settings, value)))
    changed = replace(settings, **{name: value})
    return _stay(settings, _with_x(changed) if name in ("side", "colours") else changed)


def _take_picture(settings, name):
    if name in PICTURES:
        return replace(settings, original=PICTURES[name](), picture_name=name, notes=())
    if settings.own is not None:
        return replace(settings, original=settings.own, picture_name=name, notes=())
    note = "There is no picture of your own yet: upload one, and it takes this one's place."
    return replace(settings, picture_name=name, notes=(note,))


def _take_kernel(settings, name):
    if name not in FILTERS:
        return replace(settings, kernel_name=name)
    preset, kernels = FILTERS[name], settings.kernels
    made = preset.make(settings.size)
    chosen = _chosen(settings)
    kernels = np.stack([made if channel in chosen else kernels[channel] for channel in range(3)])
    return replace(settings, kernels=kernels, kernel_name=name, shown=preset.shown)


def _chosen(settings) -> tuple[int, ...]:
    """Return the channels whose kernel is meant: all, unless kernels are apart and one is chosen."""
    apart = settings.apart and settings.colours and settings.channel in CHANNELS
    return (CHANNELS.index(settings.channel),) if apart else (0, 1, 2)


def _sized(settings, size):
    preset, alike = FILTERS.get(settings.kernel_name), np.ptp(settings.kernels, axis=0).max() == 0
    if preset and alike:
        return np.stack([preset.make(size)] * 3)
    return np.stack([centred(kernel, size) for kernel in settings.kernels])


def upload(settings: FilterSettings, data: bytes) -> FilterSettings:
    """Return the settings with an uploaded picture; where it cannot be read, the old one and a sentence."""
    try:
        read = read_upload(data)
    except ValueError as error:
        return refuse(settings, str(error))
    new = replace(settings, original=read.image, own=read.image, picture_name=OWN, notes=read.notes)
    return _stay(settings, _with_x(new))


def refuse(settings: FilterSettings, sentence: str) -> FilterSettings:
    """Return the settings with their old picture, and a sentence that says why there is no new one."""
    return replace(settings, notes=(f"{sentence} The picture from before is still here.",))


def point(settings: FilterSettings, place: tuple[int, int]) -> FilterSettings:
    """Return the settings with another pixel (i, j) of the result on the stage, moved into it if outside."""
    if not fits(settings):
        return settings
    size = sliding(settings).output_size
    inside = tuple(int(min(max(at, 0), side - 1)) for at, side in zip(place, size, strict=True))
    return replace(settings, place=inside)


def _stay(old: FilterSettings, new: FilterSettings) -> FilterSettings:
    """Let the window stay where it was in the picture, when the picture or its way over it changes."""
    if not fits(new):
        return new
    if not fits(old):
        return _centred(new)
    before, after, place = sliding(old), sliding(new), []
    for axis in range(len(AXES)):
        at = old.place[axis] * before.stride[axis] - before.padding[axis][0] + middle(old.size)
        at = round(at * after.input_size[axis] / before.input_size[axis])
        place.append(round((at + after.padding[axis][0] - middle(new.size)) / after.stride[axis]))
    return point(new, tuple(place))


def _centred(settings):
    rows, columns = settings.x.shape[1:]
    return point(settings, (rows // 2 // settings.stride, columns // 2 // settings.stride))


def edit(settings: FilterSettings, scene, panel: str, cell: int, value: float) -> FilterSettings:
    """Return the settings after a learner typed a value into a cell of the panel w."""
    kernels = settings.kernels
    if settings.weights.ndim == 3:
        changed = scenes.put(kernels, cell, value)
    else:
        changed = np.stack([scenes.put(kernels[0], cell, value)] * 3)
    return replace(settings, kernels=changed, kernel_name=OWN)


# ---- Controls ---------------------------------------------------------------------------------------------


def values(settings: FilterSettings) -> dict:
    """Return what every control says for these settings."""
    names = ("colours", "side", "apart", "channel", "size", "stride", "padding", "border", "shown")
    return {
        "picture": settings.picture_name,
        "kernel": settings.kernel_name,
        **{name: getattr(settings, name) for name in names},
    }


def hidden(settings: FilterSettings) -> set[str]:
    """Return the controls that mean nothing now."""
    names = set() if max(settings.original.shape) > SIDES[0] else {"side"}
    if not settings.colours:
        names.add("apart")
    if not (settings.apart and settings.colours):
        names.add("channel")
    return names | ({"border"} if settings.padding == "valid" else set())


def controls(settings: FilterSettings) -> dict:
    """Return the controls, as they stand for these settings."""
    shown = values(settings)
    sides = sorted({*SIDES, settings.side})
    return {
        "picture": choice("picture x", [*PICTURES, OWN], shown["picture"]),
        "kernel": choice("kernel w", [*FILTERS, OWN], shown["kernel"]),
        "shown": choice("y is shown", [(words, name) for name, words in SHOWN.items()], shown["shown"]),
        "size": slider("kernel size", shown["size"], *SIZES),
        "stride": slider("stride", shown["stride"], 1, 4),
        "padding": choice("padding", PADDINGS, shown["padding"]),
        "border": choice("border", BORDERS, shown["border"]),
        "side": choice("longer side", [(f"{side} pixels", side) for side in sides], shown["side"]),
        "colours": switch("in colours (RGB)", shown["colours"]),
        "apart": switch("one kernel a channel", shown["apart"]),
        "channel": choice("choose for", [EVERY, *CHANNELS], shown["channel"]),
    }


TOPIC = Topic("filtering", scene_of, change, edit, values, hidden)

"""The explorer of kernels on pictures: what its controls, uploads, pointing and typing change."""

from dataclasses import replace

import numpy as np

from vizconv import scenes
from vizconv.engine.geometry import AXES, BORDERS
from vizconv.examples.filters import FILTERS, SIZES, centred, middle_index
from vizconv.examples.matrices import OWN
from vizconv.explore.controls import choice, sliders, switch
from vizconv.explore.explorer import Topic
from vizconv.explore.pictures.pixel import scene_of
from vizconv.explore.pictures.settings import (
    CHANNELS,
    EVERY,
    PADDINGS,
    PICTURES,
    SHOWN,
    FilterSettings,
    centre,
    fits,
    point,
    slide,
    with_x,
)
from vizconv.explore.pictures.uploads import read_upload

SIDES = (96, 192, 384, 512)  # pixels of the longer side
RANGES = {"size": SIZES, "stride": (1, 4)}

# ---- How settings change ---------------------------------------------------------------------------------


def change(settings: FilterSettings, name: str, value) -> FilterSettings:
    """Return the settings after one control was set to a value."""
    if name == "picture":
        taken = _take_picture(settings, value)
        return taken if taken.original is settings.original else _with_picture(taken)
    if name == "kernel":
        return _take_kernel(settings, value)
    if name == "size":
        return _stay(settings, replace(settings, kernels=_sized(settings, value)))
    changed = replace(settings, **{name: value})
    return _stay(settings, with_x(changed) if name in ("side", "colours") else changed)


def _take_picture(settings, name):
    if name in PICTURES:
        return replace(settings, original=PICTURES[name](), picture_name=name, notes=())
    if settings.own is not None:
        return replace(settings, original=settings.own, picture_name=name, notes=())
    note = "There is no picture of your own yet: upload one, and it takes this one's place."
    return replace(settings, picture_name=name, notes=(note,))


def _take_kernel(settings, name):
    if name not in FILTERS:
        return replace(settings, kernel_names=_for_channels(settings.kernel_names, settings.chosen, name))
    preset = FILTERS[name]
    changed = _with_kernel(settings, settings.chosen, preset.make(settings.size), name)
    return replace(changed, shown=preset.shown)


def _with_kernel(settings, channels, kernel, name):
    """Give these channels a kernel and its name; the others keep theirs."""
    return replace(
        settings,
        kernels=np.stack(_for_channels(settings.kernels, channels, kernel)),
        kernel_names=_for_channels(settings.kernel_names, channels, name),
    )


def _for_channels(present, channels, new):
    return tuple(new if channel in channels else present[channel] for channel in range(len(CHANNELS)))


def _sized(settings, size):
    named = zip(settings.kernel_names, settings.kernels, strict=True)
    return np.stack([FILTERS[name].make(size) if name in FILTERS else centred(w, size) for name, w in named])


def upload(settings: FilterSettings, data: bytes) -> FilterSettings:
    """Return the settings with an uploaded picture; where it cannot be read, the old one and a sentence."""
    try:
        read = read_upload(data)
    except ValueError as error:
        return refuse(settings, str(error))
    new = replace(settings, original=read.image, own=read.image, picture_name=OWN, notes=read.notes)
    return _with_picture(new)


def _with_picture(settings):
    """Show another picture, the window in its middle."""
    new = with_x(settings)
    return centre(new) if fits(new) else new


def refuse(settings: FilterSettings, sentence: str) -> FilterSettings:
    """Return the settings with their old picture, and a sentence that says why there is no new one."""
    return replace(settings, notes=(f"{sentence} The picture from before is still here.",))


def _stay(old: FilterSettings, new: FilterSettings) -> FilterSettings:
    """Let the window stay where it was in the picture, when the picture or its way over it changes."""
    if not fits(new):
        return new
    if not fits(old):
        return centre(new)
    before, after, place = slide(old), slide(new), []
    for axis in range(len(AXES)):
        at = old.place[axis] * before.stride[axis] + before.origin[axis] + middle_index(old.size)
        at = round(at * after.input_size[axis] / before.input_size[axis])
        place.append(round((at - after.origin[axis] - middle_index(new.size)) / after.stride[axis]))
    return point(new, tuple(place))


def edit(settings: FilterSettings, scene, panel: str, cell: int, value: float) -> FilterSettings:
    """Return the settings after a learner typed a value into a cell of the panel w."""
    *channel, row, column = scene.panel(panel).index_of(cell)
    channels = tuple(channel) or (0, 1, 2)
    kernel = scenes.put_at(settings.kernels[channels[0]], (row, column), value)
    return _with_kernel(settings, channels, kernel, OWN)


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
        **sliders(shown, RANGES, {"size": "kernel size"}),
        "padding": choice("padding", PADDINGS, shown["padding"]),
        "border": choice("border", BORDERS, shown["border"]),
        "side": choice("longer side", [(f"{side} pixels", side) for side in sides], shown["side"]),
        "colours": switch("in colours (RGB)", shown["colours"]),
        "apart": switch("one kernel a channel", shown["apart"]),
        "channel": choice("choose for", [EVERY, *CHANNELS], shown["channel"]),
    }


TOPIC = Topic("filtering", scene_of, change, edit, values, hidden)

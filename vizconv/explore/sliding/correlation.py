"""The explorer of a cross-correlation: slide kernel size, stride, padding and dilation over an input."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv import scenes
from vizconv.engine.geometry import AXES, BORDERS, Geometry, pair
from vizconv.engine.operations import correlation as correlate
from vizconv.examples.matrices import IMPORTS, INPUTS, KERNELS, OWN, resize
from vizconv.explore.chosen import read_input, read_kernel, take_input, take_kernel, typed
from vizconv.explore.code import literal
from vizconv.explore.controls import axis_sliders, choice, switch
from vizconv.explore.explorer import Explorer, Topic, as_sentence

PADDINGS = ("number", "valid", "same", "full")


@dataclass(frozen=True, eq=False)
class CorrelationSettings:
    """All that the explorer shows: x (H, W), k (KH, KW), where they came from, and how k slides.

    stride, padding and dilation are (height, width) pairs; `padding_by` is "number" or a word that
    replaces the numbers; `apart` says whether height and width have sliders of their own.
    """

    x: np.ndarray
    k: np.ndarray
    input_name: str
    kernel_name: str
    stride: tuple[int, int]
    padding: tuple[int, int]
    padding_by: str
    dilation: tuple[int, int]
    border: str
    apart: bool
    notes: tuple[str, ...] = ()
    own_x: np.ndarray | None = None  # the learner's, while a preset is shown
    own_k: np.ndarray | None = None


def correlation(x=None, k=None, *, stride=1, padding=0, dilation=1, border="zeros") -> Explorer:
    """Explore x ⋆ k: point at any number, slide the geometry, change the values.

    x and k are matrices or the names of presets (INPUTS and KERNELS); by default the worked example.
    Numbers or (height, width) pairs; `padding` may be "valid", "same" or "full"; `border` is "zeros",
    "reflect" or "repeat". A setting that does not fit is explained on the stage.
    """
    settings = start(x, k, stride, padding, dilation, border)
    return Explorer(TOPIC, settings, _controls(settings))


def start(x=None, k=None, stride=1, padding=0, dilation=1, border="zeros") -> CorrelationSettings:
    """Read the arguments of `correlation`; raise TypeError or ValueError for what is no setting at all."""
    input_name, x, notes = read_input(x)
    kernel_name, k = read_kernel(k)
    by_word = isinstance(padding, str)
    if by_word and padding not in PADDINGS[1:]:
        raise ValueError(f"padding is {padding!r}; a number, a pair, 'valid', 'same' or 'full' is expected")
    if border not in BORDERS:
        raise ValueError(f"border is {border!r}; 'zeros', 'reflect' or 'repeat' is expected")
    stride, dilation = pair(stride, "stride", 1), pair(dilation, "dilation", 1)
    numbered = (0, 0) if by_word else pair(padding, "padding", 0)
    apart = any(height != width for height, width in (k.shape, stride, numbered, dilation))
    padding_by = padding if by_word else "number"
    given = (x, k, input_name, kernel_name, stride, numbered, padding_by, dilation, border, apart, notes)
    return CorrelationSettings(*given)


# ---- From settings to a scene ------------------------------------------------------------------------


@np.errstate(over="ignore", invalid="ignore")  # a sum may be infinite: that is shown, too
def scene_of(settings: CorrelationSettings) -> scenes.Scene:
    """Return the scene of the settings; where nothing fits, x and k with the sentence that says why."""
    x, k, sliding = settings.x, settings.k, _sliding(settings)
    try:
        record = correlate(x, k, border=settings.border, **sliding)
    except ValueError as error:
        return scenes.unfitting(x, k, (*settings.notes, as_sentence(error)))
    notes = (*settings.notes, *_floors(record.geometry))
    return scenes.correlation(record, notes, as_code(settings))


def _sliding(settings):
    padding = settings.padding if settings.padding_by == "number" else settings.padding_by
    return {"stride": settings.stride, "padding": padding, "dilation": settings.dilation}


def _floors(geometry: Geometry):
    """Say for each axis where the size does not divide and the floor leaves cells unread."""
    for axis, left in enumerate(geometry.leftover):
        if left:
            padded, span = geometry.padded_size[axis], geometry.span[axis]
            stride, size = geometry.stride[axis], geometry.output_size[axis]
            line = ("row", "column")[axis] + ("" if left == 1 else "s")
            exact = f"({padded} − {span}) / {stride} + 1 = {(padded - span) / stride + 1:.4g}"
            whose = "the padded x" if sum(geometry.padding[axis]) else "x"
            last = f"the last {line} of {whose} is" if left == 1 else f"the last {left} {line} of {whose} are"
            yield f"The {AXES[axis]} does not divide: {exact}; floor gives {size}, and {last} never read."


def as_code(settings: CorrelationSettings) -> str:
    """Return the lines of Python that make the same y."""
    known = INPUTS.get(settings.input_name)
    x = known.code if known else literal(settings.x)
    defaults = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1), "border": "zeros"}
    given = {**_sliding(settings), "border": settings.border}
    extras = [f", {name}={value!r}" for name, value in given.items() if value != defaults[name]]
    return f"{IMPORTS}x = {x}\nk = {literal(settings.k)}\ny = vc.cross_correlate(x, k{''.join(extras)})\n"


# ---- How settings change -------------------------------------------------------------------------------


def change(settings: CorrelationSettings, name: str, value) -> CorrelationSettings:
    """Return the settings after one control was set to a value."""
    if name == "input":
        return take_input(settings, value, INPUTS)
    if name == "kernel":
        taken = take_kernel(settings, value, KERNELS)
        height, width = taken.k.shape
        return replace(taken, apart=taken.apart or height != width)
    if name == "apart":
        return _change_apart(settings, value)
    if name in ("padding_by", "border"):
        return replace(settings, **{name: value})
    return _change_pair(settings, name, value)


def _change_pair(settings, name, value):
    quantity, _, axis = name.rpartition("_")
    height, width = _pair_of(settings, quantity)
    both = (value, value) if not settings.apart else (value, width) if axis == "height" else (height, value)
    if quantity == "kernel":
        return replace(settings, k=_sized(settings, both))
    return replace(settings, **{quantity: both})


def _change_apart(settings, apart):
    if apart:
        return replace(settings, apart=True)
    square = {name: (pair_of[0],) * 2 for name in PAIRS[1:] if (pair_of := getattr(settings, name))}
    return replace(settings, apart=False, k=_sized(settings, (len(settings.k),) * 2), **square)


def _sized(settings, size):
    preset = KERNELS.get(settings.kernel_name)
    return preset(*size) if preset else resize(settings.k, *size)


def _pair_of(settings, quantity):
    return settings.k.shape if quantity == "kernel" else getattr(settings, quantity)


def edit(settings: CorrelationSettings, scene, panel: str, cell: int, value: float) -> CorrelationSettings:
    """Return the settings after a learner typed a value into a cell of the panel x or w."""
    return typed(settings, scene, panel, cell, value, {"x": "x", "w": "k"}[panel])


# ---- Controls --------------------------------------------------------------------------------------------

PAIRS = ("kernel", "stride", "padding", "dilation")
TITLES = {"kernel": "kernel size"}
RANGES = {"kernel": (1, 7), "stride": (1, 4), "padding": (0, 4), "dilation": (1, 3)}


def values(settings: CorrelationSettings) -> dict:
    """Return what every control says for these settings."""
    pairs = {
        f"{name}_{axis}": n for name in PAIRS for axis, n in zip(AXES, _pair_of(settings, name), strict=True)
    }
    return {
        "input": settings.input_name,
        "kernel": settings.kernel_name,
        **pairs,
        "padding_by": settings.padding_by,
        "border": settings.border,
        "apart": settings.apart,
    }


def hidden(settings: CorrelationSettings) -> set[str]:
    """Return the controls that mean nothing now."""
    names = set() if settings.apart else {f"{name}_width" for name in PAIRS}
    if settings.padding_by != "number":
        names |= {"padding_height", "padding_width"}
    return names


def _controls(settings):
    shown = values(settings)
    sliders = axis_sliders(shown, {name: _range(settings, name) for name in PAIRS}, TITLES)
    return {
        "input": choice("input x", [*INPUTS, OWN], shown["input"]),
        "kernel": choice("kernel w", [*KERNELS, OWN], shown["kernel"]),
        **sliders,
        "padding_by": choice("padding by", PADDINGS, shown["padding_by"]),
        "border": choice("border", BORDERS, shown["border"]),
        "apart": switch("height and width apart", shown["apart"]),
    }


def _range(settings, name):
    """Let either slider hold both numbers: without "apart" the height's goes for the width, too."""
    least, most = RANGES[name]
    return least, max(most, *_pair_of(settings, name))


TOPIC = Topic("correlation", scene_of, change, edit, values, hidden)

"""The explorer of a convolution: a kernel beside its rotation, and which of the two slides over the input."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv import scenes
from vizconv.engine.arrays import numbers
from vizconv.engine.geometry import rot180
from vizconv.engine.operations import correlation as correlate
from vizconv.examples.matrices import IMPORTS, INPUTS, KERNELS, Input, resize
from vizconv.explore.chosen import OWN, read_input, read_kernel, take_input, take_kernel, typed
from vizconv.explore.code import literal
from vizconv.explore.controls import choice, slider
from vizconv.explore.explorer import Explorer, Topic, as_sentence

OPERATIONS = {"*": "* convolution", "⋆": "⋆ cross-correlation"}
PADDINGS = ("valid", "same", "full")
KERNEL_SIZES = (1, 6)  # so that all of the largest x and y fits on a page


def single_one() -> np.ndarray:
    """Return zeros with a single one in the middle: what it is convolved with comes out as it is."""
    x = np.zeros((5, 5), np.int64)
    x[2, 2] = 1
    return x


def numbered(height: int, width: int) -> np.ndarray:
    """Return the numbers 1, 2, 3, ...: a kernel in which every turn shows."""
    return np.arange(1, height * width + 1).reshape(height, width)


SINGLE_ONE = f"np.array({single_one().tolist()})"
PICTURES = {**INPUTS, "a single one": Input(single_one, SINGLE_ONE)}
PATTERNS = {**KERNELS, "1, 2, 3, ...": numbered}


@dataclass(frozen=True, eq=False)
class ConvolutionSettings:
    """All that the explorer shows: x (H, W), k (KH, KW), where they came from, and what is done with them.

    `operation` is "*" or "⋆", `padding` "valid", "same" or "full".
    """

    x: np.ndarray
    k: np.ndarray
    input_name: str
    kernel_name: str
    operation: str
    padding: str
    notes: tuple[str, ...] = ()
    own_x: np.ndarray | None = None  # the learner's, while a preset is shown
    own_k: np.ndarray | None = None


def convolution(x=None, k=None, *, operation="*", padding="valid") -> Explorer:
    """Explore x * k = x ⋆ rot180(k): k and its rotation side by side, and a switch to x ⋆ k.

    x and k are matrices or the names of presets (PICTURES and PATTERNS); by default the worked example.
    `operation` is "*" (convolution) or "⋆" (cross-correlation), `padding` is "valid", "same" or "full".
    A kernel that does not fit is explained on the stage.
    """
    settings = start(x, k, operation, padding)
    return Explorer(TOPIC, settings, _controls(settings))


def start(x=None, k=None, operation="*", padding="valid") -> ConvolutionSettings:
    """Read the arguments of `convolution`; raise TypeError or ValueError for what is no setting at all."""
    if operation not in OPERATIONS:
        raise ValueError(f"operation is {operation!r}; '*' (convolution) or '⋆' (correlation) is expected")
    if padding not in PADDINGS:
        raise ValueError(f"padding is {padding!r}; 'valid', 'same' or 'full' is expected")
    input_name, x, notes = read_input(x, PICTURES)
    kernel_name, k = read_kernel(k, PATTERNS)
    return ConvolutionSettings(x, k, input_name, kernel_name, operation, padding, notes)


# ---- From settings to a scene ------------------------------------------------------------------------------


@np.errstate(over="ignore", invalid="ignore")  # a sum may be infinite: that is shown, too
def scene_of(settings: ConvolutionSettings) -> scenes.Scene:
    """Return the scene of the settings; where nothing fits, x and k with the sentence that says why."""
    x, k, flips = settings.x, settings.k, settings.operation == "*"
    slides, odd = (rot180(k), "before") if flips else (k, "after")
    try:
        record = correlate(x, slides, padding=settings.padding, odd=odd)
    except ValueError as error:
        return _unfitting(settings, as_sentence(error))
    make = scenes.convolution if flips else scenes.correlation_beside
    return make(record, settings.notes, as_code(settings))


def _unfitting(settings, sentence):
    scene = scenes.unfitting(settings.x, settings.k, (*settings.notes, sentence))
    x, w = scene.panels
    return replace(scene, panels=(x, replace(w, name="k", label="k", sign=settings.operation)))


def as_code(settings: ConvolutionSettings) -> str:
    """Return the lines of Python that make the same y."""
    known = PICTURES.get(settings.input_name)
    x = known.code if known else literal(settings.x)
    name = {"*": "convolve", "⋆": "cross_correlate"}[settings.operation]
    extra = "" if settings.padding == "valid" else f", padding={settings.padding!r}"
    return f"{IMPORTS}x = {x}\nk = {literal(settings.k)}\ny = vc.{name}(x, k{extra})\n"


# ---- How settings change -----------------------------------------------------------------------------------


def change(settings: ConvolutionSettings, name: str, value) -> ConvolutionSettings:
    """Return the settings after one control was set to a value."""
    if name == "input":
        return take_input(settings, value, PICTURES)
    if name == "kernel":
        return take_kernel(settings, value, PATTERNS)
    if name == "kernel_size":
        return replace(settings, k=_sized(settings.kernel_name, settings.k, (value, value)))
    return replace(settings, **{name: value})


def _sized(name, k, size):
    pattern = PATTERNS.get(name)
    return numbers(pattern(*size), "k", 2) if pattern else resize(k, *size)


def edit(settings: ConvolutionSettings, scene, panel: str, cell: int, value: float) -> ConvolutionSettings:
    """Return the settings after a learner typed a value into a cell of the panel x or k."""
    return typed(settings, scene, panel, cell, value, panel)


# ---- Controls ----------------------------------------------------------------------------------------------


def values(settings: ConvolutionSettings) -> dict:
    """Return what every control says for these settings."""
    return {
        "input": settings.input_name,
        "kernel": settings.kernel_name,
        "kernel_size": len(settings.k),
        "operation": settings.operation,
        "padding": settings.padding,
    }


def hidden(settings: ConvolutionSettings) -> set[str]:
    """Return the controls that mean nothing now: one size for a kernel that is no square."""
    height, width = settings.k.shape
    return set() if height == width else {"kernel_size"}


def _controls(settings):
    shown = values(settings)
    operations = [(words, sign) for sign, words in OPERATIONS.items()]
    return {
        "operation": choice("operation", operations, shown["operation"]),
        "input": choice("input x", [*PICTURES, OWN], shown["input"]),
        "kernel": choice("kernel k", [*PATTERNS, OWN], shown["kernel"]),
        "kernel_size": slider("kernel size", shown["kernel_size"], *KERNEL_SIZES),
        "padding": choice("padding", PADDINGS, shown["padding"]),
    }


TOPIC = Topic("convolution", scene_of, change, edit, values, hidden)

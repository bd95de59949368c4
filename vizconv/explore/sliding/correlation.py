"""The explorer of a cross-correlation: slide kernel size, stride, padding and dilation over an input."""

from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv import scenes
from vizconv.engine.geometry import AXES, BORDERS, Geometry, pair
from vizconv.engine.operations import correlation as correlate
from vizconv.engine.types import Size
from vizconv.examples.matrices import IMPORTS, INPUTS, KERNELS
from vizconv.explore.chosen import Chosen, InputSettings, pixels_of, read_input, read_kernel, sized
from vizconv.explore.code import literal, written
from vizconv.explore.controls import Choice, Digit, Pair, Preset, Switch, differ, read, squared
from vizconv.explore.explorer import Explorer
from vizconv.explore.topic import Topic, two_inputs

PADDINGS = ("number", "valid", "same", "full")
CONTROLS = (
    Preset("input", tuple(INPUTS), lambda settings, name: INPUTS[name].make(), title="input x"),
    Preset(
        "kernel",
        tuple(KERNELS),
        lambda settings, name: KERNELS[name](*settings.kernel_size),
        title="kernel w",
    ),
    Pair("stride", 1, 4, largest=inf),
    Digit("digit", group="digit"),
    Pair("kernel_size", 1, 7, largest=inf, title="kernel size", group="sliding", more=True),
    Pair("padding", 0, 4, largest=inf, group="sliding", when=("padding_by", ("number",)), more=True, plain=0),
    Pair("dilation", 1, 3, largest=inf, group="sliding", more=True, plain=1),
    Choice("padding_by", PADDINGS, title="padding by", group="more", more=True, plain="number"),
    Choice("border", BORDERS, group="more", more=True, plain="zeros"),
    Switch("apart", title="height and width apart", group="more", more=True),
)


@dataclass(frozen=True, eq=False, kw_only=True)
class CorrelationSettings(InputSettings):
    """An input and a kernel, each a preset or the learner's own, and how the kernel slides.

    stride, padding and dilation are (height, width) pairs; `padding_by` is "number" or a word that
    replaces the numbers; `apart` says whether height and width have sliders of their own.
    """

    kernel: Chosen
    stride: tuple[int, int]
    padding: tuple[int, int]
    padding_by: str
    dilation: tuple[int, int]
    border: str
    apart: bool

    @property
    def w(self) -> np.ndarray:
        """The kernel (KH, KW)."""
        return self.kernel.values

    @property
    def kernel_size(self) -> tuple[int, int]:
        """Rows and columns of the kernel."""
        return self.w.shape

    @property
    def sliding(self) -> dict[str, Any]:
        """How the kernel slides, as keywords of `cross_correlate`."""
        padding = self.padding if self.padding_by == "number" else self.padding_by
        return {"stride": self.stride, "padding": padding, "dilation": self.dilation, "border": self.border}


def correlation(
    x: ArrayLike | None = None,
    k: ArrayLike | None = None,
    *,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    border: str = "zeros",
) -> Explorer:
    """Explore x ⋆ k: point at any number, slide the geometry, change the values.

    x and k are matrices or the names of presets (INPUTS and KERNELS); by default the worked example.
    Numbers or (height, width) pairs; `padding` may be "valid", "same" or "full"; `border` is "zeros",
    "reflect" or "repeat". A setting that does not fit is explained on the stage.
    """
    return Explorer(TOPIC, start(x, k, stride=stride, padding=padding, dilation=dilation, border=border))


def start(
    x: ArrayLike | None = None, k: ArrayLike | None = None, *, padding: Size | str = 0, **sliding: Any
) -> CorrelationSettings:
    """Read the arguments of `correlation`; raise TypeError or ValueError for what is no setting at all."""
    padding_by = padding if isinstance(padding, str) else "number"
    if padding_by not in PADDINGS or padding == "number":
        raise ValueError(f"padding is {padding!r}; a number, a pair, 'valid', 'same' or 'full' is expected")
    numbered = (0, 0) if isinstance(padding, str) else pair(padding, "padding", 0)
    given = read(CONTROLS, **{"stride": 1, "dilation": 1, "border": "zeros", **sliding})
    input, kernel = read_input(x, INPUTS), read_kernel(k, KERNELS)
    apart = differ((kernel.values.shape, given["stride"], numbered, given["dilation"]))
    return CorrelationSettings(
        input=input, kernel=kernel, padding=numbered, padding_by=padding_by, apart=apart, **given
    )


# ---- From settings to a scene ------------------------------------------------------------------------


def scene_of(settings: CorrelationSettings) -> scenes.Scene:
    """Return the scene of the settings."""
    record, pixels = correlate(settings.x, settings.w, **settings.sliding), pixels_of(settings.input, INPUTS)
    notes = *settings.notes, *_floors(record.geometry)
    return scenes.correlation(record, notes, as_code(settings), pixels)


def inputs(settings: CorrelationSettings) -> tuple[scenes.Panel, ...]:
    """Return x and w."""
    return two_inputs(settings.x, settings.w, pixels=pixels_of(settings.input, INPUTS))


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
    defaults = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1), "border": "zeros"}
    extras = [f", {name}={value!r}" for name, value in settings.sliding.items() if value != defaults[name]]
    x, k = written(settings.input, INPUTS), literal(settings.w)
    return f"{IMPORTS}x = {x}\nk = {k}\ny = vc.cross_correlate(x, k{''.join(extras)})\n"


# ---- Rules between settings ----------------------------------------------------------------------------


def _with_kernel(settings, kernel: Chosen):
    """Take a kernel; one that is no square needs sliders of its own for height and width."""
    return replace(settings, kernel=kernel, apart=settings.apart or differ([kernel.values.shape]))


def _sized(settings, size: tuple[int, int]):
    return replace(settings, kernel=sized(settings.kernel, *size, KERNELS))


def _apart(settings, apart: bool):
    """Give height and width sliders of their own, or make everything square again."""
    settings = squared(replace(settings, apart=apart), "stride", "padding", "dilation")
    return settings if apart else _sized(settings, settings.kernel_size[:1] * 2)


TOPIC: Topic[CorrelationSettings] = Topic(
    name="correlation",
    controls=CONTROLS,
    scene_of=scene_of,
    inputs=inputs,
    rules={"kernel": _with_kernel, "kernel_size": _sized, "apart": _apart},
    fields={"x": "input", "w": "kernel"},
)

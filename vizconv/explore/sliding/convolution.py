"""The explorer of a convolution: a kernel beside its rotation, and which of the two slides over the input."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv import scenes
from vizconv.engine.geometry import rot180
from vizconv.engine.operations import correlation as correlate
from vizconv.examples.matrices import IMPORTS, INPUTS, KERNELS, Input
from vizconv.explore.chosen import Chosen, InputSettings, pixels_of, read_input, read_kernel, sized
from vizconv.explore.code import literal, written
from vizconv.explore.controls import Choice, Digit, Preset, Slider, read
from vizconv.explore.explorer import Explorer
from vizconv.explore.topic import Topic, two_inputs

OPERATIONS = {"* convolution": "*", "⋆ cross-correlation": "⋆"}
FUNCTIONS = {"*": "convolve", "⋆": "cross_correlate"}


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
LARGEST = 6  # rows and columns of a kernel: a larger one would not fit a page
CONTROLS = (
    Choice("operation", OPERATIONS),
    Preset("input", tuple(PICTURES), lambda settings, name: PICTURES[name].make(), title="input x"),
    Preset("kernel", tuple(PATTERNS), lambda settings, name: _pattern(settings, name), title="kernel k"),
    Digit("digit", group="digit"),
    Slider("kernel_size", 1, LARGEST, title="kernel size", more=True, when=("square", (True,))),
    Choice("padding", ("valid", "same", "full"), more=True, plain="valid"),
)


@dataclass(frozen=True, eq=False, kw_only=True)
class ConvolutionSettings(InputSettings):
    """An input and a kernel, each a preset or the learner's own, and what is done with them.

    `operation` is "*" or "⋆", `padding` "valid", "same" or "full".
    """

    kernel: Chosen
    operation: str
    padding: str

    @property
    def k(self) -> np.ndarray:
        """The kernel (KH, KW)."""
        return self.kernel.values

    @property
    def kernel_size(self) -> int:
        """Rows of the kernel."""
        return len(self.k)

    @property
    def square(self) -> bool:
        """Whether the kernel has one size."""
        return self.k.shape == (self.kernel_size,) * 2


def convolution(
    x: ArrayLike | None = None,
    k: ArrayLike | None = None,
    *,
    operation: str = "*",
    padding: str = "valid",
) -> Explorer:
    """Explore x * k = x ⋆ rot180(k): k and its rotation side by side, and a switch to x ⋆ k.

    x and k are matrices or the names of presets (PICTURES and PATTERNS); by default the worked example.
    `operation` is "*" (convolution) or "⋆" (cross-correlation), `padding` is "valid", "same" or "full".
    A kernel that does not fit is explained on the stage.
    """
    return Explorer(TOPIC, start(x, k, operation=operation, padding=padding))


def start(x: ArrayLike | None = None, k: ArrayLike | None = None, **given: Any) -> ConvolutionSettings:
    """Read the arguments of `convolution`; raise TypeError or ValueError for what is no setting at all."""
    input, kernel = read_input(x, PICTURES), read_kernel(k, PATTERNS)
    return ConvolutionSettings(input=input, kernel=kernel, **read(CONTROLS, **given))


def scene_of(settings: ConvolutionSettings) -> scenes.Scene:
    """Return the scene of the settings."""
    flips = settings.operation == "*"
    slides, odd = (rot180(settings.k), "before") if flips else (settings.k, "after")
    make = scenes.convolution if flips else scenes.correlation_beside
    record = correlate(settings.x, slides, padding=settings.padding, odd=odd)
    return make(record, settings.notes, as_code(settings), pixels_of(settings.input, PICTURES))


def inputs(settings: ConvolutionSettings) -> tuple[scenes.Panel, ...]:
    """Return x and k."""
    pixels = pixels_of(settings.input, PICTURES)
    return two_inputs(settings.x, settings.k, ("x", "k"), settings.operation, pixels)


def as_code(settings: ConvolutionSettings) -> str:
    """Return the lines of Python that make the same y."""
    x, k = written(settings.input, PICTURES), literal(settings.k)
    extra = "" if settings.padding == "valid" else f", padding={settings.padding!r}"
    return f"{IMPORTS}x = {x}\nk = {k}\ny = vc.{FUNCTIONS[settings.operation]}(x, k{extra})\n"


def _pattern(settings, name: str) -> np.ndarray:
    return PATTERNS[name](*settings.k.shape)


def _sized(settings, size: int):
    return replace(settings, kernel=sized(settings.kernel, size, size, PATTERNS))


TOPIC: Topic[ConvolutionSettings] = Topic(
    name="convolution",
    controls=CONTROLS,
    scene_of=scene_of,
    inputs=inputs,
    rules={"kernel_size": _sized},
    fields={"x": "input", "k": "kernel"},
)

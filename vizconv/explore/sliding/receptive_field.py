"""The explorer of two layers in a row: the pixels that a cell of the second map saw, and a ReLU between."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv import scenes
from vizconv.engine.geometry import DoesNotFit
from vizconv.engine.operations.activation import relu
from vizconv.engine.operations.convolution import Conv2dRecord, conv2d
from vizconv.examples.matrices import IMPORTS, nonzero
from vizconv.explore.code import row_literal
from vizconv.explore.controls import Slider, Switch, read
from vizconv.explore.explorer import Explorer
from vizconv.explore.sliding.comparing import comparable, differ, incomparable
from vizconv.explore.topic import Topic

LARGEST, WIDEST = 10, 3  # pixels of x and weights of a kernel, down and across
CONTROLS = (
    Slider("size", 2, LARGEST, title="size of x", more=True),
    Slider("kernel_size1", 1, WIDEST, title="kernel of 1", keyword="kernel1"),
    Slider("stride1", 1, 3, title="stride of 1"),
    Slider("kernel_size2", 1, WIDEST, title="kernel of 2", keyword="kernel2"),
    Slider("stride2", 1, 3, title="stride of 2"),
    Switch("relu", title="ReLU between the two", more=True),
)


@dataclass(frozen=True, eq=False, kw_only=True)
class ReceptiveFieldSettings:
    """The first part of x and of the kernels w1 and w2, and how the two slide.

    `relu` says whether a ReLU stands between the two layers.
    """

    x: np.ndarray
    w1: np.ndarray
    w2: np.ndarray
    size: int
    kernel_size1: int
    stride1: int
    kernel_size2: int
    stride2: int
    relu: bool


def receptive_field(
    *,
    size: int = 7,
    kernel1: int = 3,
    stride1: int = 1,
    kernel2: int = 3,
    stride2: int = 1,
    relu: bool = False,
) -> Explorer:
    """Explore two layers in a row: point at a cell of the second map, and see the pixels that it saw.

    Whole numbers, as the sliders go. What does not fit is explained on the stage. Raises TypeError or
    ValueError for what is no setting at all.
    """
    sliding = {"kernel1": kernel1, "stride1": stride1, "kernel2": kernel2, "stride2": stride2}
    generator = np.random.default_rng(4)
    x, w1, w2 = (nonzero(generator, 3, (side, side)) for side in (LARGEST, WIDEST, WIDEST))
    given = read(CONTROLS, size=size, relu=relu, **sliding)
    return Explorer(TOPIC, ReceptiveFieldSettings(x=x, w1=w1, w2=w2, **given))


# ---- From settings to a scene ------------------------------------------------------------------------------


def scene_of(settings: ReceptiveFieldSettings) -> scenes.Scene:
    """Return the scene of the settings."""
    x, w1, w2 = used(settings)
    first = _layer(1, x, w1, settings.stride1)
    gate = relu(first.y) if settings.relu else None
    second = _layer(2, (first.y if gate is None else gate.y)[0, 0], w2, settings.stride2)
    scene = scenes.receptive_field(first, second, gate, (), as_code(settings))
    return replace(scene, notes=(_field(settings), _alike(scene, settings)))


def inputs(settings: ReceptiveFieldSettings) -> tuple[scenes.Panel, ...]:
    """Return what the layer that does not fit gets, and its kernel; what is a result cannot be edited."""
    x, w1, w2 = used(settings)
    if settings.kernel_size1 > settings.size:
        kernel = scenes.Panel("w1", w1, (0, 1), "w", "1", sign="⋆", editable=True)
        return scenes.Panel("x", x, (0, 0), editable=True), kernel
    y1 = _layer(1, x, w1, settings.stride1).y[0, 0]
    kernel = scenes.Panel("w2", w2, (0, 1), "w", "2", sign="⋆", editable=True)
    return scenes.Panel("y1", y1, (0, 0), "y", "1"), kernel


def _layer(number: int, x, w, stride: int) -> Conv2dRecord:
    """Run a layer; one that does not fit says which it is."""
    try:
        return conv2d(x[None, None], w[None, None], stride=stride)
    except DoesNotFit as error:
        raise DoesNotFit(f"layer {number}: {error.what}", error.ways) from error


def used(settings: ReceptiveFieldSettings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the part in use of x, w1 and w2."""
    sizes = settings.size, settings.kernel_size1, settings.kernel_size2
    arrays = settings.x, settings.w1, settings.w2
    x, w1, w2 = (array[:size, :size] for array, size in zip(arrays, sizes, strict=True))
    return x, w1, w2


def _field(settings) -> str:
    kernel1, stride1, kernel2 = settings.kernel_size1, settings.stride1, settings.kernel_size2
    field = kernel1 + stride1 * (kernel2 - 1)
    holes = " with holes" if stride1 > kernel1 and kernel2 > 1 else ""
    return (
        f"A cell of y2 saw {field}×{field} pixels{holes}: K1 + S1 · (K2 − 1) = {kernel1} + "
        f"{stride1} · {kernel2 - 1}. Its neighbour's begin S1 · S2 = {stride1 * settings.stride2} further on."
    )


def _alike(scene, settings) -> str:
    y2, straight = scene.panel("y2").values, scene.panel("whole").values
    compared = int(comparable(y2, straight).sum())
    left_out = incomparable(y2.size - compared)
    if not settings.relu:
        return f"Without a ReLU the two layers are one: w12 makes the same numbers straight from x.{left_out}"
    cells = int(differ(y2, straight).sum())
    return f"With the ReLU, x ⋆ w12 differs from y2 in {cells} of {compared} cells.{left_out}"


def as_code(settings: ReceptiveFieldSettings) -> str:
    """Return the lines of Python that make the same y1 and y2."""
    x, w1, w2 = used(settings)
    between = "vc.relu(y1).y" if settings.relu else "y1"
    return (
        f"{IMPORTS}x = {row_literal(x)}\nw1 = {row_literal(w1)}\nw2 = {row_literal(w2)}\n"
        f"y1 = vc.cross_correlate(x, w1, stride={settings.stride1})\n"
        f"y2 = vc.cross_correlate({between}, w2, stride={settings.stride2})\n"
    )


TOPIC: Topic[ReceptiveFieldSettings] = Topic(
    name="receptive field", controls=CONTROLS, scene_of=scene_of, inputs=inputs
)

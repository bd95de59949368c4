"""The explorer of two layers in a row: the pixels that a cell of the second map saw, and a ReLU between."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv import scenes
from vizconv.engine.operations.activation import relu
from vizconv.engine.operations.convolution import conv2d
from vizconv.examples.matrices import IMPORTS, nonzero
from vizconv.explore.arguments import require_in_ranges
from vizconv.explore.code import row_literal
from vizconv.explore.controls import sliders, switch
from vizconv.explore.explorer import Explorer, Topic, as_sentence
from vizconv.explore.sliding.comparing import comparable, differ, incomparable

RANGES = {"size": (2, 10), "kernel1": (1, 3), "stride1": (1, 3), "kernel2": (1, 3), "stride2": (1, 3)}
TITLES = {
    "size": "size of x",
    "kernel1": "kernel of 1",
    "stride1": "stride of 1",
    "kernel2": "kernel of 2",
    "stride2": "stride of 2",
}


@dataclass(frozen=True, eq=False)
class ReceptiveFieldSettings:
    """What the explorer shows: the first part of x and of the kernels w1 and w2, and how the two slide.

    `relu` says whether a ReLU stands between the two layers.
    """

    x: np.ndarray
    w1: np.ndarray
    w2: np.ndarray
    size: int
    kernel1: int
    stride1: int
    kernel2: int
    stride2: int
    relu: bool


def receptive_field(*, size=7, kernel1=3, stride1=1, kernel2=3, stride2=1, relu=False) -> Explorer:
    """Explore two layers in a row: point at a cell of the second map, and see the pixels that it saw.

    Whole numbers, as in RANGES. What does not fit is explained on the stage. Raises TypeError or ValueError
    for what is no setting at all.
    """
    given = {"size": size, "kernel1": kernel1, "stride1": stride1, "kernel2": kernel2, "stride2": stride2}
    settings = start(relu=relu, **given)
    shown = values(settings)
    controls = sliders(shown, RANGES, TITLES)
    controls["relu"] = switch("ReLU between the two", shown["relu"])
    return Explorer(TOPIC, settings, controls)


def start(*, relu=False, **sizes) -> ReceptiveFieldSettings:
    """Read the arguments of `receptive_field`."""
    require_in_ranges(sizes, RANGES)
    generator = np.random.default_rng(4)
    shapes = [[RANGES[name][1]] * 2 for name in ("size", "kernel1", "kernel2")]
    arrays = [nonzero(generator, 3, shape) for shape in shapes]
    return ReceptiveFieldSettings(*arrays, **sizes, relu=bool(relu))


# ---- From settings to a scene ------------------------------------------------------------------------------


@np.errstate(over="ignore", invalid="ignore")  # a sum may be infinite: that is shown, too
def scene_of(settings: ReceptiveFieldSettings) -> scenes.Scene:
    """Return the scene of the settings; where a kernel does not fit, the sentence that says why."""
    x, w1, w2 = used(settings)
    layer, fed, slid = 1, x, w1
    try:
        first = conv2d(x[None, None], w1[None, None], stride=settings.stride1)
        layer, fed, slid = 2, first.y[0, 0], w2
        gate = relu(first.y) if settings.relu else None
        second = conv2d(first.y if gate is None else gate.y, w2[None, None], stride=settings.stride2)
    except ValueError as error:
        return _unfitting(layer, fed, slid, as_sentence(error))
    scene = scenes.receptive_field(first, second, gate, (), as_code(settings))
    return replace(scene, notes=(_field(settings), _alike(scene, settings)))


def used(settings: ReceptiveFieldSettings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the part in use of x, w1 and w2."""
    sizes = settings.size, settings.kernel1, settings.kernel2
    arrays = settings.x, settings.w1, settings.w2
    return tuple(array[:size, :size] for array, size in zip(arrays, sizes, strict=True))


def _unfitting(layer, fed, slid, sentence):
    """Show the map and the kernel of the layer that does not fit; only what is no result can be edited."""
    scene = scenes.unfitting(fed, slid, (f"Layer {layer}: {sentence}",))
    x, w = scene.panels
    names = ("x", "w1") if layer == 1 else ("y1", "w2")
    labels = ("x", "w") if layer == 1 else ("y", "w")
    subscripts = ("", "1") if layer == 1 else ("1", "2")
    renamed = [
        replace(panel, name=name, label=label, subscript=subscript)
        for panel, name, label, subscript in zip((x, w), names, labels, subscripts, strict=True)
    ]
    return replace(scene, panels=(replace(renamed[0], editable=layer == 1), renamed[1]))


def _field(settings) -> str:
    field = settings.kernel1 + settings.stride1 * (settings.kernel2 - 1)
    holes = " with holes" if settings.stride1 > settings.kernel1 and settings.kernel2 > 1 else ""
    return (
        f"A cell of y2 saw {field}×{field} pixels{holes}: K1 + S1 · (K2 − 1) = {settings.kernel1} + "
        f"{settings.stride1} · {settings.kernel2 - 1}. Its neighbour's begin S1 · S2 = "
        f"{settings.stride1 * settings.stride2} further on."
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


# ---- How settings change -----------------------------------------------------------------------------------


def change(settings: ReceptiveFieldSettings, name: str, value) -> ReceptiveFieldSettings:
    """Return the settings after one control was set to a value."""
    return replace(settings, **{name: value})


def edit(settings: ReceptiveFieldSettings, scene, panel: str, cell: int, value) -> ReceptiveFieldSettings:
    """Return the settings after a learner typed a value into a cell of x, w1 or w2."""
    index = scene.panel(panel).index_of(cell)
    return replace(settings, **{panel: scenes.put_at(getattr(settings, panel), index, value)})


def values(settings: ReceptiveFieldSettings) -> dict:
    """Return what every control says for these settings."""
    return {name: getattr(settings, name) for name in (*RANGES, "relu")}


TOPIC = Topic("receptive field", scene_of, change, edit, values)

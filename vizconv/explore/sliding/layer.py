"""The explorer of a convolutional layer: channels, filters, every channel's share, and the bias."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vizconv import scenes
from vizconv.engine.operations.convolution import Conv2dRecord, conv2d
from vizconv.examples.layers import OUTPUT, layer_numbers
from vizconv.examples.matrices import IMPORTS
from vizconv.explore.code import row_literal
from vizconv.explore.controls import Choice, Slider, Switch, read
from vizconv.explore.explorer import Explorer
from vizconv.explore.topic import Topic, two_inputs

CONTROLS = (
    Slider("channels", 1, 4, group="filters"),
    Slider("filters", 1, 4, group="filters"),
    Slider("filter", last="filters", title="filter shown", group="filters", when=("filters", (2, 3, 4))),
    Slider("size", 2, 6, title="size of x", more=True),
    Slider("kernel_size", 1, 3, title="kernel size", keyword="kernel", more=True),
    Slider("stride", 1, 3, more=True, plain=1),
    Slider("padding", 0, 1, more=True, plain=0),
    Choice("bias", ("tied", "untied", "none"), more=True, plain="tied"),
    Switch("gradient", title="gradient of the bias", more=True, when=("bias", ("tied", "untied"))),
)


@dataclass(frozen=True, eq=False, kw_only=True)
class LayerSettings:
    """A layer. The arrays are as large as the sliders go; their first part is in use.

    x (C, H, H), w (F, C, K, K), b (F), untied (F, OH, OW), dy (F, OH, OW); `bias` is "tied", "untied" or
    "none"; `filter` is the one on the stage; `gradient` says whether dy, db and L are there.
    """

    x: np.ndarray
    w: np.ndarray
    b: np.ndarray
    untied: np.ndarray
    dy: np.ndarray
    channels: int
    filters: int
    size: int
    kernel_size: int
    stride: int
    padding: int
    bias: str
    filter: int = 0
    gradient: bool = False


def layer(
    *,
    channels: int = 2,
    filters: int = 2,
    size: int = 4,
    kernel: int = 2,
    stride: int = 1,
    padding: int = 0,
    bias: str = "tied",
    gradient: bool = False,
) -> Explorer:
    """Explore y_f = b_f + Σ_c x_c ⋆ w_fc: point at y, and see what each channel and the bias add.

    Whole numbers, as the sliders go; channel 0 and the first kernel are those of lesson 01. `bias` is "tied"
    (one number a filter), "untied" (one a cell of y) or "none"; with `gradient` dy, db and L stand below. A
    setting that does not fit is explained on the stage. Raises TypeError or ValueError for what is no
    setting at all.
    """
    sizes = {"channels": channels, "filters": filters, "size": size, "kernel": kernel}
    given = read(CONTROLS, **sizes, stride=stride, padding=padding, bias=bias, gradient=gradient)
    numbers = layer_numbers()
    untied = np.repeat(numbers.b, OUTPUT**2).reshape(numbers.dy.shape)
    return Explorer(TOPIC, LayerSettings(**vars(numbers), untied=untied, **given))


# ---- From settings to a scene ------------------------------------------------------------------------------


def scene_of(settings: LayerSettings) -> scenes.Scene:
    """Return the scene of the settings."""
    record = run(settings)
    scene = _filter(settings, record)
    return replace(scene, notes=(*scene.notes, _count(record)), code=as_code(settings, record))


def inputs(settings: LayerSettings) -> tuple[scenes.Panel, ...]:
    """Return channel 0 and the first kernel of the filter on the stage."""
    x, w = used(settings)
    return two_inputs(x[0], w[settings.filter, 0])


def _filter(settings, record) -> scenes.Scene:
    if not settings.gradient or record.bias is None:
        return scenes.layer(record, filter=settings.filter)
    rows, columns = record.geometry.output_size
    dy = settings.dy[None, : settings.filters, :rows, :columns]
    return scenes.layer_bias(record, dy, filter=settings.filter)


def used(settings: LayerSettings) -> tuple[np.ndarray, np.ndarray]:
    """Return the part in use of x (C, H, H) and of w (F, C, K, K)."""
    x = settings.x[: settings.channels, : settings.size, : settings.size]
    w = settings.w[: settings.filters, : settings.channels, : settings.kernel_size, : settings.kernel_size]
    return x, w


def run(settings: LayerSettings) -> Conv2dRecord:
    """Run the layer; raise ValueError where no window fits."""
    x, w = used(settings)
    sliding: dict[str, Any] = {"stride": settings.stride, "padding": settings.padding}
    if settings.bias != "untied":
        bias = settings.b[: settings.filters] if settings.bias == "tied" else None
        return conv2d(x[None], w, bias, **sliding)
    rows, columns = conv2d(x[None], w, **sliding).geometry.output_size
    return conv2d(x[None], w, settings.untied[: settings.filters, :rows, :columns], **sliding)


def _count(record: Conv2dRecord) -> str:
    """Say how many numbers the layer learns."""
    filters, channels, height, width = record.weight.shape
    weights = f"{filters} · {channels} · {height} · {width} weight{'s' * (record.weight.size > 1)}"
    if record.bias is None:
        return f"The layer learns {weights} = {record.weight.size}."
    every = " · ".join(map(str, record.bias.shape))
    biases = "biases" if record.bias.size > 1 else "bias"
    return f"The layer learns {weights} + {every} {biases} = {record.weight.size + record.bias.size}."


def as_code(settings: LayerSettings, record: Conv2dRecord) -> str:
    """Return the lines of Python that make the same y, of all filters."""
    bias = "None" if record.bias is None else row_literal(record.bias)
    x, w = used(settings)
    return (
        f"{IMPORTS}x = {row_literal(x)}\nw = {row_literal(w)}\nb = {bias}\n"
        f"y = vc.conv2d(x[None], w, b, stride={settings.stride}, padding={settings.padding}).y[0]\n"
    )


# ---- How settings change -----------------------------------------------------------------------------------


def settle(settings: LayerSettings) -> LayerSettings:
    """Return the settings with a filter that is there: without its filter the last one is shown."""
    return replace(settings, filter=min(settings.filter, settings.filters - 1))


def edit(settings: LayerSettings, scene: scenes.Scene, panel: str, cell: int, value: float) -> LayerSettings:
    """Return the settings after a learner typed a value into a cell of x, w, b or dy."""
    index = scene.panel(panel).index_of(cell)
    if panel in "xw" and len(index) == 2:
        index = (0, *index)  # a single channel stands there without its axis
    name = "untied" if panel == "b" and index else panel
    place = index if name == "x" else (settings.filter, *index)
    return replace(settings, **{name: scenes.put_at(getattr(settings, name), place, value)})


TOPIC: Topic[LayerSettings] = Topic(
    name="layer",
    controls=CONTROLS,
    scene_of=scene_of,
    inputs=inputs,
    settle=settle,
    edit=edit,
    gradients={"db": "b"},
)

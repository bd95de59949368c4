"""The explorer of a convolutional layer: channels, filters, every channel's share, and the bias."""

from dataclasses import dataclass, replace

import ipywidgets
import numpy as np

from vizconv import scenes
from vizconv.engine.operations.convolution import Conv2dRecord, conv2d
from vizconv.examples.layers import OUTPUT, layer_numbers
from vizconv.examples.matrices import IMPORTS
from vizconv.explore.arguments import require_in_ranges, require_one_of
from vizconv.explore.code import row_literal
from vizconv.explore.controls import choice, slider, sliders, switch
from vizconv.explore.explorer import Explorer, Topic, as_sentence

RANGES = {
    "channels": (1, 4),
    "filters": (1, 4),
    "size": (2, 6),
    "kernel": (1, 3),
    "stride": (1, 3),
    "padding": (0, 1),
}
TITLES = {"size": "size of x", "kernel": "kernel size"}
BIASES = ("tied", "untied", "none")


@dataclass(frozen=True, eq=False)
class LayerSettings:
    """All that the explorer shows. The arrays are as large as the sliders go; their first part is in use.

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
    kernel: int
    stride: int
    padding: int
    bias: str
    filter: int = 0
    gradient: bool = False


def layer(
    *, channels=2, filters=2, size=4, kernel=2, stride=1, padding=0, bias="tied", gradient=False
) -> Explorer:
    """Explore y_f = b_f + Σ_c x_c ⋆ w_fc: point at y, and see what each channel and the bias add.

    Whole numbers, as in RANGES; channel 0 and the first kernel are those of lesson 01. `bias` is "tied" (one
    number a filter), "untied" (one a cell of y) or "none"; with `gradient` dy, db and L stand below. A
    setting that does not fit is explained on the stage. Raises TypeError or ValueError for what is no
    setting at all.
    """
    given = {"channels": channels, "filters": filters, "size": size, "kernel": kernel}
    settings = start(bias=bias, gradient=gradient, stride=stride, padding=padding, **given)
    return Explorer(TOPIC, settings, _controls(settings))


def start(*, bias="tied", gradient=False, **sizes) -> LayerSettings:
    """Read the arguments of `layer`."""
    require_in_ranges(sizes, RANGES)
    require_one_of(bias, "bias", BIASES)
    numbers = layer_numbers()
    untied = np.repeat(numbers.b, OUTPUT**2).reshape(numbers.dy.shape)
    return LayerSettings(**vars(numbers), untied=untied, **sizes, bias=bias, gradient=bool(gradient))


# ---- From settings to a scene ------------------------------------------------------------------------------


@np.errstate(over="ignore", invalid="ignore")  # a sum may be infinite: that is shown, too
def scene_of(settings: LayerSettings) -> scenes.Scene:
    """Return the scene of the settings; where no window fits, x and w with the sentence that says why."""
    try:
        record = run(settings)
    except ValueError as error:
        x, w = used(settings)
        return scenes.unfitting(x[0], w[settings.filter, 0], (as_sentence(error),))
    chosen = {"filter": settings.filter}
    if settings.gradient and record.bias is not None:
        rows, columns = record.geometry.output_size
        dy = settings.dy[None, : settings.filters, :rows, :columns]
        scene = scenes.layer_bias(record, dy, **chosen)
    else:
        scene = scenes.layer(record, **chosen)
    return replace(scene, notes=(*scene.notes, _count(record)), code=as_code(settings))


def used(settings: LayerSettings) -> tuple[np.ndarray, np.ndarray]:
    """Return the part in use of x (C, H, H) and of w (F, C, K, K)."""
    x = settings.x[: settings.channels, : settings.size, : settings.size]
    w = settings.w[: settings.filters, : settings.channels, : settings.kernel, : settings.kernel]
    return x, w


def run(settings: LayerSettings) -> Conv2dRecord:
    """Run the layer; raise ValueError where no window fits."""
    x, w = used(settings)
    sliding = {"stride": settings.stride, "padding": settings.padding}
    if settings.bias != "untied":
        bias = settings.b[: settings.filters] if settings.bias == "tied" else None
        return conv2d(x[None], w, bias, **sliding)
    rows, columns = conv2d(x[None], w, **sliding).geometry.output_size
    return conv2d(x[None], w, settings.untied[: settings.filters, :rows, :columns], **sliding)


def _count(record: Conv2dRecord) -> str:
    """Say how many numbers the layer learns."""
    filters, channels, height, width = record.weight.shape
    weights = f"{filters} · {channels} · {height} · {width} weights"
    if record.bias is None:
        return f"The layer learns {weights} = {record.weight.size}."
    every = " · ".join(map(str, record.bias.shape))
    return f"The layer learns {weights} + {every} biases = {record.weight.size + record.bias.size}."


def as_code(settings: LayerSettings) -> str:
    """Return the lines of Python that make the same y, of all filters."""
    record = run(settings)
    bias = "None" if record.bias is None else row_literal(record.bias)
    x, w = used(settings)
    return (
        f"{IMPORTS}x = {row_literal(x)}\nw = {row_literal(w)}\nb = {bias}\n"
        f"y = vc.conv2d(x[None], w, b, stride={settings.stride}, padding={settings.padding}).y[0]\n"
    )


# ---- How settings change -----------------------------------------------------------------------------------


def change(settings: LayerSettings, name: str, value) -> LayerSettings:
    """Return the settings after one control was set to a value; without its filter the last one is shown."""
    changed = replace(settings, **{name: value})
    return replace(changed, filter=min(changed.filter, changed.filters - 1))


def edit(settings: LayerSettings, scene, panel: str, cell: int, value: float) -> LayerSettings:
    """Return the settings after a learner typed a value into a cell of x, w, b or dy."""
    index = scene.panel(panel).index_of(cell)
    if panel in "xw" and len(index) == 2:
        index = (0, *index)  # a single channel stands there without its axis
    name = "untied" if panel == "b" and index else panel
    place = index if name == "x" else (settings.filter, *index)
    return replace(settings, **{name: scenes.put_at(getattr(settings, name), place, value)})


# ---- Controls ----------------------------------------------------------------------------------------------


def values(settings: LayerSettings) -> dict:
    """Return what every control says for these settings."""
    names = (*RANGES, "filter", "bias", "gradient")
    return {name: getattr(settings, name) for name in names}


def hidden(settings: LayerSettings) -> set[str]:
    """Return the controls that mean nothing now: a choice of one filter, and db without a bias."""
    meaningless = {"filter": settings.filters == 1, "gradient": settings.bias == "none"}
    return {name for name, hide in meaningless.items() if hide}


def _controls(settings):
    shown = values(settings)
    sizes = sliders(shown, RANGES, TITLES)
    filter = slider("filter shown", shown["filter"], 0, settings.filters - 1)
    ipywidgets.dlink((sizes["filters"], "value"), (filter, "max"), lambda count: count - 1)
    return {
        "filter": filter,
        **sizes,
        "bias": choice("bias", BIASES, shown["bias"]),
        "gradient": switch("gradient of the bias", shown["gradient"]),
    }


TOPIC = Topic("layer", scene_of, change, edit, values, hidden, gradients={"db": "b"})

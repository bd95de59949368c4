"""The explorer of a count: what a fully connected and a convolutional layer learn, up to a whole photo."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv import scenes
from vizconv.engine.geometry import pair, whole
from vizconv.engine.types import Size
from vizconv.engine.writing import counted
from vizconv.explore.controls import Slider, Steps, read
from vizconv.explore.explorer import Beside, Explorer
from vizconv.explore.topic import Topic
from vizconv.stage.curves import Curves

SIZES = ((28, 28), (64, 64), (128, 128), (224, 224), (480, 640), (1080, 1920), (2160, 3840), (4000, 6000))
CHANNELS = (1, 3, 6, 16, 32, 64, 128)
OUTPUTS = (1, 2, 6, 10, 16, 32, 64, 120, 256, 1000, 4096)  # units, or filters
COUNTED = {f"{count:,}": count for count in OUTPUTS}
CONTROLS = (
    Steps("size", {f"{height}×{width}": (height, width) for height, width in SIZES}, title="picture"),
    Steps("channels", CHANNELS, title="channels C", more=True),
    Steps("units", COUNTED, more=True),
    Slider("kernel_size", 1, 11, title="kernel size", keyword="kernel"),
    Steps("filters", COUNTED, title="filters F"),
)
UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1, "bytes"))
BYTES = 4  # of a float32


@dataclass(frozen=True, kw_only=True)
class ParametersSettings:
    """The picture's (height, width) and channels, the units, and the filters with their kernel's side."""

    size: tuple[int, int]
    channels: int
    units: int
    kernel_size: int
    filters: int


def parameters(
    size: Size = (28, 28), channels: int = 1, *, units: int = 120, kernel: int = 5, filters: int = 6
) -> Explorer:
    """Count the parameters of a fully connected and of a convolutional layer for the same picture.

    `size` is one of SIZES, `channels` of CHANNELS, `units` and `filters` of OUTPUTS, `kernel` 1 to 11.
    Raises TypeError for what is no whole number, ValueError for others.
    """
    counts = {"channels": channels, "units": units, "kernel": kernel, "filters": filters}
    counts = {name: whole(count, name, 0) for name, count in counts.items()}
    settings = ParametersSettings(**read(CONTROLS, size=pair(size, "size", 1), **counts))
    curves = Curves(x_label="pixels, powers of ten", y_label="learned, powers of ten")
    return Explorer(TOPIC, settings, Beside(curves, traits_of))


# ---- From settings to a scene ------------------------------------------------------------------------------


def scene_of(settings: ParametersSettings) -> scenes.Scene:
    """Return the scene of the settings."""
    return scenes.parameters(
        pixels=settings.size[0] * settings.size[1],
        cells=settings.kernel_size**2,
        channels=settings.channels,
        units=settings.units,
        filters=settings.filters,
        notes=_notes(settings),
        code=as_code(settings),
    )


def learned(settings: ParametersSettings) -> tuple[int, int]:
    """Count what the fully connected and what the convolutional layer learns, one bias for each output."""
    inputs = settings.size[0] * settings.size[1] * settings.channels
    weights = settings.kernel_size**2 * settings.channels
    return (inputs + 1) * settings.units, (weights + 1) * settings.filters


def _notes(settings) -> tuple[str, ...]:
    dense, convolutional = learned(settings)
    side, filters = settings.kernel_size, settings.filters
    return (
        f"Fully connected: {_learned(dense, settings.units)}, {_memory(dense)} as float32.",
        f"Convolutional: {_learned(convolutional, filters)}, "
        f"{_memory(convolutional)}: {side}·{side}·{settings.channels} + 1 = {convolutional // filters:,} "
        "a filter, whatever the picture's size.",
    )


def _learned(count: int, biases: int) -> str:
    return f"{counted(count - biases, 'weight')} and {counted(biases, 'bias', 'biases')}"


def _memory(count: int) -> str:
    size, unit = next(pair for pair in UNITS if count * BYTES >= pair[0])
    return f"{count * BYTES / size:,.0f} {unit}"


def traits_of(settings: ParametersSettings, _: scenes.Scene) -> dict:
    """Return what the chart shows: both counts for all sizes of the picture, the present ones as points."""
    every = [replace(settings, size=size) for size in SIZES]
    x, y = np.log10([np.prod(size) for size in SIZES]), np.log10([learned(each) for each in every])
    names = ("fully connected", "convolutional")
    lines = [{"name": name, "x": x, "y": column} for name, column in zip(names, y.T, strict=True)]
    here = SIZES.index(settings.size)
    points = [{"x": x[here], "y": each} for each in y[here]]
    return {"lines": lines, "points": points, "y_range": (0.0, 14.0)}


def as_code(settings: ParametersSettings) -> str:
    """Return the lines of Python that count the same."""
    (height, width), channels, side = settings.size, settings.channels, settings.kernel_size
    return (
        f"dense = ({height} * {width} * {channels} + 1) * {settings.units}\n"
        f"convolutional = ({side} * {side} * {channels} + 1) * {settings.filters}\n"
    )


TOPIC: Topic[ParametersSettings] = Topic(name="parameters", controls=CONTROLS, scene_of=scene_of)

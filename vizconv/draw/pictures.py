"""Pictures for the lessons: images, feature maps, curves of training, probabilities."""

from collections.abc import Collection, Mapping, Sequence, Sized

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from vizconv.draw.figures import (
    BLUE,
    GREEN,
    INK,
    ON_ANY_PAPER,
    ORANGE,
    SIGNED,
    new_figure,
    plain_legend,
)
from vizconv.engine.arrays import largest_of, numbers

MOST_PICTURES = 256
CURVE_COLOURS = (BLUE, ORANGE, GREEN, INK)


@rc_context(ON_ANY_PAPER)
def images(batch: ArrayLike, titles: Sequence[str] = (), columns: int = 10) -> Figure:
    """Draw grey images (N, H, W), at most 256, in rows, each with its title if there are titles.

    Raises ValueError for other axes, more images and another number of titles.
    """
    batch = _read(batch, "batch", "NHW", "[:, 0]")
    _require_few(batch, "batch")
    if len(titles):
        _require_one_each(titles, "titles", batch, "image")
    columns = min(columns, max(1, len(batch)))
    rows, side = -(-len(batch) // columns), float(np.clip(4.8 / columns, 0.95, 2.4))  # inches
    figure = new_figure(columns * side, rows * (side + 0.2), "none")
    for number, image in enumerate(batch):
        axes = figure.add_subplot(rows, columns, number + 1)
        axes.imshow(image, cmap="gray_r")
        axes.set_axis_off()
        if len(titles):
            axes.set_title(str(titles[number]), size=9, parse_math=False)
    return figure


@rc_context(ON_ANY_PAPER)
def feature_maps(maps: ArrayLike, title: str = "") -> Figure:
    """Draw feature maps (C, H, W), at most 256, side by side on one zero-centred colour scale.

    Raises ValueError for other axes and for more maps.
    """
    maps = _read(maps, "maps", "CHW", "[0]")
    _require_few(maps, "maps")
    columns = min(len(maps), 8)
    rows = -(-len(maps) // columns)
    width, height = columns * 1.15 + 0.8, rows * 1.25 + 0.35
    figure = new_figure(width, height, "none")
    figure.subplots_adjust(0.02, 0.02, 1 - 0.8 / width, 1 - 0.5 / height, wspace=0.08)
    largest = largest_of([maps]) or 1.0
    for number, values in enumerate(maps):
        axes = figure.add_subplot(rows, columns, number + 1)
        axes.imshow(values, cmap=SIGNED, vmin=-largest, vmax=largest)
        axes.set_axis_off()
        axes.set_title(str(number), size=8)
    figure.colorbar(
        figure.axes[-1].images[0], cax=figure.add_axes((1 - 0.65 / width, 0.12, 0.1 / width, 0.6))
    )
    figure.suptitle(title, size=11, x=0.02, y=0.98, ha="left", parse_math=False)
    return figure


@rc_context(ON_ANY_PAPER)
def curves(series: dict[str, tuple], x_label: str = "step", y_label: str = "") -> Figure:
    """Draw one to four curves by name, each as (x values, y values).

    Raises TypeError for what holds no curves by name, and ValueError for too many and for what is no pair.
    """
    _require_curves(series)
    figure = new_figure(6.4, 3.2, "none")
    axes = figure.add_subplot()
    for (name, (x, y)), colour in zip(series.items(), CURVE_COLOURS, strict=False):
        axes.plot(x, y, label=name, color=colour, linewidth=1.4, marker="o" if len(x) < 12 else "")
    axes.set_xlabel(x_label, parse_math=False)
    axes.set_ylabel(y_label, parse_math=False)
    axes.spines[["top", "right"]].set_visible(False)
    plain_legend(axes, frameon=False)
    figure.subplots_adjust(bottom=0.2)
    return figure


@rc_context(ON_ANY_PAPER)
def probabilities(values: ArrayLike, names: Sequence[str] | None = None) -> Figure:
    """Draw one bar a class for probabilities (K); the largest stands out.

    Raises ValueError for other axes and for another number of names.
    """
    values = _read(values, "values", "K", "[0]")
    if names is not None:
        _require_one_each(names, "names", values, "probability")
    figure = new_figure(6.4, 2.4, "none")
    axes = figure.add_subplot()
    colours = [ORANGE if k == values.argmax() else BLUE for k in range(len(values))]
    axes.bar(np.arange(len(values)), values, color=colours)
    labels = map(str, range(len(values))) if names is None else names
    axes.set_xticks(np.arange(len(values)), list(labels), parse_math=False)
    axes.set_ylim(0, 1)
    axes.set_ylabel("probability")
    axes.spines[["top", "right"]].set_visible(False)
    figure.subplots_adjust(bottom=0.15)
    return figure


def _require_few(pictures: np.ndarray, name: str) -> None:
    if len(pictures) > MOST_PICTURES:
        raise ValueError(
            f"{name} has length {len(pictures):,}; at most {MOST_PICTURES} pictures are drawn at once, "
            f"{name}[:{MOST_PICTURES}] would fit"
        )


def _read(value, name: str, axes: str, choice: str) -> np.ndarray:
    """Read numbers with these axes; of one axis too many, `choice` is the index that would take it away."""
    array = numbers(value, name)
    if array.ndim == len(axes):
        return array
    fitting = {len(axes) - 1: f"[{name}]", len(axes) + 1: f"{name}{choice}"}
    hint = f"; {fitting[array.ndim]} would fit" if array.ndim in fitting else ""
    raise ValueError(f"{name} has shape {array.shape}; ({', '.join(axes)}) is expected{hint}")


def _require_one_each(labels, name: str, drawn: np.ndarray, thing: str) -> None:
    if len(labels) != len(drawn):
        raise ValueError(f"{name} has length {len(labels)}; {len(drawn)} is expected, one for each {thing}")


def _require_curves(series) -> None:
    if not isinstance(series, Mapping):
        raise TypeError(
            f"series is a {type(series).__name__}; a dictionary from names to pairs (x values, y values) is "
            'expected, such as {"loss": ([0, 1, 2], [0.9, 0.5, 0.4])}'
        )
    if not 1 <= len(series) <= len(CURVE_COLOURS):
        raise ValueError(f"series has {len(series)} curves; 1 to {len(CURVE_COLOURS)} are expected")
    for name, pair in series.items():
        sizes = (
            [len(part) for part in pair if isinstance(part, Sized)] if isinstance(pair, Collection) else []
        )
        if len(sizes) != 2 or len(pair) != 2 or sizes[0] != sizes[1]:
            raise ValueError(f"series[{name!r}] is no pair (x values, y values) of equal length")

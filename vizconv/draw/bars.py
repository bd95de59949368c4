"""Bars by name: numbers from zero on, and seconds that lie far apart."""

from collections.abc import Mapping
from typing import cast

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from vizconv.draw.figures import BLUE, INK, ON_ANY_PAPER, ORANGE, new_figure
from vizconv.engine.writing import format_number

UNITS = ((3600, "h"), (60, "min"), (1, "s"), (1e-3, "ms"), (1e-6, "µs"))  # seconds in each


@rc_context(ON_ANY_PAPER)
def bars(values: Mapping[str, float], title: str = "") -> Figure:
    """Draw one bar for each name, from zero on, with three digits of its number at its end.

    `values` are finite numbers from 0 on, by name; the largest stands out. Raises ValueError for others.
    """
    if not values or not all(0 <= value < float("inf") for value in values.values()):
        raise ValueError(f"values are {dict(values)}; finite numbers from 0 on, by name, are expected")
    most = max(values.values())
    axes = _horizontal(values, most, [format_number(float(f"{value:.3g}")) for value in values.values()])
    axes.set_xlim(0, most or 1)
    axes.set_title(title, size=10, loc="left", parse_math=False)
    return cast(Figure, axes.figure)  # a whole figure, as `new_figure` makes it


@rc_context(ON_ANY_PAPER)
def durations(seconds: Mapping[str, float], title: str = "") -> Figure:
    """Draw one bar for each name on a logarithmic axis: each line is ten times the one before.

    `seconds` are positive numbers by name; the shortest stands out. Raises ValueError for others.
    """
    if not seconds or not all(value > 0 for value in seconds.values()):
        raise ValueError(f"seconds are {dict(seconds)}; positive numbers by name are expected")
    least = min(seconds.values())
    axes = _horizontal(seconds, least, [duration(value) for value in seconds.values()])
    axes.set_xscale("log")
    axes.set_xlim(least / 10)
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("seconds; each line is ten times the one before", size=9)
    axes.set_title(title, size=10, loc="left", parse_math=False)
    return cast(Figure, axes.figure)  # a whole figure, as `new_figure` makes it


def _horizontal(values: Mapping[str, float], outstanding: float, labels: list[str]) -> Axes:
    """Draw one bar for each name from the top down, with its label at its end, in a figure of its own."""
    figure = new_figure(7.2, 0.9 + 0.4 * len(values), "none")
    height = figure.get_figheight()
    axes = figure.add_axes((0.26, 0.5 / height, 0.6, 0.4 * len(values) / height))
    colours = [ORANGE if value == outstanding else BLUE for value in values.values()]
    drawn = axes.barh(range(len(values)), list(values.values()), color=colours, height=0.6)
    axes.set_yticks(range(len(values)), list(values), parse_math=False)
    axes.bar_label(drawn, labels, padding=4, size=9)
    axes.grid(axis="x", color=INK, alpha=0.35, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def duration(seconds: float) -> str:
    """Write seconds in the largest unit that leaves one or more, with two significant digits."""
    size, unit = next((pair for pair in UNITS if seconds >= pair[0]), UNITS[-1])
    return f"{format_number(float(f'{seconds / size:.2g}'))} {unit}"

"""Bars for numbers that lie far apart, such as the seconds that several ways take."""

from collections.abc import Mapping

from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from vizconv.draw.figures import NEGATIVE, POSITIVE, new_figure
from vizconv.engine.writing import format_number

UNITS = ((3600, "h"), (60, "min"), (1, "s"), (1e-3, "ms"), (1e-6, "µs"))  # seconds in each


def durations(seconds: Mapping[str, float], title: str = "") -> Figure:
    """Draw one bar for each name on a logarithmic axis: each line is ten times the one before.

    `seconds` are positive numbers by name; the shortest stands out. Raises ValueError for others.
    """
    if not seconds or not all(value > 0 for value in seconds.values()):
        raise ValueError(f"seconds are {dict(seconds)}; positive numbers by name are expected")
    figure = new_figure(7.2, 0.9 + 0.4 * len(seconds))
    axes = figure.add_axes(
        (0.26, 0.5 / figure.get_figheight(), 0.6, 0.4 * len(seconds) / figure.get_figheight())
    )
    least = min(seconds.values())
    colours = [POSITIVE if value == least else NEGATIVE for value in seconds.values()]
    bars = axes.barh(range(len(seconds)), list(seconds.values()), color=colours, height=0.6)
    axes.set_yticks(range(len(seconds)), list(seconds), parse_math=False)
    axes.bar_label(bars, [duration(value) for value in seconds.values()], padding=4, size=9)
    axes.set_xscale("log")
    axes.set_xlim(least / 10)
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("seconds; each line is ten times the one before", size=9)
    axes.grid(axis="x", color="#d9dce0", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title, size=10, loc="left", parse_math=False)
    return figure


def duration(seconds: float) -> str:
    """Write seconds in the largest unit that leaves one or more, with two significant digits."""
    size, unit = next((pair for pair in UNITS if seconds >= pair[0]), UNITS[-1])
    return f"{format_number(float(f'{seconds / size:.2g}'))} {unit}"

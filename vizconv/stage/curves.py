"""Curves that follow live: a small chart of lines and points, drawn in the browser."""

import base64
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from vizconv.draw.figures import as_png, new_figure, plain_legend
from vizconv.draw.pictures import CURVE_COLOURS
from vizconv.engine.types import present
from vizconv.stage.modules import script, style
from vizconv.stage.widget import Widget

HERE = Path(__file__).parent
MOST_LINES = 10


class Curves(Widget):
    """Show lines and points over two axes; assign other ones, and the chart follows.

    lines: dictionaries {"name", "x", "y"} and, if it is to be dashed, "dashed": True; x and y are numbers of
    equal length, and a line has a gap where one is not finite. points: dictionaries {"x", "y"} and, if it
    has one, a "name". x_range and y_range are (least, most), or None for what the lines and points need.
    drag: how the first point can be dragged along x, {"name", "least", "most", "step"}, or nothing; where to
    is in dragged, {"x", "serial"}. Raises traitlets.TraitError for anything else.
    """

    _esm = script(HERE / "curves.js")
    _css = style(HERE / "curves.css")
    lines = traitlets.List(traitlets.Dict()).tag(sync=True)
    points = traitlets.List(traitlets.Dict()).tag(sync=True)
    x_label = traitlets.Unicode().tag(sync=True)
    y_label = traitlets.Unicode().tag(sync=True)
    x_range = traitlets.List(traitlets.Float(), allow_none=True).tag(sync=True)
    y_range = traitlets.List(traitlets.Float(), allow_none=True).tag(sync=True)
    drag = traitlets.Dict().tag(sync=True)
    dragged = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        lines: Iterable[Mapping[str, Any]] = (),
        points: Iterable[Mapping[str, Any]] = (),
        x_label: str = "",
        y_label: str = "",
        x_range: tuple[float, float] | None = None,
        y_range: tuple[float, float] | None = None,
    ):
        given = {"x_label": x_label, "y_label": y_label, "x_range": x_range, "y_range": y_range}
        super().__init__(lines=lines, points=points, **given)

    @traitlets.validate("lines")
    def _read_lines(self, proposal) -> list[dict]:
        lines = proposal["value"]
        if len(lines) > MOST_LINES:
            raise traitlets.TraitError(f"there are {len(lines)} lines; at most {MOST_LINES} are expected")
        return [_line(line) for line in lines]

    @traitlets.validate("points")
    def _read_points(self, proposal) -> list[dict]:
        return [_point(point) for point in proposal["value"]]

    @traitlets.validate("x_range", "y_range")
    def _read_range(self, proposal) -> list[float] | None:
        value = proposal["value"]
        finite = value is None or all(map(math.isfinite, value))
        if not finite or (value is not None and (len(value) != 2 or not value[0] < value[1])):
            name = proposal["trait"].name
            raise traitlets.TraitError(f"{name} is {value}; [least, most] is expected, or None")
        return value

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = present(super()._repr_mimebundle_(**kwargs))
        still = base64.b64encode(self.still()).decode("ascii")
        return {**data, "text/plain": repr(self), "image/png": still}, metadata

    def still(self) -> bytes:
        """Draw the same as a PNG, for where nothing runs."""
        figure = new_figure(3.6, 2.7)
        axes = figure.add_subplot()
        for line, colour in zip(self.lines, CURVE_COLOURS * MOST_LINES, strict=False):
            style = "--" if line["dashed"] else "-"
            axes.plot(_floats(line["x"]), _floats(line["y"]), style, label=line["name"], color=colour)
        for point in self.points:
            axes.plot(*_floats([point["x"], point["y"]]), "o", color="black")
        axes.set_xlabel(self.x_label, parse_math=False)
        axes.set_ylabel(self.y_label, parse_math=False)
        axes.set(xlim=self.x_range, ylim=self.y_range)
        axes.spines[["top", "right"]].set_visible(False)
        if any(line["name"] for line in self.lines):
            plain_legend(axes, frameon=False, fontsize="small")
        figure.subplots_adjust(left=0.18, right=0.97, top=0.95, bottom=0.17)
        return as_png(figure)

    def __repr__(self):
        names = ", ".join(line["name"] or "a line" for line in self.lines)
        return f"Curves({names})"


def _line(line) -> dict:
    x, y = (_read(line, axis) for axis in ("x", "y"))
    if x.ndim != 1 or x.shape != y.shape:
        raise traitlets.TraitError(f"a line has x of {x.shape} and y of {y.shape}; equal rows are expected")
    name, dashed = str(line.get("name", "")), bool(line.get("dashed", False))
    return {"name": name, "x": _numbers(x), "y": _numbers(y), "dashed": dashed}


def _point(point) -> dict:
    x, y = (_read(point, axis) for axis in ("x", "y"))
    if x.ndim or y.ndim:
        raise traitlets.TraitError(f"a point has x of {x.shape} and y of {y.shape}; two numbers are expected")
    return {"name": str(point.get("name", "")), "x": _numbers([x])[0], "y": _numbers([y])[0]}


def _read(drawn: dict, axis: str) -> np.ndarray:
    value = drawn.get(axis, math.nan)
    try:
        return np.asarray(value, np.float64)
    except (TypeError, ValueError) as error:
        raise traitlets.TraitError(f"{axis} is {value!r}; numbers are expected") from error


def _numbers(values) -> list[float | None]:
    """Return plain numbers; None, which JSON knows, for what is not finite."""
    return [float(value) if math.isfinite(value) else None for value in values]


def _floats(values) -> np.ndarray:
    return np.array(values, np.float64)

"""What all pictures share: the colours of signed values, and figures that need no screen."""

import io
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from PIL import Image

NEGATIVE, ZERO, POSITIVE = "#14599c", "#f7f7f5", "#ad3c07"  # as in theme.css; safe for colour-blind eyes
SIGNED = LinearSegmentedColormap.from_list("vizconv signed", [NEGATIVE, ZERO, POSITIVE])


class Drawing(Figure):
    """A figure that shows itself in a notebook by itself, without pyplot and its global state."""

    def _repr_png_(self) -> bytes:
        return as_png(self)

    def __repr__(self):
        width, height = (round(length * self.dpi) for length in self.get_size_inches())
        return f"Drawing({width}×{height} pixels)"


def new_figure(width: float, height: float) -> Drawing:
    """Return an empty figure of this size in inches, with a canvas of its own."""
    figure = Drawing(figsize=(width, height), dpi=100, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def plain_legend(axes: Axes, **look: Any) -> None:
    """Name the lines in a legend as they are named: no dollar sign begins a formula."""
    for text in axes.legend(**look).get_texts():
        text.set_parse_math(False)


def as_png(figure: Figure) -> bytes:
    """Write a figure as a PNG, without the date and the versions that would make it differ."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def one_beside_the_other(*pictures: bytes) -> bytes:
    """Set PNGs side by side on white, as one PNG."""
    opened = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures]
    lefts = np.cumsum([0, *(picture.width for picture in opened)])
    whole = Image.new("RGB", (int(lefts[-1]), max(picture.height for picture in opened)), "white")
    for picture, left in zip(opened, lefts, strict=False):
        whole.paste(picture, (int(left), 0))
    buffer = io.BytesIO()
    whole.quantize(256, Image.Quantize.MAXCOVERAGE).save(buffer, "PNG")
    return buffer.getvalue()


def depth(values: np.ndarray, largest: float) -> np.ndarray:
    """Map values to -1…1 as the stage does: the root of the size, zero in the middle."""
    finite = np.nan_to_num(np.asarray(values, np.float64), posinf=largest, neginf=-largest)
    return np.sign(finite) * np.sqrt(np.minimum(1, np.abs(finite) / largest)) if largest else finite * 0

"""What all pictures share: the colours of signed values, and figures that need no screen."""

import io
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont

from vizconv.engine.types import present

COLOURS = 256  # make a PNG a third as large, without a difference that one sees
NEGATIVE, ZERO, POSITIVE = "#14599c", "#f7f7f5", "#ad3c07"  # as in theme.css; safe for colour-blind eyes
GREY = "#5b6068"
FONT = "DejaVu Sans"  # comes with matplotlib and has − and ∞
INK, BLUE, ORANGE, GREEN = "#797d84", "#3a86cc", "#d9622b", "#1f9d78"  # to be read on white and on black
ON_ANY_PAPER: Any = {
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK),
    "axes.facecolor": "none",
}
SIGNED = LinearSegmentedColormap.from_list("vizconv signed", [NEGATIVE, ZERO, POSITIVE])


class Drawing(Figure):
    """A figure that shows itself in a notebook by itself, without pyplot and its global state."""

    def _repr_png_(self) -> bytes:
        return as_png(self)

    def __repr__(self):
        width, height = (round(length * self.dpi) for length in self.get_size_inches())
        return f"Drawing({width}×{height} pixels)"


def new_figure(width: float, height: float, paper: str = "white") -> Drawing:
    """Return an empty figure of this size in inches, with a canvas of its own; on no `paper` it is clear."""
    figure = Drawing(figsize=(width, height), dpi=100, facecolor=paper)
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
    return as_small_png(whole)


def with_words_below(picture: bytes, words: str) -> bytes:
    """Write a line of words below a PNG, small and grey."""
    opened = Image.open(io.BytesIO(picture)).convert("RGB")
    whole = Image.new("RGB", (max(opened.width, 7 * len(words)), opened.height + 20), "white")
    whole.paste(opened, (0, 0))
    ImageDraw.Draw(whole).text((6, opened.height + 2), words, GREY, font(12))
    return as_small_png(whole)


def as_small_png(picture: Image.Image) -> bytes:
    """Write an RGB picture as a PNG of at most 256 colours, as small as it gets."""
    buffer = io.BytesIO()
    in_palette(picture, palette_of(picture)).save(buffer, "PNG", compress_level=9)
    return buffer.getvalue()


def palette_of(picture: Image.Image) -> np.ndarray:
    """Choose at most 256 colours (N, 3): the commonest of all that are alike, then the commonest of all.

    So white and the fills of some fifty cells stay as they are, and no shade of an edge is lost.
    """
    counted = sorted(present(picture.getcolors(picture.width * picture.height)), reverse=True)
    colours = np.array([colour for _, colour in counted], np.uint8)
    chosen = np.concatenate([colours[_first_of_each(colours, 4)], colours])
    return chosen[_first_of_each(chosen, 2)[:COLOURS]]


def _first_of_each(colours: np.ndarray, bits: int) -> np.ndarray:
    """Return the places, in order, of the first of all colours that differ only in their last bits."""
    keys = (colours >> bits).astype(int) @ (1 << 16, 1 << 8, 1)
    return np.sort(np.unique(keys, return_index=True)[1])


def in_palette(picture: Image.Image, palette: np.ndarray) -> Image.Image:
    """Turn every colour of an RGB picture into the nearest of a palette (N, 3) of uint8.

    Pillow compares colours without their last two bits, so a colour of the palette stays what it is.
    """
    rough = Image.new("P", (1, 1))
    rough.putpalette((palette & 0xFC).tobytes())
    result = picture.quantize(palette=rough, dither=Image.Dither.NONE)
    result.putpalette(palette.tobytes())
    return result


def depth(values: np.ndarray, largest: float) -> np.ndarray:
    """Map values to -1…1 as the stage does: the root of the size, zero in the middle."""
    finite = np.nan_to_num(np.asarray(values, np.float64), posinf=largest, neginf=-largest)
    return np.sign(finite) * np.sqrt(np.minimum(1, np.abs(finite) / largest)) if largest else finite * 0


@lru_cache(64)
def font(size: float) -> ImageFont.FreeTypeFont:
    """Return the font that Pillow draws with, in a size of so many pixels."""
    return ImageFont.truetype(findfont(FONT), size, layout_engine=ImageFont.Layout.BASIC)

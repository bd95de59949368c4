"""Numbers in cells: hundreds of texts that must be drawn within milliseconds."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image, ImageDraw

from vizconv.draw.figures import font


class Number(Text):
    """A number in the middle of its cell; in pixels Pillow draws it, several times as fast as matplotlib."""

    def __init__(self, x: float, y: float, text: str, **look: Any):
        super().__init__(x, y, text, ha="center", va="center", parse_math=False, **look)

    def draw(self, renderer: RendererBase) -> None:
        """Draw it: into pixels from a small picture, into everything else as text."""
        if not isinstance(renderer, RendererAgg):
            super().draw(renderer)
        elif self.get_text():
            size = renderer.points_to_pixels(self.get_fontsize())
            picture = _picture(self.get_text(), size, str(self.get_color()))
            x, y = self.get_transform().transform(self.get_position())
            renderer.draw_image(
                renderer.new_gc(), round(x) + picture.left, round(y) + picture.bottom, picture.pixels
            )


class Lines(Text):
    """Lines of text below each other, `advance` points apart; in pixels Pillow draws them."""

    def __init__(self, x: float, y: float, text: str, advance: float, **look: Any):
        super().__init__(x, y, text, va="top", parse_math=False, **look)
        self.advance = advance

    def draw(self, renderer: RendererBase) -> None:
        """Draw them from their upper left, or right, corner."""
        if not isinstance(renderer, RendererAgg):
            super().draw(renderer)
            return
        x, y = self.get_transform().transform(self.get_position())
        anchor = "ra" if self.get_horizontalalignment() == "right" else "la"
        size: Any = renderer.points_to_pixels(float(self.get_fontsize()))
        advance = renderer.points_to_pixels(self.advance)
        for at, text in enumerate(filter(None, self.get_text().split("\n"))):
            picture = _drawn(text, size, str(self.get_color()), anchor)
            bottom = round(y - at * advance) + picture.bottom
            renderer.draw_image(renderer.new_gc(), round(x) + picture.left, bottom, picture.pixels)


class _Picture(NamedTuple):
    """A number's pixels (H, W, 4) from the bottom up, and where they begin, seen from its anchor."""

    pixels: np.ndarray
    left: int
    bottom: int


@lru_cache(2048)
def _picture(text: str, size: float, colour: str) -> _Picture:
    return _drawn(text, size, colour, "mm")


def _drawn(text: str, size: float, colour: str, anchor: str) -> _Picture:
    type_face = font(size)
    left, top, right, bottom = map(round, type_face.getbbox(text, anchor=anchor))
    mask = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(mask).text((-left, -top), text, 255, type_face, anchor=anchor)
    pixels = np.empty((*mask.size[::-1], 4), np.uint8)
    pixels[..., :3] = np.multiply(to_rgb(colour), 255)
    pixels[..., 3] = np.asarray(mask)[::-1]
    return _Picture(pixels, left, -bottom)

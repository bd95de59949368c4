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


class _Picture(NamedTuple):
    """A number's pixels (H, W, 4) from the bottom up, and where they begin, seen from its middle."""

    pixels: np.ndarray
    left: int
    bottom: int


@lru_cache(2048)
def _picture(text: str, size: float, colour: str) -> _Picture:
    type_face = font(size)
    left, top, right, bottom = map(round, type_face.getbbox(text, anchor="mm"))
    mask = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(mask).text((-left, -top), text, 255, type_face, anchor="mm")
    pixels = np.empty((*mask.size[::-1], 4), np.uint8)
    pixels[..., :3] = np.multiply(to_rgb(colour), 255)
    pixels[..., 3] = np.asarray(mask)[::-1]
    return _Picture(pixels, left, -bottom)

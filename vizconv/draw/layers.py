"""Layers of a network as one still: every map a small picture, from left to right."""

import io
import math
from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageDraw

from vizconv.draw.figures import SIGNED, depth

HEIGHT, LABEL, GAP, BESIDE = 220, 16, 2, 12  # pixels
PAPER = (255, 255, 255)
NARROWEST = 56  # pixels of a layer, so that its name can be read


def layers_png(layers: Mapping[str, np.ndarray]) -> bytes:
    """Draw layers, by name, of shape (C, H, W) or (L), each on a range of its own, as a PNG."""
    drawn = {name: _layer(values) for name, values in layers.items()}
    width = sum(max(NARROWEST, picture.width) + BESIDE for picture in drawn.values())
    image = Image.new("RGB", (width, HEIGHT + LABEL + GAP), PAPER)
    pen, left = ImageDraw.Draw(image), 0
    for name, picture in drawn.items():
        pen.text((left, 1), name, fill=(60, 60, 60))
        image.paste(picture, (left, LABEL))
        left += max(NARROWEST, picture.width) + BESIDE
    buffer = io.BytesIO()
    image.quantize(128, Image.Quantize.MEDIANCUT).save(buffer, "PNG")
    return buffer.getvalue()


def _layer(values: np.ndarray) -> Image.Image:
    maps = values if values.ndim == 3 else _in_lines(values.ravel())
    count, rows, columns = maps.shape
    across = next(
        across for across in range(1, count + 1) if _height(count, across, rows) <= HEIGHT or across == count
    )
    scale = max(1, min(4, HEIGHT // _height(count, across, rows)))
    largest = np.abs(values[np.isfinite(values)]).max(initial=0) or 1
    coloured = SIGNED((1 + depth(maps, largest)) / 2, bytes=True)[..., :3]
    size = across * (columns * scale + GAP) - GAP, math.ceil(count / across) * (rows * scale + GAP) - GAP
    picture = Image.new("RGB", size, PAPER)
    for number, pixels in enumerate(coloured):
        tile = Image.fromarray(np.ascontiguousarray(pixels)).resize(
            (columns * scale, rows * scale), Image.Resampling.NEAREST
        )
        place = number % across * (columns * scale + GAP), number // across * (rows * scale + GAP)
        picture.paste(tile, place)
    return picture


def _height(count: int, across: int, rows: int) -> int:
    return math.ceil(count / across) * (rows + GAP) - GAP


def _in_lines(values: np.ndarray) -> np.ndarray:
    """Lay a flat layer in lines, at most fifty below each other."""
    columns = math.ceil(values.size / 50)
    padded = np.pad(values, (0, -values.size % columns))
    return padded.reshape(1, -1, columns)

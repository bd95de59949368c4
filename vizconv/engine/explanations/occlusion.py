"""Occlusion: what the network still says when a patch hides a part of the image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import numbers
from vizconv.engine.explanations.question import Of, answers, run
from vizconv.engine.geometry import pair
from vizconv.engine.networks import Network
from vizconv.engine.records import Record
from vizconv.engine.types import Size

CHUNK = 200  # images at a time


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Occlusion(Record):
    """What `occlusion` found.

    x (C, H, W), answer: what the network says for the whole image, answers (OH, OW): what it says with the
    patch at each place, map (OH, OW): how much less that is, corners (OH, OW, 2): where each patch begins.
    """

    x: np.ndarray
    answer: float
    answers: np.ndarray
    map: np.ndarray
    corners: np.ndarray


def occlusion(
    network: Network,
    image: ArrayLike,
    target: int,
    size: Size = 4,
    stride: Size = 2,
    value: ArrayLike = 0.0,
    of: Of = "score",
) -> Occlusion:
    """Slide a patch over the image and measure how much of one class's score, or probability, it takes away.

    image (C, H, W) or grey (H, W); a patch of `size` begins at every `stride`-th row and column, and is cut
    off at the border. value: the patch's colour, one number or one a channel. Where it is the image's own
    colour, such as black on black, nothing changes. Raises ValueError for what does not fit.
    Zeiler, Fergus, "Visualizing and understanding convolutional networks", 2014.
    """
    network, trace = run(network, image)
    whole = answers(trace.y, target, of)[0]
    x = next(iter(trace.values())).x[0]
    corners = _corners(x.shape[1:], pair(stride, "stride", 1))
    hidden = _hidden(x, corners.reshape(-1, 2), _size(size, x), _colour(value, len(x)))
    said = np.full(len(hidden), whole)
    changed = np.flatnonzero((hidden != x).any(axis=(1, 2, 3)))  # the others are the image itself
    for at in range(0, len(changed), CHUNK):
        part = changed[at : at + CHUNK]
        said[part] = answers(network.forward(hidden[part]).y, target, of)
    said = said.reshape(corners.shape[:2])
    return Occlusion(x=x, answer=float(whole), answers=said, map=whole - said, corners=corners)


def _corners(shape: tuple[int, ...], stride: tuple[int, int]) -> np.ndarray:
    rows, columns = (np.arange(0, length, step) for length, step in zip(shape, stride, strict=True))
    return np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1)


def _hidden(x, corners, size, colour) -> np.ndarray:
    """Return the image once for each corner, with a patch there."""
    images = np.repeat(x[None], len(corners), axis=0)
    for image, (row, column) in zip(images, corners, strict=True):
        image[:, row : row + size[0], column : column + size[1]] = colour
    return images


def _size(size: Size, x: np.ndarray) -> tuple[int, int]:
    height, width = pair(size, "size", 1)
    if height > x.shape[1] or width > x.shape[2]:
        raise ValueError(
            f"size is {height}×{width}; at most {x.shape[1]}×{x.shape[2]}, the image, is expected"
        )
    return height, width


def _colour(value: ArrayLike, channels: int) -> np.ndarray:
    colour = numbers(value, "value", (0, 1))
    if colour.ndim and colour.shape != (channels,):
        raise ValueError(
            f"value has {colour.size} numbers; one, or one for each of {channels} channels, is expected"
        )
    if not np.isfinite(colour).all():
        raise ValueError(f"value is {value}; finite numbers are expected")
    return np.broadcast_to(colour, (channels,)).reshape(-1, 1, 1)

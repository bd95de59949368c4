"""A filter for RGB pictures to write, function(picture, kernel): what is tried, and typical mistakes."""

from collections.abc import Callable
from functools import partial
from operator import itemgetter
from typing import Any

import numpy as np

from vizconv.engine import conv2d, convolve, cross_correlate
from vizconv.engine.operations import correlation
from vizconv.engine.types import Padding
from vizconv.examples.filters import left_minus_right
from vizconv.exercises.exercise import Exercise
from vizconv.exercises.mistakes import instead, only, still_zero, swapped, then
from vizconv.scenes import PADDING, Panel, Reading, Scene, conv2d_terms

# ---- What is tried -----------------------------------------------------------------------------------------


def right(picture: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return each channel ⋆ kernel, as large as before, rounded and cut to 0 … 255."""
    return _filtered(picture, kernel)


def _filtered(picture, kernel, **settings):
    return _cut(sums(picture, kernel, **settings))


def sums(
    picture: np.ndarray,
    kernel: np.ndarray,
    slide: Callable = cross_correlate,
    padding: Padding = "same",
    **settings: Any,
) -> np.ndarray:
    """Return the sums (3, OH, OW) of all channels, before rounding."""
    return np.stack([slide(channel, kernel, padding=padding, **settings) for channel in picture])


def _cut(y):
    return np.clip(np.rint(y), 0, 255).astype(np.uint8)


def _cases():
    generator = np.random.default_rng(3)
    slanted = np.array([[0, 1, 2], [-1, 1, 1], [-2, -1, 0]])
    odd_one = generator.integers(-9, 10, (5, 5)) / 41
    for size, kernel in (
        ((4, 5), np.full((3, 3), 1 / 9)),
        ((5, 4), left_minus_right(3)),
        ((5, 6), slanted),
        ((6, 7), odd_one),
        ((3, 3), np.array([[4 / 3]])),
    ):
        yield generator.integers(0, 256, (3, *size)).astype(np.uint8), kernel


def _scene(picture, kernel) -> Scene:
    """Set picture ⋆ kernel on a stage, channel below channel: the sums, before they are rounded and cut."""
    record = conv2d(np.asarray(picture, np.int64)[:, None], kernel[None, None], padding="same")
    kinds = np.full(record.geometry.padded_size, PADDING, np.uint8)
    kinds[record.geometry.crop] = 0
    padded, y = record.padded[:, 0], record.y[:, 0]
    panels = (
        Panel(
            "picture",
            padded,
            (0, 0),
            origin=(0, *record.geometry.origin),
            kinds=np.broadcast_to(kinds, padded.shape),
            pixels=(0, 255),
        ),
        Panel("kernel", kernel, (0, 1), sign="⋆"),
        Panel("y", y, (0, 2), sign="="),
    )
    reading = Reading("products", "out", out="y", left="picture", right="kernel")
    note = "Here y holds the sums, before they are rounded and cut to 0 … 255."
    terms = conv2d_terms(record).repeated(len(y), out=y[0].size, left=padded[0].size)
    return Scene(panels, {"products": terms}, (reading,), "y", (note,))


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _shifted(before: bool) -> Callable:
    """Put all the padding on one side, so that the window is not centred."""

    def make(picture, kernel):
        sides = (len(kernel) - 1) * np.array([before, not before])
        return _filtered(np.pad(picture, ((0, 0), tuple(sides), tuple(sides))), kernel, padding="valid")

    return make


def _mixed(mix: Callable) -> Callable:
    """Let all channels hold the same: what `mix` makes of the three."""
    return lambda picture, kernel: _cut(np.broadcast_to(mix(sums(picture, kernel)), picture.shape))


def _clipped_products(picture, kernel):
    """Cut every product to 0 … 255, and add up what is left."""
    patches = np.stack([correlation(channel, kernel, padding="same").patches[0, 0] for channel in picture])
    return _cut(np.clip(patches * kernel, 0, 255).sum(axis=(-2, -1)))


def _inside_only(picture, kernel):
    """Filter where the window fits, and leave the border 0."""
    room, (height, width) = len(kernel) // 2, picture.shape[1:]
    return only(np.s_[:, room : height - room, room : width - room])(right(picture, kernel))


MISTAKES = {
    "These are the numbers of a convolution: your kernel is turned by 180 degrees. "
    "Slide it as it is.": partial(_filtered, slide=convolve),
    "Your kernel is transposed: kernel[v, u] stands where kernel[u, v] belongs.": instead(
        right, kernel=np.transpose
    ),
    "Your numbers are not rounded yet: a picture holds whole numbers.": then(
        sums, lambda y: np.clip(y, 0, 255)
    ),
    "You cut off what stands behind the point. Round to the nearest number: 99.7 is nearly 100.": then(
        sums, lambda y: np.trunc(np.clip(y, 0, 255))
    ),
    "Your numbers are wrapped round: 256 became 0, and −1 became 255. Cut them "
    "with `np.clip` before they become uint8.": then(sums, lambda y: np.rint(y).astype(np.int64) % 256),
    "The sums are right, but a picture holds numbers from 0 to 255: cut them with `np.clip`.": then(
        sums, np.rint
    ),
    "The signs are gone. What is below 0 becomes 0.": then(sums, lambda y: _cut(np.abs(y))),
    "You cut the products, before they were added. "
    "Cut the sum: negative products belong to it.": _clipped_products,
    "You stretched the numbers from the smallest to the largest. That changes the brightness of flat areas; "
    "cut them instead.": then(sums, lambda y: np.rint(255 * (y - y.min()) / np.ptp(y))),
    "Your window begins at the pixel; the pixel belongs into its middle. Pad on all four sides.": _shifted(
        before=False
    ),
    "Your window ends at the pixel; the pixel belongs into its middle. Pad on all four sides.": _shifted(
        before=True
    ),
    "The border is still 0. "
    "There the window sticks out, and what it reads outside counts as 0.": _inside_only,
    "Your border mirrors the picture's pixels. Here the picture counts as 0 outside.": partial(
        _filtered, border="reflect"
    ),
    "Your border repeats the picture's pixels. Here the picture counts as 0 outside.": partial(
        _filtered, border="repeat"
    ),
    "You added the three channels up. Each channel is filtered by itself, and stays what it is.": _mixed(
        lambda y: y.sum(axis=0)
    ),
    "You averaged the three channels: the colours are gone. Each channel is filtered by itself.": _mixed(
        lambda y: y.mean(axis=0)
    ),
    **{
        f"All three channels hold channel {number}. Each channel is filtered by itself.": _mixed(
            itemgetter(number)
        )
        for number in range(3)
    },
    "Only channel 0 is filtered: does `return` stand inside the loop? It ends all.": then(right, only(0)),
    **still_zero(right, "y", "put each sum into it"),
    "This is the picture itself: it is not filtered yet.": lambda picture, kernel: picture,
}


def _padded(padding: str) -> Callable:
    """Return the shape of y with another padding."""
    return lambda picture, kernel: sums(picture, kernel, padding=padding).shape


SHAPES = {
    "The border is lost: pad the picture with zeros first, so that y is as large as the picture.": _padded(
        "valid"
    ),
    "The padding is too wide: y has to be as large as the picture.": _padded("full"),
    "That is a single channel. A picture has three.": then(right, lambda y: y.shape[1:]),
    "That is a single channel, and its border is lost: filter all three, padded with zeros.": then(
        _padded("valid"), lambda shape: shape[1:]
    ),
    "Put the channels first: (3, H, W).": then(right, lambda y: (*y.shape[1:], 3)),
    **swapped(right),
}
EXERCISE = Exercise(name="y", right=right, cases=_cases(), scene=_scene, mistakes=MISTAKES, shapes=SHAPES)

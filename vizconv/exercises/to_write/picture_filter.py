"""A filter for RGB pictures to write, function(picture, kernel): what is tried, and typical mistakes."""

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from vizconv.engine import conv2d, convolve, cross_correlate
from vizconv.engine.arrays import own
from vizconv.engine.operations import correlation
from vizconv.examples.filters import left_minus_right
from vizconv.exercises.checker import Exercise, Mistake
from vizconv.scenes import PADDING, Panel, Reading, Scene, conv2d_terms

# ---- What is tried -----------------------------------------------------------------------------------------


def right(picture, kernel) -> np.ndarray:
    """Return each channel ⋆ kernel, as large as before, rounded and cut to 0 … 255."""
    return _cut(sums(picture, kernel))


def sums(picture, kernel, slide: Callable = cross_correlate, padding="same", **settings) -> np.ndarray:
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
        picture = generator.integers(0, 256, (3, *size)).astype(np.uint8)
        yield MappingProxyType({"picture": own(picture), "kernel": own(kernel)})


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
        ),
        Panel("kernel", kernel, (0, 1), sign="⋆"),
        Panel("y", y, (0, 2), sign="="),
    )
    reading = Reading("products", "out", out="y", left="picture", right="kernel")
    note = "Here y holds the sums, before they are rounded and cut to 0 … 255."
    terms = conv2d_terms(record).repeated(len(y), out=y[0].size, left=padded[0].size)
    return Scene(panels, {"products": terms}, (reading,), "y", (note,))


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _shifted(padding) -> Callable:
    """Put all the padding on one side, so that the window is not centred."""

    def make(picture, kernel):
        room = len(kernel) - 1
        sides = (room, 0) if padding == "before" else (0, room)
        padded = np.pad(picture, ((0, 0), sides, sides))
        return _cut(sums(padded, kernel, padding="valid"))

    return make


def _one_channel(picture, kernel):
    y = np.zeros(picture.shape)
    y[0] = right(picture, kernel)[0]
    return y


def _mixed(mix: Callable) -> Callable:
    """Let all channels hold the same: what `mix` makes of the three."""

    def make(picture, kernel):
        return _cut(np.broadcast_to(mix(sums(picture, kernel)), picture.shape))

    return make


def _clipped_products(picture, kernel):
    """Cut every product to 0 … 255, and add up what is left."""
    patches = np.stack([correlation(channel, kernel, padding="same").patches[0, 0] for channel in picture])
    return _cut(np.clip(patches * kernel, 0, 255).sum(axis=(-2, -1)))


def _stretched(picture, kernel):
    y = sums(picture, kernel)
    return np.rint(255 * (y - y.min()) / np.ptp(y))


def _inside_only(picture, kernel):
    """Filter where the window fits, and leave the border 0."""
    room = len(kernel) // 2
    y = np.zeros(picture.shape)
    height, width = picture.shape[1:]
    part = (slice(room, height - room), slice(room, width - room))
    y[:, *part] = right(picture, kernel)[:, *part]
    return y


MISTAKES = (
    Mistake(
        "These are the numbers of a convolution: your kernel is turned by 180 degrees. Slide it as it is.",
        lambda picture, kernel: _cut(sums(picture, kernel, convolve)),
    ),
    Mistake(
        "Your kernel is transposed: kernel[v, u] stands where kernel[u, v] belongs.",
        lambda picture, kernel: _cut(sums(picture, kernel.T)),
    ),
    Mistake(
        "Your numbers are not rounded yet: a picture holds whole numbers.",
        lambda picture, kernel: np.clip(sums(picture, kernel), 0, 255),
    ),
    Mistake(
        "You cut off what stands behind the point. Round to the nearest number: 99.7 is nearly 100.",
        lambda picture, kernel: np.trunc(np.clip(sums(picture, kernel), 0, 255)),
    ),
    Mistake(
        "Your numbers are wrapped round: 256 became 0, and −1 became 255. Cut them with `np.clip` before "
        "they become uint8.",
        lambda picture, kernel: np.rint(sums(picture, kernel)).astype(np.int64) % 256,
    ),
    Mistake(
        "The sums are right, but a picture holds numbers from 0 to 255: cut them with `np.clip`.",
        lambda picture, kernel: np.rint(sums(picture, kernel)),
    ),
    Mistake(
        "The signs are gone. What is below 0 becomes 0.",
        lambda picture, kernel: _cut(np.abs(sums(picture, kernel))),
    ),
    Mistake(
        "You cut the products, before they were added. Cut the sum: negative products belong to it.",
        _clipped_products,
    ),
    Mistake(
        "You stretched the numbers from the smallest to the largest. That changes the brightness of flat "
        "areas; cut them instead.",
        _stretched,
    ),
    Mistake(
        "Your window begins at the pixel; the pixel belongs into its middle. Pad on all four sides.",
        _shifted("after"),
    ),
    Mistake(
        "Your window ends at the pixel; the pixel belongs into its middle. Pad on all four sides.",
        _shifted("before"),
    ),
    Mistake(
        "The border is still 0. There the window sticks out, and what it reads outside counts as 0.",
        _inside_only,
    ),
    *(
        Mistake(
            "Your border copies the picture's pixels. Here the picture counts as 0 outside.",
            lambda picture, kernel, border=border: _cut(sums(picture, kernel, border=border)),
        )
        for border in ("reflect", "repeat")
    ),
    Mistake(
        "You added the three channels up. Each channel is filtered by itself, and stays what it is.",
        _mixed(lambda y: y.sum(axis=0)),
    ),
    Mistake(
        "You averaged the three channels: the colours are gone. Each channel is filtered by itself.",
        _mixed(lambda y: y.mean(axis=0)),
    ),
    *(
        Mistake(
            f"All three channels hold channel {number}. Each channel is filtered by itself.",
            _mixed(lambda y, number=number: y[number]),
        )
        for number in range(3)
    ),
    Mistake("Only channel 0 is filtered: does `return` stand inside the loop? It ends all.", _one_channel),
    Mistake(
        "Your y is still 0 everywhere: put each sum into it.",
        lambda picture, kernel: np.zeros(picture.shape),
    ),
    Mistake("This is the picture itself: it is not filtered yet.", lambda picture, kernel: picture),
)
SHAPES = (
    Mistake(
        "The border is lost: pad the picture with zeros first, so that y is as large as the picture.",
        lambda picture, kernel: sums(picture, kernel, padding="valid").shape,
    ),
    Mistake(
        "The padding is too wide: y has to be as large as the picture.",
        lambda picture, kernel: sums(picture, kernel, padding="full").shape,
    ),
    Mistake(
        "That is a single channel. A picture has three.",
        lambda picture, kernel: picture.shape[1:],
    ),
    Mistake(
        "That is a single channel, and its border is lost: filter all three, padded with zeros.",
        lambda picture, kernel: sums(picture, kernel, padding="valid").shape[1:],
    ),
    Mistake("Put the channels first: (3, H, W).", lambda picture, kernel: (*picture.shape[1:], 3)),
    Mistake("Rows and columns are swapped.", lambda picture, kernel: picture.transpose(0, 2, 1).shape),
)
EXERCISE = Exercise("y", right, tuple(_cases()), _scene, MISTAKES, SHAPES)

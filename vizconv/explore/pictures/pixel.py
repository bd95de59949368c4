"""One pixel of the filtered picture: the scene with the sum behind it, and the code that makes y."""

from typing import Any

import numpy as np

from vizconv import scenes
from vizconv.engine.geometry import Geometry, pad
from vizconv.engine.operations import correlation as correlate
from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.examples.filters import ABSOLUTE, SIGNED
from vizconv.examples.matrices import IMPORTS
from vizconv.explore.code import literal
from vizconv.explore.pictures.settings import CHANNELS, FilterSettings, slide
from vizconv.explore.topic import two_inputs
from vizconv.scenes.parts import PRODUCTS

PHOTO = (0.0, 255.0)  # black and white
SOURCE = "x is cut out of the picture above: point at another place there, or choose another picture."


def scene_of(settings: FilterSettings) -> scenes.Scene:
    """Return the sum behind one pixel of the result: the patch under the kernel, the kernel, the pixel.

    In colours the three channels stand below each other, each with its own sum.
    """
    patch, kinds, corner = patch_of(settings, slide(settings))
    weights = settings.weights
    each = weights if weights.ndim == 3 else [weights] * len(patch)
    records = [correlate(x, w) for x, w in zip(patch, each, strict=True)]
    y = np.concatenate([record.y[0] for record in records])
    alone = len(patch) == 1
    origins = [place if alone else (0, *place) for place in (corner, settings.place)]
    patch, kinds, y = (array[0] if alone else array for array in (patch, kinds, y))
    named = ((), ()) if alone else (CHANNELS, (), ())
    look: dict[str, Any] = {"pixels": PHOTO, "names": named, "source": SOURCE}
    own: dict[str, Any] = {"owners": scenes.owners_of(weights), "names": named[-weights.ndim :]}
    panels = (
        scenes.Panel("x", patch, (0, 0), origin=origins[0], kinds=kinds, **look),
        scenes.Panel("w", weights, (0, 1), sign="⋆", editable=True, **own),
        scenes.Panel("y", y, (0, 2), sign="=", origin=origins[1], names=named),
    )
    terms = {"products": _terms_by_channel(records[0], len(records), weights.ndim == 3)}
    notes = (*settings.notes, *_brightness(settings), *_shown_as(settings, y))
    return scenes.Scene(panels, terms, (PRODUCTS,), "y", notes, as_code(settings))


def inputs(settings: FilterSettings) -> tuple[scenes.Panel, ...]:
    """Return the picture's upper left corner, which is not for typing, and the kernels."""
    corner = scenes.Panel("x", settings.x[0, :16, :16], (0, 0), pixels=PHOTO, source=SOURCE)
    return corner, two_inputs(corner.values, settings.weights)[1]


def patch_of(settings: FilterSettings, geometry: Geometry):
    """Cut the cells under the kernel out of the padded picture: (C, n, n), their kinds, their first index."""
    (rows, top), (columns, left) = (_cells(settings, geometry, axis) for axis in range(2))
    outside = np.logical_or.outer(rows < 0, columns < 0)
    patch = np.where(outside, 0, settings.x[:, rows[:, None], columns].astype(np.int64))
    sides = zip((top, left), geometry.input_size, strict=True)
    inside = np.logical_and.outer(*(_inside(first, settings.kernel_size, size) for first, size in sides))
    kinds = np.where(inside, 0, scenes.PADDING).astype(np.uint8)
    return patch, np.broadcast_to(kinds, patch.shape), (top, left)


def _cells(settings, geometry, axis):
    """Return the rows (or columns) of x that the window reads, −1 for zeros, and where it begins."""
    counted = np.arange(1, geometry.input_size[axis] + 1)[:, None]  # of one column, and 0 outside
    padded = pad(counted, (geometry.padding[axis], (0, 0)), geometry.border)[:, 0] - 1
    start = settings.place[axis] * geometry.stride[axis]
    return padded[start : start + settings.kernel_size], start + geometry.origin[axis]


def _inside(first, count, size):
    places = np.arange(first, first + count)
    return (places >= 0) & (places < size)


def _terms_by_channel(record: Conv2dRecord, channels: int, apart: bool) -> scenes.Terms:
    """Table the sums of channels that lie below each other; a kernel for all of them stays where it is."""
    steps = {"out": record.y[0].size, "left": record.padded[0].size, "right": record.weight.size * apart}
    return scenes.conv2d_terms(record).repeated(channels, **steps)


def _brightness(settings):
    """Say what the kernel makes of a flat area: its brightness times the sum of the weights."""
    sums = settings.weights.sum(axis=(-2, -1)).astype(float)
    if not np.isfinite(sums).all() or np.ptp(sums) > 1e-9:
        return ()
    total = float(sums.flat[0])
    if abs(total) < 1e-9:
        return ("The weights add up to 0: flat areas become 0.",)
    if abs(total - 1) < 1e-9:
        return ("The weights add up to 1: flat areas keep their brightness.",)
    return (f"The weights add up to {total:.4g}: flat areas become {total:.4g} times as bright.",)


def _shown_as(settings, y):
    """Say where the picture cannot show what the sum is."""
    made = np.abs(y) if settings.shown == ABSOLUTE else y
    if settings.shown == SIGNED or not ((made < 0) | (made > 255)).any():
        return ()
    return ("A picture cannot show such a number: what is below 0 becomes 0, what is above 255 becomes 255.",)


def as_code(settings: FilterSettings) -> str:
    """Return the lines of Python that make the same y; nothing where the picture is the learner's file."""
    if settings.picture.name != "photograph" or settings.apart:
        return ""
    extras = ", ".join(f"{name}={value!r}" for name, value in settings.sliding.items())
    picture = f"vc.explore.photograph({settings.side}, colours={settings.colours})"
    head = f"{IMPORTS}x = {picture}\nw = {literal(settings.weights)}\n"
    if not settings.colours:
        return f"{head}y = vc.cross_correlate(x, w, {extras})\n"
    return (
        f"{head}channels = x.transpose(2, 0, 1)\n"
        f"y = np.stack([vc.cross_correlate(channel, w, {extras}) for channel in channels])\n"
    )

"""The explorer of im2col: a small convolution beside the matrix product that makes the same numbers."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv import scenes
from vizconv.engine.arrays import numbers
from vizconv.engine.geometry import whole
from vizconv.engine.operations.convolution import conv2d
from vizconv.examples.matrices import IMPORTS, WORKED_INPUT, WORKED_KERNEL
from vizconv.explore.code import row_literal
from vizconv.explore.controls import sliders
from vizconv.explore.explorer import Explorer, Topic, as_sentence

RANGES = {"size": (2, 6), "kernel": (1, 3), "filters": (1, 3), "stride": (1, 3), "padding": (0, 1)}
TITLES = {"size": "size of x", "kernel": "kernel size"}
SECOND_KERNELS = np.random.default_rng(11).integers(-5, 6, (3, 3, 3))


@dataclass(frozen=True, eq=False)
class Im2colSettings:
    """What the explorer shows: x (H, H), the filters w (F, K, K), and how they slide over x."""

    x: np.ndarray
    w: np.ndarray
    stride: int
    padding: int


def im2col(x=None, w=None, *, stride=1, padding=0) -> Explorer:
    """Explore a convolution as a matrix product: point at a column, and see which patch it copies.

    x (H, W) and w (F, KH, KW), or one kernel (KH, KW); by default the worked example with two filters.
    Raises TypeError or ValueError for what is no matrix or no whole number.
    """
    x = _input(4) if x is None else numbers(x, "x", 2)
    w = _filters(2, 2) if w is None else numbers(w, "w", (2, 3))
    given = (x, w if w.ndim == 3 else w[None], whole(stride, "stride", 1), whole(padding, "padding", 0))
    settings = Im2colSettings(*given)
    return Explorer(TOPIC, settings, sliders(values(settings), RANGES, TITLES))


def _input(size: int) -> np.ndarray:
    """Return the worked 4×4 example, or numbers that count, so that each cell can be found again."""
    return np.array(WORKED_INPUT) if size == 4 else np.arange(1, size * size + 1).reshape(size, size)


def _filters(count: int, size: int) -> np.ndarray:
    """Return the worked kernel, or numbers of its kind, and others after it."""
    filters = SECOND_KERNELS[:count, :size, :size].copy()
    if size == 2:
        filters[0] = WORKED_KERNEL
    return filters


def scene_of(settings: Im2colSettings) -> scenes.Scene:
    """Return the scene of the settings; where no window fits, x and w with the sentence that says why."""
    x, w = settings.x, settings.w
    try:
        record = conv2d(x[None, None], w[:, None], stride=settings.stride, padding=settings.padding)
    except ValueError as error:
        return scenes.unfitting(x, w[0], (as_sentence(error),))
    return scenes.im2col(record, _sizes(record), as_code(settings))


def _sizes(record) -> tuple[str, ...]:
    patches, weights = int(np.prod(record.geometry.output_size)), record.weight[0].size
    x, columns = record.x.size, patches * weights
    return (f"{patches} patches of {weights} numbers: X holds {columns} numbers, x itself {x}.",)


def as_code(settings: Im2colSettings) -> str:
    """Return the lines of Python that make the same y."""
    return (
        f"{IMPORTS}x = {row_literal(settings.x)}\nw = {row_literal(settings.w)}\n"
        f"y = vc.conv2d_im2col(x[None, None], w[:, None], stride={settings.stride}, "
        f"padding={settings.padding})[0]\n"
    )


def change(settings: Im2colSettings, name: str, value) -> Im2colSettings:
    """Return the settings after one control was set to a value."""
    if name == "size":
        return replace(settings, x=_input(value))
    if name in ("kernel", "filters"):
        given = {**values(settings), name: value}
        return replace(settings, w=_filters(given["filters"], given["kernel"]))
    return replace(settings, **{name: value})


def edit(settings: Im2colSettings, scene, panel: str, cell: int, value: float) -> Im2colSettings:
    """Return the settings after a learner typed a value into a cell of the panel x or w."""
    if panel == "w":
        changed = scenes.put(settings.w, cell, value)  # one kernel alone has the same cells as its stack
        return replace(settings, w=changed)
    return replace(settings, x=scenes.put_at(settings.x, scene.panel("x").index_of(cell), value))


def values(settings: Im2colSettings) -> dict:
    """Return what every control says for these settings."""
    sizes = {"size": len(settings.x), "kernel": settings.w.shape[1], "filters": len(settings.w)}
    return {**sizes, "stride": settings.stride, "padding": settings.padding}


TOPIC = Topic("im2col", scene_of, change, edit, values)

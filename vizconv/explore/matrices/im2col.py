"""The explorer of im2col: a small convolution beside the matrix product that makes the same numbers."""

from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import ArrayLike

from vizconv import scenes
from vizconv.engine.arrays import numbers
from vizconv.engine.operations.convolution import conv2d
from vizconv.engine.writing import counted
from vizconv.examples.matrices import IMPORTS, WORKED_INPUT, WORKED_KERNEL
from vizconv.explore.code import row_literal
from vizconv.explore.controls import Slider, read
from vizconv.explore.explorer import Explorer
from vizconv.explore.topic import Topic, two_inputs

CONTROLS = (
    Slider("size", 2, 6, title="size of x"),
    Slider("kernel_size", 1, 3, title="kernel size"),
    Slider("filters", 1, 3),
    Slider("stride", 1, 3, largest=inf, more=True, plain=1),
    Slider("padding", 0, 1, largest=inf, more=True, plain=0),
)
SECOND_KERNELS = np.random.default_rng(11).integers(-5, 6, (3, 3, 3))


@dataclass(frozen=True, eq=False, kw_only=True)
class Im2colSettings:
    """An input (H, W), the filters w (F, KH, KW), and how they slide over x."""

    x: np.ndarray
    w: np.ndarray
    stride: int
    padding: int

    @property
    def size(self) -> int:
        """Rows of the input."""
        return len(self.x)

    @property
    def kernel_size(self) -> int:
        """Rows of a kernel."""
        return self.w.shape[1]

    @property
    def filters(self) -> int:
        """How many filters there are."""
        return len(self.w)


def im2col(
    x: ArrayLike | None = None, w: ArrayLike | None = None, *, stride: int = 1, padding: int = 0
) -> Explorer:
    """Explore a convolution as a matrix product: point at a column, and see which patch it copies.

    x (H, W) and w (F, KH, KW), or one kernel (KH, KW); by default the worked example with two filters.
    Raises TypeError or ValueError for what is no matrix or no whole number.
    """
    x = _input(4) if x is None else numbers(x, "x", 2)
    w = _filters(2, 2) if w is None else numbers(w, "w", (2, 3))
    given = read(CONTROLS, stride=stride, padding=padding)
    return Explorer(TOPIC, Im2colSettings(x=x, w=w if w.ndim == 3 else w[None], **given))


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
    """Return the scene of the settings."""
    x, w = settings.x[None, None], settings.w[:, None]
    record = conv2d(x, w, stride=settings.stride, padding=settings.padding)
    return scenes.im2col(record, _sizes(record), as_code(settings))


def _sizes(record) -> tuple[str, ...]:
    patches, weights = int(np.prod(record.geometry.output_size)), record.weight[0].size
    x, columns = record.x.size, patches * weights
    cut, holds = counted(patches, "patch", "patches"), counted(columns, "number")
    return (f"{cut} of {counted(weights, 'number')}: X holds {holds}, x itself {x}.",)


def as_code(settings: Im2colSettings) -> str:
    """Return the lines of Python that make the same y."""
    return (
        f"{IMPORTS}x = {row_literal(settings.x)}\nw = {row_literal(settings.w)}\n"
        f"y = vc.conv2d_im2col(x[None, None], w[:, None], stride={settings.stride}, "
        f"padding={settings.padding})[0]\n"
    )


def edit(
    settings: Im2colSettings, scene: scenes.Scene, panel: str, cell: int, value: float
) -> Im2colSettings:
    """Return the settings after a learner typed a value into a cell of the panel x or w."""
    if panel == "w":
        return replace(settings, w=scenes.put(settings.w, cell, value))  # one kernel's cells are the stack's
    return replace(settings, x=scenes.put_at(settings.x, scene.panel("x").index_of(cell), value))


TOPIC: Topic[Im2colSettings] = Topic(
    name="im2col",
    controls=CONTROLS,
    scene_of=scene_of,
    inputs=lambda settings: two_inputs(settings.x, settings.w[0]),
    rules={
        "size": lambda settings, size: replace(settings, x=_input(size)),
        "kernel_size": lambda settings, size: replace(settings, w=_filters(settings.filters, size)),
        "filters": lambda settings, count: replace(settings, w=_filters(count, settings.kernel_size)),
    },
    edit=edit,
)

"""The explorer of a convolution of one row: both its Jacobians, and the gradients that they make of dy."""

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv import scenes
from vizconv.engine.arrays import numbers
from vizconv.engine.operations.convolution_1d import Conv1dRecord, conv1d
from vizconv.examples.matrices import IMPORTS
from vizconv.explore.code import row_literal
from vizconv.explore.controls import Choice, Slider, Switch, read
from vizconv.explore.explorer import Explorer
from vizconv.explore.topic import Topic, two_inputs
from vizconv.scenes.matrices.jacobians import FORWARDS
from vizconv.scenes.view import kinds_of

WORKED = {"x": (4, 1, 6, 5, 8, 2, 7, 3, 9, 1), "w": (3, 2, 7, 5, 4), "dy": (1, 10, 100)}
LENGTHS = {"x": 4, "w": 2}
WIDEST = 3  # the slider's largest padding
CONTROLS = (
    Slider("size", 1, 10, title="length of x", group="lengths"),
    Slider("kernel_size", 1, 5, title="length of w", group="lengths"),
    Slider("stride", 1, 4, largest=inf, group="sliding", more=True, plain=1),
    Slider("padding", 0, WIDEST, largest=inf, group="sliding", more=True, plain=0),
    Slider("dilation", 1, 3, largest=inf, group="sliding", more=True, plain=1),
    Choice("forward", tuple(FORWARDS), title="y is read as", more=True, when=("transpose", (False,))),
    Switch("transpose", title="transpose ∂y/∂x", group="lengths"),
)
LARGEST = 24  # numbers of x or w on the stage


@dataclass(frozen=True, eq=False, kw_only=True)
class JacobiansSettings:
    """The first `size` numbers of x and `kernel_size` of w, b, dy, and how w slides over x.

    x, w and dy hold more numbers than are in use, so that a longer row finds again what it had before.
    `forward` is how y is read, one of FORWARDS; `transpose` says whether (∂y/∂x)ᵀ is shown instead of ∂y/∂w.
    """

    x: np.ndarray
    w: np.ndarray
    b: np.ndarray
    dy: np.ndarray
    size: int
    kernel_size: int
    stride: int
    padding: int
    dilation: int
    forward: str = "x ⋆ w"
    transpose: bool = False


def jacobians(
    x: ArrayLike | None = None,
    w: ArrayLike | None = None,
    dy: ArrayLike | None = None,
    *,
    b: ArrayLike = 1,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    transpose: bool = False,
) -> Explorer:
    """Explore y = x ⋆ w + b of one row, ∂y/∂x, ∂y/∂w, and the gradients of L = Σ dy ⊙ y.

    x, w and dy are rows of at most 24 numbers; by default the worked example of 4, 2 and 3. With `transpose`
    (∂y/∂x)ᵀ stands below ∂y/∂x, over the full correlation that makes the same dx. A setting that does not fit
    is explained on the stage. Raises TypeError or ValueError for what is no setting at all.
    """
    sliding = {"stride": stride, "padding": padding, "dilation": dilation, "transpose": transpose}
    return Explorer(TOPIC, start(x, w, dy, b, **sliding))


def start(
    x: ArrayLike | None = None,
    w: ArrayLike | None = None,
    dy: ArrayLike | None = None,
    b: ArrayLike = 1,
    **given: Any,
) -> JacobiansSettings:
    """Read the arguments of `jacobians`; raise TypeError or ValueError for what is no setting at all."""
    x, w, given = _row(x, "x"), _row(w, "w"), read(CONTROLS, **given)
    most = LARGEST + 2 * (given["padding"] + WIDEST)
    row = np.zeros(0, np.int64) if dy is None else _row(dy, "dy", most)
    settings = JacobiansSettings(
        x=_longer(x, "x", LARGEST),
        w=_longer(w, "w", LARGEST),
        b=numbers(b, "b", 0),
        dy=_longer(row, "dy", most),
        size=len(x),
        kernel_size=len(w),
        **given,
    )
    if dy is not None and len(row) != (count := run(settings).y.size):
        raise ValueError(f"dy has {len(row)} numbers; y has {count}, and dy one for each of them")
    return settings


def _row(values, name: str, most: int = LARGEST) -> np.ndarray:
    if values is None:
        return np.array(WORKED[name][: LENGTHS[name]])
    row = numbers(values, name, 1)
    if not 1 <= len(row) <= most:
        raise ValueError(f"{name} has {len(row)} numbers; 1 to {most} are expected")
    return row


def _longer(row: np.ndarray, name: str, size: int) -> np.ndarray:
    """Go on after a row with the numbers of the worked example."""
    return np.concatenate([row, np.resize(WORKED[name], size)[len(row) :]])


# ---- From settings to a scene ------------------------------------------------------------------------------


def scene_of(settings: JacobiansSettings) -> scenes.Scene:
    """Return the scene of the settings."""
    record = run(settings)
    dy = settings.dy[None, None, : record.y.size]
    said = {"notes": _never_read(record), "code": as_code(settings, record.y.size)}
    if settings.transpose:
        return scenes.transposed_jacobian(record, dy, **said)
    return scenes.jacobians(record, dy, forward=settings.forward, **said)


def used(settings: JacobiansSettings) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of x and w that are in use."""
    return settings.x[: settings.size], settings.w[: settings.kernel_size]


def run(settings: JacobiansSettings) -> Conv1dRecord:
    """Run the convolution; raise ValueError where no window fits."""
    x, w = used(settings)
    sliding = settings.stride, settings.padding, settings.dilation
    return conv1d(x[None, None], w[None, None], settings.b[None], *sliding)


def _never_read(record: Conv1dRecord) -> tuple[str, ...]:
    """Say which numbers of x no output reads."""
    geometry = record.flat.geometry
    (unread,) = (kinds_of(geometry)[geometry.crop] & scenes.NEVER_READ) != 0
    left = [f"x[{place}]" for place in np.flatnonzero(unread)]
    if not left:
        return ()
    if len(left) == 1:
        return (f"No output reads {left[0]}: its column of ∂y/∂x is 0 throughout, and so is dx there.",)
    cells = f"{', '.join(left[:-1])} and {left[-1]}"
    return (f"No output reads {cells}: their columns of ∂y/∂x are 0 throughout, and so is dx there.",)


def as_code(settings: JacobiansSettings, outputs: int) -> str:
    """Return the lines of Python that make the same y, dx, dw and db."""
    x, w, dy = map(row_literal, (*used(settings), settings.dy[:outputs]))
    names = ("stride", "padding", "dilation")
    sliding = ", ".join(f"{name}={getattr(settings, name)}" for name in names)
    lines = (
        f"x, w, dy = {x}, {w}, {dy}",
        f"record = vc.conv1d(x[None, None], w[None, None], {row_literal(settings.b[None])}, {sliding})",
        "gradients = vc.conv1d_backward(record, dy[None, None])",
        "y, dx = record.y[0, 0], gradients.dx[0, 0]",
        "dw, db = gradients.dweight[0, 0], gradients.dbias[0]\n",
    )
    return IMPORTS + "\n".join(lines)


TOPIC: Topic[JacobiansSettings] = Topic(
    name="jacobians",
    controls=CONTROLS,
    scene_of=scene_of,
    inputs=lambda settings: two_inputs(*used(settings)),
    gradients={"dx": "x", "dw": "w", "db": "b", "slid": "x"},
    jacobians={"dy/dx": ("y", "x"), "dy/dw": ("y", "w")},
)

"""The explorer of a convolution of one row: both its Jacobians, and the gradients that they make of dy."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv import scenes
from vizconv.engine.arrays import numbers
from vizconv.engine.geometry import whole
from vizconv.engine.operations.convolution_1d import Conv1dRecord, conv1d
from vizconv.examples.matrices import IMPORTS
from vizconv.explore.code import row_literal
from vizconv.explore.controls import choice, sliders, switch
from vizconv.explore.explorer import Explorer, Topic, as_sentence
from vizconv.scenes.matrices.jacobians import FORWARDS
from vizconv.scenes.view import kinds_of

WORKED = {"x": (4, 1, 6, 5, 8, 2, 7, 3, 9, 1), "w": (3, 2, 7, 5, 4), "dy": (1, 10, 100)}
SIZES = {"x": 4, "w": 2}
RANGES = {"x": (1, 10), "w": (1, 5), "stride": (1, 4), "padding": (0, 3), "dilation": (1, 3)}
TITLES = {"x": "length of x", "w": "length of w"}
LARGEST = 24  # numbers of x or w on the stage


@dataclass(frozen=True, eq=False)
class JacobiansSettings:
    """What the explorer shows: the first `sizes` numbers of x and w, b, dy, and how w slides over x.

    x, w and dy hold more numbers than are shown, so that a longer row finds again what it had before.
    `forward` is how y is read, one of FORWARDS; `transpose` says whether (∂y/∂x)ᵀ is shown instead of ∂y/∂w.
    """

    x: np.ndarray
    w: np.ndarray
    b: np.ndarray
    dy: np.ndarray
    sizes: tuple[int, int]
    stride: int
    padding: int
    dilation: int
    forward: str = "x ⋆ w"
    transpose: bool = False

    @property
    def shown(self) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of x and w that are on the stage."""
        return self.x[: self.sizes[0]], self.w[: self.sizes[1]]


def jacobians(x=None, w=None, dy=None, *, b=1, stride=1, padding=0, dilation=1, transpose=False) -> Explorer:
    """Explore y = x ⋆ w + b of one row, ∂y/∂x, ∂y/∂w, and the gradients of L = Σ dy ⊙ y.

    x, w and dy are rows of at most 24 numbers; by default the worked example of 4, 2 and 3. With `transpose`
    (∂y/∂x)ᵀ stands below ∂y/∂x, over the full correlation that makes the same dx. A setting that does not fit
    is explained on the stage. Raises TypeError or ValueError for what is no setting at all.
    """
    settings = start(x, w, dy, b, stride, padding, dilation, transpose)
    return Explorer(TOPIC, settings, _controls(settings))


def start(
    x=None, w=None, dy=None, b=1, stride=1, padding=0, dilation=1, transpose=False
) -> JacobiansSettings:
    """Read the arguments of `jacobians`; raise TypeError or ValueError for what is no setting at all."""
    x, w = _row(x, "x"), _row(w, "w")
    limits = whole(stride, "stride", 1), whole(padding, "padding", 0), whole(dilation, "dilation", 1)
    sizes = len(x), len(w)
    stored = _longer(x, "x", LARGEST), _longer(w, "w", LARGEST), numbers(b, "b", 0)
    most = LARGEST + 2 * limits[1] + 2 * RANGES["padding"][1]
    given = np.zeros(0, np.int64) if dy is None else _row(dy, "dy", most)
    settings = JacobiansSettings(*stored, _longer(given, "dy", most), sizes, *limits, transpose=transpose)
    if dy is not None and len(given) != (count := _record(settings).y.size):
        raise ValueError(f"dy has {len(given)} numbers; y has {count}, and dy one for each of them")
    return settings


def _row(values, name: str, most: int = LARGEST) -> np.ndarray:
    if values is None:
        return np.array(WORKED[name][: SIZES[name]])
    row = numbers(values, name, 1)
    if not 1 <= len(row) <= most:
        raise ValueError(f"{name} has {len(row)} numbers; 1 to {most} are expected")
    return row


def _longer(row: np.ndarray, name: str, size: int) -> np.ndarray:
    """Go on after a row with the numbers of the worked example."""
    return np.concatenate([row, np.resize(WORKED[name], size)[len(row) :]])


# ---- From settings to a scene ------------------------------------------------------------------------------


@np.errstate(over="ignore", invalid="ignore")  # a sum may be infinite: that is shown, too
def scene_of(settings: JacobiansSettings) -> scenes.Scene:
    """Return the scene of the settings; where no window fits, x and w with the sentence that says why."""
    try:
        record = _record(settings)
    except ValueError as error:
        return _unfitting(settings, as_sentence(error))
    dy = settings.dy[None, None, : record.y.size]
    said = {"notes": _never_read(record), "code": as_code(settings, record.y.size)}
    if settings.transpose:
        return scenes.transposed_jacobian(record, dy, **said)
    return scenes.jacobians(record, dy, forward=settings.forward, **said)


def _record(settings) -> Conv1dRecord:
    x, w = settings.shown
    sliding = settings.stride, settings.padding, settings.dilation
    return conv1d(x[None, None], w[None, None], settings.b[None], *sliding)


def _unfitting(settings, sentence) -> scenes.Scene:
    x, w = settings.shown
    panels = (
        scenes.Panel("x", x, (0, 0), editable=True),
        scenes.Panel("w", w, (0, 1), sign="⋆", editable=True),
    )
    return scenes.Scene(panels, notes=(sentence,))


def _never_read(record: Conv1dRecord) -> tuple[str, ...]:
    """Say which numbers of x no output reads."""
    setting = record.flat.geometry
    (read,) = (kinds_of(setting)[setting.crop] & scenes.NEVER_READ) == 0
    left = [f"x[{place}]" for place in np.flatnonzero(~read)]
    if not left:
        return ()
    if len(left) == 1:
        return (f"No output reads {left[0]}: its column of ∂y/∂x is 0 throughout, and so is dx there.",)
    cells = f"{', '.join(left[:-1])} and {left[-1]}"
    return (f"No output reads {cells}: their columns of ∂y/∂x are 0 throughout, and so is dx there.",)


def as_code(settings: JacobiansSettings, outputs: int) -> str:
    """Return the lines of Python that make the same y, dx, dw and db."""
    x, w, dy = map(row_literal, (*settings.shown, settings.dy[:outputs]))
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


# ---- How settings change -----------------------------------------------------------------------------------


def change(settings: JacobiansSettings, name: str, value) -> JacobiansSettings:
    """Return the settings after one control was set to a value."""
    if name in SIZES:
        sizes = {**dict(zip(SIZES, settings.sizes, strict=True)), name: value}
        return replace(settings, sizes=tuple(sizes.values()))
    return replace(settings, **{name: value})


def edit(settings: JacobiansSettings, scene, panel: str, cell: int, value: float) -> JacobiansSettings:
    """Return the settings after a learner typed a value into a cell of the panel x, w, b or dy."""
    index = scene.panel(panel).index_of(cell)
    return replace(settings, **{panel: scenes.put_at(getattr(settings, panel), index, value)})


# ---- Controls ----------------------------------------------------------------------------------------------


def values(settings: JacobiansSettings) -> dict:
    """Return what every control says for these settings."""
    names = ("stride", "padding", "dilation", "forward", "transpose")
    sizes = dict(zip(SIZES, settings.sizes, strict=True))
    return {**sizes, **{name: getattr(settings, name) for name in names}}


def hidden(settings: JacobiansSettings) -> set[str]:
    """Return the controls that mean nothing now."""
    return {"forward"} if settings.transpose else set()


def _controls(settings):
    shown = values(settings)
    return {
        **sliders(shown, RANGES, TITLES),
        "forward": choice("y is read as", list(FORWARDS), shown["forward"]),
        "transpose": switch("transpose ∂y/∂x", shown["transpose"]),
    }


GRADIENTS = {"dx": "x", "dw": "w", "db": "b", "slid": "x"}
JACOBIANS = {"dy/dx": ("y", "x"), "dy/dw": ("y", "w")}
TOPIC = Topic("jacobians", scene_of, change, edit, values, hidden, gradients=GRADIENTS, jacobians=JACOBIANS)

"""The explorer of pooling: maximum or average, forwards and backwards, ties, overlap and leftover rows."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv import scenes
from vizconv.engine.arrays import numbers
from vizconv.engine.geometry import whole
from vizconv.engine.operations import avg_pool2d, max_pool2d
from vizconv.examples.matrices import IMPORTS, INPUTS, Input, worked_input
from vizconv.explore.arguments import require_one_of
from vizconv.explore.chosen import LARGEST, read_input, take_input, typed
from vizconv.explore.code import literal
from vizconv.explore.controls import choice, sliders
from vizconv.explore.explorer import Explorer, Topic, as_sentence

KINDS = ("max", "average")
TIES = {"first": "the first", "every": "every tie (wrong)"}
RANGES = {"size": (1, 4), "stride": (1, 4), "padding": (0, 2)}
PICTURES = {
    "worked example": INPUTS["worked example"],
    "after a ReLU": Input(lambda: worked_input().clip(0), f"{INPUTS['worked example'].code}.clip(0)"),
    "counting": INPUTS["counting"],
    "all alike": Input(lambda: np.full((4, 4), 5), "np.full((4, 4), 5)"),
}
MOST = 2 * LARGEST  # rows or columns of dy: more than any setting asks for


@dataclass(frozen=True, eq=False)
class PoolingSettings:
    """All that the explorer shows: x (H, W), where it came from, dy, and how windows slide and pool.

    dy (MOST, MOST) holds a number for every place that y may have; its first rows and columns are used.
    `kind` is "max" or "average", `ties` is "first" or "every".
    """

    x: np.ndarray
    dy: np.ndarray
    input_name: str
    kind: str
    size: int
    stride: int
    padding: int
    ties: str
    notes: tuple[str, ...] = ()
    own_x: np.ndarray | None = None  # the learner's, while a preset is shown


def pooling(x=None, dy=None, *, kind="max", size=2, stride=None, padding=0, ties="first") -> Explorer:
    """Explore pooling in both directions: x, the mask, y and L = Σ dy ⊙ y, and under them dx and dy.

    x and dy are matrices, x also the name of a preset (PICTURES); by default the worked example and
    numbers that count. `kind` is "max" or "average", the stride is the size when None; `ties` is "first" or
    "every", which shows a common mistake. A setting that does not fit is explained on the stage.
    """
    settings = start(x, dy, kind, size, stride, padding, ties)
    return Explorer(TOPIC, settings, _controls(settings))


def start(x=None, dy=None, kind="max", size=2, stride=None, padding=0, ties="first") -> PoolingSettings:
    """Read the arguments of `pooling`; raise TypeError or ValueError for what is no setting at all."""
    require_one_of(kind, "kind", KINDS)
    require_one_of(ties, "ties", TIES)
    input_name, x, notes = read_input(x, PICTURES)
    size = whole(size, "size", 1)
    stride = size if stride is None else whole(stride, "stride", 1)
    dy = _counting() if dy is None else _spread(numbers(dy, "dy", 2))
    return PoolingSettings(x, dy, input_name, kind, size, stride, whole(padding, "padding", 0), ties, notes)


def _counting() -> np.ndarray:
    """Number the places of y so that each of a few has a number of its own: 1, 2, 3 and 4, 5, 6 below."""
    rows, columns = np.indices((MOST, MOST))
    return 1 + 3 * rows + columns


def _spread(dy: np.ndarray) -> np.ndarray:
    """Put the given numbers first, and ones into all other places."""
    part = dy[:MOST, :MOST]
    result = np.ones((MOST, MOST), dy.dtype)
    result[: len(part), : part.shape[1]] = part
    return result


# ---- From settings to a scene ------------------------------------------------------------------------------


@np.errstate(over="ignore", invalid="ignore")  # a sum may be infinite: that is shown, too
def scene_of(settings: PoolingSettings) -> scenes.Scene:
    """Return the scene of the settings; where nothing fits, x with the sentence that says why."""
    pool = {"max": max_pool2d, "average": avg_pool2d}[settings.kind]
    try:
        record = pool(settings.x[None, None], settings.size, settings.stride, settings.padding)
    except ValueError as error:
        x = scenes.Panel("x", settings.x, (0, 0), editable=True)
        return scenes.Scene((x,), notes=(*settings.notes, as_sentence(error)))
    scene = _pooled(record, settings)
    return replace(scene, notes=(*settings.notes, *scene.notes), code=as_code(settings, record.y.shape[2:]))


def _pooled(record, settings):
    rows, columns = record.y.shape[2:]
    dy = settings.dy[None, None, :rows, :columns]
    if settings.kind == "average":
        return scenes.average_pooling(record, dy)
    return scenes.max_pooling(record, dy, ties=settings.ties)


def as_code(settings: PoolingSettings, shape: tuple[int, int]) -> str:
    """Return the lines of Python that make the same y and dx; none where dx is a mistake."""
    if settings.kind == "max" and settings.ties == "every":
        return ""
    known = PICTURES.get(settings.input_name)
    x, dy = known.code if known else literal(settings.x), settings.dy[: shape[0], : shape[1]]
    name = {"max": "max_pool2d", "average": "avg_pool2d"}[settings.kind]
    sizes = f"{settings.size}, stride={settings.stride}, padding={settings.padding}"
    return (
        f"{IMPORTS}x = {x}\ndy = {literal(dy)}\nrecord = vc.{name}(x[None, None], {sizes})\n"
        f"y = record.y[0, 0]\ndx = vc.{name}_backward(record, dy[None, None]).dx[0, 0]\n"
    )


# ---- How settings change -----------------------------------------------------------------------------------


def change(settings: PoolingSettings, name: str, value) -> PoolingSettings:
    """Return the settings after one control was set to a value."""
    if name == "input":
        return take_input(settings, value, PICTURES)
    return replace(settings, **{name: value})


def edit(settings: PoolingSettings, scene, panel: str, cell: int, value: float) -> PoolingSettings:
    """Return the settings after a learner typed a value into a cell of the panel x or dy."""
    if panel == "x":
        return typed(settings, scene, panel, cell, value, "x")
    return replace(settings, dy=scenes.put_at(settings.dy, scene.panel("dy").index_of(cell), value))


# ---- Controls ----------------------------------------------------------------------------------------------


def values(settings: PoolingSettings) -> dict:
    """Return what every control says for these settings."""
    sliding = {name: getattr(settings, name) for name in RANGES}
    return {"kind": settings.kind, "input": settings.input_name, **sliding, "ties": settings.ties}


def hidden(settings: PoolingSettings) -> set[str]:
    """Return the controls that mean nothing now: an average has no ties."""
    return {"ties"} if settings.kind == "average" else set()


def _controls(settings):
    shown = values(settings)
    policies = [(words, name) for name, words in TIES.items()]
    return {
        "kind": choice("pooling", KINDS, shown["kind"]),
        "input": choice("input x", [*PICTURES, OWN], shown["input"]),
        **sliders(shown, RANGES, {}),
        "ties": choice("ties", policies, shown["ties"]),
    }


TOPIC = Topic("pooling", scene_of, change, edit, values, hidden, gradients={"dx": "x"})

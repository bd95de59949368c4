"""Dreaming: gradient ascent on the image, until the network sees more of what it is asked to see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.explanations.noise import bits
from vizconv.engine.explanations.question import precise, read_image, require_class, require_scores
from vizconv.engine.geometry import whole
from vizconv.engine.networks import Network
from vizconv.engine.records import Record, Trace

Objective = int | str | Sequence[str | int]
MOST_STEPS = 2000
BLUR = np.array([1, 2, 1]) / 4


@dataclass(frozen=True, eq=False, repr=False)
class Dream(Record):
    """What `dream` made: images (steps + 1, C, H, W), the first as it came, and the objective of each."""

    images: np.ndarray
    objectives: np.ndarray

    @property
    def image(self) -> np.ndarray:
        """The last image, (C, H, W)."""
        return self.images[-1]


def dream(
    network: Network,
    image: ArrayLike,
    objective: Objective,
    steps: int = 50,
    step_size: float = 0.1,
    l2: float = 0.0,
    blur: float = 0.0,
    jitter: int = 0,
    normalized: bool = True,
    limits: tuple[float, float] | None = (0.0, 1.0),
    seed: int = 0,
) -> Dream:
    """Climb from an image to one that the network's objective likes more: x ← x + step_size · gradient.

    image (C, H, W) or grey (H, W): a digit, `noise`, a grey patch. objective: a class k, its score; a layer's
    name, ½ Σ a² of all its activations (Deep Dream); (layer, k), the mean of a filter's map, or a unit of a
    row; (layer, k, row, column), one unit. l2 pulls every pixel towards 0 (l2 · x is subtracted from the
    gradient); blur, from 0 to 1, mixes in a 3×3 blur after each step; jitter moves the image by up to so many
    pixels before each step, and back after it. `normalized` divides the gradient by its root mean square;
    limits cut the pixels off. Raises ValueError for what is not there or does not fit.
    Mordvintsev, Olah, Tyka, "Inceptionism", 2015; Olah, Mordvintsev, Schubert, "Feature visualization", 2017.
    """
    part, index = _aimed(precise(network), read_image(image), objective)
    _require_settings(steps, step_size, l2, blur, jitter, limits)
    x, moves, images, objectives = read_image(image), _moves(seed, jitter), [], []
    for step in range(steps + 1):
        images.append(x[0])
        move = next(moves)
        objectives.append(_value(part.forward(x), index))
        if step < steps:
            gradient = np.roll(_gradient(part, np.roll(x, move, (2, 3)), index), (-move[0], -move[1]), (2, 3))
            x = _limited(_blurred(x + step_size * _direction(gradient - l2 * x, normalized), blur), limits)
    return Dream(np.array(images), np.array(objectives))


# ---- What is climbed ---------------------------------------------------------------------------------------


def _aimed(network: Network, x: np.ndarray, objective: Objective) -> tuple[Network, tuple[int, ...] | None]:
    """Return the network up to the layer that is asked, and the index there; None for the whole layer."""
    trace = network.forward(x)
    if isinstance(objective, str):
        return _up_to(network, objective), None
    if isinstance(objective, tuple | list) and objective and isinstance(objective[0], str):
        name, *index = objective
        return _up_to(network, str(name)), _index(str(name), index, trace)
    require_scores(trace)
    require_class(objective, trace.y, "objective")  # type: ignore[arg-type]  (says what is no class)
    return network, (int(objective),)  # type: ignore[arg-type]


def _up_to(network: Network, name: str) -> Network:
    layers = dict(network.layers)
    if name not in layers:
        raise ValueError(f"there is no layer {name!r}; there are {', '.join(layers)}")
    names = list(layers)
    return Network({each: layers[each] for each in names[: names.index(name) + 1]})


def _index(name: str, index: list, trace: Trace) -> tuple[int, ...]:
    shape = trace[name].y.shape[1:]
    place = tuple(whole(at, "an index of the objective", 0) for at in index)
    fits = len(place) in {1, len(shape)} and all(
        0 <= at < size for at, size in zip(place, shape, strict=False)
    )
    if not fits:
        raise ValueError(
            f"the objective ({', '.join(map(str, (name, *index)))}) is not there: layer {name!r} makes "
            f"{'×'.join(map(str, shape))}; its first index alone, or all of them, are expected"
        )
    return place


def _value(trace: Trace, index: tuple[int, ...] | None) -> float:
    y = trace.y[0]
    return float((y * y).sum() / 2 if index is None else y[index].mean())


def _gradient(network: Network, x: np.ndarray, index: tuple[int, ...] | None) -> np.ndarray:
    trace = network.forward(x)
    dy = trace.y if index is None else _share(trace.y, index)
    return np.asarray(network.backward(trace, dy).dx)


def _share(y: np.ndarray, index: tuple[int, ...]) -> np.ndarray:
    """Return the gradient of the mean of what the index names."""
    dy = np.zeros_like(y)
    dy[(0, *index)] = 1 / max(1, y[(0, *index)].size)
    return dy


# ---- How it is climbed -------------------------------------------------------------------------------------


def _direction(gradient: np.ndarray, normalized: bool) -> np.ndarray:
    """Divide by the root mean square; a gradient of 0 everywhere stays: nothing shows the way."""
    size = np.sqrt((gradient * gradient).mean())
    return gradient / size if normalized and size > 0 else gradient


def _blurred(x: np.ndarray, blur: float) -> np.ndarray:
    if not blur:
        return x
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge")
    rows = np.sum([share * padded[:, :, at : at + x.shape[2]] for at, share in enumerate(BLUR)], axis=0)
    soft = np.sum([share * rows[..., at : at + x.shape[3]] for at, share in enumerate(BLUR)], axis=0)
    return (1 - blur) * x + blur * soft


def _limited(x: np.ndarray, limits: tuple[float, float] | None) -> np.ndarray:
    return x if limits is None else np.clip(x, *limits)


def _moves(seed: int, jitter: int) -> Iterator[tuple[int, int]]:
    """Yield by how many rows and columns the image moves before each step, each from -jitter to jitter."""
    drawn = bits(seed)
    while True:
        row, column = (next(drawn) % (2 * jitter + 1) - jitter for _ in range(2))
        yield row, column


def _require_settings(steps, step_size, l2, blur, jitter, limits) -> None:
    if not 0 <= whole(steps, "steps", 0) <= MOST_STEPS:
        raise ValueError(f"steps is {steps}; 0 to {MOST_STEPS} is expected")
    whole(jitter, "jitter", 0)
    for name, value in (("step_size", step_size), ("l2", l2), ("blur", blur)):
        if not _is_number(value) or not np.isfinite(value):
            raise ValueError(f"{name} is {value!r}; a finite number is expected")
    if not 0 <= blur <= 1:
        raise ValueError(f"blur is {blur}; 0 (none) to 1 is expected")
    if limits is not None and not _are_limits(limits):
        raise ValueError(f"limits are {limits}; two numbers, the lower one first, or None, are expected")


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _are_limits(limits: Any) -> bool:
    two = isinstance(limits, tuple | list | np.ndarray) and len(limits) == 2 and all(map(_is_number, limits))
    return bool(two and limits[0] < limits[1])

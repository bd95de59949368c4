"""The settings of the explorer of a hidden kernel: what can be set, and what its arguments may be."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizconv import datasets
from vizconv.engine.arrays import numbers
from vizconv.engine.geometry import geometry
from vizconv.examples.matrices import FIRST_DIGIT, HANDWRITTEN, Input, handwritten
from vizconv.explore.backward.descent import MOST_STEPS, Descent
from vizconv.explore.chosen import Chosen, read_chosen, read_input
from vizconv.explore.controls import Digit, Player, Preset, Slider, Switch, read
from vizconv.explore.rates import rates, read_positive
from vizconv.scenes.view import fits

# ---- What it starts with -----------------------------------------------------------------------------------


def mixed() -> np.ndarray:
    """Return a picture of small whole numbers that differ from place to place."""
    return np.random.default_rng(46).integers(-2, 3, (6, 6))


def single_one() -> np.ndarray:
    """Return zeros with a single 1 in the middle."""
    return np.pad([[1]], 2)


def even() -> np.ndarray:
    """Return a picture in which every pixel is 1."""
    return np.ones((6, 6), np.int64)


def digit(at: int = FIRST_DIGIT) -> np.ndarray:
    """Return the handwritten digit at a place among those that ship, from 0 (paper) to 1 (ink)."""
    return datasets.digits()[0].images[at] / 255


PICTURES = {
    "mixed numbers": Input(mixed, "np.random.default_rng(46).integers(-2, 3, (6, 6))"),
    "a single 1": Input(single_one, "np.pad([[1]], 2)"),
    "even picture": Input(even, "np.ones((6, 6), int)"),
    HANDWRITTEN: Input(digit, f"{handwritten().code} / 255", (1.0, 0.0)),
}
SECRETS = {
    "secret 1": ((1, 0, -1), (2, 0, -2), (1, 0, -1)),
    "secret 2": ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    "secret 3": ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
}


CONTROLS = (
    Preset("input", tuple(PICTURES), lambda settings, name: PICTURES[name].make(), title="picture x"),
    Preset("kernel", tuple(SECRETS), lambda settings, name: SECRETS[name], title="hidden kernel", more=True),
    Switch("revealed", title="reveal the hidden kernel"),
    rates("learning rate", 1.0, more=True),
    Slider("steps", 0, MOST_STEPS),
    Player("play", of="steps", most=MOST_STEPS, title="descend"),
    Digit("digit", make=digit, group="digit"),
)


@dataclass(frozen=True, eq=False, kw_only=True)
class HiddenKernelSettings:
    """A picture x and a hidden kernel w*, the descent on them, how many steps of it were made.

    `revealed` says whether w* is on the stage.
    """

    input: Chosen
    kernel: Chosen
    descent: Descent
    steps: int
    revealed: bool

    @property
    def rate(self) -> float:
        """The learning rate η."""
        return self.descent.rate

    @property
    def fits(self) -> bool:
        """Whether the hidden kernel is no larger than the picture."""
        sizes = zip(self.kernel.values.shape, self.input.values.shape, strict=True)
        return all(kernel <= size for kernel, size in sizes)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of the picture."""
        return self.input.notes


def begin(
    x: ArrayLike | None = None,
    hidden: ArrayLike | None = None,
    start: ArrayLike | None = None,
    *,
    rate: float = 0.005,
    steps: int = 0,
    revealed: bool = False,
) -> HiddenKernelSettings:
    """Read the arguments of `hidden_kernel`; raise TypeError or ValueError for what does not fit."""
    input, kernel = read_input(x, PICTURES), read_chosen(hidden, "hidden", SECRETS, SECRETS.get)
    x, hidden = input.values, kernel.values
    _require_fitting(x, hidden)
    start = np.zeros(hidden.shape) if start is None else numbers(start, "start", 2)
    if start.shape != hidden.shape:
        raise ValueError(
            f"start has shape {start.shape}; {hidden.shape} is expected, that of the hidden kernel"
        )
    descent = Descent(x=x, hidden=hidden, start=start, rate=read_positive(rate, "rate"))
    given = read(CONTROLS, steps=steps, revealed=revealed)
    given["steps"] = min(given["steps"], descent.last)
    return HiddenKernelSettings(input=input, kernel=kernel, descent=descent, **given)


def _require_fitting(x: np.ndarray, hidden: np.ndarray) -> None:
    """Raise ValueError where no window fits into x, or where not all of y would be on the stage."""
    height, width = geometry(x.shape, hidden.shape).output_size
    if not fits(height * width, x.size, hidden.size):
        raise ValueError(
            f"hidden has shape {hidden.shape} and x {x.shape}: these are {height * width * hidden.size} "
            f"products, too many for a stage; a smaller hidden kernel or a smaller x is expected"
        )

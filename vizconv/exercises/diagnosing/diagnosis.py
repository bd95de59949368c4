"""What is wrong with a backward function: which gradient, where first, and which typical mistake it is."""

import warnings
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from vizconv.engine.writing import format_number
from vizconv.exercises.attempt import NoAnswer, called
from vizconv.exercises.checker import CLOSE, LARGEST, Verdict, side_by_side, wrong_cells
from vizconv.exercises.diagnosing.convolution import SUBJECT as CONV2D
from vizconv.exercises.diagnosing.deadline import OutOfTime, within
from vizconv.exercises.diagnosing.pools import AVG_POOL2D, MAX_POOL2D
from vizconv.exercises.diagnosing.rows import LINEAR_SUBJECT, LOSS_SUBJECT, RELU_SUBJECT
from vizconv.exercises.diagnosing.signatures import SIGNATURES, Signature
from vizconv.exercises.diagnosing.subject import Subject, Trial
from vizconv.exercises.reply import LOOKS
from vizconv.scenes import Scene
from vizconv.stage import Stage

SUBJECTS = {
    "conv2d": CONV2D,
    "max_pool2d": MAX_POOL2D,
    "avg_pool2d": AVG_POOL2D,
    "cross_entropy": LOSS_SUBJECT,
    "linear": LINEAR_SUBJECT,
    "relu": RELU_SUBJECT,
}
LONGEST = 86_400  # seconds; a day
OTHER_ORDER = "The gradients are right, in another order: ({names}) is expected."


@dataclass(frozen=True, eq=False)
class FirstWrong:
    """The first wrong number: of which gradient, its index, what came and what is right, and the trial.

    `gradient` and `index` are the engine's, as in dweight[f, c, u, v]; `inputs` says in words what the
    function was called with.
    """

    gradient: str
    index: tuple[int, ...]
    returned: float
    right: float
    inputs: str
    trial: Trial = field(repr=False)


@dataclass(frozen=True, repr=False, kw_only=True)
class Diagnosis(Verdict):
    """What `diagnose` found. `right` says whether all is right, `sentence` what it found, in a few words.

    mistakes: the sentences of the typical mistakes that make these very numbers; empty where all is right, or
    where the mistake is none of them. first_wrong: the first wrong number, or None. scene: its terms beside
    the wrong cell; `stage` makes a stage of it.
    """

    operation: str
    mistakes: tuple[str, ...] = ()
    first_wrong: FirstWrong | None = field(default=None, compare=False)
    lines: tuple[str, ...] = ()

    @cached_property
    def stage(self) -> Stage | None:
        """A stage with the right terms beside the first wrong cell; None where nothing can be shown."""
        return None if self.scene is None else Stage(self.scene)

    def report(self) -> str:
        """Say all that was found, a line for each gradient: for one submission of a whole folder."""
        mark = LOOKS[self.right][0]
        return "\n".join((f"{mark} {self.operation}: {'right' if self.right else 'not right'}", *self.lines))


def diagnose(
    backward: Callable,
    operation: str,
    signature: str = "vizconv",
    forward: Callable | None = None,
    time_limit: float = 20.0,
) -> Diagnosis:
    """Try a backward function on inputs chosen to expose mistakes, and name those that it makes.

    operation: "conv2d", "max_pool2d", "avg_pool2d", "cross_entropy" (softmax and cross-entropy in one),
    "linear" or "relu". signature: how the function is called, always with copies, and what it returns.

    "vizconv": backward(record, dy), as `vizconv.conv2d_backward` is. It returns a record with dx, dweight
    and dbias, a tuple of them in this order, a dict, or, of operations without weights, dx alone. A
    `forward` is called as `vizconv.conv2d` is, and what it returns takes the record's place.

    "cs231n": backward(dout, cache) returns (dx, dw, db), or dx alone, where cache is what the course's own
    forward makes: (x, w, b, {"stride", "pad"}) for conv2d, (x, {"pool_height", "pool_width", "stride"}) for
    the poolings, (x, w, b) with w (D, K) for linear, x for relu. If the function's own cache is another, its
    `forward` comes along: forward(x, w, b, conv_param) returns (out, cache). "cross_entropy" is
    softmax_loss(x, y), which returns (loss, dx).

    "torch": backward(grad_output, input, weight, bias, stride, padding, dilation) returns (grad_input,
    grad_weight, grad_bias), tensors of float64 both ways; stride, padding and dilation are pairs. Of the
    poolings it gets (grad_output, input, kernel_size, stride, padding), of linear (grad_output, input,
    weight, bias), of relu (grad_output, input), of cross_entropy (grad_output, input, target). Needs PyTorch.

    time_limit: seconds for all inputs together, above 0. What the function raises is said, never raised.
    Raises ValueError for an operation or a signature that is not among these, or a forward with "torch";
    TypeError when `backward` or `forward` is no function, or time_limit no number; ModuleNotFoundError for
    "torch" without PyTorch.
    """
    subject, way = (
        _looked_up("operation", operation, SUBJECTS),
        _looked_up("signature", signature, SIGNATURES),
    )
    _require_functions(backward, forward, signature)
    time_limit = _seconds(time_limit)
    if signature == "torch":
        import torch  # noqa: F401 (so that a missing PyTorch is no mistake of the function's)
    trials = [trial for trial in subject.trials if way.takes(trial.record)]
    outcomes: list[Outcome] = []
    stopped = _tried(trials, backward, forward, way, subject, outcomes, time_limit)
    return _diagnosed(operation, subject, way, outcomes, stopped)


def _looked_up(name: str, given: str, offered: Mapping[str, Any]) -> Any:
    if not isinstance(given, str) or given not in offered:
        known = ", ".join(map(repr, offered))
        raise ValueError(f"{name} is {given!r}; one of {known} is expected")
    return offered[given]


def _seconds(time_limit: float) -> float:
    expected = f"time_limit is {time_limit!r}; seconds above 0, up to {LONGEST:,}, are expected"
    if isinstance(time_limit, bool) or not isinstance(time_limit, int | float | np.number):
        raise TypeError(expected)
    if not 0 < time_limit <= LONGEST:
        raise ValueError(expected)
    return float(time_limit)


def _require_functions(backward, forward, signature):
    for name, function in (("backward", backward), ("forward", forward)):
        if not callable(function) and not (name == "forward" and function is None):
            raise TypeError(
                f"{name} is {type(function).__name__}; the function itself, without brackets, is expected"
            )
    if forward is not None and signature == "torch":
        raise ValueError("a forward has no part in the signature 'torch'; leave it out")


# ---- Trying ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a function made of one trial, by gradient."""

    trial: Trial
    returned: Mapping[str, np.ndarray]

    def is_wrong(self, gradient: str) -> bool:
        """Say whether a gradient differs from the engine's, in shape or in a number."""
        right, returned = self.trial.right[gradient], self.returned[gradient]
        return returned.shape != right.shape or not np.allclose(returned, right, **CLOSE)


def _tried(trials, backward, forward, way, subject, outcomes, time_limit) -> str:
    """Try one after another, and keep what each made; return in words what stopped it, if anything did."""

    def run():
        for trial in trials:
            try:
                outcomes.append(Outcome(trial, _returned(trial, backward, forward, way, subject)))
            except NoAnswer as none:
                return f"With {trial}: {none}" if none.written else str(none)
        return ""

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a function of somebody's own
            return within(time_limit, run)
    except OutOfTime:
        late = trials[min(len(outcomes), len(trials) - 1)]
        return f"With {late}: your function was not done after {time_limit:g} seconds. Does a loop never end?"


def _returned(trial: Trial, backward, forward, way: Signature, subject: Subject) -> Mapping[str, np.ndarray]:
    given = deepcopy(way.arguments(trial.record, np.array(trial.dy), _own(forward)))
    name = ", ".join(map(way.name, subject.gradients))
    return way.gradients(called(backward, given, name), trial.record, subject.gradients)


def _own(forward):
    """Let a forward's errors be said, too, as those of the forward."""
    if forward is None:
        return None

    def own(inputs, **settings):
        try:
            return called(partial(forward, **settings), deepcopy(inputs), "out, cache")
        except NoAnswer as none:
            raise NoAnswer(f"in your forward, {none}") from none

    return own


# ---- Saying ------------------------------------------------------------------------------------------------


def _diagnosed(
    operation, subject: Subject, way: Signature, outcomes: list[Outcome], stopped: str
) -> Diagnosis:
    wrong = {
        gradient: [each for each in outcomes if each.is_wrong(gradient)] for gradient in subject.gradients
    }
    if not stopped and not any(wrong.values()):
        return Diagnosis(True, _praise(operation, outcomes), operation=operation)
    if len(wrong) > 1 and (order := _other_order(subject, way, outcomes)):
        return Diagnosis(False, order, operation=operation, mistakes=(order,), lines=(f"  {order}",))
    mistakes = {gradient: _mistake(subject, gradient, outcomes) for gradient, bad in wrong.items() if bad}
    lines = [
        _line(way, gradient, wrong[gradient], outcomes, mistakes)
        for gradient in subject.gradients
        if outcomes
    ]
    first = _first_wrong(wrong, outcomes)
    sentence = " ".join(filter(None, (_first_sentence(way, first, mistakes, wrong), stopped)))
    if stopped:
        lines.append(f"  {stopped}")
    return Diagnosis(
        False,
        sentence,
        _scene(subject, first, outcomes, sentence),
        operation=operation,
        mistakes=tuple(filter(None, mistakes.values())),
        first_wrong=first,
        lines=tuple(lines),
    )


def _praise(operation, outcomes):
    return f"Right: the gradients of {operation} equal the engine's for all {len(outcomes)} inputs."


def _other_order(subject: Subject, way: Signature, outcomes: list[Outcome]) -> str:
    """Say that the gradients are right in another order, where they are, for every input."""
    wanted = subject.gradients
    for moved in (
        wanted[1:] + wanted[:1],
        wanted[2:] + wanted[:2],
        (wanted[1], wanted[0], *wanted[2:]),
        (wanted[0], *wanted[:0:-1]),
        wanted[::-1],
    ):
        named = [
            replace(each, returned=dict(zip(moved, each.returned.values(), strict=True))) for each in outcomes
        ]
        if named and not any(each.is_wrong(gradient) for each in named for gradient in wanted):
            return OTHER_ORDER.format(names=", ".join(map(way.name, wanted)))
    return ""


def _mistake(subject: Subject, gradient: str, outcomes: list[Outcome]) -> str:
    """Return the first mistake that makes what came for every input, else for the first wrong one."""
    bad = [each for each in outcomes if each.is_wrong(gradient)]
    fitting = [
        said for said, make in subject.mistakes[gradient].items() if _makes(make, gradient, bad[0]) is True
    ]
    for said in fitting:
        make = subject.mistakes[gradient][said]
        if all(_makes(make, gradient, each) is not False for each in outcomes):
            return said
    return fitting[0] if fitting else ""


def _makes(make: Callable, gradient: str, outcome: Outcome) -> bool | None:
    """Say whether a mistake makes the very numbers that came; None where it fits no such input."""
    try:
        with np.errstate(all="ignore"):
            made = np.asarray(make(outcome.trial.record, outcome.trial.dy))
    except ValueError:
        return None
    returned = outcome.returned[gradient]
    return made.shape == returned.shape and np.allclose(made, returned, equal_nan=True, **CLOSE)


def _first_wrong(wrong: Mapping[str, list[Outcome]], outcomes: list[Outcome]) -> FirstWrong | None:
    """Find the first wrong number in the first input with one; None where only shapes are wrong."""
    for outcome in outcomes:
        for gradient, bad in wrong.items():
            if outcome in bad and outcome.returned[gradient].shape == outcome.trial.right[gradient].shape:
                return _first_number(gradient, outcome)
    return None


def _first_number(gradient: str, outcome: Outcome) -> FirstWrong:
    right, returned = outcome.trial.right[gradient], outcome.returned[gradient]
    index = tuple(int(at) for at in np.argwhere(wrong_cells(returned, right))[0])
    number, wanted = float(returned[index]), float(right[index])
    return FirstWrong(gradient, index, number, wanted, repr(outcome.trial), outcome.trial)


def _first_sentence(way: Signature, first: FirstWrong | None, mistakes, wrong) -> str:
    if first is None:
        return next(
            (_misshapen(way, gradient, bad[0], mistakes) for gradient, bad in wrong.items() if bad), ""
        )
    mistake = mistakes[first.gradient] or _counted(first.gradient, wrong[first.gradient])
    return f"With {first.inputs}: your {_cell(way, first)}. {mistake}"


def _cell(way: Signature, first: FirstWrong) -> str:
    index = ", ".join(map(str, way.index(first.gradient, first.index, first.trial.record)))
    came, wanted = format_number(first.returned), format_number(first.right)
    return f"{way.name(first.gradient)}[{index}] is {came}, and {wanted} is right"


def _misshapen(way: Signature, gradient: str, outcome: Outcome, mistakes) -> str:
    came = "×".join(map(str, outcome.returned[gradient].shape)) or "a single number"
    wanted = "×".join(map(str, outcome.trial.right[gradient].shape))
    shapes = f"your {way.name(gradient)} is {came}, and {wanted} is right."
    return f"With {outcome.trial}: {shapes} {mistakes[gradient]}".strip()


def _counted(gradient: str, bad: list[Outcome]) -> str:
    cells = wrong_cells(bad[0].returned[gradient], bad[0].trial.right[gradient])
    return f"{cells.sum()} of {cells.size} numbers are wrong."


def _line(way: Signature, gradient: str, bad: list[Outcome], outcomes: list[Outcome], mistakes) -> str:
    if not bad:
        return f"  {way.name(gradient)} ✓"
    counted = f"wrong with {len(bad)} of {len(outcomes)} inputs"
    same = bad[0].returned[gradient].shape == bad[0].trial.right[gradient].shape
    first = f"With {bad[0].trial}: your {_cell(way, _first_number(gradient, bad[0]))}." if same else ""
    reason = mistakes[gradient] if same else _misshapen(way, gradient, bad[0], mistakes)
    return " ".join(filter(None, (f"  {way.name(gradient)} ✗ {counted}.", first, reason)))


def _scene(subject: Subject, first: FirstWrong | None, outcomes, sentence: str) -> Scene | None:
    """Set the part of the gradient with the first wrong number beside the right one."""
    if first is None:
        return None
    outcome = next(each for each in outcomes if each.trial is first.trial)
    part = subject.scene(first.trial, first.gradient, first.index)
    returned = outcome.returned[first.gradient][part.leading]
    right = first.trial.right[first.gradient][part.leading]
    if returned.size > LARGEST:
        return None
    return side_by_side(part.scene, part.panel, returned, right, sentence)

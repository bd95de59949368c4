"""Training: batches in a random order, one optimizer step for each, and a report of how it goes."""

import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import NotANumber, keep_freed_memory
from vizconv.engine.evaluation import Evaluation, Run, evaluate, forward_and_backward, read_data
from vizconv.engine.geometry import whole
from vizconv.engine.networks import Network, parameter_gradients
from vizconv.engine.optimizers import Optimizer


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where training stands: the network so far, the epoch (from 1) and the steps done in all.

    `optimizer_state` is what the optimizer remembers, `seed` what shuffles the images and `data` a digest
    of them and their labels, so that `fit(..., resume=progress)` can go on.
    """

    network: Network
    epoch: int
    step: int
    loss: float
    accuracy: float
    optimizer_state: Any = field(repr=False)
    seed: int
    data: str = field(repr=False)

    def __repr__(self):
        return f"{type(self).__name__}(epoch {self.epoch}, step {self.step})"


@dataclass(frozen=True, repr=False, kw_only=True)
class BatchProgress(Progress):
    """After one batch; `loss` is that batch's, before its step, and `accuracy` its share right.

    Of the epoch so far, `seen` counts the images, `right` those known, and `total_loss` adds their losses.
    """

    seen: int
    right: int
    total_loss: float

    @property
    def mean_loss(self) -> float:
        """The mean loss over the epoch's images so far."""
        return self.total_loss / self.seen

    @property
    def mean_accuracy(self) -> float:
        """The share of the epoch's images so far that were known."""
        return self.right / self.seen


@dataclass(frozen=True, repr=False, kw_only=True)
class EpochProgress(Progress):
    """After one epoch; `loss` and `accuracy` are the means over its images.

    `validation` is the Evaluation of the validation images; `watched` the Run of the watched ones, with
    their feature maps and gradients (the weights are in `network`). None where none were given.
    """

    validation: Evaluation | None
    watched: Run | None


def fit(
    network: Network,
    images: ArrayLike,
    labels: ArrayLike,
    *,
    epochs: int,
    batch_size: int,
    optimizer: Optimizer,
    seed: int,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    watch: tuple[ArrayLike, ArrayLike] | None = None,
    resume: Progress | None = None,
) -> Iterator[Progress]:
    """Train with cross-entropy and yield a BatchProgress a batch and an EpochProgress an epoch.

    images (N, H, W) uint8, scaled to 0…1, or floats (N, C, H, W), computed in the network's type; labels
    (N) whole numbers; `validation` and `watch` are other (images, labels) pairs. Each record holds the
    network so far, so that you may stop at any time and keep it; the network that came in stays as it
    was. Of a BatchNorm2d, weight and bias are learned; its mean and variance stay as they are. With such a
    record as `resume`, training goes on from it and its network, up to `epochs` in all, as if it had never
    stopped: with the same images and labels, but any batch size and rate; another kind of optimizer starts
    afresh, with a warning.

    The same seed gives the same numbers on one machine as long as BLAS has as many threads
    (OPENBLAS_NUM_THREADS); another number of them may add up in another order, and the last digits differ
    from the first step on.

    Raises ValueError or TypeError before the first step for what does not fit, and ValueError at the
    step where the loss or the weights are no longer finite.
    """
    last = _read_start(network, optimizer, resume)
    images, labels = read_data(last.network, images, labels)
    plan = _Plan(
        images=images,
        labels=labels,
        epochs=whole(epochs, "epochs", 1),
        batch_size=whole(batch_size, "batch_size", 1),
        optimizer=optimizer,
        seed=whole(seed, "seed", 0),
        validation=_read_pair(last.network, validation, "validation"),
        watch=_read_pair(last.network, watch, "watch"),
        data=_digest(images, labels),
    )
    if resume is not None:
        _require_same_order(plan, resume)
    return _records(plan, last)


def train_step(
    network: Network, images: ArrayLike, labels: ArrayLike, optimizer: Optimizer, state: Any = None
):
    """Take one step downhill; return the new network, the optimizer's new state, and the Run before it.

    Shapes as in `fit`. Raises ValueError when the loss or a new weight is not finite.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # they are looked for below
        run = forward_and_backward(network, images, labels, input_gradient=False)
        parameters = network.parameters
        parameters, state = optimizer.step(parameters, parameter_gradients(run.backward), state)
    if not np.isfinite(run.loss.y):
        raise NotANumber(f"the loss is {run.loss.y}")
    for name, value in parameters.items():
        if not np.isfinite(value).all():
            raise NotANumber(f"the new {name} is not finite")
    return network.with_parameters(parameters), state, run


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What stays the same during training."""

    images: np.ndarray
    labels: np.ndarray
    epochs: int
    batch_size: int
    optimizer: Optimizer
    seed: int
    validation: tuple | None
    watch: tuple | None
    data: str

    def order(self, epoch: int) -> np.ndarray:
        """Shuffle the images; by seed and epoch alone, so that training can be resumed anywhere."""
        return np.random.default_rng((self.seed, epoch)).permutation(len(self.images))


def _records(plan: _Plan, last: Progress) -> Iterator[Progress]:
    keep_freed_memory()
    first, seen = (last.epoch, last.seen) if isinstance(last, BatchProgress) else (last.epoch + 1, 0)
    for epoch in range(first, plan.epochs + 1):
        order = plan.order(epoch)
        for start in range(seen, len(order), plan.batch_size):
            chosen = np.sort(order[start : start + plan.batch_size])
            last = _after_batch(plan, last, epoch, start, chosen)
            yield last
        last, seen = _after_epoch(plan, cast(BatchProgress, last)), 0  # of which a batch was the last
        yield last


def _after_batch(plan, last, epoch, seen, chosen) -> BatchProgress:
    step, images, labels = last.step + 1, plan.images[chosen], plan.labels[chosen]
    try:
        network, state, run = train_step(last.network, images, labels, plan.optimizer, last.optimizer_state)
    except NotANumber as error:
        raise ValueError(
            f"training stopped at step {step} (epoch {epoch}): {error}. The numbers have grown beyond all "
            f"bounds; try a smaller learning_rate than in {plan.optimizer}, or smaller initial weights. "
            f"{_what_is_left(last)}"
        ) from error
    loss = float(run.loss.y)
    right, total_loss = (last.right, last.total_loss) if seen else (0, 0.0)
    return BatchProgress(
        network=network,
        epoch=epoch,
        step=step,
        loss=loss,
        accuracy=run.right / len(chosen),
        optimizer_state=state,
        seed=plan.seed,
        data=plan.data,
        seen=seen + len(chosen),
        right=right + run.right,
        total_loss=total_loss + loss * len(chosen),
    )


def _what_is_left(last: Progress) -> str:
    if last.step == 0:
        return "No step was taken: the network stays as it came"
    return "The last record holds the weights before this step: all finite, though earlier ones may be better"


def _after_epoch(plan: _Plan, last: BatchProgress) -> EpochProgress:
    network = last.network
    return EpochProgress(
        network=network,
        epoch=last.epoch,
        step=last.step,
        loss=last.mean_loss,
        accuracy=last.mean_accuracy,
        optimizer_state=last.optimizer_state,
        seed=plan.seed,
        data=plan.data,
        validation=None if plan.validation is None else evaluate(network, *plan.validation),
        watched=None if plan.watch is None else forward_and_backward(network, *plan.watch),
    )


def _read_start(network, optimizer, resume) -> Progress:
    """Check the optimizer and what it goes on from; before the first step, that is an epoch 0."""
    if isinstance(optimizer, type) or not hasattr(optimizer, "step"):
        raise TypeError(f"optimizer is {optimizer!r}; one such as Adam(0.001) is expected")
    if resume is None:
        nothing = {"loss": np.nan, "accuracy": np.nan, "optimizer_state": None, "seed": 0, "data": ""}
        return Progress(network=network, epoch=0, step=0, **nothing)
    if not isinstance(resume, Progress):
        raise TypeError(f"resume is a {type(resume).__name__}; a record that fit has yielded is expected")
    expected = type(optimizer.start(resume.network.parameters))
    if isinstance(resume.optimizer_state, expected):
        return resume
    warnings.warn(
        f"resume holds a {type(resume.optimizer_state).__name__}; {optimizer} goes on from a "
        f"{expected.__name__}, so it starts afresh, from the weights alone",
        stacklevel=3,
    )
    return replace(resume, optimizer_state=None)


def _require_same_order(plan: _Plan, resume: Progress) -> None:
    """Raise ValueError where the images that `resume` has not yet seen in its epoch would be others."""
    if resume.data != plan.data:
        raise ValueError(
            "resume was trained on other images or labels than these; the same are expected, in their order. "
            "To train its network on others, give it as the network, without resume"
        )
    if isinstance(resume, BatchProgress) and resume.seed != plan.seed:
        raise ValueError(
            f"seed is {plan.seed}; {resume.seed} is expected, which shuffled the images of resume's epoch"
        )


def _digest(images: np.ndarray, labels: np.ndarray) -> str:
    digest = hashlib.sha256()
    for array in (images, labels.astype(np.int64)):
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _read_pair(network, pair, name):
    if pair is None:
        return None
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise TypeError(f"{name} is a {type(pair).__name__}; an (images, labels) pair is expected")
    try:
        return read_data(network, *pair)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from error

"""Random small networks of every kind of layer, and what the engine finds for every panel of their scenes."""

from dataclasses import dataclass, replace

import numpy as np

from vizconv.engine import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    Linear,
    LogSoftmax,
    MaxPool2d,
    Network,
    Relu,
    Sigmoid,
    Softmax,
    Tanh,
    conv2d_backward,
    cross_entropy,
    cross_entropy_backward,
    softmax,
    softmax_backward,
)
from vizconv.engine.operations.convolution import Conv2dRecord

OF = "loss", "score", "probability"


@dataclass(frozen=True)
class Case:
    """A network, of whole numbers or not, an image (C, H, W), a label, and whose gradients are wanted."""

    whole: bool
    network: Network
    image: np.ndarray
    label: int
    kind: str
    k: int

    @property
    def of(self):
        return "loss" if self.kind == "loss" else (self.kind, self.k)


def with_edit(case, name, cell, value):
    """The same case with one number changed, by the name of its panel."""
    whole = {"x": case.image, **case.network.parameters}[name].astype(np.float64)
    whole.flat[cell] = value
    if name == "x":
        return replace(case, image=whole)
    return replace(case, network=case.network.with_parameters({**case.network.parameters, name: whole}))


def random_case(seed: int) -> Case:
    """Every other network is of small whole numbers: their sums are exact, tie, and are often 0."""
    generator = np.random.default_rng(seed)
    whole = bool(seed % 2)
    image = _numbers(generator, whole, (int(generator.integers(1, 4)), *generator.integers(3, 8, 2)))
    image[:, : int(generator.integers(0, 3))] = 0  # equal patches
    layers, y = {}, image[None]
    for make in (*_blocks(generator, whole), lambda y: Flatten(), *_rows(generator, whole)):
        try:
            layer = make(y)
            y = layer.forward(y).y
        except ValueError:  # it does not fit
            continue
        layers[f"{type(layer).__name__.lower()}{len(layers)}"] = layer
    classes = y.shape[1]
    if seed % 5 == 0:
        layers["end"] = [Softmax(), LogSoftmax()][generator.integers(2)]
    network = Network(layers)
    kind, label, k = OF[seed % 3], *map(int, generator.integers(0, classes, 2))
    return Case(whole, network, image, label, kind, label if kind == "loss" else k)


def _blocks(generator, whole):
    for _ in range(int(generator.integers(0, 4))):
        kinds = (_convolution, _normalization, _activation, _pooling)
        for kind in generator.permutation(len(kinds))[: int(generator.integers(1, 4))]:
            yield lambda y, make=kinds[kind]: make(generator, whole, y)


def _rows(generator, whole):
    if generator.integers(2):
        yield lambda y: _linear(generator, whole, y)
        yield lambda y: _activation(generator, whole, y)
    yield lambda y: _linear(generator, whole, y)


def _convolution(generator, whole, y):
    shape = (int(generator.integers(1, 4)), y.shape[1], *generator.integers(1, 4, 2))
    padding = [((0, 1), (2, 0)), "same", "valid", "full", 1][generator.integers(5)]
    look = {
        "stride": tuple(map(int, generator.integers(1, 3, 2))),
        "padding": padding,
        "dilation": tuple(map(int, generator.integers(1, 3, 2))),
        "border": str(generator.choice(["zeros", "reflect", "repeat"])),
    }
    bias = [None, _numbers(generator, whole, shape[:1])][generator.integers(2)]
    weight = _numbers(generator, whole, shape)
    if generator.integers(4) == 0:  # of every place its own
        bias = _numbers(generator, whole, Conv2d(weight, **look).forward(y).y.shape[1:])
    return Conv2d(weight, bias, **look)


def _normalization(generator, whole, y):
    channels = (y.shape[1],)
    weight, bias, mean = (_numbers(generator, whole, channels) for _ in range(3))
    if whole:
        return BatchNorm2d(weight, bias, mean, generator.choice([0.25, 1, 4], channels), epsilon=0)
    return BatchNorm2d(weight, bias, mean, generator.random(channels).astype(np.float32) + 0.1)


def _activation(generator, whole, _):
    return Relu() if whole else [Relu(), Tanh(), Sigmoid()][generator.integers(3)]


def _pooling(generator, whole, _):
    """Of whole numbers a mean stays exact where it divides by 1, 2 or 4."""
    average = bool(generator.integers(2))
    kernel = tuple(map(int, generator.integers(1, 3 if whole and average else 4, 2)))
    padding = tuple(int(generator.integers(0, length // 2 + 1)) for length in kernel)
    stride = [None, tuple(map(int, generator.integers(1, 4, 2)))][generator.integers(2)]
    return (AvgPool2d if average else MaxPool2d)(kernel, stride, padding)


def _linear(generator, whole, y):
    outputs = int(generator.integers(1, 6))
    bias = [None, _numbers(generator, whole, outputs)][generator.integers(2)]
    return Linear(_numbers(generator, whole, (outputs, y.shape[1])), bias)


def _numbers(generator, whole, shape):
    """Numbers that float32 holds exactly."""
    made = generator.integers(-2, 3, shape) if whole else generator.normal(scale=0.7, size=shape)
    return made.astype(np.float32)


# ---- What the engine finds -------------------------------------------------------------------------------


def expected(case: Case) -> dict[str, np.ndarray]:
    """The engine's numbers for the panels of a network's scene, in float64, by their names."""
    wide = case.network.with_arrays({name: np.float64(a) for name, a in case.network.arrays.items()})
    made, wide = wide.forward(np.float64(case.image)[None]), wide.scoring
    trace = wide.forward(np.float64(case.image)[None])
    values = {name: record.y[0] for name, record in made.items()}
    values |= _end(case, trace.y) | {"x": trace[next(iter(trace))].x[0]}
    gradients = wide.backward(trace, values.pop("seed"))
    values["dx"] = gradients.dx[0]
    for name, record in trace.items():
        values |= {f"{name}{part}": array for part, array in _there(record).items()}
        values |= {f"d{name}{part}": array for part, array in _back(record, gradients[name]).items()}
    return values


def _end(case, scores):
    loss, chosen = cross_entropy(scores, [case.label]), np.eye(scores.shape[1])[[case.k]]
    probable = softmax(scores)
    seeds = {
        "loss": cross_entropy_backward(loss).dx,
        "score": chosen,
        "probability": softmax_backward(probable, chosen).dx,
    }
    return {
        "p": loss.probabilities[0],
        "p.surprise": loss.surprise[0],
        "L": loss.y,
        "chosen.score": scores[0, case.k],
        "chosen.probability": probable.y[0, case.k],
        "seed": seeds[case.kind],
    }


def _there(record) -> dict[str, np.ndarray]:
    found = {"": record.y[0]}
    for part in ("weight", "bias", "mean", "deviation"):
        if getattr(record, part, None) is not None:
            found[f".{part}"] = getattr(record, part)
    for part in ("normalized", "gate", "slope"):
        if hasattr(record, part):
            found[f".{part}"] = getattr(record, part)[0]
    if hasattr(record, "mask"):
        found[".mask"] = _beside(record.mask[0])
    elif hasattr(record, "padded") and record.padded.shape != record.x.shape:
        found[".padded"] = record.padded[0]
    return found


def _beside(mask):
    channels, rows, columns, height, width = mask.shape
    return mask.transpose(0, 1, 3, 2, 4).reshape(channels, rows * height, columns * width)


def _back(record, gradients) -> dict[str, np.ndarray]:
    found = {"": gradients.dy[0]}
    for part in ("weight", "bias"):
        if getattr(gradients, f"d{part}", None) is not None:
            found[f".{part}"] = getattr(gradients, f"d{part}")
    if isinstance(record, Conv2dRecord) and record.padded.shape != record.x.shape:
        found[".padded"] = conv2d_backward(record, gradients.dy, "gather").dpadded[0]
    return found


def assert_near(values, wanted, relative: float):
    """Two arrays are alike to a part of the largest number in them, or of 1."""
    values, wanted = np.ravel(values), np.ravel(wanted)
    apart = np.abs(values - wanted).max(initial=0)
    assert apart <= relative * max(1, np.abs(wanted).max(initial=0))

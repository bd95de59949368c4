"""Networks: named layers in a row, run forward and backward with everything on record."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import NotANumber
from vizconv.engine.geometry import whole
from vizconv.engine.initializers import he_normal
from vizconv.engine.layers import Conv2d, Flatten, Layer, Linear, LogSoftmax, MaxPool2d, Relu, Softmax
from vizconv.engine.records import ByLayer, Trace


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """Layers by name, in order. A network never changes: `with_parameters` gives another one."""

    layers: Mapping[str, Layer]

    def __post_init__(self):
        if not self.layers:
            raise ValueError("layers is empty; a network needs at least one layer")
        object.__setattr__(self, "layers", MappingProxyType(ByLayer(self.layers)))

    def forward(self, x: ArrayLike) -> Trace:
        """Run all layers on a batch x (N, C, H, W) and return every record by its layer's name.

        Raises ValueError, naming the layer, when x does not fit.
        """
        records = ByLayer()
        y = x
        for name, layer in self.layers.items():
            try:
                records[name] = layer.forward(y)
            except NotANumber:  # says nothing about sizes, and `fit` asks for it
                raise
            except ValueError as error:
                came = f"x of shape {np.shape(x)} does not fit the network: " if records else ""
                raise ValueError(f"{came}at layer {name!r}, {error}") from error
            y = records[name].y
        return Trace(MappingProxyType(records))

    def backward(self, trace: Trace, dy: ArrayLike, input_gradient: bool = True) -> Trace:
        """Find the gradients of L = Σ dy ⊙ y, layer by layer from the last; a record for each.

        dy has the shape of trace.y. The result has the network's order, too. Without
        `input_gradient`, the first layer's dx is not computed. Raises ValueError for the trace of another
        network.
        """
        if list(trace) != list(self.layers):
            raise ValueError(
                f"trace has the layers {', '.join(trace)}; {', '.join(self.layers)} are expected"
            )
        first, records = next(iter(self.layers)), {}
        for name, layer in reversed(list(self.layers.items())):
            records[name] = layer.backward(trace[name], dy, input_gradient or name != first)
            dy = records[name].dx
        return Trace(MappingProxyType(ByLayer({name: records[name] for name in self.layers})))

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """Every learned array by name, such as "conv1.weight"."""
        return _dotted({name: layer.parameters for name, layer in self.layers.items()})

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """Every array by name: the parameters, and what is not learned, such as "norm.mean"."""
        return _dotted({name: layer.arrays for name, layer in self.layers.items()})

    @property
    def scoring(self) -> "Network":
        """The network up to its scores, which a loss takes: without a Softmax or LogSoftmax at its end."""
        *others, last = self.layers
        ends_in_softmax = isinstance(self.layers[last], Softmax | LogSoftmax)
        return Network({name: self.layers[name] for name in others}) if ends_in_softmax else self

    @property
    def precise(self) -> "Network":
        """The network in float64: ties and kinks that float32 breaks by chance stay as they are."""
        return self.with_arrays({name: array.astype(np.float64) for name, array in self.arrays.items()})

    @property
    def dtype(self) -> np.dtype:
        """The type of float that the network reads images in: float32, or what its arrays need."""
        return np.result_type(np.float32, *self.arrays.values())

    def with_parameters(self, parameters: Mapping[str, np.ndarray]) -> "Network":
        """Return the same network with these arrays in the place of its own.

        Raises ValueError, naming the first layer that differs, unless every name and shape fits.
        """
        if fault := misfit(self.parameters, parameters):
            raise ValueError(f"the parameters do not fit the network: {fault}")
        return self.with_arrays(self.arrays | dict(parameters))

    def with_arrays(self, arrays: Mapping[str, np.ndarray]) -> "Network":
        """Return the same network with these arrays in the place of all its own, learned or not.

        Raises ValueError, naming the first layer that differs, unless every name and shape fits.
        """
        if fault := misfit(self.arrays, arrays):
            raise ValueError(f"the arrays do not fit the network: {fault}")
        layers: dict[str, Any] = dict(self.layers)  # dataclasses all, as far as they have arrays
        for name, layer in layers.items():
            if layer.arrays:
                layers[name] = replace(layer, **{key: arrays[f"{name}.{key}"] for key in layer.arrays})
        return Network(layers)

    def __reduce__(self):
        return Network, (dict(self.layers),)  # a mapping that cannot be changed cannot be pickled, either

    def __repr__(self):
        count = sum(array.size for array in self.parameters.values())
        return f"Network({', '.join(self.layers)}; {count:,} parameters)"


def require_network(network: object) -> None:
    """Raise TypeError for what is no network, such as a model of PyTorch or a single layer."""
    if not isinstance(network, Network):
        raise TypeError(
            f"network is a {type(network).__name__}; a vizconv.Network is expected, and vizconv.from_torch "
            "makes one of a model of PyTorch"
        )


def _dotted(by_layer: Mapping[str, Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {f"{name}.{key}": value for name, arrays in by_layer.items() for key, value in arrays.items()}


def misfit(expected: Mapping[str, np.ndarray], given: Mapping[str, np.ndarray]) -> str:
    """Say in which layer `given` first differs from `expected` in name or shape; "" when nowhere."""
    for name, array in expected.items():
        layer = f"layer {name.rpartition('.')[0]!r} differs: {name}"
        if name not in given:
            return f"{layer} is missing; an array of shape {array.shape} is expected"
        if np.shape(given[name]) != array.shape:
            return f"{layer} has shape {np.shape(given[name])}; {array.shape} is expected"
    for name in given:
        if name not in expected:
            return f"layer {name.rpartition('.')[0]!r} differs: {name} is there, but not in the network"
    return ""


def parameter_gradients(gradients: Trace) -> dict[str, np.ndarray]:
    """Pick the gradients of the parameters out of a backward run, named like the parameters."""
    return {
        f"{name}.{key}": value
        for name, record in gradients.items()
        for key in ("weight", "bias")
        if (value := getattr(record, f"d{key}", None)) is not None
    }


def lenet5(seed: int = 0) -> Network:
    """Build LeNet-5 for digits (N, 1, 28, 28), in float32, with He's initial weights and zero biases.

    conv 6@5×5 same, pool 2, conv 16@5×5, pool 2, 120, 84, 10, with ReLU: 61,706 parameters.
    Raises ValueError or TypeError unless the seed is a whole number from 0 on.
    LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998.
    """
    generator = np.random.default_rng(whole(seed, "seed", 0))

    def initial(*shape):
        return he_normal(generator, shape), np.zeros(shape[0], np.float32)

    return Network(
        {
            "conv1": Conv2d(*initial(6, 1, 5, 5), padding="same"),
            "relu1": Relu(),
            "pool1": MaxPool2d(2),
            "conv2": Conv2d(*initial(16, 6, 5, 5)),
            "relu2": Relu(),
            "pool2": MaxPool2d(2),
            "flatten": Flatten(),
            "linear1": Linear(*initial(120, 400)),
            "relu3": Relu(),
            "linear2": Linear(*initial(84, 120)),
            "relu4": Relu(),
            "linear3": Linear(*initial(10, 84)),
        }
    )

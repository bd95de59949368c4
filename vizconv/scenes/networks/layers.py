"""What each kind of layer adds to its network's scene: one function for one kind of record, of one image.

Each takes the record, the layer's name and that of the panel that it reads.
"""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from vizconv.engine.geometry import Geometry, pad, windows
from vizconv.engine.operations.activation import ReluRecord, SigmoidRecord, TanhRecord
from vizconv.engine.operations.average_pooling import AvgPool2dRecord
from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.engine.operations.linear import FlattenRecord, LinearRecord
from vizconv.engine.operations.normalization import BatchNorm2dRecord
from vizconv.engine.operations.pooling import MaxPool2dRecord
from vizconv.scenes.networks.parts import (
    MINUS_ONE,
    Part,
    added,
    copied,
    given,
    joined,
    ruled,
    scaled,
    tensor,
    through,
    weighed,
)
from vizconv.scenes.parts import beside, constant, mask_terms
from vizconv.scenes.rules import Rule
from vizconv.scenes.scene import PADDING, owners_of
from vizconv.scenes.tensors import cropped
from vizconv.scenes.terms import Terms, bias_terms, copy_terms, product_terms, window_terms
from vizconv.scenes.view import kinds_of


def layer_part(record: Any, name: str, source: str) -> Part:
    """Return what a layer adds; raise ValueError for one that has no place in a network's scene."""
    if type(record) not in PARTS:
        came, *known = (kind.__name__.removesuffix("Record") for kind in (type(record), *PARTS))
        raise ValueError(f"layer {name!r} is a {came}; one of {', '.join(known)} is expected")
    return joined([tensor(name, np.zeros(record.y[0].shape)), PARTS[type(record)](record, name, source)])


# ---- Layers with weights ---------------------------------------------------------------------------------


def _convolution(record: Conv2dRecord, name: str, source: str) -> Part:
    setting, weight = record.geometry, record.weight
    padding, read = _padding(setting, weight.shape[1], name, source)
    terms = window_terms(setting).repeated(  # one channel's rows: those of all would be a large table
        weight.shape[1], left=prod(setting.padded_size), right=weight[0, 0].size
    )
    terms = terms.repeated(len(weight), out=prod(setting.output_size), right=weight[0].size)
    weights = _parameter(f"{name}.weight", weight)
    return joined([padding, weights, weighed(name, terms, read, f"{name}.weight"), _bias(record, name)])


def _linear(record: LinearRecord, name: str, source: str) -> Part:
    outputs, inputs = record.weight.shape
    cells = np.arange(inputs)
    terms = Terms(cells * 0, cells, cells).repeated(outputs, out=1, right=inputs)
    weights = _parameter(f"{name}.weight", record.weight)
    return joined([weights, weighed(name, terms, source, f"{name}.weight"), _bias(record, name)])


def _bias(record: Conv2dRecord | LinearRecord, name: str) -> Part:
    if record.bias is None:
        return Part()
    terms, bias = bias_terms(record), f"{name}.bias"
    if isinstance(record, Conv2dRecord):
        terms = terms.repeated(len(record.bias), out=record.y[0, 0].size, left=record.bias[0].size)
    return joined([_parameter(bias, record.bias), copied(name, terms, bias, bias)])


class _Channels:
    """Tables that tie the cells of an image (C, H, W) to one number a channel."""

    def __init__(self, shape: tuple[int, ...]):
        plane = prod(shape[1:])
        cells, none = np.arange(plane), np.zeros(plane, np.int64)
        self.shape = shape
        self.products = Terms(cells, cells, none).repeated(shape[0], out=plane, left=plane, right=1)
        self.spread = Terms(cells, none, None).repeated(shape[0], out=plane, left=1)
        self.multiples = Terms(cells, none, none).repeated(shape[0], out=plane, left=1)  # of one factor


def _normalization(record: BatchNorm2dRecord, name: str, source: str) -> Part:
    """First the mean goes off, then the spread: centred, normalized, and only then weight and bias."""
    channels, (weight, bias) = _Channels(record.x[0].shape), (f"{name}.weight", f"{name}.bias")
    return joined(
        [
            _centred(record, name, source, channels),
            _normalized(record, name, channels),
            _parameter(weight, record.weight),
            weighed(name, channels.products, f"{name}.normalized", weight),
            _parameter(bias, record.bias),
            copied(name, channels.spread, bias, bias),
        ]
    )


def _centred(record: BatchNorm2dRecord, name: str, source: str, channels: _Channels) -> Part:
    centred, mean = f"{name}.centred", f"{name}.mean"
    there = [given(mean, record.mean), tensor(centred, np.zeros(channels.shape))]
    copies = copied(centred, _cell_by_cell(channels.shape, _copies), source, centred)
    return joined([*there, copies, added(centred, channels.multiples, mean, MINUS_ONE, mean)])


def _normalized(record: BatchNorm2dRecord, name: str, channels: _Channels) -> Part:
    deviation, inverse, normalized = (f"{name}.{part}" for part in ("deviation", "inverse", "normalized"))
    divide = ruled(Rule(name="inverse", out=inverse, of=(deviation,)), record.deviation.shape, inverse)
    there = [given(deviation, record.deviation), divide, tensor(normalized, np.zeros(channels.shape))]
    return joined([*there, scaled(normalized, channels.products, f"{name}.centred", inverse)])


def _parameter(name: str, values: np.ndarray) -> Part:
    return tensor(name, values, editable=True, owners=owners_of(values))


# ---- Layers without ------------------------------------------------------------------------------------


def _relu(record: ReluRecord, name: str, source: str) -> Part:
    shape, gate = record.x[0].shape, f"{name}.gate"
    opened = ruled(Rule(name="gate", out=gate, of=(source,)), shape, "gates")
    return joined([opened, scaled(name, _cell_by_cell(shape, product_terms), source, gate)])


def _squashing(record: SigmoidRecord | TanhRecord, name: str, source: str) -> Part:
    """The value is a rule's; so is the slope, which the gradient goes back through."""
    shape, slope = record.x[0].shape, f"{name}.slope"
    kind = "sigmoid" if isinstance(record, SigmoidRecord) else "tanh"
    terms = {slope: _cell_by_cell(shape, product_terms)}
    made = Part(forward=(Rule(name=kind, out=name, of=(source,)),))
    sloping = ruled(Rule(name=f"{kind} slope", out=slope, of=(source,)), shape, "slopes")
    return joined([made, sloping, Part(terms=terms, backward=(through(slope, name, source, slope),))])


def _flatten(record: FlattenRecord, name: str, source: str) -> Part:
    return copied(name, _cell_by_cell(record.x[0].shape, _copies), source, name)


def _max_pooling(record: MaxPool2dRecord, name: str, source: str) -> Part:
    """The mask's windows lie beside each other, (C, OH·KH, OW·KW); padding takes part in no sum."""
    setting, mask, channels = record.geometry, f"{name}.mask", record.x.shape[1]
    sources = _sources(setting)
    lying = beside(windows(sources, setting))
    terms = mask_terms(record)
    terms = Terms(terms.out, sources.ravel()[terms.left], terms.right)
    steps = {"out": prod(setting.output_size), "left": prod(setting.input_size), "right": lying.size}
    kinds = np.broadcast_to(np.where(lying < 0, PADDING, 0), (channels, *lying.shape))
    chosen = ruled(Rule(name="mask", out=mask, of=(source,), terms=name), kinds.shape, "masks", kinds)
    return joined([chosen, scaled(name, terms.repeated(channels, **steps), source, mask)])


def _average_pooling(record: AvgPool2dRecord, name: str, source: str) -> Part:
    setting, channels, share = record.geometry, record.x.shape[1], f"{name}.share"
    padding, read = _padding(setting, channels, name, source)
    terms = window_terms(setting)
    terms = Terms(terms.out, terms.left, np.zeros(len(terms), np.int64))
    terms = terms.repeated(channels, out=prod(setting.output_size), left=prod(setting.padded_size))
    parts = prod(setting.kernel_size)
    equal = Part(panels=(constant(share, 1 / parts, f"1/{parts}"),))
    return joined([padding, equal, scaled(name, terms, read, share)])


PARTS: dict[type, Callable[..., Part]] = {
    Conv2dRecord: _convolution,
    MaxPool2dRecord: _max_pooling,
    AvgPool2dRecord: _average_pooling,
    ReluRecord: _relu,
    SigmoidRecord: _squashing,
    TanhRecord: _squashing,
    BatchNorm2dRecord: _normalization,
    FlattenRecord: _flatten,
    LinearRecord: _linear,
}


# ---- Cells -----------------------------------------------------------------------------------------------


def _padding(setting: Geometry, channels: int, name: str, source: str) -> tuple[Part, str]:
    """Return the copy of the source with its border, and its name; no copy where there is no border."""
    if setting.padded_size == setting.input_size:
        return Part(), source
    sources, padded = _sources(setting), f"{name}.padded"
    filled = np.flatnonzero(sources >= 0)
    terms = Terms(filled, sources.ravel()[filled], None)
    terms = terms.repeated(channels, out=sources.size, left=prod(setting.input_size))
    kinds = np.broadcast_to(kinds_of(setting), (channels, *setting.padded_size))
    lost = cropped(kinds) if setting.border == "zeros" else None
    look = {"kinds": kinds, "gradient_kinds": lost, "origin": (0, *setting.origin), "scale": source}
    return joined(
        [tensor(padded, np.zeros(kinds.shape), **look), copied(padded, terms, source, padded)]
    ), padded


def _sources(setting: Geometry) -> np.ndarray:
    """Say for each cell of a padded plane which cell of the plane stands there, -1 where none does."""
    cells = np.arange(1, prod(setting.input_size) + 1).reshape(setting.input_size)
    return pad(cells, setting.padding, setting.border) - 1


def _cell_by_cell(shape: tuple[int, ...], make: Callable[[int], Terms]) -> Terms:
    """Table an image cell by cell: the rows of one channel, repeated over the others."""
    if len(shape) == 1:
        return make(shape[0])
    plane = prod(shape[1:])
    return make(plane).repeated(shape[0], out=plane, left=plane, right=plane)


def _copies(size: int) -> Terms:
    return copy_terms(np.arange(size))

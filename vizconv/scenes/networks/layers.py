"""What each kind of layer adds to its network's scene: one function for one kind of record, of one image.

Each takes the record, the layer's name and that of the panel that it reads.
"""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from vizconv.engine.geometry import Geometry
from vizconv.engine.operations.activation import ReluRecord
from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.engine.operations.linear import FlattenRecord, LinearRecord
from vizconv.engine.operations.pooling import MaxPool2dRecord
from vizconv.scenes.networks.parts import Part, copied, factor, joined, scaled, tensor, weighed
from vizconv.scenes.parts import beside, mask_terms
from vizconv.scenes.rules import Rule
from vizconv.scenes.scene import owners_of
from vizconv.scenes.tensors import cropped
from vizconv.scenes.terms import Terms, bias_terms, copy_terms, product_terms, window_terms
from vizconv.scenes.view import kinds_of


def layer_part(record: Any, name: str, source: str) -> Part:
    """Return what a layer adds; raise ValueError for one that has no place in a network's scene."""
    if type(record) not in PARTS:
        known = ", ".join(kind.__name__.removesuffix("Record") for kind in PARTS)
        raise ValueError(f"layer {name!r} makes a {type(record).__name__}; the layers that fit are {known}")
    return PARTS[type(record)](record, name, source)


def _convolution(record: Conv2dRecord, name: str, source: str) -> Part:
    setting, weight = record.geometry, record.weight
    terms = window_terms(setting, weight.shape[1])
    terms = terms.repeated(len(weight), out=prod(setting.output_size), right=weight[0].size)
    around, read = _padding(setting, weight.shape[1], name, source)
    result, weights = tensor(name, np.zeros(record.y[0].shape)), _parameter(f"{name}.weight", weight)
    products = weighed(name, terms, read, f"{name}.weight")
    return joined([result, around, weights, products, _bias(record, name)])


def _linear(record: LinearRecord, name: str, source: str) -> Part:
    outputs, inputs = record.weight.shape
    cells = np.arange(inputs)
    terms = Terms(cells * 0, cells, cells).repeated(outputs, out=1, right=inputs)
    result, weights = tensor(name, np.zeros(outputs)), _parameter(f"{name}.weight", record.weight)
    products = weighed(name, terms, source, f"{name}.weight")
    return joined([result, weights, products, _bias(record, name)])


def _flatten(record: FlattenRecord, name: str, source: str) -> Part:
    result = tensor(name, np.zeros(record.y[0].shape))
    return joined([result, copied(name, _cell_by_cell(record.x[0].shape, copy_terms), source, name)])


def _relu(record: ReluRecord, name: str, source: str) -> Part:
    shape, gate = record.x[0].shape, f"{name}.gate"
    opened = factor(gate, shape, Rule(name="gate", out=gate, of=(source,)), "gates")
    products = scaled(name, _cell_by_cell(shape, lambda cells: product_terms(cells.size)), source, gate)
    return joined([tensor(name, np.zeros(shape)), opened, products])


def _max_pooling(record: MaxPool2dRecord, name: str, source: str) -> Part:
    """The mask's windows lie beside each other, (C, OH·KH, OW·KW); padding takes part in no sum."""
    setting, mask = record.geometry, f"{name}.mask"
    channels, plane = record.x.shape[1], prod(setting.input_size)
    windows, kernel = prod(setting.output_size), prod(setting.kernel_size)
    inside = np.full(setting.padded_size, -1)
    inside[setting.crop] = np.arange(plane).reshape(setting.input_size)
    terms = mask_terms(record)
    terms = Terms(terms.out, inside.ravel()[terms.left], terms.right)
    terms = terms.repeated(channels, out=windows, left=plane, right=windows * kernel)
    chosen = Rule(name="mask", out=mask, of=(source,), terms=name)
    shape = (channels, *beside(record.mask[0, 0]).shape)
    chooses = factor(mask, shape, chosen, "masks")
    return joined([tensor(name, np.zeros(record.y[0].shape)), chooses, scaled(name, terms, source, mask)])


# ---- Pieces ----------------------------------------------------------------------------------------------


def _padding(setting: Geometry, channels: int, name: str, source: str) -> tuple[Part, str]:
    """Return the copy of the source with its border, and its name; no copy where there is no border."""
    if setting.padded_size == setting.input_size:
        return Part(), source
    kinds = np.broadcast_to(kinds_of(setting), (channels, *setting.padded_size))
    padded, cells = f"{name}.padded", np.arange(kinds[0].size).reshape(setting.padded_size)
    plane = prod(setting.input_size)
    terms = Terms(cells[setting.crop].ravel(), np.arange(plane), None)
    terms = terms.repeated(channels, out=cells.size, left=plane)
    look = {"origin": (0, *setting.origin), "scale": source}
    there = tensor(padded, np.zeros(kinds.shape), kinds=kinds, gradient_kinds=cropped(kinds), **look)
    return joined([there, copied(padded, terms, source, padded)]), padded


def _parameter(name: str, values: np.ndarray) -> Part:
    return tensor(name, values, editable=True, owners=owners_of(values))


def _bias(record: Conv2dRecord | LinearRecord, name: str) -> Part:
    if record.bias is None:
        return Part()
    terms = bias_terms(record)
    if isinstance(record, Conv2dRecord):
        each = record.bias[0].size
        terms = terms.repeated(len(record.bias), out=record.y[0, 0].size, left=each)
    bias = f"{name}.bias"
    return joined([_parameter(bias, record.bias), copied(name, terms, bias, bias)])


def _cell_by_cell(shape: tuple[int, ...], make: Callable[[np.ndarray], Terms]) -> Terms:
    """Table an image cell by cell: the rows of one channel, repeated over the others."""
    if len(shape) == 1:
        return make(np.arange(shape[0]))
    plane = prod(shape[1:])
    return make(np.arange(plane)).repeated(shape[0], out=plane, left=plane, right=plane)


PARTS: dict[type, Callable[..., Part]] = {
    Conv2dRecord: _convolution,
    MaxPool2dRecord: _max_pooling,
    ReluRecord: _relu,
    FlattenRecord: _flatten,
    LinearRecord: _linear,
}

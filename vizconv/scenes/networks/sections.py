"""Sections: which layers of a network fit on one stage together, where not all do."""

from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from vizconv.engine.layers import AvgPool2d, BatchNorm2d, MaxPool2d, Relu, Sigmoid, Tanh
from vizconv.engine.networks import Network
from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.engine.operations.linear import LinearRecord
from vizconv.engine.records import Trace
from vizconv.engine.types import present

MOST_PRODUCTS = 5_000_000  # twelve times as many as LeNet's: what a page can add up again after an edit
MOST_BYTES = 4_000_000  # of the numbers that a page begins with: its file is a little larger
WIDE = 8  # bytes of a number between two layers, which only float64 holds exactly
CHANNEL_BY_CHANNEL = (Relu, Sigmoid, Tanh, BatchNorm2d, MaxPool2d, AvgPool2d)


@dataclass(frozen=True)
class Section:
    """Layers in a row that fit on a stage, by name; of large ones only the first `filters`, else None."""

    layers: tuple[str, ...]
    filters: int | None = None


def sections(network: Network, trace: Trace) -> tuple[Section, ...]:
    """Cut a network into sections, each as long as fits, from the image on; a layer may fit in none."""
    names, found, at = list(trace), [], 0
    while at < len(names):
        section = section_from(network, trace, names[at])
        if section:
            found.append(section)
        at += len(section.layers) if section else 1
    return tuple(found)


def section_from(network: Network, trace: Trace, first: str) -> Section | None:
    """Return the longest section that begins with a layer; None where not even one of its filters fits."""
    names = tuple(trace)[list(trace).index(first) :]
    for count in range(len(names), 0, -1):
        if _fits(network, trace, names[:count]):
            return Section(names[:count])
    filters = _filters(network, trace[first])
    return Section(_channel_by_channel(network, names), filters) if filters else None


def products(record: Any) -> int:
    """Count the products that a layer adds up for one image; what copies or cuts off is one each."""
    return record.y[0].size * _factors(record)


def _factors(record: Any) -> int:
    """Count what one number of a layer's result is made of."""
    if hasattr(record, "weight"):
        return record.weight[0].size
    return prod(record.geometry.kernel_size) if hasattr(record, "geometry") else 1


def numbers_given(network: Network, trace: Trace, layers: tuple[str, ...]) -> int:
    """Count the bytes that a page of layers begins with: what comes in, their arrays, what comes back."""
    arrays = sum(array.size for name in layers for array in network.layers[name].arrays.values())
    back = 0 if layers[-1] == list(trace)[-1] else trace[layers[-1]].y[0].size
    return WIDE * (trace[layers[0]].x[0].size + back) + network.dtype.itemsize * arrays


def _fits(network: Network, trace: Trace, layers: tuple[str, ...]) -> bool:
    count = sum(products(trace[name]) for name in layers)
    return count <= MOST_PRODUCTS and numbers_given(network, trace, layers) <= MOST_BYTES


def _filters(network: Network, record: Any) -> int:
    """Return how many filters of a layer fit by themselves; 0 for a layer that has none."""
    if not isinstance(record, Conv2dRecord | LinearRecord):
        return 0
    each = record.y[0, 0].size * record.weight[0].size
    carried = WIDE * record.y[0, 0].size + network.dtype.itemsize * (record.weight[0].size + 1)
    return max(0, min(MOST_PRODUCTS // each, (MOST_BYTES - WIDE * record.x[0].size) // carried))


def _channel_by_channel(network: Network, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the first of some layers and those behind it that need no other filters than their own."""
    count = 1
    while count < len(names) and isinstance(network.layers[names[count]], CHANNEL_BY_CHANNEL):
        count += 1
    return names[:count]


# ---- The run of a section --------------------------------------------------------------------------------


def run_of(network: Network, trace: Trace, section: Section) -> Trace:
    """Return a section's part of a network's run, of its filters only."""
    if section.filters is None:
        return Trace({name: trace[name] for name in section.layers})
    layers = {name: _first_filters(network.layers[name], section.filters) for name in section.layers}
    return Network(layers).forward(trace[section.layers[0]].x)


def _first_filters(layer: Any, count: int) -> Any:
    first = {name: array[:count] for name, array in layer.arrays.items()}
    return replace(layer, **first) if first else layer


def gradient_behind(network: Network, trace: Trace, section: Section, dy: np.ndarray) -> np.ndarray:
    """Return the gradient of a section's result that the layers behind it hand back, dy being the scores'."""
    names = list(trace)
    behind = names[names.index(section.layers[-1]) + 1 :]
    if behind:
        rest = Network({name: network.layers[name] for name in behind})
        dy = present(rest.backward(Trace({name: trace[name] for name in behind}), dy).dx)
    return dy[0, : section.filters]


def source_of(trace: Trace, section: Section) -> str:
    """Name what a section reads: x, or the layer before it."""
    return ["x", *trace][list(trace).index(section.layers[0])]


def reaches_scores(trace: Trace, section: Section) -> bool:
    """Say whether a section ends with all the scores."""
    return section.filters is None and section.layers[-1] == list(trace)[-1]


# ---- In words --------------------------------------------------------------------------------------------


def sentence(network: Network, trace: Trace, section: Section) -> str:
    """Say which layers are on the stage, which are not, and why."""
    names = list(trace)
    first, last = names.index(section.layers[0]), names.index(section.layers[-1])
    others = [run for run in (names[:first], names[last + 1 :]) if run]
    here = _from_to(list(section.layers))
    if section.filters is not None:
        here += f" with the first {section.filters} of {trace[names[first]].y.shape[1]} filters"
    if not others:
        return f"On the stage: {here}{_reason(network, trace)}."
    return f"On the stage: {here}; not on it: {' and '.join(map(_from_to, others))}{_reason(network, trace)}."


def title(section: Section) -> str:
    """Name a section by its first and its last layer."""
    return _from_to(list(section.layers))


def _from_to(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def _reason(network: Network, trace: Trace) -> str:
    count, given = sum(map(products, trace.values())), numbers_given(network, trace, tuple(trace))
    if count > MOST_PRODUCTS:
        return f", as all layers add up {count:,} products for this image and a page takes {MOST_PRODUCTS:,}"
    if given > MOST_BYTES:
        return f", as all layers hold {given:,} bytes of numbers and a page takes {MOST_BYTES:,}"
    return ""


def too_large(network: Network, trace: Trace, layer: str, others: tuple[Section, ...]) -> str:
    """Say that nothing of a layer fits on a stage, and which sections do."""
    fits = ", ".join(map(title, others)) or "a smaller image, or fewer filters"
    return (
        f"layer {layer!r} is too large for a page, even by one filter: {products(trace[layer]):,} products, "
        f"{numbers_given(network, trace, (layer,)):,} bytes of numbers; {fits} would fit"
    )

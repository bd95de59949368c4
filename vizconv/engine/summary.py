"""A network as a table: what each layer makes of an image, and what it learns."""

from dataclasses import dataclass

import numpy as np

from vizconv.engine.networks import Network
from vizconv.engine.types import Shape

HEADINGS = ("layer", "operation", "output", "parameters", "if dense")


@dataclass(frozen=True)
class LayerSummary:
    """One layer: the shape of its output for one image, and how many numbers it learns.

    `dense` counts the parameters of a fully connected layer between the same input and output; None for
    a layer that learns nothing.
    """

    name: str
    operation: str
    output: tuple[int, ...]
    parameters: int
    dense: int | None


@dataclass(frozen=True)
class Summary:
    """All layers of a network, in order; shown as a table."""

    layers: tuple[LayerSummary, ...]

    @property
    def parameters(self) -> int:
        """How many numbers the network learns."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def dense(self) -> int:
        """How many numbers it would learn if every layer that learns were fully connected."""
        return sum(layer.dense or 0 for layer in self.layers)

    def __repr__(self):
        rows = [_cells(layer) for layer in self.layers]
        total = ("in all", "", "", f"{self.parameters:,}", f"{self.dense:,}")
        widths = [max(map(len, column)) for column in zip(HEADINGS, *rows, total, strict=True)]
        rule = tuple("─" * width for width in widths)
        return "\n".join(_line(row, widths) for row in (HEADINGS, rule, *rows, rule, total))


def summary(network: Network, input_shape: Shape = (1, 28, 28)) -> Summary:
    """Tabulate a network for images of `input_shape` (C, H, W).

    Raises ValueError when such images do not fit the network.
    """
    trace = network.forward(np.zeros((1, *input_shape), network.dtype))
    return Summary(tuple(_summary(name, network.layers[name], record) for name, record in trace.items()))


def _summary(name, layer, record) -> LayerSummary:
    parameters = sum(array.size for array in layer.parameters.values())
    dense = (record.x[0].size + 1) * record.y[0].size if parameters else None
    return LayerSummary(name, type(layer).__name__, record.y.shape[1:], parameters, dense)


def _cells(layer: LayerSummary) -> tuple[str, ...]:
    counts = [f"{count:,}" if count else "" for count in (layer.parameters, layer.dense)]
    return layer.name, layer.operation, " × ".join(map(str, layer.output)), *counts


def _line(cells, widths) -> str:
    left = [cell.ljust(width) for cell, width in zip(cells[:3], widths[:3], strict=True)]
    right = [cell.rjust(width) for cell, width in zip(cells[3:], widths[3:], strict=True)]
    return "  ".join(left + right).rstrip()

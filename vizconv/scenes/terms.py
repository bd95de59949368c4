"""Terms: every product that an operation adds up, as one table with three readings.

A row (out, left, right) means "out receives left × right". Read by `out` the table is the forward pass,
read by `left` or by `right` it is the two backward passes.
"""

from dataclasses import dataclass

import numpy as np

from vizconv.engine.geometry import windows
from vizconv.engine.operations.convolution import Conv2dRecord

ROLES = ("out", "left", "right")


@dataclass(frozen=True, eq=False, repr=False)
class Terms:
    """Three index arrays of one length, each counting the cells of its own tensor in row-major order.

    `right` is None where the right factor is always 1, as a bias has it.
    Indices are kept as uint16 or uint32, the smallest that holds them.
    """

    out: np.ndarray
    left: np.ndarray
    right: np.ndarray | None

    def __post_init__(self):
        for role in ROLES:
            if getattr(self, role) is not None:
                object.__setattr__(self, role, _compact(getattr(self, role), role))
        if len({len(getattr(self, role)) for role in self.roles}) > 1:
            raise ValueError(f"the terms have {self!r} indices; as many of each are expected")

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that have an index: out, left and, unless it is always 1, right."""
        return tuple(role for role in ROLES if getattr(self, role) is not None)

    def __len__(self) -> int:
        return len(self.out)

    def __repr__(self):
        return f"Terms({', '.join(f'{role} {len(getattr(self, role))}' for role in self.roles)})"

    def read(self, role: str, size: int, **factors: np.ndarray) -> np.ndarray:
        """Sum the products by `role`: one sum for each of its `size` cells.

        `factors` are the values of the other two roles, such as `left=x, right=w`; any shape.
        """
        product = np.ones(len(self), np.int64)
        with np.errstate(over="ignore", invalid="ignore"):  # a sum may be infinite: that is shown, too
            for name, values in factors.items():
                if getattr(self, name) is not None:
                    product = product * np.ravel(values)[getattr(self, name)]
            sums = np.zeros(size, product.dtype)
            np.add.at(sums, getattr(self, role), product)
        return sums


def conv2d_terms(record: Conv2dRecord, image: int = 0) -> Terms:
    """Table every product of one image and one filter of a `conv2d`.

    out counts the cells of y[image, f] (OH, OW), left those of padded[image] (C, HP, WP), right those
    of weight[f] (C, KH, KW); the table is the same for every image and filter. It is made by the
    operation's own windows, laid over a grid of indices.
    """
    channels, *padded_size = record.padded.shape[1:]
    cells = np.arange(channels * np.prod(padded_size)).reshape(channels, *padded_size)
    read = np.moveaxis(windows(cells, record.geometry), 0, 2)  # (OH, OW, C, KH, KW)
    positions, factors = np.prod(read.shape[:2]), np.prod(read.shape[2:])
    out = np.repeat(np.arange(positions), factors)
    return Terms(out, read.ravel(), np.tile(np.arange(factors), positions))


def bias_terms(record: Conv2dRecord) -> Terms:
    """Table the bias of one filter: every cell of y receives bias[f] × 1 (untied: its own of bias[f]).

    Raises ValueError when the record has no bias.
    """
    if record.bias is None:
        raise ValueError("this convolution has no bias and so no terms of one; give conv2d a bias")
    positions = np.arange(np.prod(record.geometry.output_size))
    return Terms(positions, positions if record.bias.ndim == 3 else positions * 0, None)


def _compact(indices, role):
    indices = np.asarray(indices)
    if indices.ndim != 1 or indices.dtype.kind not in "iu" or (indices < 0).any():
        raise ValueError(
            f"{role} holds {indices.dtype} of shape {indices.shape}; a row of indices is expected"
        )
    kind = np.uint16 if indices.max(initial=0) < 2**16 else np.uint32
    compact = indices.astype(kind)
    compact.flags.writeable = False
    return compact

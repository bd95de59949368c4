"""Terms: every product that an operation adds up, as one table with three readings.

A row (out, left, right) means "out receives left × right". Read by `out` the table is the forward pass,
read by `left` or by `right` it is the two backward passes.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import is_frozen
from vizconv.engine.geometry import Geometry, geometry, windows
from vizconv.engine.operations.activation import ReluRecord, SigmoidRecord, TanhRecord
from vizconv.engine.operations.average_pooling import AvgPool2dRecord
from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.engine.operations.convolution_1d import Conv1dRecord
from vizconv.engine.operations.linear import LinearRecord
from vizconv.engine.operations.loss import SoftmaxRecord
from vizconv.engine.operations.pooling import MaxPool2dRecord
from vizconv.engine.operations.transposed_convolution import ConvTranspose2dRecord

ROLES = ("out", "left", "right")
UNMOVED = np.zeros(1, np.int64)


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """A table again and again: `count` times in all, each time further on by some cells of each role."""

    count: int
    out: int = 0
    left: int = 0
    right: int = 0


@dataclass(frozen=True, eq=False, repr=False)
class Terms:
    """Three index arrays of one length, each counting the cells of its own tensor in row-major order.

    `right` is None where the right factor is always 1, as a bias has it. `repeats` say how often the
    rows come again, the outermost first: filters, groups, channels, images. Repeated rows are counted and
    read, and never written out. Indices are kept as uint16 or uint32, the smallest that holds them. Raises
    ValueError for indices of different lengths, or what is no row of indices.
    """

    out: np.ndarray
    left: np.ndarray
    right: np.ndarray | None
    repeats: tuple[Repeat, ...] = ()

    def __post_init__(self):
        for role in ROLES:
            if getattr(self, role) is not None:
                object.__setattr__(self, role, _compact(getattr(self, role), role))
        if len({len(getattr(self, role)) for role in self.roles}) > 1:
            raise ValueError(f"the terms have {self!r} indices; as many of each are expected")

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """The roles that have an index: out, left and, unless it is always 1, right."""
        return tuple(role for role in ROLES if getattr(self, role) is not None)

    def __len__(self) -> int:
        return len(self.out) * prod(repeat.count for repeat in self.repeats)

    def __repr__(self):
        return f"Terms({', '.join(f'{role} {len(getattr(self, role))}' for role in self.roles)})"

    def repeated(self, count: int, *, out: int = 0, left: int = 0, right: int = 0) -> "Terms":
        """Return this table `count` times, each time so many cells further on in each role."""
        return replace(self, repeats=(Repeat(count=count, out=out, left=left, right=right), *self.repeats))

    def index(self, role: str) -> np.ndarray:
        """Return the cells of a role in all rows, repeated ones too."""
        return np.add.outer(self._moves(role), getattr(self, role)).ravel()

    def largest(self, role: str) -> int:
        """Return the largest index of a role; -1 without rows."""
        return self._largest[role]

    @cached_property
    def _largest(self) -> dict[str, int]:
        return {
            role: int(self._moves(role).max()) + int(getattr(self, role).max()) if len(self.out) else -1
            for role in self.roles
        }

    def rows_of(self, role: str, cell: int) -> np.ndarray:
        """Return the rows in which a role has this cell, counted through all repetitions."""
        moves, indices = self._moves(role), getattr(self, role)
        found = [at * len(indices) + np.flatnonzero(indices == cell - move) for at, move in enumerate(moves)]
        return np.concatenate(found)

    def read(self, role: str, size: int, switches: Collection[str] = (), **factors: np.ndarray) -> np.ndarray:
        """Sum the products by `role`: one sum for each of its `size` cells.

        `factors` are the values of the other two roles, such as `left=x, right=w`; any shape. A term is left
        out where a factor named in `switches`, a gate or a mask, is 0: no 0 × ∞.
        """
        factors = {name: np.ravel(values) for name, values in factors.items() if name in self.roles}
        sums = np.zeros(size, np.result_type(np.int64, *factors.values()))
        factors = {name: values.astype(sums.dtype, copy=False) for name, values in factors.items()}
        moves = [self._moves(name) for name in (role, *factors)]
        with np.errstate(over="ignore", invalid="ignore"):  # a sum may be infinite: that is shown, too
            for move, *others in zip(*moves, strict=True):
                moved = {
                    name: part[other:] for (name, part), other in zip(factors.items(), others, strict=True)
                }
                self._add(sums[move:], role, moved, switches)
        return sums

    def _add(self, sums, role, factors, switches) -> None:
        parts = {name: values[getattr(self, name)] for name, values in factors.items()}
        product, index = reduce(np.multiply, parts.values()), getattr(self, role)
        if gates := [parts[name] != 0 for name in switches if name in parts]:
            rows = np.flatnonzero(np.logical_and.reduce(gates))
            product, index = product[rows], index[rows]
        np.add.at(sums, index, product)

    def _moves(self, role: str) -> np.ndarray:
        """Return by how many cells a role has moved on in each repetition."""
        moves = UNMOVED
        for repeat in self.repeats:
            moves = np.add.outer(moves, np.arange(repeat.count) * getattr(repeat, role)).ravel()
        return moves


def conv2d_terms(record: Conv2dRecord) -> Terms:
    """Table every product of one image and one filter of a `conv2d`.

    out counts the cells of y[image, f] (OH, OW), left those of padded[image] (C, HP, WP), right those
    of weight[f] (C, KH, KW); the table is the same for every image and filter. It is made by the
    operation's own windows, laid over a grid of indices.
    """
    return window_terms(record.geometry, record.padded.shape[1])


def conv1d_terms(record: Conv1dRecord) -> Terms:
    """Table every product of one image and one filter of a `conv1d`.

    out counts the cells of y[image, f] (O), left those of padded[image] (C, WP), right those of
    weight[f] (C, K).
    """
    return conv2d_terms(record.flat)


def conv_transpose2d_terms(record: ConvTranspose2dRecord) -> Terms:
    """Table every product of one image and one filter of a `conv_transpose2d`: a convolution read from x.

    out counts the cells of full[image, f], of which y is the crop, left those of x[image] (C, H, W),
    right those of weight[:, f] (C, KH, KW).
    """
    channels, *size = record.x.shape[1:]
    setting = geometry(record.full.shape[2:], record.weight.shape[2:], record.stride, 0, record.dilation)
    one = window_terms(setting, 1)  # out: cells of x, left: cells of full
    turned = Terms(one.left, one.out, one.right)
    return turned.repeated(channels, left=prod(size), right=prod(setting.kernel_size))


def linear_terms(record: LinearRecord) -> Terms:
    """Table every product of one image of a `linear`.

    out counts the cells of y[image] (K), left those of x[image] (D), right those of weight (K, D).
    """
    return jacobian_terms(record.weight.shape)


def bias_terms(record: Conv2dRecord | Conv1dRecord | ConvTranspose2dRecord | LinearRecord) -> Terms:
    """Table the bias of one filter: every cell of y receives bias[f] × 1 (untied: its own of bias[f]).

    Of a `linear`, every cell of y[image] receives its own of the whole bias. Raises ValueError when the
    record has no bias.
    """
    if record.bias is None:
        raise ValueError("this operation has no bias and so no terms of one; give it a bias")
    if isinstance(record, LinearRecord):
        return copy_terms(np.arange(record.bias.size))
    tied = record.bias.ndim == 1
    terms = copy_terms(np.arange(record.y[0, 0].size))
    return Terms(terms.out, np.zeros(len(terms), np.int64), None) if tied else terms


def avg_pool2d_terms(record: AvgPool2dRecord) -> Terms:
    """Table every product of one image and channel of an `avg_pool2d`.

    out counts the cells of y[image, c] (OH, OW), left those of padded[image, c] (HP, WP), right those of
    the record's kernel (KH, KW), which holds 1 / (KH·KW) everywhere.
    """
    return window_terms(record.geometry, 1)


def max_pool2d_terms(record: MaxPool2dRecord) -> Terms:
    """Table every product of one image and channel of a `max_pool2d`: each cell times its place in the mask.

    out counts the cells of y[image, c] (OH, OW), left those of padded[image, c] (HP, WP), right those of
    mask[image, c] (OH, OW, KH, KW). Padding cells have no terms: they hold -∞ and are never chosen.
    The mask itself is no sum of products; another maximum needs another record.
    """
    terms = window_terms(record.geometry, 1)
    inside = np.zeros(record.geometry.padded_size, bool)
    inside[record.geometry.crop] = True
    kept = inside.ravel()[terms.left]
    return Terms(terms.out[kept], terms.left[kept], np.arange(len(terms))[kept])


def product_terms(size: int) -> Terms:
    """Table an elementwise product of `size` cells: out[i] receives left[i] × right[i].

    Such are a ReLU, y = x ⊙ gate, and every activation's way back, dx = dy ⊙ slope.
    """
    cells = np.arange(size)
    return Terms(cells, cells, cells)


def relu_terms(record: ReluRecord) -> Terms:
    """Table every product of a `relu`: out counts the cells of y, left those of x, right those of gate."""
    return product_terms(record.y.size)


def sigmoid_terms(record: SigmoidRecord | TanhRecord) -> Terms:
    """Table the way back through a `sigmoid` or `tanh`: out counts dx, left dy, right the slope."""
    return product_terms(record.slope.size)


def jacobian_terms(shape: tuple[int, int]) -> Terms:
    """Table a matrix (M, N) of this shape times a vector.

    out counts the M cells of the product, left the N of the vector, right those of the matrix. With a
    Jacobian ∂y/∂x as the matrix, it is read by left: dx = Jᵀ dy.
    """
    rows, columns = np.indices(shape).reshape(2, -1)
    return Terms(rows, columns, np.arange(rows.size))


def softmax_terms(record: SoftmaxRecord) -> Terms:
    """Table the way back through a `softmax` of one image: out counts dy, left dx, right the jacobian (K, K).

    It is read by left only: the way forward is no sum of products.
    """
    return jacobian_terms(record.jacobian.shape[1:])


def window_terms(setting: Geometry, channels: int = 1) -> Terms:
    """Table every product of a window with a kernel: out counts windows, left padded cells, right weights."""
    cells = np.arange(channels * np.prod(setting.padded_size)).reshape(channels, *setting.padded_size)
    read = np.moveaxis(windows(cells, setting), 0, 2)  # (OH, OW, C, KH, KW)
    positions, factors = np.prod(read.shape[:2]), np.prod(read.shape[2:])
    out = np.repeat(np.arange(positions), factors)
    return Terms(out, read.ravel(), np.tile(np.arange(factors), positions))


def copy_terms(source: ArrayLike) -> Terms:
    """Table a copy: the cell out[i] receives left[source[i]]."""
    source = np.asarray(source).ravel()
    return Terms(np.arange(source.size), source, None)


def _compact(indices, role):
    indices = np.asarray(indices)
    if indices.ndim == 1 and indices.dtype == np.uint16 and is_frozen(indices):
        return indices
    if indices.ndim != 1 or indices.dtype.kind not in "iu" or indices.min(initial=0) < 0:
        raise ValueError(
            f"{role} holds {indices.dtype} of shape {indices.shape}; a row of indices is expected"
        )
    kind = np.uint16 if indices.max(initial=0) < 2**16 else np.uint32
    compact = indices.astype(kind)
    compact.flags.writeable = False
    return compact

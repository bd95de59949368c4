"""Terms: every product that an operation adds up, as one table with three readings.

A row (out, left, right) means "out receives left × right". Read by `out` the table is the forward pass,
read by `left` or by `right` it is the two backward passes.
"""

from dataclasses import dataclass

import numpy as np

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


def conv2d_terms(record: Conv2dRecord) -> Terms:
    """Table every product of one image and one filter of a `conv2d`.

    out counts the cells of y[image, f] (OH, OW), left those of padded[image] (C, HP, WP), right those
    of weight[f] (C, KH, KW); the table is the same for every image and filter. It is made by the
    operation's own windows, laid over a grid of indices.
    """
    return _window_terms(record.geometry, record.padded.shape[1])


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
    one = _window_terms(setting, 1)  # out: cells of x, left: cells of full
    channel = np.repeat(np.arange(channels), len(one))
    x, full, kernel = (np.tile(getattr(one, role).astype(np.int64), channels) for role in ROLES)
    return Terms(full, channel * np.prod(size) + x, channel * np.prod(setting.kernel_size) + kernel)


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
    return _window_terms(record.geometry, 1)


def max_pool2d_terms(record: MaxPool2dRecord) -> Terms:
    """Table every product of one image and channel of a `max_pool2d`: each cell times its place in the mask.

    out counts the cells of y[image, c] (OH, OW), left those of padded[image, c] (HP, WP), right those of
    mask[image, c] (OH, OW, KH, KW). Padding cells have no terms: they hold -∞ and are never chosen.
    The mask itself is no sum of products; another maximum needs another record.
    """
    terms = _window_terms(record.geometry, 1)
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


def _window_terms(setting: Geometry, channels: int) -> Terms:
    cells = np.arange(channels * np.prod(setting.padded_size)).reshape(channels, *setting.padded_size)
    read = np.moveaxis(windows(cells, setting), 0, 2)  # (OH, OW, C, KH, KW)
    positions, factors = np.prod(read.shape[:2]), np.prod(read.shape[2:])
    out = np.repeat(np.arange(positions), factors)
    return Terms(out, read.ravel(), np.tile(np.arange(factors), positions))


def copy_terms(source) -> Terms:
    """Table a copy: the cell out[i] receives left[source[i]]."""
    source = np.asarray(source).ravel()
    return Terms(np.arange(source.size), source, None)


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

"""Softmax with its Jacobian, and why softmax with cross-entropy has so short a gradient: p - y."""

import numpy as np

from vizconv.engine.operations.loss import (
    CrossEntropyGradients,
    CrossEntropyRecord,
    SoftmaxGradients,
    SoftmaxRecord,
    softmax,
)
from vizconv.scenes.parts import LOSS, LOSS_NOTE, arranged, loss_panel, loss_terms, scale_terms
from vizconv.scenes.scene import Panel, Reading, Scene
from vizconv.scenes.terms import product_terms, softmax_terms
from vizconv.scenes.view import chosen_notes, require_index

MOST_CLASSES = 40
SHARE = "e = exp(x − max x); 1/Σe is one number, shared by all, so that y adds up to 1."
SHORT = (
    "Two ways to the same dx: the short one, (p − y)/N with N images, and the long one, Jᵀ dp, through the "
    "Jacobian J of softmax and dp = −y/p."
)
ZERO = "A probability has become 0: the long way divides by it and fails, the short way does not."


def softmax_jacobian(record: SoftmaxRecord, gradients: SoftmaxGradients, image: int = 0) -> Scene:
    """Set one row of y = softmax(x) on a stage, and under it dx = Jᵀ dy with J_ij = y_i (δ_ij - y_j).

    x, e = exp(x - max x), y and dy (K), J (K, K). Raises ValueError for a row that is not there or over
    40 classes.
    """
    require_index(image, len(record.x), "image")
    e, y, dy = record.exponentials[image], record.y[image], gradients.dy[image]
    _require_few(y)
    panels = (
        Panel("x", record.x[image], (0, 0), editable=True),
        Panel("e", e, (0, 1), sign="→"),
        Panel("share", 1 / e.sum(), (0, 2), sign="·", label="1/Σe"),
        Panel("y", y, (0, 3), sign="="),
        Panel("dx", record.jacobian[image].T @ dy, (1, 0)),
        Panel("J", record.jacobian[image], (1, 1), sign="=", label="Jᵀ"),
        Panel("dy", dy, (1, 3), sign="·", editable=True),
        loss_panel(dy, y, (1, 4)),
    )
    terms = {"share": scale_terms(y.size), "jacobian": softmax_terms(record), "loss": loss_terms(y.size)}
    readings = (
        Reading("share", "out", out="y", left="e", right="share"),
        LOSS,
        Reading("jacobian", "left", out="dy", left="dx", right="J"),
    )
    notes = (*chosen_notes(("image", image, len(record.x))), SHARE, LOSS_NOTE)
    return Scene(panels, terms, readings, "dx", notes, recomputed=("x",))


def cross_entropy(record: CrossEntropyRecord, gradients: CrossEntropyGradients, image: int = 0) -> Scene:
    """Set L = -Σ y log p of one image on a stage, and its dx twice: (p - y) / N, and Jᵀ dp with dp = -y/p.

    x scores, p probabilities, y the label as ones and zeros (K), L the image's own loss, N images. Raises
    ValueError for an image that is not there or over 40 classes.
    """
    require_index(image, len(record.x), "image")
    p = record.probabilities[image]
    _require_few(p)
    ways = *_short_way(record, gradients, image), *_long_way(record, gradients, image)
    panels, size = arranged(*_forward_panels(record, image), *ways), p.size
    terms = {
        "products": product_terms(size),
        "sum": loss_terms(size),
        "scale": scale_terms(size),
        "jacobian": softmax_terms(softmax(record.x[image : image + 1])),
    }
    readings = (
        Reading("sum", "out", out="L", left="surprise", right="y"),
        Reading("scale", "out", out="dx", left="p", right="share"),
        Reading("scale", "out", out="dx", left="y", right="minus"),
        Reading("products", "out", out="dp", left="y", right="slope"),
        Reading("jacobian", "left", out="dp", left="long", right="J"),
    )
    shown = chosen_notes(("image", image, len(record.x)))
    notes = (*shown, ZERO if (p == 0).any() else SHORT)
    return Scene(panels, terms, readings, "dx", notes, recomputed=("x",))


# ---- Parts -------------------------------------------------------------------------------------------


def _forward_panels(record, image):
    shifted = record.x[image] - record.x[image].max()
    surprise = np.log(np.exp(shifted).sum()) - shifted
    yield Panel("x", record.x[image], (0, 0), editable=True)
    yield Panel("p", record.probabilities[image], (0, 1), sign="→")
    yield Panel("surprise", surprise, (0, 2), sign="→", label="−log p")
    yield Panel("y", _one_hot(record, image), (1, 2), sign="⊙")
    yield Panel("L", record.losses[image], (2, 2), sign="=")


def _short_way(record, gradients, image):
    share = gradients.dy / len(record.x)
    label = "1/N" if gradients.dy == 1 else "dy/N"
    yield Panel("dx", gradients.dx[image], (1, 0))
    yield Panel("share", share, (0, 3), label=label)
    yield Panel("minus", -share, (1, 3), label=f"−{label}")


def _long_way(record, gradients, image):
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = -gradients.dy / len(record.x) / record.probabilities[image]
        dp = slope * _one_hot(record, image)
        jacobian = softmax(record.x[image : image + 1]).jacobian[0]
        yield Panel("long", jacobian.T @ dp, (2, 0), label="Jᵀ dp")
    yield Panel("dp", dp, (1, 1))
    yield Panel("J", jacobian, (2, 1))
    yield Panel("slope", slope, (3, 1), label="−1/p" if len(record.x) == 1 else "−1/(N·p)")


def _one_hot(record, image):
    return (np.arange(record.x.shape[1]) == record.labels[image]).astype(np.int64)


def _require_few(y: np.ndarray) -> None:
    if y.size > MOST_CLASSES:
        raise ValueError(f"there are {y.size} classes; a stage shows a Jacobian of at most {MOST_CLASSES}")

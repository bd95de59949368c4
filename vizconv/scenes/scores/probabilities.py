"""From scores z to probabilities p to the cost L, and back: softmax, its Jacobian, and the gradient p - y."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from vizconv.engine.arrays import gradient
from vizconv.engine.operations.loss import (
    CrossEntropyRecord,
    SoftmaxRecord,
    softmax,
)
from vizconv.scenes.parts import arranged, loss_panel, loss_terms, scale_terms
from vizconv.scenes.scene import Panel, Reading, Scene
from vizconv.scenes.terms import Terms, copy_terms, product_terms, softmax_terms
from vizconv.scenes.view import chosen_notes, require_index

MOST_CLASSES, MOST_SIDE_BY_SIDE = 40, 5  # on a stage, and where its panels stand next to each other
SHARE = "1/Σe is one number, shared by all classes, so that p adds up to 1."
OVERFLOW = (
    "exp has become ∞: the largest number a computer holds here is about 1.8e308, which exp(710) exceeds. "
    "∞ · 0 is no number (NaN)."
)
UNDERFLOW = "Every exp has become 0, or nearly: 1/Σe is ∞, and 0 · ∞ is no number (NaN)."
VANISHED = "A probability has become 0: −log 0 is ∞, and 0 · ∞ is no number (NaN)."
FINITE = (
    "A probability has become 0, and yet L is finite: −log p is worked out as log Σe − (z − max), where no "
    "log 0 is needed."
)
JACOBIAN = (
    "J[i,j] = p[i] · (δ[i,j] − p[j]) says how p[i] changes with z[j]; δ is 1 on the diagonal, else 0. Each "
    "row adds up to 0, and J = Jᵀ."
)
LOSS = "L = Σ dp ⊙ p: type into dp, and dz is the true gradient of that number L."
SHORT = "Two ways to the same gradient: the long one, dz = Jᵀ dp with dp = −y/p, and the short one, p − y."
ONLY_SHORT = "dz = p − y: every wrong class is pushed down by its p, the right one is pulled up by 1 − p."
ZERO = "A probability has become 0: the long way divides by it and fails, the short way does not."


def probabilities(record: CrossEntropyRecord, image: int = 0, subtract: bool = True) -> Scene:
    """Set z, e = exp(z - max z), p = e / Σe and L = -Σ y log p of one image on a stage, each step a panel.

    Without `subtract`, e = exp(z) and p, L are made of that as they stand in the formula, so that they
    overflow. Raises ValueError for an image that is not there or over 40 classes.
    """
    require_index(image, len(record.x), "image")
    z = record.x[image].astype(np.float64)
    _require_few(z)
    top = z.max() if subtract else 0.0
    with np.errstate(all="ignore"):
        e = np.exp(z - top)
        share = 1 / e.sum()
        p = e * share
        surprise = _surprise(record, image) if subtract else -np.log(p)
        panels = arranged(
            *_exponentials(z, top, e, subtract),
            Panel("share", share, (1, 2), sign="·", label="1/Σe"),
            Panel("p", p, (0, 3), sign="="),
            *_cost_panels(surprise, _one_hot(record, image)),
        )
    terms = {
        "copies": copy_terms(np.arange(z.size)),
        "scale": scale_terms(z.size),
        "shift": Terms(np.arange(z.size), np.zeros(z.size, np.int64), None),
        "sum": loss_terms(z.size),
    }
    shifts = Reading("copies", "out", out="shifted", left="z"), Reading("shift", "out", "shifted", "top")
    readings = (
        *(shifts if subtract else ()),
        Reading("scale", "out", out="p", left="e", right="share"),
        Reading("sum", "out", out="L", left="surprise", right="y"),
    )
    notes = (*chosen_notes(("image", image, len(record.x))), _what_happened(e, share, p, surprise))
    return Scene(_placed(panels, STEPS_BELOW), terms, readings, "p", notes, recomputed=("z",))


def softmax_jacobian(record: SoftmaxRecord, dy, image: int = 0) -> Scene:
    """Set one row of p = softmax(z) on a stage, and under it dz = Jᵀ dp with J_ij = p_i (δ_ij - p_j).

    z, p and dp (K), J and δ - p (K, K), the sums of J's rows (K); dy (N, K) is the dp of all rows. Raises
    ValueError for a row that is not there, a dy that has not p's shape, or over 40 classes.
    """
    require_index(image, len(record.x), "image")
    p, dp, jacobian = record.y[image], gradient(dy, record.y)[image], record.jacobian[image]
    _require_few(p)
    size = p.size
    panels = (
        Panel("z", record.x[image], (0, 0), editable=True),
        Panel("p", p, (0, 2), sign="→"),
        Panel("dz", jacobian.T @ dp, (1, 0)),
        Panel("J", jacobian, (1, 1), sign="="),
        Panel("dp", dp, (1, 2), sign="·", editable=True),
        loss_panel(dp, p, (1, 3)),
        Panel("factor", np.eye(size) - p, (2, 1), label="δ − p"),
        Panel("rows", jacobian.sum(axis=1), (2, 2), label="row sums of J"),
    )
    terms = {**_jacobian_terms(size), "jacobian": softmax_terms(record), "loss": loss_terms(size)}
    notes = (*chosen_notes(("image", image, len(record.x))), JACOBIAN, LOSS)
    return Scene(_placed(panels, JACOBIAN_BELOW), terms, JACOBIAN_READINGS, "dz", notes, recomputed=("z",))


def cross_entropy(record: CrossEntropyRecord, dy=1.0, image: int = 0, long_way: bool = True) -> Scene:
    """Set L = -Σ y log p of one image on a stage, and its dz twice: Jᵀ dp with dp = -y/p, and p - y.

    Without `long_way` only the short one is there, for many classes, whose Jacobian is large.

    z scores, p probabilities, y the label as ones and zeros (K), L the image's own loss; of N images, or
    with a dy that is not 1, both gradients times dy/N. Raises ValueError for an image that is not there or
    over 40 classes.
    """
    require_index(image, len(record.x), "image")
    dy = gradient(dy, record.y)
    p, y, surprise = record.probabilities[image], _one_hot(record, image), _surprise(record, image)
    _require_few(p)
    panels = arranged(
        Panel("z", record.x[image], (0, 0), editable=True),
        Panel("p", p, (0, 2), sign="→"),
        Panel("surprise", surprise, (0, 3), sign="→", label="−log p"),
        Panel("L", record.losses[image], (0, 4)),
        Panel("y", y, (1, 3)),
        *(_long_way(record, dy, image) if long_way else ()),
        *_short_way(record, dy, image),
    )
    terms = {
        "products": product_terms(p.size),
        "sum": loss_terms(p.size),
        "copies": copy_terms(np.arange(p.size)),
        "scale": scale_terms(p.size),
        "jacobian": softmax_terms(softmax(record.x[image : image + 1])),
    }
    shared = any(panel.name == "share" for panel in panels)
    readings = (COST, *(LONG_WAY if long_way else ()), *(SHORT_WAY_SHARED if shared else SHORT_WAY))
    said = ONLY_SHORT if not long_way else ZERO if (p == 0).any() else SHORT
    notes = (*chosen_notes(("image", image, len(record.x))), said)
    walk = "dz" if long_way else "short"
    return Scene(_placed(panels, WAYS_BELOW), terms, readings, walk, notes, recomputed=("z",))


JACOBIAN_READINGS = (
    Reading("rows", "out", out="J", left="p", right="factor"),
    Reading("row sums", "out", out="rows", left="J"),
    Reading("loss", "out", out="L", left="dp", right="p"),
    Reading("jacobian", "left", out="dp", left="dz", right="J"),
)
COST = Reading("sum", "out", out="L", left="surprise", right="y")
LONG_WAY = (
    Reading("products", "out", out="dp", left="y", right="slope"),
    Reading("jacobian", "left", out="dp", left="dz", right="J"),
)
MINUS_Y = Reading("scale", "out", out="short", left="y", right="minus")
SHORT_WAY = Reading("copies", "out", out="short", left="p"), MINUS_Y
SHORT_WAY_SHARED = Reading("scale", "out", out="short", left="p", right="share"), MINUS_Y


# ---- Places ------------------------------------------------------------------------------------------

# Of many classes, panels stand below each other, without signs between them: the formula says it all.
STEPS_BELOW = {
    "z": (0, 0),
    "shifted": (1, 0),
    "top": (1, 1),
    "e": (2, 0),
    "share": (2, 1),
    "p": (3, 0),
    "surprise": (4, 0),
    "y": (5, 0),
    "L": (5, 1),
}
JACOBIAN_BELOW = {
    "z": (0, 0),
    "p": (0, 1),
    "dz": (1, 0),
    "dp": (1, 1),
    "rows": (2, 0),
    "L": (2, 1),
    "J": (3, 0),
    "factor": (3, 1),
}
WAYS_BELOW = {
    "z": (0, 0),
    "p": (0, 1),
    "surprise": (1, 0),
    "y": (1, 1),
    "L": (2, 0),
    "slope": (2, 1),
    "dz": (3, 0),
    "dp": (3, 1),
    "short": (4, 0),
    "minus": (4, 1),
    "J": (5, 0),
    "share": (5, 1),
}


def _placed(panels, below) -> tuple[Panel, ...]:
    """Leave a few classes' panels where they are; place many classes' panels below each other."""
    if panels[0].values.size <= MOST_SIDE_BY_SIDE:
        return panels
    placed = [replace(panel, place=below[panel.name], sign="") for panel in panels]
    rows = sorted({panel.place[0] for panel in placed})
    return arranged(*(replace(panel, place=(rows.index(panel.place[0]), panel.place[1])) for panel in placed))


# ---- Panels ------------------------------------------------------------------------------------------


def _exponentials(z, top, e, subtract) -> Iterator[Panel]:
    yield Panel("z", z, (0, 0), editable=True)
    if subtract:
        yield Panel("shifted", z - top, (0, 1), sign="→", label="z − max")
        yield Panel("top", -top, (1, 1), sign="+", label="−max")
    yield Panel("e", e, (0, 2), sign="→", label="exp(z − max)" if subtract else "exp(z)")


def _cost_panels(surprise, y) -> Iterator[Panel]:
    yield Panel("surprise", surprise, (1, 3), sign="→", label="−log p")
    yield Panel("y", y, (2, 3), sign="⊙")
    yield Panel("L", (surprise * y).sum(), (3, 3), sign="=")


def _long_way(record, dy, image) -> Iterator[Panel]:
    images = len(record.x)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = -dy / images / record.probabilities[image]
        dp = slope * _one_hot(record, image)
        jacobian = softmax(record.x[image : image + 1]).jacobian[0]
        yield Panel("dz", jacobian.T @ dp, (1, 0))
    yield Panel("J", jacobian, (1, 1), sign="=")
    yield Panel("dp", dp, (1, 2), sign="·")
    yield Panel("slope", slope, (2, 3), label="−1/p" if images == 1 else "−1/(N·p)")


def _short_way(record, dy, image) -> Iterator[Panel]:
    """Make p - y with its factor -1; both times dy/N where that is not 1."""
    images = len(record.x)
    factor = ("1" if dy == 1 else "dy") + ("" if images == 1 else "/N")
    shared = dy / images != 1
    yield Panel(
        "short",
        (record.probabilities[image] - _one_hot(record, image)) * (dy / images),
        (2, 0),
        label=f"{factor} · (p − y)" if shared else "p − y",
    )
    yield Panel("minus", -dy / images, (2, 1), label=f"−{factor}")
    if shared:
        yield Panel("share", dy / images, (3, 1), label=factor)


# ---- Numbers and tables ------------------------------------------------------------------------------


def _surprise(record, image):
    """Return -log p without the detour over p, which may be 0."""
    shifted = record.x[image] - record.x[image].max()
    return np.log(np.exp(shifted).sum()) - shifted


def _one_hot(record, image):
    return (np.arange(record.x.shape[1]) == record.labels[image]).astype(np.int64)


def _what_happened(e, share, p, surprise) -> str:
    if np.isinf(e).any():
        return OVERFLOW
    if np.isinf(share):
        return UNDERFLOW
    if np.isinf(surprise).any():
        return VANISHED
    return FINITE if (p == 0).any() else SHARE


def _jacobian_terms(size: int) -> dict[str, Terms]:
    """Table J[i,j] = p[i] (δ[i,j] - p[j]), and the sums of its rows."""
    rows = np.repeat(np.arange(size), size)
    cells = np.arange(size * size)
    return {
        "rows": Terms(cells, rows, cells),
        "row sums": Terms(rows, cells, None),
    }


def _require_few(y: np.ndarray) -> None:
    if y.size > MOST_CLASSES:
        raise ValueError(f"there are {y.size} classes; a stage shows a Jacobian of at most {MOST_CLASSES}")

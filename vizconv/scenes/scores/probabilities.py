"""From scores z to probabilities p to the cost L, and back: softmax, its Jacobian, and the gradient p - y."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import gradient
from vizconv.engine.operations.loss import CrossEntropyRecord, SoftmaxRecord
from vizconv.scenes.parts import arranged, constant, loss_terms, scale_terms
from vizconv.scenes.rules import Rule
from vizconv.scenes.scales import BARE, GRADIENTS, INPUTS
from vizconv.scenes.scene import Panel, Reading, Scene, owners_of
from vizconv.scenes.terms import Terms, copy_terms, jacobian_terms, product_terms
from vizconv.scenes.view import chosen_notes, require_index

CHANCES, SLOPES, LOSSES = "probabilities", "slopes", "losses"  # scales
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
    z, y = _scores(record, image), _one_hot(record, image)
    panels = arranged(
        *_exponentials(z, subtract),
        Panel("share", 0.0, (1, 2), sign="·", label="1/Σe", scale=BARE),
        _made("p", z, (0, 3), sign="=", scale=CHANCES),
        _made("surprise", z, (2, 1), sign="→", label="−log p"),
        _classes("y", y, (2, 2), sign="⊙", scale=CHANCES),
        Panel("L", 0.0, (2, 3), sign="=", scale=LOSSES),
    )
    steps = (*SUBTRACTED, *NORMALIZED, SURPRISE, COST) if subtract else (EXP, *NORMALIZED, MINUS_LOG, COST)
    scene = Scene(_placed(panels, STEPS_BELOW), _terms(z.size, steps), steps, "p").filled()
    return replace(scene, notes=(*_chosen(record, image), _what_happened(scene)))


def softmax_jacobian(record: SoftmaxRecord, dy: ArrayLike, image: int = 0) -> Scene:
    """Set one row of p = softmax(z) on a stage, and under it dz = Jᵀ dp with J_ij = p_i (δ_ij - p_j).

    z, p and dp (K), J and δ - p (K, K), the sums of J's rows (K); dy (N, K) is the dp of all rows. Raises
    ValueError for a row that is not there, a dy that has not p's shape, or over 40 classes.
    """
    z, dp = _scores(record, image), gradient(dy, record.y)[image]
    panels = (
        _classes("z", z, (0, 0), editable=True, scale=INPUTS),
        _made("p", z, (0, 2), sign="→"),
        _made("dz", z, (1, 0)),
        _jacobian_panel(z.size, (1, 1)),
        _classes("dp", dp, (1, 2), sign="·", editable=True),
        Panel("L", 0.0, (1, 3), scale=BARE),
        *_differences(z.size, (2, 1)),
        Panel("rows", np.zeros(z.size), (2, 2), label="row sums of J"),
    )
    steps = (PROBABILITIES, *JACOBIAN_STEPS, *JACOBIAN_READINGS)
    notes = (*_chosen(record, image), JACOBIAN, LOSS)
    return Scene(_placed(panels, JACOBIAN_BELOW), _terms(z.size, steps), steps, "dz", notes).filled()


def cross_entropy(
    record: CrossEntropyRecord, dy: ArrayLike = 1.0, image: int = 0, long_way: bool = True
) -> Scene:
    """Set L = -Σ y log p of one image on a stage, and its dz twice: Jᵀ dp with dp = -y/p, and p - y.

    Without `long_way` only the short one is there, for many classes, whose Jacobian is large.

    z scores, p probabilities, y the label as ones and zeros (K), L the image's own loss; of N images, or
    with a dy that is not 1, both gradients times dy/N. Raises ValueError for an image that is not there or
    over 40 classes.
    """
    z, y, factor = _scores(record, image), _one_hot(record, image), gradient(dy, record.y) / len(record.x)
    panels = arranged(
        _classes("z", z, (0, 0), editable=True, scale=INPUTS),
        _made("p", z, (0, 2), sign="→"),
        _made("surprise", z, (0, 3), sign="→", label="−log p"),
        Panel("L", 0.0, (0, 4), scale=LOSSES),
        _classes("y", y, (1, 3), scale=CHANCES),
        *(_long_way(z, len(record.x)) if long_way else ()),
        *_short_way(z, factor, _factor(dy, len(record.x)), 2 if long_way else 1),
    )
    back = (*LONG_WAY, *SHORT_WAY) if long_way else SHORT_WAY
    if factor != 1:
        back = tuple(SHARED if step is UNSHARED else step for step in back)
    walk, steps = "dz" if long_way else "short", (PROBABILITIES, SURPRISE, COST, *back)
    scene = Scene(_placed(panels, WAYS_BELOW), _terms(z.size, steps), steps, walk).filled()
    said = ONLY_SHORT if not long_way else ZERO if (scene.panel("p").values == 0).any() else SHORT
    return replace(scene, notes=(*_chosen(record, image), said))


# ---- Steps -------------------------------------------------------------------------------------------

EXP = Rule(name="exp", out="e", of=("z",))
SUBTRACTED = (
    Rule(name="minus maximum", out="top", of=("z",)),
    Reading("copies", "out", out="shifted", left="z"),
    Reading("spread", "out", out="shifted", left="top"),
    Rule(name="exp", out="e", of=("shifted",)),
)
NORMALIZED = (
    Rule(name="inverse sum", out="share", of=("e",)),
    Reading("scale", "out", out="p", left="e", right="share"),
)
MINUS_LOG = Rule(name="minus log", out="surprise", of=("p",))
PROBABILITIES = Rule(name="softmax", out="p", of=("z",))
SURPRISE = Rule(name="surprise", out="surprise", of=("z",))
COST = Reading("sum", "out", out="L", left="surprise", right="y")
JACOBIAN_STEPS = (
    Reading("cells", "out", out="factor", left="identity"),
    Reading("columns", "out", out="factor", left="p", right="negative"),
    Reading("rows", "out", out="J", left="p", right="factor"),
)
JACOBIAN_READINGS = (
    Reading("row sums", "out", out="rows", left="J"),
    Reading("sum", "out", out="L", left="dp", right="p"),
    Reading("jacobian", "left", out="dp", left="dz", right="J"),
)
LONG_WAY = (
    Rule(name="inverse", out="inverse", of=("p",)),
    Reading("scale", "out", out="slope", left="inverse", right="minus"),
    Reading("products", "out", out="dp", left="y", right="slope"),
    *JACOBIAN_STEPS,
    Reading("jacobian", "left", out="dp", left="dz", right="J"),
)
UNSHARED = Reading("copies", "out", out="short", left="p")
SHARED = Reading("scale", "out", out="short", left="p", right="share")
SHORT_WAY = UNSHARED, Reading("scale", "out", out="short", left="y", right="minus")


def _terms(size: int, steps) -> dict[str, Terms]:
    """Table what steps need of what classes, and the cells of a matrix of them, are to each other."""
    classes, (rows, columns) = np.arange(size), np.indices((size, size)).reshape(2, -1)
    cells = np.arange(size * size)
    terms = {
        "products": product_terms(size),
        "sum": loss_terms(size),
        "copies": copy_terms(classes),
        "scale": scale_terms(size),
        "spread": Terms(classes, classes * 0, None),
        "cells": copy_terms(cells),
        "rows": Terms(cells, rows, cells),
        "columns": Terms(cells, columns, cells * 0),
        "row sums": Terms(rows, cells, None),
        "jacobian": jacobian_terms((size, size)),
    }
    return {step.terms: terms[step.terms] for step in steps if step.terms is not None}


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
    "short": (2, 0),
    "L": (2, 1),
    "dz": (3, 0),
    "dp": (3, 1),
    "J": (4, 0),
    "slope": (4, 1),
}


def _placed(panels, below) -> tuple[Panel, ...]:
    """Leave a few classes' panels where they are; place many classes' panels below each other."""
    if panels[0].values.size <= MOST_SIDE_BY_SIDE:
        return panels
    rows = sorted({below[panel.name][0] for panel in panels if panel.place})
    places = {name: (rows.index(row), column) for name, (row, column) in below.items() if row in rows}
    moved = (replace(panel, place=panel.place and places[panel.name], sign="") for panel in panels)
    return arranged(*moved)


# ---- Panels ------------------------------------------------------------------------------------------


def _classes(name: str, values, place, **settings) -> Panel:
    """Make a panel of one number for each class, which owns a hue; z, p and the gradients have bars."""
    names, bars = (_indices(values.size),), name in ("z", "p", "dz", "short")
    return Panel(name, values, place, owners=owners_of(values), names=names, bars=bars, **settings)


def _indices(size: int) -> tuple[str, ...]:
    return tuple(map(str, range(size)))


def _made(name: str, z, place, **settings) -> Panel:
    """Make a panel of as many numbers as z has; the steps fill it."""
    return _classes(name, np.zeros(z.size), place, **settings)


def _exponentials(z, subtract) -> Iterator[Panel]:
    yield _classes("z", z, (0, 0), editable=True, scale=INPUTS)
    if subtract:
        yield _made("shifted", z, (0, 1), sign="→", label="z − max", scale=INPUTS)
        yield Panel("top", 0.0, (1, 1), sign="+", label="−max", scale=BARE)
    yield _made("e", z, (0, 2), sign="→", label="exp(z − max)" if subtract else "exp(z)")


def _long_way(z, images: int) -> Iterator[Panel]:
    yield _made("dz", z, (1, 0))
    yield _jacobian_panel(z.size, (1, 1))
    yield _made("dp", z, (1, 2), sign="·")
    label = "−1/p" if images == 1 else "−1/(N·p)"
    yield _made("slope", z, (2, 3), label=label, scale=GRADIENTS)
    yield _made("inverse", z, None, label="1/p", scale=GRADIENTS)
    yield from _differences(z.size, None)


def _jacobian_panel(size: int, place) -> Panel:
    """Make the panel of J (K, K), whose rows wear the hues of their classes."""
    owners = np.repeat(owners_of(np.zeros(size)), size).reshape(size, size)
    names = (_indices(size),) * 2
    return Panel("J", np.zeros((size, size)), place, sign="=", owners=owners, scale=SLOPES, names=names)


def _differences(size: int, place) -> Iterator[Panel]:
    yield Panel("factor", np.zeros((size, size)), place, label="δ − p", scale=SLOPES)
    yield Panel("identity", np.eye(size), None, label="δ", scale=SLOPES)
    yield Panel("negative", -1, None, label="−1", scale=BARE)


def _short_way(z, factor, label: str, row: int) -> Iterator[Panel]:
    """Make p - y with its factor -1; both times dy/N where that is not 1."""
    shared = factor != 1
    title = f"{label} · (p − y)" if shared else "p − y"
    yield _made("short", z, (row, 0), label=title, scale=GRADIENTS)
    yield constant("minus", -factor, f"−{label}")
    if shared:
        yield constant("share", factor, label)


def _factor(dy, images: int) -> str:
    return ("1" if dy == 1 else "dy") + ("" if images == 1 else "/N")


# ---- Numbers and notes -------------------------------------------------------------------------------


def _scores(record: CrossEntropyRecord | SoftmaxRecord, image: int) -> np.ndarray:
    """Return the scores z (K) of an image; raise ValueError where it is not there or has too many."""
    require_index(image, len(record.x), "image")
    z = record.x[image].astype(np.float64)
    if z.size > MOST_CLASSES:
        raise ValueError(f"there are {z.size} classes; a stage shows a Jacobian of at most {MOST_CLASSES}")
    return z


def _one_hot(record, image):
    return (np.arange(record.x.shape[1]) == record.labels[image]).astype(np.int64)


def _chosen(record, image) -> tuple[str, ...]:
    return chosen_notes(("image", image, len(record.x)))


def _what_happened(scene: Scene) -> str:
    e, share, p, surprise = (scene.panel(name).values for name in ("e", "share", "p", "surprise"))
    if np.isinf(e).any():
        return OVERFLOW
    if np.isinf(share):
        return UNDERFLOW
    if np.isinf(surprise).any():
        return VANISHED
    return FINITE if (p == 0).any() else SHARE

"""The chart beside the explorer of softmax: what p or L becomes when the right class's score moves."""

from typing import Any

import numpy as np

from vizconv.engine.operations.loss import CrossEntropyRecord, cross_entropy
from vizconv.explore.charts import BLANK, around, curves, may_be_drawn, point, tangent
from vizconv.explore.scores.scores import POINTS, REACH

MOST_LINES = 5  # of more classes, the right one is drawn, and all others together
TANGENT_REACH = 2.0


def curves_of(scores: np.ndarray, target: int, view: str) -> dict[str, Any]:
    """Return p, or p or L with its tangent, over the right class's score, as traits of `Curves`."""
    if not may_be_drawn(scores):
        return BLANK
    here = _with_score(scores, target, scores[target : target + 1])
    moved = _with_score(scores, target, around(scores[target], REACH, POINTS))
    lines, marked, top = DRAWN[view](moved, here, target)
    return curves(lines, [marked], f"score {target}", moved.x[:, target], top)


def _with_score(scores, target, x) -> CrossEntropyRecord:
    """Run one row for each of x as the score of the right class."""
    z = np.repeat(scores[None], x.size, axis=0)
    z[:, target] = x
    return cross_entropy(z, np.full(x.size, target))


# ---- What each view draws: its lines, the marked point, and how high it goes -------------------------------


def _probabilities(moved, here, target):
    return _every_class(moved, target), _own_probability(here, target), 1.0


def _slope_of_probability(moved, here, target):
    x, p = here.x[0, target], here.probabilities[0, target]
    line = {"name": f"p[{target}]", "x": moved.x[:, target], "y": moved.probabilities[:, target]}
    lines = [line, tangent(x, p, p * (1 - p), TANGENT_REACH)]
    return lines, _own_probability(here, target), 1.0


def _slope_of_loss(moved, here, target):
    x, loss = here.x[0, target], here.losses[0]
    line = {"name": "L", "x": moved.x[:, target], "y": moved.losses}
    lines = [line, tangent(x, loss, here.probabilities[0, target] - 1, TANGENT_REACH)]
    return lines, point(x, loss, "L"), max(6.0, loss + 1)


DRAWN = {
    "probabilities": _probabilities,
    "Jacobian": _slope_of_probability,
    "gradient": _slope_of_loss,
    "p − y": _slope_of_loss,
}


def _own_probability(here, target):
    return point(here.x[0, target], here.probabilities[0, target], "p")


def _every_class(moved, target):
    """Draw every class, or, of many, the right one and the others together."""
    x, p = moved.x[:, target], moved.probabilities.T
    if len(p) <= MOST_LINES:
        return [{"name": f"p[{number}]", "x": x, "y": row} for number, row in enumerate(p)]
    return [
        {"name": f"p[{target}]", "x": x, "y": p[target]},
        {"name": "all others together", "x": x, "y": 1 - p[target]},
    ]

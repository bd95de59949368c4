"""A whole network as one scene: every tensor, factor and gradient from the pixels to the loss and back."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import numbers
from vizconv.engine.evaluation import as_batch
from vizconv.engine.geometry import whole
from vizconv.engine.layers import LogSoftmax, Softmax
from vizconv.engine.networks import Network, require_network
from vizconv.engine.records import Trace
from vizconv.scenes.networks.layers import layer_part
from vizconv.scenes.networks.parts import FIRST, MINUS_ONE, Part, Step, gradient, joined, tensor
from vizconv.scenes.parts import constant, loss_terms, scale_terms
from vizconv.scenes.rules import Rule
from vizconv.scenes.scales import BARE
from vizconv.scenes.scene import Panel, Reading, Scene
from vizconv.scenes.terms import Terms, copy_terms, product_terms

OBJECTIVES = ("loss", "score", "probability")
CHANCES = "probabilities"
MOST_PRODUCTS = 5_000_000  # twelve times as many as LeNet's: what a page can add up again after an edit
Objective = str | tuple[str, int]


def network(network: Network, image: ArrayLike, label: int, of: Objective = "loss") -> Scene:
    """Set a network's whole run of one image on a stage, and the gradients of one number that it ends in.

    image (H, W) or (C, H, W), uint8 or floats as `fit` takes them, label 0 to K - 1. `of` says whose
    gradients they are: "loss", or ("score", k) or ("probability", k) of a class. All is computed in float64.
    Panels, each but constants in a place (number in its column, column), one column for x, one a layer and
    one for the end:

    - "x" (C, H, W) and every layer's result by the layer's name, such as "conv1" (F, OH, OW);
    - what it takes: "conv1.padded" (C, HP, WP) where there is a border, "conv1.weight", "conv1.bias",
      "relu1.gate", "pool1.mask" (C, OH·KH, OW·KW: the windows' masks beside each other);
    - the end: "t" the label and "chosen" the class k as ones and zeros (K), "p" the probabilities,
      "p.surprise" = -log p, "L" the loss, "chosen.score", "chosen.probability" and
      "chosen.rest" = chosen - chosen.probability;
    - gradients: "dx", "dconv1", "dconv1.padded", "dconv1.weight", "dconv1.bias" and so on.

    A Softmax or LogSoftmax at the end stands there by its name, without a gradient: the loss begins before
    it. Only x and parameters are editable. Steps run forward, to the end, then back from the last layer's
    gradient; `objectives` gives the three ways to make that one. Raises ValueError where image, label or
    layers do not fit, for more than five million products, and for layers whose names, or those of what
    belongs to them, are taken; TypeError for what is no network.
    """
    require_network(network)
    trace = _run(network.scoring, image)
    _require_size(trace)
    scores = next(reversed(list(trace)))
    classes = _classes(trace, scores)
    label, (kind, k) = _class(label, "label", classes), _objective(of, label, classes)
    x = tensor("x", next(iter(trace.values())).x[0], editable=True)
    layers, end, last = _layer_parts(trace), _end(scores, classes, label, k), _softmax_part(network, classes)
    _require_names(layers | last, (x, end))
    parts = (x, *layers.values(), end, *last.values())
    together = joined(parts)
    steps = (*together.forward, *objective_steps(scores)[kind], *together.backward)
    return Scene(_in_columns(parts), together.terms, steps).filled()


def objectives(scene: Scene) -> Mapping[str, tuple[Step, ...]]:
    """Return the steps that make the gradient of the scores: one way each for loss, score and probability.

    One of them is among the steps of a network's scene; the others may stand in its place. The class is
    the one that the panel "chosen" says.
    """
    scores = next(step.of[0] for step in scene.steps if isinstance(step, Rule) and step.out == "p")
    return objective_steps(scores)


def gradients(scene: Scene) -> dict[str, str]:
    """Name, for each panel of a gradient in a network's scene, the panel whose gradient it is."""
    named = [panel.name for panel in scene.panels]
    return {gradient(name): name for name in named if gradient(name) in named}


def objective_steps(scores: str) -> dict[str, tuple[Step, ...]]:
    """Return `objectives` for a network whose last layer has this name."""
    seed = gradient(scores)
    return {
        "loss": (
            Reading("p", "out", out=seed, left="p"),
            Reading("t", "out", out=seed, left="t", right=MINUS_ONE),
        ),
        "score": (Reading("p", "out", out=seed, left="chosen"),),
        "probability": (Reading("chosen", "out", out=seed, left="p", right="chosen.rest"),),
    }


# ---- The run ---------------------------------------------------------------------------------------------


def _run(network: Network, image: ArrayLike) -> Trace:
    """Run a network on one image, all in float64: there equal patches give equal sums."""
    values = numbers(image, "image", (2, 3))
    if not np.isfinite(values).all():
        raise ValueError(f"image holds {values[~np.isfinite(values)][0]}; finite numbers are expected")
    with np.errstate(over="ignore", invalid="ignore"):  # a sum may be infinite: that is shown, too
        return network.precise.forward(as_batch(np.asarray(image)[None], np.float64))


def _require_size(trace: Trace) -> None:
    """Raise ValueError for more products than a page can add up again after every edit."""
    products = {name: record.y[0].size * _factors(record) for name, record in trace.items()}
    if (count := sum(products.values())) > MOST_PRODUCTS:
        most = max(products, key=lambda name: products[name])
        raise ValueError(
            f"the network adds up {count:,} products for this image, {products[most]:,} of them in layer "
            f"{most!r}; a page takes at most {MOST_PRODUCTS:,}. A smaller image or fewer filters would fit"
        )


def _factors(record: Any) -> int:
    """Count what one number of a layer's result is made of."""
    if hasattr(record, "weight"):
        return record.weight[0].size
    return prod(record.geometry.kernel_size) if hasattr(record, "geometry") else 1


def _layer_parts(trace: Trace) -> dict[str, Part]:
    """Walk over the layers, each of which reads what the one before it made."""
    links = pairwise(["x", *trace])
    return {name: layer_part(trace[name], name, source) for source, name in links}


def _classes(trace: Trace, scores: str) -> int:
    if trace.y.ndim != 2:
        raise ValueError(
            f"the last layer {scores!r} makes {trace.y.shape[1:]} of an image; a row of scores is expected, "
            "such as Flatten and Linear make"
        )
    return trace.y.shape[1]


def _class(index: int, name: str, classes: int) -> int:
    if whole(index, name, 0) >= classes:
        raise ValueError(f"{name} is {index}; 0 to {classes - 1} are expected for {classes} scores")
    return int(index)


def _objective(of: Any, label: int, classes: int) -> tuple[str, int]:
    """Read whose gradients are wanted as one of OBJECTIVES and a class."""
    if isinstance(of, str) and of == "loss":
        return "loss", label
    kind, k = of if isinstance(of, tuple | list) and len(of) == 2 else ("", 0)
    if not isinstance(kind, str) or kind not in OBJECTIVES[1:]:
        raise ValueError(f"of is {of!r}; 'loss', ('score', k) or ('probability', k) is expected")
    return kind, _class(k, "the class", classes)


def _require_names(layers: Mapping[str, Part], own: Iterable[Part]) -> None:
    """Raise ValueError where two panels would have one name."""
    owners = {panel.name: "" for part in own for panel in part.panels}
    for layer, part in layers.items():
        for panel in part.panels:
            other = owners.setdefault(panel.name, layer)
            if not other:
                raise ValueError(f"a layer cannot be called {layer!r}: that is the name of something else")
            if other != layer:
                raise ValueError(
                    f"layers {other!r} and {layer!r} cannot stand beside each other: both would call "
                    f"something {panel.name!r}; another name for one of them is expected"
                )


def _in_columns(parts: Iterable[Part]) -> tuple[Panel, ...]:
    return tuple(
        panel if panel.place is None else replace(panel, place=(row, column))
        for column, part in enumerate(parts)
        for row, panel in enumerate(part.panels)
    )


# ---- The end ---------------------------------------------------------------------------------------------


def _end(scores: str, classes: int, label: int, k: int) -> Part:
    """From the scores to probabilities and the loss, and to the one score and probability that are chosen."""
    cells, none = np.arange(classes), np.zeros(classes)
    panels = (
        Panel("p", none, FIRST, scale=CHANCES),
        Panel("t", 1.0 * (cells == label), FIRST, scale=CHANCES, switch=True),
        Panel("p.surprise", none, FIRST, label="−log p", scale="losses"),
        Panel("L", 0.0, FIRST, scale=BARE),
        Panel("chosen", 1.0 * (cells == k), FIRST, scale=CHANCES, switch=True),
        Panel("chosen.score", 0.0, FIRST, scale=BARE),
        Panel("chosen.probability", 0.0, FIRST, scale=BARE),
        Panel("chosen.rest", none, FIRST, label="chosen − chosen.probability", scale=CHANCES),
        constant(MINUS_ONE, -1.0, "−1"),
    )
    terms = {
        "p": copy_terms(cells),
        "t": scale_terms(classes),
        "L": loss_terms(classes),
        "chosen": product_terms(classes),
        "chosen.rest": Terms(cells, cells * 0, cells * 0),
    }
    forward = (
        Rule(name="softmax", out="p", of=(scores,)),
        Rule(name="surprise", out="p.surprise", of=(scores,)),
        Reading("L", "out", out="L", left="p.surprise", right="t"),
        Reading("L", "out", out="chosen.score", left=scores, right="chosen"),
        Reading("L", "out", out="chosen.probability", left="p", right="chosen"),
        Reading("p", "out", out="chosen.rest", left="chosen"),
        Reading("chosen.rest", "out", out="chosen.rest", left="chosen.probability", right=MINUS_ONE),
    )
    return Part(panels=panels, terms=terms, forward=forward)


def _softmax_part(network: Network, classes: int) -> dict[str, Part]:
    """Show what a Softmax or LogSoftmax at the end makes, by its name: p, or the logarithms."""
    name, layer = list(network.layers.items())[-1]
    if isinstance(layer, Softmax):
        step = Reading("p", "out", out=name, left="p")
    elif isinstance(layer, LogSoftmax):
        step = Reading("t", "out", out=name, left="p.surprise", right=MINUS_ONE)
    else:
        return {}
    return {name: Part(panels=(Panel(name, np.zeros(classes), FIRST, scale=name),), forward=(step,))}

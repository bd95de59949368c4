"""Scenes of gradients that add up over all images: db = Σ dy, and a linear layer's dw = dyᵀ x."""

import numpy as np

from vizconv.scenes import Panel, Reading, Scene, Terms


def sum_scene(dy: np.ndarray) -> Scene:
    """Set dy (N) or (N, OH, OW) of one output or filter on a stage, and db, the sum of all of it."""
    terms = Terms(np.zeros(dy.size, np.int64), np.arange(dy.size), None)
    panels = Panel("dy", dy, (0, 0)), Panel("db", dy.sum(), (0, 1), sign="→")
    return Scene(panels, {"sum": terms}, (Reading("sum", "out", out="db", left="dy"),), "dy")


def product_scene(dy: np.ndarray, x: np.ndarray) -> Scene:
    """Set dy (N, K) and x (N, D) on a stage, and dw (K, D), whose every number adds up over the images."""
    images, outputs, inputs = (each.ravel() for each in np.indices((len(x), dy.shape[1], x.shape[1])))
    terms = Terms(outputs * x.shape[1] + inputs, images * dy.shape[1] + outputs, images * x.shape[1] + inputs)
    panels = Panel("dy", dy, (0, 0)), Panel("x", x, (0, 1), sign="·"), Panel("dw", dy.T @ x, (0, 2), sign="→")
    return Scene(panels, {"products": terms}, (Reading("products", "out", "dw", "dy", "x"),), "dw")

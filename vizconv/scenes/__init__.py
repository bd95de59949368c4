"""Scenes: what there is to see, as plain data. No drawing, no widgets."""

from vizconv.scenes.correlation import correlation, unfitting
from vizconv.scenes.scene import CROPPED, FILLED, NEVER_READ, PADDING, Panel, Reading, Scene, put
from vizconv.scenes.terms import (
    Terms,
    avg_pool2d_terms,
    bias_terms,
    conv1d_terms,
    conv2d_terms,
    conv_transpose2d_terms,
    jacobian_terms,
    linear_terms,
    max_pool2d_terms,
    product_terms,
    relu_terms,
    sigmoid_terms,
    softmax_terms,
)

__all__ = [
    "CROPPED",
    "FILLED",
    "NEVER_READ",
    "PADDING",
    "Panel",
    "Reading",
    "Scene",
    "Terms",
    "avg_pool2d_terms",
    "bias_terms",
    "conv1d_terms",
    "conv2d_terms",
    "conv_transpose2d_terms",
    "correlation",
    "jacobian_terms",
    "linear_terms",
    "max_pool2d_terms",
    "product_terms",
    "put",
    "relu_terms",
    "sigmoid_terms",
    "softmax_terms",
    "unfitting",
]

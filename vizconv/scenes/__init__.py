"""Scenes: what there is to see, as plain data. No drawing, no widgets."""

from vizconv.scenes.correlation import correlation, unfitting
from vizconv.scenes.scene import CROPPED, NEVER_READ, PADDING, Panel, Reading, Scene, put
from vizconv.scenes.terms import Terms, bias_terms, conv2d_terms

__all__ = [
    "CROPPED",
    "NEVER_READ",
    "PADDING",
    "Panel",
    "Reading",
    "Scene",
    "Terms",
    "bias_terms",
    "conv2d_terms",
    "correlation",
    "put",
    "unfitting",
]

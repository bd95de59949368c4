"""Explorers: controls around a stage, one function a topic."""

from vizconv.explore.correlation import correlation
from vizconv.explore.explorer import Explorer

__all__ = ["Explorer", "correlation"]

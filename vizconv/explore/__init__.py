"""Explorers: controls around a stage, one function a topic."""

from vizconv.explore.correlation import correlation
from vizconv.explore.explorer import Explorer
from vizconv.explore.training import progress

__all__ = ["Explorer", "correlation", "progress"]

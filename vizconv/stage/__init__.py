"""The stage: a scene in the browser, where every number can be pointed at."""

from vizconv.stage.stage import Stage

__all__ = ["Stage"]

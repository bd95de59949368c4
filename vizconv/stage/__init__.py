"""The stage: a scene in the browser, where every number can be pointed at; and pictures to point at."""

from vizconv.stage.picture import Picture
from vizconv.stage.stage import Stage

__all__ = ["Picture", "Stage"]

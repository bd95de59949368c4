"""The stage: a scene in the browser, where every number can be pointed at; pictures and curves beside it."""

from vizconv.stage.curves import Curves
from vizconv.stage.picture import Picture
from vizconv.stage.stage import Stage
from vizconv.stage.upload import Upload

__all__ = ["Curves", "Picture", "Stage", "Upload"]

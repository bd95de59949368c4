"""Pictures to look at, by matplotlib: stills of scenes, images, curves. Figures go out, nothing is shown."""

from vizconv.draw.animation import gif
from vizconv.draw.bars import bars, durations
from vizconv.draw.memory import memory
from vizconv.draw.pictures import curves, feature_maps, images, probabilities
from vizconv.draw.saving import save
from vizconv.draw.still import png, still, svg

__all__ = [
    "bars",
    "curves",
    "durations",
    "feature_maps",
    "gif",
    "images",
    "memory",
    "png",
    "probabilities",
    "save",
    "still",
    "svg",
]

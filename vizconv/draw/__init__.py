"""Pictures to look at, by matplotlib: stills of scenes, images, curves. Figures go out, nothing is shown."""

from vizconv.draw.pictures import curves, feature_maps, images, probabilities
from vizconv.draw.still import png, still

__all__ = ["curves", "feature_maps", "images", "png", "probabilities", "still"]

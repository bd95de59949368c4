"""A scene as a file: a still or the stepping through it, by the file's ending."""

from pathlib import Path

from vizconv.draw.animation import gif
from vizconv.draw.still import png, svg
from vizconv.scenes import Scene

MAKERS = {".svg": svg, ".png": png, ".gif": gif}


def save(scene: Scene, path: str | Path) -> None:
    """Write a scene to a file: .svg or .png for a still, .gif for its walk.

    Raises ValueError for another ending, and for a .gif of a scene without a walk.
    """
    path = Path(path)
    make = MAKERS.get(path.suffix.lower())
    if make is None:
        raise ValueError(
            f"{path.name!r} ends in {path.suffix or 'nothing'!r}; .svg, .png or .gif is expected "
            "(and .html from a stage: stage.save)"
        )
    path.write_bytes(make(scene))

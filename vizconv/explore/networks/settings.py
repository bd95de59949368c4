"""The settings of the explorer of a network: a network, a picture, and what a learner changes in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from vizconv import datasets
from vizconv.engine.arrays import numbers
from vizconv.engine.geometry import whole
from vizconv.engine.networks import Network
from vizconv.scenes import put

SHOWN = 357  # of the test digits: a seven that leaves some doubt, so that its gradients are not all but 0
GREYS = 255


@dataclass(frozen=True, eq=False, kw_only=True)
class NetworkSettings:
    """A network, an image (C, H, W) in float64, its right class, and of what the gradients are.

    `of` is ("loss", 0), ("score", k) or ("probability", k) of the class k. `layers` is the layer that a stage
    begins with which is too small for all of them, "" for the first that it can show.
    """

    network: Network
    image: np.ndarray
    label: int
    of: tuple[str, int] = ("loss", 0)
    layers: str = ""


def start(
    network: Network | None = None,
    image: ArrayLike | None = None,
    label: int | None = None,
    layers: str = "",
) -> NetworkSettings:
    """Read the arguments of `network`; raise TypeError or ValueError for what does not fit."""
    network = datasets.trained_lenet5() if network is None else network
    if not isinstance(network, Network):
        raise TypeError(f"network is a {type(network).__name__}; a vc.Network is expected")
    shipped = datasets.digits()[1]
    if image is None and label is None:
        label = int(shipped.labels[SHOWN])
    picture = as_picture(shipped.images[SHOWN] if image is None else image)
    if label is None:
        label = int(network.forward(picture[None]).y[0].argmax())
    return NetworkSettings(network=network, image=picture, label=whole(label, "label", 0), layers=layers)


def as_picture(image: ArrayLike) -> np.ndarray:
    """Return an image (H, W) or (C, H, W) as (C, H, W) in float64; uint8 from 0 to 255 becomes 0 to 1.

    Raises TypeError or ValueError for what is no image, or holds NaN or infinity.
    """
    scale = GREYS if getattr(image, "dtype", None) == np.uint8 else 1
    picture = numbers(image, "image", (2, 3)).astype(np.float64) / scale
    if not np.isfinite(picture).all():
        raise ValueError(f"image holds {picture[~np.isfinite(picture)][0]}; finite pixels are expected")
    return picture if picture.ndim == 3 else picture[None]


# ---- What a learner changes --------------------------------------------------------------------------------


def changed(settings: NetworkSettings, changes: Mapping[str, Iterable[tuple[int, float]]]) -> NetworkSettings:
    """Return settings with some cells changed: {"x" or "t" or a parameter: [(cell, value), ...]}."""
    for panel, cells in changes.items():
        settings = _with(settings, panel, list(cells))
    return settings


def _with(settings: NetworkSettings, panel: str, cells: list[tuple[int, float]]) -> NetworkSettings:
    if panel == "t":
        right = [cell for cell, value in cells if value == 1]
        return replace(settings, label=right[-1]) if right else settings
    if panel == "x":
        return replace(settings, image=_put_all(settings.image, cells))
    arrays = dict(settings.network.arrays)
    arrays[panel] = _put_all(arrays[panel], cells)
    return replace(settings, network=settings.network.with_arrays(arrays))


def _put_all(values: np.ndarray, cells: list[tuple[int, float]]) -> np.ndarray:
    for cell, value in cells[:1]:
        values = put(values.astype(np.float64), cell, value)
    values = values.copy()
    for cell, value in cells[1:]:
        values.flat[cell] = value
    return values

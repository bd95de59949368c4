"""A network's arrays to a file and back: NumPy's `.npz`, nothing in it that could run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vizconv.engine.archives import contents, outlines
from vizconv.engine.networks import Network, misfit
from vizconv.files import writing_whole

KIND = "file of parameters as `save` writes it"


def save(network: Network, path: str | Path) -> Path:
    """Write a network's parameters and its other arrays to the file `path`, usually named `.npz`; return it.

    The file appears whole or not at all. Raises OSError when it cannot be written.
    """
    path = Path(path)
    with writing_whole(path) as file:
        arrays: dict[str, Any] = network.arrays
        np.savez(file, **arrays)
    return path


def load(path: str | Path, network: Network) -> Network:
    """Read what `save` wrote and return `network` with them; `network` itself stays.

    Raises ValueError, naming the first layer that differs, when the file does not fit the network, holds
    NaN or infinities, or is no such file, and OSError when it cannot be read.
    """
    path, expected = Path(path), network.arrays
    given = outlines(path, expected, KIND)
    if fault := misfit(expected, given) or wrong_type(expected, given):
        raise ValueError(f"{path} does not fit the network: {fault}")
    arrays = contents(path, expected, KIND)
    require_finite(arrays, path)
    return network.with_arrays(arrays)


def wrong_type(expected: Mapping[str, np.ndarray], given: Mapping[str, np.ndarray]) -> str:
    """Say in which layer `given` first holds another type of number than `expected`; "" when nowhere."""
    for name, array in expected.items():
        if given[name].dtype != array.dtype:
            layer = f"layer {name.rpartition('.')[0]!r} differs: {name}"
            return f"{layer} holds {given[name].dtype} numbers; {array.dtype} is expected"
    return ""


def require_finite(arrays: Mapping[str, np.ndarray], path: Path) -> None:
    """Raise ValueError, naming the first array that holds NaN or an infinity."""
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ValueError(f"{path} holds NaN or infinite numbers in {name}; finite ones are expected")

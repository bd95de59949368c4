"""A network's parameters to a file and back: NumPy's `.npz`, nothing in it that could run."""

import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from vizconv.engine.networks import Network, misfit


def save(network: Network, path) -> Path:
    """Write a network's parameters to the file `path`, usually named `.npz`; return the path.

    The file appears whole or not at all. Raises OSError when it cannot be written.
    """
    path = Path(path)
    with _open_beside(path) as file:
        try:
            np.savez(file, **network.parameters)
            file.close()
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
    return path


def _open_beside(path: Path):
    try:
        return tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False)
    except OSError as error:
        reason = f"{path} cannot be written ({error.strerror}); a path in a folder that exists is expected"
        raise OSError(error.errno, reason) from error


def load(path, network: Network) -> Network:
    """Read the parameters that `save` wrote and return `network` with them; `network` itself stays.

    Raises ValueError, naming the first layer that differs, when the file does not fit the network or is
    no such file, and OSError when it cannot be read.
    """
    parameters = _read(Path(path))
    if fault := misfit(network.parameters, parameters) or _wrong_type(network, parameters):
        raise ValueError(f"{path} does not fit the network: {fault}")
    return network.with_parameters(parameters)


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return dict(arrays)
    except (ValueError, EOFError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is no file of parameters as `save` writes it") from error


def _wrong_type(network, parameters) -> str:
    for name, array in network.parameters.items():
        if parameters[name].dtype != array.dtype:
            layer = f"layer {name.rpartition('.')[0]!r} differs: {name}"
            return f"{layer} holds {parameters[name].dtype} numbers; {array.dtype} is expected"
    return ""

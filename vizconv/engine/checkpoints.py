"""A training to a file and back, so that another process can go on with it; no pickle in it.

Like a file of parameters an `.npz`: the arrays of the network and of its optimizer, and one of bytes that
holds all single numbers as JSON.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from vizconv.engine.archives import contents, outlines
from vizconv.engine.evaluation import Evaluation
from vizconv.engine.geometry import whole
from vizconv.engine.networks import Network, misfit
from vizconv.engine.optimizers import AdamState, MomentumState, SGDState
from vizconv.engine.saving import require_finite, wrong_type
from vizconv.engine.training import BatchProgress, EpochProgress, Progress
from vizconv.files import writing_whole

KIND = "checkpoint as `save_checkpoint` writes it"
STATES = {kind.__name__: kind for kind in (SGDState, MomentumState, AdamState)}
KINDS = {kind.__name__: kind for kind in (BatchProgress, EpochProgress)}
COUNTS, MEASURES = ("epoch", "step", "seed", "seen", "right"), ("loss", "accuracy", "total_loss")
MOST_BYTES = 2**16  # of the single numbers


def save_checkpoint(progress: Progress, path: str | Path) -> Path:
    """Write where a training stands to the file `path`, usually named `.npz`; return the path.

    All of a record that `fit` yielded is written but the watched images. The file appears whole or not at
    all. Raises TypeError for what is no such record and OSError when it cannot be written.
    """
    if type(progress).__name__ not in KINDS:
        raise TypeError(f"progress is a {type(progress).__name__}; a record that fit has yielded is expected")
    state = progress.optimizer_state
    if type(state).__name__ not in STATES:
        expected = f"only {', '.join(STATES)} can be written"
        raise TypeError(f"the optimizer remembers a {type(state).__name__}; {expected}")
    moments = {name: getattr(state, name) for name in _moment_names(type(state))}
    numbers = np.frombuffer(json.dumps(_numbers(progress)).encode(), np.uint8)
    path = Path(path)
    with writing_whole(path) as file:
        np.savez(file, progress=numbers, **_named({"network": progress.network.arrays, **moments}))
    return path


def load_checkpoint(path: str | Path, network: Network) -> Progress:
    """Read what `save_checkpoint` wrote, with the layers of `network`: a record for `fit(..., resume=)`.

    Raises ValueError, naming the first layer that differs, when the file does not fit the network, holds
    NaN or infinities, or is no such file, and OSError when it cannot be read.
    """
    path = Path(path)
    values = _read_numbers(path)
    own = _named({"network": network.arrays})
    remembered = _named(dict.fromkeys(_moment_names(values["optimizer"]), network.parameters))
    given = outlines(path, [*own, *remembered], KIND)
    given = {name: array for name, array in given.items() if name not in ("progress", *remembered)}
    if fault := misfit(own, given) or wrong_type(own, given):
        raise ValueError(f"{path} does not fit the network: {fault.replace('network/', '')}")
    arrays = contents(path, own | remembered, KIND)
    require_finite(arrays, path)
    network = network.with_arrays({name: arrays[f"network/{name}"] for name in network.arrays})
    return _progress(values, network, arrays)


def _numbers(progress: Progress) -> dict[str, Any]:
    names = [*COUNTS, *MEASURES, "data"]
    validation = getattr(progress, "validation", None)
    return {
        "kind": type(progress).__name__,
        "optimizer": type(progress.optimizer_state).__name__,
        "steps": progress.optimizer_state.steps,
        "validation": None if validation is None else asdict(validation),
    } | {name: getattr(progress, name) for name in names if hasattr(progress, name)}


def _read_numbers(path: Path) -> dict[str, Any]:
    """Read the single numbers, as types and ranges ask; the rest of the file may still not fit."""
    outline = outlines(path, ["progress"], KIND).get("progress")
    try:
        if outline is None or outline.dtype != np.uint8 or outline.size > MOST_BYTES:
            raise ValueError("no numbers")
        values = json.loads(contents(path, {"progress": outline}, KIND)["progress"].tobytes())
        return values | _checked(values)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"{path} is no {KIND}") from error


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    wanted = [field.name for field in fields(KINDS[values["kind"]])]
    validation = values["validation"]
    return {
        "optimizer": STATES[values["optimizer"]],
        "steps": whole(values["steps"], "steps", 0),
        "data": str(values["data"]),
        "validation": None if validation is None else Evaluation(**validation),
        **{name: whole(values[name], name, 0) for name in COUNTS if name in wanted},
        **{name: float(values[name]) for name in MEASURES if name in wanted},
    }


def _progress(values: Mapping[str, Any], network: Network, arrays: Mapping[str, np.ndarray]) -> Progress:
    kind, state = KINDS[values["kind"]], values["optimizer"]
    moments = {
        name: {key: arrays[f"{name}/{key}"] for key in network.parameters} for name in _moment_names(state)
    }
    given = dict(values) | {
        "network": network,
        "optimizer_state": state(steps=values["steps"], **moments),
        "watched": None,
    }
    return kind(**{field.name: given[field.name] for field in fields(kind)})


def _moment_names(state: type) -> list[str]:
    """Name what an optimizer remembers of every parameter: all but its steps."""
    return [field.name for field in fields(state) if field.name != "steps"]


def _named(groups: Mapping[str, Mapping[str, np.ndarray]]) -> dict[str, Any]:
    return {f"{group}/{name}": array for group, arrays in groups.items() for name, array in arrays.items()}

"""How a backward function is called and what it returns: vizconv's way, CS231n's way, PyTorch's way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vizconv.engine.operations.catalogue import operation_of
from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.engine.operations.linear import LinearRecord
from vizconv.engine.operations.loss import CrossEntropyRecord
from vizconv.exercises.attempt import UNWRITTEN, NoAnswer, message, read

Arguments = dict[str, Any]
OWN_CACHE = "your forward returns {came}; (out, cache) is expected, the cache being what your backward takes."


@dataclass(frozen=True, kw_only=True)
class Signature:
    """How a backward is called.

    arguments: what it gets, by name, of a record, the gradient dy, and a learner's own forward or None, which
    takes its inputs by name;
    names: how this way calls the gradients dx, dweight and dbias; takes: whether it can say a record's
    settings; swapped: whether its linear layer has its weights the other way round, (D, K).
    """

    arguments: Callable[[Any, np.ndarray, Callable | None], Arguments]
    names: Mapping[str, str]
    takes: Callable[[Any], bool] = lambda record: True
    swapped: bool = False

    def name(self, gradient: str) -> str:
        """Return how this way calls a gradient."""
        return self.names.get(gradient, gradient)

    def gradients(self, returned: Any, record: Any, wanted: Sequence[str]) -> dict[str, np.ndarray]:
        """Read what came as the wanted gradients, by name; raise NoAnswer when it is something else."""
        if isinstance(record, CrossEntropyRecord) and self.swapped and _is_row(returned, 2):
            returned = returned[1]  # (loss, dx)
        parts = self._parts(returned, wanted)
        if all(part is None for part in parts):
            raise NoAnswer(UNWRITTEN, written=False)
        arrays = {name: _read(part, self.name(name)) for name, part in zip(wanted, parts, strict=True)}
        return {name: self._turned(name, array, record) for name, array in arrays.items()}

    def index(self, gradient: str, index: tuple[int, ...], record: Any) -> tuple[int, ...]:
        """Return an index of ours as this way writes it."""
        return index[::-1] if self._is_turned(gradient, record) else index

    def _parts(self, returned: Any, wanted: Sequence[str]) -> Sequence[Any]:
        held = [_held(returned, name) for name in wanted]
        if all(part is not None for part in held):
            return held
        if len(wanted) == 1 and not _is_row(returned, 1):
            return [returned]
        if not _is_row(returned, len(wanted)):
            came = f"{len(returned)} of them" if isinstance(returned, tuple | list) else _kind(returned)
            raise NoAnswer(
                f"your function returns {came}; ({', '.join(map(self.name, wanted))}) is expected."
            )
        return list(returned)

    def _is_turned(self, gradient: str, record: Any) -> bool:
        return self.swapped and gradient == "dweight" and isinstance(record, LinearRecord)

    def _turned(self, gradient: str, array: np.ndarray, record: Any) -> np.ndarray:
        return array.T if self._is_turned(gradient, record) else array


def _held(returned: Any, gradient: str) -> Any:
    """Return the gradient that a dict or a record holds by any of its names; None if there is none."""
    for name in (gradient, *(way.names.get(gradient, gradient) for way in SIGNATURES.values())):
        part = returned.get(name) if isinstance(returned, Mapping) else _attribute(returned, name)
        if part is not None:
            return part
    return None


def _attribute(returned: Any, name: str) -> Any:
    try:
        return getattr(returned, name, None)
    except Exception:  # an object of the learner's own may raise anything
        return None


def _is_row(returned: Any, length: int) -> bool:
    return isinstance(returned, tuple | list) and len(returned) == length


def _kind(returned: Any) -> str:
    shape = _attribute(returned, "shape")
    return type(returned).__name__ if shape is None else f"one array of shape {shape}"


def _read(part: Any, name: str) -> np.ndarray:
    """Read an array, a list or a tensor of PyTorch's; raise NoAnswer when it is none."""
    if part is None:
        raise NoAnswer(f"your {name} is None; an array of numbers is expected.")
    try:
        return read(_array(part) if hasattr(type(part), "detach") else part, name)
    except (RuntimeError, TypeError) as error:  # a tensor without numbers, or with too few of them
        raise NoAnswer(f"your {name} is no array of numbers: {message(error)}.") from error


def _array(tensor: Any) -> np.ndarray:
    """Return a tensor's numbers; NumPy lacks some of PyTorch's floats."""
    tensor = tensor.detach().cpu()
    return (tensor.double() if tensor.is_floating_point() else tensor).numpy()


# ---- vizconv -----------------------------------------------------------------------------------------------


def _of_vizconv(record: Any, dy: np.ndarray, forward: Callable | None) -> Arguments:
    if forward is not None:
        operation = operation_of(record)
        inputs = {name: np.array(getattr(record, name)) for name in operation.inputs}
        return {"record": forward(inputs, **operation.settings(record)), "dy": dy}
    return {"record": record, "dy": dy}


# ---- CS231n ------------------------------------------------------------------------------------------------


def _of_cs231n(record: Any, dy: np.ndarray, forward: Callable | None) -> Arguments:
    if isinstance(record, CrossEntropyRecord):
        return {"x": record.x, "y": record.labels}
    inputs = _inputs(record)
    if forward is None:
        cache = tuple(inputs.values())
        return {"dout": dy, "cache": cache[0] if len(cache) == 1 else cache}
    returned = forward(inputs)
    if not _is_row(returned, 2):
        raise NoAnswer(OWN_CACHE.format(came=_kind(returned)))
    return {"dout": dy, "cache": returned[1]}


def _inputs(record: Any) -> Arguments:
    """Return what a forward of CS231n takes, by the course's names; its cache is the same."""
    if isinstance(record, LinearRecord):
        return {"x": record.x, "w": record.weight.T, "b": record.bias}
    if not hasattr(record, "geometry"):
        return {"x": record.x}
    stride, (height, width) = record.geometry.stride[0], record.geometry.kernel_size
    if isinstance(record, Conv2dRecord):
        settings = {"stride": stride, "pad": record.geometry.padding[0][0]}
        return {"x": record.x, "w": record.weight, "b": record.bias, "conv_param": settings}
    return {"x": record.x, "pool_param": {"pool_height": height, "pool_width": width, "stride": stride}}


def _alike(record: Any) -> bool:
    """Say whether one stride and one padding say it all, and nothing is dilated."""
    geometry = getattr(record, "geometry", None)
    if geometry is None:
        return True
    paddings = {side for pair in geometry.padding for side in pair}
    plain = len(set(geometry.stride)) == len(paddings) == 1 and set(geometry.dilation) == {1}
    return plain and (isinstance(record, Conv2dRecord) or paddings == {0})


# ---- PyTorch -----------------------------------------------------------------------------------------------


def _of_torch(record: Any, dy: np.ndarray, _: Callable | None) -> Arguments:
    operation = operation_of(record)
    names = {"x": "input", "labels": "target"}
    inputs = {name: getattr(record, name) for name in operation.inputs} | operation.settings(record)
    inputs.pop("border", None)  # zeros, always
    if isinstance(record, Conv2dRecord):
        inputs["padding"] = tuple(
            before for before, _ in record.geometry.padding
        )  # as many on the other side
    tensors = {names.get(name, name): _tensor(value) for name, value in inputs.items()}
    return {"grad_output": _tensor(dy)} | tensors


def _tensor(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    import torch  # an extra; whoever asks for tensors has it

    return torch.from_numpy(np.array(value))


SIGNATURES = {
    "vizconv": Signature(arguments=_of_vizconv, names={}),
    "cs231n": Signature(
        arguments=_of_cs231n, names={"dweight": "dw", "dbias": "db"}, takes=_alike, swapped=True
    ),
    "torch": Signature(
        arguments=_of_torch, names={"dx": "grad_input", "dweight": "grad_weight", "dbias": "grad_bias"}
    ),
}

"""Functions and methods that a forward calls, as the modules that do the same."""

from collections.abc import Callable
from typing import Any

from torch import nn

RESHAPING = {"flatten", "view", "reshape", "squeeze", "unsqueeze", "contiguous", "clone"}  # keep the order
CASTS = {
    "to",
    "float",
    "double",
    "half",
    "bfloat16",
    "type",
    "cpu",
    "cuda",
}  # change no type here


class CannotTake(ValueError):
    """Why a step of a model cannot be taken."""


def as_module(name: str, args: tuple, kwargs: dict[str, Any]) -> nn.Module | None:
    """Make the module that does what the function `name` does with its first argument; None if there is none.

    Raises CannotTake for settings that no module has.
    """
    if name in RESHAPING:
        return nn.Flatten()
    if name in CASTS:
        return nn.Identity()
    if name not in FUNCTIONS:
        return None
    by_position = args if "input" in kwargs else args[1:]
    by_name = {key: value for key, value in kwargs.items() if key != "input"}
    try:
        return FUNCTIONS[name](*by_position, **by_name)
    except TypeError as error:
        raise CannotTake(f"it is called with settings that cannot be taken ({error})") from error


def _max_pool2d(
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> nn.Module:
    return nn.MaxPool2d(kernel_size, stride or None, padding, dilation, return_indices, ceil_mode)


def _avg_pool2d(kernel_size: Any, stride: Any = None, *others: Any, **named: Any) -> nn.Module:
    return nn.AvgPool2d(kernel_size, stride or None, *others, **named)


def _dropout(p: float = 0.5, training: bool = True, **_: bool) -> nn.Module:
    if training and p:
        raise CannotTake("it also drops in eval mode; training=self.training would stop it there")
    return nn.Identity()


def _by_class(module: type[nn.Module]) -> Callable[..., nn.Module]:
    def make(dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> nn.Module:
        if dtype is not None:
            raise CannotTake(f"dtype is {dtype}; None is expected")
        return module(dim)

    return make


FUNCTIONS: dict[str, Callable[..., nn.Module]] = {
    "relu": lambda inplace=False: nn.ReLU(),
    "relu_": nn.ReLU,
    "tanh": nn.Tanh,
    "tanh_": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "sigmoid_": nn.Sigmoid,
    "max_pool2d": _max_pool2d,
    "avg_pool2d": _avg_pool2d,
    "adaptive_avg_pool2d": nn.AdaptiveAvgPool2d,
    "softmax": _by_class(nn.Softmax),
    "log_softmax": _by_class(nn.LogSoftmax),
    "dropout": _dropout,
    "dropout2d": _dropout,
}

"""Modules of PyTorch as layers of the engine, with a reason where one cannot be taken."""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
import torch
from torch import nn

from vizconv.engine import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    Linear,
    LogSoftmax,
    MaxPool2d,
    Relu,
    Sigmoid,
    Softmax,
    Tanh,
    output_size,
)
from vizconv.engine.layers import Layer
from vizconv.engine.types import both
from vizconv.pytorch.functions import CannotTake
from vizconv.pytorch.tracing import Step

BORDERS = {"zeros": "zeros", "reflect": "reflect", "replicate": "repeat"}


def layer_of(step: Step) -> Layer | None:
    """Return the layer that does what a step does, None for one that changes nothing.

    Raises CannotTake with the reason where there is none.
    """
    _require(not step.problem, step.problem)
    for kind, read in READERS.items():
        if isinstance(step.module, kind) and type(step.module).forward is kind.forward:
            return read(step.module, step)
    raise CannotTake(f"it is none of {', '.join(kind.__name__ for kind in READERS)}")


def _conv2d(module: nn.Conv2d, step: Step) -> Layer:
    _require(module.groups == 1, f"groups is {module.groups}; one group is expected")
    border = BORDERS.get(module.padding_mode, "")
    _require(border, f"padding_mode is {module.padding_mode!r}; {', '.join(map(repr, BORDERS))} can be taken")
    _require(len(step.before) == 4, f"it gets shape {step.before}; images (N, C, H, W) are expected")
    return Conv2d(
        _numbers(module.weight, "weight"),
        _bias(module.bias),
        stride=_plain(module.stride),
        padding=_plain(module.padding),
        dilation=_plain(module.dilation),
        border=border,
    )


def _batch_norm2d(module: nn.BatchNorm2d, step: Step) -> Layer:
    mean, variance = module.running_mean, module.running_var
    if mean is None or variance is None:
        raise CannotTake("it has no running mean and variance, it normalizes every batch by itself")
    channels = module.num_features
    return BatchNorm2d(
        np.ones(channels) if module.weight is None else _numbers(module.weight, "weight"),
        np.zeros(channels) if module.bias is None else _numbers(module.bias, "bias"),
        _numbers(mean, "running_mean"),
        _numbers(variance, "running_var"),
        module.eps,
    )


def _max_pool2d(module: nn.MaxPool2d, step: Step) -> Layer:
    dilation = _plain(module.dilation)
    _require(dilation == 1, f"dilation is {dilation}; windows without gaps, 1, are expected")
    _require(not module.return_indices, "return_indices is True; False is expected")
    return MaxPool2d(**_window(module, step))


def _avg_pool2d(module: nn.AvgPool2d, step: Step) -> Layer:
    window = _window(module, step)
    padded = np.any(np.asarray(window["padding"]))
    _require(module.count_include_pad or not padded, "count_include_pad is False; True is expected")
    divisor, size = module.divisor_override, prod(_pair(module.kernel_size))
    _require(
        divisor in (None, size), f"divisor_override is {divisor}; {size}, the window's size, is expected"
    )
    return AvgPool2d(**window)


def _window(module: Any, step: Step) -> dict[str, Any]:
    """Read the settings of a pooling, and see that ceil_mode adds no window."""
    names = ("kernel_size", "stride", "padding")
    settings = {name: _plain(getattr(module, name)) for name in names}
    _require(len(step.before) == 4, f"it gets shape {step.before}; images (N, C, H, W) are expected")
    whole = output_size(both(step.before[2:]), *map(_pair, settings.values()))
    _require(whole == step.after[2:], "ceil_mode is True and adds windows that stick out; False is expected")
    return settings


def _adaptive_avg_pool2d(module: nn.AdaptiveAvgPool2d, step: Step) -> Layer:
    before, after = step.before[2:], step.after[2:]
    even = len(step.before) == 4 and not any(b % a for b, a in zip(before, after, strict=True))
    _require(even, f"it makes {after} of {before}, by windows of several sizes; output_size=1 would fit")
    return AvgPool2d(_plain([b // a for b, a in zip(before, after, strict=True)]))


def _flatten(module: nn.Module, step: Step) -> Layer | None:
    images, *rest = step.before
    if step.after == step.before:
        return None
    one_row_each = step.after == (images, prod(rest))
    came = f"it makes {step.after} of three images of shape {tuple(rest)}"
    _require(one_row_each, f"{came}; one row an image, {(images, prod(rest))}, is expected")
    return Flatten()


def _linear(module: nn.Linear, step: Step) -> Layer:
    _require(
        len(step.before) == 2, f"it gets shape {step.before}; rows (N, D), after a Flatten, are expected"
    )
    return Linear(_numbers(module.weight, "weight"), _bias(module.bias))


def _by_class(layer: Callable[[], Layer]) -> Callable[[Any, Step], Layer]:
    def read(module, step):
        _require(len(step.before) == 2, f"it gets shape {step.before}; rows of scores (N, K) are expected")
        _require(module.dim in (None, 1, -1), f"dim is {module.dim}; 1, over the classes, is expected")
        return layer()

    return read


def _dropout(module: nn.Module, step: Step) -> None:
    _require(not module.training, "it also drops in eval mode; one that is made in __init__ would stop there")


READERS: dict[type[nn.Module], Callable[[Any, Step], Layer | None]] = {
    nn.Conv2d: _conv2d,
    nn.BatchNorm2d: _batch_norm2d,
    nn.ReLU: lambda module, step: Relu(),
    nn.Tanh: lambda module, step: Tanh(),
    nn.Sigmoid: lambda module, step: Sigmoid(),
    nn.MaxPool2d: _max_pool2d,
    nn.AvgPool2d: _avg_pool2d,
    nn.AdaptiveAvgPool2d: _adaptive_avg_pool2d,
    nn.Flatten: _flatten,
    nn.Linear: _linear,
    nn.Softmax: _by_class(Softmax),
    nn.LogSoftmax: _by_class(LogSoftmax),
    nn.Dropout: _dropout,
    nn.Dropout2d: _dropout,
    nn.Identity: lambda module, step: None,
}


def _require(condition: object, reason: str) -> None:
    if not condition:
        raise CannotTake(reason)


def _numbers(tensor: torch.Tensor, name: str) -> np.ndarray:
    array = tensor.detach().numpy()
    _require(np.isfinite(array).all(), f"its {name} holds NaN or infinite numbers; finite ones are expected")
    return array


def _bias(tensor: torch.Tensor | None) -> np.ndarray | None:
    return None if tensor is None else _numbers(tensor, "bias")


def _pair(value: Any) -> tuple[int, int]:
    """Read a number, or one or two of them in a row, as (height, width)."""
    numbers = tuple(value) if isinstance(value, tuple | list) else (value,)
    return both(numbers * 2 if len(numbers) == 1 else numbers)


def _plain(value: Any) -> Any:
    """Write a pair of equal numbers as one; leave words as they are."""
    if isinstance(value, str):
        return value
    height, width = _pair(value)
    return height if height == width else (height, width)

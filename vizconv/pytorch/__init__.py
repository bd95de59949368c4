"""Networks from PyTorch. PyTorch itself is loaded when a model is first taken, nowhere else."""

from typing import TYPE_CHECKING

from vizconv.engine import Network
from vizconv.engine.types import Shape

if TYPE_CHECKING:
    from torch.nn import Module

__all__ = ["from_torch"]


def from_torch(model: "Module", input_shape: Shape = (1, 28, 28)) -> Network:
    """Take a trained model of PyTorch for images of `input_shape` (C, H, W) as a Network.

    Layers in a row are taken, written as modules or in a `forward` that torch.fx can trace: Conv2d,
    BatchNorm2d, ReLU, Tanh, Sigmoid, MaxPool2d, AvgPool2d, AdaptiveAvgPool2d, Flatten, Linear, and a
    Softmax or LogSoftmax at the end (`network.scoring` is what stands before it); Dropout and Identity change
    nothing. Everything is taken as in `model.eval()`; the model itself stays as it is, and later changes
    of it change nothing here. Layers are named like the model's modules, with "_" for ".". float64 stays,
    other floats become float32.
    Raises ValueError, naming every layer that cannot be taken and why, TypeError for what is no model, and
    ImportError where PyTorch is not installed.
    """
    try:
        import torch  # noqa: F401
    except ImportError as error:
        raise ImportError("from_torch needs PyTorch, which is not here: pip install torch") from error
    from vizconv.pytorch.models import network_of

    return network_of(model, input_shape)

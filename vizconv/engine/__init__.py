"""The engine: NumPy only, arrays in and frozen records out. What trains is what is taught."""

from vizconv.engine.geometry import dilate, output_size, pad, rot180
from vizconv.engine.gradient_check import GradientCheck, gradient_check
from vizconv.engine.networks import Network, lenet5
from vizconv.engine.operations import (
    conv2d,
    conv2d_backward,
    convolve,
    cross_correlate,
    cross_entropy,
    cross_entropy_backward,
    flatten,
    flatten_backward,
    linear,
    linear_backward,
    max_pool2d,
    max_pool2d_backward,
    relu,
    relu_backward,
    softmax,
    softmax_backward,
)
from vizconv.engine.optimizers import SGD, Adam
from vizconv.engine.training import evaluate, fit

__all__ = [
    "SGD",
    "Adam",
    "GradientCheck",
    "Network",
    "conv2d",
    "conv2d_backward",
    "convolve",
    "cross_correlate",
    "cross_entropy",
    "cross_entropy_backward",
    "dilate",
    "evaluate",
    "fit",
    "flatten",
    "flatten_backward",
    "gradient_check",
    "lenet5",
    "linear",
    "linear_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "output_size",
    "pad",
    "relu",
    "relu_backward",
    "rot180",
    "softmax",
    "softmax_backward",
]

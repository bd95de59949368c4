"""Explorers: controls around a stage, one function a topic."""

from vizconv.explore.batch_loss import batch_loss
from vizconv.explore.chain import chain
from vizconv.explore.convolution import convolution
from vizconv.explore.correlation import correlation
from vizconv.explore.explorer import Explorer
from vizconv.explore.gradients import gradients
from vizconv.explore.hidden_kernel import hidden_kernel
from vizconv.explore.im2col import im2col
from vizconv.explore.initialization import initialization
from vizconv.explore.jacobians import jacobians
from vizconv.explore.layer import layer
from vizconv.explore.magnifier import kernels
from vizconv.explore.matrix import matrix
from vizconv.explore.parameters import parameters
from vizconv.explore.photographs import photograph
from vizconv.explore.pooled_shift import pooled_shift
from vizconv.explore.pooling import pooling
from vizconv.explore.receptive_field import receptive_field
from vizconv.explore.shift import shift
from vizconv.explore.softmax import softmax
from vizconv.explore.source import source
from vizconv.explore.timing import most_memory, seconds
from vizconv.explore.training import progress

__all__ = [
    "Explorer",
    "batch_loss",
    "chain",
    "convolution",
    "correlation",
    "gradients",
    "hidden_kernel",
    "im2col",
    "initialization",
    "jacobians",
    "kernels",
    "layer",
    "matrix",
    "most_memory",
    "parameters",
    "photograph",
    "pooled_shift",
    "pooling",
    "progress",
    "receptive_field",
    "seconds",
    "shift",
    "softmax",
    "source",
]

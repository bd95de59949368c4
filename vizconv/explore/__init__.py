"""Explorers: controls around a stage, one function a topic."""

from vizconv.examples.photographs import photograph
from vizconv.explore.backward.gradients import gradients
from vizconv.explore.backward.hidden_kernel import hidden_kernel
from vizconv.explore.explorer import Explorer
from vizconv.explore.matrices.im2col import im2col
from vizconv.explore.matrices.jacobians import jacobians
from vizconv.explore.matrices.matrix import matrix
from vizconv.explore.networks.network import network
from vizconv.explore.neurons.chain import chain
from vizconv.explore.notebook import most_memory, progress, seconds, source
from vizconv.explore.pictures.kernels import kernels
from vizconv.explore.pools.pooled_shift import pooled_shift
from vizconv.explore.pools.pooling import pooling
from vizconv.explore.scores.batch_loss import batch_loss
from vizconv.explore.scores.softmax import softmax
from vizconv.explore.sliding.convolution import convolution
from vizconv.explore.sliding.correlation import correlation
from vizconv.explore.sliding.initialization import initialization
from vizconv.explore.sliding.layer import layer
from vizconv.explore.sliding.parameters import parameters
from vizconv.explore.sliding.receptive_field import receptive_field
from vizconv.explore.sliding.shift import shift

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
    "network",
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

"""Scenes: what there is to see, as plain data. No drawing, no widgets."""

from vizconv.scenes.backward.descent import descent
from vizconv.scenes.backward.gradient_sums import input_gradient_of_filters, weight_gradient_of_images
from vizconv.scenes.backward.gradients import bias_gradient, readings, weight_gradient
from vizconv.scenes.backward.input_gradient import input_gradient_gather, input_gradient_scatter
from vizconv.scenes.graph import Edge, Graph
from vizconv.scenes.matrices.im2col import im2col
from vizconv.scenes.matrices.jacobians import jacobians, transposed_jacobian
from vizconv.scenes.matrices.matrix import matrix
from vizconv.scenes.networks.network import layers_to_begin_with, network, objectives
from vizconv.scenes.neurons.chain import chain
from vizconv.scenes.neurons.dense import linear, relu_gate
from vizconv.scenes.neurons.paths import paths
from vizconv.scenes.pools.pooled_shift import moved, pooled_shift
from vizconv.scenes.pools.pooling import average_pooling, max_pooling
from vizconv.scenes.rules import Rule
from vizconv.scenes.scales import BARE, Range, Scale
from vizconv.scenes.scene import (
    CROPPED,
    FILLED,
    NEVER_READ,
    PADDING,
    THROWN,
    WRONG,
    Panel,
    Reading,
    Scene,
    numbered,
    owners_of,
    put,
    put_at,
)
from vizconv.scenes.scores.batch_loss import batch_loss
from vizconv.scenes.scores.probabilities import cross_entropy, probabilities, softmax_jacobian
from vizconv.scenes.sliding.convolution import convolution, correlation_beside
from vizconv.scenes.sliding.correlation import correlation
from vizconv.scenes.sliding.initialization import initialization
from vizconv.scenes.sliding.layer import layer
from vizconv.scenes.sliding.layer_bias import layer_bias
from vizconv.scenes.sliding.parameters import parameters
from vizconv.scenes.sliding.receptive_field import receptive_field
from vizconv.scenes.sliding.shift import shift
from vizconv.scenes.terms import (
    Repeat,
    Terms,
    avg_pool2d_terms,
    bias_terms,
    conv1d_terms,
    conv2d_terms,
    conv_transpose2d_terms,
    jacobian_terms,
    linear_terms,
    max_pool2d_terms,
    product_terms,
    relu_terms,
    sigmoid_terms,
    softmax_terms,
)

__all__ = [
    "BARE",
    "CROPPED",
    "FILLED",
    "NEVER_READ",
    "PADDING",
    "THROWN",
    "WRONG",
    "Edge",
    "Graph",
    "Panel",
    "Range",
    "Reading",
    "Repeat",
    "Rule",
    "Scale",
    "Scene",
    "Terms",
    "average_pooling",
    "avg_pool2d_terms",
    "batch_loss",
    "bias_gradient",
    "bias_terms",
    "chain",
    "conv1d_terms",
    "conv2d_terms",
    "conv_transpose2d_terms",
    "convolution",
    "correlation",
    "correlation_beside",
    "cross_entropy",
    "descent",
    "im2col",
    "initialization",
    "input_gradient_gather",
    "input_gradient_of_filters",
    "input_gradient_scatter",
    "jacobian_terms",
    "jacobians",
    "layer",
    "layer_bias",
    "layers_to_begin_with",
    "linear",
    "linear_terms",
    "matrix",
    "max_pool2d_terms",
    "max_pooling",
    "moved",
    "network",
    "numbered",
    "objectives",
    "owners_of",
    "parameters",
    "paths",
    "pooled_shift",
    "probabilities",
    "product_terms",
    "put",
    "put_at",
    "readings",
    "receptive_field",
    "relu_gate",
    "relu_terms",
    "shift",
    "sigmoid_terms",
    "softmax_jacobian",
    "softmax_terms",
    "transposed_jacobian",
    "weight_gradient",
    "weight_gradient_of_images",
]

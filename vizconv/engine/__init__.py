"""The engine: NumPy only, arrays in and frozen records out. What trains is what is taught."""

# ruff: noqa: F401 (what is imported here is what the engine offers)

from vizconv.engine.checkpoints import load_checkpoint, save_checkpoint
from vizconv.engine.evaluation import Evaluation, Run, as_batch, evaluate, forward_and_backward
from vizconv.engine.explanations import (
    Dream,
    GradCam,
    Occlusion,
    Saliency,
    dream,
    grad_cam,
    noise,
    occlusion,
    saliency,
    upsample,
)
from vizconv.engine.geometry import dilate, output_size, pad, rot180
from vizconv.engine.gradient_check import GradientCheck, gradient_check
from vizconv.engine.initializers import he_normal, he_uniform, xavier_normal, xavier_uniform
from vizconv.engine.layers import (
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
)
from vizconv.engine.networks import Network, lenet5
from vizconv.engine.operations import (
    avg_pool2d,
    avg_pool2d_backward,
    batch_norm2d,
    batch_norm2d_backward,
    conv1d,
    conv1d_backward,
    conv2d,
    conv2d_backward,
    conv_transpose2d,
    conv_transpose2d_backward,
    convolve,
    cross_correlate,
    cross_entropy,
    cross_entropy_backward,
    flatten,
    flatten_backward,
    linear,
    linear_backward,
    log_softmax,
    log_softmax_backward,
    max_pool2d,
    max_pool2d_backward,
    mse,
    mse_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    softmax,
    softmax_backward,
    tanh,
    tanh_backward,
)
from vizconv.engine.optimizers import SGD, Adam, Momentum
from vizconv.engine.saving import load, save
from vizconv.engine.schedules import Constant, OneCycle, StepDecay
from vizconv.engine.summary import Summary, summary
from vizconv.engine.teaching import (
    conv2d_im2col,
    conv2d_loops,
    conv2d_matmul,
    conv2d_patches,
    convolution_matrix,
)
from vizconv.engine.training import BatchProgress, EpochProgress, fit, train_step

__all__ = [name for name, value in vars().items() if getattr(value, "__module__", "").startswith(__name__)]

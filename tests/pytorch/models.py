"""Random small models of PyTorch, written as people write them: nested modules, or functions in a forward."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

BORDERS = ("zeros", "reflect", "replicate")
ENDINGS = (
    (None, None),
    (nn.Softmax(dim=1), lambda x: F.softmax(x, dim=-1)),
    (nn.LogSoftmax(dim=-1), lambda x: x.log_softmax(1)),
)
ACTIVATIONS = (
    (nn.ReLU(), F.relu),
    (nn.ReLU(inplace=True), torch.relu),
    (nn.Tanh(), torch.tanh),
    (nn.Sigmoid(), lambda x: x.sigmoid()),
)
FLATTENINGS = (
    lambda x: torch.flatten(x, 1),
    lambda x: x.flatten(start_dim=1),
    lambda x: x.view(x.size(0), -1),
    lambda x: x.view(-1, x.shape[1] * x.shape[2] * x.shape[3]),
    lambda x: x.reshape(x.shape[0], -1),
)


class Written(nn.Module):
    """A model whose forward does one thing after the other: its modules by name, and functions."""

    def __init__(self, *things, **modules):
        super().__init__()
        for name, module in modules.items():
            setattr(self, name, module)
        self.things = things

    def forward(self, x):
        for thing in self.things:
            x = getattr(self, thing)(x) if isinstance(thing, str) else thing(x)
        return x


class Draw:
    """What a seed decides."""

    def __init__(self, seed):
        self.generator = np.random.default_rng(seed)

    def number(self, low, high):
        return int(self.generator.integers(low, high + 1))

    def pair(self, low, high):
        height, width = self.number(low, high), self.number(low, high)
        return height if self.chance(0.5) else (height, width)

    def chance(self, share):
        return bool(self.generator.random() < share)

    def among(self, values):
        return values[self.number(0, len(values) - 1)]


def convolution(draw, channels, size):
    kernel = (draw.number(1, min(3, size[0])), draw.number(1, min(4, size[1])))
    padding = draw.among(["same", "valid", 0, draw.pair(0, min(2, *(n - 1 for n in size)))])
    spread = draw.pair(1, 2) if min(size) > 6 else 1
    stride = 1 if padding == "same" else draw.pair(1, 2)
    border = draw.among(BORDERS) if min(size) > 4 else "zeros"
    settings = {"padding": padding, "dilation": spread, "padding_mode": border, "bias": draw.chance(0.7)}
    return nn.Conv2d(channels, draw.number(1, 3), kernel, stride, **settings)


def normalization(draw, channels):
    module = nn.BatchNorm2d(channels, eps=draw.among([1e-5, 1e-2]))
    with torch.no_grad():
        for array in (module.weight, module.bias, module.running_mean):
            array.copy_(torch.tensor(draw.generator.standard_normal(channels)))
        module.running_var.copy_(torch.tensor(draw.generator.random(channels) + 0.1))
    return module


def pooling(draw):
    """Return a pooling as a module and as a function."""
    kernel = draw.pair(1, 3)
    stride, padding = draw.among([None, 1, (2, 1)]), 0 if np.min(kernel) < 2 else draw.number(0, 1)
    if draw.chance(0.5):
        return nn.MaxPool2d(kernel, stride, padding), lambda x: F.max_pool2d(x, kernel, stride, padding)
    if draw.chance(0.3):
        return nn.AdaptiveAvgPool2d(1), lambda x: F.avg_pool2d(x, x.size()[2:])
    strides = kernel if stride is None else stride
    return nn.AvgPool2d(kernel, stride, padding), lambda x: F.avg_pool2d(x, kernel, strides, padding=padding)


def random_model(seed):
    """Draw a model and the shape of its images, at most 9×9."""
    draw = Draw(seed)
    shape = (draw.among([1, 3]), draw.number(5, 9), draw.number(5, 9))
    x, pairs = torch.zeros(1, *shape), []

    def add(module, function=None):
        nonlocal x
        x = module.eval()(x)
        pairs.append((module, function))

    for _ in range(draw.number(1, 2)):
        add(convolution(draw, x.shape[1], tuple(x.shape[2:])))
        if draw.chance(0.4):
            add(normalization(draw, x.shape[1]))
        add(*draw.among(ACTIVATIONS))
        if min(x.shape[2:]) > 2:
            add(*pooling(draw))
    add(nn.Flatten(), draw.among(FLATTENINGS))
    if draw.chance(0.5):
        add(nn.Linear(x.shape[1], 4, bias=draw.chance(0.7)))
        add(nn.Dropout(0.5), lambda x: F.dropout(x, training=False))
        add(*draw.among(ACTIVATIONS))
    add(nn.Linear(x.shape[1], draw.number(1, 12)))
    ending = draw.among(ENDINGS)
    if ending[0] is not None:
        add(*ending)
    return (nested(draw, pairs) if draw.chance(0.5) else written(draw, pairs)), shape


def nested(draw, pairs):
    modules = [module for module, _ in pairs]
    cut = draw.number(1, len(modules))
    return nn.Sequential(nn.Sequential(*modules[:cut]), nn.Identity(), *modules[cut:])


def written(draw, pairs):
    things, modules = [], {}
    for place, (module, function) in enumerate(pairs):
        if function is not None and draw.chance(0.7):
            things.append(function)
        else:
            things.append(f"layer{place}")
            modules[f"layer{place}"] = module
    return Written(*things, **modules)

"""The two sides: the same work for the engine and for PyTorch, on the same numbers."""

import numpy as np
import torch
from torch.nn import functional

import vizconv
from vizconv.engine.arrays import batch_first, batch_last, freeze

IMAGES = 6000


def digits():
    """Make noise of MNIST's shape and type: uint8 images (6000, 28, 28) and labels; time asks no more."""
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (IMAGES, 28, 28)).astype(np.uint8)
    return images, generator.integers(0, 10, IMAGES)


def batches(size):
    """Yield the indices of shuffled batches, without end."""
    generator = np.random.default_rng(1)
    while True:
        order = generator.permutation(IMAGES)
        for start in range(0, IMAGES - size + 1, size):
            yield np.sort(order[start : start + size])


def engine_step(size):
    """Return a function that trains LeNet-5 for one batch with Adam: gather, run, update, count the right."""
    (images, labels), chosen = digits(), batches(size)
    network, optimizer = vizconv.lenet5(seed=0), vizconv.Adam(0.001)
    state = optimizer.start(network.parameters)

    def step():
        nonlocal network, state
        batch = next(chosen)
        network, state, run = vizconv.train_step(network, images[batch], labels[batch], optimizer, state)
        return float(run.loss.y), run.right

    return step


def torch_lenet5():
    """LeNet-5 as `vizconv.lenet5` builds it."""
    layers = torch.nn
    return layers.Sequential(
        layers.Conv2d(1, 6, 5, padding=2),
        layers.ReLU(),
        layers.MaxPool2d(2),
        layers.Conv2d(6, 16, 5),
        layers.ReLU(),
        layers.MaxPool2d(2),
        layers.Flatten(),
        layers.Linear(400, 120),
        layers.ReLU(),
        layers.Linear(120, 84),
        layers.ReLU(),
        layers.Linear(84, 10),
    )


def torch_step(size):
    """Return PyTorch's side of `engine_step`."""
    (images, labels), chosen = map(torch.from_numpy, digits()), batches(size)
    model = torch_lenet5()
    optimizer = torch.optim.Adam(model.parameters(), 0.001)

    def step():
        batch = torch.from_numpy(next(chosen))
        x, y = images[batch][:, None].float() / 255, labels[batch]
        optimizer.zero_grad()
        scores = model(x)
        loss = functional.cross_entropy(scores, y)
        loss.backward()
        optimizer.step()
        return loss.item(), (scores.argmax(1) == y).sum().item()

    return step


def convolutions(images, channels, filters, size, kernel, padding, input_gradient=True):
    """Return both sides of one convolution, forward and backward, on the same random float32 numbers."""
    generator = np.random.default_rng(0)
    x = generator.standard_normal((images, channels, size, size), np.float32)
    weight = generator.standard_normal((filters, channels, kernel, kernel), np.float32)
    bias = generator.standard_normal(filters, np.float32)
    y = vizconv.conv2d(x, weight, bias, padding=padding).y
    dy = generator.standard_normal(y.shape, np.float32)
    tensors = [torch.tensor(array) for array in (x, weight, bias)]
    x, dy = _as_in_a_network(x), _as_in_a_network(dy)

    def engine():
        record = vizconv.conv2d(x, weight, bias, padding=padding)
        vizconv.conv2d_backward(record, dy, input_gradient=input_gradient)

    for tensor in tensors[0 if input_gradient else 1 :]:
        tensor.requires_grad_()
    dy_tensor = torch.tensor(dy.copy("C"))

    def pytorch():
        for tensor in tensors:
            tensor.grad = None
        functional.conv2d(*tensors, padding=padding).backward(dy_tensor)

    return engine, pytorch


def _as_in_a_network(array):
    """Lay an array in memory as the engine's own layers hand it on; PyTorch's layers do the same."""
    return freeze(batch_first(np.ascontiguousarray(batch_last(array))))

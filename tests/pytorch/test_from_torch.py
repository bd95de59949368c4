"""Models of PyTorch as networks: outputs and gradients are theirs, and what cannot be taken is named."""

import copy
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

import vizconv as vc
from tests.conftest import absent
from tests.engine.cases import normals, seeds
from vizconv.engine.networks import parameter_gradients

try:
    import torch
    from torch import nn
    from torch.nn import functional as F

    from tests.pytorch.models import Written, random_model
    from vizconv.pytorch import layers, models
except ImportError:
    absent("PyTorch is not installed: pip install -e '.[torch]'")

pytestmark = [
    pytest.mark.usefixtures("torch"),
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths"),
]


def close(mine, theirs, tolerance):
    theirs = theirs.detach().numpy()
    np.testing.assert_allclose(mine, theirs, rtol=0, atol=tolerance * max(1, np.abs(theirs).max()))


def assert_equal(network, model, shape, tolerance, kind):
    """Hold outputs and gradients of both against each other, on two random images."""
    (x,) = normals(1, (2, *shape), kind=kind)
    tensor = torch.tensor(x, requires_grad=True)
    y = model.eval()(tensor)
    trace = network.forward(x)
    assert trace.y.dtype == kind
    close(trace.y, y, tolerance)
    (dy,) = normals(2, trace.y.shape, kind=kind)
    y.backward(torch.tensor(dy))
    gradients = network.backward(trace, dy)
    close(gradients.dx, tensor.grad, tolerance)
    found = parameter_gradients(gradients)
    for mine, theirs in zip(found.values(), model.parameters(), strict=True):
        close(mine, theirs.grad, tolerance)
    model.zero_grad(set_to_none=True)


@given(seeds)
def test_outputs_and_gradients_equal_those_of_a_random_model(seed):
    torch.manual_seed(seed)
    model, shape = random_model(seed)
    network = vc.from_torch(model, shape)
    assert_equal(network, model, shape, 1e-5, np.float32)
    wide = {name: array.astype(np.float64) for name, array in network.arrays.items()}
    assert_equal(network.with_arrays(wide), model.double(), shape, 1e-12, np.float64)


# --- What people write ----------------------------------------------------------------------------


def conv(*settings, **more):
    return nn.Conv2d(*settings, **more)


def example():
    """PyTorch's own example for MNIST, smaller."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 4, 3, 1)
            self.conv2 = nn.Conv2d(4, 3, 3, 1)
            self.dropout1 = nn.Dropout(0.25)
            self.fc1 = nn.Linear(432, 8)
            self.fc2 = nn.Linear(8, 10)
            self.never_used = nn.LSTM(3, 3)

        def forward(self, x, verbose=False):
            x = F.relu(self.conv1(x))
            x = F.max_pool2d(F.relu(self.conv2(x)), 2)
            x = F.dropout(self.dropout1(x), 0.2, self.training)
            if verbose:
                x = x + 1
            x = torch.flatten(x, 1)
            return F.log_softmax(self.fc2(F.relu(self.fc1(x))), dim=1)

    return Net()


def reusing():
    modules = {"conv1": conv(1, 2, 3), "conv2": conv(2, 2, 4), "fc": nn.Linear(50, 3)}
    things = ("conv1", "act", "pool", "conv2", "act", "pool", lambda x: x.view(x.size(0), -1), "fc")
    return Written(*things, **modules, act=nn.ReLU(), pool=nn.MaxPool2d(2))


def clashing():
    modules = {name: conv(1, 1, 1) for name in ("p", "x", "dx", "t", "chosen", "net", "dnet", "a_0")}
    modules |= {"a": nn.Sequential(nn.Tanh()), "L": conv(1, 1, 1)}
    return Written(*modules, lambda x: x.relu_(), F.relu, **modules)


NAMED = {
    "an example": (
        example,
        ["conv1", "relu1", "conv2", "relu2", "pool", "flatten", "fc1", "relu3", "fc2", "log_softmax"],
    ),
    "modules used twice": (reusing, ["conv1", "act1", "pool1", "conv2", "act2", "pool2", "flatten", "fc"]),
    "nested": (
        lambda: nn.Sequential(
            nn.Sequential(conv(1, 2, 3), nn.BatchNorm2d(2)),
            nn.AvgPool2d(2, divisor_override=4),
            nn.AdaptiveAvgPool2d((13, 1)),
        ),
        ["conv0_0", "norm0_1", "pool1", "pool2"],
    ),
    "paths": (
        lambda: Written(
            "features",
            "head",
            features=nn.Sequential(conv(1, 1, 2), nn.ReLU()),
            head=nn.Sequential(nn.Flatten()),
        ),
        ["features_0", "features_1", "head_0"],
    ),
    "one layer": (lambda: conv(1, 2, 3), ["conv"]),
    "clashes": (
        clashing,
        [
            *("p_conv", "x_conv", "dx_conv2", "t_conv", "chosen_conv", "net", "dnet_conv"),
            *("a_0", "a_0_tanh", "L_conv", "relu1", "relu2"),
        ],
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_layers_are_named_like_the_modules(name):
    model, expected = NAMED[name][0](), NAMED[name][1]
    network = vc.from_torch(model)
    assert list(network.layers) == expected
    (x,) = normals(0, (2, 1, 28, 28), kind=np.float32)
    np.testing.assert_allclose(
        network.forward(x).y, model.eval()(torch.tensor(x)).detach().numpy(), atol=1e-5
    )
    stage = {"x", "p", "L", "t", "chosen", *network.layers}
    assert len(stage | {f"d{name}" for name in stage}) == 2 * (5 + len(expected))


def test_a_global_average_in_every_way_it_is_written():
    for way in (
        lambda x: F.adaptive_avg_pool2d(x, 1).squeeze(),
        lambda x: F.avg_pool2d(input=x, kernel_size=x.size()[2:]).flatten(1),
        lambda x: F.adaptive_avg_pool2d(x, (1, 1)).view(x.shape[0], x.size(1)),
    ):
        network = vc.from_torch(Written("conv", way, conv=conv(3, 4, 3)), (3, 6, 8))
        assert network.layers["pool"].kernel_size == (4, 6)
        assert list(network.layers) == ["conv", "pool", "flatten"]


class Tutorial(nn.Module):
    """LeNet as tutorials write it; `flat` makes rows of its maps."""

    def __init__(self, flat):
        super().__init__()
        self.conv1, self.conv2, self.fc = nn.Conv2d(1, 2, 5), nn.Conv2d(2, 3, 3), nn.Linear(75, 4)
        self.flat, self.device = flat, torch.device("cpu")

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(self.flat(x))


def by_counting(x):
    """Count as PyTorch's own tutorial did for years."""
    count = 1
    for size in x.size()[1:]:
        count *= size
    return x.view(-1, count)


def by_unpacking(x):
    batch, channels, height, width = x.shape
    assert channels == 3 and x.dim() == 4
    return x.reshape(batch, channels * height * width)


FLAT = {
    "counted": by_counting,
    "unpacked": by_unpacking,
    "len": lambda x: x.view(len(x), -1),
    "int of np.prod": lambda x: x.view(-1, int(np.prod(x.shape[1:]))),
    "np.prod": lambda x: x.view(-1, np.prod(x.size()[1:])),
    "numel": lambda x: x.view(-1, x.numel() // x.size(0)),
    "a star": lambda x: x.reshape(*x.shape[:1], -1),
    "a decision by shape": lambda x: x.flatten(1) if x.ndim == 4 else x,
    "a module made on the way": lambda x: nn.Flatten()(x),
    "one reshape after the other": lambda x: x.unsqueeze(1).flatten(1, 2).view(-1, 3, 25).flatten(1),
    "casts": lambda x: x.float().to("cpu").type(torch.float32).cpu().flatten(1),
}


@pytest.mark.parametrize("name", FLAT)
def test_sizes_are_there_to_be_asked_for(name):
    model = Tutorial(FLAT[name])
    network = vc.from_torch(model)
    names = ["conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "flatten", "fc"]
    assert list(network.layers) == names
    assert_equal(network, model, (1, 28, 28), 1e-5, np.float32)


def test_what_changes_images_in_place_hands_on_the_same_ones():
    def forgetful(x):
        F.relu(x, inplace=True)
        torch.tanh_(x)
        return x

    network = vc.from_torch(Written("conv", forgetful, conv=conv(1, 2, 3)), (1, 5, 5))
    assert list(network.layers) == ["conv", "relu", "tanh"]
    first = vc.from_torch(Written(torch.tanh_, "conv", conv=conv(1, 2, 3)), (1, 5, 5))
    assert list(first.layers) == ["tanh", "conv"]


def test_modules_made_in_a_forward_are_named_like_functions():
    things = (lambda x: nn.ReLU()(x), lambda x: nn.ReLU()(x), lambda x: nn.Sequential(nn.Tanh())(x))
    assert list(vc.from_torch(Written("conv", *things, conv=conv(1, 2, 3))).layers) == [
        "conv",
        "relu1",
        "relu2",
        "tanh",
    ]


def test_a_part_of_a_sequential_may_run():
    class Cut(nn.Module):
        def __init__(self):
            super().__init__()
            self.all = nn.Sequential(conv(1, 2, 3), nn.ReLU(), nn.Tanh())

        def forward(self, x):
            return self.all[:-1](x)

    assert list(vc.from_torch(Cut()).layers) == ["all_0", "all_1"]


def test_a_size_in_a_row_of_one_counts_for_both_sides():
    model = nn.Sequential(conv(1, 1, 3), nn.MaxPool2d((2,)), nn.AvgPool2d([2], stride=(1,)))
    network = vc.from_torch(model)
    assert_equal(network, model, (1, 28, 28), 1e-5, np.float32)


def test_what_holds_a_model_is_opened():
    model = nn.Sequential(conv(1, 2, 3))
    assert list(vc.from_torch(nn.DataParallel(model)).layers) == ["conv0"]


def test_what_was_compiled_has_no_layers_to_take():
    with pytest.raises(ValueError, match=r"compiled by torch.jit; the model that it was made of is expected"):
        vc.from_torch(torch.jit.ScriptModule())


def test_an_end_in_probabilities_is_a_layer_and_scores_stand_before_it():
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 3), nn.Softmax())
    network = vc.from_torch(model)
    assert list(network.layers) == ["flatten0", "linear1", "softmax2"]
    (x,) = normals(0, (2, 1, 28, 28), kind=np.float32)
    np.testing.assert_allclose(network.forward(x).y.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(
        network.scoring.forward(x).y, model[:2](torch.tensor(x)).detach().numpy(), atol=1e-5
    )


@pytest.mark.parametrize("kind", ["float64", "float32", "float16", "bfloat16"])
def test_float64_stays_and_what_is_shorter_becomes_float32(kind):
    model = nn.Sequential(conv(1, 2, 3), nn.BatchNorm2d(2)).to(getattr(torch, kind))
    network = vc.from_torch(model, (1, 4, 4))
    expected = np.float64 if kind == "float64" else np.float32
    assert {array.dtype for array in network.arrays.values()} == {np.dtype(expected)}
    theirs = model[0].weight.detach().double().numpy()
    np.testing.assert_array_equal(network.parameters["conv0.weight"], theirs)


def test_what_is_made_of_a_layer_is_still_this_layer():
    class Mine(nn.Conv2d):
        pass

    normed = nn.utils.parametrizations.weight_norm(conv(1, 2, 3))
    model = nn.Sequential(Mine(1, 1, 2), normed)
    network = vc.from_torch(model, (1, 5, 5))
    assert_equal(network, nn.Sequential(model[0], effective(normed)), (1, 5, 5), 1e-5, np.float32)


def effective(normed):
    plain = conv(1, 2, 3)
    plain.weight.data, plain.bias.data = normed.weight.data, normed.bias.data
    return plain


# --- The caller's model stays as it is ------------------------------------------------------------


def test_the_model_stays_as_it_is():
    model = nn.Sequential(
        conv(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(18, 3)
    )
    model[3].eval()
    model(torch.ones(2, 1, 5, 5)).sum().backward()
    state, modes = copy.deepcopy(model.state_dict()), [module.training for module in model.modules()]
    slopes = [parameter.grad.clone() for parameter in model.parameters()]
    random = torch.random.get_rng_state()
    network = vc.from_torch(model, (1, 5, 5))
    assert torch.equal(torch.random.get_rng_state(), random) and torch.is_grad_enabled()
    assert [module.training for module in model.modules()] == modes
    for name, array in model.state_dict().items():
        assert torch.equal(array, state[name])
    for parameter, slope in zip(model.parameters(), slopes, strict=True):
        assert torch.equal(parameter.grad, slope) and parameter.requires_grad
    assert not any(module._forward_hooks for module in model.modules())
    before = network.parameters["conv0.weight"].copy()
    with torch.no_grad():
        model[0].weight.zero_()
    np.testing.assert_array_equal(network.parameters["conv0.weight"], before)


# --- What cannot be taken -------------------------------------------------------------------------


def chain(*modules):
    return nn.Sequential(conv(1, 2, 1), *modules)


def function(*things, **modules):
    return Written("conv", *things, conv=conv(1, 2, 1), **modules)


def tied():
    one, other = nn.Linear(16, 16), nn.Linear(16, 16)
    other.weight = one.weight
    return nn.Sequential(nn.Flatten(), one, other)


def residual():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = conv(1, 1, 3, padding=1), conv(1, 1, 3, padding=1)

        def forward(self, x):
            return F.relu(self.conv2(F.relu(self.conv1(x))) + x)

    return Block()


def infinite():
    model = chain()
    model[0].bias.data[:] = np.inf
    return model


def unlisted():
    layers = [conv(2, 2, 1)]
    return function(lambda x: layers[0](x))


REFUSED = {
    "a plain list": (unlisted(), "a Conv2d that the forward calls is no part of the model, which would not"),
    "dropout made on the way": (
        function(lambda x: nn.Dropout()(x)),
        "Dropout: it also drops in eval mode; one that is made in __init__ would stop there",
    ),
    "sizes that do not fit": (
        Written("conv", "conv2", by_counting, conv=conv(1, 2, 1), conv2=conv(3, 1, 1)),
        "'conv2' (Conv2d): images do not fit here (Given groups=1",
    ),
    "whole numbers": (function(lambda x: x.to(torch.int64)), "the model does more than its layers say"),
    "groups": (chain(conv(2, 2, 1, groups=2)), "'1' (Conv2d): groups is 2; one group is expected"),
    "circular": (chain(conv(2, 2, 3, 1, 1, padding_mode="circular")), "padding_mode is 'circular'; 'zeros'"),
    "unknown module": (chain(nn.LeakyReLU()), "'1' (LeakyReLU): it is none of Conv2d, BatchNorm2d, ReLU"),
    "unknown function": (function(F.gelu), "gelu(): it is none of Conv2d"),
    "a product": (function(lambda x: x / 255), "truediv(): it is none of"),
    "dilated maximum": (
        chain(nn.MaxPool2d(2, 1, dilation=2)),
        "'1' (MaxPool2d): dilation is 2; windows without",
    ),
    "dilated function": (function(lambda x: F.max_pool2d(x, 2, 1, 0, 2)), "max_pool2d(): dilation is 2"),
    "indices": (chain(nn.MaxPool2d(2, return_indices=True)), "return_indices is True; False is expected"),
    "ceiling": (chain(nn.MaxPool2d(3, ceil_mode=True)), "ceil_mode is True and adds windows that stick out"),
    "mean of a ceiling": (function(lambda x: F.avg_pool2d(x, 3, ceil_mode=True)), "avg_pool2d(): ceil_mode"),
    "padding left out": (
        chain(nn.AvgPool2d(2, padding=1, count_include_pad=False)),
        "count_include_pad is False",
    ),
    "divisor": (chain(nn.AvgPool2d(2, divisor_override=3)), "divisor_override is 3; 4, the window's size"),
    "uneven windows": (
        chain(nn.AdaptiveAvgPool2d(3)),
        "it makes (3, 3) of (4, 4), by windows of several sizes",
    ),
    "statistics": (
        chain(nn.BatchNorm2d(2, track_running_stats=False)),
        "it normalizes every batch by itself",
    ),
    "images mixed": (
        chain(nn.Flatten(0)),
        "it makes (96,) of three images of shape (2, 4, 4); one row an image",
    ),
    "half a row": (function(lambda x: x.view(-1, 16)), "view(): it makes (6, 16) of three images"),
    "three axes": (chain(nn.Flatten(2)), "'1' (Flatten): it makes (3, 2, 16) of three images"),
    "linear on pixels": (
        chain(nn.Linear(4, 3)),
        "'1' (Linear): it gets shape (3, 2, 4, 4); rows (N, D), after",
    ),
    "softmax of maps": (
        chain(nn.Softmax(1)),
        "it gets shape (3, 2, 4, 4); rows of scores (N, K) are expected",
    ),
    "softmax of images": (chain(nn.Flatten(), nn.Softmax(0)), "dim is 0; 1, over the classes, is expected"),
    "softmax inside": (
        chain(nn.Flatten(), nn.Softmax(1), nn.Linear(32, 2)),
        "'2' (Softmax): it stands in the",
    ),
    "a logarithm": (function(lambda x: x.flatten(1).softmax(1).log()), "softmax(): it stands in the middle"),
    "dropout for ever": (
        function(F.dropout),
        "dropout(): it also drops in eval mode; training=self.training",
    ),
    "a layer twice": (Written("conv", "conv", conv=conv(1, 1, 1)), "'conv' (Conv2d): it shares weights with"),
    "tied weights": (tied(), "'2' (Linear): it shares weights with '1' (Linear); every layer needs its own"),
    "residual": (
        residual(),
        "add(): it reads 'conv2' and the images; only the result just before it, 'conv2'",
    ),
    "a parameter": (function(lambda x: x * torch.ones(1)), "mul(): it reads 'conv' and '_tensor_constant0'"),
    "two results": (function(lambda x: (x, x)), "return: it gives back something else than the last result"),
    "no layer": (
        nn.Sequential(nn.Identity(), nn.Dropout()),
        "the model has no layer that changes its images",
    ),
    "infinities": (infinite(), "'0' (Conv2d): its bias holds NaN or infinite numbers; finite ones"),
    "control flow": (function(lambda x: x if x.sum() > 0 else -x), "the forward of Written cannot be traced"),
    "not there": (nn.Sequential(conv(1, 1, 1, device="meta")), "0.weight holds no numbers yet"),
    "complex": (
        nn.Sequential(conv(1, 1, 1, dtype=torch.complex64)),
        "0.weight holds complex numbers; real ones",
    ),
    "other images": (nn.Sequential(conv(3, 1, 1)), "'0' (Conv2d): images do not fit here (Given groups=1"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_taken_is_named(name):
    model, sentence = REFUSED[name]
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (the sentence is looked for below)
        vc.from_torch(model, (1, 4, 4))
    assert sentence in str(caught.value)


def test_all_that_cannot_be_taken_is_named_at_once():
    model = chain(nn.ELU(), nn.ReLU(), conv(2, 4, 1, groups=2), nn.MaxPool2d(3, ceil_mode=True), nn.GELU())
    with pytest.raises(ValueError, match=r"^4 steps of the model cannot be taken, for images of") as caught:
        vc.from_torch(model, (1, 4, 4))
    named = [line.split(":")[0] for line in str(caught.value).splitlines()[1:]]
    assert named == ["- '1' (ELU)", "- '3' (Conv2d)", "- '4' (MaxPool2d)", "- '5' (GELU)"]


def test_a_hook_is_refused_because_it_may_change_numbers():
    model = chain()
    model[0].register_forward_hook(lambda module, given, y: y * 2)
    with pytest.raises(ValueError, match=r"'0' \(Conv2d\) has a hook, which may change what it gives"):
        vc.from_torch(model)


def test_settings_that_change_nothing_are_taken():
    harmless = [
        nn.AvgPool2d(2, count_include_pad=False, divisor_override=4),
        nn.MaxPool2d(2, ceil_mode=True),
        nn.BatchNorm2d(2, affine=False),
    ]
    model = chain(*harmless)
    assert list(vc.from_torch(model, (1, 8, 8)).layers) == ["conv0", "pool1", "pool2", "norm3"]


@pytest.mark.parametrize(
    ("given", "error", "sentence"),
    [
        (({"conv.weight": 1},), TypeError, "model is a dict; a torch.nn.Module is expected"),
        ((nn.ReLU(), (28, 28)), ValueError, r"input_shape is \(28, 28\); \(channels, height, width\)"),
        ((nn.ReLU(), (0, 28, 28)), ValueError, "input_shape is 0; it must be 1 or more"),
        ((nn.ReLU(), (1, 2.5, 3)), TypeError, "input_shape is 2.5; a whole number"),
        ((nn.ReLU(), 28), TypeError, r"input_shape is 28; \(channels, height, width\) is expected"),
    ],
)
def test_what_is_no_model_or_no_shape_is_said(given, error, sentence):
    with pytest.raises(error, match=sentence):
        vc.from_torch(*given)


def test_without_pytorch_there_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match="from_torch needs PyTorch, which is not here: pip install torch"):
        vc.from_torch(None)


# --- Broken on purpose ----------------------------------------------------------------------------


def broken(kind, **settings):
    """Return a reader that forgets what a module says."""
    read = layers.READERS[kind]
    return {kind: lambda module, step: replace(read(module, step), **settings)}


MUTATIONS = {
    "border": broken(nn.Conv2d, border="zeros"),
    "padding": broken(nn.Conv2d, padding=1, dilation=1),
    "epsilon": broken(nn.BatchNorm2d, epsilon=1e-5),
    "variance": broken(nn.BatchNorm2d, variance=np.ones(2)),
    "stride": broken(nn.MaxPool2d, stride=2),
    "an activation": {nn.Tanh: layers.READERS[nn.Sigmoid]},
    "a mean": {nn.AvgPool2d: lambda module, step: vc.MaxPool2d(2)},
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_forgotten_setting_is_seen(monkeypatch, name):
    """By what every model is held against, and, should that be broken too, by these tests."""
    torch.manual_seed(0)
    model = nn.Sequential(
        conv(1, 2, 3, padding=2, dilation=2, padding_mode="reflect"),
        nn.BatchNorm2d(2, eps=0.5),
        nn.MaxPool2d(3, 1, 1),
        nn.Tanh(),
        nn.AvgPool2d(2),
    )
    model[1].running_var.data[:] = torch.tensor([0.2, 3])
    assert_equal(vc.from_torch(model, (1, 7, 7)), model, (1, 7, 7), 1e-5, np.float32)
    for kind, read in MUTATIONS[name].items():
        monkeypatch.setitem(layers.READERS, kind, read)
    with pytest.raises(ValueError, match="the model does more than its layers say: its outputs differ"):
        vc.from_torch(model, (1, 7, 7))
    monkeypatch.setattr(models, "_require_equal", lambda *_: None)
    with pytest.raises(AssertionError):
        assert_equal(vc.from_torch(model, (1, 7, 7)), model, (1, 7, 7), 1e-5, np.float32)


def test_a_layer_that_does_more_than_its_name_says_is_refused():
    class Standardized(nn.Conv2d):
        def _conv_forward(self, x, weight, bias):
            return super()._conv_forward(x, weight - weight.mean(), bias)

    with pytest.raises(ValueError, match="the model does more than its layers say"):
        vc.from_torch(nn.Sequential(Standardized(1, 2, 3)))

"""Saliency, occlusion, Grad-CAM and dreams, held against PyTorch's autograd and hooks."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import vizconv as vc
from tests.engine.cases import fewer
from vizconv.engine.explanations.noise import bits


@st.composite
def cases(draw):
    """The sizes of a small random network, its activation and pooling, a class and what is asked of it."""
    sizes = {name: draw(st.integers(*ends)) for name, ends in SIZES.items()}
    choices = {name: draw(st.sampled_from(of)) for name, of in CHOICES.items()}
    return SimpleNamespace(**sizes, **choices, target=draw(st.integers(0, sizes["classes"] - 1)))


SIZES = {
    "seed": (0, 2**16),
    "channels": (1, 3),
    "first": (1, 4),
    "second": (1, 4),
    "classes": (2, 5),
    "size": (9, 11),
    "stride": (1, 2),
    "padding": (0, 2),
}
CHOICES = {
    "activation": ("Relu", "Tanh", "Sigmoid"),
    "pool": ("MaxPool2d", "AvgPool2d"),
    "of": ("score", "probability"),
}


def _built(torch, case):
    """Build a case's network twice, ours and PyTorch's, and an image for it."""
    nn, generator = torch.nn, np.random.default_rng(case.seed)
    image = generator.uniform(0, 1, (case.channels, case.size, case.size))
    model = nn.Sequential(
        nn.Conv2d(case.channels, case.first, 3, case.stride, case.padding),
        {"Relu": nn.ReLU, "Tanh": nn.Tanh, "Sigmoid": nn.Sigmoid}[case.activation](),
        getattr(nn, case.pool)(2),
        nn.Conv2d(case.first, case.second, 2),
        nn.ReLU(),
        nn.Flatten(),
    ).double()
    with torch.no_grad():
        model.append(nn.Linear(model(torch.from_numpy(image[None])).numel(), case.classes).double())
        for parameter in model.parameters():
            parameter[:] = torch.from_numpy(generator.normal(0, 0.5, parameter.shape))
    weights = [parameter.detach().numpy().copy() for parameter in model.parameters()]
    network = vc.Network(
        {
            "conv1": vc.Conv2d(*weights[:2], stride=case.stride, padding=case.padding),
            "active1": getattr(vc, case.activation)(),
            "pool": getattr(vc, case.pool)(2),
            "conv2": vc.Conv2d(*weights[2:4]),
            "relu2": vc.Relu(),
            "flatten": vc.Flatten(),
            "linear": vc.Linear(*weights[4:]),
        }
    )
    return network, model, image


def _asked(scores, case):
    return (scores if case.of == "score" else scores.softmax(1))[:, case.target]


@fewer(4)
@given(case=cases())
def test_saliency_is_pytorchs_gradient_of_the_image(torch, case):
    network, model, image = _built(torch, case)
    x = torch.from_numpy(image[None]).requires_grad_()
    answer = _asked(model(x), case)
    answer.backward()
    found = vc.saliency(network, image, case.target, case.of)
    np.testing.assert_allclose(found.gradient, x.grad[0].numpy(), rtol=1e-9, atol=1e-12)
    assert found.answer == pytest.approx(answer.item(), abs=1e-12)
    np.testing.assert_array_equal(found.magnitude, np.abs(found.gradient).max(axis=0))
    np.testing.assert_array_equal(found.times_input, found.gradient * image)


@fewer(4)
@given(case=cases(), layer=st.sampled_from(["conv1", "active1", "pool", "conv2", "relu2"]))
def test_grad_cam_is_what_hooks_of_pytorch_say(torch, case, layer):
    network, model, image = _built(torch, case)
    kept = {}
    module = model[list(network.layers).index(layer)]
    handle = module.register_forward_hook(lambda _, __, y: (y.retain_grad(), kept.update(y=y))[0])
    x = torch.from_numpy(image[None]).requires_grad_()
    _asked(model(x), case).backward()
    handle.remove()
    activations, gradients = kept["y"].detach()[0], kept["y"].grad[0]
    signed = (gradients.mean((1, 2))[:, None, None] * activations).sum(0)
    positive = torch.relu(signed)
    large = torch.nn.functional.interpolate(
        positive[None, None], size=image.shape[1:], mode="bilinear", align_corners=False
    )[0, 0]
    found = vc.grad_cam(network, image, case.target, layer, case.of)
    for ours, theirs in (
        (found.activations, activations),
        (found.gradients, gradients),
        (found.weights, gradients.mean((1, 2))),
        (found.signed, signed),
        (found.map, positive),
        (found.upsampled, large),
    ):
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-9, atol=1e-12)
    assert found.is_empty == (not (signed > 0).any())


@fewer(4)
@given(case=cases(), size=st.integers(1, 4), stride=st.integers(1, 3), value=st.floats(-1, 2))
def test_occlusion_runs_the_network_on_each_hidden_image(torch, case, size, stride, value):
    network, model, image = _built(torch, case)
    found = vc.occlusion(network, image, case.target, size, stride, value, case.of)
    places = tuple(math.ceil(length / stride) for length in image.shape[1:])
    assert found.map.shape == places
    with torch.no_grad():
        whole = _asked(model(torch.from_numpy(image[None])), case).item()
        for place in ((0, 0), (places[0] - 1, places[1] - 1), (places[0] // 2, 0)):
            row, column = (at * stride for at in place)
            hidden = image.copy()
            hidden[:, row : row + size, column : column + size] = value
            said = _asked(model(torch.from_numpy(hidden[None])), case).item()
            assert found.map[place] == pytest.approx(whole - said, abs=1e-10)
            assert tuple(found.corners[place]) == (row, column)


def test_black_on_black_changes_nothing():
    network = vc.lenet5(seed=1)
    image = np.zeros((28, 28))
    image[10:18, 12:16] = 1
    found = vc.occlusion(network, image, 3)
    assert found.map.shape == (14, 14) and not found.map[0].any() and found.map.any()


@fewer(4)
@given(case=cases(), kind=st.sampled_from(["class", "layer", "filter", "unit"]), jitter=st.integers(0, 3))
def test_a_dream_climbs_by_pytorchs_gradient(torch, case, kind, jitter):
    network, model, image = _built(torch, case)
    objective, of_scores = {
        "class": (case.target, lambda: model(x)[0, case.target]),
        "layer": ("pool", lambda: (model[:3](x) ** 2).sum() / 2),
        "filter": (("conv2", 0), lambda: model[:4](x)[0, 0].mean()),
        "unit": (("conv2", 0, 1, 0), lambda: model[:4](x)[0, 0, 1, 0]),
    }[kind]
    if kind == "unit" and network.forward(image[None])["conv2"].y.shape[2] < 2:
        objective, of_scores = ("linear", case.target), lambda: model(x)[0, case.target]
    settings = {
        "step_size": 0.05,
        "l2": 0.3,
        "normalized": False,
        "limits": None,
        "jitter": jitter,
        "seed": 5,
    }
    found = vc.dream(network, image, objective, steps=2, **settings)
    drawn = bits(5)
    step = image[None]
    for at in range(2):
        np.testing.assert_allclose(found.images[at], step[0], rtol=1e-9, atol=1e-11)
        x = torch.from_numpy(step).requires_grad_()
        assert found.objectives[at] == pytest.approx(of_scores().item(), rel=1e-9, abs=1e-11)
        move = [next(drawn) % (2 * jitter + 1) - jitter for _ in range(2)]
        x = torch.roll(torch.from_numpy(step), move, (2, 3)).requires_grad_()
        of_scores().backward()
        gradient = torch.roll(x.grad, [-by for by in move], (2, 3)).numpy()
        step = step + 0.05 * (gradient - 0.3 * step)
    np.testing.assert_allclose(found.image, step[0], rtol=1e-9, atol=1e-11)


def test_a_dream_of_lenet_climbs_and_stays_within_its_limits():
    found = vc.dream(vc.lenet5(seed=2), vc.noise((1, 28, 28), seed=3), 7, steps=20, blur=0.1, jitter=1)
    assert found.images.shape == (21, 1, 28, 28) and found.objectives[-1] > found.objectives[0] + 1
    assert found.images.min() >= 0 and found.images.max() <= 1
    again = vc.dream(vc.lenet5(seed=2), vc.noise((1, 28, 28), seed=3), 7, steps=20, blur=0.1, jitter=1)
    np.testing.assert_array_equal(found.images, again.images)


def test_a_blur_leaves_an_even_picture_and_spreads_a_point():
    network = vc.Network({"relu": vc.Relu(), "flatten": vc.Flatten()})
    still = {"step_size": 0.0, "steps": 1}
    even = vc.dream(network, np.full((4, 5), 0.5), 0, blur=1.0, **still)
    np.testing.assert_allclose(even.image, 0.5)
    point = np.zeros((5, 5))
    point[2, 2] = 1
    spread = vc.dream(network, point, 0, blur=0.5, **still).image[0]
    np.testing.assert_allclose(spread[2, 1:4], [1 / 16, 0.5 + 1 / 8, 1 / 16])


def test_a_dead_relu_leaves_the_picture_as_it_is():
    network = vc.Network({"conv": vc.Conv2d(-np.ones((1, 1, 2, 2)), np.zeros(1)), "relu": vc.Relu()})
    found = vc.dream(network, np.full((4, 4), 0.5), "relu", steps=3)
    assert not found.objectives.any() and (found.images == 0.5).all()


def test_noise_is_even_and_the_same_everywhere():
    first = list(zip(range(3), bits(0), strict=False))
    state = 2654435761
    for _, number in first:
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        assert number == state
    many = vc.noise((100, 100), seed=4)
    assert many.min() >= 0 and many.max() < 1 and abs(many.mean() - 0.5) < 0.02
    assert not np.array_equal(many, vc.noise((100, 100), seed=5))


# ---- What is refused ---------------------------------------------------------------------------------------

LENET, DIGIT = vc.lenet5(seed=0), np.zeros((28, 28))


@pytest.mark.parametrize(
    ("ask", "error", "said"),
    [
        (lambda: vc.saliency(LENET, DIGIT, 12), ValueError, "target is 12; 0 to 9 is expected for 10 scores"),
        (lambda: vc.saliency(LENET, DIGIT, 1.5), TypeError, "target"),
        (lambda: vc.saliency(LENET, DIGIT, 1, of="logit"), ValueError, "'score' or 'probability'"),
        (lambda: vc.saliency(LENET, np.zeros((3, 28, 28)), 1), ValueError, "channels"),
        (lambda: vc.saliency(LENET, np.zeros((2, 1, 28, 28)), 1), ValueError, "one image"),
        (lambda: vc.saliency(LENET, np.full((28, 28), np.nan), 1), ValueError, "NaN"),
        (lambda: vc.saliency(LENET, np.zeros((20, 20)), 1), ValueError, "does not fit the network"),
        (lambda: vc.grad_cam(LENET, DIGIT, 1, "conv3"), KeyError, "there is no layer 'conv3'"),
        (lambda: vc.grad_cam(LENET, DIGIT, 1, "linear1"), ValueError, "not maps; one of conv1, relu1"),
        (lambda: vc.grad_cam(LENET, DIGIT, -1, "conv1"), ValueError, "target is -1"),
        (lambda: vc.occlusion(LENET, DIGIT, 1, size=29), ValueError, "at most 28×28"),
        (lambda: vc.occlusion(LENET, DIGIT, 1, stride=0), ValueError, "stride"),
        (lambda: vc.occlusion(LENET, DIGIT, 1, value=[0, 1]), ValueError, "1 channels"),
        (lambda: vc.occlusion(LENET, DIGIT, 1, value=np.inf), ValueError, "finite"),
        (lambda: vc.dream(LENET, DIGIT, "conv9"), ValueError, "there is no layer 'conv9'"),
        (lambda: vc.dream(LENET, DIGIT, ("conv2", 16)), ValueError, "makes 16×10×10"),
        (lambda: vc.dream(LENET, DIGIT, ("conv2", 1, 2)), ValueError, "or all of them"),
        (lambda: vc.dream(LENET, DIGIT, 10), ValueError, "objective is 10"),
        (lambda: vc.dream(LENET, DIGIT, None), TypeError, "objective is None"),
        (lambda: vc.dream(LENET, DIGIT, 1, steps=-1), ValueError, "steps"),
        (lambda: vc.dream(LENET, DIGIT, 1, blur=2), ValueError, "blur is 2"),
        (lambda: vc.dream(LENET, DIGIT, 1, step_size=np.nan), ValueError, "step_size"),
        (lambda: vc.dream(LENET, DIGIT, 1, limits=(1, 0)), ValueError, "limits"),
        (lambda: vc.dream(LENET, DIGIT, 1, step_size="a"), ValueError, "step_size is 'a'; a finite number"),
        (lambda: vc.dream(LENET, DIGIT, 1, l2=[0.1]), ValueError, r"l2 is \[0.1\]; a finite number"),
        (lambda: vc.dream(LENET, DIGIT, 1, limits=(1,)), ValueError, "two numbers, the lower one first"),
        (lambda: vc.dream(LENET, DIGIT, 1, limits="01"), ValueError, "two numbers, the lower one first"),
        (lambda: vc.dream(LENET, DIGIT, 1, limits=0.5), ValueError, "two numbers, the lower one first"),
        (lambda: vc.dream(LENET, DIGIT, 1, limits=(np.nan, 1)), ValueError, "two numbers"),
        (lambda: vc.dream(LENET, DIGIT, 1, jitter=-1), ValueError, "jitter"),
        (lambda: vc.noise(28), TypeError, "shape is 28; a row of whole numbers"),
        (lambda: vc.noise((2**40, 2**40)), ValueError, "at most 10,000,000 are expected"),
        (lambda: vc.grad_cam(LENET, DIGIT, 1, ["conv1"]), TypeError, r"layer is \['conv1'\]; the name"),
        (lambda: vc.saliency(LENET, DIGIT, 1, of=np.array(["score", "x"])), ValueError, "of is array"),
        (lambda: vc.saliency(LENET, DIGIT.astype(int), 1), TypeError, r"uint8 pixels \(0…255\) or floats"),
        (lambda: vc.saliency(LENET.layers["conv1"], DIGIT, 1), TypeError, "network is a Conv2d; a vizconv.N"),
        (lambda: vc.dream(None, DIGIT, 1), TypeError, "from_torch makes one of a model of PyTorch"),
        (lambda: vc.noise((0, 3)), ValueError, "shape"),
        (lambda: vc.saliency(vc.Network({"relu": vc.Relu()}), DIGIT, 1), ValueError, "row of scores"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(ask, error, said):
    with pytest.raises(error, match=said):
        ask()


def test_a_row_in_a_list_names_the_same_unit_as_a_tuple():
    found = [
        vc.dream(LENET, DIGIT, each, steps=1).objectives for each in (("conv1", 2), ["conv1", np.int8(2)])
    ]
    np.testing.assert_array_equal(*found)


def test_a_softmax_at_the_end_and_fixed_statistics_change_no_answer():
    network, image = vc.lenet5(0), np.random.default_rng(0).random((28, 28))
    norm = vc.BatchNorm2d(*np.ones((4, 6), np.float32))
    scoring = vc.Network({"conv1": network.layers["conv1"], "norm": norm} | dict(network.layers))
    whole = vc.Network({**scoring.layers, "softmax": vc.Softmax()})
    for of in ("score", "probability"):
        mine, expected = (vc.saliency(each, image, 3, of) for each in (whole, scoring))
        assert mine.answer == expected.answer and mine.gradient.dtype == np.float64
        np.testing.assert_array_equal(mine.gradient, expected.gradient)
    assert (
        vc.grad_cam(whole, image, 3, "conv2").signed.tolist()
        == vc.grad_cam(scoring, image, 3, "conv2").signed.tolist()
    )
    dreams = [vc.dream(each, image, 3, steps=2).objectives.tolist() for each in (whole, scoring)]
    assert dreams[0] == dreams[1]

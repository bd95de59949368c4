"""Networks that are too large for one stage: sections that fit, with the whole network's numbers."""

import re

import numpy as np
import pytest

from tests.scenes.networks import assert_near, random_case
from vizconv.engine import Conv2d, Flatten, Linear, MaxPool2d, Network, Relu
from vizconv.scenes import layers_to_begin_with, network
from vizconv.scenes.networks import sections

SEEDS = range(1, 25)


def large() -> Network:
    """A network whose layers no stage holds together, and whose second one none holds alone."""
    random = np.random.default_rng(5)

    def numbers(*shape):
        return random.normal(size=shape, scale=0.05).astype(np.float32)

    return Network(
        {
            "conv1": Conv2d(numbers(16, 3, 3, 3), numbers(16), padding=1),
            "relu1": Relu(),
            "conv2": Conv2d(numbers(64, 16, 3, 3), numbers(64), padding=1),
            "relu2": Relu(),
            "pool2": MaxPool2d(4),
            "flatten": Flatten(),
            "linear": Linear(numbers(5, 4096), numbers(5)),
        }
    )


IMAGE = np.random.default_rng(6).random((3, 32, 32))


# ---- Its numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_every_panel_of_every_section_holds_what_the_whole_network_finds(seed, monkeypatch):
    case = random_case(seed)
    given = case.network, case.image, case.label, case.of
    whole = network(*given)
    monkeypatch.setattr(sections, "MOST_PRODUCTS", 40)
    for layers in layers_to_begin_with(case.network, case.image).values():
        part = network(*given, layers=layers)
        compared = 0
        for panel in part.panels:
            values = whole.panel(panel.name).values
            if values.ndim:
                values = values[: len(panel.values)]  # of some filters
            assert_near(panel.values, values, 1e-12)
            compared += 1
        assert compared > 3


def test_sections_occur_of_all_kinds(monkeypatch):
    monkeypatch.setattr(sections, "MOST_PRODUCTS", 40)
    cases = [random_case(seed) for seed in SEEDS]
    scenes = [
        network(case.network, case.image, case.label, layers=layers)
        for case in cases
        for layers in layers_to_begin_with(case.network, case.image).values()
    ]
    ends = {any(step.target == "p" for step in scene.steps) for scene in scenes}
    partial = {"with the first" in note for scene in scenes for note in scene.notes}
    assert ends == partial == {True, False}


def test_sections_follow_each_other_to_the_last_layer():
    begins = layers_to_begin_with(large(), IMAGE)
    assert begins == {
        "conv1 to relu1": "conv1",
        "conv2 to pool2": "conv2",
        "flatten to linear": "flatten",
    }


def test_no_section_is_larger_than_a_page_takes():
    for layers in layers_to_begin_with(large(), IMAGE).values():
        scene = network(large(), IMAGE, 0, layers=layers)
        steps = [step for step in scene.steps if getattr(step, "right", None) and step.role == "out"]
        assert (
            sum(len(scene.terms[step.terms].index("out")) for step in steps) <= 1.1 * sections.MOST_PRODUCTS
        )


# ---- What is there and what is not -----------------------------------------------------------------------


def test_a_layer_that_is_too_large_shows_its_first_filters_and_says_so():
    scene = network(large(), IMAGE, 0, layers="conv2")
    assert scene.panel("conv2").shape == (33, 32, 32) and scene.panel("relu1").shape == (16, 32, 32)
    assert scene.notes == (
        "On the stage: conv2 to pool2 with the first 33 of 64 filters; not on it: conv1 to relu1 and flatten "
        "to linear, as all layers add up 10,051,584 products for this image and a page takes 5,000,000.",
    )
    names = {panel.name for panel in scene.panels}
    assert not names & {"drelu1", "dconv2.padded"}  # sums over all filters
    assert not [panel.name for panel in scene.panels if panel.editable]


def test_a_section_that_ends_with_the_scores_is_editable_to_the_loss():
    scene = network(large(), IMAGE, 0, layers="flatten")
    assert [panel.name for panel in scene.panels if panel.editable] == ["linear.weight", "linear.bias"]
    assert {step.target for step in scene.steps} >= {"p", "L", "dpool2", "dlinear.weight"}


def test_what_fits_whole_has_nothing_to_say():
    case = random_case(3)
    assert network(case.network, case.image, case.label).notes == ()


def test_many_weights_are_a_reason_too():
    rows = Network({"flatten": Flatten(), "wide": Linear(np.ones((2000, 1024), np.float32))})
    scene = network(rows, np.ones((32, 32)), 0)
    assert scene.notes == (
        "On the stage: flatten; not on it: wide, as all layers hold 8,200,192 bytes of numbers and a page "
        "takes 4,000,000.",
    )
    assert network(rows, np.ones((32, 32)), 0, layers="wide").panel("wide").shape == (971,)


@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        ("conv9", "layers is 'conv9'; one of conv1, relu1, conv2,"),
        ("flatten", "layer 'flatten' is too large for a page, even by one filter"),
    ],
)
def test_what_cannot_be_shown_is_refused(layers, sentence, monkeypatch):
    monkeypatch.setattr(sections, "MOST_BYTES", 60_000)
    with pytest.raises(ValueError, match=re.escape(sentence)):
        network(large(), IMAGE, 0, layers=layers)

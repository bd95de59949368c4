"""The explorer of initial weights: spreads and histograms by hand, and what theory says of them."""

import tracemalloc
from functools import cache

import numpy as np
import pytest
from scipy.signal import correlate

from tests.explore.changes import assert_shown, combinations
from tests.front_end import each_state, send
from tests.scenes.checks import assert_arranged, assert_drawn, assert_sums
from vizconv import explore
from vizconv.engine import he_normal, xavier_normal
from vizconv.explore.sliding.initialization import (
    ACTIVATIONS,
    CONTROLS,
    LAYERS,
    RULES,
    SCALES,
    SHAPE,
    TOPIC,
    WRONG,
    InitializationSettings,
    activations,
    histograms,
    scene_of,
    sigma,
    spread,
    summary,
    traits_of,
)


def settings_of(activation, rule="He", scale=1.0):
    return InitializationSettings(activation=activation, rule=rule, scale=scale)


@cache
def rows_of(settings):
    """Run all layers once for each of the settings."""
    return tuple(activations(settings))


def assert_true(settings, scene):
    """The scene and the chart beside it show the settings' spreads and histograms."""
    rows, chart = rows_of(settings), traits_of(settings, scene)
    np.testing.assert_allclose(scene.panel("spread").values, [np.sqrt((r**2.0).mean()) for r in rows], 1e-4)
    assert scene.panel("sigma").values == sigma(settings)
    assert scene.notes[0].startswith("n_in = 32 · 9 = 288, and so is n_out. σ = ")
    assert len(rows) == LAYERS + 1 and len(chart["lines"]) == LAYERS
    for layer, line in enumerate(chart["lines"], 1):
        assert min(line["y"]) >= layer and max(line["y"]) <= layer + 0.9 + 1e-9
        assert chart["x_range"][0] < line["x"][0] < line["x"][-1] < chart["x_range"][1]


def test_every_control_over_its_whole_range():
    explorer = explore.initialization()
    assert list(explorer.controls) == [control.name for control in CONTROLS]
    for _ in each_state(explorer):
        assert_shown(explorer, assert_true)
        chart = explorer.beside.widget
        assert len(chart.lines) == LAYERS and tuple(chart.x_range) in {(-1, 1), (0, 4)}
    assert repr(explorer) == "Explorer(initialization: Scene(sigma 1, spread 11))"


def test_random_combinations():
    known = list(combinations(TOPIC, explore.initialization("ReLU", "He", 2.0).settings, 3))
    for each in known:
        assert_true(*each)
    assert len({settings for settings, _ in known}) > 30


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_first_layer_is_scipys(activation):
    rows = rows_of(settings_of(activation))
    namespace = {}
    exec(explore.initialization(activation, "He").stage.code.split("for weight")[0], namespace)
    x, weight = namespace["x"], namespace["weights"][0] * sigma(settings_of(activation))
    y = correlate(x[0].astype(float), weight[5].astype(float), "valid")[0]
    y = np.tanh(y) if activation == "tanh" else np.maximum(y, 0)
    np.testing.assert_allclose(rows[1].reshape(8, 32, 22, 22)[0, 5], y, atol=1e-4)


@pytest.mark.parametrize("settings", [("tanh", "Xavier", 1.4), ("ReLU", WRONG, 0.5)])
def test_the_code_makes_the_same_spreads(settings):
    explorer, made = explore.initialization(*settings), {}
    exec(explorer.stage.code, made)
    np.testing.assert_allclose(explorer.stage.scene.panel("spread").values[1:], made["spreads"], 1e-4)


def test_the_rules_are_the_engines():
    generator = np.random.default_rng(0)
    for rule, draw in (("Xavier", xavier_normal), ("He", he_normal)):
        assert np.var(draw(generator, SHAPE)) == pytest.approx(RULES[rule](SHAPE), rel=0.05)
    assert np.sqrt(RULES[WRONG]((16, 6, 5, 5))) == pytest.approx(0.2209, abs=1e-4)
    assert np.sqrt(RULES["Xavier"]((16, 6, 5, 5))) == pytest.approx(0.0603, abs=1e-4)


def test_what_the_lesson_says_of_wrong_scales():
    def last(*settings):
        return spread(rows_of(settings_of(*settings))[-1])

    assert last("ReLU", "He", 2.0) / last("ReLU", "He", 1.0) == pytest.approx(2**LAYERS, rel=1e-3)
    assert 0.5 < last("ReLU", "He", 1.0) < 1.5 and last("ReLU", "Xavier", 1.0) < 0.05
    assert last("tanh", "Xavier", 0.5) < 0.01 and 0.2 < last("tanh", "Xavier", 1.0) < 0.3
    stuck = np.abs(rows_of(settings_of("tanh", WRONG, 1.0))[-1]) > 0.99
    assert 0.3 < stuck.mean() < 0.6


def test_a_histogram_counts_every_value():
    settings = settings_of("ReLU", "He", 4.0)
    line, values = histograms(settings)[-1], rows_of(settings)[-1]
    heights = np.array(line["y"]) - LAYERS
    beyond, inside = (values >= 4 - 4 / 60).sum(), (values > 0).sum()
    assert heights.argmax() == 59 and heights[-1] == pytest.approx(0.9)
    assert heights.sum() / 0.9 * beyond == pytest.approx(inside)


def test_what_is_kept_of_a_setting_is_small():
    """Some 100 kB hold what is shown of nine settings; their activations are 24 MB."""
    explorer = explore.initialization()
    summary.cache_clear()
    tracemalloc.start()
    for index in range(len(SCALES)):
        send(explorer.controls["scale"], index=index)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert summary.cache_info().currsize == len(SCALES)
    assert kept < 400_000


def test_its_scene_is_in_order_and_light():
    scene = scene_of(settings_of("tanh", "Xavier", 1.0))
    assert_sums(scene)
    assert_arranged(scene)
    assert_drawn(scene)


@pytest.mark.parametrize("settings", [("sigmoid",), ("tanh", "Bengio"), ("tanh", "He", 1.1)])
def test_what_is_no_setting_is_refused(settings):
    assert 1.0 in SCALES
    with pytest.raises(ValueError, match="one of"):
        explore.initialization(*settings)

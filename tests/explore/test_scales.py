"""The colours of every explorer: each panel on the scale that is wanted, and a legend that is never false."""

import numpy as np
import pytest

from tests.explore.changes import combinations
from tests.explore.registry import EXPLORERS
from tests.stage.page import in_page
from vizconv import explore
from vizconv.engine.writing import format_number
from vizconv.scenes import Scene

NAMES = {
    "inputs": "x x_before X dy/dw z shifted",
    "weights": "w w1 w2 w3 b b1 b2 b3 k rotated reversed transpose dy/dx W M kernel hidden w12",
    "sums": "y y1 y2 z1 z2 z3 s rest sums Y target whole moved difference y_before a1",
    "gradients": "dx dw db dy dz dp spread slid delta delta1 delta2 delta3 da da_prev da0 da1 da2 da3 db1 "
    "db2 db3 dw1 dw2 dw3 flow flow1 flow2 flow3 short slope inverse",
    "bare": "L C two minus negative half squares sum_dx sum_dy top share accuracy",
    "masks": "mask ties right",
    "gates": "gate",
    "slopes": "J factor identity rows slope1 slope2 slope3",
    "probabilities": "p",
    "losses": "surprise losses",
    "exponentials": "e",
    "activations": "a a_prev a0 a2 a3",
}
CHAIN = {
    **dict.fromkeys(("a1", "y"), "activations"),
    "z": "sums",
    "difference": "gradients",
    "slope": "slopes",
}
PATHS = {
    **CHAIN,
    **dict.fromkeys(
        ["to a0", "to a1", "to a2", "to z1", "to z2", "to z3", "via w1", "via w2", "via w3"], "gradients"
    ),
}
SCORES = {"y": "probabilities", "L": "losses"}
OTHERS = {  # explorers in which a name means something else
    **{name: CHAIN for name in EXPLORERS if name.startswith("chain") or name == "ReLU"},
    **{name: PATHS for name in EXPLORERS if name.endswith("paths")},
    **dict.fromkeys(["softmax, gradient", "softmax, p − y", "batch", "probabilities"], SCORES),
    **{name: {"x": "pixels"} for name in ("shift", "shift to the left", "kernels")},
    "pooled shift": {
        **dict.fromkeys(["x", "x_moved", "y", "y_moved"], "pixels"),
        **dict.fromkeys(["x_change", "y_change"], "changes"),
    },
    "initialization": dict.fromkeys(["sigma", "spread"], "spreads"),
}
USUAL = {name: scale for scale, names in NAMES.items() for name in names.split()}
PAGE = """
const panels = page.placedPanels(scene);
const shades = page.shadesOf(panels, page.seen);
return Object.fromEntries(panels.map((panel) => {
  const { name } = panel;
  const shade = shades.get(name);
  if (!shade.name) return [name, null];
  const sizes = Array.from(page.seen(panel)).filter(Number.isFinite).map(Math.abs);
  const deepest = shade.pixels ? null : Math.max(0, ...sizes) <= shade.largest;
  return [name, { scale: shade.name, ...page.endsOf(shade), deepest }];
}));
"""


def scenes_of(name: str, count: int) -> list[Scene]:
    """Return an explorer's scene, and those of some random settings."""
    explorer = EXPLORERS[name]()
    most = min(3, len(explorer.topic.said(explorer.settings)))
    random = combinations(explorer.topic, explorer.settings, most, count)
    return [explorer.stage.scene, *(scene for _, scene in random if scene.placed)]


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_panel_is_on_the_scale_that_is_wanted(name):
    wanted = {**USUAL, **OTHERS.get(name, {})}
    scene = EXPLORERS[name]().stage.scene
    if name == "parameters":
        wanted = {panel.name: "counts" for panel in scene.panels}
    found = {panel: scale.name for panel, scale in scene.scales.items()}
    assert found == {panel: wanted[panel] for panel in found}


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_legend_of_the_page_is_never_false(node, name):
    scenes = scenes_of(name, 8)
    for scene, page in zip(scenes, in_page(node, PAGE, scenes), strict=True):
        assert list(page) == [panel.name for panel in scene.placed]
        for panel, shades in scene.ranges.items():
            said = page[panel]
            assert (said is None) == (shades is None)
            if said is None:
                continue
            ends = [shades.least, shades.most] if shades.least < shades.most else [0]
            assert said["ends"] == [format_number(end) for end in ends]
            assert said["scale"] == shades.scale.name and said["deepest"] in (True, None)


def test_colours_do_not_depend_on_what_is_typed():
    explorer = explore.correlation("handwritten digit")
    before = dict(explorer.stage.scene.scales)
    explorer.edit("x", (3, 4), -1000)
    assert explorer.stage.scene.scales == before
    assert before["x"].pixels == (255, 0)
    explorer.controls["input"].value = "counting"
    assert explorer.stage.scene.scales["x"].name == "inputs"
    explorer.controls["input"].value = "your own"
    assert explorer.stage.scene.panel("x").values[3, 4] == -1000
    assert explorer.stage.scene.scales["x"].name == "pixels"


def test_a_kernel_of_any_size_is_one_of_weights():
    for size in (1, 3, 5, 7):
        scene = explore.correlation(np.ones((9, 9)), np.ones((size, size))).stage.scene
        assert scene.scales["w"].name == "weights"


def test_digits_and_photographs_look_as_they_are_drawn():
    """Ink is black and paper white, on paper 0 as on paper 255."""
    for picture in ("paper 0", "paper 255"):
        scene = explore.shift(picture).stage.scene
        black, white = scene.scales["x"].pixels
        assert scene.panel("x").values[0, 0] == white and abs(black - white) == 255
    assert explore.kernels("photograph").stage.scene.scales["x"].pixels == (0, 255)
    assert explore.hidden_kernel("handwritten digit").stage.scene.scales["x"].pixels == (1, 0)

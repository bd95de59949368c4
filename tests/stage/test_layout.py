"""Where the page puts panels, as numbers: in sight, not over each other, readable, for every explorer."""

from itertools import combinations as pairs

import pytest

from tests.explore.changes import combinations
from tests.explore.registry import EXPLORERS
from tests.stage.page import in_page

ROOMS = (1012, 724, 500, 300)  # pixels of a notebook's cell in windows of 1400, 1100, 620 and 390
TALLEST = {1012: 450, 724: 450, 500: 860, 300: 860}
LAYOUT = """
const boxesOf = (made) => ({ ...made, boxes: Object.fromEntries(made.boxes) });
return more[0].map((room) => boxesOf(page.arranged(page.placedPanels(scene), room)));
"""


def layouts(node, scenes, rooms=ROOMS) -> list[list[dict]]:
    """Return what the page makes of each scene in each room."""
    return in_page(node, LAYOUT, scenes, [rooms] * len(scenes))


@pytest.mark.parametrize("name", EXPLORERS)
def test_x(node, name):
    scene = EXPLORERS[name]().stage.scene
    for room, made in zip(ROOMS, layouts(node, [scene])[0], strict=True):
        c=[b["cell"]["height"] for b in made["boxes"].values()]
        print(f"{name:26}", room, round(made["width"]), round(made["height"]), min(c), max(c), round(made["font"],1), made["lens"], sum(b["scrolls"] for b in made["boxes"].values()))

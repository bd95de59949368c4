"""Where the page puts panels, as numbers: in sight, beside each other, readable, for every explorer."""

import itertools

import numpy as np
import pytest

from tests.explore.changes import combinations
from tests.explore.registry import EXPLORERS
from tests.stage.page import in_page
from vizconv.engine.writing import format_number
from vizconv.scenes import Panel, Scene

ROOMS = (1000, 712, 488, 288)  # pixels of a stage in windows of 1400, 1100, 620 and 390
WIDE = 560
TALLEST = {True: 400, False: 1000}  # pixels of all panels, wide and narrow
OF_MANY = {True: 510, False: 1120}  # of more than so many panels, whose labels alone take half of that
MANY_PANELS = 7
LABEL, LINE = 26, 1
NAME, GRAPH = 15, 370  # above a cell of a graph; of one that runs from left to right
PICTURE = 100  # cells; a panel with fewer always shows its numbers
LAYOUT = """
const plain = (made) => ({ ...made, boxes: Object.fromEntries(made.boxes) });
const panels = page.placedPanels(scene);
const { graph } = scene;
const made = (room) => graph ? page.arrangedGraph(panels, graph, room) : page.arranged(panels, room);
return more[0].map((room) => plain(made(room)));
"""


def layouts(node, scenes, rooms=ROOMS) -> list[tuple[Scene, int, dict]]:
    """Return what the page makes of each scene in each room, as (scene, room, layout)."""
    made = in_page(node, LAYOUT, scenes, [rooms] * len(scenes))
    pairs = zip(scenes, made, strict=True)
    return [(scene, room, each) for scene, row in pairs for room, each in zip(rooms, row, strict=True)]


def settings_of(name: str, count: int) -> list[Scene]:
    """Return an explorer's scene, and those of some random settings."""
    explorer = EXPLORERS[name]()
    most = min(3, len(explorer.topic.said(explorer.settings)))
    random = combinations(explorer.topic, explorer.settings, most, count)
    return [explorer.stage.scene, *(scene for _, scene in random if scene.placed)]


def shape_of(panel: Panel) -> tuple[int, int, int]:
    """Return channels, rows and columns."""
    channels, rows, columns = (1, 1, 1, *panel.shape)[-3:]
    return channels, rows, columns


def areas(box: dict) -> list[tuple[float, float, float, float]]:
    """Return left, top, right and bottom of a panel, or of the cells of a graph."""
    left, top, cell = box["left"] - box["sign"], box["top"], box["cell"]
    if "spots" not in box:
        right = box["left"] + box["width"] + box["turned"]
        return [(left, top, right, top + LABEL + box["head"] + box["height"])]
    corners = [(left + spot["left"], top + spot["top"]) for spot in box["spots"]]
    return [(x, y - NAME, x + cell["width"], y + cell["height"]) for x, y in corners]


def all_areas(made: dict) -> list[tuple[float, float, float, float]]:
    return [area for box in made["boxes"].values() for area in areas(box)]


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_panel_is_in_sight_and_its_numbers_can_be_read(node, name):
    for scene, room, made in layouts(node, settings_of(name, 5)):
        assert_in_sight(made, room)
        assert_apart(made)
        assert_readable(scene, made)


def assert_in_sight(made, room):
    """Nothing is wider than the room, and only what scrolls already is taller than it should be."""
    found = all_areas(made)
    assert min(left for left, *_ in found) >= 0 and max(right for *_, right, _ in found) <= made["width"]
    assert made["width"] <= room and max(bottom for *_, bottom in found) <= made["height"] + 1e-6
    if "way" in made:
        assert made["height"] <= (GRAPH if made["way"] == "wide" else TALLEST[False])
        assert made["way"] == "wide" or room < WIDE
        return
    tallest = OF_MANY if len(found) > MANY_PANELS else TALLEST
    assert made["height"] <= tallest[room >= WIDE] or any(box["scrolls"] for box in made["boxes"].values())


def assert_apart(made):
    for one, other in itertools.combinations(all_areas(made), 2):
        beside = one[2] <= other[0] or other[2] <= one[0]
        assert beside or one[3] <= other[1] or other[3] <= one[1]


def assert_readable(scene, made):
    """Cells of one height for numbers and one for pictures, wide enough for 12 px or more of type."""
    boxes = [(panel, made["boxes"][panel.name]) for panel in scene.placed]
    assert len({box["cell"]["height"] for _, box in boxes}) <= 2 and made["font"] >= 12
    if "way" in made:  # as wide whatever the numbers are: longer ones are written smaller
        assert all(26 <= box["cell"]["height"] <= 44 and box["cell"]["width"] >= 40 for _, box in boxes)
        return
    for panel, box in boxes:
        cell, (channels, rows, columns) = box["cell"], shape_of(panel)
        if cell["height"] < 26:
            assert panel.values.size > PICTURE and made["lens"] and cell["height"] == cell["width"]
        else:
            longest = max(len(format_number(float(value))) for value in scene.seen(panel.name).flat)
            assert cell["height"] <= 44 and cell["width"] >= longest * made["font"] * 0.55
        whole = channels * (rows * (cell["height"] + LINE) + LINE) + (channels - 1) * box["between"]
        whole_width = columns * (cell["width"] + LINE) + LINE
        assert box["scrolls"] or (box["height"], box["width"]) == (whole, whole_width)


ONE = Panel("one", np.ones((3, 3)), (0, 0))
MANY = Panel("many", np.ones((2, 2, 4)), (0, 2))


def test_rows_columns_and_channels_line_up(node):
    """As long as there is room: rows of two matrices, a gradient under its tensor, w[1] beside x[1]."""
    below = Panel("below", np.full((3, 3), -1234), (1, 0))
    beside = Panel("beside", np.ones((2, 3, 2)), (0, 1), sign="⋆")
    ((_, _, made),) = layouts(node, [Scene((ONE, beside, MANY, below))], [1000])
    boxes = made["boxes"]
    assert boxes["one"]["top"] == boxes["beside"]["top"] == boxes["many"]["top"]
    assert boxes["one"]["left"] == boxes["below"]["left"]
    assert boxes["one"]["cell"] == boxes["below"]["cell"]  # as wide as the longest number of both
    pitch = boxes["one"]["cell"]["height"] + LINE
    rows = {"beside": 3, "many": 2}
    assert {boxes[name]["level"] for name in ("one", "beside", "many")} == {2 * pitch + LINE}  # signs, too
    steps = {rows[name] * pitch + LINE + boxes[name]["between"] for name in rows}
    assert len(steps) == 1  # from channel 0 to channel 1


def test_names_have_room_and_columns_are_named_once(node):
    """Rows beside, blocks behind, columns above: of panels below each other only the first."""
    ten = tuple(map(str, range(4)))
    z = Panel("z", np.ones((3, 4)), (0, 0), names=(("image 0", "image 1", "image 2"), ten), bars=True)
    dz = Panel("dz", np.ones((3, 4)), (1, 0), names=((), ten))
    x = Panel("x", np.ones((2, 3, 3)), (0, 1), names=(("red", "green"), (), ()))
    ((_, _, wide), (_, _, narrow)) = layouts(node, [Scene((z, x, dz))], [1000, 200])
    boxes = wide["boxes"]
    assert boxes["z"]["head"] == boxes["x"]["head"] > 0 == boxes["dz"]["head"]
    assert boxes["z"]["side"] > 40 and boxes["x"]["side"] == 0 < boxes["x"]["turned"]
    assert boxes["z"]["left"] == boxes["dz"]["left"] == boxes["z"]["side"]
    assert boxes["z"]["cell"]["width"] == boxes["dz"]["cell"]["width"]
    in_lines = narrow["boxes"]
    assert in_lines["z"]["head"] > 0 == in_lines["dz"]["head"]


def test_the_first_cell_of_x_stays_where_it_is(node):
    for name in ("correlation", "layer", "gradients readings", "max pooling"):
        for _, _, made in layouts(node, settings_of(name, 20)):
            assert (made["boxes"]["x"]["left"], made["boxes"]["x"]["top"]) == (0, 0)


def test_what_is_too_wide_or_too_tall_scrolls(node):
    row, column = Panel("row", np.ones(100), (0, 0)), Panel("column", np.ones((90, 1)), (0, 0))
    for panel in (row, column):
        for _, room, made in layouts(node, [Scene((panel,))]):
            box = made["boxes"][panel.name]
            assert box["scrolls"] and box["cell"]["height"] == 26 and made["width"] <= room
            assert box["width"] <= room and made["height"] <= 900


def test_a_picture_takes_what_room_there_is(node):
    picture = Panel("x", np.ones((28, 28)), (0, 0))
    sizes = [made["boxes"]["x"]["cell"]["height"] for *_, made in layouts(node, [Scene((picture, MANY))])]
    assert sizes[0] == 12 and min(sizes) >= 7


def test_whatever_there_is_has_its_place(node):
    """Any shapes in any places, with long titles and numbers."""
    generator = np.random.default_rng(0)
    scenes = []
    for _ in range(60):
        count = generator.integers(1, 12)
        places = generator.permutation([(row, column) for row in range(4) for column in range(4)])[:count]
        scenes.append(Scene(tuple(some_panel(generator, f"p{n}", *at) for n, at in enumerate(places))))
    for _, room, made in layouts(node, scenes):
        assert made["width"] <= room
        assert_apart(made)


def some_panel(generator, name, row, column) -> Panel:
    shape = tuple(int(length) for length in generator.integers(1, 9, generator.integers(0, 4)))
    values = generator.normal(size=shape) * 10.0 ** generator.integers(-3, 6)
    sign, label = generator.choice(["", "=", "⋆", " + y ="]), "a" * generator.integers(1, 12)
    return Panel(name, values, (int(row), int(column)), sign=str(sign), label=label)

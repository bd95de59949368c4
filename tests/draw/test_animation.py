"""A walk as a GIF: every frame shows the sums so far, small and quick; and files by their ending."""

import io
import time
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from tests.scenes.cases import LABELS, chained_scene, permuted_scene
from vizconv import draw
from vizconv.draw import animation
from vizconv.draw.figures import SIGNED, depth
from vizconv.engine.operations import correlation as correlate
from vizconv.engine.writing import format_number
from vizconv.scenes import Panel, Reading, Scene, Terms, correlation
from vizconv.scenes.walking import steps_of, sums_after

GENERATOR = np.random.default_rng(0)
X = np.array([[1, -2, -9, 6], [5, 8, 7, 9], [-6, 2, 0, -1], [-3, 4, -1, 0]])
K = np.array([[6, 0], [-7, -1]])
WORKED = correlation(correlate(X, K))


def slid(size, kernel, **settings):
    x, k = GENERATOR.standard_normal((size, size)) * 100, GENERATOR.standard_normal((kernel, kernel))
    return correlation(correlate(x, k, **settings))


def scatter():
    """A scene whose walk is a factor: every cell of x stamps its products into y."""
    panels = Panel("x", [[2, -3]], (0, 0)), Panel("w", [[1, 5]], (0, 1)), Panel("y", [[2, 7, -15]], (0, 2))
    terms = Terms([0, 1, 1, 2], [0, 0, 1, 1], [0, 1, 0, 1])
    return Scene(panels, {"t": terms}, (Reading("t", "out", "y", "x", "w"),), walk="x").edited("x", 0, 2)


def opened(data):
    """The frames of a GIF as arrays, and how long each stays, in milliseconds."""
    picture = Image.open(io.BytesIO(data))
    frames, delays = [], []
    for place in range(picture.n_frames):
        picture.seek(place)
        frames.append(np.asarray(picture.convert("RGB")).astype(int))
        delays.append(picture.info["duration"])
    return frames, delays


def corners_of_cells(scene, name, height):
    """The pixels, row and column, in a corner of every cell: beside its number, inside its outline."""
    film = animation._film(scene, animation.chosen_steps(steps_of(scene)))
    box = film.still.panels[name].fill.get_window_extent()
    rows, columns = scene.panel(name).shape
    down = height - box.y1 + (np.arange(rows) + 0.15) * box.height / rows
    across = box.x0 + (np.arange(columns) + 0.15) * box.width / columns
    return down.astype(int)[:, None], across.astype(int)


def coloured(values, scene):
    return SIGNED((depth(values, scene.ranges["y"].largest) + 1) / 2)[..., :3] * 255


@pytest.mark.parametrize("scene", [WORKED, scatter(), chained_scene(X, K)], ids=["gather", "scatter", "loss"])
def test_every_frame_shows_the_sums_so_far(scene):
    frames, _ = opened(draw.gif(scene))
    assert len(frames) == steps_of(scene) + 1
    corners = corners_of_cells(scene, "y", len(frames[0]))
    for steps, frame in enumerate(frames):
        wanted = coloured(sums_after(scene, steps)["y"], scene)
        if scene.walk == "y":
            wanted.reshape(-1, 3)[steps:] = 255  # blank
        assert np.abs(frame[corners] - wanted).max() <= 24


@pytest.mark.parametrize("scene", [WORKED, scatter()], ids=["gather", "scatter"])
def test_every_number_is_a_sum_so_far(scene):
    film = animation._film(scene, animation.chosen_steps(steps_of(scene)))
    for steps in range(steps_of(scene) + 1):
        film.move_to(steps)
        sums = sums_after(scene, steps)["y"].ravel()
        reached = steps if scene.walk == "y" else len(sums)
        wanted = [format_number(value) for value in sums[:reached]] + [""] * (len(sums) - reached)
        assert [text.get_text() for text in film.still.panels["y"].numbers] == wanted
        assert film.counter.get_text() == f"{steps} of {steps_of(scene)}"


def test_no_frame_keeps_what_only_the_one_before_showed():
    steps = animation.chosen_steps(9)
    for step, frame in zip(steps, animation.frames_of(WORKED, steps), strict=True):
        assert frame == animation.frames_of(WORKED, [step])[0]


def corners(film, name):
    """The upper left and lower right cell of every outline on a panel, as rows and columns."""
    left, top, cell = film.still.panels[name].box
    paths = film.outlines[name].get_paths()
    boxes = [((path.vertices - (left, top)) / cell)[:, ::-1].round(9) for path in paths]
    return [(*box.min(axis=0), *(box.max(axis=0) - 1)) for box in boxes]


def test_linked_cells_are_outlined_in_their_hues():
    film = animation._film(WORKED, animation.chosen_steps(9))
    film.move_to(0)
    assert [len(outline.get_paths()) for outline in film.outlines.values()] == [0, 0, 0]
    film.move_to(6)  # y[1,2]
    for name, cells in {"x": [(1, 2), (1, 3), (2, 2), (2, 3)], "w": [(0, 0), (0, 1), (1, 0), (1, 1)]}.items():
        assert corners(film, name) == [cell * 2 for cell in cells]
        colours = film.outlines[name].get_edgecolors()[:, :3]
        np.testing.assert_allclose(colours, [to_rgb(hue) for hue in animation.HUES[:4]])
    assert corners(film, "y")[-1] == (1, 2, 1, 2)
    assert film.line.get_text() == "y[1,2] = (7)(6) + (9)(0) + (0)(−7) + (−1)(−1) = 43"


def without_hues(scene):
    """The scene, its weights owners of nothing."""
    return replace(scene, panels=tuple(replace(panel, owners=None) for panel in scene.panels))


def test_of_many_weights_rows_differ_in_the_cut_of_their_outlines():
    film = animation._film(slid(7, 4), [1])
    film.move_to(1)
    edges = film.outlines["w"].get_edgecolors()[:, :3]
    np.testing.assert_allclose(edges, [to_rgb(hue) for hue in animation.HUES[:4]] * 4)
    styles = film.outlines["w"].get_linestyle()
    assert [styles[4 * row] for row in range(4)] == [styles[4 * row + 3] for row in range(4)]
    assert len({str(styles[4 * row]) for row in range(4)}) == 4


def test_many_small_cells_have_one_frame():
    film = animation._film(slid(28, 5), [1])
    film.move_to(1)
    assert corners(film, "x") == [(0, 0, 4, 4)]


def test_a_bar_beside_a_number_is_as_high_as_the_sum_so_far():
    scene = scatter()
    panels = tuple(replace(panel, bars=panel.name == "y") for panel in scene.panels)
    film = animation._film(replace(scene, panels=panels), [0, 1, 2])
    for step, shares in ((0, [0, 0, 0]), (1, [2 / 15, 10 / 15, 0]), (2, [2 / 15, 7 / 15, -1])):
        film.move_to(step)
        drawn = film.still.panels["y"]
        corners_of_bars = drawn.bars.get_path().vertices.reshape(3, 5, 2)
        height = (corners_of_bars[:, 0, 1] - corners_of_bars[:, 2, 1]) / drawn.box.cell
        np.testing.assert_allclose(height, np.multiply(shares, 0.5 * 0.88), atol=1e-12)


def test_cells_without_hues_have_one_frame_where_they_fill_a_rectangle():
    film = animation._film(without_hues(slid(8, 5)), [11])
    film.move_to(11)  # y[2,2]
    assert corners(film, "x") == [(2, 2, 6, 6)] and corners(film, "w") == [(0, 0, 4, 4)]
    spread = animation._film(without_hues(slid(9, 5, dilation=2)), [1])
    spread.move_to(1)
    assert len(corners(spread, "x")) == 25


def test_a_long_walk_takes_evenly_chosen_steps():
    assert animation.chosen_steps(9) == list(range(10))
    assert animation.chosen_steps(59) == list(range(60))
    steps = animation.chosen_steps(576)
    assert len(steps) == 60 and (steps[0], steps[-1]) == (0, 576)
    assert set(np.diff(steps)) <= {9, 10}


@pytest.mark.parametrize(
    ("scene", "kilobytes", "seconds"), [(WORKED, 100, 1), (slid(7, 3), 400, 4), (slid(28, 5), 1000, 8)]
)
def test_a_gif_is_small_and_quick(scene, kilobytes, seconds):
    draw.gif(WORKED)  # fonts are read once
    start = time.process_time()
    data = draw.gif(scene)
    assert time.process_time() - start < seconds  # 0.1, 0.6 and 1.3 s on a quiet machine
    frames, _ = opened(data)
    assert len(data) < kilobytes * 1000 and len(frames) <= 60 and frames[0].shape[1] <= 1000


def test_the_same_scene_makes_the_same_gif():
    assert draw.gif(WORKED) == draw.gif(correlation(correlate(X, K)))


def test_its_speed_and_its_last_frame():
    _, delays = opened(draw.gif(WORKED, frames_per_second=4))
    assert delays == [250] * 9 + [1000]
    assert Image.open(io.BytesIO(draw.gif(WORKED))).info["loop"] == 0


@pytest.mark.parametrize("speed", [0, -1, 51, float("nan")])
def test_a_speed_that_is_none(speed):
    with pytest.raises(ValueError, match=r"frames_per_second is .*; a number from 0.1 to 50 is expected"):
        draw.gif(WORKED, frames_per_second=speed)


def test_a_scene_without_a_walk_cannot_be_stepped_through(tmp_path):
    still = Scene(WORKED.panels)
    with pytest.raises(ValueError, match=r"has no walk.*a \.svg or \.png shows it"):
        draw.save(still, tmp_path / "still.gif")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("seed", range(2))
def test_nonsense_can_be_stepped_through(seed):
    scene = permuted_scene(np.random.default_rng(seed))
    assert 2 <= len(opened(draw.gif(scene))[0]) <= steps_of(scene) + 1


def test_a_long_label_does_not_push_the_panels_away():
    panels = tuple(Panel(each.name, each.values, each.place, label="long " * 99) for each in WORKED.panels)
    scene = Scene(panels, WORKED.terms, WORKED.readings, walk="y")
    assert animation._film(scene, [1]).formulas[1].count("\n") == 3


# ---- Files -------------------------------------------------------------------------------------------


def test_the_ending_chooses(tmp_path):
    for name, start in {
        "a.svg": b"<?xml",
        "b.png": b"\x89PNG",
        "c.gif": b"GIF89a",
        "d.PNG": b"\x89PNG",
    }.items():
        draw.save(WORKED, str(tmp_path / name))
        assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["stage.html", "stage.jpg", "stage", "svg"])
def test_another_ending_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match=rf"'{name}' ends in .*; \.svg, \.png or \.gif is expected .*\.html"):
        draw.save(WORKED, tmp_path / name)
    assert not any(tmp_path.iterdir())


def elements_of(data):
    """The elements of an SVG: (tag, text)."""
    elements = ElementTree.fromstring(data).iter()
    return [(element.tag.split("}")[-1], element.text) for element in elements]


def test_an_svg_is_the_same_bytes_and_holds_every_number():
    data = draw.svg(WORKED)
    assert data == draw.svg(correlation(correlate(X, K))) and len(data) < 40_000
    written = {
        element.text for element in ElementTree.fromstring(data).iter() if element.tag.endswith("}text")
    }
    numbers = {format_number(value) for panel in WORKED.panels for value in panel.values.flat}
    assert numbers | {"⋆", "=", "x  4×4", "w  2×2", "y  3×3"} == written


@pytest.mark.filterwarnings("ignore:Glyph 7")
@pytest.mark.parametrize("label", [*LABELS, "--><script>alert(1)</script>", "]]>&amp;", "\x07bell"])
def test_a_label_in_an_svg_is_text(label):
    data = draw.svg(Scene((Panel("x", [[1, 2]], (0, 0), label=label, sign=label),)))
    assert "script" not in {tag for tag, _ in elements_of(data)}
    assert ("text", label.removeprefix("\x07")) in elements_of(data)

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
from vizconv.draw import animation, moments
from vizconv.draw.figures import SIGNED, depth
from vizconv.draw.flights import flights_of
from vizconv.draw.moments import Moment, chosen_steps, moments_of
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


def show(film, step):
    film.add_up(step)
    film.move_to(Moment(step))


def corners_of_cells(scene, name, height):
    """The pixels, row and column, in a corner of every cell: beside its number, inside its outline."""
    film = animation._film(scene, chosen_steps(steps_of(scene)))
    box = film.still.panels[name].fill.get_window_extent()
    rows, columns = scene.panel(name).shape
    down = height - box.y1 + (np.arange(rows) + 0.15) * box.height / rows
    across = box.x0 + (np.arange(columns) + 0.15) * box.width / columns
    return down.astype(int)[:, None], across.astype(int)


def coloured(values, scene):
    return SIGNED((depth(values, scene.ranges["y"].largest) + 1) / 2)[..., :3] * 255


@pytest.mark.parametrize("scene", [WORKED, scatter(), chained_scene(X, K)], ids=["gather", "scatter", "loss"])
def test_every_frame_shows_the_sums_so_far(scene):
    whole = [moment for moment in moments_of(steps_of(scene)) if moment.is_whole]
    frames = [np.asarray(frame).astype(int) for frame in animation.frames_of(scene, whole)]
    assert len(frames) == steps_of(scene) + 1
    corners = corners_of_cells(scene, "y", len(frames[0]))
    for steps, frame in enumerate(frames):
        wanted = coloured(sums_after(scene, steps)["y"], scene)
        if scene.walk == "y":
            wanted.reshape(-1, 3)[steps:] = 255  # blank
        assert np.abs(frame[corners] - wanted).max() <= 24


@pytest.mark.parametrize("scene", [WORKED, scatter()], ids=["gather", "scatter"])
def test_every_number_is_a_sum_so_far(scene):
    film = animation._film(scene, chosen_steps(steps_of(scene)))
    for steps in range(steps_of(scene) + 1):
        show(film, steps)
        sums = sums_after(scene, steps)["y"].ravel()
        reached = steps if scene.walk == "y" else len(sums)
        wanted = [format_number(value) for value in sums[:reached]] + [""] * (len(sums) - reached)
        assert [text.get_text() for text in film.still.panels["y"].numbers] == wanted
        assert film.counter.get_text() == f"{steps} of {steps_of(scene)}"


def test_no_frame_keeps_what_only_the_one_before_showed():
    shown = moments_of(9)
    frames = animation.frames_of(WORKED, shown)
    for at in range(0, len(frames), 9):  # every part of a step, in turn
        assert frames[at] == animation.frames_of(WORKED, [Moment(9), shown[at]])[1]


def corners(film, name):
    """The upper left and lower right cell of every outline on a panel, as rows and columns."""
    left, top, cell = film.still.panels[name].box
    paths = film.outlines[name].get_paths()
    boxes = [((path.vertices - (left, top)) / cell)[:, ::-1].round(9) for path in paths]
    return [(*box.min(axis=0), *(box.max(axis=0) - 1)) for box in boxes]


def test_linked_cells_are_outlined_in_their_hues():
    film = animation._film(WORKED, chosen_steps(9))
    show(film, 0)
    assert [len(outline.get_paths()) for outline in film.outlines.values()] == [0, 0, 0]
    show(film, 6)  # y[1,2]
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
    show(film, 1)
    edges = film.outlines["w"].get_edgecolors()[:, :3]
    np.testing.assert_allclose(edges, [to_rgb(hue) for hue in animation.HUES[:4]] * 4)
    styles = film.outlines["w"].get_linestyle()
    assert [styles[4 * row] for row in range(4)] == [styles[4 * row + 3] for row in range(4)]
    assert len({str(styles[4 * row]) for row in range(4)}) == 4


def test_many_small_cells_have_one_frame():
    film = animation._film(slid(28, 5), [1])
    show(film, 1)
    assert corners(film, "x") == [(0, 0, 4, 4)]


def test_a_bar_beside_a_number_is_as_high_as_the_sum_so_far():
    scene = scatter()
    panels = tuple(replace(panel, bars=panel.name == "y") for panel in scene.panels)
    film = animation._film(replace(scene, panels=panels), [0, 1, 2])
    for step, shares in ((0, [0, 0, 0]), (1, [2 / 15, 10 / 15, 0]), (2, [2 / 15, 7 / 15, -1])):
        show(film, step)
        drawn = film.still.panels["y"]
        corners_of_bars = drawn.bars.get_path().vertices.reshape(3, 5, 2)
        height = (corners_of_bars[:, 0, 1] - corners_of_bars[:, 2, 1]) / drawn.box.cell
        np.testing.assert_allclose(height, np.multiply(shares, 0.5 * 0.88), atol=1e-12)


def test_cells_without_hues_have_one_frame_where_they_fill_a_rectangle():
    film = animation._film(without_hues(slid(8, 5)), [11])
    show(film, 11)  # y[2,2]
    assert corners(film, "x") == [(2, 2, 6, 6)] and corners(film, "w") == [(0, 0, 4, 4)]
    spread = animation._film(without_hues(slid(9, 5, dilation=2)), [1])
    show(spread, 1)
    assert len(corners(spread, "x")) == 25


# ---- Between two steps ----------------------------------------------------------------------------------


def test_a_short_walk_has_time_for_what_lies_between_and_a_long_one_has_not():
    for length, parts in ((1, 5), (9, 5), (11, 5), (12, 4), (25, 2), (29, 2), (30, 1), (576, 1)):
        shown = moments_of(length)
        assert len(shown) == (len(chosen_steps(length)) - 1) * parts + 1 <= moments.FRAMES
        assert [moment.step for moment in shown if moment.is_whole] == chosen_steps(length)
        assert moments_of(length, between=False) == [Moment(step) for step in chosen_steps(length)]


def test_the_window_glides_and_then_products_add_themselves_to_the_sum():
    film = animation._film(WORKED, [6])
    parts = [moment for moment in moments_of(9) if moment.step == 6]
    film.add_up(5)
    film.move_to(parts[0])
    for name, cells in {
        "x": [(1, 1.5), (1, 2.5), (2, 1.5), (2, 2.5)],
        "w": [(0, 0), (0, 1), (1, 0), (1, 1)],
    }.items():
        assert corners(film, name) == [cell * 2 for cell in cells]
    assert film.line.get_text() == "y[1,2] = …" and film.air.sum.get_text() == ""
    written = ["(7)(6)", " + (9)(0)", " + (0)(−7)"]
    for landed, (moment, so_far) in enumerate(zip(parts[1:-1], ["42", "42", "42"], strict=True), 1):
        film.move_to(moment)
        assert corners(film, "x")[0] == (1, 2, 1, 2)
        assert film.air.sum.get_text() == so_far
        assert film.line.get_text() == f"y[1,2] = {''.join(written[:landed])} + …"
        assert [chip.get_text() for chip in film.air.products if chip.get_text()] == [
            ["0", "0", "1"][landed - 1]
        ]
    film.add_up(6)
    film.move_to(parts[-1])
    assert film.air.sum.get_text() == "" and not any(chip.get_text() for chip in film.air.products)


def test_stamps_are_held_over_their_sums_before_they_are_added():
    scene = scatter()
    film = animation._film(scene, [2])
    film.add_up(1)
    film.move_to(Moment(2, 1.0, 0.5, 1.0))
    panel = film.still.panels["y"]
    assert [number.get_text() for number in panel.numbers] == ["2", "10", "0"]
    stamps = [chip for chip in film.air.products if chip.get_text()]
    assert [stamp.get_text() for stamp in stamps] == ["−3", "−15"]
    for stamp, cell in zip(stamps, (1, 2), strict=True):
        away = np.subtract(stamp.get_position(), panel.box.points(np.array([cell, 0]))) / panel.box.cell
        assert 0 < np.abs(away).max() < 0.5
    film.move_to(Moment(2, 0.5, 0.0, 0.0))
    assert not any(chip.get_text() for chip in film.air.products)


@pytest.mark.parametrize("seed", range(8))
def test_what_flies_into_a_sum_adds_up_to_it(seed):
    scene = permuted_scene(np.random.default_rng(seed))
    for cell in range(steps_of(scene)):
        before, after = (sums_after(scene, cell + step) for step in (0, 1))
        changes = {}
        for flight in flights_of(scene, scene.walk, cell):
            changes[flight.end] = changes.get(flight.end, 0) + flight.value
        for (name, at), change in changes.items():
            np.testing.assert_allclose(change, after[name].flat[at] - before[name].flat[at], atol=1e-9)


def test_a_long_walk_takes_evenly_chosen_steps():
    assert chosen_steps(9) == list(range(10))
    assert chosen_steps(59) == list(range(60))
    steps = chosen_steps(576)
    assert len(steps) == 60 and (steps[0], steps[-1]) == (0, 576)
    assert set(np.diff(steps)) <= {9, 10}


@pytest.mark.parametrize(
    ("scene", "kilobytes", "seconds"), [(WORKED, 100, 1), (slid(7, 3), 400, 4), (slid(28, 5), 1000, 8)]
)
def test_a_gif_is_small_and_quick(scene, kilobytes, seconds):
    draw.gif(scatter())  # fonts are read once
    start = time.process_time()
    data = draw.gif(scene)
    assert time.process_time() - start < seconds  # 0.1, 0.6 and 1.3 s on a quiet machine
    frames, _ = opened(data)
    assert len(data) < kilobytes * 1000 and len(frames) <= 60 and frames[0].shape[1] <= 1000


def test_the_same_scene_makes_the_same_gif():
    again = correlation(correlate(X, K))
    assert draw.gif(WORKED, frames_per_second=20) == draw.gif(again, frames_per_second=20)
    assert draw.gif(scatter()) == draw.gif(scatter())


def test_its_speed_and_its_last_frame():
    _, delays = opened(draw.gif(WORKED, frames_per_second=4))
    assert delays[0] == 250 and delays[-1] == 1000 and set(delays[1:-1]) == {60, 250}
    assert len(delays) == 46 and sum(delays) == 10 * 250 + 750 + 36 * 60
    data = draw.gif(scatter(), frames_per_second=50)  # no time for what lies between
    assert opened(data)[1] == [20, 20, 80] and Image.open(io.BytesIO(data)).info["loop"] == 0


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
    assert 2 <= len(opened(draw.gif(scene, frames_per_second=50))[0]) <= steps_of(scene) + 1
    few = [moment for moment in moments_of(steps_of(scene)) if moment.step == 1 and not moment.is_whole]
    assert len(animation.frames_of(scene, few)) == len(few) > 0


def test_a_long_label_does_not_push_the_panels_away():
    panels = tuple(Panel(each.name, each.values, each.place, label="long " * 99) for each in WORKED.panels)
    scene = Scene(panels, WORKED.terms, WORKED.readings, walk="y")
    film = animation._film(scene, [1])
    show(film, 1)
    assert film.line.get_text().count("\n") == 3


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

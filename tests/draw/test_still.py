"""Stills of scenes: small, deterministic, with every mark, and with any label whatever."""

import io
import re
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

import vizconv
from tests.scenes.cases import LABELS, noisy_scene, permuted_scene
from vizconv.draw import figures, png, still
from vizconv.draw.number import Number
from vizconv.draw.still import INK, INK_ON_DEEP, drawn
from vizconv.engine.arrays import largest_of
from vizconv.engine.operations import correlation as correlate
from vizconv.scenes import BARE, CROPPED, NEVER_READ, PADDING, WRONG, Panel, Scene, correlation

THEME = Path(vizconv.__file__).parent / "stage" / "theme.css"
GENERATOR = np.random.default_rng(0)


def slid(size, kernel, **settings):
    """The scene of a random correlation with long numbers."""
    x, k = GENERATOR.standard_normal((size, size)) * 100, GENERATOR.standard_normal((kernel, kernel))
    return correlation(correlate(x, k, **settings))


def counts_of_numbers(scene):
    """How many numbers each panel of a still has; all of them are in the figure."""
    parts = drawn(scene)
    panels = list(parts.panels.values())
    shown = set(parts.figure.findobj(Number))
    assert shown == {number for panel in panels for number in panel.numbers}
    return [len(panel.numbers) for panel in panels]


def place_of(parts, name):
    """Where a panel's fill shows, in pixels from the lower left."""
    return parts.panels[name].fill.get_window_extent()


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


SCENES = {
    "worked example": slid(4, 2),
    "seven": slid(7, 3),
    "padded": slid(7, 3, padding=2, stride=2),
    "ten": slid(10, 3),
    "eleven": slid(11, 2),
    "twenty": slid(20, 1),
    "digit": slid(28, 5),
    "digit, full": slid(28, 7, padding="full", dilation=3),
}


@pytest.fixture(scope="module")
def stills():
    """Every scene's PNG, and the processor time that it took."""
    png(SCENES["worked example"])  # fonts are read once
    result = {}
    for name, scene in SCENES.items():
        start = time.process_time()
        result[name] = png(scene), time.process_time() - start
    return result


@pytest.mark.parametrize("name", SCENES)
def test_a_still_is_small_and_quick(name, stills):
    data, seconds = stills[name]
    assert data.startswith(b"\x89PNG") and len(data) <= 60_000
    assert seconds < 0.5  # 0.05 s on a quiet machine


@pytest.mark.parametrize("name", SCENES)
def test_numbers_stand_where_they_can_be_read(name):
    scene = SCENES[name]
    sizes, counts = [panel.values.size for panel in scene.panels], counts_of_numbers(scene)
    assert sum(counts) <= 250
    for count, size in zip(counts, sizes, strict=True):
        assert count == (size if sum(sizes) <= 250 or size <= 49 else 0)
        assert size <= 400 or count == 0


def test_the_numbers_are_the_scenes():
    scene = correlation(correlate([[1, -2], [5, 0.25]], [[6, 0], [-7, -1]], padding=1))
    written = [number.get_text() for number in drawn(scene).panels["y"].numbers]
    assert written == ["−1", "−5", "14", "−5", "−29.3", "−13.8", "0", "30", "1.5"]


def test_the_same_scene_makes_the_same_bytes(stills):
    assert png(replace(SCENES["seven"])) == stills["seven"][0]


@pytest.mark.parametrize("name", ["seven", "digit"])
def test_the_palette_changes_no_colour_that_one_sees(name, stills):
    exact, shown = pixels(figures.as_png(still(SCENES[name]))), pixels(stills[name][0])
    assert np.abs(shown - exact).max() <= 16
    assert shown[0, 0].tolist() == [255, 255, 255]


def test_a_still_has_at_most_256_colours_and_its_fills_are_the_scenes():
    values = np.linspace(-1, 1, 49).reshape(7, 7)
    scene = Scene((Panel("x", values, (0, 0)),))
    assert len(Image.open(io.BytesIO(png(scene))).getcolors()) <= 256  # None unless it has a palette
    shown, box = pixels(png(scene)), place_of(drawn(scene), "x")
    inset = (np.arange(7) + 0.15) * box.width / 7
    down, across = (len(shown) - box.y1 + inset).astype(int), (box.x0 + inset).astype(int)
    wanted = figures.SIGNED((figures.depth(values, 1) + 1) / 2, bytes=True)[..., :3]
    assert np.abs(shown[down[:, None], across] - wanted).max() <= 3


def test_few_colours_stay_as_they_are():
    colours = GENERATOR.integers(0, 64, (16, 16, 3)) * 4
    picture = Image.fromarray(colours.astype(np.uint8))
    small = Image.open(io.BytesIO(figures.as_small_png(picture))).convert("RGB")
    assert np.array_equal(np.asarray(small), colours)


@pytest.mark.parametrize("value", [7, -7, 112, 0.25, 1e-300, np.inf])
def test_a_number_stands_in_the_middle_of_its_cell(value):
    rows, columns, box, height = inked(value)
    assert len(rows) > 5
    assert (columns.min() + columns.max() + 1) / 2 == pytest.approx((box.x0 + box.x1) / 2, abs=1.5)
    assert (rows.min() + rows.max() + 1) / 2 == pytest.approx(height - (box.y0 + box.y1) / 2, abs=1.5)


def test_a_number_stands_upright():
    rows, columns, *_ = inked(7)
    top, bottom = columns[rows == rows.min()], columns[rows == rows.max()]
    assert np.ptp(top) > 2 * np.ptp(bottom)
    assert bottom.mean() < top.mean()


def inked(value):
    """The rows and columns of a number's pixels, its cell, and the still's height.

    The pixels are those that differ from the same still without it.
    """
    parts = drawn(Scene((Panel("x", [[value]], (0, 0)),)))
    ((number,), box, canvas) = parts.panels["x"].numbers, place_of(parts, "x"), parts.figure.canvas
    seen = []
    for text in (number.get_text(), ""):
        number.set_text(text)
        canvas.draw()
        seen.append(np.array(canvas.buffer_rgba()).astype(int))
    rows, columns = np.nonzero(np.abs(seen[0] - seen[1]).max(axis=2) > 100)
    return rows, columns, box, len(seen[0])


def one_panel(kinds):
    return Scene((Panel("x", np.zeros((3, 3)), (0, 0), kinds=np.asarray(kinds)),))


@pytest.mark.parametrize("kind", [PADDING, NEVER_READ, CROPPED, WRONG])
def test_every_kind_of_cell_looks_different(kind):
    """Each mark shows on its own cell, in its own way, and leaves the other cells alone."""
    marked = np.zeros((3, 3), np.uint8)
    marked[1, 2] = kind
    plain, shown = pixels(png(one_panel(np.zeros((3, 3))))), pixels(png(one_panel(marked)))
    assert plain.shape == shown.shape
    differing = np.argwhere(np.abs(plain - shown).max(axis=2) > 30)
    assert len(differing) > 20
    box = place_of(drawn(one_panel(marked)), "x")
    rows = (differing[:, 0] - (len(plain) - box.y1)) / box.height * 3
    columns = (differing[:, 1] - box.x0) / box.width * 3
    assert rows.min() > 0.9 and rows.max() < 2.1
    assert columns.min() > 1.9 and columns.max() < 3.1


def test_marks_differ_from_each_other():
    looks = {png(one_panel(np.full((3, 3), kind))) for kind in range(8)}
    assert len(looks) == 8


@pytest.mark.parametrize("seed", range(4))
def test_nonsense_labels_are_drawn_as_they_are(seed):
    scene = permuted_scene(np.random.default_rng(seed))
    parts = drawn(scene)
    for panel in scene.panels:
        label = parts.panels[panel.name].label
        assert label in parts.axes.texts and panel.label in label.get_text()
    assert len(png(scene)) <= 60_000


@pytest.mark.parametrize("label", [*LABELS, "$\\frac{$", "$$", "$x$"])
def test_no_label_or_sign_is_read_as_a_formula(label):
    png(Scene((Panel("x", [[1, 2]], (0, 0), label=label, sign=label, superscript=label),)))


@pytest.mark.parametrize(
    "values",
    [
        3,
        [1, 2, 3],
        [[[1, 2]], [[3, 4]]],
        [[np.nan, np.inf], [-np.inf, 1]],
        [[0, 0]],
        [[1e308, -1e308, 5e-324]],
    ],
)
def test_any_numbers_can_be_drawn(values):
    assert png(Scene((Panel("x", values, (0, 0)),))).startswith(b"\x89PNG")


def test_panels_of_several_rows_keep_apart():
    scene = permuted_scene(np.random.default_rng(1))
    parts = drawn(scene)
    whole = parts.figure.transFigure.inverted()
    boxes = [place_of(parts, panel.name).transformed(whole) for panel in scene.panels]
    for box in boxes:
        assert 0 <= box.x0 < box.x1 <= 1 and 0 <= box.y0 < box.y1 <= 1
        assert sum(box.overlaps(other) for other in boxes) == 1


def test_the_colours_are_the_stages():
    light = THEME.read_text("utf-8").split("[data-jp-theme-light")[0]
    for name in ("negative", "zero", "positive"):
        (colour,) = re.findall(rf"--{name}: (#[0-9a-f]{{6}});", light)
        assert getattr(figures, name.upper()) == colour
    inks = [re.search(rf"--{name}: (#[0-9a-f]{{6}});", light)[1] for name in ("on-zero", "on-deep")]
    assert inks == [INK, INK_ON_DEEP]


def contrast(one, other):
    """The contrast ratio of two colours, as the Web Content Accessibility Guidelines define it."""
    light = []
    for colour in (one, other):
        channels = np.asarray(to_rgb(colour))
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        light.append(float(linear @ (0.2126, 0.7152, 0.0722)) + 0.05)
    return max(light) / min(light)


def test_every_number_stands_out_from_its_fill():
    values = np.linspace(-1, 1, 200).reshape(10, 20) ** 3
    panel = drawn(Scene((Panel("x", values, (0, 0)),))).panels["x"]
    inks = [number.get_color() for number in panel.numbers]
    fills = figures.SIGNED((figures.depth(values, 1).ravel() + 1) / 2)
    assert len(inks) == 200
    assert min(contrast(ink, fill[:3]) for ink, fill in zip(inks, fills, strict=True)) >= 4.5


@pytest.mark.parametrize("pixels", [(0, 255), (255, 0), (1, 0)])
def test_pixels_are_grey_as_they_are_and_numbers_stand_out_from_them(pixels):
    values = np.linspace(-0.1, 1.1, 200).reshape(10, 20) * max(pixels)
    panel = drawn(Scene((Panel("x", values, (0, 0), pixels=pixels),))).panels["x"]
    fills = panel.fill.get_array() / 255
    bright = np.clip((values - pixels[0]) / (pixels[1] - pixels[0]), 0, 1)
    np.testing.assert_allclose(fills, np.repeat(bright[..., None], 3, axis=-1), atol=0.51 / 255)
    inks = [number.get_color() for number in panel.numbers]
    assert min(contrast(*pair) for pair in zip(inks, fills.reshape(-1, 3), strict=True)) >= 4.5


def test_what_is_no_number_is_middle_grey_among_pixels():
    panel = Panel("x", [[np.nan, np.inf, -np.inf]], (0, 0), pixels=(0, 255))
    assert drawn(Scene((panel,))).panels["x"].fill.get_array()[0, :, 0].tolist() == [128, 255, 0]


def test_each_scale_has_a_range_of_its_own_and_a_loss_none():
    panels = Panel("w", [[1, -2]], (0, 0)), Panel("y", [[400, 100]], (0, 1), scale="sums")
    parts = drawn(Scene((*panels, Panel("L", 9000, (0, 2), scale="sums"), Panel("C", 5, (0, 3), scale=BARE))))
    fills = {name: drawn.fill.get_array().reshape(-1, 3) for name, drawn in parts.panels.items()}
    assert fills["C"].tolist() == [[255, 255, 255]]
    deepest = (np.array(to_rgb(figures.NEGATIVE)) * 255).round()
    np.testing.assert_allclose(fills["w"][1], deepest, atol=1)
    assert np.ptp(fills["y"], axis=0).max() > 20


def test_rounding_noise_is_drawn_as_0():
    numbers = drawn(noisy_scene()).panels["y"].numbers
    assert [number.get_text() for number in numbers] == ["0", "0.5"]


def test_the_depth_of_a_fill():
    assert figures.depth([-4, -1, 0, 1, 4], 4).tolist() == [-1, -0.5, 0, 0.5, 1]
    assert figures.depth([0, 0], 0).tolist() == [0, 0]
    assert figures.depth([np.nan, np.inf, -np.inf], 2).tolist() == [0, 1, -1]


def test_the_largest_number_is_a_finite_one():
    assert largest_of([[np.nan, 3], [-7, np.inf]]) == 7
    assert largest_of([[np.nan]]) == 0 and largest_of([]) == 0

"""Pictures for the lessons: what stands on them, taken from the figures themselves."""

import io

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.text import Text
from PIL import Image

from vizconv.draw import curves, durations, feature_maps, images, probabilities
from vizconv.draw.figures import BLUE, GREEN, INK, ORANGE, as_png


def drawn(figure):
    """The figure, once it has been drawn without an error."""
    assert as_png(figure).startswith(b"\x89PNG")
    return figure


def test_images_stand_in_rows_with_their_titles():
    batch = np.arange(12 * 16).reshape(12, 4, 4)
    figure = drawn(images(batch, titles=["three", *range(11)], columns=5))
    assert len(figure.axes) == 12
    assert [axes.get_title() for axes in figure.axes[:3]] == ["three", "0", "1"]
    for axes, image in zip(figure.axes, batch, strict=True):
        np.testing.assert_array_equal(axes.images[0].get_array(), image)


def test_feature_maps_share_one_scale_with_zero_in_its_middle():
    maps = np.stack([np.full((3, 3), -5.0), np.full((3, 3), 2.0)])
    figure = drawn(feature_maps(maps, title="maps"))
    assert {axes.images[0].get_clim() for axes in figure.axes[:2]} == {(-5, 5)}
    assert figure._suptitle.get_text() == "maps"


def test_feature_maps_of_nothing_but_zeros():
    assert drawn(feature_maps(np.zeros((1, 2, 2)))).axes[0].images[0].get_clim() == (-1, 1)


def test_curves_hold_their_numbers():
    figure = drawn(curves({"loss": ([0, 1, 2], [3, 2, 1]), "accuracy": ([0, 1], [0.5, 1])}, y_label="size"))
    lines = {line.get_label(): line.get_xydata().tolist() for line in figure.axes[0].lines}
    assert lines == {"loss": [[0, 3], [1, 2], [2, 1]], "accuracy": [[0, 0.5], [1, 1]]}
    assert figure.axes[0].get_ylabel() == "size"


def test_the_likeliest_class_stands_out():
    axes = drawn(probabilities([0.1, 0.7, 0.2], names=["a", "b", "c"])).axes[0]
    assert [bar.get_height() for bar in axes.patches] == [0.1, 0.7, 0.2]
    assert [to_hex(bar.get_facecolor()) == ORANGE for bar in axes.patches] == [False, True, False]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c"]


ONE = np.ones((4, 4))


@pytest.mark.parametrize(
    ("draw", "error", "sentence"),
    [
        (
            lambda: images(ONE),
            ValueError,
            r"batch has shape \(4, 4\); \(N, H, W\) is expected; \[batch\] would fit",
        ),
        (
            lambda: images(ONE[None, None]),
            ValueError,
            r"batch has shape \(1, 1, 4, 4\); .*; batch\[:, 0\] would fit",
        ),
        (lambda: images(ONE[0]), ValueError, r"batch has shape \(4,\); \(N, H, W\) is expected$"),
        (lambda: images([ONE] * 3, ["a", "b"]), ValueError, "titles has length 2; 3 is .* for each image"),
        (lambda: images([ONE], np.arange(2)), ValueError, "titles has length 2; 1 is expected"),
        (
            lambda: feature_maps(ONE),
            ValueError,
            r"maps has shape \(4, 4\); \(C, H, W\) .*; \[maps\] would fit",
        ),
        (
            lambda: feature_maps(ONE[None, None]),
            ValueError,
            r"maps has shape \(1, 1, 4, 4\); .*; maps\[0\] would fit",
        ),
        (
            lambda: probabilities([[0.5, 0.5]]),
            ValueError,
            r"values has shape \(1, 2\); \(K\) .*; values\[0\] would fit",
        ),
        (
            lambda: probabilities([0.5, 0.5], ["a"]),
            ValueError,
            "names has length 1; 2 is expected, one for",
        ),
        (
            lambda: curves([1, 2, 3], "a", "b"),
            TypeError,
            "series is a list; a dictionary from names to pairs",
        ),
        (
            lambda: curves({"loss": [1, 2, 3]}),
            ValueError,
            r"series\['loss'\] is no pair \(x values, y values\)",
        ),
        (lambda: curves({"loss": [1, 2]}), ValueError, "no pair .* of equal length"),
        (lambda: curves({"loss": ([1, 2], [1])}), ValueError, "no pair .* of equal length"),
        (lambda: curves({"loss": 3}), ValueError, "no pair .* of equal length"),
        (lambda: curves({name: ([1], [1]) for name in "abcde"}), ValueError, "series has 5 curves; 1 to 4"),
        (
            lambda: feature_maps(np.zeros((2000, 2, 2))),
            ValueError,
            r"maps has length 2,000; at most 256 pictures are drawn at once, maps\[:256\] would fit",
        ),
        (lambda: images(np.zeros((257, 2, 2))), ValueError, "batch has length 257; at most 256"),
        (lambda: curves({}), ValueError, "series has 0 curves"),
    ],
)
def test_what_cannot_be_drawn_is_said(draw, error, sentence):
    with pytest.raises(error, match=sentence):
        draw()


def test_what_the_sentences_offer_fits():
    assert len(images([ONE]).axes) == 1
    assert len(images(ONE[None, None][:, 0], np.array([7])).axes) == 1
    assert len(feature_maps([ONE]).axes) == 2


@pytest.mark.parametrize(
    "draw",
    [
        lambda odd: images(ONE[None], [odd]),
        lambda odd: feature_maps(ONE[None], odd),
        lambda odd: curves({odd: ([1, 2], [1, 2])}, odd, odd),
        lambda odd: probabilities([0.5, 0.5], [odd, "b"]),
        lambda odd: durations({odd: 1.0, "b": 20.0}, odd),
    ],
)
@pytest.mark.parametrize("odd", ["$$", "$\\nowhere$", "5 $ and 6 $"])
def test_a_dollar_sign_begins_no_formula(draw, odd):
    figure = draw(odd)
    assert as_png(figure)
    texts = [text for text in figure.findobj(Text) if text.get_text() == odd]
    assert texts and not any(text.get_parse_math() for text in texts)


def luminance(colour):
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize(("colour", "least"), [(INK, 4.1), (BLUE, 3), (ORANGE, 3), (GREEN, 3)])
@pytest.mark.parametrize("paper", ["#ffffff", "#111111"])  # of JupyterLab's two themes
def test_ink_can_be_read_on_white_and_on_black(colour, least, paper):
    dark, light = sorted([luminance(colour), luminance(paper)])
    assert (light + 0.05) / (dark + 0.05) >= least


@pytest.mark.parametrize(
    "figure",
    [
        images(np.ones((1, 3, 3)), ["one"]),
        feature_maps(np.ones((2, 3, 3))),
        curves({"loss": ([0, 1], [1, 0])}),
        probabilities([0.5, 0.5]),
        durations({"one": 1.0}),
    ],
)
def test_a_figure_lies_on_the_pages_own_paper(figure):
    pixels = np.asarray(Image.open(io.BytesIO(as_png(figure))).convert("RGBA"))
    assert pixels[0, 0, 3] == pixels[-1, -1, 3] == 0 and pixels[..., 3].max() == 255
    inks = {text.get_color() for text in figure.findobj(Text) if text.get_text()}
    assert inks == {INK}

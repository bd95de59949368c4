"""Pictures for the lessons: what stands on them, taken from the figures themselves."""

import numpy as np
from matplotlib.colors import to_hex

from vizconv.draw import curves, feature_maps, images, probabilities
from vizconv.draw.figures import POSITIVE, as_png


def drawn(figure):
    """The figure, once it has been drawn without an error."""
    assert as_png(figure).startswith(b"\x89PNG")
    return figure


def test_images_stand_in_rows_with_their_titles():
    batch = np.arange(12 * 16).reshape(12, 4, 4)
    figure = drawn(images(batch, titles=["three", 7], columns=5))
    assert len(figure.axes) == 12
    assert [axes.get_title() for axes in figure.axes[:3]] == ["three", "7", ""]
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
    assert [to_hex(bar.get_facecolor()) == POSITIVE for bar in axes.patches] == [False, True, False]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c"]

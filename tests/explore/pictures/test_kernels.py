"""The explorer of kernels on pictures: both pictures and the sum hold the engine's and SciPy's numbers."""

import base64
import io
import random

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from scipy.signal import correlate2d

from tests.explore.changes import states
from tests.front_end import click, each_state, send, settings_of
from tests.scenes.checks import assert_sums
from vizconv import explore
from vizconv.examples.filters import FILTERS
from vizconv.explore.pictures import kernels as magnifier
from vizconv.explore.pictures.filtering import TOPIC, upload
from vizconv.explore.pictures.settings import PICTURES, SHOWN, fits, point, slide
from vizconv.scenes import PADDING

MODES = {"zeros": "constant", "reflect": "reflect", "repeat": "edge"}  # of numpy.pad


def padding_of(settings):
    size = settings.kernel_size
    return {"valid": (0, 0), "same": ((size - 1) // 2, size // 2), "full": (size - 1, size - 1)}[
        settings.padding
    ]


def stacked(settings):
    """The three kernels (3, n, n)."""
    return np.stack([kernel.values for kernel in settings.kernels])


def result_of(settings):
    """The result (C, OH, OW) by SciPy."""
    x = settings.x.astype(float)
    w = settings.weights
    weights = w if w.ndim == 3 else [w] * len(x)
    padded = [np.pad(channel, padding_of(settings), mode=MODES[settings.border]) for channel in x]
    results = [correlate2d(channel, w, "valid") for channel, w in zip(padded, weights, strict=True)]
    return np.stack(results)[:, :: settings.stride, :: settings.stride]


def assert_pictures(explorer):
    """The two pictures show x and x ⋆ w, as it is asked for."""
    settings = explorer.settings
    channels = np.atleast_3d(explorer.x.image).transpose(2, 0, 1)
    np.testing.assert_array_equal(channels, settings.x)
    y = result_of(settings)
    image = np.atleast_3d(explorer.y.image).transpose(2, 0, 1)
    if settings.shown == "signed":
        np.testing.assert_allclose(image, y, rtol=1e-5, atol=1e-2)
    else:
        assert explorer.y.image.dtype == np.uint8
        y = np.abs(y) if settings.shown == "absolute" else y
        assert np.abs(image - np.clip(y, 0, 255)).max() <= 0.5 + 1e-2


def assert_sum(settings, scene):
    """The stage shows the very patch of the picture that makes the very pixel of the result."""
    assert_sums(scene)
    x, w, y = (scene.panel(name) for name in "xwy")
    np.testing.assert_array_equal(w.values, settings.weights)
    assert w.editable and not x.editable and not y.editable
    row, column = settings.place
    result = result_of(settings)
    assert y.origin[-2:] == (row, column)
    np.testing.assert_allclose(np.ravel(y.values), result[:, row, column], rtol=1e-9, atol=1e-9)
    top, left = (
        settings.stride * at - before
        for at, before in zip((row, column), [padding_of(settings)[0]] * 2, strict=True)
    )
    assert x.origin[-2:] == (top, left)
    height, width = settings.x.shape[1:]
    for index in np.ndindex(x.shape[-2:]):
        i, j = index[0] + top, index[1] + left
        inside = 0 <= i < height and 0 <= j < width
        kinds = np.atleast_3d(x.kinds.reshape(-1, *x.shape[-2:]))[:, *index]
        assert ((kinds & PADDING) == 0).all() == inside
        if inside:
            pixels = x.values.reshape(-1, *x.shape[-2:])[:, *index]
            np.testing.assert_array_equal(pixels, settings.x[:, i, j])


def assert_framed(explorer):
    """Frames stand in both pictures where the sum on the stage is."""
    settings, scene = explorer.settings, explorer.stage.scene
    assert_sum(settings, scene)
    size = settings.kernel_size
    assert explorer.x.region == [*scene.panel("x").origin[-2:], size, size]
    assert explorer.y.region == [*settings.place, 1, 1]


def assert_named(explorer):
    """The list of kernels names what slides over the channels that are chosen, if a preset does."""
    settings, name = explorer.settings, explorer.controls["kernel"].value
    apart = settings.apart and settings.colours
    chosen = stacked(settings) if apart else stacked(settings)[:1]
    if apart and settings.channel != "all three":
        chosen = chosen[[["red", "green", "blue"].index(settings.channel)]]
    if name != "your own":
        for kernel in chosen:
            np.testing.assert_array_equal(kernel, FILTERS[name].make(settings.kernel_size))


def assert_true(explorer):
    assert_named(explorer)
    if not fits(explorer.settings):
        assert explorer.y.layout.display == "none" and "fit" in explorer.stage.scene.notes[-1]
        assert explorer.stage.scene.panel("w").editable
        return False
    assert explorer.y.layout.display is None
    assert_pictures(explorer)
    assert_framed(explorer)
    return True


def uploaded(explorer, data):
    message = {"data": {"method": "custom", "content": {"size": len(data), "at": 0}}}
    explorer.upload._handle_msg({"content": message, "buffers": [data]})


def png(image):
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(image, np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


# ---- Every control, and all of them together -----------------------------------------------------------


@pytest.mark.parametrize("colours", [False, True])
def test_every_control_over_its_whole_range(colours):
    explorer = explore.kernels("bright disc", colours=colours)
    for control, state in each_state(explorer):
        none_yet = control is explorer.controls["picture"] and state == {"index": len(PICTURES)}
        assert none_yet or {name: getattr(control, name) for name in state} == state
        assert_true(explorer)


def test_the_photograph_in_every_size():
    explorer = explore.kernels(colours=True)
    for state in settings_of(explorer.controls["side"]):
        send(explorer.controls["side"], **state)
        assert_true(explorer)
    assert explorer.x.image.shape == (512, 512, 3)


def test_five_hundred_random_combinations():
    """On small pictures of all shapes, so that full correlations, strides and misfits come up."""
    generator, numbers, fitted = random.Random(0), np.random.default_rng(0), 0
    explorer = explore.kernels("bright square")
    settings = explorer.settings
    for number in range(500):
        if number % 10 == 0:
            picture = numbers.integers(0, 256, (*numbers.integers(1, 9, 2), 3))
            settings = upload(settings, png(picture))
        for control in generator.sample(TOPIC.controls[1:], generator.randint(1, 5)):
            value = generator.choice(states(control, settings))
            settings = TOPIC.change(settings, control.name, value)
        if fits(settings):
            place = tuple(map(generator.randrange, slide(settings).output_size))
            settings, fitted = point(settings, place), fitted + 1
            assert settings.place == place
            assert_sum(settings, TOPIC.scene(settings))
        if number % 10 == 5:
            explorer.show(settings)
            assert assert_true(explorer) == fits(settings)
    assert 250 < fitted < 495  # both have been seen


# ---- Pointing -------------------------------------------------------------------------------------------


def test_pointing_at_either_picture_puts_that_sum_on_the_stage():
    explorer = explore.kernels("photograph", "Sobel, vertical edges", colours=True, stride=2)
    send(explorer.y, region=[10, 20, 1, 1])
    assert explorer.settings.place == (10, 20) and explorer.x.region == [19, 39, 3, 3]
    assert_framed(explorer)
    send(explorer.x, region=[51, 61, 3, 3])
    assert explorer.settings.place == (26, 31) and explorer.y.region == [26, 31, 1, 1]
    assert_framed(explorer)


@pytest.mark.parametrize("corner", [(0, 0), (0, -1), (-1, 0), (-1, -1)])
@pytest.mark.parametrize("padding", ["same", "valid", "full"])
@pytest.mark.parametrize("border", MODES)
def test_the_window_sticks_out_at_the_border(corner, padding, border):
    explorer = explore.kernels("bright square", "blur", padding=padding, border=border)
    rows, columns = explorer.y.image.shape[:2]
    send(explorer.y, region=[corner[0] % rows, corner[1] % columns, 1, 1])
    assert_true(explorer)


def test_pointing_sends_no_picture_again(monkeypatch):
    explorer, sent = explore.kernels(), []

    def send_state(key=None):
        sent.extend([key] if isinstance(key, str) else sorted(key or ()))

    for picture in (explorer.x, explorer.y):
        monkeypatch.setattr(picture, "send_state", send_state)
    send(explorer.x, region=[3, 4, 3, 3])
    assert "region" in sent and "_shown" not in sent
    send(explorer.controls["kernel"], index=1)
    assert sent.count("_shown") == 1  # y alone


@pytest.mark.parametrize("name", ["stride", "padding", "kernel_size", "side", "colours"])
def test_the_window_stays_where_it_was(name):
    explorer = explore.kernels("photograph")
    send(explorer.x, region=[100, 40, 3, 3])
    for state in settings_of(explorer.controls[name]):
        send(explorer.controls[name], **state)
        top, left, *_ = explorer.x.region
        scale, half = explorer.x.image.shape[0] / 192, (explorer.settings.kernel_size - 1) // 2
        middle = np.array([top + half, left + half]) / scale
        assert np.abs(middle - [101, 41]).max() <= 5
        assert_framed(explorer)


# ---- Kernels --------------------------------------------------------------------------------------------


def take_edit(explorer, cell, value):
    serial = explorer.stage._scene["serial"] + 1
    send(explorer.stage, edit={"serial": serial, "changes": [{"panel": "w", "cell": cell, "value": value}]})


def test_an_edit_reaches_the_picture():
    explorer = explore.kernels("bright disc", "vertical edges", colours=True)
    take_edit(explorer, 4, 2.5)
    assert explorer.controls["kernel"].value == "your own"
    assert (stacked(explorer.settings)[:, 1, 1] == 2.5).all()
    assert_true(explorer)


def test_with_one_kernel_a_channel_an_edit_reaches_one_channel():
    explorer = explore.kernels("bright disc", "copy", colours=True)
    send(explorer.controls["apart"], value=True)
    take_edit(explorer, 9 + 4, 0)
    assert stacked(explorer.settings)[:, 1, 1].tolist() == [1, 0, 1]
    assert_true(explorer)
    assert (explorer.y.image[..., 1] == 0).all() and (explorer.y.image[..., 0] == 200).any()


def test_a_preset_for_one_channel():
    explorer = explore.kernels("photograph", "copy", colours=True)
    send(explorer.controls["apart"], value=True)
    send(explorer.controls["channel"], index=3)
    send(explorer.controls["kernel"], index=1)
    before = explorer.x.image
    np.testing.assert_array_equal(explorer.y.image[..., :2], before[..., :2])
    blurred = ndimage.correlate(before[..., 2].astype(float), FILTERS["blur"].make(3), mode="constant")
    assert np.abs(explorer.y.image[..., 2] - blurred).max() <= 0.51
    send(explorer.controls["colours"], value=False)
    assert_true(explorer)  # in grey the first channel's kernel is for all
    send(explorer.controls["colours"], value=True)
    assert explorer.stage.scene.panel("w").shape == (3, 3, 3)  # and nothing is lost


def choose(explorer, **options):
    """Choose options of drop-down lists, by their words, and turn switches."""
    for name, option in options.items():
        control = explorer.controls[name]
        if hasattr(control, "options"):
            send(control, index=list(control._options_labels).index(option))
        else:
            send(control, value=option)


def test_the_list_names_the_kernel_of_the_chosen_channel():
    explorer = explore.kernels("bright disc", "copy", colours=True)
    named = explorer.controls["kernel"]
    choose(explorer, apart=True, channel="red", kernel="blur", kernel_size=5)
    choose(explorer, channel="green")
    assert named.value == "copy"
    choose(explorer, kernel="blur")  # a change, although red is blurred already
    np.testing.assert_array_equal(stacked(explorer.settings)[1], FILTERS["blur"].make(5))
    choose(explorer, channel="blue")
    assert named.value == "copy"
    choose(explorer, channel="all three")
    assert named.value == "your own"  # no preset is for all
    choose(explorer, kernel="emboss")
    assert named.value == "emboss"
    choose(explorer, channel="red")
    assert named.value == "emboss"


@pytest.mark.parametrize("name", ["colours", "apart"])
def test_with_one_kernel_for_all_the_list_names_that_one(name):
    explorer = explore.kernels("bright disc", colours=True)
    choose(explorer, apart=True, channel="green", kernel="emboss")
    choose(explorer, **{name: False})
    assert explorer.controls["kernel"].value == "moving average"
    assert_true(explorer)
    choose(explorer, **{name: True})
    assert explorer.controls["kernel"].value == "emboss"


def test_after_an_edit_of_one_channel_the_others_keep_their_names_and_sizes():
    explorer = explore.kernels("bright disc", "blur", colours=True)
    choose(explorer, apart=True, channel="red")
    take_edit(explorer, 9, 7)
    assert explorer.controls["kernel"].value == "blur"
    choose(explorer, channel="green")
    assert explorer.controls["kernel"].value == "your own"
    send(explorer.controls["kernel_size"], value=5)
    green = np.pad([[7, 2, 1], [2, 4, 2], [1, 2, 1]], 1) / 16
    green[1, 1] = 7
    np.testing.assert_array_equal(stacked(explorer.settings)[1], green)
    np.testing.assert_array_equal(stacked(explorer.settings)[2], FILTERS["blur"].make(5))


@pytest.mark.parametrize("value", [1e308, -1e308, 5e-324])
def test_the_largest_numbers_raise_nothing(value):
    explorer = explore.kernels("bright square", colours=True)
    for shown in ("clipped", "signed", "absolute"):
        take_edit(explorer, 0, value)
        take_edit(explorer, 8, -value)
        send(explorer.controls["shown"], index=list(SHOWN.values()).index(shown))
        assert explorer.y.image.shape == (16, 16, 3)


@pytest.mark.parametrize(
    ("kernel", "words"),
    [
        ("moving average", "add up to 1: flat areas keep"),
        ("emboss", "add up to 1: flat areas keep"),
        ("Sobel, vertical edges", "add up to 0: flat areas become 0"),
        (np.full((3, 3), 0.5), "add up to 4.5: flat areas become 4.5 times as bright"),
    ],
)
def test_what_is_said_of_flat_areas_is_true(kernel, words):
    explorer = explore.kernels(np.full((9, 9), 40), kernel)
    assert words in explorer.stage.scene.notes[0]
    total = stacked(explorer.settings)[0].sum()
    np.testing.assert_allclose(explorer.stage.scene.panel("y").values, 40 * total, atol=1e-9)


@pytest.mark.parametrize("colours", [False, True])
@pytest.mark.parametrize("kernel", ["blur", "emboss"])
def test_the_code_makes_the_same_numbers(colours, kernel):
    explorer = explore.kernels("photograph", kernel, colours=colours, stride=2, border="reflect")
    made = {}
    exec(explorer.stage.code, made)
    result = result_of(explorer.settings)
    np.testing.assert_allclose(np.reshape(made["y"], result.shape), result, atol=1e-9)


def test_a_typed_kernel_comes_back_in_its_own_size():
    explorer = explore.kernels("bright disc", "blur")
    take_edit(explorer, 0, 7)
    typed, place = explorer.settings.weights, explorer.settings.place
    choose(explorer, kernel="emboss", kernel_size=5, padding="valid")
    choose(explorer, kernel="your own")
    np.testing.assert_array_equal(explorer.settings.weights, typed)
    assert np.subtract(place, explorer.settings.place).tolist() == [1, 1]  # of the same window
    assert_true(explorer)


# ---- Uploads --------------------------------------------------------------------------------------------


def test_an_upload_takes_the_pictures_place():
    explorer = explore.kernels()
    picture = np.random.default_rng(1).integers(0, 256, (20, 30, 3))
    uploaded(explorer, png(picture))
    assert explorer.controls["picture"].value == "your own"
    send(explorer.controls["colours"], value=True)
    np.testing.assert_array_equal(explorer.x.image, picture)
    assert_true(explorer)
    send(explorer.controls["picture"], index=0)
    assert explorer.x.image.shape == (192, 192, 3)
    send(explorer.controls["picture"], index=3)
    np.testing.assert_array_equal(explorer.x.image, picture)


def test_what_cannot_be_read_leaves_everything_as_it_was():
    explorer = explore.kernels("bright disc", "emboss")
    before, place = explorer.x.image, explorer.settings.place
    for data, words in ((b"", "is empty"), (b"nonsense", "cannot be read as a picture")):
        uploaded(explorer, data)
        assert words in explorer.stage.scene.notes[0]
        assert explorer.stage.scene.notes[0].endswith("The picture from before is still here.")
        np.testing.assert_array_equal(explorer.x.image, before)
        assert explorer.settings.place == place and explorer.controls["picture"].value == "bright disc"
        assert_true(explorer)


def test_a_file_too_large_to_travel_is_refused_with_a_sentence():
    explorer = explore.kernels("bright disc")
    message = {"data": {"method": "custom", "content": {"size": 65_000_000}}}
    explorer.upload._handle_msg({"content": message, "buffers": []})
    assert explorer.stage.scene.notes[0] == (
        "✗ The file has 65,000,000 bytes; at most 64,000,000 are read. The picture from before is still here."
    )
    assert_true(explorer)


def test_no_picture_of_ones_own_yet():
    explorer = explore.kernels("bright disc")
    send(explorer.controls["picture"], index=3)
    assert "upload one" in explorer.stage.scene.notes[0]
    assert explorer.controls["picture"].value == "bright disc"
    assert_true(explorer)


def test_a_kernel_larger_than_the_picture_says_so_and_can_be_edited():
    explorer = explore.kernels(np.full((2, 9), 7), padding="valid")
    assert not assert_true(explorer)
    take_edit(explorer, 0, 5)
    assert stacked(explorer.settings)[0, 0, 0] == 5
    send(explorer.controls["padding"], index=0)
    assert assert_true(explorer)


def test_kernels_of_three_channels_that_do_not_fit_are_all_shown():
    explorer = explore.kernels(np.full((2, 9, 3), 7), np.ones((3, 3, 3)), colours=True, padding="valid")
    assert not assert_true(explorer)
    assert [panel.editable for panel in explorer.stage.scene.panels] == [False, True]
    take_edit(explorer, 2 * 9, 5)
    assert stacked(explorer.settings)[:, 0, 0].tolist() == [1, 1, 5]


def test_reset_brings_back_the_first_pictures():
    explorer = explore.kernels("bright disc", "emboss")
    first = explorer.y.image
    uploaded(explorer, png(np.zeros((5, 5, 3))))
    take_edit(explorer, 0, 5)
    click(explorer.buttons["reset"])
    np.testing.assert_array_equal(explorer.y.image, first)
    assert_true(explorer)


# ---- How it begins, and how it shows itself -------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "settings", "words"),
    [
        (("nowhere",), {}, "picture is 'nowhere'; an array or one of"),
        ((np.zeros((3, 4, 2)),), {}, r"picture has shape \(3, 4, 2\)"),
        (([[300]],), {}, "values from 300 to 300"),
        ((None, "nobody"), {}, "kernel is 'nobody'; an array or one of"),
        ((None, np.ones((2, 2))), {}, r"kernel has shape \(2, 2\); a square from 3×3 to 7×7"),
        ((None, np.ones((2, 3, 3))), {}, r"kernel has shape \(2, 3, 3\)"),
        ((), {"padding": 1}, "padding is 1; one of"),
        ((), {"border": "wrap"}, "border is 'wrap'; one of"),
        ((), {"shown": "loud"}, "shown is 'loud'; one of"),
        ((), {"stride": 0}, "stride is 0"),
    ],
)
def test_what_is_no_setting_is_refused_with_a_sentence(arguments, settings, words):
    with pytest.raises(ValueError, match=words):
        explore.kernels(*arguments, **settings)


def test_one_line_and_a_small_picture():
    explorer = explore.kernels(colours=True, side=512)
    data = [explorer._repr_mimebundle_() for _ in range(2)]
    assert data[0]["text/plain"] == "Explorer(filtering: Scene(x 3×3×3, w 3×3, y 3×1×1))"
    assert data[0]["image/png"] == data[1]["image/png"]
    still = base64.b64decode(data[0]["image/png"])
    assert len(still) <= 60_000
    assert Image.open(io.BytesIO(still)).width >= 2 * magnifier.STILL


def test_another_picture_begins_in_its_middle():
    explorer = explore.kernels("bright square", "sharpen", place=(8, 3))
    pixel = io.BytesIO()
    Image.new("L", (1, 1), 9).save(pixel, "PNG")
    explorer._uploaded(pixel.getvalue())
    assert explorer.settings.place == (0, 0)
    send(explorer.controls["picture"], index=list(explorer.controls["picture"].options).index("photograph"))
    height, width = explorer.settings.x.shape[1:]
    assert explorer.settings.place == (height // 2, width // 2)

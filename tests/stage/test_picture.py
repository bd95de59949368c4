"""The picture's Python half: what it tells the page, what it takes from it, and how it shows itself."""

import base64
import io
import re

import numpy as np
import pytest
import traitlets
from PIL import Image

from vizconv.draw.figures import SIGNED
from vizconv.stage import Picture
from vizconv.stage.picture import as_image, coloured, within

GENERATOR = np.random.default_rng(0)
GREY = GENERATOR.integers(0, 256, (5, 7)).astype(np.uint8)
PHOTOGRAPH = GENERATOR.integers(0, 256, (4, 6, 3)).astype(np.uint8)
SIGNED_MAP = np.array([[-2.0, 0.0, 2.0], [0.5, np.nan, np.inf]])


def decoded(message):
    """The numbers of a message, as an array with an axis of channels."""
    shape = [message[name] for name in ("height", "width", "channels")]
    kind = np.dtype(message["kind"]).newbyteorder("<")
    return np.frombuffer(message["pixels"], kind).reshape(shape) * message["step"]


# ---- What the page reads -----------------------------------------------------------------------------


@pytest.mark.parametrize("image", [GREY, PHOTOGRAPH, GREY[::-1, ::2], np.asfortranarray(PHOTOGRAPH)])
def test_bytes_travel_as_they_are(image):
    message = Picture(image)._shown
    np.testing.assert_array_equal(decoded(message), image.reshape(*image.shape[:2], -1))
    assert message["kind"] == "uint8" and message["palette"] == []


def test_signed_values_take_the_colours_around_zero():
    message = Picture(SIGNED_MAP)._shown
    np.testing.assert_array_equal(decoded(message)[..., 0], SIGNED_MAP)
    assert (message["kind"], message["largest"]) == ("float32", 2)
    palette = np.array(message["palette"]).reshape(256, 3)
    np.testing.assert_array_equal(palette, SIGNED(np.arange(256), bytes=True)[:, :3])
    wanted = SIGNED([[0.0, 0.5, 1.0], [0.75, 0.5, 1.0]], bytes=True)[..., :3]
    wanted[1, 1] = 128  # NaN
    np.testing.assert_array_equal(coloured(SIGNED_MAP), wanted)


def test_signed_colours_lie_around_a_middle_grey():
    image = np.array([[[-4.0, 0.0, 4.0], [1.0, np.nan, -9.0]]])
    message = Picture(image, largest=4)._shown
    assert coloured(image, 4).tolist() == [[[0, 128, 255], [192, 128, 0]]]
    np.testing.assert_array_equal(decoded(message), image)
    assert message["largest"] == 4 and Picture(image)._shown["largest"] == 9


def test_several_maps_can_share_one_scale():
    assert coloured(as_image([[1, -4]]), 16)[0].tolist() == SIGNED([0.625, 0.25], bytes=True)[:, :3].tolist()
    assert Picture([[1, -4]], largest=16)._shown["largest"] == 16
    assert coloured(np.zeros((1, 1))).tolist() == [[list(SIGNED(0.5, bytes=True)[:3])]]


@pytest.mark.parametrize("shape", [(3, 4), (400, 300), (200, 180, 3)])
@pytest.mark.parametrize("largest", [1e-30, 7.5, 32_767, 32_768, 1e30])
@pytest.mark.parametrize("whole", [True, False])
def test_signed_values_take_few_bytes_and_stay_true(shape, largest, whole):
    values = GENERATOR.uniform(-largest, largest, shape)
    values = np.rint(values) if whole else values
    message = Picture(values)._shown
    few = np.abs(values).max() <= 32_767 and (values == np.rint(values)).all()
    assert message["kind"] == ("int16" if few or values.size > 100_000 else "float32")
    exact = 0 if few else largest / 60_000 if values.size > 100_000 else largest * 1e-7
    np.testing.assert_allclose(decoded(message).reshape(shape), values, rtol=0, atol=exact)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 1e300])
def test_what_no_int16_holds_travels_as_it_is(value):
    values = np.ones((400, 400))
    values[3, 5] = value
    decoded_value = decoded(Picture(values)._shown)[3, 5, 0]
    np.testing.assert_allclose(decoded_value, value)


@pytest.mark.parametrize(("shape", "scale"), [((28, 28), 12), ((5, 7), 48), ((336, 2), 1), ((512, 512), 1)])
def test_small_pictures_are_enlarged(shape, scale):
    assert Picture(np.zeros(shape, np.uint8))._shown["scale"] == scale


def test_how_much_may_be_asked_for():
    assert Picture(np.zeros((192, 100), np.uint8), widest=384)._shown["scale"] == 2


def test_another_image_takes_the_first_ones_place_in_one_message(monkeypatch):
    picture, sent = Picture(GREY, frame=(3, 3)), []
    picture.set_state({"pointer": [4, 6], "region": [2, 4, 3, 3]})
    monkeypatch.setattr(picture, "_send", lambda message, buffers=None: sent.append((message, buffers)))
    picture.image = PHOTOGRAPH
    (message, buffers), *others = sent
    assert not others and [len(buffer) for buffer in buffers] == [PHOTOGRAPH.size]
    state = message["state"]
    assert state["pointer"] == [] and state["region"] == [1, 3, 3, 3] and picture.image.shape == (4, 6, 3)
    np.testing.assert_array_equal(np.frombuffer(buffers[0], np.uint8), PHOTOGRAPH.ravel())


def test_the_image_is_its_own():
    mine = GREY.copy()
    picture = Picture(mine)
    mine[0, 0] ^= 1
    np.testing.assert_array_equal(picture.image, GREY)
    with pytest.raises(ValueError, match="read-only"):
        picture.image[0, 0] = 1


# ---- What it refuses ---------------------------------------------------------------------------------

REFUSED = {
    "one row": ([1, 2], "image has shape \\(2,\\); 2 or 3 axes are expected"),
    "nothing": (np.zeros((0, 3)), "image has shape \\(0, 3\\) and so no numbers"),
    "two colours": (np.zeros((4, 4, 2), np.uint8), "image has shape \\(4, 4, 2\\); .* in \\(H, W, 3\\)"),
    "colours first": (np.zeros((3, 8, 8)), "image has shape \\(3, 8, 8\\); .* blue in \\(H, W, 3\\)"),
    "ragged": ([[1, 2], [3]], "image has rows of different lengths"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_image(name):
    image, sentence = REFUSED[name]
    with pytest.raises(ValueError, match=sentence):
        Picture(image)
    picture = Picture(GREY)
    with pytest.raises(ValueError, match=sentence):
        picture.image = image
    np.testing.assert_array_equal(picture.image, GREY)


def test_words_are_no_image():
    with pytest.raises(TypeError, match="image holds <U1 values; real numbers are expected"):
        Picture([["a", "b"]])


@pytest.mark.parametrize("frame", [5, (3,), (0, 1), (6, 1), (1, 8), (2.5, 2), "ab", (1, 1, 1)])
def test_a_frame_that_does_not_fit(frame):
    with pytest.raises(ValueError, match=r"frame is .*; \(height, width\) in whole pixels .* \(5, 7\)"):
        Picture(GREY, frame=frame)


@pytest.mark.parametrize("largest", [0, -1, float("nan")])
def test_a_scale_without_a_size(largest):
    with pytest.raises(ValueError, match=f"largest is {largest}; a number above 0"):
        Picture(GREY, largest=largest)


# ---- Pointer and region ------------------------------------------------------------------------------


def test_the_frame_starts_in_the_middle():
    assert Picture(GREY, frame=(3, 4)).region == [1, 1, 3, 4]
    assert Picture(GREY, frame=(5, 7)).region == [0, 0, 5, 7]
    assert Picture(GREY).region == [] and Picture(GREY).pointer == []


def test_pointer_and_region_come_from_the_page():
    picture, seen = Picture(GREY, frame=(3, 3)), []
    picture.observe(lambda change: seen.append((change["name"], change["new"])), ["pointer", "region"])
    picture.set_state({"pointer": [4, 6], "region": [2, 4, 3, 3]})
    picture.set_state({"pointer": []})
    assert seen == [("pointer", [4, 6]), ("region", [2, 4, 3, 3]), ("pointer", [])]


@pytest.mark.parametrize("pointer", [[5, 0], [0, 7], [-1, 0], [1], [1, 2, 3]])
def test_a_pointer_off_the_image_is_none(pointer):
    picture = Picture(GREY)
    picture.set_state({"pointer": [1, 1]})
    picture.set_state({"pointer": pointer})
    assert picture.pointer == []


@pytest.mark.parametrize(
    ("region", "inside"),
    [([-1, 5, 3, 3], [0, 4, 3, 3]), ([9, 9, 2, 2], [3, 5, 2, 2]), ([1, 1, 99, 0], [0, 1, 5, 1])],
)
def test_a_region_stays_inside(region, inside):
    assert within(region, (5, 7)) == inside
    picture = Picture(GREY, frame=(3, 3))
    picture.region = region
    assert picture.region == inside


@pytest.mark.parametrize(
    ("region", "nearest"),
    [([0, 0, 3, 3], [0, 0, 3, 3]), ([-9, 9, 3, 3], [-1, 5, 3, 3]), ([1, 3, 3, 3], [2, 3, 3, 3])],
)
def test_with_windows_a_region_stands_on_one_of_them(region, nearest):
    picture = Picture(GREY, frame=(3, 3))
    picture.windows = [-1, -1, 2, 2, 3, 4] if region[1] == 9 else [0, 0, 2, 1, 2, 5]
    picture.set_state({"region": region})
    assert picture.region == nearest


@pytest.mark.parametrize("windows", [[0], [0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 0, 1]])
def test_windows_need_steps_and_numbers(windows):
    with pytest.raises(traitlets.TraitError, match="windows is"):
        Picture(GREY).windows = windows


@pytest.mark.parametrize("state", [{"pointer": "1,1"}, {"region": [1, 2]}, {"region": [0, 0, 1.5, 1]}])
def test_nonsense_is_refused(state):
    picture = Picture(GREY, frame=(3, 3))
    with pytest.raises(traitlets.TraitError):
        picture.set_state(state)
    assert (picture.pointer, picture.region) == ([], [1, 2, 3, 3])


# ---- How it shows itself -----------------------------------------------------------------------------


def test_one_line_says_what_it_is():
    assert repr(Picture(PHOTOGRAPH, "photograph")) == "Picture(photograph 4×6×3)"
    assert repr(Picture(GREY, frame=(3, 2))) == "Picture(5×7, a frame of 3×2)"


def test_its_display_carries_a_picture_and_no_address():
    picture = Picture(GREY, "x")
    data, _ = picture._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    assert data["text/plain"] == "Picture(x 5×7)" and not re.search(r"0x|object at", data["text/plain"])
    still = np.asarray(Image.open(io.BytesIO(base64.b64decode(data["image/png"]))))
    np.testing.assert_array_equal(still, np.kron(GREY, np.ones((48, 48), np.uint8)))


@pytest.mark.parametrize("shape", [(512, 512, 3), (336, 336, 3), (640, 480), (224, 224, 3)])
def test_a_still_is_small(shape):
    noise = GENERATOR.integers(0, 256, shape).astype(np.uint8)
    bundle = [Picture(noise)._repr_mimebundle_()[0] for _ in range(2)]
    assert bundle[0]["image/png"] == bundle[1]["image/png"]
    data = base64.b64decode(bundle[0]["image/png"])
    assert len(data) < 120_000  # noise does not compress; a photograph takes half of it
    assert max(Image.open(io.BytesIO(data)).size) <= 336


def test_the_page_gets_the_module_and_the_style():
    state = Picture(GREY).get_state()
    assert "export default" in state["_esm"] and ".vizconv-picture" in state["_css"]

"""Uploads: whatever a learner's file holds, it is a picture to filter, or a sentence."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.hostile import COUNTS, cost, mutated
from vizconv.explore.pictures import uploads
from vizconv.explore.pictures.uploads import read_upload

COLOURS = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)


def encoded(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def bomb(width, height):
    """A PNG of a few bytes whose header promises very many pixels."""

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM"])
def test_a_plain_picture_comes_as_it_is(kind):
    read = read_upload(encoded(Image.fromarray(COLOURS), kind))
    np.testing.assert_array_equal(read.image, COLOURS)
    assert read.notes == () and read.image.dtype == np.uint8


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_compressed_picture_comes_nearly_as_it_is(kind):
    smooth = np.linspace(0, 255, 64 * 48).reshape(48, 64).astype(np.uint8)
    read = read_upload(encoded(Image.fromarray(smooth).convert("RGB"), kind))
    assert np.abs(read.image[..., 0].astype(int) - smooth).max() < 24 and read.notes == ()


def outcome(data):
    """What was read, or the sentence that says why nothing was."""
    try:
        return read_upload(data)
    except ValueError as error:
        return str(error)


# ---- What is handled, and said ------------------------------------------------------------------------


def test_a_transparent_picture_is_laid_on_white():
    pixels = np.zeros((2, 2, 4), np.uint8)
    pixels[0, 0] = 200, 0, 0, 255
    pixels[1, 1] = 0, 0, 0, 51  # a fifth of black
    read = read_upload(encoded(Image.fromarray(pixels)))
    assert read.image.tolist() == [[[200, 0, 0], [255] * 3], [[255] * 3, [204] * 3]]
    assert read.notes == ("It is transparent: it was laid on white.",)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L"])
def test_every_kind_of_transparency(mode):
    grey = Image.fromarray(np.array([[0, 255]], np.uint8))
    alpha = Image.fromarray(np.array([[0, 255]], np.uint8))
    if mode in ("RGBA", "LA"):
        image, options = Image.merge("LA", (grey, alpha)).convert(mode), {}
    else:
        image, options = grey.convert(mode), {"transparency": 0}
    read = read_upload(encoded(image, **options))
    assert read.image.tolist() == [[[255] * 3, [255] * 3]]
    assert read.notes == ("It is transparent: it was laid on white.",)


def test_an_opaque_alpha_is_not_spoken_of():
    assert read_upload(encoded(Image.fromarray(COLOURS).convert("RGBA"))).notes == ()


def test_sixteen_bits_become_eight():
    values = np.array([[0, 257, 65535, 32896]], np.uint16)
    read = read_upload(encoded(Image.fromarray(values)))
    assert read.image[0, :, 0].tolist() == [0, 1, 255, 128]
    assert read.notes == ("Its brightness has more than 256 steps; it was brought to 0 … 255.",)


@pytest.mark.parametrize("values", [[[0.0, 0.5, 1.0]], [[-3.0, np.nan, 3.0]], [[7.0, 7.0, 7.0]]])
def test_floats_are_stretched(values):
    read = read_upload(encoded(Image.fromarray(np.array(values, np.float32)), "TIFF"))
    expected = [0, 0, 0] if values[0][0] == 7 else [0, 128, 255]
    assert read.image[0, :, 0].tolist() == expected


def test_ink_becomes_light():
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    read = read_upload(encoded(image, "JPEG", quality=100))
    assert np.abs(read.image.astype(int) - [255, 0, 0]).max() <= 3
    assert "CMYK" in read.notes[0]


def test_a_palette_is_looked_up():
    image = Image.fromarray(COLOURS).quantize(4)
    np.testing.assert_array_equal(read_upload(encoded(image)).image, np.asarray(image.convert("RGB")))


def test_black_and_white():
    image = Image.fromarray(np.array([[True, False]]))
    assert read_upload(encoded(image)).image[0, :, 0].tolist() == [255, 0]


def test_a_turned_camera_is_turned_back():
    exif = Image.Exif()
    exif[0x0112] = 6  # its top is on the right
    read = read_upload(encoded(Image.fromarray(COLOURS), exif=exif.tobytes()))
    np.testing.assert_array_equal(read.image, np.rot90(COLOURS, -1))
    assert "turned upright" in read.notes[0]


def test_of_an_animation_the_first_picture():
    frames = [Image.fromarray(np.full((4, 4), grey, np.uint8)) for grey in (10, 200, 90)]
    for kind in ("GIF", "PNG", "WEBP", "TIFF"):
        options = {"lossless": True} if kind == "WEBP" else {}
        read = read_upload(encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options))
        assert (read.image == 10).all()
        assert read.notes == ("The file holds several pictures; this is the first.",)


@pytest.mark.parametrize(("size", "smaller"), [((2000, 1000), (256, 512, 3)), ((3, 3000), (512, 1, 3))])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_large_picture_is_made_smaller(size, smaller, kind):
    read = read_upload(encoded(Image.new("RGB", size, "red"), kind))
    assert read.image.shape == smaller
    assert read.notes == (
        f"The picture was made smaller: from {max(size)} to 512 pixels on its longer side; "
        "how many of them are on show is set by “longer side”.",
    )


def test_what_is_said_is_returned_with_the_picture_in_the_order_it_was_done():
    """No step writes into a list of another."""
    exif = Image.Exif()
    exif[0x0112] = 3
    pixels = np.zeros((2, 600, 4), np.uint8)
    read = read_upload(encoded(Image.fromarray(pixels), exif=exif.tobytes()))
    words = ["turned upright", "made smaller", "laid on white"]
    assert len(read.notes) == 3
    assert all(word in note for word, note in zip(words, read.notes, strict=True))
    ink = Image.new("CMYK", (2, 2))
    for step, image, said in (
        (uploads._upright, ink, 0),
        (uploads._eight_bits, ink, 1),
        (uploads._eight_bits, Image.new("F", (2, 2)), 1),
        (uploads._on_white, Image.new("RGBA", (2, 2)), 1),
        (uploads._on_white, Image.new("RGB", (2, 2)), 0),
    ):
        made, notes = step(image)
        assert made.size == (2, 2) and isinstance(notes, tuple) and len(notes) == said


def test_the_smallest_picture():
    assert read_upload(encoded(Image.new("RGB", (1, 1)))).image.shape == (1, 1, 3)


# ---- What is refused, in a sentence --------------------------------------------------------------------

CANNOT = "cannot be read as a picture; PNG, JPEG"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b"\0" * 100, CANNOT),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", CANNOT),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", CANNOT),  # would start another program
        (b"\x89PNG\r\n\x1a\n", CANNOT),
        (bomb(8000, 8000), "has 64,000,000 pixels; at most 40,000,000"),
        (bomb(10_000, 10_000), "has 100,000,000 pixels"),
        (bomb(60_000, 60_000), "has hundreds of millions of pixels"),
        (bomb(5000, 5000), CANNOT),  # few enough, but not there
    ],
    ids=range(9),
)
def test_what_is_no_picture_to_read(data, words):
    with pytest.raises(ValueError, match=words):
        read_upload(data)


def test_a_bomb_is_never_decoded(monkeypatch):
    monkeypatch.setattr(uploads, "_read", lambda image: pytest.fail("it was decoded"))
    with pytest.raises(ValueError, match="at most 40,000,000"):
        read_upload(bomb(7000, 7000))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"])
def test_a_cut_file_is_refused_and_never_raises_anything_else(kind):
    data = encoded(Image.fromarray(np.tile(COLOURS, (9, 9, 1))), kind)
    for end in np.linspace(1, len(data) - 1, 23).astype(int):
        made = outcome(data[:end])
        assert not isinstance(made, str) or CANNOT in made
    with pytest.raises(ValueError, match=CANNOT):
        read_upload(data[: len(data) // 2])


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"]))
def test_a_damaged_file_is_a_picture_or_a_sentence(data, kind):
    file = bytearray(encoded(Image.fromarray(COLOURS), kind))
    for at in data.draw(st.lists(st.integers(0, len(file) - 1), max_size=8)):
        file[at] = data.draw(st.integers(0, 255))
    made = outcome(bytes(file))
    if isinstance(made, str):
        assert made.endswith(".")
    else:
        assert made.image.dtype == np.uint8 and made.image.shape[2] == 3
        assert 1 <= max(made.image.shape[:2]) <= 512


# ---- Files that somebody damaged or made to do harm ----------------------------------------------------

READ = """
import sys
from pathlib import Path
from PIL import Image
from vizconv.explore.pictures.uploads import read_upload
Image.init()
data = Path(sys.argv[1]).read_bytes()
work = lambda: read_upload(data)
"""
VAST = {
    "PNG of 16 bits": ("I;16", "PNG", {"compress_level": 1}),
    "PNG": ("RGBA", "PNG", {"compress_level": 1}),
    "TIFF of floats": ("F", "TIFF", {"compression": "tiff_lzw"}),
    "WebP": ("RGB", "WEBP", {"lossless": True}),
}


@pytest.mark.parametrize("name", VAST)
def test_a_vast_picture_costs_neither_memory_nor_time(tmp_path, name):
    mode, kind, options = VAST[name]
    path = tmp_path / "picture"
    path.write_bytes(encoded(Image.new(mode, (8000, 5000)), kind, **options))
    seconds, megabytes, said = cost(READ, path)
    assert seconds < 2 and megabytes < 200
    assert said == (
        "TooLarge The picture has 40,000,000 pixels; at most 12,500,000 are read." * (kind == "WEBP")
    )


def test_a_header_of_comments_costs_no_time(tmp_path):
    path = tmp_path / "picture"
    path.write_bytes(b"P6\n" + b"#\n" * 30_000_000 + b"1 1\n255\n" + bytes(3))
    seconds, megabytes, said = cost(READ, path)
    assert CANNOT in said and seconds < 2 and megabytes < 200


def test_a_vast_picture_looks_as_it_did():
    """What is left out of 6,000 columns is not seen among 512."""
    rows, columns = np.mgrid[0:60, 0:6000]
    smooth = (np.sin(columns / 500) * 90 + rows + 100).astype(np.uint8)
    image = Image.fromarray(smooth)
    expected = image.resize((512, 5), Image.Resampling.BICUBIC)
    read = read_upload(encoded(image)).image[..., 0].astype(int)
    assert np.abs(read - np.asarray(expected)).max() <= 3


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "PPM"])
def test_a_mutated_picture_is_one_or_a_sentence(kind, count):
    content = encoded(Image.fromarray(COLOURS), kind)
    for seed in range(count // 4):
        read = outcome(mutated(content, seed))
        assert isinstance(read, str) or read.image.dtype == np.uint8

"""Pictures from outside: read what a learner uploads, or say in a sentence why it cannot be read."""

import io
import warnings
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "PPM")  # none that starts other programs
NAMES = "PNG, JPEG, GIF, WebP, BMP, TIFF and PPM"
MOST_PIXELS = 40_000_000  # of a file's header: what it would take in memory, however small the file is
LARGEST = 512  # pixels of the longer side that is worked with


@dataclass(frozen=True, eq=False)
class Upload:
    """A picture that was read: image uint8 (H, W, 3), and sentences on what was done to it."""

    image: np.ndarray = field(repr=False)
    notes: tuple[str, ...] = ()


def read_upload(data: bytes) -> Upload:
    """Read a picture file: its first frame, upright, on white, with 8 bits a colour, at most 512×512 pixels.

    Raises ValueError with a sentence for what is empty, no picture, damaged or too large.
    """
    data = bytes(data)
    if not data:
        raise ValueError("The file is empty.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow, on damaged metadata: the pixels decide
        try:
            image = Image.open(io.BytesIO(data), formats=_formats())  # reads the header only
            small_enough = image.width * image.height <= MOST_PIXELS
            return _read(image) if small_enough else _refuse(f"{image.width * image.height:,}")
        except TooLarge:
            raise
        except Image.DecompressionBombError:
            return _refuse("hundreds of millions of")
        except Exception as error:  # a damaged file makes its reader raise anything
            raise ValueError(f"The file cannot be read as a picture; {NAMES} files can.") from error


def _formats() -> list[str]:
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]  # a Pillow without one of them would stop


class TooLarge(ValueError):
    """A picture with more pixels than are read; the message is a sentence."""


def _refuse(count):
    raise TooLarge(f"The picture has {count} pixels; at most {MOST_PIXELS:,} are read.")


def _read(image) -> Upload:
    longer, notes = max(image.size), []
    if _frames(image) > 1:
        notes.append("The file holds several pictures; this is the first.")
    image.draft(None, (LARGEST, LARGEST))  # a JPEG of many pixels is decoded smaller at once
    upright = _upright(image)
    if upright is not image:
        notes.append("The camera lay on its side, and said so: the picture is turned upright.")
    smaller = _eight_bits(upright, notes)
    smaller.thumbnail((LARGEST, LARGEST))
    if longer > LARGEST:
        notes.append(f"The picture was made smaller: from {longer} to {LARGEST} pixels on its longer side.")
    return Upload(np.asarray(_on_white(smaller, notes)), tuple(notes))


def _frames(image) -> int:
    with suppress(Exception):  # the rest of the file may be damaged; the first frame need not be
        return image.n_frames
    return 1


def _upright(image):
    """Turn a picture as its metadata ask for; damaged metadata ask for nothing."""
    with suppress(Exception):
        if image.getexif().get(0x0112, 1) != 1:  # the tag "Orientation"
            image.load()
            return ImageOps.exif_transpose(image)
    return image


def _eight_bits(image, notes: list[str]):
    """Return a picture of the mode RGB or RGBA; add to the notes what was done."""
    if image.mode.startswith(("I", "F")):
        notes.append("Its brightness has more than 256 steps; it was brought to 0 … 255.")
        return _levels(np.asarray(image, np.float64), image.mode)
    if image.mode.startswith("CMYK"):
        notes.append("Its colours are those of printing ink (CMYK); they were turned into red, green, blue.")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _levels(values, mode):
    values = np.nan_to_num(values, posinf=0, neginf=0)
    low, high = (0, 65535) if mode.startswith("I;16") else (values.min(), values.max())
    levels = 255 * (values - low) / max(high - low, 1e-300)
    return Image.fromarray(np.rint(levels).astype(np.uint8)).convert("RGB")


def _on_white(image, notes: list[str]):
    if image.mode == "RGB" or image.getextrema()[3][0] == 255:
        return image.convert("RGB")
    notes.append("It is transparent: it was laid on white.")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")

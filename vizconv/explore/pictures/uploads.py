"""Pictures from outside: read what a learner uploads, or say in a sentence why it cannot be read."""

import io
import warnings
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageOps

from vizconv.examples.photographs import LARGEST

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "PPM")  # none that starts other programs
NAMES = "PNG, JPEG, GIF, WebP, BMP, TIFF and PPM"
MOST_PIXELS = 40_000_000  # of a file's header: what it would take in memory, however small the file is
MOST_OF = {"WEBP": 12_500_000}  # its decoder keeps four copies
ON_SHOW = "; how many of them are on show is set by “longer side”"
MOST_READS = 1_000_000  # a header of comments is read byte by byte


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
            image = Image.open(_Read(data), formats=_formats())  # reads the header only
            count, most = image.width * image.height, MOST_OF.get(image.format or "", MOST_PIXELS)
            return _read(image) if count <= most else _refuse(f"{count:,}", most)
        except TooLarge:
            raise
        except Image.DecompressionBombError:
            return _refuse("hundreds of millions of")
        except Exception as error:  # a damaged file makes its reader raise anything
            raise ValueError(f"The file cannot be read as a picture; {NAMES} files can.") from error


class _Read(io.BytesIO):
    """The bytes of a file, which may not be asked for without end."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads > MOST_READS:
            raise ValueError("a file in more pieces than a picture has")
        return super().read(size)


def _formats() -> list[str]:
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]  # a Pillow without one of them would stop


class TooLarge(ValueError):
    """A picture with more pixels than are read; the message is a sentence."""


def _refuse(count: str, most: int = MOST_PIXELS):
    raise TooLarge(f"The picture has {count} pixels; at most {most:,} are read.")


def _read(image) -> Upload:
    longer = max(image.size)
    several = ("The file holds several pictures; this is the first.",) if _frames(image) > 1 else ()
    image.draft(None, (LARGEST, LARGEST))  # a JPEG of many pixels is decoded smaller at once
    upright, turned = _upright(_coarse(image))
    plain, levelled = _eight_bits(upright)
    plain.thumbnail((LARGEST, LARGEST))
    small = f"The picture was made smaller: from {longer} to {LARGEST} pixels on its longer side{ON_SHOW}."
    smaller = (small,) if longer > LARGEST else ()
    opaque, laid = _on_white(plain)
    return Upload(np.asarray(opaque), (*several, *turned, *levelled, *smaller, *laid))


def _frames(image) -> int:
    with suppress(Exception):  # the rest of the file may be damaged; the first frame need not be
        return image.n_frames
    return 1


def _coarse(image):
    """Leave out rows and columns of what is vast, so that the copies that follow need little memory."""
    factor = max(image.size) // (4 * LARGEST)
    if factor < 2:
        return image
    coarse = image.resize([max(1, length // factor) for length in image.size], Image.Resampling.NEAREST)
    with suppress(Exception):
        exif = image.getexif()  # of a TIFF it is read from the file
        coarse.info, coarse.getexif = image.info, lambda: exif
    image.close()
    return coarse


def _upright(image):
    """Return a picture turned as its metadata ask for, and a note; damaged metadata ask for nothing."""
    with suppress(Exception):
        if image.getexif().get(0x0112, 1) != 1:  # the tag "Orientation"
            image.load()
            note = "The camera lay on its side, and said so: the picture is turned upright."
            return ImageOps.exif_transpose(image), (note,)
    return image, ()


def _eight_bits(image):
    """Return a new picture of the mode RGB or RGBA, and notes on what was done."""
    if image.mode.startswith(("I", "F")):
        note = "Its brightness has more than 256 steps; it was brought to 0 … 255."
        return _levels(np.array(image, np.float64), image.mode), (note,)
    plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
    note = "Its colours are those of printing ink (CMYK); they were turned into red, green, blue."
    return plain, (note,) if image.mode.startswith("CMYK") else ()


def _levels(values, mode):
    np.nan_to_num(values, copy=False, posinf=0, neginf=0)
    low, high = (0, 65535) if mode.startswith("I;16") else (values.min(), values.max())
    values -= low
    values *= 255
    values /= max(high - low, 1e-300)
    return Image.fromarray(np.rint(values, out=values).astype(np.uint8)).convert("RGB")


def _on_white(image):
    """Return a picture of the mode RGB, and a note where it was transparent."""
    if image.mode == "RGB" or image.getextrema()[3][0] == 255:
        return image.convert("RGB"), ()
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB"), ("It is transparent: it was laid on white.",)

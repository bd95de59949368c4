"""A picture to point at: pixels on a canvas, a pointer over them, and a frame around the pointer."""

import base64
import io
from pathlib import Path

import numpy as np
import traitlets
from numpy.typing import ArrayLike
from PIL import Image

from vizconv.draw.figures import SIGNED, depth
from vizconv.engine.arrays import largest_of, numbers, own
from vizconv.engine.types import present
from vizconv.stage.modules import script, style
from vizconv.stage.widget import Widget

HERE = Path(__file__).parent

WIDEST = 336  # pixels of the page that a small picture is enlarged to, at most
STILL = 256  # the still of a large picture is made as small as a square with such sides
COLOURS = SIGNED(np.arange(256), bytes=True)[:, :3]
MOST_STEPS = 32_767  # above and below 0, in an int16
MANY = 100_000  # values, of which the page gets no more digits than an int16 has
NOT_A_NUMBER = (128, 128, 128)  # a grey that no signed value has


class Picture(Widget):
    """Show an image that a learner can point at, by mouse, finger or keys.

    image: grey (H, W) or colours (H, W, 3) as uint8; any other numbers are signed values around zero, up
    to `largest` (their own largest size if None): (H, W) in two colours, (H, W, 3) as brightness of red,
    green and blue around a middle grey. `frame` is the (height, width) of a frame around the pointer, or
    None; `widest` how many pixels of the page a small picture may be enlarged to.
    `pointer` is [row, column], empty when nothing is pointed at. `region` is the frame's [top, left,
    height, width], empty without a frame: it follows the pointer, a click holds it, Escape lets go. It stays
    inside the image, unless `windows` says where frames stand: [top, left] of the first, the steps
    [down, right] to the next, and how many there are, [rows, columns]. Then it may stick out.
    Observe pointer and region; assign `image` to show another in its place.
    Raises TypeError or ValueError for what is no image, or a frame that does not fit into it.
    """

    _esm = script(HERE / "picture.js")
    _css = style(HERE / "picture.css")
    label = traitlets.Unicode().tag(sync=True)
    pointer = traitlets.List(traitlets.Int()).tag(sync=True)
    region = traitlets.List(traitlets.Int()).tag(sync=True)
    windows = traitlets.List(traitlets.Int()).tag(sync=True)
    _shown = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        image: ArrayLike,
        label: str = "",
        frame: tuple[int, int] | None = None,
        largest: float | None = None,
        widest: int = WIDEST,
    ):
        if largest is not None and not largest > 0:
            raise ValueError(f"largest is {largest}; a number above 0 or None is expected")
        self._largest, self._widest = largest, widest
        self._image = as_image(image)
        region = [] if frame is None else middle_region(self._image.shape[:2], frame)
        super().__init__(label=label, region=region, _shown=as_message(self._image, largest, widest))

    @property
    def image(self) -> np.ndarray:
        """The image on show, read-only."""
        return self._image

    @image.setter
    def image(self, image: ArrayLike) -> None:
        self._image = as_image(image)
        with self.hold_sync():
            self._shown = as_message(self._image, self._largest, self._widest)
            self.pointer = self.pointer
            self.region = self.region

    @traitlets.validate("pointer")
    def _inside(self, proposal) -> list[int]:
        """Take a pointer that is off the image, as one on an image that is gone, for none."""
        pointer, size = proposal["value"], self._image.shape[:2]
        inside = len(pointer) == 2 and all(0 <= at < side for at, side in zip(pointer, size, strict=True))
        return pointer if inside else []

    @traitlets.validate("region")
    def _within(self, proposal) -> list[int]:
        """Move a region that is not quite where one may be: into the image, or to the nearest window."""
        region = proposal["value"]
        if len(region) not in (0, 4):
            raise traitlets.TraitError(f"region is {region}; [top, left, height, width] is expected")
        if self.windows and region:
            return nearest_window(region, self.windows)
        return within(region, self._image.shape[:2]) if region else region

    @traitlets.validate("windows")
    def _six(self, proposal) -> list[int]:
        windows = proposal["value"]
        if windows and (len(windows) != 6 or min(windows[2:]) < 1):
            raise traitlets.TraitError(
                f"windows is {windows}; [top, left, down, right, rows, columns] is expected, "
                "the last four at least 1"
            )
        return windows

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = present(super()._repr_mimebundle_(**kwargs))
        still = base64.b64encode(as_png(self._image, self._largest)).decode("ascii")
        return {**data, "text/plain": repr(self), "image/png": still}, metadata

    def __repr__(self):
        size = "×".join(map(str, self._image.shape))
        region = f", a frame of {self.region[2]}×{self.region[3]}" if self.region else ""
        return f"Picture({self.label} {size}{region})".replace("( ", "(")


def as_image(image: ArrayLike) -> np.ndarray:
    """Return a read-only image (H, W) or (H, W, 3), of uint8 or of other numbers; raise for anything else."""
    array = numbers(image, "image", (2, 3))
    if array.ndim == 3 and array.shape[2] != 3:
        raise ValueError(
            f"image has shape {array.shape}; grey is expected in shape (H, W), and red, green and blue in "
            "(H, W, 3), as uint8 from 0 to 255 or as signed values"
        )
    return own(image if isinstance(image, np.ndarray) and image.dtype == np.uint8 else array)


def middle_region(size: tuple[int, int], frame: tuple[int, int]) -> list[int]:
    """Return the region of a frame in the middle of an image; raise ValueError when it does not fit."""
    sides = list(frame) if np.shape(frame) == (2,) else []
    whole = all(isinstance(side, int | np.integer) for side in sides)
    if not sides or not whole or not all(1 <= each <= side for each, side in zip(sides, size, strict=True)):
        raise ValueError(
            f"frame is {frame!r}; (height, width) in whole pixels is expected, "
            f"from (1, 1) to the image's {tuple(size)}"
        )
    return [*((side - each) // 2 for each, side in zip(sides, size, strict=True)), *map(int, sides)]


def within(region: list[int], size: tuple[int, int]) -> list[int]:
    """Move a region [top, left, height, width] into an image of this size; cut it where it is larger."""
    sides = [min(max(1, each), side) for each, side in zip(region[2:], size, strict=True)]
    corner = [min(max(0, at), side - each) for at, each, side in zip(region, sides, size, strict=False)]
    return [*corner, *sides]


def nearest_window(region: list[int], windows: list[int]) -> list[int]:
    """Move a region [top, left, height, width] to the nearest of some windows, as a picture has them."""
    first, step, count = np.reshape(windows, (3, 2))
    place = np.floor((region[:2] - first) / step + 0.5).astype(int)  # as the page rounds
    return [*(first + step * np.clip(place, 0, count - 1)).tolist(), *region[2:]]


def as_message(image: np.ndarray, largest: float | None = None, widest: int = WIDEST) -> dict:
    """Turn an image into what the page reads: its size, how much it is enlarged, and its numbers.

    `pixels` are the bytes of grey (H, W) or colours (H, W, 3). Of signed values they are int16 or float32
    (`kind`), in steps of `step`, which the page colours by itself: `largest` is the value of the deepest
    colour, `palette` the 256 colours of a map.
    """
    height, width = image.shape[:2]
    signed = image.dtype != np.uint8
    packed, step = _as_numbers(image) if signed else (image, 1.0)
    return {
        "height": height,
        "width": width,
        "channels": 1 if image.ndim == 2 else 3,
        "kind": str(packed.dtype),
        "step": step,
        "largest": _scale(image, largest),
        "palette": COLOURS.ravel().tolist() if signed else [],
        "scale": enlargement(image.shape, widest),
        "pixels": packed.tobytes(),
    }


def _as_numbers(image: np.ndarray) -> tuple[np.ndarray, float]:
    """Pack signed values into few bytes: int16 where they are whole, or so many that this is exact enough.

    Returns them and the step that they count in.
    """
    largest = _largest(image)
    finite = bool(np.isfinite([image.min(), image.max()]).all())
    if finite and largest <= MOST_STEPS and (image == np.rint(image)).all():
        return image.astype("<i2"), 1.0
    if finite and image.size > MANY:
        step = largest / MOST_STEPS
        return np.rint(image / step).astype("<i2"), step
    with np.errstate(over="ignore"):
        return image.astype("<f4"), 1.0


def _scale(image, largest) -> float:
    if image.dtype == np.uint8:
        return 0.0
    return _largest(image) if largest is None else float(largest)


def _largest(image) -> float:
    """Return the largest finite size, at once where all values are finite."""
    largest = max(float(image.max()), -float(image.min()))
    return largest if np.isfinite(largest) else largest_of([image])


def coloured(image: np.ndarray, largest: float | None = None) -> np.ndarray:
    """Return an image's uint8 pixels; signed values (H, W) become colours (H, W, 3), NaN grey.

    Signed values of three channels become (H, W, 3) with 0 at 128, so that nothing at all is middle grey.
    """
    if image.dtype == np.uint8:
        return image
    deep = depth(image, _scale(image, largest))
    shades = np.minimum(128 * (deep + 1), 255).astype(np.uint8)
    if image.ndim == 3:
        return shades
    colours = COLOURS[shades]
    colours[np.isnan(image)] = NOT_A_NUMBER
    return colours


def enlargement(shape: tuple[int, ...], widest: int = WIDEST) -> float:
    """Return how many pixels of the page a pixel of the image takes across and down: whole ones from 2 on."""
    scale = max(1.0, widest / max(shape[:2]))
    return scale if scale < 2 else int(scale)


def as_png(image: np.ndarray, largest: float | None = None) -> bytes:
    """Draw an image as a PNG of at most about 60 kB: a small one enlarged, a large one made smaller."""
    picture = Image.fromarray(coloured(image, largest))
    scale = int(enlargement(image.shape))
    picture = picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.NEAREST)
    if scale == 1:
        shrink = STILL / (picture.width * picture.height) ** 0.5
        picture.thumbnail((shrink * picture.width, shrink * picture.height))
    if picture.mode == "RGB":
        picture = picture.quantize(256, Image.Quantize.MEDIANCUT)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()

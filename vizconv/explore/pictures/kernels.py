"""Two pictures to point at, and the stage with the one sum under the pointer."""

import io
from typing import Any

import ipywidgets
from numpy.typing import ArrayLike
from PIL import Image, ImageDraw

from vizconv import draw
from vizconv.examples.filters import CLIPPED
from vizconv.explore.explorer import Explorer
from vizconv.explore.pictures import filtering
from vizconv.explore.pictures.filtered import as_picture, filtered, frames, looks_other
from vizconv.explore.pictures.settings import FilterSettings, fits, point, start
from vizconv.explore.turns import in_turn
from vizconv.stage import Picture, Upload
from vizconv.stage.picture import coloured

WIDEST = 240  # pixels of the page that a small picture is enlarged to
BESIDE = 420  # pixels from which the stage stands beside the pictures
STILL = 224  # pixels that a picture's longer side has in the still


def kernels(
    picture: ArrayLike | None = None, kernel: ArrayLike | None = None, **settings: Any
) -> "Magnifier":
    """Explore a kernel on a picture: point at a pixel, and see the sum that made it; type another kernel.

    picture is "photograph", "bright square", "bright disc" or an array (H, W) or (H, W, 3) from 0 to 255;
    kernel the name of a preset (FILTERS), one kernel (n, n) or one a channel (3, n, n), n from 3 to 7.
    Settings: colours (False), side (192, pixels of the longer side), stride, padding ("same", "valid",
    "full"), border ("zeros", "reflect", "repeat"), shown ("clipped", "signed", "absolute"), place (row,
    column of the pixel of y whose sum is on the stage; the middle one).
    Raises TypeError or ValueError for what is no such setting.
    """
    return Magnifier(start(picture, kernel, **settings))


class Magnifier(Explorer):
    """An explorer with the picture and the filtered one: `explorer.x` and `explorer.y` are the Pictures."""

    def __init__(self, settings: FilterSettings):
        self.x = Picture(_input(settings), "x", (1, 1), widest=WIDEST)
        self.y = Picture(_output(settings), "y = x ⋆ w", (1, 1), widest=WIDEST)
        self.upload = Upload("upload a picture", self._uploaded, self._refused)
        self._on_show = settings  # what the pictures show
        super().__init__(filtering.TOPIC, settings)
        for picture in (self.x, self.y):
            picture.observe(self._pointed, "region")
        in_turn([self.x, self.y, self.upload], self._turn)
        *_, row = self.panel.children
        row.children = [*row.children, self.upload]
        for picture in (self.x, self.y):
            picture.layout.flex, picture.layout.min_width = "0 1 auto", "0"
        self.stage.layout.flex = f"1 1 {BESIDE}px"
        self.stage.layout.min_width, self.stage.layout.max_width = "0", "100%"
        side_by_side = {"align_items": "flex-end", "max_width": "100%"}  # above one of them may be two lines
        pictures = ipywidgets.Box([self.x, self.y], layout=side_by_side)
        wrapping = {"align_items": "flex-start", "flex_flow": "row wrap"}
        both = ipywidgets.Box([pictures, self.stage], layout=wrapping)
        self.children = [self.panel, both]

    def _match_beside(self, _, /) -> None:
        """Send the pictures what is new of them, and put their frames where the stage's sum is."""
        settings, before = self.settings, self._on_show
        self._on_show = settings
        fitting = fits(settings)
        with self._deaf(), self.x.hold_sync(), self.y.hold_sync():
            self.y.layout.display = None if fitting else "none"
            if settings.x is not before.x:
                self.x.image = _input(settings)
            if fitting and looks_other(settings, before):
                self.y.image = _output(settings)
            if fitting:
                for picture, frame in zip((self.x, self.y), frames(settings), strict=True):
                    picture.windows, picture.region = frame

    def _pointed(self, change) -> None:
        if self._listening:
            top, left, down, right, *_ = change["owner"].windows
            row, column = change["new"][:2]
            place = (row - top) // down, (column - left) // right
            self.show(point(self.settings, place))

    def _uploaded(self, data: bytes) -> None:
        self.show(filtering.upload(self.settings, data))

    def _refused(self, sentence: str) -> None:
        self.show(filtering.refuse(self.settings, sentence))

    def _still(self) -> bytes:
        return _drawn(self)


def _input(settings):
    return as_picture(settings.x, CLIPPED)


def _output(settings):
    if not fits(settings):
        return _input(settings)  # hidden
    return as_picture(filtered(settings), settings.shown)


def _drawn(explorer: Magnifier) -> bytes:
    """Draw the two pictures with their frames side by side, and the sum below them, as a PNG."""
    pictures = [_framed(picture) for picture in (explorer.x, explorer.y)]
    stage = Image.open(io.BytesIO(draw.png(explorer.stage.scene))).convert("RGB")
    height = max(picture.height for picture in pictures)
    still = Image.new("RGB", (max(2 * STILL + 12, stage.width), height + 12 + stage.height), "white")
    for number, picture in enumerate(pictures):
        still.paste(picture, (number * (STILL + 12), 0))
    still.paste(stage, (0, height + 12))
    buffer = io.BytesIO()
    still.quantize(96, Image.Quantize.MEDIANCUT).save(buffer, "PNG")
    return buffer.getvalue()


def _framed(picture: Picture) -> Image.Image:
    """Draw a picture as large as a still's, its pixels enlarged where it is smaller, and its frame."""
    image = Image.fromarray(coloured(picture.image)).convert("RGB")
    scale = STILL / max(image.size)
    way = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.LANCZOS
    image = image.resize([max(1, round(side * scale)) for side in image.size], way)
    top, left, height, width = (side * scale for side in picture.region)
    for grown, ink in ((1, "white"), (2, "black")):  # two lines, dark and light, show on any pixels
        box = left - grown, top - grown, left + width - 1 + grown, top + height - 1 + grown
        ImageDraw.Draw(image).rectangle(box, outline=ink)
    return image

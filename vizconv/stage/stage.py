"""The stage in Python: a widget that holds one scene and takes the learner's edits."""

import base64
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import traitlets

from vizconv import draw
from vizconv.engine.arrays import NotANumber
from vizconv.engine.types import present
from vizconv.scenes import Scene
from vizconv.stage.message import as_message
from vizconv.stage.modules import script, style
from vizconv.stage.saving import as_page
from vizconv.stage.widget import Widget

HERE = Path(__file__).parent


class Stage(Widget):
    """Show a scene: point, step and edit in the browser, with or without a kernel.

    `stage.scene` is the scene on show, edits included; assign another to change it. `stage.pinned` is the
    cell that the learner holds by a click, {"panel", "cell"}, or empty. `edited` decides what edits
    make: a function (scene, [(panel name, cell, value), ...]) that returns the new scene; by default the
    values are put in and all steps are taken again. An edit of which a rule can make nothing changes nothing.
    `measured` is what is said of the cell that is held, {"of": as in `pinned`, "sentence", "agrees"}; it is
    empty where nothing ever is.
    """

    _esm = script(HERE / "stage.js")
    _css = style(HERE / "stage.css", HERE / "graph.css")
    scene = traitlets.Instance(Scene)
    _scene = traitlets.Dict().tag(sync=True)
    edit = traitlets.Dict().tag(sync=True)  # {serial, changes: [{panel, cell, value}]}, from the page
    pinned = traitlets.Dict().tag(sync=True)  # {panel, cell}, the cell that a click holds; from the page
    measured = traitlets.Dict().tag(sync=True)
    code = traitlets.Unicode().tag(sync=True)

    def __init__(self, scene: Scene, edited: Callable[..., Scene] | None = None):
        self._edited = edited or _put_in
        self._serial = 0
        super().__init__(scene=scene)

    @traitlets.observe("scene")
    def _show(self, _=None) -> None:
        with self.hold_sync():
            self.code = self.scene.code
            self._scene = as_message(self.scene, self._serial)

    @traitlets.observe("edit")
    def _take_edit(self, change) -> None:
        message, scene = change["new"], self.scene
        if type(message.get("serial")) is int:
            self._serial = message["serial"]
        changes = message.get("changes")
        told = [each for each in changes if _is_edit_of(scene, each)] if isinstance(changes, list) else []
        scene = self._after(scene, [(each["panel"], each["cell"], each["value"]) for each in told])
        if scene is self.scene:
            self._show()  # the page has put a value in already, and waits for an answer
        self.scene = scene

    def _after(self, scene: Scene, edits: list[tuple[str, int, float]]) -> Scene:
        """Make all edits at once, or one after the other, without those of which a rule can make nothing."""
        try:
            return self._edited(scene, edits) if edits else scene
        except NotANumber:
            for edit in edits if len(edits) > 1 else ():
                scene = self._after(scene, [edit])
            return scene

    def save(self, path: str | Path) -> None:
        """Write the scene to a file: .html is a page that stays alive, .svg and .png are stills, .gif steps.

        Raises ValueError for another ending.
        """
        if Path(path).suffix.lower() == ".html":
            Path(path).write_text(as_page(self.scene), encoding="utf-8")
        else:
            draw.save(self.scene, path)

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = present(super()._repr_mimebundle_(**kwargs))
        return with_still(data, draw.png(self.scene), repr(self)), metadata

    def __repr__(self):
        signs = [f"{panel.sign} {panel!r}".strip() for panel in self.scene.placed]
        return f"Stage({' '.join(signs)})"


def _put_in(scene: Scene, edits: list[tuple[str, int, float]]) -> Scene:
    for edit in edits:
        scene = scene.edited(*edit)
    return scene


def with_still(data: dict, still: bytes, text: str) -> dict:
    """Add a one-line text and a PNG to a display bundle."""
    return {**data, "text/plain": text, "image/png": base64.b64encode(still).decode("ascii")}


def _is_edit_of(scene: Scene, edit: Any) -> bool:
    """Say whether a message from the page names a cell of this scene that may be edited, and a number."""
    if not isinstance(edit, dict):
        return False
    cell, value = edit.get("cell"), edit.get("value")
    named = [panel for panel in scene.panels if panel.name == edit.get("panel") and panel.editable]
    if not named or type(cell) is not int or (type(value) is not int and type(value) is not float):
        return False
    inside = 0 <= cell < named[0].values.size
    return inside and abs(value) <= sys.float_info.max and named[0].holds_number(cell)

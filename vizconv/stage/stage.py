"""The stage in Python: a widget that holds one scene and takes the learner's edits."""

import base64
import sys
from collections.abc import Callable
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from vizconv.draw import png
from vizconv.scenes import PADDING, Scene

HERE = Path(__file__).parent


class Stage(anywidget.AnyWidget):
    """Show a scene: point, step and edit in the browser, with or without a kernel.

    `stage.scene` is the scene on show, edits included; assign another to change it. `edited` decides
    what an edit makes: a function (scene, panel name, cell, value) that returns the new scene; by
    default the value is put in and all sums are made again.
    """

    _esm = HERE / "stage.js"
    _css = HERE / "stage.css"
    scene = traitlets.Instance(Scene)
    _scene = traitlets.Dict().tag(sync=True)
    edit = traitlets.Dict().tag(sync=True)  # {serial, changes: [{panel, cell, value}]}, from the page
    code = traitlets.Unicode().tag(sync=True)

    def __init__(self, scene: Scene, edited: Callable[..., Scene] = Scene.edited):
        self._edited = edited
        self._serial = 0
        super().__init__(scene=scene)

    @traitlets.observe("scene")
    def _show(self, change=None) -> None:
        with self.hold_sync():
            self.code = self.scene.code
            self._scene = as_message(self.scene, self._serial)

    @traitlets.observe("edit")
    def _take_edit(self, change) -> None:
        message, scene = change["new"], self.scene
        if type(message.get("serial")) is int:
            self._serial = message["serial"]
        changes = message.get("changes")
        for edit in changes if isinstance(changes, list) else ():
            if _is_edit_of(scene, edit):
                scene = self._edited(scene, edit["panel"], edit["cell"], edit["value"])
        if scene is self.scene:
            self._show()  # the page has put a value in already, and waits for an answer
        self.scene = scene

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return with_still(data, self, repr(self)), metadata

    def __repr__(self):
        signs = [f"{panel.sign} {panel!r}".strip() for panel in self.scene.panels]
        return f"Stage({' '.join(signs)})"


def with_still(data: dict, stage: Stage, text: str) -> dict:
    """Add a one-line text and a PNG of the stage's scene to a display bundle."""
    still = base64.b64encode(png(stage.scene)).decode("ascii")
    return {**data, "text/plain": text, "image/png": still}


def as_message(scene: Scene, serial: int = 0) -> dict:
    """Turn a scene into what the page reads: numbers as float64, indices as uint16 or uint32 buffers."""
    return {
        "serial": serial,
        "panels": [_panel_message(panel) for panel in scene.panels],
        "terms": [_terms_message(name, terms) for name, terms in scene.terms.items()],
        "readings": [dict(vars(reading)) for reading in scene.readings],
        "walk": scene.walk,
        "notes": list(scene.notes),
    }


def _panel_message(panel) -> dict:
    names = ("name", "label", "subscript", "superscript", "sign", "editable")
    return {
        **{name: getattr(panel, name) for name in names},
        "place": list(panel.place),
        "shape": list(panel.shape),
        "origin": list(panel.origin),
        "values": panel.values.astype("<f8").tobytes(),
        "kinds": panel.kinds.tobytes(),
    }


def _terms_message(name, terms) -> dict:
    wide = any(getattr(terms, role).dtype == np.uint32 for role in terms.roles)
    kind = "<u4" if wide else "<u2"
    indices = {role: getattr(terms, role).astype(kind).tobytes() for role in terms.roles}
    return {"name": name, "wide": wide, **indices}


def _is_edit_of(scene: Scene, edit: dict) -> bool:
    """Say whether a message from the page names a cell of this scene that may be edited, and a number."""
    if not isinstance(edit, dict):
        return False
    cell, value = edit.get("cell"), edit.get("value")
    named = [panel for panel in scene.panels if panel.name == edit.get("panel") and panel.editable]
    if not named or type(cell) is not int or type(value) not in (int, float):
        return False
    inside = 0 <= cell < named[0].values.size
    return inside and abs(value) <= sys.float_info.max and not named[0].kinds.flat[cell] & PADDING

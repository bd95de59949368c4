"""The network stage in Python: a widget of a whole network's scene that takes the learner's changes."""

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import traitlets

from vizconv.datasets import Digits
from vizconv.draw.layers import layers_png
from vizconv.engine.arrays import NotANumber
from vizconv.engine.types import present
from vizconv.scenes import Panel, Scene, objectives
from vizconv.scenes.networks.network import gradients
from vizconv.stage.message import as_network_message
from vizconv.stage.modules import script, style
from vizconv.stage.saving import as_json, packed, written_page
from vizconv.stage.stage import Stage, with_still

HERE = Path(__file__).parent
Changes = Mapping[str, list[tuple[int, float]]]


class NetworkStage(Stage):
    """Show a whole network's scene: point, follow, draw and edit in the browser, with or without a kernel.

    `taken(changes, of)` says what a learner's changes make: `changes` maps a panel's name to the cells that
    were changed since Python last sent the network, [(cell, value), ...], and `of` says whose gradients are
    on show, ("loss" | "score" | "probability", class). It returns the new scene. `digits` are pictures to
    choose from, where the network takes pictures of their size.
    """

    _esm = script(HERE / "network.js")
    _css = style(HERE / "stage.css", HERE / "network.css")
    _network = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        scene: Scene,
        taken: Callable[[Changes, tuple[str, int]], Scene],
        digits: Digits | None = None,
        of: tuple[str, int] = ("loss", 0),
    ):
        self._taken, self._digits, self._of, self._base, self._hears = taken, digits, of, 0, False
        super().__init__(scene)

    @traitlets.observe("scene")
    def _show(self, _=None) -> None:
        if not self._hears:  # what the page says it has already
            self._base += 1
            self._ink = max(1.0, float(self._first().values.max()))
            with self.hold_sync():
                self.edit = {}
                self._network = self._message()

    def _message(self) -> dict:
        first = self._first()
        fits = self._digits and first.editable and self._digits.images.shape[1:] == first.shape[1:]
        return _state_of(self.scene, self._base, self._digits if fits else None, self._of, self._ink)

    def _first(self) -> Panel:
        """The panel of what comes in: x, or what the layer before a section has made."""
        return self.scene.panel(layers_of(self.scene)[0])

    @traitlets.observe("edit")
    def _take_edit(self, change) -> None:
        heard = _read_edit(self.scene, change["new"])
        if heard is None or change["new"].get("base") != self._base:
            return
        self._hears = True
        try:
            with suppress(NotANumber):  # a rule can make nothing of it
                self.scene = self._taken(*heard)
                self._of = heard[1]
        finally:
            self._hears = False

    def aim(self, of: tuple[str, int]) -> None:
        """Let the next scene's gradients be those of ("loss", 0), ("score", k) or ("probability", k)."""
        self._of = of

    def save(self, path: str | Path) -> None:
        """Write the network to a file: .html is a page that stays alive, .png is a still.

        Raises ValueError for another ending.
        """
        ending = Path(path).suffix.lower()
        if ending not in (".html", ".png"):
            raise ValueError(f"path ends in {ending!r}; .html or .png is expected")
        if ending == ".html":
            Path(path).write_text(self._page(), encoding="utf-8")
        else:
            Path(path).write_bytes(self.still())

    def still(self) -> bytes:
        """Draw the layers as a PNG, for where nothing runs."""
        return layers_png({name: self.scene.panel(name).values for name in [*layers_of(self.scene), "p"]})

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = present(super(Stage, self)._repr_mimebundle_(**kwargs))
        return with_still(data, self.still(), repr(self)), metadata

    def _page(self) -> str:
        looks = style(HERE / "stage.css", HERE / "network.css")
        state = {"packed": packed(as_json(self._message()))}
        return written_page(repr(self), looks, script(HERE / "network.js"), state)

    def __repr__(self):
        return f"NetworkStage({', '.join(layers_of(self.scene))})"


def _state_of(scene: Scene, base: int, digits: Digits | None, of: tuple[str, int], ink: float) -> dict:
    """Turn the scene of a network into what the page reads, with its layers and the digits to choose from.

    `ink` is the largest number of a drawn or chosen picture.
    """
    kind, k = of
    return {
        "base": base,
        "scene": as_network_message(scene),
        "layers": layers_of(scene),
        "scores": layers_of(scene)[-1] if objectives(scene) else None,
        "gradients": gradients(scene),
        "of": {"loss": True} if kind == "loss" else {kind: k},
        "digits": digits
        and {"images": digits.images.tobytes(), "labels": digits.labels.tolist()}
        | dict(zip(("rows", "columns"), digits.images.shape[1:], strict=True)),
        "ink": ink,
    }


def layers_of(scene: Scene) -> list[str]:
    """Name what comes in, such as x, and every layer up to the scores.

    They are what stands first in each column before that of p.
    """
    first = [panel.name for panel in scene.placed if panel.place is not None and panel.place[0] == 0]
    return first[: first.index("p")]


# ---- What the page says ------------------------------------------------------------------------------------


def _read_edit(scene: Scene, message: Any) -> tuple[Changes, tuple[str, int]] | None:
    """Read the changes that a page reports; None for what no page of this network could say."""
    changes, of = message.get("changes"), message.get("of")
    if not isinstance(changes, dict) or not isinstance(of, dict) or len(of) != 1:
        return None
    known = {panel.name: panel for panel in scene.panels if panel.editable or panel.name == "t"}
    read = {}
    for name, cells in changes.items():
        if name not in known or not _are_cells(cells, known[name].values.size):
            return None
        read[name] = [(cell, float(value)) for cell, value in cells]
    ((kind, k),) = of.items()
    classes = scene.panel("t").values.size
    if kind != "loss" and not (kind in ("score", "probability") and _is_cell(k, classes)):
        return None
    return read, (kind, 0 if kind == "loss" else k)


def _are_cells(cells: Any, size: int) -> bool:
    return isinstance(cells, list) and all(
        isinstance(each, list) and len(each) == 2 and _is_cell(each[0], size) and _is_number(each[1])
        for each in cells
    )


def _is_cell(cell: Any, size: int) -> bool:
    return type(cell) is int and 0 <= cell < size


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)

"""What all explorers share: controls that change settings, settings that make a scene, one stage.

An explorer's own part is pure: settings are a frozen record, `change(settings, name, value)` and
`edit(settings, scene, panel, cell, value)` return other settings, `scene_of(settings)` returns the scene.
"""

from collections.abc import Callable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html import escape
from typing import Any

import ipywidgets
import numpy as np

from vizconv import draw
from vizconv.draw.figures import one_beside_the_other
from vizconv.engine.gradient_check import GradientCheck
from vizconv.explore.slope import cell_of, finite_difference
from vizconv.scenes import Scene
from vizconv.stage.stage import Stage, with_still


@dataclass(frozen=True)
class Topic:
    """The pure part of an explorer: how settings change, what they show, and what the controls say.

    `values(settings)` gives every control's value by name, `hidden(settings)` the names of controls
    that mean nothing now. `presses` are buttons: a name, and what settings it makes of the present ones.
    `gradients` maps a panel of gradients to the panel whose numbers they belong to, such as {"dx": "x"};
    they are gradients of the one number in the panel `cost`. `jacobians` maps a matrix of slopes to the
    panels of its rows and columns, such as {"J": ("y", "x")}. `nudged(settings, scene, panel, cell, value)`
    returns a scene in which such a number is moved, with all that follows from it forwards; by default what
    an edit makes.
    """

    name: str
    scene_of: Callable[[Any], Scene]
    change: Callable[[Any, str, Any], Any]
    edit: Callable[[Any, Scene, str, int, float], Any]
    values: Callable[[Any], dict[str, Any]]
    hidden: Callable[[Any], set[str]] = lambda settings: set()
    presses: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    gradients: Mapping[str, str] = field(default_factory=dict)
    cost: str = "L"
    jacobians: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    nudged: Callable[..., Scene] | None = None


@dataclass(frozen=True)
class Beside:
    """A widget beside a stage; `traits_of(settings, scene)` says what it shows, by the names of traits.

    `room` is how many pixels the stage needs to stand beside it; in less, the widget goes below.
    """

    widget: ipywidgets.DOMWidget
    traits_of: Callable[[Any, Scene], dict[str, Any]]
    room: int = 460

    def show(self, settings, scene: Scene) -> None:
        """Show what belongs to these settings."""
        with self.widget.hold_trait_notifications(), self.widget.hold_sync():
            for name, value in self.traits_of(settings, scene).items():
                setattr(self.widget, name, value)


class Explorer(ipywidgets.VBox):
    """Controls around a stage. `explorer.settings` are the present ones, `explorer.stage` the stage.

    With a topic that names gradients, a gradient that a learner holds on the stage (by a click) is compared
    with a finite difference below it; `explorer.finite_difference("dx", 1, 2)` does the same in a line.
    """

    def __init__(self, topic: Topic, settings, controls: dict[str, ipywidgets.Widget], beside=None):
        self.topic, self.settings, self._start = topic, settings, settings
        self.controls, self.beside, self._listening = controls, beside, True
        self.stage = Stage(topic.scene_of(settings), edited=self._edited)
        self.measured = ipywidgets.HTML()
        for name, control in controls.items():
            control.observe(lambda change, name=name: self._changed(name, change["new"]), "value")
        self.buttons = {name: self._button(name, press) for name, press in topic.presses.items()}
        self.buttons["reset"] = self._button("reset", lambda _: self._start, "back to the first settings")
        self.stage.observe(lambda _: self._measure(), ["pinned", "scene"])
        layout = ipywidgets.Layout(flex_flow="row wrap", align_items="center")
        box = ipywidgets.Box([*controls.values(), *self.buttons.values()], layout=layout)
        super().__init__([box, self._shown(), *([self.measured] if topic.gradients else [])])
        self._match_controls()
        self._match_beside(self.stage.scene)

    def show(self, settings) -> None:
        """Take other settings, and show their scene."""
        scene = self.topic.scene_of(settings)
        self.settings = settings
        self._match_controls()
        self.stage.scene = scene
        self._match_beside(scene)

    def finite_difference(self, name: str, *index: int) -> GradientCheck:
        """Compare one gradient on the stage with the slope that a small move of its number measures.

        `name` is a panel of gradients or a Jacobian, such as "dx", `index` one of its cells, as the stage
        writes it. Every cost is worked out anew, forwards only. Raises ValueError for another panel,
        IndexError for a cell that is not there.
        """
        known = self._slopes()
        if name not in known:
            named = " or ".join(map(repr, known)) or "none"
            raise ValueError(f"name is {name!r}; a gradient on this stage is expected: {named}")
        return self._compared(name, cell_of(self.stage.scene.panel(name), index))

    def _button(self, name, press, tooltip=""):
        button = ipywidgets.Button(description=name, tooltip=tooltip)
        button.on_click(lambda _: self.show(press(self.settings)))
        return button

    def _shown(self):
        """Set the stage and what is beside it next to each other, or below where the window is narrow."""
        if self.beside is None:
            return self.stage
        self.stage.layout.flex = f"1 1 {self.beside.room}px"
        self.beside.widget.layout.flex = "0 1 340px"
        layout = ipywidgets.Layout(flex_flow="row wrap", align_items="flex-start")
        return ipywidgets.Box([self.stage, self.beside.widget], layout=layout)

    def _changed(self, name, value):
        if self._listening:
            self.show(self.topic.change(self.settings, name, value))

    def _edited(self, scene, panel, cell, value):
        settings = self.topic.edit(self.settings, scene, panel, cell, value)
        scene = self.topic.scene_of(settings)
        self.settings = settings
        self._match_controls()
        self._match_beside(scene)
        return scene

    def _match_beside(self, scene):
        if self.beside is not None:
            self.beside.show(self.settings, scene)

    def _measure(self):
        """Compare the gradient that is held on the stage with a finite difference, if one is."""
        name, cell = self.stage.pinned.get("panel"), self.stage.pinned.get("cell")
        said = ""
        if name in self._slopes():
            with suppress(IndexError, TypeError, ValueError):  # padding, or a cell that another scene had
                said = repr(self._compared(name, cell))
        self.measured.value = escape(said)

    def _compared(self, name, cell) -> GradientCheck:
        topic, scene, settings = self.topic, self.stage.scene, self.settings
        (of, place), (out, row) = self._moved_and_measured(name, cell)

        def measured(value):
            if topic.nudged is not None:
                nudged = topic.nudged(settings, scene, of, place, value)
            else:
                nudged = topic.scene_of(topic.edit(settings, scene, of, place, value))
            return float(nudged.panel(out).values.flat[row])

        value = float(scene.panel(of).values.flat[place])
        return finite_difference(scene.panel(name), cell, value, measured)

    def _moved_and_measured(self, name, cell):
        """Say which cell is to be moved for a slope, and which is to be measured, as (panel, cell) each."""
        scene = self.stage.scene
        if name in self.topic.gradients:
            of = self.topic.gradients[name]
            moved = of, cell_of(scene.panel(of), scene.panel(name).index_of(cell))
            return moved, (self.topic.cost, 0)
        out, of = self.topic.jacobians[name]
        row, column = map(int, np.unravel_index(cell, scene.panel(name).shape))
        if not scene.panel(of).holds_number(column):
            raise IndexError(f"column {column} of {name} belongs to a padding cell, which cannot be moved")
        return (of, column), (out, row)

    def _slopes(self) -> list[str]:
        """Name the panels of slopes on the stage, as far as what they are slopes of is there, too."""
        shown = {panel.name for panel in self.stage.scene.panels}
        gradients = [name for name, of in self.topic.gradients.items() if {name, of} <= shown]
        return gradients + [name for name, pair in self.topic.jacobians.items() if {name, *pair} <= shown]

    def _match_controls(self):
        hidden = self.topic.hidden(self.settings)
        with self._deaf():
            for name, value in self.topic.values(self.settings).items():
                self.controls[name].value = value
                self.controls[name].layout.display = "none" if name in hidden else None

    @contextmanager
    def _deaf(self):
        before, self._listening = self._listening, False
        try:
            yield
        finally:
            self._listening = before

    def _repr_mimebundle_(self, **kwargs):
        return with_still(super()._repr_mimebundle_(**kwargs), self._still(), repr(self))

    def _still(self) -> bytes:
        stage = draw.png(self.stage.scene)
        chart = getattr(self.beside and self.beside.widget, "still", None)
        return one_beside_the_other(stage, chart()) if chart else stage

    def __repr__(self):
        return f"Explorer({self.topic.name}: {self.stage.scene!r})"


def as_sentence(error: Exception) -> str:
    """Return an error's words as a sentence for the stage: a capital first, a full stop at the end."""
    words = str(error)
    return f"{words[:1].upper()}{words[1:]}."

"""An explorer: declared controls around one stage, and what may stand beside it."""

import sys
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from numbers import Real
from pathlib import Path
from threading import RLock
from typing import Any, Generic

import ipywidgets
import numpy as np

from vizconv import draw
from vizconv.draw.figures import one_beside_the_other
from vizconv.engine.arrays import own
from vizconv.engine.geometry import whole
from vizconv.engine.gradient_check import GradientCheck
from vizconv.engine.types import present
from vizconv.explore.controls import parts
from vizconv.explore.slope import cell_of, finite_difference
from vizconv.explore.topic import Settings, Topic
from vizconv.explore.turns import in_turn
from vizconv.explore.widgets import arranged, match, widgets_of
from vizconv.scenes import Panel, Scene
from vizconv.stage.lasting import Lasting
from vizconv.stage.stage import Stage, with_still


@dataclass(frozen=True)
class Beside:
    """A widget beside a stage; `traits_of(settings, scene)` says what it shows, by the names of traits.

    `room` is how many pixels the stage needs to stand beside it; in less, the widget goes below. Of a chart
    whose first point can be dragged, `dragged(settings)` names the control that it stands for.
    """

    widget: ipywidgets.DOMWidget
    traits_of: Callable[[Any, Scene], dict[str, Any]]
    room: int = 560
    dragged: Callable[[Any], str] | None = None

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is not drawn
    def show(self, settings: Any, scene: Scene, **more: Any) -> None:
        """Show what belongs to these settings, and more traits."""
        with self.widget.hold_trait_notifications(), self.widget.hold_sync():
            for name, value in {**self.traits_of(settings, scene), **more}.items():
                setattr(self.widget, name, value)


class Explorer(Lasting, ipywidgets.VBox, Generic[Settings]):
    """Controls around a stage. `explorer.settings` are the present ones, `explorer.stage` the stage.

    With a topic that names gradients, a gradient that a learner holds on the stage (by a click) is compared
    with a finite difference right below its formula; `explorer.finite_difference("dx", 1, 2)` does the same
    in a line.
    """

    def __init__(self, topic: Topic[Settings], settings: Settings, beside: Beside | None = None):
        settings = read_only(settings)
        self.topic, self.beside, self._settings, self._start = topic, beside, settings, settings
        self._listening, self._turn = True, RLock()
        self.controls = widgets_of(topic, settings)
        scene = topic.scene(settings)
        self.stage = self._stage_of(scene)
        for name, control in self.controls.items():
            control.observe(lambda change, name=name: self._changed(name, change["new"]), "value")
        self.buttons = {name: self._button(name, press) for name, press in topic.presses.items()}
        self.buttons["reset"] = self._button("reset", lambda _: self._start, "back to the first settings")
        self.stage.observe(lambda _: self._measure(), ["pinned", "scene"])
        if beside and beside.dragged:
            beside.widget.observe(lambda change: self._dragged(change["new"].get("x")), "dragged")
        self.panel = arranged(topic, settings, self.controls, self.buttons.values())
        self._measure()
        super().__init__([self.panel, self._side_by_side()])
        in_turn([*self.controls.values(), *self.buttons.values(), self.stage], self._turn)
        self._follow(scene)

    @property
    def settings(self) -> Settings:
        """The present settings, a frozen record; `show` takes others."""
        return self._settings

    def show(self, settings: Settings) -> None:
        """Take other settings, and show their scene."""
        with self._turn:
            self.stage.scene = self._take(settings)

    def edit(self, panel: str, index: int | tuple[int, ...], value: float) -> None:
        """Type a value into a cell: `index` as the stage writes it, (1, 2) of x[1,2], or counted row by row.

        Raises ValueError for a panel that is not there or not for typing, or a value that is not finite,
        TypeError for what is no number, IndexError for a cell that is not there or is padding.
        """
        target = _editable(self.stage.scene, panel)
        cell = cell_of(target, index if isinstance(index, tuple | list) else _index_at(target, index))
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError(f"value is {value!r}; a number is expected")
        if not -sys.float_info.max <= value <= sys.float_info.max:
            raise ValueError(f"value is {value}; a finite number is expected")
        with self._turn:
            self.show(self.topic.typed(self.settings, self.stage.scene, panel, cell, value))

    def save(self, path: str | Path) -> None:
        """Write what is on the stage to a file: .html stays alive, .svg and .png are stills, .gif steps.

        Raises ValueError for another ending.
        """
        if Path(path).suffix.lower() == ".png":
            Path(path).write_bytes(self._still())
        else:
            self.stage.save(path)

    def finite_difference(self, name: str, *index: int) -> GradientCheck:
        """Compare one gradient on the stage with the slope that a small move of its number measures.

        `name` is a panel of gradients or a Jacobian, such as "dx", `index` one of its cells, as the stage
        writes it. Every cost is worked out anew. Raises ValueError for another panel,
        IndexError for a cell that is not there.
        """
        known = self.slopes()
        if name not in known:
            named = " or ".join(map(repr, known)) or "none"
            raise ValueError(f"name is {name!r}; a gradient on this stage is expected: {named}")
        return self._compared(name, cell_of(self.stage.scene.panel(name), index))

    def slopes(self) -> list[str]:
        """Name the panels of slopes on the stage, as far as what they are slopes of takes part, too."""
        scene, topic = self.stage.scene, self.topic
        shown, present = ({panel.name for panel in panels} for panels in (scene.placed, scene.panels))
        slopes = {**{name: (of,) for name, of in topic.gradients.items()}, **topic.jacobians}
        return [name for name, of in slopes.items() if name in shown and present.issuperset(of)]

    # ---- What controls, buttons and the stage say --------------------------------------------------------

    def _stage_of(self, scene: Scene) -> Stage:
        return Stage(scene, edited=self._edited)

    def _changed(self, name, value):
        if self._listening:
            self.show(self.topic.change(self.settings, name, value))

    def _dragged(self, x):
        """Set what a chart's point stands for to the step nearest to where it was dragged."""
        name, reach = self._drag()
        if reach and type(x) in (int, float):
            at = round(min(max(x, reach["least"]), reach["most"]) / reach["step"]) * reach["step"]
            self._changed(name, at)

    def _drag(self) -> tuple[str, dict[str, Any]]:
        """Name the control that the chart's point stands for, and say how it can be moved."""
        dragged = present(present(self.beside).dragged)
        name = dragged(self.settings)
        return name, parts(self.topic.controls, self.settings)[name].reach(self.settings)

    def _button(self, name, press, tooltip=""):
        button = ipywidgets.Button(description=name, tooltip=tooltip, layout={"width": "auto"})
        button.on_click(lambda _: self.show(press(self.settings)))
        return button

    def _edited(self, scene, edits):
        settings = self.settings
        for panel, cell, value in edits:
            settings = self.topic.typed(settings, scene, panel, cell, value)
        return self._take(settings)

    def _take(self, settings) -> Scene:
        """Take other settings; let all but the stage follow, and return the stage's scene.

        Where a control cannot say such settings, those from before stay.
        """
        settings, before = read_only(settings), self._settings
        scene = self.topic.scene(settings)
        self._settings = settings
        try:
            self._follow(scene)
        except Exception:
            self._settings = before
            self._follow(self.topic.scene(before))
            raise
        return scene

    def _follow(self, scene: Scene) -> None:
        """Let the controls, and what is beside the stage, say what the settings are."""
        with self._deaf():
            match(self.topic, self.settings, self.controls)
        self._match_beside(scene)

    def _match_beside(self, scene: Scene, /) -> None:
        if self.beside is not None:
            drag = {} if self.beside.dragged is None else {"drag": self._drag()[1]}
            self.beside.show(self.settings, scene, **drag)

    @contextmanager
    def _deaf(self):
        before, self._listening = self._listening, False
        try:
            yield
        finally:
            self._listening = before

    # ---- What gradients are compared with ----------------------------------------------------------------

    def _measure(self):
        """Compare the gradient that is held on the stage with a finite difference, if one is."""
        slopes, held, said = self.slopes(), self.stage.pinned, None
        if not slopes:
            self.stage.measured = {}
            return
        if held.get("panel") in slopes:
            with suppress(IndexError, TypeError, ValueError):  # padding, or a cell that another scene had
                said = self._compared(held["panel"], held.get("cell"))
        sentence, agrees = (repr(said), said.agrees) if said else ("", None)
        self.stage.measured = {"of": held, "sentence": sentence, "agrees": agrees}

    def _compared(self, name, cell) -> GradientCheck:
        topic, scene, settings = self.topic, self.stage.scene, self.settings
        (of, place), (out, row) = self._moved_and_measured(name, cell)

        def measured(value):
            return float(topic.moved(settings, scene, of, place, value).panel(out).values.flat[row])

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

    # ---- How it shows itself -----------------------------------------------------------------------------

    def _side_by_side(self):
        """Set the stage and what is beside it next to each other, or below where the window is narrow."""
        if self.beside is None:
            return self.stage
        self.stage.layout.flex = f"1 1 {self.beside.room}px"
        self.beside.widget.layout.flex = "0 1 340px"
        for widget in (self.stage, self.beside.widget):
            widget.layout.min_width, widget.layout.max_width = "0", "100%"
        layout = ipywidgets.Layout(flex_flow="row wrap", align_items="flex-start")
        return ipywidgets.Box([self.stage, self.beside.widget], layout=layout)

    def _repr_mimebundle_(self, **kwargs):
        return with_still(present(super()._repr_mimebundle_(**kwargs)), self._still(), repr(self))

    def _still(self) -> bytes:
        stage = draw.png(self.stage.scene)
        chart = getattr(self.beside and self.beside.widget, "still", None)
        return one_beside_the_other(stage, chart()) if chart else stage

    def __repr__(self):
        return f"Explorer({self.topic.name}: {self.stage.scene!r})"


def _editable(scene: Scene, name: str) -> Panel:
    named = {panel.name: panel for panel in scene.placed if panel.editable}
    if name not in named:
        typed = " or ".join(map(repr, named)) or "none"
        raise ValueError(f"panel is {name!r}; one that can be typed into is expected: {typed}")
    return named[name]


def read_only(settings: Any) -> Any:
    """Return settings whose arrays nobody can change: a copy of those that somebody could."""
    arrays = {name: value for name, value in vars(settings).items() if isinstance(value, np.ndarray)}
    return replace(settings, **{name: own(value) for name, value in arrays.items()}) if arrays else settings


def _index_at(panel: Panel, cell: int) -> tuple[int, ...]:
    if not 0 <= whole(cell, "index", -sys.maxsize) < panel.values.size:
        raise IndexError(f"{panel.title} has no cell {cell}; it has {panel.values.size}, counted from 0")
    return panel.index_of(cell)

"""A topic: the pure part of an explorer, from declared controls and settings to a scene."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from vizconv.engine.geometry import DoesNotFit, Way
from vizconv.explore.chosen import Chosen
from vizconv.explore.controls import Control, Slider, parts
from vizconv.scenes import Panel, Scene, put_at
from vizconv.scenes.scales import WEIGHTS

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Settings = TypeVar("Settings", bound="DataclassInstance")


@dataclass(frozen=True, kw_only=True)
class Topic(Generic[Settings]):
    """What an explorer is about. Settings are a frozen record with a field for every control.

    scene_of(settings): the scene, or a ValueError that says why there is none; inputs(settings): the panels
    that stay on show then, editable as ever.
    rules: for a control, how settings take its new value, where putting it into the field is not all;
    settle(settings): the rules between fields, after every change.
    fields: the settings' field that holds a panel's numbers, where it is not named like the panel; edit: what
    settings a value makes that a learner types, where putting it into that field is not all.
    presses: buttons, a name and what settings it makes of the present ones.
    gradients: a panel of gradients and the panel whose numbers they belong to, such as {"dx": "x"}; they are
    gradients of the one number in the panel `cost`. jacobians: a matrix of slopes and the panels of its rows
    and columns, such as {"J": ("y", "x")}. nudged: a scene in which such a number is moved, with all that
    follows from it forwards; by default what an edit makes. `edit` and `nudged` take (settings, scene, panel
    name, cell in row-major order, value).
    """

    name: str
    controls: tuple[Control, ...]
    scene_of: Callable[[Settings], Scene]
    inputs: Callable[[Settings], tuple[Panel, ...]] = lambda settings: ()
    rules: Mapping[str, Callable[[Settings, Any], Settings]] = field(default_factory=dict)
    settle: Callable[[Settings], Settings] = lambda settings: settings
    fields: Mapping[str, str] = field(default_factory=dict)
    edit: Callable[[Settings, Scene, str, int, float], Settings] | None = None
    presses: Mapping[str, Callable[[Settings], Settings]] = field(default_factory=dict)
    gradients: Mapping[str, str] = field(default_factory=dict)
    cost: str = "L"
    jacobians: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    nudged: Callable[[Settings, Scene, str, int, float], Scene] | None = None

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is infinite is shown
    def scene(self, settings: Settings) -> Scene:
        """Return the scene of the settings, or the inputs and the sentence that says why there is none."""
        try:
            return self.scene_of(settings)
        except ValueError as error:
            known = error.among(self._offers) if isinstance(error, DoesNotFit) else error
            notes = (*getattr(settings, "notes", ()), refusal(as_sentence(known)))
            return Scene(self.inputs(settings), notes=notes)

    def _offers(self, way: Way) -> bool:
        """Say whether a control can go this way; a learner types kernels, too."""
        ends = {control.name: control.most for control in self.controls if isinstance(control, Slider)}
        return way.setting == "kernel_size" or way.number <= ends.get(way.setting, -1)

    def change(self, settings: Settings, part: str, value: Any) -> Settings:
        """Return the settings after a widget was set to a value."""
        control = parts(self.controls, settings)[part]
        name, taken = control.sets, control.taken(settings, part, value)
        if taken == control.present(settings):
            return settings
        rule = self.rules.get(name)
        return self.settle(rule(settings, taken) if rule else replace(settings, **{name: taken}))

    def typed(self, settings: Settings, scene: Scene, panel: str, cell: int, value: float) -> Settings:
        """Return the settings after a learner typed a value into a panel's cell, in row-major order."""
        if self.edit is not None:
            return self.settle(self.edit(settings, scene, panel, cell, value))
        name, index = self.fields.get(panel, panel), scene.panel(panel).index_of(cell)
        before = getattr(settings, name)
        after = before.typed(index, value) if isinstance(before, Chosen) else put_at(before, index, value)
        return self.settle(replace(settings, **{name: after}))

    def moved(self, settings: Settings, scene: Scene, panel: str, cell: int, value: float) -> Scene:
        """Return a scene in which a number is moved, for the measuring of a slope."""
        if self.nudged is not None:
            return self.nudged(settings, scene, panel, cell, value)
        return self.scene(self.typed(settings, scene, panel, cell, value))

    def said(self, settings: Settings) -> dict[str, Any]:
        """Return what every widget says, by its name."""
        return {part: value for each in self.controls for part, value in each.said(settings).items()}

    def hidden(self, settings: Settings) -> set[str]:
        """Return the widgets that mean nothing now."""
        return set().union(*(control.hidden(settings) for control in self.controls))

    def table(self) -> list[dict[str, Any]]:
        """Return the declared controls as plain data, for a page without Python."""
        return [control.described() for control in self.controls]


def two_inputs(
    x: np.ndarray,
    w: np.ndarray,
    names: tuple[str, str] = ("x", "w"),
    sign: str = "⋆",
    pixels: tuple[float, float] | None = None,
) -> tuple[Panel, Panel]:
    """Make the panels of an input and what slides over it, both editable: what stays where nothing fits.

    `pixels` are those of a panel, where x is a picture.
    """
    first, second = names
    weights = Panel(second, w, (0, 1), sign=sign, editable=True, scale=WEIGHTS)
    return Panel(first, x, (0, 0), editable=True, pixels=pixels), weights


def as_sentence(error: Exception) -> str:
    """Return an error's words as a sentence for the stage: a capital first, a full stop at the end."""
    words = str(error)
    return f"{words[:1].upper()}{words[1:]}."


def refusal(sentence: str) -> str:
    """Mark a sentence on what cannot be, as exercises mark what is wrong: a stage sets it apart."""
    return f"✗ {sentence}"

"""What all explorers share: controls that change settings, settings that make a scene, one stage.

An explorer's own part is pure: settings are a frozen record, `change(settings, name, value)` and
`edit(settings, scene, panel, cell, value)` return other settings, `scene_of(settings)` returns the scene.
"""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import ipywidgets

from vizconv.scenes import Scene
from vizconv.stage.stage import Stage, with_still


@dataclass(frozen=True)
class Topic:
    """The pure part of an explorer: how settings change, what they show, and what the controls say.

    `values(settings)` gives every control's value by name, `hidden(settings)` the names of controls
    that mean nothing now.
    """

    name: str
    scene_of: Callable[[Any], Scene]
    change: Callable[[Any, str, Any], Any]
    edit: Callable[[Any, Scene, str, int, float], Any]
    values: Callable[[Any], dict[str, Any]]
    hidden: Callable[[Any], set[str]]


class Explorer(ipywidgets.VBox):
    """Controls around a stage. `explorer.settings` are the present ones, `explorer.stage` the stage."""

    def __init__(self, topic: Topic, settings, controls: dict[str, ipywidgets.Widget]):
        self.topic, self.settings, self._start = topic, settings, settings
        self.controls, self._listening = controls, True
        self.stage = Stage(topic.scene_of(settings), edited=self._edited)
        reset = ipywidgets.Button(description="reset", tooltip="back to the first settings")
        reset.on_click(lambda _: self.show(self._start))
        for name, control in controls.items():
            control.observe(lambda change, name=name: self._changed(name, change["new"]), "value")
        layout = ipywidgets.Layout(flex_flow="row wrap", align_items="center")
        box = ipywidgets.Box([*controls.values(), reset], layout=layout)
        super().__init__([box, self.stage])
        self._match_controls()

    def show(self, settings) -> None:
        """Take other settings, and show their scene."""
        self.settings = settings
        self._match_controls()
        self.stage.scene = self.topic.scene_of(settings)

    def _changed(self, name, value):
        if self._listening:
            self.show(self.topic.change(self.settings, name, value))

    def _edited(self, scene, panel, cell, value):
        self.settings = self.topic.edit(self.settings, scene, panel, cell, value)
        self._match_controls()
        return self.topic.scene_of(self.settings)

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
        return with_still(super()._repr_mimebundle_(**kwargs), self.stage, repr(self))

    def __repr__(self):
        return f"Explorer({self.topic.name}: {self.stage.scene!r})"


def as_sentence(error: Exception) -> str:
    """Return an error's words as a sentence for the stage: a capital first, a full stop at the end."""
    words = str(error)
    return f"{words[:1].upper()}{words[1:]}."


def slider(name: str, value: int, least: int, most: int) -> ipywidgets.IntSlider:
    """Return a slider of whole numbers; its range grows to hold the first value."""
    return ipywidgets.IntSlider(
        value,
        min(least, value),
        max(most, value),
        description=name,
        style={"description_width": "92px"},
        layout={"width": "270px"},
    )


def choice(name: str, options, value) -> ipywidgets.Dropdown:
    """Return a drop-down list."""
    return ipywidgets.Dropdown(
        options=options,
        value=value,
        description=name,
        style={"description_width": "92px"},
        layout={"width": "270px"},
    )


def switch(name: str, value: bool) -> ipywidgets.Checkbox:
    """Return a check box."""
    return ipywidgets.Checkbox(value, description=name, indent=False, layout={"width": "200px"})

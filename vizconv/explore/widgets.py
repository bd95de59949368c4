"""From declared controls to widgets of one look, in aligned columns; what hides leaves its place empty."""

from collections.abc import Iterable, Mapping
from functools import singledispatch
from typing import Any

import ipywidgets

from vizconv.engine.geometry import AXES
from vizconv.explore.controls import (
    Choice,
    Control,
    Digit,
    Number,
    Pair,
    Player,
    Preset,
    Slider,
    Steps,
    Switch,
)
from vizconv.explore.topic import Topic

COLUMN = 290  # pixels: a title, a slider and its value
LETTER, NARROWEST, WIDEST = 8, 72, 150  # pixels of titles
UNTITLED = ipywidgets.Checkbox, ipywidgets.ToggleButtons, ipywidgets.Play  # no words in a column beside
GRID = {"display": "grid", "grid_gap": "2px 24px", "width": "100%"}


def widgets_of(topic: Topic, settings: Any) -> dict[str, Any]:
    """Make the widget of every part of every control, by its name, all titles as wide as the widest."""
    made = {name: widget for control in topic.controls for name, widget in _made(control, settings).items()}
    titled = [widget for widget in made.values() if not isinstance(widget, UNTITLED)]
    longest = max((len(widget.description) for widget in titled), default=0)
    for widget in made.values():
        widget.tooltip = widget.tooltip or widget.description  # without one it says null
    for widget in titled:
        widget.style.description_width = f"{min(max(LETTER * longest + 8, NARROWEST), WIDEST)}px"
    return made


def match(topic: Topic, settings: Any, widgets: Mapping[str, Any]) -> None:
    """Let every widget say what the settings are; one that means nothing now leaves its place empty."""
    hidden = topic.hidden(settings)
    for control in topic.controls:
        if isinstance(control, Pair):
            words = side(control.words, AXES[0]) if settings.apart else control.words
            widgets[control.parts[0]].description = widgets[control.parts[0]].tooltip = words
        for name, value in control.said(settings).items():
            if isinstance(control, Slider):
                _set_ends(widgets[name], control, settings, value)
            if isinstance(control, Player) and widgets[name].value != value:
                widgets[name].playing = False
            widgets[name].value = value
            if isinstance(control, Number):  # a number beyond the slider's end is in a sentence, and not here
                widgets[name].readout = control.least <= control.present(settings) <= control.most
            widgets[name].layout.visibility = "hidden" if name in hidden else None


def side(words: str, axis: str) -> str:
    """Title a pair's side: kernel size → kernel height, size of x → height of x, stride → stride width."""
    return words.replace("size", axis) if "size" in words else f"{words} {axis}"


def _set_ends(widget, control: Slider, settings, value) -> None:
    """Let a slider that chooses one of as many as there are end with them, and others reach the value."""
    if control.last:
        widget.value = min(value, widget.max)
        widget.max = control.ends(settings)[1]
    else:
        widget.max = max(value, widget.max)


# ---- One control ---------------------------------------------------------------------------------------


@singledispatch
def _made(control: Control, _) -> dict[str, Any]:
    raise TypeError(f"no widget is known for a {type(control).__name__}")


@_made.register
def _(control: Slider, settings):
    return {control.name: _slider(control, settings, control.words)}


@_made.register
def _(control: Pair, settings):
    titles = (side(control.words, axis) for axis in AXES)
    return {
        part: _slider(control, settings, title, part)
        for title, part in zip(titles, control.parts, strict=True)
    }


@_made.register
def _(control: Digit, settings):
    titles = zip(control.parts, ("digit", "which of these"), strict=True)
    return {part: _slider(control, settings, title, part) for part, title in titles}


@_made.register
def _(control: Number, settings):
    value = control.said(settings)[control.name]
    least, most, step = control.least, control.most, control.step
    slider = ipywidgets.FloatSlider(value, min=least, max=most, step=step, description=control.words, **LOOK)
    slider.readout_format = ".4"  # eighths have three decimals
    return {control.name: slider}


@_made.register
def _(control: Choice, settings):
    options, value = control.offered(settings), getattr(settings, control.name)
    if not control.buttons:
        look = WIDE if max(len(words) for words, _ in options) > LONG else LOOK
        return {
            control.name: ipywidgets.Dropdown(options=options, value=value, description=control.words, **look)
        }
    layout, style = {"width": "100%", "grid_area": "auto / 1 / auto / -1"}, {"button_width": "120px"}
    return {control.name: ipywidgets.ToggleButtons(options=options, value=value, layout=layout, style=style)}


@_made.register
def _(control: Steps, settings):
    options, value = control.offered(settings), getattr(settings, control.name)
    slider = ipywidgets.SelectionSlider(options=options, value=value, description=control.words, **LOOK)
    return {control.name: slider}


@_made.register
def _(control: Preset, settings):
    value, options = getattr(settings, control.name).name, _plain(control.pairs)
    return {
        control.name: ipywidgets.Dropdown(options=options, value=value, description=control.words, **LOOK)
    }


def _plain(options: list) -> list:
    """Leave the words alone where they are the values."""
    return [words for words, _ in options] if all(words == value for words, value in options) else options


@_made.register
def _(control: Switch, settings):
    value = getattr(settings, control.name)
    box = ipywidgets.Checkbox(value, description=control.words, indent=False, layout={"width": "auto"})
    return {control.name: box}


@_made.register
def _(control: Player, settings):
    value, words = getattr(settings, control.of), control.words
    made = ipywidgets.Play(
        value=value, min=0, max=control.most, interval=control.pause, description=words, tooltip=words
    )
    made.show_repeat = False
    return {control.name: made}


LOOK = {"layout": {"width": "auto"}}
LONG = 24  # letters of an option that a column has room for
WIDE = {"layout": {"width": "auto", "max_width": "480px", "grid_area": "auto / 1 / auto / -1"}}


def _slider(control: Slider, settings, title: str, part: str = "") -> ipywidgets.IntSlider:
    least, most = control.ends(settings)
    value = control.said(settings)[part or control.name]
    return ipywidgets.IntSlider(value, least, most, description=title, **LOOK)


# ---- All of them -------------------------------------------------------------------------------------------


def arranged(
    topic: Topic,
    settings: Any,
    widgets: Mapping[str, Any],
    buttons: Iterable[ipywidgets.Button],
) -> ipywidgets.VBox:
    """Set widgets in aligned columns, group by group, then all buttons; "more" opens what belongs under it.

    What somebody thought of, such as the stride that a lesson begins with, stands with the first.
    """
    first, more = ([*map(_closing, _groups(topic, settings, widgets, later))] for later in (False, True))
    players = [widgets[control.name] for control in topic.controls if isinstance(control, Player)]
    row = ipywidgets.HBox([*players, *buttons], layout={"grid_gap": "8px", "flex_flow": "row wrap"})
    box = ipywidgets.VBox([*first, row])
    if more:
        drawer = ipywidgets.VBox(more)
        row.children = [*row.children, _opener(drawer)]
        box.children = [*first, drawer, row]
    box.add_class("vizconv-controls")
    return box


def _groups(topic, settings, widgets, more: bool) -> list[ipywidgets.Box]:
    groups: dict[str, dict[str, list[Any]]] = {}
    for control in topic.controls:
        for part in () if isinstance(control, Player) else control.said(settings):
            width = isinstance(control, Pair) and part == control.parts[1]
            waits = not settings.apart if width else control.more and not _thought_of(control, settings)
            if waits == more:
                places = groups.setdefault("widths" if width else control.group, {})
                places.setdefault(control.instead or part, []).append(widgets[part])
    if "widths" in groups:
        groups["widths"] = groups.pop("widths")  # the last row
    columns = {"grid_template_columns": f"repeat(auto-fill, minmax({COLUMN}px, 1fr))"}
    rows = ([*map(_one_of, places.values())] for places in groups.values())
    return [ipywidgets.Box(children, layout={**GRID, **columns}) for children in rows]


def _one_of(widgets: list[Any]) -> ipywidgets.Widget:
    """Lay widgets of one place over each other: at most one of them is in sight."""
    if len(widgets) == 1:
        return widgets[0]
    for widget in widgets:
        widget.layout.grid_area = "1 / 1"
    return ipywidgets.Box(widgets, layout={"display": "grid"})


def _closing(box: ipywidgets.Box) -> ipywidgets.Box:
    """Let a group take no room while nothing in it means anything."""

    def close(_=None):
        empty = all(child.layout.visibility == "hidden" for child in box.children)
        box.layout.display = "none" if empty else GRID["display"]

    for child in box.children:
        child.layout.observe(close, "visibility")
    close()
    return box


def _thought_of(control: Control, settings) -> bool:
    """Say whether a control says something else than what it says by itself."""
    return (
        any(value != control.plain for value in control.said(settings).values()) and control.plain is not None
    )


def _opener(drawer) -> ipywidgets.ToggleButton:
    button = ipywidgets.ToggleButton(description="more", tooltip="more to set", layout={"width": "auto"})

    def show(_=None):
        drawer.layout.display = None if button.value else "none"

    button.observe(show, "value")
    show()
    return button

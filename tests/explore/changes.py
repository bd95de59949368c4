"""What every explorer's tests use: settings changed as controls change them, and what an explorer says."""

import random

from tests.front_end import send
from vizconv.explore.chosen import OWN
from vizconv.explore.controls import Choice, Number, Player, Preset, Slider, Switch


def states(control, settings) -> list:
    """List the values that a widget of a control may be set to; of numbers the ends and some between."""
    match control:
        case Preset():
            return [*control.presets, OWN]
        case Choice():
            return [value for _, value in control.offered(settings)]
        case Slider():
            least, most = control.ends(settings)
            return list(range(least, most + 1))
        case Number():
            return [
                control.nearest(control.least + part * (control.most - control.least) / 4)
                for part in range(5)
            ]
        case Player():
            return list(range(control.most + 1))
        case Switch():
            return [False, True]


def combinations(topic, settings, most: int, count: int = 500):
    """Set up to `most` widgets to random values, `count` times, always the same; yield settings and scene."""
    generator = random.Random(0)
    for _ in range(count):
        known = {part: control for control in topic.controls for part in control.said(settings)}
        for part in generator.sample(list(known), generator.randint(1, most)):
            settings = topic.change(settings, part, generator.choice(states(known[part], settings)))
        yield settings, topic.scene(settings)


def said(explorer) -> dict:
    """Return what every widget says, by its name."""
    return {name: widget.value for name, widget in explorer.controls.items()}


def assert_shown(explorer, assert_true):
    """The widgets say what the settings are, and the stage shows their scene, of which all is true.

    Returns what `assert_true(settings, scene)` returns.
    """
    topic, settings, scene = explorer.topic, explorer.settings, explorer.stage.scene
    assert said(explorer) == topic.said(settings)
    assert {name for name, widget in explorer.controls.items() if is_hidden(widget)} == topic.hidden(settings)
    assert explorer.stage.code == scene.code
    return assert_true(settings, scene)


def is_hidden(widget) -> bool:
    """Say whether a widget leaves its place empty."""
    return widget.layout.visibility == "hidden"


def values(explorer, panel: str):
    """Return the numbers of a panel on the stage."""
    return explorer.stage.scene.panel(panel).values


def type_into(explorer, panel: str, cell: int, value: float) -> None:
    """Type a value into a cell of the stage, as a browser says it."""
    serial = explorer.stage._scene["serial"] + 1
    send(explorer.stage, edit={"serial": serial, "changes": [{"panel": panel, "cell": cell, "value": value}]})

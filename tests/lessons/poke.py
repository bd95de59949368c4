"""Drive every control in a kernel over its range, the way a browser does.

This file is executed in a lesson's own kernel: before the lesson, which starts the record of what goes
wrong; after the lesson `poke()` drives its controls. What a widget's callback raises is only
logged there, and what a thread raises only printed; both are recorded here.
"""

import io
import threading
import traceback

import IPython
import ipywidgets
import PIL.Image
from ipywidgets.widgets.widget import _instances

import vizconv

NOT_DRIVEN = (
    ipywidgets.Label,
    ipywidgets.HTML,
    ipywidgets.HTMLMath,
    ipywidgets.Image,
    ipywidgets.IntProgress,
    ipywidgets.FloatProgress,
)
raised: list[str] = []


def record() -> None:
    """From now on, keep what is raised where nobody sees it, and show it as before."""
    shell = IPython.get_ipython()
    show = shell.showtraceback

    def showtraceback(error=None, *rest, **options):
        raised.append(written(error))
        show(error, *rest, **options)

    shell.showtraceback = showtraceback
    threading.excepthook = lambda what: raised.append(written(what[:3]))


def written(error) -> str:
    """Write an exception as text; by default the one that is being handled."""
    return "".join(traceback.format_exception(*error)) if error else traceback.format_exc()


def poke() -> int:
    """Drive every control; return how many messages were sent."""
    return sum(drive(widget) for widget in list(_instances.values()))


def drive(widget) -> int:
    """Send a widget all that a learner can make its control say."""
    if isinstance(widget, ipywidgets.Button):
        return send(widget, [{"method": "custom", "content": {"event": "click"}}])
    if isinstance(widget, vizconv.stage.Upload):
        return sum(send(widget, [whole_file(content)], [content]) for content in files())
    return send(
        widget, [{"method": "update", "state": state, "buffer_paths": []} for state in states(widget)]
    )


def send(widget, messages, buffers=()) -> int:
    for message in messages:
        widget._handle_msg({"content": {"data": message}, "buffers": list(buffers)})
    return len(messages)


def states(widget) -> list[dict]:
    """List the states that a learner can bring a control to."""
    if isinstance(widget, vizconv.stage.Stage):
        return edits(widget) + holds(widget)
    if isinstance(widget, vizconv.stage.Picture):
        return places(widget)
    if isinstance(widget, ipywidgets.FileUpload):
        return [{"value": [uploaded(content)]} for content in files()]
    if hasattr(widget, "_options_labels"):
        return [{"index": number} for number in range(len(widget._options_labels))]
    if isinstance(widget, NOT_DRIVEN) or "value" not in widget.keys:
        return []
    return [{"value": value} for value in values(widget)]


def values(widget) -> list:
    """List values for a control; raise TypeError for a control of an unknown kind."""
    value = widget.value
    if isinstance(value, bool):
        return [not value, value]
    if isinstance(value, int | float):
        return [type(value)(number) for number in range_of(widget)]
    if isinstance(value, str):
        return ["", "1", "−2,5", "<b>"]
    raise TypeError(f"no test knows how to drive {type(widget).__name__}")


def range_of(widget) -> tuple:
    if hasattr(widget, "min"):
        return widget.min, widget.max, (widget.min + widget.max) / 2
    return 0, -1, 1_000_000


def edits(stage) -> list[dict]:
    """List edits of the first and the last cell of each panel, and of a panel that is not there."""
    panels = [(panel.name, panel.values.size) for panel in stage.scene.panels]
    cells = [(name, cell) for name, size in panels for cell in (0, size - 1)] + [("nowhere", 0)]
    made = [{"panel": name, "cell": cell, "value": value} for name, cell in cells for value in (7, -0.5)]
    return [{"edit": {"serial": serial, "changes": [change]}} for serial, change in enumerate(made, 1)]


def holds(stage) -> list[dict]:
    """List cells that a click can hold, the first and the last of each panel, and what is no cell."""
    cells = [(panel.name, cell) for panel in stage.scene.panels for cell in (0, panel.values.size - 1)]
    pinned = [{"panel": name, "cell": cell} for name, cell in cells]
    return [{"pinned": held} for held in [*pinned, {"panel": "nowhere", "cell": 0}, {}]]


def places(picture) -> list[dict]:
    """List places of the pointer, and of the frame where there is one: corners, the outside, none."""
    height, width = picture.image.shape[:2]
    corners = [[0, 0], [height - 1, width - 1], [height, width]]
    frames = [{"region": [*at, *picture.region[2:]]} for at in corners if picture.region]
    return [*({"pointer": at} for at in [*corners, []]), *frames]


def uploaded(content: bytes) -> dict:
    """Return a file as the browser sends it."""
    about = {"name": "a <b>.png", "type": "image/png", "size": len(content), "last_modified": 0}
    return {**about, "content": memoryview(content)}


def whole_file(content: bytes) -> dict:
    """Announce a file in one part, as vizconv's own upload sends it."""
    return {"method": "custom", "content": {"size": len(content), "at": 0}}


def files() -> tuple[bytes, ...]:
    buffer = io.BytesIO()
    PIL.Image.new("RGBA", (30, 20), (200, 100, 0, 128)).save(buffer, "PNG")
    return b"", b"no picture", buffer.getvalue()


record()

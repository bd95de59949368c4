"""The other side of a widget: messages to it as a browser sends them, and what it answers."""

import numpy as np


def send(widget, **state):
    """Set traits as a message from the browser does."""
    data = {"method": "update", "state": state, "buffer_paths": []}
    widget._handle_msg({"content": {"data": data}, "buffers": []})


def click(button):
    """Press a button as a message from the browser does."""
    data = {"method": "custom", "content": {"event": "click"}}
    button._handle_msg({"content": {"data": data}, "buffers": []})


def decoded_panel(panel):
    """The values and kinds of a panel's message, as arrays."""
    values = np.frombuffer(panel["values"], "<f8").reshape(panel["shape"])
    return values, np.frombuffer(panel["kinds"], np.uint8).reshape(panel["shape"])


def decoded_terms(table):
    """The index arrays of a table's message, by role."""
    kind = "<u4" if table["wide"] else "<u2"
    return {role: np.frombuffer(table[role], kind) for role in ("out", "left", "right") if role in table}

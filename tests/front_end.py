"""The other side of a widget: messages to it, as a browser sends them."""


def send(widget, **state):
    """Set traits as a message from the browser does."""
    data = {"method": "update", "state": state, "buffer_paths": []}
    widget._handle_msg({"content": {"data": data}, "buffers": []})


def click(button):
    """Press a button as a message from the browser does."""
    data = {"method": "custom", "content": {"event": "click"}}
    button._handle_msg({"content": {"data": data}, "buffers": []})


def settings_of(control):
    """Every state that a browser can give a control: indices of a list, numbers of a range, yes and no."""
    if hasattr(control, "options"):
        return [{"index": index} for index in range(len(control.options))]
    if hasattr(control, "max"):
        return [{"value": value} for value in range(control.min, control.max + 1)]
    return [{"value": value} for value in (not control.value, control.value)]

"""The other side of a widget: messages to it, as a browser sends them."""

import random


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


def each_state(explorer):
    """Bring every control to all its states and back to the first; yield the control and each state."""
    for control in explorer.controls.values():
        before = {"index": control.index} if hasattr(control, "index") else {"value": control.value}
        for state in settings_of(control):
            send(control, **state)
            yield control, state
        send(control, **before)


def combinations(explorer, most: int):
    """Set up to `most` controls to random states, 500 times, always the same; yield the number after each."""
    generator = random.Random(0)
    for number in range(500):
        for name in generator.sample(list(explorer.controls), generator.randint(1, most)):
            send(explorer.controls[name], **generator.choice(settings_of(explorer.controls[name])))
        yield number

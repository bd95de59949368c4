"""What a page says to an explorer is heard one message after the other, in whatever thread it comes."""

from dataclasses import dataclass
from threading import Event, Thread

import numpy as np
import pytest

from vizconv.explore.controls import Slider
from vizconv.explore.explorer import Explorer
from vizconv.explore.topic import Topic
from vizconv.scenes import Panel, Scene

SOON = 5  # seconds that a thread may need


@dataclass(frozen=True)
class Counts:
    first: int = 0
    second: int = 0


class Slowly:
    """A topic whose scene of one setting waits to be let go."""

    def __init__(self):
        self.reached, self.free = Event(), Event()
        controls = Slider("first", 0, 9), Slider("second", 0, 9)
        self.topic = Topic(name="slowly", controls=controls, scene_of=self.scene_of)

    def scene_of(self, settings):
        if settings == Counts(first=1):
            self.reached.set()
            assert self.free.wait(SOON)
        return Scene((Panel("y", np.array([settings.first, settings.second]), (0, 0)),))


def hear(explorer, name, value):
    """Take a message to a control as the kernel does."""
    update = {"method": "update", "state": {"value": value}, "buffer_paths": []}
    explorer.controls[name].comm.handle_msg({"content": {"data": update}, "buffers": []})


@pytest.mark.parametrize(
    "say",
    [lambda explorer: hear(explorer, "second", 2), lambda explorer: explorer.show(Counts(first=1, second=2))],
    ids=["a page", "a cell"],
)
def test_what_two_threads_say_is_both_heard(say):
    slowly = Slowly()
    explorer = Explorer(slowly.topic, Counts())
    one = Thread(target=hear, args=(explorer, "first", 1))
    other = Thread(target=say, args=(explorer,))
    one.start()
    assert slowly.reached.wait(SOON)
    other.start()
    other.join(0.05)
    assert other.is_alive()  # it waits for its turn
    slowly.free.set()
    for thread in (one, other):
        thread.join(SOON)
    assert explorer.settings == Counts(1, 2)
    assert [control.value for control in explorer.controls.values()] == [1, 2]
    assert explorer.stage.scene.panel("y").values.tolist() == [1, 2]

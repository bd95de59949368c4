"""What all widgets share: how they listen to their page."""

import math

import anywidget
import traitlets

from vizconv.stage.lasting import Lasting
from vizconv.stage.lesson import lesson_name


class Widget(Lasting, anywidget.AnyWidget):
    """A widget that hears None for NaN and infinity: it echoes what its page says, JSON knows neither.

    `lesson` is the name of the lesson that it is shown in, empty elsewhere.
    """

    lesson = traitlets.Unicode().tag(sync=True)

    @traitlets.default("lesson")
    def _lesson_that_runs(self) -> str:
        return lesson_name()

    def set_state(self, sync_data: dict) -> None:
        """Take the states that a page sends."""
        super().set_state(_plain(sync_data))


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

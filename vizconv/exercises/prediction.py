"""Predictions: a question, a commitment before the answer, and at once a sentence that explains."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import traitlets

from vizconv.engine.types import present
from vizconv.engine.writing import format_number
from vizconv.exercises.reply import Reply
from vizconv.stage.modules import script, style
from vizconv.stage.widget import Widget

HERE = Path(__file__).parent
Replies = Mapping[str, str] | Mapping[int, str] | Mapping[float, str]


@dataclass(frozen=True)
class Question:
    """What is asked, and what is said to each answer.

    text: the question; answer: the right one, a number or one of the choices; replies: a sentence for every
    answer that can be foreseen, the right one among them, and where the answer is a text these are the
    choices, in order; hint: what is said to any other number. Numbers are compared as the stage writes them.
    Raises ValueError when the right answer has no reply.
    """

    text: str
    answer: str | float
    replies: Replies
    hint: str = ""

    def __post_init__(self):
        if self.answer not in self.replies:
            raise ValueError(f"the answer {self.answer!r} has no reply; there are {list(self.replies)}")

    @property
    def choices(self) -> list[str]:
        """The answers to choose from; none where a number is asked for."""
        return list(map(str, self.replies)) if isinstance(self.answer, str) else []

    def reply(self, said: str) -> Reply:
        """Answer to what the learner chose or typed."""
        replies: Mapping[Any, str] = self.replies
        if self.choices:
            known = said in self.choices
            return _reply(said == self.answer, "", replies[said]) if known else CHOOSE
        if not math.isfinite(read_number(said)):
            return Reply(None, f"“{said}” is not a number; type one such as −2, 0.5 or 1/9.")
        number = format_number(read_number(said))
        foreseen = {format_number(float(value)): sentence for value, sentence in replies.items()}
        right = number == format_number(float(self.answer))
        return _reply(right, f" {number}", foreseen.get(number, self.hint))


CHOOSE = Reply(None, "Choose one of the answers.")


def _reply(right, number, sentence):
    return Reply(right, f"Right. {sentence}" if right else f"Not{number or ' quite'}. {sentence}")


def read_number(text: str) -> float:
    """Read a number as people type it, such as −2, 0,5 or 1/9; NaN for what is none."""
    above, _, below = text.strip().replace("−", "-").replace(",", ".").partition("/")
    try:
        return float(above) / (float(below) if "/" in text else 1)
    except (ValueError, ZeroDivisionError):
        return math.nan


class Prediction(Widget):
    """A question on the page, and what is said to the learner's answer.

    `prediction.value` is what the learner chose or typed, `prediction.reply` the Reply to it, None before.
    """

    _esm = script(HERE / "prediction.js")
    _css = style(HERE / "prediction.css")
    value = traitlets.Unicode().tag(sync=True)
    _text = traitlets.Unicode().tag(sync=True)
    _choices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _said = traitlets.Dict().tag(sync=True)  # {right, sentence}, to the page

    def __init__(self, question: Question):
        self.question, self.reply = question, None
        super().__init__(_text=question.text, _choices=question.choices)

    @traitlets.observe("value")
    def _answer(self, change) -> None:
        self.reply = self.question.reply(change["new"]) if change["new"].strip() else None
        self._said = dict(vars(self.reply)) if self.reply else {}

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = present(super()._repr_mimebundle_(**kwargs))
        return {**data, "text/plain": repr(self)}, metadata

    def __repr__(self):
        return " · ".join([f"Predict: {self.question.text}", *self.question.choices])


def predict(text: str, answer: str | float, replies: Replies, hint: str = "") -> Prediction:
    """Ask a question; the arguments are those of `Question`."""
    return Prediction(Question(text, answer, replies, hint))

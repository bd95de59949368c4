"""What a learner hears: whether it is right, and a sentence."""

import re
from dataclasses import dataclass
from html import escape
from typing import Any

LOOKS = {
    True: ("✓", "var(--jp-success-color1, #2e7d32)"),
    False: ("✗", "#d84315"),
    None: ("○", "var(--jp-border-color0, #757575)"),
}


def _with_code(sentence):
    """Write a sentence as HTML, what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(sentence))


@dataclass(frozen=True)
class Reply:
    """One sentence or two, and whether the answer is right; None where there is no answer yet."""

    right: bool | None
    sentence: str

    def _repr_mimebundle_(self, **_) -> Any:
        mark, colour = LOOKS[self.right]
        look = f"border-left: 3px solid {colour}; padding: 6px 10px"
        html = f'<div style="{look}">{mark} {_with_code(self.sentence)}</div>'
        return {"text/plain": repr(self), "text/html": html}

    def __repr__(self):
        return f"{LOOKS[self.right][0]} {self.sentence}"

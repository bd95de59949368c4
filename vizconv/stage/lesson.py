"""Which lesson runs, so that a page can remember what was done in it."""

import os
import re
from pathlib import Path

LESSON = re.compile(r"\d\d_(\w+)\.ipynb")


def lesson_name() -> str:
    """Return the name of the lesson whose notebook this kernel was started for, empty for anything else.

    A Jupyter server says in JPY_SESSION_NAME what it starts a kernel for. A lesson is called as its file is,
    without the number, which may change: cross_correlation.
    """
    match = LESSON.fullmatch(Path(os.environ.get("JPY_SESSION_NAME", "")).name)
    return match[1] if match else ""

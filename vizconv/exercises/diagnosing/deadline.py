"""A deadline for code of a learner's own, which may go round for ever."""

import ctypes
from collections.abc import Callable
from threading import Thread
from typing import Any

AGAIN = 0.05  # seconds until a loop that has caught the interruption is interrupted once more
TIMES = 40


class OutOfTime(BaseException):
    """The deadline has passed; no `except Exception` catches it."""


def within(seconds: float, function: Callable[[], Any]) -> Any:
    """Call a function in a thread of its own and return what it returns, or raise what it raises.

    Raises OutOfTime when that takes longer. Loops of Python end then; a single call that never comes back
    to Python goes on in its thread, which nobody waits for.
    """
    outcome: list[tuple[str, Any]] = []
    thread = Thread(target=_run, args=(function, outcome), daemon=True)
    thread.start()
    try:
        thread.join(seconds)
    except BaseException:  # whoever waits has pressed Ctrl-C: what they wait for ends, too
        _interrupt(thread)
        raise
    if thread.is_alive():
        _interrupt(thread)
        raise OutOfTime
    kind, what = outcome[0]
    if kind == "raised":
        raise what
    return what


def _run(function, outcome):
    try:
        outcome.append(("returned", function()))
    except BaseException as error:  # handed on to the caller
        outcome.append(("raised", error))


def _interrupt(thread):
    """Raise OutOfTime inside the thread; a bare `except:` in a loop may catch it, so several times."""
    for _ in range(TIMES):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(OutOfTime))
        thread.join(AGAIN)
        if not thread.is_alive():
            return

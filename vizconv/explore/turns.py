"""One message of a page at a time, in the page's order, while a cell may speak to the same widgets.

A kernel may hear widgets in several threads: a page asks for one of its own, beside the cells', and ipykernel
gives each message to the thread that spoke to its widget last. So two controls of one explorer could be
heard at once, or the later one first.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import ipywidgets


def in_turn(widgets: Iterable[ipywidgets.Widget], turn: AbstractContextManager) -> None:
    """Let widgets hear their page one message after the other, each while nobody else has the turn."""
    for widget in widgets:
        comm: Any = widget.comm
        comm.on_msg(_waiting(turn, widget._handle_msg))
        comm._reply_subshell_for = _asked  # where ipykernel asks for the thread; nobody else does


def _waiting(turn, hear):
    def hear_in_turn(message):
        with turn:
            hear(message)

    return hear_in_turn


def _asked(_, thread: Any) -> Any:
    """Choose the thread that the page asks for, the same for all its widgets: it keeps their order."""
    return thread

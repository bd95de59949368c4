"""How learners go wrong: a right solution with some of its words replaced."""

import inspect
import textwrap
from collections.abc import Callable
from functools import wraps

import numpy as np


def slip(solution: Callable, *changes: tuple[str, str]) -> Callable:
    """Replace words in the lines of a solution."""
    source = textwrap.dedent(inspect.getsource(solution))
    for old, new in changes:
        assert old in source, f"{solution.__name__} has no {old!r}"
        source = source.replace(old, new)
    names = dict(solution.__globals__)
    exec(compile(source, "<learner>", "exec"), names)
    return names[solution.__name__]


def quiet(function: Callable) -> Callable:
    """Let NumPy's warnings pass, as they do in a notebook that goes on."""

    @wraps(function)
    def called(*arguments):
        with np.errstate(all="ignore"):
            return function(*arguments)

    return called

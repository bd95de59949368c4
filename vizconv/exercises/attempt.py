"""A learner's function, called once: whatever it does, there is an array to compare, or a sentence."""

import dis
import traceback
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from vizconv.engine.arrays import numbers

UNWRITTEN = "Not written yet: put your lines in the place of the three dots, and run both cells again."
EMPTY = (
    "what your function returns has shape {shape}: there are no numbers in it. With a padding of 0, "
    "`{name}[padding:-padding]` is empty: −0 is 0, and the part ends where it begins. Count its end from the "
    "start: `{name}[padding : padding + H]`."
)
LONGEST = 200  # signs of an error's own message


class NoAnswer(Exception):
    """There is nothing to compare; the message is a sentence, `written` says whether there are lines yet."""

    def __init__(self, sentence: str, written: bool = True):
        super().__init__(sentence)
        self.written = written


@dataclass(frozen=True, eq=False)
class Attempt:
    """What a learner's function returned, and the names of the arguments that it changed on the way."""

    returned: np.ndarray
    changed: tuple[str, ...]


def attempt(function: Callable, arguments: Mapping[str, Any], name: str) -> Attempt:
    """Call a learner's function with copies of the arguments, in their order; `name` is what it works out.

    Raises NoAnswer when it is not written, stops with an error or returns what is no array of numbers.
    """
    copies = {key: deepcopy(value) for key, value in arguments.items()}
    returned = read(called(function, copies, name), name)
    return Attempt(
        returned, tuple(key for key, value in arguments.items() if not np.array_equal(value, copies[key]))
    )


def called(function: Callable, copies: Mapping[str, Any], name: str) -> Any:
    """Call a learner's function with these arguments and return what it returns, whatever that is.

    Raises NoAnswer when it is not written, stops with an error or returns nothing.
    """
    try:
        returned = function(*copies.values())
    except NotImplementedError:
        raise NoAnswer(UNWRITTEN, written=False) from None
    except (Exception, SystemExit) as error:
        raise NoAnswer(_stopped(function, error, copies)) from error
    if returned is Ellipsis or (returned is None and _is_empty(function)):
        raise NoAnswer(UNWRITTEN, written=False)
    if returned is None:
        raise NoAnswer(
            f"your function returns nothing. Its last line hands the result back: `return {name}`."
        )
    return returned


def read(returned: Any, name: str) -> np.ndarray:
    """Read what came as an array of numbers; raise NoAnswer when it is none."""
    try:
        return numbers(returned, name)
    except Exception as error:  # an object of the learner's own may raise anything
        if isinstance(returned, np.ndarray) and not returned.size:
            raise NoAnswer(EMPTY.format(shape=returned.shape, name=name)) from error
        raise NoAnswer(f"what your function returns is no array of numbers: {message(error)}.") from error


def _is_empty(function) -> bool:
    """Say whether a function does nothing at all: its body is `...`, `pass` or a docstring."""

    def empty(): ...

    return hasattr(function, "__code__") and _steps(function) == _steps(empty)


def _steps(function):
    return [step.opname for step in dis.get_instructions(function)]


def _stopped(function, error, arguments):
    own = getattr(function, "func", function)  # a partial's
    file = getattr(getattr(own, "__code__", None), "co_filename", None)
    lines = [frame.line for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    where = f" in the line `{lines[-1]}`" if lines and lines[-1] else ""
    called = "" if lines else f" It is called with ({', '.join(arguments)}), in this order."
    return f"your function stops{where} with {type(error).__name__}: {message(error)}.{called}"


def message(error: BaseException) -> str:
    """Return what an error says, in one short line; its name where it says nothing."""
    try:
        said = " ".join(str(error).split())[:LONGEST].rstrip(".")
    except Exception:  # an error of the learner's own may raise another
        said = ""
    return said or type(error).__name__

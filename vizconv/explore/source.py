"""A function's own source, as a cell's output: what a lesson shows is what runs."""

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class Source:
    """The text of a function; a notebook shows it as coloured code."""

    text: str

    def _repr_mimebundle_(self, **kwargs) -> dict[str, str]:
        return {"text/plain": repr(self), "text/markdown": f"```python\n{self.text}```"}

    def __repr__(self):
        return self.text


def source(function: Callable) -> Source:
    """Return the source of a function, as it stands in its file.

    Raises TypeError for what has no source in Python, such as a function of NumPy's compiled part.
    """
    try:
        return Source(textwrap.dedent(inspect.getsource(function)))
    except (TypeError, OSError) as error:
        raise TypeError(f"{function!r} has no source in Python; give a function written in it") from error

"""vizconv: point at any number inside a convolutional network and see where it comes from.

The engine is here at once (`vizconv.conv2d`, `vizconv.fit`, ...). What draws or shows is loaded when
it is first named: `vizconv.explore`, `vizconv.exercises`, `vizconv.stage`, `vizconv.draw`,
`vizconv.scenes`, `vizconv.examples`, `vizconv.datasets`; and PyTorch by `vizconv.from_torch` alone.
"""

from importlib import import_module

from vizconv.engine import *  # noqa: F403
from vizconv.engine import __all__ as _engine_names

_PARTS = ("datasets", "draw", "examples", "exercises", "explore", "scenes", "stage")
_FUNCTIONS = {"diagnose": "vizconv.exercises.diagnosing", "from_torch": "vizconv.pytorch"}
__all__ = [*_engine_names, *_FUNCTIONS, *_PARTS]


def __getattr__(name: str):
    if name in _PARTS:
        return import_module(f"vizconv.{name}")
    if name in _FUNCTIONS:
        return getattr(import_module(_FUNCTIONS[name]), name)
    raise AttributeError(f"vizconv has no {name!r}; it has {', '.join(sorted(__all__))}")


def __dir__() -> list[str]:
    return sorted(__all__)

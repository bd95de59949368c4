"""What lessons show around their own cells: a function's source, what it takes, how a training goes on."""

import inspect
import textwrap
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import ipywidgets
from IPython.display import display

from vizconv.engine.geometry import whole
from vizconv.engine.training import EpochProgress, Progress


@dataclass(frozen=True, repr=False)
class Source:
    """The text of a function; a notebook shows it as coloured code."""

    text: str

    def _repr_mimebundle_(self, **_) -> dict[str, str]:
        return {"text/plain": repr(self), "text/markdown": f"```python\n{self.text}```"}

    def __repr__(self):
        return self.text


def source(function: Callable) -> Source:
    """Return the source of a function, as it stands in its file: what a lesson shows is what runs.

    Raises TypeError for what has no source in Python, such as a function of NumPy's compiled part.
    """
    try:
        return Source(textwrap.dedent(inspect.getsource(function)))
    except (TypeError, OSError) as error:
        raise TypeError(f"{function!r} has no source in Python; give a function written in it") from error


# ---- Time and memory: for pictures, never for comparing ------------------------------------------------


def seconds(function: Callable, *arguments: Any, times: int = 3) -> float:
    """Call a function a few times and return the seconds of the fastest call.

    The fastest, because whatever else the machine does can only add time, never take it away.
    """
    return min(_seconds(function, arguments) for _ in range(whole(times, "times", 1)))


def _seconds(function, arguments) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def most_memory(function: Callable, *arguments: Any) -> int:
    """Call a function once and return the most bytes that it held at one moment, its result among them.

    What the arguments take is not counted; views take nothing.
    """
    outer = tracemalloc.is_tracing()
    if not outer:
        tracemalloc.start()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    try:
        function(*arguments)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not outer:
            tracemalloc.stop()


# ---- Training ------------------------------------------------------------------------------------------


def progress(records: Iterable[Progress], epochs: int) -> Iterator[Progress]:
    """Pass on the records of `fit` and show a bar of `epochs` steps with the losses as they come.

    Stop it as you would stop the loop around it: every record holds the network so far.
    """
    bar = ipywidgets.IntProgress(0, 0, epochs, description="training", layout={"width": "320px"})
    says = ipywidgets.Label("")
    display(ipywidgets.HBox([bar, says]))
    for record in records:
        if isinstance(record, EpochProgress):
            bar.value = record.epoch
            says.value = f"epoch {record.epoch} of {epochs}: loss {record.loss:.3f}, {_share(record)}"
        yield record


def _share(record: EpochProgress) -> str:
    if record.validation is None:
        return f"{record.accuracy:.1%} right"
    return f"{record.accuracy:.1%} right, {record.validation.accuracy:.1%} of the digits held out"

"""Time and memory that a function takes, here and now: for pictures, never for comparing."""

import time
import tracemalloc
from collections.abc import Callable

from vizconv.engine.geometry import whole


def seconds(function: Callable, *arguments, times: int = 3) -> float:
    """Call a function a few times and return the seconds of the fastest call.

    The fastest, because whatever else the machine does can only add time, never take it away.
    """
    return min(_seconds(function, arguments) for _ in range(whole(times, "times", 1)))


def most_memory(function: Callable, *arguments) -> int:
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


def _seconds(function, arguments) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start

"""What lessons show around their cells: a function's very text, and what is certain of time and memory."""

import inspect
import time
import tracemalloc

import numpy as np
import pytest

import vizconv as vc
from vizconv.explore import most_memory, seconds, source


@pytest.mark.parametrize("function", [vc.conv2d_loops, vc.conv2d_patches, vc.conv2d_im2col, vc.conv2d_matmul])
def test_it_is_the_text_in_the_file(function):
    shown = source(function)
    assert repr(shown) == inspect.getsource(function)
    data = shown._repr_mimebundle_()
    assert data["text/plain"] == repr(shown)
    assert data["text/markdown"] == f"```python\n{shown.text}```"


def test_a_function_inside_another_begins_at_the_margin():
    def inner():
        return 1

    assert source(inner).text == "def inner():\n    return 1\n"


def test_what_is_not_written_in_python_is_refused():
    with pytest.raises(TypeError, match="has no source in Python"):
        source(np.add)


# ---- Time and memory --------------------------------------------------------------------------------------


def test_the_fastest_of_a_few_calls(monkeypatch):
    clock = iter([0.0, 0.5, 1.0, 1.25, 2.0, 9.0])
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    assert seconds(lambda: None) == 0.25


def test_the_seconds_are_those_of_the_call():
    assert seconds(time.sleep, 0.02, times=1) >= 0.02


def test_it_calls_as_often_as_asked_and_passes_the_arguments_on():
    calls = []
    seconds(lambda *arguments: calls.append(arguments), 1, "two", times=4)
    assert calls == [(1, "two")] * 4


def test_not_to_call_at_all_is_refused():
    with pytest.raises(ValueError, match="times is 0; it must be 1 or more"):
        seconds(print, times=0)


def test_the_most_memory_counts_what_is_let_go_again():
    megabyte = 1_000_000

    def work(x):
        np.zeros(5 * megabyte, np.uint8).sum()
        return np.zeros(megabyte, np.uint8)

    assert 5 * megabyte <= most_memory(work, np.zeros(9 * megabyte, np.uint8)) < 6 * megabyte
    assert not tracemalloc.is_tracing()


def test_a_view_takes_next_to_nothing():
    x = np.zeros((1000, 1000))
    assert most_memory(lambda x: np.lib.stride_tricks.sliding_window_view(x, (3, 3)), x) < 20_000
    assert most_memory(lambda x: x.copy(), x) >= x.nbytes


def test_tracing_stops_when_the_function_does_not_return_and_goes_on_where_it_was_on():
    with pytest.raises(ZeroDivisionError):
        most_memory(lambda: 1 / 0)
    assert not tracemalloc.is_tracing()
    tracemalloc.start()
    bytes(10_000_000)  # what was held before does not count
    assert most_memory(bytearray, 1000) < 100_000
    assert tracemalloc.is_tracing()
    tracemalloc.stop()

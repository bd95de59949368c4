"""A function's source: the text in its file, shown as code."""

import inspect

import numpy as np
import pytest

import vizconv as vc
from vizconv.explore import source


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

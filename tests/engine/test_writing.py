"""Numbers on a still are written as on the stage."""

import random

import numpy as np
import pytest

from tests.javascript import in_node
from vizconv.engine.writing import counted, format_number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (-37, "−37"),
        (np.int64(-12), "−12"),
        (999999, "999999"),
        (1_000_000, "1.0e6"),
        (-1_250_000, "−1.3e6"),
        (1 / 3, "0.333"),
        (-2.5, "−2.5"),
        (0.1 + 0.2, "0.3"),
        (12.25, "12.3"),
        (1.125, "1.13"),
        (999.96, "1000"),
        (1000.5, "1001"),
        (-1001.5, "−1002"),
        (99999.5, "100000"),
        (123456.5, "1.2e5"),
        (0.001, "0.001"),
        (0.00099, "9.9e−4"),
        (-1.2e-7, "−1.2e−7"),
        (5e-324, "4.9e−324"),
        (1e300, "1.0e300"),
        (np.float32(0.1), "0.1"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (float("nan"), "NaN"),
        (True, "1"),
    ],
)
def test_how_a_number_is_written(value, text):
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-25.0000000004, "−25"),
        (0.0147625, "0.0147625"),
        (-0.2386799, "−0.23868"),
        (999999.96, "1000000"),
        (-1234567.5, "−1234568"),
        (100000000.5, "1.0000e8"),
        (-0.000123456, "−1.2346e−4"),
        (float("-inf"), "−∞"),
    ],
)
def test_six_digits_where_three_would_hide_a_difference(value, text):
    assert format_number(value, digits=6) == text


def many_numbers():
    """Draw numbers of all sizes, whole ones, and many that lie exactly between two roundings."""
    generator = random.Random(0)
    spread = [generator.uniform(-10, 10) * 10 ** generator.randint(-12, 12) for _ in range(5000)]
    halves = [generator.randint(-(10**7), 10**7) / 2 ** generator.randint(0, 12) for _ in range(10000)]
    edges = [sign * 10.0**exponent for exponent in range(-8, 9) for sign in (1, -1)]
    return spread + halves + edges + [np.nextafter(edge, 0).item() for edge in edges]


def test_python_and_javascript_write_the_same(node):
    values = many_numbers()
    theirs = in_node(node, "return given.map(page.formatNumber)", values, "numbers.js")
    differing = [
        (value, format_number(value), their)
        for value, their in zip(values, theirs, strict=True)
        if format_number(value) != their
    ]
    assert differing == []


def test_one_thing_is_counted_in_the_singular():
    assert [counted(number, "patch", "patches") for number in (0, 1, 9)] == [
        "0 patches",
        "1 patch",
        "9 patches",
    ]
    assert [counted(number, "weight") for number in (1, 1200)] == ["1 weight", "1,200 weights"]

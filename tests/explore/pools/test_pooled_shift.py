"""The explorer of a shift: its pictures are the digit, moved and pooled, and its percentages true."""

import re

import numpy as np
import pytest

from tests.explore.changes import assert_shown, combinations, values
from tests.front_end import send, settings_of
from tests.scenes.checks import assert_arranged, assert_drawn, assert_sums
from vizconv import datasets, explore
from vizconv.explore.pools.pooled_shift import KINDS, TOPIC

DIGITS = datasets.digits()[0].images.astype(int)
REDUCE = {"max": np.max, "average": np.mean}


def by_blocks(x, kind, size):
    """Pool by cutting a picture into blocks, without the engine."""
    if kind == "stride alone":
        return x[::size, ::size]
    count = len(x) // size
    blocks = x[: count * size, : count * size].reshape(count, size, count, size)
    return REDUCE[kind](blocks, axis=(1, 3))


def assert_true(settings, scene):
    x = DIGITS[settings.digit]
    away = np.roll(np.pad(x, ((0, 0), (4, 4))), settings.columns, axis=1)[:, 4:-4]
    y, y_away = (by_blocks(picture, settings.kind, settings.size) for picture in (x, away))
    for name, before, after in (("x", x, away), ("y", y, y_away)):
        for panel, expected in ((name, before), (f"{name}_moved", after), (f"{name}_change", after - before)):
            np.testing.assert_allclose(scene.panel(panel).values, expected, atol=1e-12)
    assert_sums(scene)
    percents = [int(number) for number in re.findall(r"(\d+) %", scene.notes[0])]
    for number, before, after in zip(percents, (x, y), (away, y_away), strict=True):
        assert abs(number - 100 * abs(after - before).sum() / before.sum()) <= 0.5 + 1e-9


def test_every_control_over_its_range():
    explorer = explore.pooled_shift()
    for control in explorer.controls.values():
        for state in settings_of(control)[:20]:
            send(control, **state)
            assert_shown(explorer, assert_true)


def test_five_hundred_random_combinations():
    for number, each in enumerate(combinations(TOPIC, explore.pooled_shift().settings, 4)):
        if number % 5 == 0:
            assert_true(*each)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_arranged_drawn_and_its_code_makes_the_same_numbers(kind):
    explorer, made = explore.pooled_shift(3, -2, kind=kind, size=3), {}
    assert_arranged(explorer.stage.scene)
    assert_drawn(explorer.stage.scene)
    exec(explorer.stage.code, made)
    np.testing.assert_allclose(made["y_moved"], values(explorer, "y_moved"))


def test_a_shift_by_the_stride_moves_y_by_one_cell():
    explorer = explore.pooled_shift(7, 2)
    np.testing.assert_array_equal(values(explorer, "y_moved")[:, 1:], values(explorer, "y")[:, :-1])


@pytest.mark.parametrize("name", ["digit", "columns", "size"])
def test_what_is_no_whole_number_is_refused(name):
    with pytest.raises(TypeError, match=f"{name} is 1.5; a whole number is expected"):
        explore.pooled_shift(**{name: 1.5})


@pytest.mark.parametrize("keywords", [{"digit": 100}, {"columns": 5}, {"size": 0}, {"kind": "sum"}])
def test_what_is_out_of_range_is_refused(keywords):
    with pytest.raises(ValueError, match=r"expected|must be"):
        explore.pooled_shift(**keywords)

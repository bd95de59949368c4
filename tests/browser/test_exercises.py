"""Exercises in the page: an answer by keyboard is heard at once, and the first wrong cell is pointed at."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser import expected
from vizconv.examples.matrices import WORKED_INPUT, WORKED_KERNEL

CELLS = (
    "import vizconv as vc",
    "vc.exercises.lesson01.first_result()",
    "vc.exercises.lesson01.stride_of_three()",
    "def mine(x, w, stride):\n"
    "    y = vc.cross_correlate(x, w, stride)\n"
    "    y[-1, -1] += 1\n"
    "    return y\n\n"
    "vc.exercises.lesson01.check(mine)",
)


@pytest.fixture(scope="module")
def exercises(opened):
    notebook = opened("exercises.ipynb", *CELLS)
    expect(notebook.page.locator(".vizconv-predict")).to_have_count(2)
    expect(notebook.page.locator(".vizconv-stage")).to_have_count(1)
    return notebook


def test_a_number_is_answered_at_once(exercises):
    asked = exercises.page.get_by_role("group", name="predict").first
    field = asked.get_by_role("textbox", name="Which number comes out at the first place?")
    for said, reply in (
        ("61", "✗ Not 61. "),
        ("ddm", "○ “ddm” is not a number"),
        ("−37", "✓ Right. (1)(6) + "),
    ):
        field.fill("")
        field.press_sequentially(said)
        field.press("Enter")
        expect(asked.get_by_role("status")).to_contain_text(reply)
    assert len(exercises.stages()) == 1  # no key reached the notebook
    field.fill("")
    field.press("Enter")
    expect(asked.get_by_role("status")).to_have_text("")
    exercises.page.evaluate("path => { testing.notebook(path).context.model.dirty = true; }", exercises.path)
    field.press("Control+s")  # but this one does
    saved = "path => !testing.notebook(path).context.model.dirty"
    exercises.page.wait_for_function(saved, arg=exercises.path)
    assert exercises.complaints() == []


def test_a_choice_is_made_with_the_keyboard(exercises):
    asked = exercises.page.get_by_role("group", name="predict").last
    for start, key, mark in (("3, and", "Enter", "✗ Not quite."), ("2, and", " ", "✓ Right.")):
        button = asked.get_by_role("button").filter(has_text=start)
        button.focus()
        button.press(key)
        expect(asked.get_by_role("status")).to_contain_text(mark)
        expect(asked.locator("[aria-pressed=true]")).to_have_text(button.inner_text())
    assert exercises.complaints() == []


def test_the_first_wrong_cell_is_pointed_at(exercises):
    (stage,) = exercises.stages()
    wanted = expected.correlation(np.array(WORKED_INPUT), np.array(WORKED_KERNEL))
    assert stage.formula() == wanted.sight("y", "2,2")["formula"]
    assert "your y[2, 2] is 8, and 7 is right. 1 of 9 numbers are wrong." in stage.notes()
    assert stage.look("marked", "vizconv-wrong") == {"x": [], "w": [], "y": [], "yours": ["2,2"]}
    assert stage.numbers()["yours"] == stage.numbers()["y"] | {"2,2": "8"}
    expect(stage.root.get_by_text("wrong: another number belongs here, or none")).to_be_visible()

"""Progress through the course: the browser remembers it, over a reload, and forgets it when it is told to."""

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import notebook_of
from tests.browser.notebook import new_window, open_notebook, run

PATH = "own/08_pooling.ipynb"
CELLS = (
    "import vizconv as vc\nfrom vizconv.exercises.to_write import pooling",
    "vc.exercises.lesson08.shares()",
    "vc.exercises.lesson08.check(pooling.right)",
    "vc.exercises.course()",
)


@pytest.fixture
def lesson(browser, notebooks, address):
    """A lesson of its own name, in a browser that remembers nothing yet."""
    (notebooks / PATH).parent.mkdir(exist_ok=True)
    nbformat.write(notebook_of(CELLS), notebooks / PATH)
    window = new_window(browser)
    yield open_notebook(window, address, PATH)
    window.close()


def row(lesson, title="08 · Pooling"):
    return lesson.page.locator(".vizconv-course tr").filter(has_text=title)


def test_what_was_done_is_still_known_after_a_reload_until_it_is_forgotten(lesson):
    expect(row(lesson)).to_contain_text("0 of 5")
    expect(row(lesson)).to_contain_text("1 of 1")
    expect(row(lesson, "09 · Softmax")).to_contain_text("not yet")
    asked = lesson.page.locator(".vizconv-predict")
    asked.get_by_role("textbox").fill("3")
    asked.get_by_role("button", name="answer").click()
    expect(row(lesson)).to_contain_text("1 of 5")
    assert lesson.complaints() == []
    lesson.page.reload()
    again = run(lesson.page, PATH)
    expect(row(again)).to_contain_text("yes")
    expect(row(again)).to_contain_text("1 of 5")
    for name in ("forget all", "really forget all?"):
        expect(row(again)).to_contain_text("1 of 5")
        again.page.get_by_role("button", name=name, exact=True).click()
    expect(row(again)).to_contain_text("not yet")
    expect(row(again)).to_contain_text("0 of 5")
    assert again.page.evaluate("() => localStorage.getItem('vizconv-progress')") == "{}"


def test_a_lesson_is_opened_beside_this_one(lesson, notebooks):
    other = notebooks / "own" / "09_softmax_and_loss.ipynb"
    nbformat.write(notebook_of(["1"]), other)
    row(lesson, "09 · Softmax").get_by_role("link").click()
    expect(lesson.page.locator(".lm-TabBar-tabLabel").filter(has_text=other.name)).to_be_visible()
    expect(lesson.page.locator(".vizconv-course")).to_have_count(1)  # the same page

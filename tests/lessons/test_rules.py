"""Every lesson keeps every rule, and every rule finds what breaks it."""

import base64
from copy import deepcopy

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.lessons.rules import LESSONS, RULES, Lesson, names, read

BY_NAME = {rule.__name__: rule for rule in RULES}


@pytest.mark.parametrize("rule", BY_NAME)
@pytest.mark.parametrize("name", names())
def test_a_lesson_keeps_the_rules(name, rule):
    assert list(BY_NAME[rule](read(name))) == []


def test_there_are_lessons_and_nothing_else():
    assert names()[0] == "00_start_here.ipynb"
    assert {path.name for path in LESSONS.iterdir()} - {".ipynb_checkpoints"} == set(names())


# ---- Planted: a lesson that keeps all rules, broken in one place after the other -------------------------


@pytest.fixture
def lesson() -> Lesson:
    """Return a lesson of two cells of code that keeps all rules."""
    top = new_markdown_cell("# A lesson\n\n*About 5 minutes.* " + "Many words of prose. " * 20)
    end = new_markdown_cell("## What to remember\n\nAll. **Next:** [two](02_two.ipynb)")
    stage = new_output("display_data", {"text/plain": "Explorer(x)"})
    still = new_output("display_data", {"text/plain": "Run this cell.", "image/png": "iVBORw0KGgo="})
    cells = [new_code_cell("x = 1\nx", execution_count=1), new_code_cell("x / 2", execution_count=2)]
    cells[0].outputs.extend([stage, still])
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return Lesson("01_one.ipynb", new_notebook(cells=[top, *cells, end], metadata=metadata), NAMES)


NAMES = ("01_one.ipynb", "02_two.ipynb")


def execution_count(cells, metadata):
    cells[1].execution_count = 3


def never_executed(cells, metadata):
    cells[1].execution_count = None


def error(cells, metadata):
    cells[1].outputs.append(new_output("error", ename="ValueError", evalue="no", traceback=[]))


def warning(cells, metadata):
    cells[1].outputs.append(new_output("stream", name="stderr", text="RuntimeWarning"))


def long_cell(cells, metadata):
    cells[1].source = "x\n" * 16
    cells[0].source += "Many more words of prose. " * 40


def all_cells_of_four_lines(cells, metadata):
    cells[1].source = cells[2].source = "x\n\n" * 4


def little_prose(cells, metadata):
    cells[0].source = "# A lesson\n\n*About 5 minutes.*"


def source(text):
    def plant(cells, metadata):
        cells[2].source = text

    return plant


def result(text):
    def plant(cells, metadata):
        cells[2].outputs.append(new_output("execute_result", {"text/plain": text}))

    return plant


def prose(text):
    def plant(cells, metadata):
        cells[0].source += text

    return plant


def no_minutes(cells, metadata):
    cells[0].source = cells[0].source.replace("minutes", "cups of tea")


def no_summary(cells, metadata):
    cells[3].source = cells[3].source.replace("remember", "forget")


def no_link_to_the_next(cells, metadata):
    cells[3].source = cells[3].source.replace("02_two", "01_one")


def other_kernel(cells, metadata):
    metadata["kernelspec"]["name"] = "conda-env-mine"


def widget_state(cells, metadata):
    metadata["widgets"] = {}


def heavy_picture(cells, metadata):
    cells[1].outputs[1].data["image/png"] = base64.b64encode(bytes(200_001)).decode()


def no_still(cells, metadata):
    del cells[1].outputs[1].data["image/png"]


def told(number):
    def plant(cells, metadata):
        cells[2].source = "vc.exercises.lesson01.first_result()"
        cells.insert(3, new_markdown_cell(f"It is {number}."))

    return plant


PLANTED = [
    (execution_count, "executed_in_order"),
    (never_executed, "executed_in_order"),
    (error, "ran_well"),
    (warning, "ran_well"),
    (long_cell, "short_cells"),
    (all_cells_of_four_lines, "short_cells"),
    (little_prose, "prose_outweighs_code"),
    (source("class Thing: pass"), "no_machinery"),
    (source("import ipywidgets"), "no_machinery"),
    (source("slider.observe(print)"), "no_machinery"),
    (source("display(x)"), "no_machinery"),
    (source("open('/home/me/x')"), "nothing_of_this_machine"),
    (prose("Look into C:\\temp"), "nothing_of_this_machine"),
    (result("<object at 0x7f0a>"), "nothing_of_this_machine"),
    (result("File /tmp/x.py"), "nothing_of_this_machine"),
    (no_minutes, "says_how_long"),
    (no_summary, "ends_with_what_to_remember"),
    (no_link_to_the_next, "ends_with_what_to_remember"),
    (prose("[three](03_three.ipynb)"), "links_resolve"),
    (prose("[three](03_three.ipynb#part)"), "links_resolve"),
    (other_kernel, "plain_metadata"),
    (widget_state, "plain_metadata"),
    (heavy_picture, "small_images"),
    (no_still, "stages_have_stills"),
    (told("−37"), "keeps_its_answers"),
]


def broken_rules(lesson: Lesson) -> list[str]:
    return [name for name, rule in BY_NAME.items() if list(rule(lesson))]


def test_the_planted_lesson_is_good(lesson):
    assert broken_rules(lesson) == []


def test_an_answer_may_be_folded(lesson):
    notebook = deepcopy(lesson.notebook)
    told("<details>\n\n−37\n\n</details> Not −370, nor 37")(notebook.cells, notebook.metadata)
    assert broken_rules(Lesson(lesson.name, notebook, NAMES)) == []


@pytest.mark.parametrize(("plant", "rule"), PLANTED)
def test_a_rule_finds_what_breaks_it(lesson, plant, rule):
    notebook = deepcopy(lesson.notebook)
    plant(notebook.cells, notebook.metadata)
    assert broken_rules(Lesson(lesson.name, notebook, NAMES)) == [rule]


def test_every_rule_is_put_to_the_test():
    assert {rule for _, rule in PLANTED} == set(BY_NAME)

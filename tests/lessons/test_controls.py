"""Every control of every lesson, driven over its range: nothing is raised, seen or unseen."""

import json

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

from tests.conftest import chromium_path
from tests.lessons.driving import LEAST, REPORT, START
from tests.lessons.rules import LESSONS, names, read, stages_of

SECONDS = 60  # for one cell


def run_and_poke(notebook: nbformat.NotebookNode) -> dict:
    """Run a notebook in a kernel of its own and drive its controls.

    Returns {"sent": how many messages that took, "raised": the traceback of everything that was raised}.
    """
    cells = [new_code_cell(START), *notebook.cells, new_code_cell(REPORT)]
    copy = new_notebook(cells=cells, metadata=notebook.metadata)
    place = {"metadata": {"path": str(LESSONS)}}
    NotebookClient(copy, timeout=SECONDS, kernel_name="python3", resources=place).execute()
    printed = [output.text for output in copy.cells[-1].outputs if output.get("name") == "stdout"]
    return json.loads("".join(printed))


if chromium_path() is None:  # otherwise the browser's run of a lesson drives its controls

    @pytest.mark.parametrize("name", names())
    def test_no_control_of_a_lesson_raises(name):
        report = run_and_poke(read(name).notebook)
        assert "\n".join(report["raised"]) == ""
        assert report["sent"] >= LEAST * stages_of(read(name))


BUGS = """
import threading
import ipywidgets as W
import numpy as np
import vizconv as vc

def at(bad, text):
    def check(change):
        if change["new"] == bad:
            raise RuntimeError(text)
    return check

slider, text, choice, switch = W.IntSlider(0, -3, 3), W.Text(), W.Dropdown(options="abc"), W.Checkbox()
slider.observe(at(3, "planted: slider"), "value")
text.observe(at("<b>", "planted: text"), "value")
choice.observe(at("c", "planted: choice"), "value")
switch.observe(at(True, "planted: switch"), "value")
W.Button().on_click(lambda _: 1 / len("planted: button"[:0]))
W.interactive(lambda n: [][n], n=(0, 2))
threading.Thread(target=lambda: int("planted: thread")).start()

def edited(scene, changes):
    raise RuntimeError("planted: edit")

def raises(text):
    def raise_it(change):
        raise RuntimeError(text)
    return raise_it

panel = vc.scenes.Panel("p", np.ones(2), (0, 0), editable=True)
stage = vc.stage.Stage(vc.scenes.Scene((panel,)), edited)
stage.observe(raises("planted: hold"), "pinned")
upload, picture = W.FileUpload(), vc.stage.Picture(np.ones((4, 4)), frame=(2, 2))
upload.observe(raises("planted: upload"), "value")
parts = vc.stage.Upload("", raises("planted: parts"), print)
picture.observe(raises("planted: pointer"), "pointer")
picture.observe(raises("planted: region"), "region")
"""
FOUND = (
    *(f"planted: {where}" for where in ("slider", "text", "choice", "switch", "thread", "edit")),
    *(f"planted: {where}" for where in ("hold", "upload", "parts", "pointer", "region")),
    "ZeroDivisionError",
    "IndexError",
)


def test_planted_bugs_are_found():
    raised = run_and_poke(new_notebook(cells=[new_code_cell(BUGS)]))["raised"]
    assert [bug for bug in FOUND if not any(bug in text for text in raised)] == []


def test_an_unknown_control_is_not_passed_over():
    with pytest.raises(CellExecutionError, match="no test knows how to drive DatePicker"):
        run_and_poke(new_notebook(cells=[new_code_cell("import ipywidgets\nipywidgets.DatePicker()")]))

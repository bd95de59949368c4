"""Every lesson, run in a real JupyterLab: no error anywhere, and on every stage the numbers of its scene."""

import json

import pytest
from playwright.sync_api import expect

from tests.lessons.rules import names, read

STAGES = """
import json
import numpy as np
from ipywidgets.widgets.widget import _instances
from vizconv.engine.writing import format_number
from vizconv.stage import Stage

def numbers(panel):
    cells = enumerate(panel.values.ravel())
    return {",".join(map(str, panel.index_of(cell))): format_number(value) for cell, value in cells}

def is_true(scene):
    sums = scene.sums()
    return all(np.allclose(sums[name], scene.panel(name).values, rtol=1e-6, atol=1e-6) for name in sums)

stages = [widget for widget in _instances.values() if isinstance(widget, Stage)]
print(json.dumps([
    {"numbers": {panel.name: numbers(panel) for panel in stage.scene.panels}, "true": is_true(stage.scene)}
    for stage in stages
]))
"""


def shown_stages(name: str) -> int:
    """Count the stages among the stored outputs of a lesson."""
    texts = (str(output.get("data", {}).get("text/plain", "")) for output in read(name).outputs)
    return sum(text.startswith(("Explorer(", "Stage(")) for text in texts)


@pytest.mark.parametrize("name", names())
def test_a_lesson_runs_and_its_stages_show_their_scenes(opened, name):
    notebook = opened(name)
    made = json.loads(notebook.python(STAGES))
    expect(notebook.page.locator(".vizconv-stage")).to_have_count(shown_stages(name))
    assert all(stage["true"] for stage in made)
    following = iter(made)
    for shown in notebook.stages():  # a stage may be made and not shown, so some are passed over
        assert shown.numbers() in (stage["numbers"] for stage in following)
    assert notebook.complaints() == []
    notebook.page.close()

"""Every lesson in a real JupyterLab: no error, every stage shows its scene, and no control raises."""

import json

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser import expected
from tests.browser.laboratory import python
from tests.lessons.driving import LEAST, REPORT
from tests.lessons.rules import names, read, stages_of

STAGES = """
import json
import numpy as np
from ipywidgets.widgets.widget import _instances
from vizconv.engine.writing import format_number
from vizconv.explore import Explorer
from vizconv.explore.sliding.correlation import CorrelationSettings
from vizconv.engine.geometry import geometry
from vizconv.stage import Stage

def numbers(scene, panel):
    cells = enumerate(scene.seen(panel.name).ravel())
    return {",".join(map(str, panel.index_of(cell))): format_number(value) for cell, value in cells}

def is_true(scene):
    sums = scene.sums()
    return all(np.allclose(sums[name], scene.panel(name).values, rtol=1e-6, atol=1e-6) for name in sums)

def told(settings):
    padding = geometry(settings.x.shape, settings.w.shape, **settings.sliding).padding  # in numbers
    sliding = {**settings.sliding, "padding": padding}
    return {"x": settings.x.tolist(), "w": settings.w.tolist(), "sliding": sliding}

stages = [widget for widget in _instances.values() if isinstance(widget, Stage)]
correlations = {
    widget.stage: told(widget.settings)
    for widget in _instances.values()
    if isinstance(widget, Explorer) and type(widget.settings) is CorrelationSettings
}
print(json.dumps([
    {
        "numbers": {panel.name: numbers(stage.scene, panel) for panel in stage.scene.placed},
        "true": is_true(stage.scene),
        "correlation": correlations.get(stage),
    }
    for stage in stages
]))
"""
CONTROLS = """() => {
    const least = {
        ".vizconv-stage": STAGE, ".widget-slider": 3, ".widget-checkbox": 2, ".widget-text": 4,
        ".widget-dropdown": 2, ".jupyter-button": 1,
    };
    const count = (selector) => document.querySelectorAll(selector).length;
    return Object.entries(least).reduce((sum, [selector, each]) => sum + each * count(selector), 0);
}""".replace("STAGE", str(LEAST))
SECONDS = 120  # for all controls of a lesson


@pytest.fixture
def notebook(opened, name):
    notebook = opened(name)
    yield notebook
    notebook.close()


@pytest.mark.parametrize("name", names())
def test_a_lesson_runs_shows_its_scenes_and_bears_every_control(notebook, state, name):
    made = json.loads(notebook.python(STAGES))
    expect(notebook.page.locator(".vizconv-stage")).to_have_count(stages_of(read(name)))
    assert all(stage["true"] for stage in made)
    correlations = [stage for stage in made if stage["correlation"]]
    assert len(correlations) >= stages_of(read(name), "Explorer(correlation:")
    following = iter(made)
    for shown in notebook.stages():  # a stage may be made and not shown, so some are passed over
        numbers = shown.numbers()
        stage = next((stage for stage in following if stage["numbers"] == numbers), None)
        assert stage is not None
        if stage["correlation"]:
            assert_told_twice(shown, **stage["correlation"])
    assert notebook.complaints() == []
    assert_driven(notebook, state)


def assert_told_twice(shown, x, w, sliding):
    """The stage of a correlation shows what plain loops find."""
    wanted = expected.correlation(np.array(x), np.array(w), **sliding)
    assert shown.numbers() == wanted.numbers()
    step = 1 if len(wanted.values["x"]) < 100 else 29
    assert shown.look("sights", step) == wanted.sights(step)


def assert_driven(notebook, state):
    """Driven over its range, no control raises; those that the page showed took their messages."""
    least, kernel = notebook.page.evaluate(CONTROLS), notebook.kernel()
    notebook.close()  # it would follow every message
    report = json.loads(python(state, kernel, REPORT, SECONDS).splitlines()[-1])
    assert "\n".join(report["raised"]) == ""
    assert report["sent"] >= least > 0
    assert notebook.heard == []  # the page is there still, without the notebook

"""What the page makes of an edit is what the engine makes of it, for every number that can be typed."""

import random

import numpy as np
import pytest

from tests.explore.registry import EDITABLE
from tests.front_end import send
from vizconv import explore


@pytest.mark.parametrize("name", EDITABLE)
def test_an_edit_in_the_page_is_an_edit_in_python(name):
    explorer, generator = EDITABLE[name](), random.Random(name)
    topic, settings, scene = explorer.topic, explorer.settings, explorer.stage.scene
    editable = [panel for panel in scene.panels if panel.editable]
    assert editable
    for panel in editable:
        cells = [cell for cell in range(panel.values.size) if panel.holds_number(cell)]
        for cell in generator.sample(cells, min(len(cells), 5)):
            value = generator.choice([7, -3, 0.5, 20])
            in_the_page = scene.edited(panel.name, cell, value)
            by_the_engine = topic.scene(topic.typed(settings, scene, panel.name, cell, value))
            for summed in in_the_page.panels:
                made = by_the_engine.panel(summed.name)
                np.testing.assert_array_equal(summed.kinds, made.kinds)
                np.testing.assert_allclose(summed.values, made.values, rtol=1e-9, atol=1e-9)


def test_a_clean_sheet_is_one_change():
    """The page reports every cell of it; the scene is made once."""
    explorer = explore.correlation("handwritten digit")
    made = []
    explorer.stage.observe(made.append, "scene")
    changes = [{"panel": "x", "cell": cell, "value": 0} for cell in range(28 * 28)]
    send(explorer.stage, edit={"serial": 1, "changes": changes})
    assert not explorer.settings.x.any() and explorer.settings.input.name == "your own"
    assert len(made) == 1

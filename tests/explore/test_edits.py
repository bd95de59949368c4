"""What the page makes of an edit is what the engine makes of it, for every number that can be typed."""

import random

import numpy as np
import pytest

from tests.explore.test_slopes import EXPLORERS
from vizconv import explore

OTHERS = {
    "correlation": lambda: explore.correlation(stride=2, padding=1),
    "convolution": lambda: explore.convolution(padding="same"),
    "im2col": explore.im2col,
    "untied": lambda: explore.layer(gradient=True, bias="untied"),
    "matrix": explore.matrix,
    "receptive field": explore.receptive_field,
    "receptive field, ReLU": lambda: explore.receptive_field(relu=True),
    "shift": explore.shift,
    "every tie": lambda: explore.pooling(ties="every"),
    "probabilities": explore.softmax,
    "hidden kernel, revealed": lambda: explore.hidden_kernel(steps=5, revealed=True),
    "border": lambda: explore.correlation(padding=2, border="reflect"),
    "ReLU": lambda: explore.chain("two by two"),
    "ReLU paths": lambda: explore.chain("two side by side", show="paths"),
    "shift to the left": lambda: explore.shift(down=1, right=-2, stride=2, padding=1),
    "kernels": lambda: explore.kernels("bright square"),
}


@pytest.mark.parametrize("name", [*EXPLORERS, *OTHERS])
def test_an_edit_in_the_page_is_an_edit_in_python(name):
    explorer, generator = {**EXPLORERS, **OTHERS}[name](), random.Random(name)
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

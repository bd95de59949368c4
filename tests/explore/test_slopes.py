"""Every gradient that any explorer shows is a slope that a finite difference measures, in one line."""

from dataclasses import replace

import numpy as np
import pytest

from vizconv import explore
from vizconv.explore.explorer import Explorer

VIEWS = ("readings", "dw", "db", "scatter", "gather", "filters", "images")
LAYER = {"channels": 2, "filters": 2, "images": 2, "stride": 2, "padding": 1}
EXPLORERS = {
    **{
        f"chain {graph}": lambda graph=graph: explore.chain(graph, activation="tanh")
        for graph in ("one neuron", "three in a row", "two side by side", "two by two")
    },
    "paths": lambda: explore.chain("two by two", show="paths"),
    "jacobians": lambda: explore.jacobians(stride=2, padding=1),
    "transposed": lambda: explore.jacobians(transpose=True, padding=1),
    **{f"gradients {view}": lambda view=view: explore.gradients(view=view, **LAYER) for view in VIEWS},
    "hidden kernel": lambda: explore.hidden_kernel(steps=5),
    "max pooling": lambda: explore.pooling(stride=1),
    "average pooling": lambda: explore.pooling(kind="average", padding=1),
    "softmax, Jacobian": lambda: explore.softmax([1, -2, 0.5], view="Jacobian"),
    "softmax, gradient": lambda: explore.softmax([1, -2, 0.5], view="gradient"),
    "softmax, p − y": lambda: explore.softmax([1, -2, 0.5], view="p − y"),
    "batch": explore.batch_loss,
    "layer": lambda: explore.layer(gradient=True),
}
GIVEN = {  # what a learner chooses, and slopes that are a factor and no gradient
    **{name: {"dy"} for name in EXPLORERS},
    "paths": {"da3"},
    "transposed": {"dy", "transpose"},
    "hidden kernel": set(),
}


def checks(explorer) -> list:
    """Check every cell of every panel of slopes that has a number to move."""
    result = []
    for name in explorer.slopes():
        panel = explorer.stage.scene.panel(name)
        for cell in np.ndindex(panel.shape):
            index = [at + first for at, first in zip(cell, panel.origin, strict=True)]
            try:
                result.append(explorer.finite_difference(name, *index))
            except IndexError:
                assert "padding" in " ".join(explorer.stage.scene.notes).lower() or panel.kinds[cell]
    return result


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_gradient_is_a_measured_slope(name):
    explorer = EXPLORERS[name]()
    checked = checks(explorer)
    assert checked and all(check.agrees or check.difference is None for check in checked)
    assert sum(check.difference is None for check in checked) <= 0.2 * len(checked)  # kinks are few


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_panel_of_gradients_can_be_checked(name):
    explorer = EXPLORERS[name]()
    panels = explorer.stage.scene.panels
    named = {panel.name for panel in panels if panel.name[0] == "d" or "∂" in panel.label}
    assert named - {"difference"} - GIVEN[name] <= set(explorer.slopes())


@pytest.mark.parametrize("name", EXPLORERS)
def test_a_wrong_gradient_is_found(name):
    explorer = EXPLORERS[name]()
    scene, slopes = explorer.stage.scene, explorer.slopes()
    shifted = {name: scene.panel(name).values + 0.5 for name in slopes}
    panels = (replace(each, values=shifted.get(each.name, each.values)) for each in scene.panels)
    explorer.stage.scene = replace(scene, panels=tuple(panels))
    assert not any(check.agrees for check in checks(explorer))


def test_a_jacobian_over_padding_is_refused():
    explorer: Explorer = explore.jacobians(padding=1)
    with pytest.raises(IndexError, match="belongs to a padding cell"):
        explorer.finite_difference("dy/dx", 0, -1)

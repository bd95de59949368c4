"""Every gradient that any explorer shows is a slope that a finite difference measures, in one line."""

from dataclasses import replace

import numpy as np
import pytest

from tests.explore.registry import SLOPES
from vizconv import explore
from vizconv.explore.explorer import Explorer

GIVEN = {  # what a learner chooses, and slopes that are a factor and no gradient
    **{name: {"dy"} for name in SLOPES},
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


@pytest.mark.parametrize("name", SLOPES)
def test_every_gradient_is_a_measured_slope(name):
    explorer = SLOPES[name]()
    checked = checks(explorer)
    assert checked and all(check.agrees or check.difference is None for check in checked)
    assert sum(check.difference is None for check in checked) <= 0.2 * len(checked)  # kinks are few


@pytest.mark.parametrize("name", SLOPES)
def test_every_panel_of_gradients_can_be_checked(name):
    explorer = SLOPES[name]()
    panels = explorer.stage.scene.panels
    named = {panel.name for panel in panels if panel.name[0] == "d" or "∂" in panel.label}
    assert named - {"difference"} - GIVEN[name] <= set(explorer.slopes())


@pytest.mark.parametrize("name", SLOPES)
def test_a_wrong_gradient_is_found(name):
    explorer = SLOPES[name]()
    scene, slopes = explorer.stage.scene, explorer.slopes()
    shifted = {name: scene.panel(name).values + 0.5 for name in slopes}
    panels = (replace(each, values=shifted.get(each.name, each.values)) for each in scene.panels)
    explorer.stage.scene = replace(scene, panels=tuple(panels))
    assert not any(check.agrees for check in checks(explorer))


def test_a_jacobian_over_padding_is_refused():
    explorer: Explorer = explore.jacobians(padding=1)
    with pytest.raises(IndexError, match="belongs to a padding cell"):
        explorer.finite_difference("dy/dx", 0, -1)

"""What a learner typed or gave is never lost: it comes back when "your own" is chosen again."""

import numpy as np
import pytest

from tests.front_end import send
from vizconv import explore
from vizconv.explore.chosen import OWN

MINE = np.arange(12).reshape(3, 4)


def choose(control, name):
    send(control, index=list(control.options).index(name))


@pytest.mark.parametrize("make", [explore.correlation, explore.convolution, explore.pooling])
def test_an_own_x_comes_back(make):
    explorer = make(MINE)
    control = explorer.controls["input"]
    for preset in control.options[:2]:
        choose(control, preset)
        assert explorer.settings.x.shape != MINE.shape
    choose(control, OWN)
    np.testing.assert_array_equal(explorer.settings.x, MINE)
    np.testing.assert_array_equal(explorer.stage.scene.panel("x").values, MINE)


@pytest.mark.parametrize("make", [explore.correlation, explore.convolution])
def test_a_typed_kernel_comes_back(make):
    explorer = make()
    panel = "w" if make is explore.correlation else "k"
    edit = {"panel": panel, "cell": 1, "value": 50}
    send(explorer.stage, edit={"serial": 1, "changes": [edit]})
    assert explorer.controls["kernel"].value == OWN
    mine = explorer.settings.k
    choose(explorer.controls["kernel"], "average")
    assert not np.array_equal(explorer.settings.k, mine)
    choose(explorer.controls["kernel"], OWN)
    np.testing.assert_array_equal(explorer.settings.k, mine)


def test_without_an_own_one_the_present_one_stays():
    explorer = explore.correlation("counting")
    choose(explorer.controls["input"], OWN)
    assert explorer.settings.x.shape == (7, 7) and explorer.controls["input"].value == OWN

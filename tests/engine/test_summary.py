"""A network as a table."""

import dataclasses

import numpy as np
import pytest

from vizconv.engine import Conv2d, Network, Relu, lenet5, summary


def test_lenet5():
    table = summary(lenet5(0))
    assert table.parameters == 61_706
    rows = {layer.name: layer for layer in table.layers}
    assert list(rows) == list(lenet5(0).layers)
    assert rows["conv1"].output == (6, 28, 28) and rows["conv1"].parameters == 156
    assert rows["conv1"].dense == (784 + 1) * 6 * 28 * 28
    assert rows["conv2"].dense == (6 * 14 * 14 + 1) * 16 * 10 * 10
    assert rows["linear1"].dense == rows["linear1"].parameters == 48_120
    assert rows["relu1"].dense is None and rows["relu1"].parameters == 0
    assert table.dense == sum(row.dense for row in table.layers if row.dense)


def test_the_table_reads_well():
    lines = repr(summary(lenet5(0))).splitlines()
    assert lines[0] == "layer    operation  output        parameters   if dense"
    assert lines[2] == "conv1    Conv2d     6 × 28 × 28          156  3,692,640"
    assert lines[3] == "relu1    Relu       6 × 28 × 28"
    assert lines[-1].split() == ["in", "all", "61,706", "5,634,974"]
    assert not any(line.endswith(" ") for line in lines)


def test_a_summary_is_plain_frozen_data():
    table = summary(Network({"relu": Relu()}), (2, 3, 4))
    assert table == summary(Network({"relu": Relu()}), (2, 3, 4))
    with pytest.raises(dataclasses.FrozenInstanceError):
        table.layers[0].parameters = 5


def test_an_input_that_does_not_fit_is_refused():
    network = Network({"conv": Conv2d(np.ones((1, 3, 2, 2)))})
    with pytest.raises(ValueError, match="x has 1 channels and weight takes 3"):
        summary(network)
    assert summary(network, (3, 4, 4)).parameters == 12

"""Which panels each view has on show, and which numbers only its formulas write."""

import pytest

from tests.explore.registry import EXPLORERS

TWO_BY_TWO = (
    "a0 w1 b1 z1 a1 da0 dw1 db1 delta1 da1 slope1 w2 b2 z2 a2 dw2 db2 delta2 da2 slope2 "
    "w3 b3 z3 a3 y difference dw3 db3 delta3 da3 slope3 C"
)
SHOWN = {
    "chain one neuron": "a_prev w b z a y difference da_prev dw db delta da slope C",
    "chain three in a row": (
        "a0 w1 b1 z1 a1 da0 dw1 db1 delta1 da1 slope1 w2 b2 z2 a2 dw2 "
        "db2 delta2 da2 slope2 w3 b3 z3 a3 y difference dw3 db3 delta3 da3 slope3 C"
    ),
    "chain two side by side": (
        "a0 w1 b1 z1 a1 da0 dw1 db1 delta1 da1 slope1 w2 b2 z2 a2 y difference dw2 db2 delta2 da2 slope2 C"
    ),
    "chain two by two": TWO_BY_TWO,
    "paths": (
        "a0 C da3 slope3 to_z3 w3 to_a2 slope2 to_z2 w2 to_a1 slope1 to_z1 w1 to_a0 via_w1 via_w2 via_w3 da0"
    ),
    "jacobians": "x w b y dy/dx dy/dw dy dx dw db L",
    "transposed": "dy/dx transpose w dx dy spread reversed slid",
    "gradients readings": "x w b y dx dw db dy L",
    "gradients dw": "x dy dw",
    "gradients db": "dy db",
    "gradients scatter": "dy w dx",
    "gradients gather": "dy spread rotated dx w",
    "gradients filters": "dy w dx",
    "gradients images": "x dy dw",
    "hidden kernel": "x w y target dw dy squares L",
    "max pooling": "x mask y L dx dy sum_dx sum_dy",
    "average pooling": "x kernel y L dx dy sum_dx sum_dy",
    "softmax, Jacobian": "z p dz J dp L factor rows",
    "softmax, gradient": "z p surprise L dz J dp y short slope",
    "softmax, p − y": "z p surprise L short y",
    "batch": "z p surprise losses right dz y L accuracy",
    "layer": "x w s b y L db dy",
    "correlation": "x w y",
    "convolution": "x k rotated y",
    "im2col": "w x y W X Y",
    "untied": "x w s b y L db dy",
    "matrix": "M x y w",
    "receptive field": "x w1 y1 w2 y2 w12 whole",
    "receptive field, ReLU": "x w1 y1 gate a1 w2 y2 w12 whole",
    "shift": "x w y moved difference",
    "every tie": "x mask y L dx ties dy sum_dx sum_dy",
    "probabilities": "z shifted e p top share surprise y L",
    "hidden kernel, revealed": "x w y target dw dy hidden squares L",
    "border": "x w y",
    "ReLU": TWO_BY_TWO,
    "ReLU paths": "a0 C da2 slope2 to_z2 w2 to_a1 slope1 to_z1 w1 to_a0 via_w1 via_w2 da0",
    "shift to the left": "x w y moved difference",
    "kernels": "x w y",
    "parameters": "H·W C inputs units weights KH·KW C_ a_filter filters weights_",
    "initialization": "sigma spread",
    "pooled shift": "x_moved x x_change y_moved y y_change",
}
CONSTANTS = {
    **{name: "minus two" for name in SHOWN if "chain" in name or "ReLU" in name or name == "paths"},
    "receptive field, ReLU": "",
    **dict.fromkeys(("hidden kernel", "hidden kernel, revealed"), "minus half"),
    **dict.fromkeys(("softmax, gradient", "softmax, p − y"), "minus"),
    **dict.fromkeys(("shift", "shift to the left"), "minus"),
    "batch": "minus share",
}


@pytest.mark.parametrize("name", EXPLORERS)
def test_a_view_shows_the_panels_it_needs(name):
    scene = EXPLORERS[name]().stage.scene
    assert [panel.name.replace(" ", "_") for panel in scene.placed] == SHOWN[name].split()
    assert [panel.name for panel in scene.panels if panel.constant] == CONSTANTS.get(name, "").split()

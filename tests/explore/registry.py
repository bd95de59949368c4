"""Every explorer, in every view that shows other panels: what the tests of all explorers go through."""

from collections.abc import Callable

from vizconv import explore
from vizconv.explore.explorer import Explorer

VIEWS = ("readings", "dw", "db", "scatter", "gather", "filters", "images")
LAYER = {"channels": 2, "filters": 2, "images": 2, "stride": 2, "padding": 1}
SLOPES: dict[str, Callable[..., Explorer]] = {  # those that show gradients or Jacobians
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
EDITABLE: dict[str, Callable[..., Explorer]] = {  # those into which numbers can be typed
    **SLOPES,
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
EXPLORERS: dict[str, Callable[..., Explorer]] = {
    **EDITABLE,
    "parameters": explore.parameters,
    "initialization": explore.initialization,
    "pooled shift": explore.pooled_shift,
}

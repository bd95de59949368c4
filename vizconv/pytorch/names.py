"""Names for layers: those of a model's modules, made fit to stand in a network and on a stage."""

import re
from collections.abc import Iterable, Sequence

from vizconv.engine import AvgPool2d, BatchNorm2d, Conv2d, LogSoftmax, MaxPool2d
from vizconv.engine.layers import Layer

KINDS = {Conv2d: "conv", BatchNorm2d: "norm", MaxPool2d: "pool", AvgPool2d: "pool", LogSoftmax: "log_softmax"}
RESERVED = frozenset({"x", "p", "L", "t", "chosen"})  # the image, and what stands at a network's end


def layer_names(paths: Sequence[str], layers: Sequence[Layer]) -> list[str]:
    """Name layers after the paths of their modules: "features.0" becomes "features_0".

    What has no name, a function or a place in a Sequential, is named by what it is: "relu1", "conv0". No
    name is that of another tensor on a stage: of the image, a gradient ("d" and a name), or a layer.
    """
    kinds = [KINDS.get(type(layer), type(layer).__name__.lower()) for layer in layers]
    wished = [_wished(*each) for each in zip(paths, kinds, strict=True)]
    calls = list(zip(paths, wished, strict=True))
    counts = [calls.count(call) for call in calls]
    names: dict[int, str] = {}
    # What stands once, by its own name, has the first choice.
    for place in sorted(range(len(calls)), key=lambda place: (not paths[place], counts[place] > 1)):
        name = _numbered(wished[place], calls[: place + 1].count(calls[place]), counts[place])
        names[place] = _free(name, kinds[place], names.values())
    return [names[place] for place in range(len(calls))]


def _wished(path: str, kind: str) -> str:
    name = re.sub(r"\W", "_", path)
    return name if re.search(r"[^\d_]", name) else f"{kind}{name}"


def _numbered(name: str, number: int, count: int) -> str:
    return name if count == 1 else f"{name}{'_' * name[-1].isdigit()}{number}"


def _free(name: str, kind: str, taken: Iterable[str]) -> str:
    taken, wished, number = RESERVED.union(taken), name, 1
    while name in taken or f"d{name}" in taken or name.removeprefix("d") in taken:
        name = f"{wished}_{kind}{'' if number == 1 else number}"
        number += 1
    return name

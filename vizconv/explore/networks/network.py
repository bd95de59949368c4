"""The explorer of a whole network: open any number, and follow it to the pixels or to the loss."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv import datasets, scenes
from vizconv.datasets import Digits
from vizconv.engine.networks import Network
from vizconv.explore.controls import Choice
from vizconv.explore.explorer import Explorer, read_only
from vizconv.explore.networks.settings import NetworkSettings, changed, start
from vizconv.explore.topic import Topic
from vizconv.scenes import Panel, Scene, put
from vizconv.scenes.networks.network import gradients
from vizconv.stage.network import NetworkStage, layers_of

OFFERED = [*range(10), 560, 601, 402, 633, 764, 975, 666, 357, 488, 29]  # ten are plain, ten are in doubt
COSTS = {"loss": "L", "score": "chosen.score", "probability": "chosen.probability"}


def network(
    network: Network | None = None,
    image: ArrayLike | None = None,
    label: int | None = None,
    layers: str = "",
) -> "NetworkExplorer":
    """Explore a whole network: every layer as pictures, every number open to its products, both ways.

    network: by default the LeNet-5 that ships trained. image (H, W) or (C, H, W), uint8 or floats: by default
    a shipped digit. label, the right class: by default the digit's, and of a picture of your own the class
    that the network takes it for. Draw, choose or edit in the page; `explorer.settings` has the picture and
    the network as they are then.

    A network that is too large for one stage is shown in sections, as many layers as fit: `layers` names the
    layer that the stage begins with, and a control offers the others. Raises TypeError or ValueError, with
    what would fit, for an image or a label that does not fit the network, NaN pixels, layers that have no
    place on a stage, and one too large for any.
    """
    return NetworkExplorer(start(network, image, label, layers))


class NetworkExplorer(Explorer[NetworkSettings]):
    """A network's stage. `explorer.settings` are the present image, network, label and objective."""

    stage: NetworkStage

    def __init__(self, settings: NetworkSettings):
        self._sent = settings  # what the page's changes are changes of
        scene = scene_of(settings)
        offered = {}
        if scene.notes:  # not all of it is there
            settings = replace(settings, layers=layers_of(scene)[1])
            offered = offers(settings, scene)
        super().__init__(topic_of(scene, offered), settings)
        self.children = (self.controls["layers"], self.stage) if offered else (self.stage,)

    def show(self, settings: NetworkSettings) -> None:
        """Take other settings, and show their scene."""
        with self._turn:
            scene = self._take(settings)
            self._sent = self.settings
            self.stage.aim(self.settings.of)
            self.stage.scene = scene

    def save(self, path: str | Path) -> None:
        """Write the network to a file: .html stays alive, .png is a still.

        Raises ValueError for another ending.
        """
        self.stage.save(path)

    def _stage_of(self, scene: Scene) -> NetworkStage:
        return NetworkStage(scene, self._taken, offered_digits(), self._sent.of)

    def _taken(self, changes, of: tuple[str, int]) -> Scene:
        return self._take(replace(changed(self._sent, changes), of=of))

    def _take(self, settings: NetworkSettings) -> Scene:
        """Take other settings and return their scene; raise ValueError, nothing lost, where there is none."""
        settings = read_only(settings)
        scene = scene_of(settings)
        self._settings, self.topic = settings, topic_of(scene, self._offered())
        self._follow(scene)
        return scene

    def _offered(self) -> dict[str, str]:
        choices = [each for each in self.topic.controls if isinstance(each, Choice)]
        return {words: layer for each in choices for words, layer in each.pairs}

    def _still(self) -> bytes:
        return self.stage.still()

    def __repr__(self):
        return f"Explorer(network: {', '.join(layers_of(self.stage.scene))})"


def offers(settings: NetworkSettings, scene: Scene) -> dict[str, str]:
    """Return what a stage can show of a network that is too large: words, and the layer to begin with."""
    known = scenes.layers_to_begin_with(settings.network, settings.image)
    if settings.layers in known.values():
        return known
    return {f"{settings.layers} to {layers_of(scene)[-1]}": settings.layers, **known}


def offered_digits() -> Digits:
    """Return some of the digits that ship, to choose from."""
    shipped = datasets.digits()[1]
    return Digits(shipped.images[OFFERED], shipped.labels[OFFERED])


# ---- From settings to a scene ------------------------------------------------------------------------------


def scene_of(settings: NetworkSettings) -> Scene:
    """Return the scene of the settings; raise ValueError where image, label and network do not fit."""
    of: Any = "loss" if settings.of[0] == "loss" else settings.of
    return scenes.network(settings.network, settings.image, settings.label, of, settings.layers)


def topic_of(scene: Scene, offered: Mapping[str, str]) -> Topic[NetworkSettings]:
    """Return the topic of a network that makes such scenes; a control offers to begin with other layers."""
    return Topic(
        name="network",
        controls=(Choice("layers", options=offered),) if offered else (),
        scene_of=scene_of,
        edit=edit,
        gradients=gradients(scene) if scenes.objectives(scene) else {},  # else nothing can be measured
        nudged=nudged,
    )


def edit(settings: NetworkSettings, _: Scene, panel: str, cell: int, value: float) -> NetworkSettings:
    """Return the settings after a learner typed a value into a pixel, a weight or a bias."""
    return changed(settings, {panel: [(cell, value)]})


def nudged(settings: NetworkSettings, scene: Scene, panel: str, cell: int, value: float) -> Scene:
    """Return a scene of what the gradients are of, called L, with one number moved wherever it stands."""
    makes = [number for number, step in enumerate(scene.steps) if step.target == panel]
    after = scene.steps[makes[-1] + 1 :] if makes else scene.steps
    moved = partial(_moved, name=panel, cell=cell, value=value)
    values = replace(scene, panels=tuple(map(moved, scene.panels))).taken(
        after, lambda r: scene.terms[r.terms]
    )
    cost = COSTS[settings.of[0]]
    return Scene((Panel("L", values.get(cost, scene.panel(cost).values), (0, 0)),))


def _moved(panel: Panel, name: str, cell: int, value: float) -> Panel:
    if panel.name != name:
        return panel
    return replace(panel, values=put(panel.values.astype(np.float64), cell, value))

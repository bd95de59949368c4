"""A scene as a message to the page: plain names and shapes, and numbers as buffers."""

from dataclasses import asdict

import numpy as np

from vizconv.scenes import Edge, Graph, Panel, Range, Reading, Rule, Scene, Terms, objectives

WAYS = "wide", "tall"


def as_message(scene: Scene, serial: int = 0) -> dict:
    """Turn a scene into what the page reads: numbers as float64, indices as uint16 or uint32 buffers."""
    panels = [_panel_message(panel, scene.ranges.get(panel.name)) for panel in scene.panels]
    return _message(scene, serial, panels)


def as_network_message(scene: Scene, serial: int = 0) -> dict:
    """Turn the scene of a network into what the page reads, as small as it can be.

    As `as_message`, but `values` are None where steps make them, as the page does that, and float32 where
    `single` is true and that rounds none of them; `kinds` are None where all are 0, and `scale` is the
    panel's own. `objectives` are, by "loss", "score" and "probability", the steps that may stand in the place
    of those that make the gradient of the scores: see `scenes.objectives`.
    """
    made = {step.target for step in scene.steps}
    return {
        **_message(scene, serial, [_small_message(panel, panel.name in made) for panel in scene.panels]),
        "objectives": {kind: list(map(_step_message, steps)) for kind, steps in objectives(scene).items()},
    }


def _message(scene: Scene, serial: int, panels: list[dict]) -> dict:
    return {
        "serial": serial,
        "panels": panels,
        "terms": [_terms_message(name, terms) for name, terms in scene.terms.items()],
        "steps": [_step_message(step) for step in scene.steps],
        "walk": scene.walk,
        "notes": list(scene.notes),
        "pointed": _cell_message(scene.pointed),
        "graph": scene.graph and _graph_message(scene.graph),
    }


def _cell_message(cell: tuple[str, int] | None) -> dict | None:
    return cell and dict(zip(("panel", "cell"), cell, strict=True))


def _graph_message(graph: Graph) -> dict:
    return {
        **{way: {name: [*map(list, spots)] for name, spots in getattr(graph, way).items()} for way in WAYS},
        "edges": [*map(_edge_message, graph.edges)],
        "nodes": [[*map(_cell_message, node)] for node in graph.nodes],
        "listed": sorted(graph.listed),
    }


def _edge_message(edge: Edge) -> dict:
    ends = {name: _cell_message(getattr(edge, name)) for name in ("start", "end", "over", "weight")}
    lights = [[*map(_cell_message, group)] for group in edge.lights or (edge.touched,)]
    return {**ends, "back": edge.back, "lights": lights}


def _panel_message(panel: Panel, shades: Range | None) -> dict:
    return {
        **_look(panel),
        "values": panel.values.astype("<f8").tobytes(),
        "kinds": panel.kinds.tobytes(),
        "scale": shades and shades.scale.name,
        "pixels": shades and shades.scale.pixels and list(shades.scale.pixels),
    }


def _small_message(panel: Panel, made: bool) -> dict:
    with np.errstate(over="ignore"):  # what is too large for float32 travels whole
        values = panel.values.astype("<f4")
    single = bool((values == panel.values).all())
    return {
        **_look(panel),
        "values": None if made else (values if single else panel.values.astype("<f8")).tobytes(),
        "single": single,
        "kinds": panel.kinds.tobytes() if panel.kinds.any() else None,
        "scale": panel.scale,
        "pixels": panel.pixels and list(panel.pixels),
    }


def _look(panel: Panel) -> dict:
    names = ("name", "label", "subscript", "superscript", "sign", "editable", "constant", "source", "switch")
    return {
        **{name: getattr(panel, name) for name in names},
        "place": panel.place and list(panel.place),
        "shape": list(panel.shape),
        "origin": list(panel.origin),
        "names": [list(axis) for axis in panel.names],
        "bars": panel.bars,
        "moved": list(panel.moved),
        "owners": panel.owners.astype("<i2").tobytes() if (panel.owners >= 0).any() else None,
    }


def _terms_message(name: str, terms: Terms) -> dict:
    """Write the rows of one repetition, and how they come again."""
    wide = any(getattr(terms, role).itemsize > 2 for role in terms.roles)
    indices = {role: getattr(terms, role).astype("<u4" if wide else "<u2").tobytes() for role in terms.roles}
    repeats = [[repeat.count, repeat.out, repeat.left, repeat.right] for repeat in terms.repeats]
    return {"name": name, "wide": wide, **indices, "repeats": repeats}


def _step_message(step: Reading | Rule) -> dict:
    if isinstance(step, Rule):
        return {"rule": step.name, "out": step.out, "of": list(step.of), "terms": step.terms}
    return asdict(step)

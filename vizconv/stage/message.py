"""A scene as a message to the page: plain names and shapes, and numbers as buffers."""

from dataclasses import asdict

from vizconv.scenes import Edge, Graph, Panel, Range, Reading, Rule, Scene, Terms

WAYS = "wide", "tall"


def as_message(scene: Scene, serial: int = 0) -> dict:
    """Turn a scene into what the page reads: numbers as float64, indices as uint16 or uint32 buffers."""
    return {
        "serial": serial,
        "panels": [_panel_message(panel, scene.ranges.get(panel.name)) for panel in scene.panels],
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
    names = ("name", "label", "subscript", "superscript", "sign", "editable", "constant", "source")
    return {
        **{name: getattr(panel, name) for name in names},
        "place": panel.place and list(panel.place),
        "shape": list(panel.shape),
        "origin": list(panel.origin),
        "values": panel.values.astype("<f8").tobytes(),
        "kinds": panel.kinds.tobytes(),
        "scale": shades and shades.scale.name,
        "pixels": shades and shades.scale.pixels and list(shades.scale.pixels),
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

"""A scene as a message to the page: plain names and shapes, and numbers as buffers."""

from dataclasses import asdict

from vizconv.scenes import Panel, Range, Reading, Rule, Scene, Terms


def as_message(scene: Scene, serial: int = 0) -> dict:
    """Turn a scene into what the page reads: numbers as float64, indices as uint16 or uint32 buffers."""
    return {
        "serial": serial,
        "panels": [_panel_message(panel, scene.ranges.get(panel.name)) for panel in scene.panels],
        "terms": [_terms_message(name, terms) for name, terms in scene.terms.items()],
        "steps": [_step_message(step) for step in scene.steps],
        "walk": scene.walk,
        "notes": list(scene.notes),
        "pointed": scene.pointed and dict(zip(("panel", "cell"), scene.pointed, strict=True)),
    }


def _panel_message(panel: Panel, shades: Range | None) -> dict:
    names = ("name", "label", "subscript", "superscript", "sign", "editable", "constant", "source")
    return {
        **{name: getattr(panel, name) for name in names},
        "place": panel.place and list(panel.place),
        "shape": list(panel.shape),
        "origin": list(panel.origin),
        "names": [list(axis) for axis in panel.names],
        "bars": panel.bars,
        "moved": list(panel.moved),
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

"""A scene as a message to the page: plain names and shapes, and numbers as buffers."""

from vizconv.scenes import Scene


def as_message(scene: Scene, serial: int = 0) -> dict:
    """Turn a scene into what the page reads: numbers as float64, indices as uint16 or uint32 buffers."""
    return {
        "serial": serial,
        "panels": [_panel_message(panel) for panel in scene.panels],
        "terms": [_terms_message(name, terms) for name, terms in scene.terms.items()],
        "readings": [dict(vars(reading)) for reading in scene.readings],
        "walk": scene.walk,
        "notes": list(scene.notes),
        "pointed": scene.pointed and dict(zip(("panel", "cell"), scene.pointed, strict=True)),
    }


def _panel_message(panel) -> dict:
    names = ("name", "label", "subscript", "superscript", "sign", "editable")
    return {
        **{name: getattr(panel, name) for name in names},
        "place": panel.place and list(panel.place),
        "shape": list(panel.shape),
        "origin": list(panel.origin),
        "values": panel.values.astype("<f8").tobytes(),
        "kinds": panel.kinds.tobytes(),
    }


def _terms_message(name, terms) -> dict:
    wide = any(terms.largest(role) >= 2**16 for role in terms.roles)
    kind = "<u4" if wide else "<u2"
    indices = {role: terms.index(role).astype(kind).tobytes() for role in terms.roles}
    return {"name": name, "wide": wide, **indices}

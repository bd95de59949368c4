"""What a stage tells its page, read again as arrays."""

import numpy as np

from vizconv.scenes import Reading, Rule


def decoded_panel(panel):
    """The values, kinds and owners of a panel's message, as arrays."""
    values = np.frombuffer(panel["values"], "<f8").reshape(panel["shape"])
    kinds = np.frombuffer(panel["kinds"], np.uint8).reshape(panel["shape"])
    none = np.full(panel["shape"], -1)
    owners = np.frombuffer(panel["owners"], "<i2").reshape(panel["shape"]) if panel["owners"] else none
    return values, kinds, owners


def decoded_terms(table):
    """The index arrays of a table's message, by role."""
    kind = "<u4" if table["wide"] else "<u2"
    return {role: np.frombuffer(table[role], kind) for role in ("out", "left", "right") if role in table}


def decoded_step(step):
    """A step of a message, as scenes have it."""
    if "role" in step:
        return Reading(**step)
    return Rule(name=step["rule"], out=step["out"], of=tuple(step["of"]), terms=step["terms"])

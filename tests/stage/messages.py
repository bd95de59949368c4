"""What a stage tells its page, read again as arrays."""

import numpy as np


def decoded_panel(panel):
    """The values and kinds of a panel's message, as arrays."""
    values = np.frombuffer(panel["values"], "<f8").reshape(panel["shape"])
    return values, np.frombuffer(panel["kinds"], np.uint8).reshape(panel["shape"])


def decoded_terms(table):
    """The index arrays of a table's message, by role."""
    kind = "<u4" if table["wide"] else "<u2"
    return {role: np.frombuffer(table[role], kind) for role in ("out", "left", "right") if role in table}

"""A scene that means nothing: random tables in random order, and labels that would be markup.

What lights and sums it rightly knows no convolution, and writes what it is given as text.
"""

import numpy as np

from vizconv.scenes import Panel, Reading, Scene, Terms

SHAPES = {
    "<b>bold</b>": (2, 3, 2),
    'it\'s "quoted"': (7,),
    "a&amp;b]<img src=x onerror=alert(1)>": (3, 4),
    "</div><script>alert(2)</script>": (3, 4),
    "\\": (2, 3, 2),
    "${x} $x_1$": (7,),
    "": (2, 2),
}


def nonsense(seed: int = 0) -> Scene:
    """Return a scene of seven panels: one table read from all three sides, and another of single factors."""
    random = np.random.default_rng(seed)
    x, w, y, dy, dx, dw, b = SHAPES
    tables = {"<i>": table(random, y, x, w), "": table(random, y, b)}
    readings = (
        Reading("<i>", "out", out=y, left=x, right=w),
        Reading("<i>", "left", out=dy, left=dx, right=w),
        Reading("<i>", "right", out=dy, left=x, right=dw),
        Reading("", "out", out=y, left=b),
    )
    panels = tuple(panel(random, name, number) for number, name in enumerate(SHAPES))
    scene = Scene(panels, tables, readings, walk=y, notes=("<script>alert(3)</script>",))
    return scene.edited(x, 0, 0.5)  # one edit makes all sums


def table(random, *names: str, rows: int = 40) -> Terms:
    """Tie random cells of two or three panels, in no order."""
    indices = [random.integers(np.prod(SHAPES[name]), size=rows) for name in names]
    return Terms(*indices, *[None] * (3 - len(indices)))


def panel(random, name: str, number: int) -> Panel:
    """Fill a panel with whole numbers and halves."""
    values = random.integers(-9, 10, SHAPES[name]) / 2
    marks = {"label": name or "(no name)", "subscript": "<sub>", "superscript": "&"}
    return Panel(name, values, divmod(number, 4), sign="<", editable=True, **marks)

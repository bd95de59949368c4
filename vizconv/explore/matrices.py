"""Matrices to explore: read from an argument, one of the presets, or typed by the learner."""

from dataclasses import replace

from vizconv import scenes
from vizconv.engine.arrays import numbers
from vizconv.explore.presets import INPUTS, KERNELS, OWN

LARGEST = 32  # rows or columns of x on the stage


def read_input(x, presets=INPUTS):
    """Read a matrix, a preset's name or None (the first one) as (name, x, notes); what is large is cut."""
    if x is None or isinstance(x, str):
        name = x or next(iter(presets))
        if name not in presets:
            raise ValueError(f"x is {x!r}; a matrix or one of {list(presets)} is expected")
        return name, numbers(presets[name].make(), "x", 2), ()
    x = numbers(x, "x", 2)
    shown = x[:LARGEST, :LARGEST].copy()
    if shown.shape == x.shape:
        return OWN, shown, ()
    kept = " of ".join("×".join(map(str, array.shape)) for array in (shown, x))
    note = f"x is large: its first {kept} numbers are on the stage."
    return OWN, shown, (note,)


def read_kernel(k, presets=KERNELS):
    """Read a matrix, a preset's name or None (the first one) as (name, k)."""
    if k is None or isinstance(k, str):
        name = k or next(iter(presets))
        if name not in presets:
            raise ValueError(f"k is {k!r}; a matrix or one of {list(presets)} is expected")
        size = (2, 2) if k is None or k == next(iter(presets)) else (3, 3)
        return name, presets[name](*size)
    return OWN, numbers(k, "k", 2).copy()


def typed(settings, scene, panel: str, cell: int, value: float, name: str):
    """Put a value typed into a panel's cell into the matrix `name` of the settings, "x" or "k"."""
    shown = scene.panel(panel)
    named = {"x": "input_name", "k": "kernel_name"}[name]
    changed = scenes.put_at(getattr(settings, name), shown.index_of(cell), value)
    return replace(settings, **{name: changed, named: OWN})

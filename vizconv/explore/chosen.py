"""Matrices to explore: read from an argument, one of the presets, or typed by the learner."""

from dataclasses import replace

from vizconv import scenes
from vizconv.engine.arrays import numbers
from vizconv.examples.matrices import INPUTS, KERNELS, OWN

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


def take_input(settings, name: str, presets):
    """Return the settings with a preset as x, or with the learner's own x again, which is never lost."""
    own = settings.x if settings.input_name == OWN else settings.own_x
    kept = settings.x if own is None else own
    x, notes = (numbers(presets[name].make(), "x", 2), ()) if name in presets else (kept, settings.notes)
    return replace(settings, x=x, own_x=own, input_name=name, notes=notes)


def take_kernel(settings, name: str, presets):
    """Return the settings with a preset as k, as large as the present k, or with the learner's own again."""
    own = settings.k if settings.kernel_name == OWN else settings.own_k
    kept = settings.k if own is None else own
    k = numbers(presets[name](*settings.k.shape), "k", 2) if name in presets else kept
    return replace(settings, k=k, own_k=own, kernel_name=name)

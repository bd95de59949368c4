"""What every scene must hold: its sums are the engine's numbers, its edits flow, its picture is small."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from tests.engine.cases import integers, normals
from tests.scenes.cases import assert_sum
from vizconv.draw import png
from vizconv.engine.arrays import largest_of
from vizconv.scenes import PADDING, Reading

values = st.integers(-9, 9) | st.floats(-9, 9)
kinds_of_numbers = st.sampled_from([integers, normals])


def magnitudes(scene):
    """What a rounding error is measured against: the sums of all products' sizes, or a rule's numbers."""
    panels = tuple(replace(panel, values=np.abs(panel.values)) for panel in scene.panels)
    sizes = replace(scene, panels=panels)
    sums = sizes.taken(sizes.readings, lambda reading: sizes.terms[reading.terms])
    return {name: sums.get(name, sizes.panel(name).values) for name in {step.target for step in scene.steps}}


def assert_sums(scene):
    """Every target panel holds what its terms add up to: exactly for whole numbers, else to 1e-12."""
    sizes = magnitudes(scene)
    for name, sums in scene.sums().items():
        values = scene.panel(name).values
        if values.dtype.kind == "i" and sums.dtype.kind == "i":
            np.testing.assert_array_equal(sums, values, err_msg=name)
        else:
            assert_sum(sums.astype(np.float64), values, sizes[name])
    summed = {step.target for step in scene.steps if isinstance(step, Reading)}
    assert not any(scene.panel(name).editable for name in summed)  # what is typed there would be lost


def assert_arranged(scene):
    """Names, labels and places occur once; rows and columns have no holes; Tab goes row by row."""
    places = [panel.place for panel in scene.placed]
    labels = [(panel.label, panel.subscript, panel.superscript) for panel in scene.placed]
    assert len(set(places)) == len(places) and len(set(labels)) == len(labels)
    assert places == sorted(places)
    for axis in range(2):
        taken = {place[axis] for place in places}
        assert taken == set(range(len(taken)))
    assert all(len(terms) <= 50_000 for terms in scene.terms.values())
    assert sum(panel.values.size for panel in scene.panels) <= 20_000


def assert_drawn(scene):
    """A picture of at most 60 kB."""
    picture = png(scene)
    assert picture.startswith(b"\x89PNG") and len(picture) <= 60_000


def editable_cell(draw, scene):
    """Draw a panel that a learner may change, and one of its cells that is no padding."""
    panels = [panel for panel in scene.panels if panel.editable]
    panel = draw(st.sampled_from(panels))
    cells = np.flatnonzero((panel.kinds & PADDING) == 0)
    return panel, int(draw(st.sampled_from(cells.tolist())))


def assert_edit(draw, scene, rebuild):
    """Change one cell on the scene, and the array it shows; the engine's new scene is the edited one.

    `rebuild(name, index, value)` makes the scene of arrays of which `name` has the value at `index`.
    """
    panel, cell = editable_cell(draw, scene)
    value = draw(values)
    index = np.unravel_index(cell, panel.shape)
    index = tuple(int(i) + first for i, first in zip(index, panel.origin, strict=True))
    assert_alike(scene.edited(panel.name, cell, value), rebuild(panel.name, index, value))


def assert_alike(edited, built):
    """Two scenes hold the same numbers, up to the rounding of their sums."""
    sizes = magnitudes(edited)
    for panel in edited.panels:
        values = built.panel(panel.name).values
        assert panel.shape == values.shape
        size = sizes.get(panel.name, largest_of([values]))
        with np.errstate(invalid="ignore"):
            near = np.abs(panel.values - values) <= 1e-12 * size + 1e-300
        same = (panel.values == values) | (np.isnan(panel.values) & np.isnan(values))
        assert np.all(near | same), panel.name


def changed(array, index, value):
    """A copy of an array with one number changed."""
    whole = array.dtype.kind == "i" and isinstance(value, int)
    result = array.copy() if whole else array.astype(np.float64)
    result[index] = value
    return result


def assert_kinds(panel, flag, expected):
    """The cells with this flag are exactly those where `expected` is true."""
    np.testing.assert_array_equal((panel.kinds & flag) > 0, np.asarray(expected), err_msg=panel.name)


def never_met(scene, terms, role, name):
    """Which cells of a panel no row of a table names."""
    indices = scene.terms[terms].index(role)
    size = scene.panel(name).values.size
    return (np.bincount(indices, minlength=size) == 0).reshape(scene.panel(name).shape)

"""Scenes: panels of numbers, the terms that tie them, and how the terms are read. Data, no drawing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from vizconv.engine.arrays import freeze, numbers, own
from vizconv.engine.types import present
from vizconv.scenes.graph import Graph, require_graph
from vizconv.scenes.rules import SWITCHES, Rule, made
from vizconv.scenes.scales import Range, Scale, ranges_of, scales_of
from vizconv.scenes.terms import ROLES, Terms

PADDING, NEVER_READ, CROPPED, FILLED, WRONG, THROWN = 1, 2, 4, 8, 16, 32
LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
HUES, CUTS, NOTCHES = 9, 5, 4  # of outlines that the eye tells apart: colours, how they are cut, notches
OWNERS = HUES * CUTS * NOTCHES
NOISE = 1e-12  # of the sizes of all its terms: a smaller sum is but what rounding left
LARGEST_WHOLE = 2**26  # products of larger whole numbers are made in floats, as integers they could overflow

FILLED_IN: Any = None  # by the constructor


@dataclass(frozen=True, eq=False)
class Panel:
    """One tensor to look at.

    values (H, W), (C, H, W), (F, C, KH, KW), (L) or a single number, name: how the page and the code call it,
    label, subscript, superscript: how it is written, place: (row, column) on the stage, or None for what only
    takes part and is not on show, sign: what stands before it, such as "⋆" or "=", origin: the index of its
    first cell (negative where padding comes first), kinds: flags for each cell (PADDING around an input,
    NEVER_READ by any sum, CROPPED off a result, FILLED in where there is no number and so always 0, THROWN
    away by a stride, so that its gradient is 0, WRONG in a learner's result), owners: for each cell the
    weight whose hue it wears, -1 for none, editable: whether a learner may change it, constant: whether it is
    a number such as −1 or 1/N that formulas write and that has no place, scale: whose range of colours it
    shares, where that does not follow from the scene's steps, pixels: for those of a picture the number that
    is black and the number that is white, such as (0, 255), names: for each axis what its indices are called,
    such as ("red", "green", "blue"), or () for one whose are not, bars: whether every number has a bar beside
    it, so that they can be compared, moved: by how many rows and columns what it shows has been moved, which
    a stage lets one see when it changes, source: a sentence on where its numbers come from, for a learner who
    would change them; by default they are worked out from the others, switch: whether its zeros leave their
    terms out of a sum, as those of gates and masks always do.
    Raises TypeError or ValueError when values are no numbers or kinds, owners, origin or names do not match
    them, or a constant has a place or several numbers, or could be edited.
    """

    name: str
    values: np.ndarray = field(repr=False)
    place: tuple[int, int] | None
    label: str = ""
    subscript: str = ""
    superscript: str = ""
    sign: str = ""
    origin: tuple[int, ...] = ()
    kinds: np.ndarray = field(default=FILLED_IN, repr=False)
    owners: np.ndarray = field(default=FILLED_IN, repr=False)
    editable: bool = False
    constant: bool = False
    scale: str = ""
    pixels: tuple[float, float] | None = None
    names: tuple[tuple[str, ...], ...] = ()
    bars: bool = False
    moved: tuple[int, int] = (0, 0)
    source: str = ""
    switch: bool = False

    if TYPE_CHECKING:  # more is taken than is kept: numbers become arrays, and what is left out is filled in

        def __init__(
            self,
            name: str,
            values: ArrayLike,
            place: tuple[int, int] | None,
            label: str = "",
            subscript: str = "",
            superscript: str = "",
            sign: str = "",
            origin: tuple[int, ...] = (),
            kinds: ArrayLike | None = None,
            owners: ArrayLike | None = None,
            editable: bool = False,
            constant: bool = False,
            scale: str = "",
            pixels: tuple[float, float] | None = None,
            names: tuple[tuple[str, ...], ...] = (),
            bars: bool = False,
            moved: tuple[int, int] = (0, 0),
            source: str = "",
            switch: bool = False,
        ): ...

    def __post_init__(self):
        values = numbers(self.values, f"panel {self.name!r}", (0, 1, 2, 3, 4))
        origin = tuple(self.origin) or (0,) * values.ndim
        if len(origin) != values.ndim:
            raise ValueError(f"panel {self.name!r} has the origin {origin} for values of {values.shape}")
        names = tuple(map(tuple, self.names)) or ((),) * values.ndim
        if not _has_names(names, values.shape):
            raise ValueError(f"panel {self.name!r} has the names {names} for values of {values.shape}")
        if self.constant and (self.place is not None or values.ndim or self.editable):
            raise ValueError(f"panel {self.name!r} is a constant; one number without a place is expected")
        vars(self).update(
            values=own(values),
            kinds=self._marks("kinds", values.shape, 0, np.uint8),
            owners=self._marks("owners", values.shape, -1, np.int16),
            origin=origin,
            names=names,
            label=self.label or self.name,
        )

    def _marks(self, name: str, shape: tuple[int, ...], plain: int, kind: type) -> np.ndarray:
        given = getattr(self, name)
        if given is None:
            return _all_alike(shape, plain, kind)
        marks = np.asarray(given)
        if marks.shape != shape:
            raise ValueError(f"panel {self.name!r} has {name} of shape {marks.shape} for values of {shape}")
        return own(marks.astype(kind, copy=False))

    def holding(self, values: np.ndarray) -> "Panel":
        """Return the panel with other values, an array of the same shape; nothing else is checked again."""
        panel = object.__new__(Panel)
        vars(panel).update({**vars(self), "values": own(values)})
        return panel

    @property
    def title(self) -> str:
        """How it is written in a line of text: w₀, a_prev, ∂y/∂x."""
        lowered = self.subscript.isascii() and self.subscript.isdigit()
        low = self.subscript.translate(LOW) if lowered else f"_{self.subscript}" if self.subscript else ""
        return f"{self.label}{low}{self.superscript}"

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of its values."""
        return self.values.shape

    def index_of(self, cell: int) -> tuple[int, ...]:
        """Return the index of a cell, given in row-major order, as the stage writes it: the origin counts."""
        place = np.unravel_index(cell, self.shape)
        return tuple(int(at) + first for at, first in zip(place, self.origin, strict=True))

    def name_of(self, cell: int) -> str:
        """Name a cell as the stage does, such as y[0,1]."""
        return f"{self.title}[{','.join(map(str, self.index_of(cell)))}]" if self.shape else self.title

    def holds_number(self, cell: int) -> bool:
        """Say whether a cell has a number that could be another: it is no padding, and not filled in."""
        return not self.kinds.flat[cell] & (PADDING | FILLED | THROWN)

    def __repr__(self):
        return f"{self.name} {'×'.join(map(str, self.shape)) or '1'}"


@dataclass(frozen=True)
class Reading:
    """One way to read a table of terms: the panel at `role` is the sum, the other two are the factors.

    `terms` names the table; `out`, `left` and `right` name panels; `right` is None where it is always 1.
    """

    terms: str
    role: str
    out: str
    left: str
    right: str | None = None

    @property
    def target(self) -> str:
        """The panel that holds the sums."""
        return getattr(self, self.role)

    @cached_property
    def at(self) -> Mapping[str, str]:
        """The panels that take part, by role."""
        return {role: name for role in ROLES if (name := getattr(self, role)) is not None}

    @cached_property
    def factors(self) -> Mapping[str, str]:
        """The panels of the other roles, by role."""
        return {role: name for role, name in self.at.items() if role != self.role}

    @cached_property
    def panels(self) -> frozenset[str]:
        """The panels that take part."""
        return frozenset(self.at.values())


@dataclass(frozen=True, eq=False, repr=False)
class Scene:
    """What a stage or a picture shows: panels, tables of terms, steps in order, and what to walk through.

    A step is a reading, which sums up, or a rule. Each may use what those before it made, so that an edit
    flows through (k into its rotation, that into y, y into L); several readings of one panel add up.
    `walk` names the panel whose cells the transport visits in order: at each step a sum holds the terms
    whose walk cell was reached. So a result fills cell by cell (walk="dx", a gather), or every cell of a
    factor stamps its products (walk="dy", a scatter). `notes` are sentences for the learner, `code` the
    lines of Python that make the same numbers. `pointed` is the cell that a stage points at first, (panel
    name, cell in row-major order); by default the walk's first. With a `graph` it is drawn as one.
    Raises ValueError when a step or the graph names what is not there, a step what is not yet made, or an
    index points outside its panel.
    """

    panels: tuple[Panel, ...]
    terms: Mapping[str, Terms] = field(default_factory=dict)
    steps: tuple[Reading | Rule, ...] = ()
    walk: str | None = None
    notes: tuple[str, ...] = ()
    code: str = ""
    pointed: tuple[str, int] | None = None
    graph: Graph | None = None

    def __post_init__(self):
        names = [panel.name for panel in self.panels]
        if len(set(names)) < len(names):
            raise ValueError(f"the panels are named {names}; every name may occur once")
        if self.walk is not None and self.walk not in names:
            raise ValueError(f"walk is {self.walk!r}; one of {names} is expected")
        sizes = {panel.name: panel.values.size for panel in self.panels}
        _require_cell(self.pointed, sizes)
        require_graph(self.graph, sizes, {panel.name: panel.values.size for panel in self.placed})
        for step in self.steps:
            _require_inside(self, step, sizes)
        _require_order(self.steps)

    @cached_property
    def _by_name(self) -> dict[str, Panel]:
        return {panel.name: panel for panel in self.panels}

    def panel(self, name: str) -> Panel:
        """Return the panel of this name; raise KeyError when there is none."""
        return self._by_name[name]

    def table_of(self, step: Reading | Rule) -> Terms | None:
        """Return the table that a step names, or None when it names none that is there."""
        return None if step.terms is None else self.terms.get(step.terms)

    @cached_property
    def placed(self) -> tuple[Panel, ...]:
        """The panels that have a place on the stage."""
        return tuple(panel for panel in self.panels if panel.place is not None)

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """The steps that sum up."""
        return tuple(step for step in self.steps if isinstance(step, Reading))

    @cached_property
    def told(self) -> tuple[Reading | Rule, ...]:
        """The steps of panels in their places and constants; in others takes part what nobody is to see."""
        names = {panel.name for panel in self.panels if panel.place is not None or panel.constant}
        return tuple(step for step in self.steps if step.panels <= names)

    @cached_property
    def switches(self) -> frozenset[str]:
        """The panels of gates, masks and other switches: a term whose switch is 0 is left out of its sum."""
        ruled = (step.out for step in self.steps if isinstance(step, Rule) and step.name in SWITCHES)
        return frozenset([*ruled, *(panel.name for panel in self.panels if panel.switch)])

    @cached_property
    def scales(self) -> Mapping[str, Scale]:
        """The scale that each panel is on, by name."""
        return scales_of(self.panels, self.steps)

    @cached_property
    def ranges(self) -> Mapping[str, Range | None]:
        """How far the fill of each placed panel goes, by name; None for one without a fill."""
        return ranges_of(
            self.placed, self.scales, {panel.name: self.seen(panel.name) for panel in self.placed}
        )

    def seen(self, name: str) -> np.ndarray:
        """Return a panel's values as they are written and drawn: a sum that is but rounding noise reads 0."""
        return self.without_noise(name, self.panel(name).values)

    def without_noise(self, name: str, values: np.ndarray) -> np.ndarray:
        """Put 0 for those of a panel's values, or of its sums so far, that are but rounding noise."""
        return np.where(self._noise[name], 0, values) if name in self._noise else values

    @cached_property
    @np.errstate(invalid="ignore")  # ∞ is no noise
    def _noise(self) -> Mapping[str, np.ndarray]:
        """Mark sums below 1e-12 of the sizes of all their terms; a whole number is no noise."""
        ruled = {step.target for step in self.steps if isinstance(step, Rule)}
        targets = {step.target for step in self.readings} - ruled
        values = {name: self.panel(name).values for name in targets}
        if all(array.dtype.kind == "i" for array in values.values()):
            return {}
        sizes = self._sizes()
        noise = {
            name: (array % 1 != 0) & (np.abs(array) < NOISE * sizes[name]) & np.isfinite(sizes[name])
            for name, array in values.items()
        }
        return {name: marks for name, marks in noise.items() if marks.any()}

    def _sizes(self) -> dict[str, np.ndarray]:
        """Add up the sizes of all terms of every sum, of sums by the sizes of theirs."""
        sizes = self._with_values({panel.name: np.abs(panel.values) for panel in self.panels})
        return sizes.taken(self.readings, lambda reading: self.terms[reading.terms])

    def sums(self) -> dict[str, np.ndarray]:
        """Take every step, in order: the values of each panel that one makes, later ones from earlier ones.

        Raises NotANumber where a rule refuses a value.
        """
        return self.taken(self.steps, lambda reading: self.terms[reading.terms])

    def taken(
        self, steps: Iterable[Reading | Rule], table_of: Callable[[Reading], Terms]
    ) -> dict[str, np.ndarray]:
        """Take some steps in order; `table_of(reading)` returns the terms that count."""
        result: dict[str, np.ndarray] = {}
        known = {panel.name: panel.values for panel in self.panels}
        for step in steps:
            shape = self.panel(step.target).shape
            if isinstance(step, Reading):
                values = self._summed(step, table_of(step), known).reshape(shape)
                if step.target in result:
                    with np.errstate(over="ignore", invalid="ignore"):  # ∞ − ∞ is shown, too
                        values = result[step.target] + values
            else:
                values = self._made(step, known).reshape(shape)
            result[step.target] = known[step.target] = values
        return result

    def _summed(self, reading: Reading, terms: Terms, known: Mapping[str, np.ndarray]) -> np.ndarray:
        factors = {role: known[name] for role, name in reading.factors.items()}
        switches = [role for role, name in reading.factors.items() if name in self.switches]
        return terms.read(reading.role, self.panel(reading.target).values.size, switches, **factors)

    def _made(self, rule: Rule, known: Mapping[str, np.ndarray]) -> np.ndarray:
        values = [known[name] for name in rule.of]
        return made(rule, values, self.table_of(rule), self.panel(rule.out).values.size)

    def edited(self, name: str, cell: int, value: float) -> "Scene":
        """Return the scene with one value changed, `cell` in row-major order, and every step taken again.

        Raises NotANumber where a rule refuses a value.
        """
        changed = self._with_values({name: put(self.panel(name).values, cell, value)})
        return changed.filled()

    def filled(self) -> "Scene":
        """Return the scene with every step taken: its panels hold what the steps make."""
        return self._with_values(self.sums())

    def kept(self, *names: str) -> "Scene":
        """Return a part of the scene: the panels of these names, and the steps that need no others.

        Every panel stays on its scale; a part is no longer drawn as a graph.
        """
        steps = tuple(step for step in self.steps if step.panels <= set(names))
        terms = {step.terms: self.terms[step.terms] for step in steps if step.terms is not None}
        walk = self.walk if self.walk in names else None
        pointed = self.pointed if self.pointed and self.pointed[0] in names else None
        panels = tuple(_on_scale(self.panel(name), self.scales[name]) for name in names)
        return replace(self, panels=panels, terms=terms, steps=steps, walk=walk, pointed=pointed, graph=None)

    def _with_values(self, values: Mapping[str, np.ndarray]) -> "Scene":
        panels = tuple(
            panel.holding(values[panel.name]) if panel.name in values else panel for panel in self.panels
        )
        same = {each.name: getattr(self, each.name) for each in fields(self)}
        scene = object.__new__(Scene)  # of cells as many as before: every step was checked
        vars(scene).update({**same, "panels": panels})
        return scene

    def __repr__(self):
        return f"Scene({', '.join(map(repr, self.placed))})"


def _on_scale(panel: Panel, scale: Scale) -> Panel:
    return replace(panel, scale=scale.name, pixels=scale.pixels) if panel.values.size > 1 else panel


def _has_names(names: tuple[tuple[str, ...], ...], shape: tuple[int, ...]) -> bool:
    """Say whether there is a name for every index of an axis, or none."""
    same = len(names) == len(shape)
    return same and all(len(axis) in (0, length) for axis, length in zip(names, shape, strict=True))


@lru_cache(maxsize=64)
def _all_alike(shape: tuple[int, ...], number: int, kind: type) -> np.ndarray:
    """Return an array of one number, the same one for all panels: nobody can change it."""
    return freeze(np.full(shape, number, kind))


def owners_of(weights: np.ndarray) -> np.ndarray:
    """Number weights by the look of the outline that each of them owns: hue + 9 · cut + 45 · notch.

    A channel of up to nine weights has a hue for each, and channels differ in the cut. Of more a column has
    its hue, a row its cut and a channel its notch. Of more weights than looks can tell apart none owns
    one, -1.
    """
    rows, columns = (1, 1, *weights.shape)[-2:]
    channels = weights.size // max(1, rows * columns)
    if weights.size <= HUES:
        channels, rows, columns = 1, 1, weights.size
    elif rows * columns <= HUES:
        rows, columns = 1, rows * columns
    wraps = -(-columns // HUES)
    lines = rows * wraps  # of hues, in a channel
    if channels * lines > CUTS * NOTCHES:
        return np.full(weights.shape, -1)
    channel, row, column = np.indices((channels, rows, columns))
    next_channel = CUTS if 1 < lines <= CUTS and channels <= NOTCHES else lines
    line = channel * next_channel + row * wraps + column // HUES
    return (column % HUES + HUES * line).reshape(weights.shape)


def numbered(word: str, count: int, first: int = 0) -> tuple[str, ...]:
    """Name so many of a kind, such as channel 0 and channel 1."""
    return tuple(f"{word} {number}" for number in range(first, first + count))


def put(values: np.ndarray, cell: int, value: float) -> np.ndarray:
    """Return a copy with one value changed, `cell` in row-major order; of floats unless all stay whole."""
    whole = values.dtype.kind == "i" and float(value).is_integer() and abs(value) <= LARGEST_WHOLE
    changed = values.copy() if whole else values.astype(np.float64)
    changed.flat[cell] = value
    return changed


def put_at(values: np.ndarray, index: Sequence[int], value: float) -> np.ndarray:
    """Return a copy with one value changed, as `put` does, at this index."""
    return put(values, int(np.ravel_multi_index(tuple(index), values.shape)), value)


def _require_cell(pointed: tuple[str, int] | None, sizes: Mapping[str, int]) -> None:
    if pointed is not None and not 0 <= pointed[1] < sizes.get(pointed[0], 0):
        raise ValueError(f"pointed is {pointed}; a panel and one of its cells are expected: {sizes}")


def _require_inside(scene: Scene, step: Reading | Rule, sizes: Mapping[str, int]) -> None:
    table = scene.table_of(step)
    if (table is None and step.terms is not None) or not _has_role(step, table):
        raise ValueError(f"{step} names no table or role; tables are {dict(scene.terms)}, roles {ROLES}")
    at = (
        {role: getattr(step, role) for role in present(table).roles} if isinstance(step, Reading) else step.at
    )
    for name in {*at.values(), *step.panels} - sizes.keys():
        raise ValueError(f"{step} names the panel {name!r}; one of {sorted(sizes)} is expected")
    for role, name in at.items():
        last, size = present(table).largest(role), sizes[name]
        if last >= size:
            raise ValueError(f"{role} of the terms {step.terms!r} points at cell {last}; {name} has {size}")


def _has_role(step: Reading | Rule, table: Terms | None) -> bool:
    return isinstance(step, Rule) or step.role in present(table).roles


def _require_order(steps: tuple[Reading | Rule, ...]) -> None:
    complete = {step.target: number for number, step in enumerate(steps)}
    for number, step in enumerate(steps):
        sources = step.factors.values() if isinstance(step, Reading) else set(step.of) - {step.out}
        early = [name for name in sources if complete.get(name, -1) >= number]
        if early:
            raise ValueError(f"{step} uses {early} before all their terms are summed; steps go in order")

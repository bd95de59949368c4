"""Controls as data: what can be set, in which range, and when it means something. No widget is made here.

A topic declares them once. Widgets, what they say, what is hidden, how settings change, the check of
arguments and the table for a page without Python follow from the declaration.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field, fields, replace
from typing import Any

import numpy as np

from vizconv.engine.geometry import AXES, pair, whole
from vizconv.engine.types import both
from vizconv.engine.writing import format_number
from vizconv.examples.matrices import HANDWRITTEN, digit_at, handwritten, number_of
from vizconv.explore.chosen import OWN, Chosen

Condition = tuple[str, tuple]  # a setting's name, and the values of it that count


@dataclass(frozen=True)
class Control:
    """Something that can be set: the settings' field of this name.

    title: its words, keyword: its argument, both by default its name; group: controls of one group stand
    together; more: whether it waits under "more"; when: it means something only while the setting of that
    name has one of those values, one (name, values) or several that must all hold; plain: what it says when
    nobody has thought of it; instead: the control whose place it takes, of two never there at once.
    """

    name: str
    _: KW_ONLY
    title: str = ""
    keyword: str = ""
    group: str = ""
    more: bool = False
    when: Condition | tuple[Condition, ...] = ()
    plain: Any = None
    instead: str = ""

    @property
    def words(self) -> str:
        """What stands beside it."""
        return self.title or self.name

    @property
    def argument(self) -> str:
        """The name of its argument."""
        return self.keyword or self.name

    def said(self, settings: Any) -> dict[str, Any]:
        """Return what each of its widgets says for these settings, by the widget's name."""
        return {self.name: self.present(settings)}

    def present(self, settings: Any) -> Any:
        """Return what it sets, as the settings have it."""
        return getattr(settings, self.name)

    def taken(self, settings: Any, part: str, value: Any) -> Any:
        """Return the field's new value after one of its widgets, `part`, was set to a value."""
        return value

    def read(self, value: Any) -> Any:
        """Read an argument; raise TypeError or ValueError for what is no such setting."""
        return value

    def hidden(self, settings: Any) -> set[str]:
        """Return its widgets that mean nothing now."""
        return set() if self._counts(settings) else set(self.said(settings))

    def reach(self, settings: Any) -> dict[str, Any]:
        """Return how it moves along a line, {"name", "least", "most", "step"}; nothing where it cannot."""
        return {}

    def described(self) -> dict[str, Any]:
        """Return the whole declaration as plain data, for a page: each field that is no function."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        plain = {name: value for name, value in given.items() if not callable(value)}
        when = [[name, list(values)] for name, values in self.conditions]
        return {"kind": type(self).__name__, **plain, "title": self.words, "when": when}

    @property
    def sets(self) -> str:
        """The settings' field that it sets."""
        return self.name

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions of `when`."""
        when: Any = self.when
        return (when,) if when and isinstance(when[0], str) else when

    def _counts(self, settings) -> bool:
        return all(getattr(settings, name) in values for name, values in self.conditions)


@dataclass(frozen=True)
class Slider(Control):
    """A slider of whole numbers from `least` to `most`.

    Arguments beyond it are refused; with `largest` they may go so far, and the slider grows. With `last`, the
    name of a count, it ends one below that count.
    """

    least: int = 0
    most: int = 0
    _: KW_ONLY
    largest: float | None = None
    last: str = ""

    def read(self, value: Any) -> Any:
        """Read a whole number within the range."""
        return self._within(whole(value, self.argument, self.least), value)

    def ends(self, settings: Any) -> tuple[int, int]:
        """Return the least and the largest value for these settings."""
        if self.last:
            return self.least, getattr(settings, self.last) - 1
        said = self.said(settings).values()
        return min(self.least, *said), max(self.most, *said)

    def reach(self, settings: Any) -> dict[str, Any]:
        """Return its range, in whole steps."""
        least, most = self.ends(settings)
        return {"name": self.words, "least": least, "most": most, "step": 1}

    def _within(self, number: int, value) -> int:
        if self.largest is not None and number > self.largest:
            raise ValueError(f"{self.argument} is {value}; this stage shows at most {self.largest}")
        if self.largest is None and number > self.most:
            raise ValueError(f"{self.argument} is {value}; {self.least} to {self.most} is expected")
        return number


@dataclass(frozen=True)
class Pair(Slider):
    """Two sliders of one (height, width) pair; the width's is there when the settings say `apart`."""

    def said(self, settings: Any) -> dict[str, int]:
        """Return the height and the width."""
        return dict(zip(self.parts, getattr(settings, self.name), strict=True))

    def taken(self, settings: Any, part: str, value: int) -> tuple[int, int]:
        """Return the pair with one side moved, or both while they are not apart."""
        sides = {**self.said(settings), part: value} if settings.apart else dict.fromkeys(self.parts, value)
        return both(sides.values())

    def read(self, value: Any) -> tuple[int, int]:
        """Read a whole number, or a (height, width) pair of them."""
        return both(self._within(number, value) for number in pair(value, self.argument, self.least))

    def hidden(self, settings: Any) -> set[str]:
        """Return its widgets that mean nothing now."""
        return super().hidden(settings) | (set() if settings.apart else {self.parts[1]})

    def described(self) -> dict[str, Any]:
        """Return the declaration as plain data, and when the width's slider is there."""
        return {**super().described(), "when_width": [["apart", [True]]]}

    @property
    def parts(self) -> tuple[str, str]:
        """The names of its two sliders."""
        return both(f"{self.name}_{axis}" for axis in AXES)


@dataclass(frozen=True)
class Number(Control):
    """A slider of numbers in steps; for a value beyond its range it says the nearest end.

    among: the settings' mapping that holds the number by the slider's name, where it has no field.
    """

    least: float = -1.0
    most: float = 1.0
    step: float = 0.01
    _: KW_ONLY
    among: str = ""

    def present(self, settings: Any) -> float:
        """Return the number."""
        return getattr(settings, self.among)[self.name] if self.among else super().present(settings)

    def said(self, settings: Any) -> dict[str, float]:
        """Return the nearest of its steps."""
        return {self.name: self.nearest(self.present(settings))}

    def taken(self, settings: Any, part: str, value: float) -> float:
        """Return the value; a slider's own rounding, which nobody made, changes nothing."""
        before = self.present(settings)
        return before if self.nearest(value) == self.nearest(before) else value

    def reach(self, settings: Any) -> dict[str, Any]:
        """Return its range and its step."""
        return {"name": self.words, "least": self.least, "most": self.most, "step": self.step}

    def nearest(self, value: float) -> float:
        """Return the step nearest to a value."""
        digits = max(0, int(np.ceil(-np.log10(self.step))) + 2)
        return round(round(float(np.clip(value, self.least, self.most)) / self.step) * self.step, digits)


@dataclass(frozen=True)
class Choice(Control):
    """One of several values; `options` are values, or values by their words. `buttons`: all are in sight."""

    options: tuple | Mapping[str, Any] = ()
    _: KW_ONLY
    buttons: bool = False

    @property
    def pairs(self) -> list[tuple[str, Any]]:
        """The options as (words, value)."""
        options = self.options
        return list(
            options.items() if isinstance(options, Mapping) else ((str(each), each) for each in options)
        )

    def offered(self, settings: Any) -> list[tuple[str, Any]]:
        """Return the options for these settings."""
        return self.pairs

    def read(self, value: Any) -> Any:
        """Read one of the options."""
        allowed = [each for _, each in self.pairs]
        if not isinstance(value, str | int | float | tuple) or value not in allowed:
            raise ValueError(f"{self.argument} is {value!r}; one of {allowed} is expected")
        return value

    def described(self) -> dict[str, Any]:
        """Return the declaration as plain data, with its options."""
        return {**super().described(), "options": [list(pair) for pair in self.pairs]}


@dataclass(frozen=True)
class Steps(Choice):
    """A slider over a few chosen values; a first value that is none of them takes its place among them."""

    def offered(self, settings: Any) -> list[tuple[str, Any]]:
        """Return the options, and the present value if it is another one."""
        value = getattr(settings, self.name)
        if value in [each for _, each in self.pairs]:
            return self.pairs
        return sorted([*self.pairs, (format_number(value), value)], key=lambda option: option[1])


@dataclass(frozen=True)
class Preset(Control):
    """A list of presets and "your own": the field is a `Chosen`; make(settings, name) makes a preset.

    presets: their names, or their words by their names.
    """

    presets: tuple[str, ...] | Mapping[str, str] = ()
    make: Callable[[Any, str], Any] = lambda settings, name: None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The options as (words, name)."""
        named = self.presets.items() if isinstance(self.presets, Mapping) else ((n, n) for n in self.presets)
        return [*((words, name) for name, words in named), (OWN, OWN)]

    def said(self, settings: Any) -> dict[str, str]:
        """Return the name of what is shown."""
        return {self.name: getattr(settings, self.name).name}

    def taken(self, settings: Any, part: str, value: str) -> Chosen:
        """Return the preset of this name, or the learner's own again."""
        chosen = getattr(settings, self.name)
        return chosen.preset(value, self.make(settings, value)) if value in self.presets else chosen.again()

    def described(self) -> dict[str, Any]:
        """Return the declaration as plain data, with the presets."""
        return {**super().described(), "options": [list(pair) for pair in self.pairs]}


@dataclass(frozen=True)
class Digit(Slider):
    """Two sliders that choose a handwritten digit, while one is shown: its class, and which of that class.

    of: the field, a `Chosen`; make(place) makes the numbers of the digit at a place among those that ship.
    """

    most: int = 9
    _: KW_ONLY
    of: str = "input"
    make: Callable[[int], Any] = lambda place: handwritten(place).make()

    @property
    def sets(self) -> str:
        """The settings' field that it sets."""
        return self.of

    @property
    def parts(self) -> tuple[str, str]:
        """The names of its two sliders."""
        return self.name, f"{self.name}_number"

    def present(self, settings: Any) -> Chosen:
        """Return what is shown, a digit or not."""
        return getattr(settings, self.of)

    def said(self, settings: Any) -> dict[str, int]:
        """Return the class, and which of that class."""
        return dict(zip(self.parts, number_of(self.present(settings).digit), strict=True))

    def taken(self, settings: Any, part: str, value: int) -> Chosen:
        """Return the digit with another class or number; numbers that are no digit stay."""
        place = digit_at(*{**self.said(settings), part: value}.values())
        if self.hidden(settings):
            return replace(self.present(settings), digit=place)
        return self.present(settings).preset(HANDWRITTEN, self.make(place), place)

    def hidden(self, settings: Any) -> set[str]:
        """Return both sliders where what is shown did not begin as a digit; one that is drawn on did."""
        return set() if self.present(settings).source == HANDWRITTEN else set(self.parts)


@dataclass(frozen=True)
class Switch(Control):
    """Yes or no."""

    plain: bool = field(default=False, kw_only=True)

    def read(self, value: Any) -> bool:
        """Read True or False, or 1 or 0; raise TypeError for anything else."""
        if not isinstance(value, bool | np.bool_ | int) or value not in (0, 1):
            raise TypeError(f"{self.argument} is {value!r}; True or False is expected")
        return bool(value)


@dataclass(frozen=True)
class Player(Control):
    """Buttons that let the setting `of` run on to `most`, a step every so many milliseconds.

    It stops where the settings do not follow, such as at the end of a path, or after another change.
    """

    of: str = ""
    most: int = 0
    pause: int = 100

    @property
    def sets(self) -> str:
        """The settings' field that it sets."""
        return self.of

    def present(self, settings: Any) -> int:
        """Return where the setting stands."""
        return getattr(settings, self.of)


# ---- All controls of a topic -------------------------------------------------------------------------------


def read(controls: tuple[Control, ...], **given: Any) -> dict[str, Any]:
    """Return fields read from arguments; raise TypeError or ValueError for what is no setting."""
    by_argument = {control.argument: control for control in controls}
    return {by_argument[name].name: by_argument[name].read(value) for name, value in given.items()}


def parts(controls: tuple[Control, ...], settings: Any) -> dict[str, Control]:
    """Return the control of every widget, by the widget's name."""
    return {part: control for control in controls for part in control.said(settings)}


def squared(settings: Any, *names: str) -> Any:
    """Return settings whose pairs of these names are square, unless height and width are apart."""
    if settings.apart:
        return settings
    return replace(settings, **{name: (getattr(settings, name)[0],) * 2 for name in names})


def differ(pairs: Iterable[tuple[int, int]]) -> bool:
    """Say whether some (height, width) pair has two different numbers."""
    return any(height != width for height, width in pairs)

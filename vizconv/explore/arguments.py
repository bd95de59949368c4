"""The arguments of explorers, checked once for all: one of several, or a whole number within a range."""

from collections.abc import Iterable, Mapping

from vizconv.engine.geometry import whole


def require_one_of(value, name: str, allowed: Iterable) -> None:
    """Raise ValueError for a value that is not among the allowed ones."""
    allowed = list(allowed)
    if not isinstance(value, str | int | float) or value not in allowed:
        raise ValueError(f"{name} is {value!r}; one of {allowed} is expected")


def require_in_ranges(sizes: Mapping[str, int], ranges: Mapping[str, tuple[int, int]]) -> None:
    """Raise TypeError for what is no whole number, ValueError for one outside its range (least, most)."""
    for name, (least, most) in ranges.items():
        if not least <= whole(sizes[name], name, least) <= most:
            raise ValueError(f"{name} is {sizes[name]}; {least} to {most} is expected")

"""The controls of all explorers: sliders, lists and switches of one look."""

from collections.abc import Mapping

import ipywidgets

from vizconv.engine.geometry import AXES

LOOK = {"style": {"description_width": "92px"}, "layout": {"width": "270px"}}


def slider(name: str, value: int, least: int, most: int) -> ipywidgets.IntSlider:
    """Return a slider of whole numbers; its range grows to hold the first value."""
    return ipywidgets.IntSlider(value, min(least, value), max(most, value), description=name, **LOOK)


def sliders(shown: Mapping, ranges: Mapping[str, tuple[int, int]], titles: Mapping[str, str]) -> dict:
    """Return a slider of whole numbers for each range, by name; `titles` are the words of some of them."""
    return {name: slider(titles.get(name, name), shown[name], *limits) for name, limits in ranges.items()}


def axis_sliders(shown: Mapping, ranges: Mapping[str, tuple[int, int]], titles: Mapping[str, str]) -> dict:
    """Return two sliders for each range, one of its height and one of its width."""
    return {
        f"{name}_{axis}": slider(_axis_title(name, axis, titles), shown[f"{name}_{axis}"], *limits)
        for name, limits in ranges.items()
        for axis in AXES
    }


def _axis_title(name, axis, titles):
    return titles.get(name, name) if axis == "height" else f"{name} width"


def number_slider(name: str, value: float, least: float, most: float, step: float) -> ipywidgets.FloatSlider:
    """Return a slider of numbers in steps; it says the end nearest to a value beyond its range."""
    return ipywidgets.FloatSlider(value, min=least, max=most, step=step, description=name, **LOOK)


def steps(name: str, options, value) -> ipywidgets.SelectionSlider:
    """Return a slider over a few chosen values: options are values, or pairs (words, value)."""
    return ipywidgets.SelectionSlider(options=options, value=value, description=name, **LOOK)


def player(name: str, steps: int, most: int) -> ipywidgets.Play:
    """Return buttons that let a number of steps run from `steps` on to `most`, ten a second."""
    return ipywidgets.Play(value=steps, min=0, max=most, interval=100, description=name, tooltip=name)


def choice(name: str, options, value) -> ipywidgets.Dropdown:
    """Return a drop-down list."""
    return ipywidgets.Dropdown(options=options, value=value, description=name, **LOOK)


def switch(name: str, value: bool) -> ipywidgets.Checkbox:
    """Return a check box."""
    return ipywidgets.Checkbox(value, description=name, indent=False, layout={"width": "200px"})

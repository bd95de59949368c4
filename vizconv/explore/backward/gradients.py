"""The explorer of a convolution's gradients: one table of products, read three ways, for any geometry."""

from dataclasses import replace
from functools import partial

import ipywidgets
import numpy as np

from vizconv import scenes
from vizconv.engine.geometry import AXES
<<<<<<< HEAD
from vizconv.engine.operations.convolution import Conv2dRecord, conv2d_backward
from vizconv.examples.matrices import IMPORTS
=======
from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.examples.matrices import IMPORTS, OWN
>>>>>>> main
from vizconv.explore.arguments import require_one_of
from vizconv.explore.backward.settings import DYS, GradientSettings, dy_of, put_in, record_of, start, used
from vizconv.explore.chosen import OWN
from vizconv.explore.code import row_literal
from vizconv.explore.controls import axis_sliders, choice, slider, switch
from vizconv.explore.explorer import Explorer, Topic, as_sentence

VIEWS = {
    "readings": ("all readings", scenes.readings),
    "dw": ("dw = x ⋆ dy", partial(scenes.weight_gradient, loss=True)),
    "db": ("db = Σ dy", partial(scenes.bias_gradient, loss=True)),
    "scatter": ("dx by scatter", partial(scenes.input_gradient_scatter, loss=True)),
    "gather": ("dx by gather", partial(scenes.input_gradient_gather, loss=True)),
    "filters": ("dx, all filters", scenes.input_gradient_of_filters),
    "images": ("dw, all images", scenes.weight_gradient_of_images),
}
CHOSEN = {"filters": ("image", "channel"), "images": ("filter", "channel")}  # else image and filter


def gradients(
    x=None,
    w=None,
    b=None,
    dy=None,
    *,
    stride=1,
    padding=0,
    dilation=1,
    size=None,
    images=1,
    channels=1,
    filters=1,
    view="readings",
) -> Explorer:
    """Explore dw, db and dx of y = x ⋆ w + b, with L = Σ dy ⊙ y: point at any number, in any geometry.

    x (H, W) or (N, C, H, W), w (KH, KW) or (F, C, KH, KW), b (F), dy (OH, OW) or (N, F, OH, OW), or the name
    of one of DYS; by default the worked example, with numbers beside it for a larger `size`, more images,
    channels or filters. `view` is one of VIEWS. A setting that does not fit is explained on the stage.
    Raises TypeError or ValueError for what is no setting at all.
    """
    require_one_of(view, "view", VIEWS)
    counts = {"images": images, "channels": channels, "filters": filters}
    sliding = {"stride": stride, "padding": padding, "dilation": dilation}
    settings = start(x, w, b, dy, size, counts, sliding, view)
    return Explorer(TOPIC, settings, _controls(settings))


# ---- From settings to a scene ------------------------------------------------------------------------------


@np.errstate(over="ignore", invalid="ignore")  # a sum may be infinite: that is shown, too
def scene_of(settings: GradientSettings) -> scenes.Scene:
    """Return the scene of the settings; where there is none, x and w with the sentence that says why."""
    try:
        record = record_of(settings)
        dy = dy_of(settings, record.y.shape)
        chosen = {name: getattr(settings, name) for name in _chosen(settings)}
        scene = VIEWS[settings.view][1](record, dy, **chosen)
    except ValueError as error:  # no window fits, or more products than a stage shows
        return _unfitting(settings, as_sentence(error))
    return replace(scene, notes=(*settings.notes, *scene.notes), code=as_code(record, dy))


def _chosen(settings) -> tuple[str, str]:
    return CHOSEN.get(settings.view, ("image", "filter"))


def _unfitting(settings, sentence):
    x, w = used(settings)
    x, w = x[settings.image], w[settings.filter]
    if settings.channels == 1:
        x, w = x[0], w[0]
    panels = (
        scenes.Panel("x", x, (0, 0), editable=True),
        scenes.Panel("w", w, (0, 1), sign="⋆", editable=True),
    )
    return scenes.Scene(panels, notes=(*settings.notes, sentence))


def as_code(record: Conv2dRecord, dy) -> str:
    """Return the lines of Python that make the same gradients."""
    setting = record.geometry
    padding = tuple(before for before, _ in setting.padding)
    given = {"stride": setting.stride, "padding": padding, "dilation": setting.dilation}
    arrays = {"x": record.x, "w": record.weight, "b": record.bias, "dy": dy}
    lines = [f"{name} = {row_literal(array)}" for name, array in arrays.items()]
    sliding = "".join(f", {name}={value}" for name, value in given.items())
    return (
        f"{IMPORTS}{chr(10).join(lines)}\nrecord = vc.conv2d(x, w, b{sliding})\n"
        "gradients = vc.conv2d_backward(record, dy)\n"
        "dx, dw, db = gradients.dx, gradients.dweight, gradients.dbias\n"
    )


# ---- How settings change -----------------------------------------------------------------------------------


PAIRS = ("size", "kernel", "stride", "padding", "dilation")
COUNTS = {"image": "images", "filter": "filters", "channel": "channels"}


def change(settings: GradientSettings, name: str, value) -> GradientSettings:
    """Return the settings after one control was set to a value."""
    quantity, _, axis = name.rpartition("_")
    if quantity in PAIRS:
        return replace(settings, **{quantity: _moved(settings, quantity, axis, value)})
    if name == "apart" and not value:
        settings = replace(settings, **{each: (getattr(settings, each)[0],) * 2 for each in PAIRS})
    if name == "several" and not value:
        settings = replace(settings, images=1, channels=1, filters=1)
    settings = replace(settings, **{"dy_name" if name == "dy" else name: value})
    shown = {
        one: min(getattr(settings, one), getattr(settings, all_of) - 1) for one, all_of in COUNTS.items()
    }
    return replace(settings, **shown)


def _moved(settings, quantity, axis, value):
    height, width = getattr(settings, quantity)
    if not settings.apart:
        return value, value
    return (value, width) if axis == "height" else (height, value)


def edit(settings: GradientSettings, scene, panel: str, cell: int, value: float) -> GradientSettings:
    """Return the settings after a learner typed a value into a cell of x, w, b or dy."""
    index = scene.panel(panel).index_of(cell)
    if panel == "dy":
        dy = dy_of(settings, record_of(settings).y.shape)
        settings = replace(settings, dy=put_in(settings.dy, dy), dy_name=OWN)
    name = {"w": "weight", "b": "bias"}.get(panel, panel)
    place = _place(settings, scene, panel, index)
    return replace(settings, **{name: scenes.put_at(getattr(settings, name), place, value)})


def _place(settings, scene, panel, index):
    """Lead from a cell's index on the stage to its place in the array of the settings."""
    image, filter, channel = settings.image, settings.filter, settings.channel
    view = settings.view if scene.walk else "readings"
    first = index[0] if len(index) == 3 else 0
    if panel == "b":
        return (filter,)
    if view == "filters":
        lead = {"x": (image, channel), "w": (first, channel), "dy": (image, first)}
    elif view == "images":
        lead = {"x": (first, channel), "w": (filter, channel), "dy": (first, filter)}
    else:
        lead = {"x": (image, first), "w": (filter, first), "dy": (image, filter)}
    return (*lead[panel], *index[-2:])


# ---- Controls ----------------------------------------------------------------------------------------------

RANGES = {
    "size": (2, 8),
    "kernel": (1, 4),
    "stride": (1, 4),
    "padding": (0, 3),
    "dilation": (1, 3),
    "images": (1, 3),
    "channels": (1, 3),
    "filters": (1, 3),
}
TITLES = {"size": "size of x", "kernel": "kernel size"}


def values(settings: GradientSettings) -> dict:
    """Return what every control says for these settings."""
    pairs = {
        f"{name}_{axis}": n for name in PAIRS for axis, n in zip(AXES, getattr(settings, name), strict=True)
    }
    same = ("view", "apart", "several", *COUNTS.values(), *COUNTS)
    return {**pairs, **{name: getattr(settings, name) for name in same}, "dy": settings.dy_name}


def hidden(settings: GradientSettings) -> set[str]:
    """Return the controls that mean nothing now."""
    names = set() if settings.apart else {f"{name}_width" for name in PAIRS}
    names |= set() if settings.several else set(COUNTS.values())
    chosen = {name for name in _chosen(settings) if getattr(settings, COUNTS[name]) > 1}
    return names | (set(COUNTS) - chosen)


def _controls(settings):
    shown = values(settings)
    sliders = axis_sliders(shown, {name: _range(settings, name) for name in PAIRS}, TITLES)
    counts = {name: slider(name, shown[name], *RANGES[name]) for name in COUNTS.values()}
    return {
        "view": _views(shown["view"]),
        **sliders,
        "dy": choice("dy", [*((title, name) for name, (title, _) in DYS.items()), (OWN, OWN)], shown["dy"]),
        **counts,
        **{one: _one_of(counts[all_of], one, shown[one]) for one, all_of in COUNTS.items()},
        "several": switch("channels, filters, images", shown["several"]),
        "apart": switch("height and width apart", shown["apart"]),
    }


def _one_of(count, name, value):
    """Make a slider that chooses one of as many as there are, and ends where `count` ends."""
    one = slider(f"{name} no.", value, 0, count.value - 1)
    ipywidgets.dlink((count, "value"), (one, "max"), lambda many: many - 1)
    return one


def _views(view):
    options = [(title, name) for name, (title, _) in VIEWS.items()]
    layout, style = {"width": "100%"}, {"button_width": "120px"}
    return ipywidgets.ToggleButtons(options=options, value=view, layout=layout, style=style)


def _range(settings, name):
    """Let either slider hold both numbers: without "apart" the height's goes for the width, too."""
    least, most = RANGES[name]
    both = getattr(settings, name)
    return min(least, *both), max(most, *both)


TOPIC = Topic(
    "gradients", scene_of, change, edit, values, hidden, gradients={"dx": "x", "dw": "w", "db": "b"}
)

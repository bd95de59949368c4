"""The explorer of a convolution's gradients: one table of products, read three ways, for any geometry."""

from dataclasses import replace
from functools import partial

from numpy.typing import ArrayLike

from vizconv import scenes
from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.engine.types import Size
from vizconv.examples.matrices import IMPORTS
from vizconv.explore.backward.settings import COUNTS, DYS, MOST, PAIRS, GradientSettings, make_dy, start
from vizconv.explore.code import row_literal
from vizconv.explore.controls import Choice, Preset, Slider, Switch, squared
from vizconv.explore.explorer import Explorer
from vizconv.explore.topic import Topic, two_inputs

VIEWS = {
    "readings": ("all readings", scenes.readings),
    "dw": ("dw = x ⋆ dy", partial(scenes.weight_gradient, loss=True)),
    "db": ("db = Σ dy", partial(scenes.bias_gradient, loss=True)),
    "scatter": ("dx by scatter", partial(scenes.input_gradient_scatter, loss=True)),
    "gather": ("dx by gather", partial(scenes.input_gradient_gather, loss=True)),
    "filters": ("dx, all filters", scenes.input_gradient_of_filters),
    "images": ("dw, all images", scenes.weight_gradient_of_images),
}
ON_STAGE = {  # which of several the views let choose
    **dict.fromkeys(VIEWS, ("image", "filter")),
    "filters": ("image", "channel"),
    "images": ("filter", "channel"),
}


def _number_of(count: Slider) -> Slider:
    """Declare the slider that chooses one of as many images, channels or filters as there are."""
    name = count.name.removesuffix("s")
    views = tuple(view for view, names in ON_STAGE.items() if name in names)
    several = count.name, tuple(range(2, MOST + 1))
    return Slider(
        name, last=count.name, title=f"{name} no.", group="number", more=True, when=(("view", views), several)
    )


CONTROLS = (
    Choice("view", options={words: name for name, (words, _) in VIEWS.items()}, buttons=True),
    Preset("dy", DYS, make_dy),
    *PAIRS,
    *COUNTS,
    *map(_number_of, COUNTS),
    Switch("apart", title="height and width apart", group="more", more=True),
)


def gradients(
    x: ArrayLike | None = None,
    w: ArrayLike | None = None,
    b: ArrayLike | None = None,
    dy: ArrayLike | None = None,
    *,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    size: Size | None = None,
    images: int = 1,
    channels: int = 1,
    filters: int = 1,
    view: str = "readings",
) -> Explorer:
    """Explore dw, db and dx of y = x ⋆ w + b, with L = Σ dy ⊙ y: point at any number, in any geometry.

    x (H, W) or (N, C, H, W), w (KH, KW) or (F, C, KH, KW), b (F), dy (OH, OW) or (N, F, OH, OW), or the name
    of one of DYS; by default the worked example, with numbers beside it for a larger `size`, more images,
    channels or filters. `view` is one of VIEWS. A setting that does not fit is explained on the stage.
    Raises TypeError or ValueError for what is no setting at all.
    """
    counts = {"images": images, "channels": channels, "filters": filters}
    sliding = {"stride": stride, "padding": padding, "dilation": dilation}
    settings = start(x, w, b, dy, size=size, view=CONTROLS[0].read(view), counts=counts, sliding=sliding)
    return Explorer(TOPIC, settings)


# ---- From settings to a scene ------------------------------------------------------------------------------


def scene_of(settings: GradientSettings) -> scenes.Scene:
    """Return the scene of the settings."""
    record = settings.record()
    dy = settings.dy_for(record.y)
    on_stage = {name: getattr(settings, name) for name in ON_STAGE[settings.view]}
    scene = VIEWS[settings.view][1](record, dy, **on_stage)
    return replace(scene, notes=(*settings.notes, *scene.notes), code=as_code(settings, record, dy))


def inputs(settings: GradientSettings) -> tuple[scenes.Panel, ...]:
    """Return the x and w of the image and the filter on the stage."""
    x, w, _ = settings.used
    x, w = x[settings.image], w[settings.filter]
    return two_inputs(x, w) if settings.channels > 1 else two_inputs(x[0], w[0])


def as_code(settings: GradientSettings, record: Conv2dRecord, dy: ArrayLike) -> str:
    """Return the lines of Python that make the same gradients."""
    arrays = {"x": record.x, "w": record.weight, "b": record.bias, "dy": dy}
    lines = [f"{name} = {row_literal(array)}" for name, array in arrays.items()]
    extras = "".join(f", {name}={value}" for name, value in settings.sliding.items())
    return (
        f"{IMPORTS}{chr(10).join(lines)}\nrecord = vc.conv2d(x, w, b{extras})\n"
        "gradients = vc.conv2d_backward(record, dy)\n"
        "dx, dw, db = gradients.dx, gradients.dweight, gradients.dbias\n"
    )


# ---- Rules between settings --------------------------------------------------------------------------------


def _apart(settings, apart: bool):
    """Give height and width sliders of their own, or make everything square again."""
    return squared(replace(settings, apart=apart), *(control.name for control in PAIRS))


def settle(settings: GradientSettings) -> GradientSettings:
    """Choose an image, a filter and a channel that are there; a single 1 in dy stays in the middle."""
    names = ("image", "filter", "channel")
    numbers = {name: min(getattr(settings, name), getattr(settings, f"{name}s") - 1) for name in names}
    settings = replace(settings, **numbers)
    if settings.dy.name != "single":
        return settings
    return replace(settings, dy=settings.dy.with_values(make_dy(settings, "single")))


def edit(
    settings: GradientSettings, scene: scenes.Scene, panel: str, cell: int, value: float
) -> GradientSettings:
    """Return the settings after a learner typed a value into a cell of x, w, b or dy."""
    place = _place(settings, scene, panel, scene.panel(panel).index_of(cell))
    before = getattr(settings, panel)
    after = before.typed(place, value) if panel == "dy" else scenes.put_at(before, place, value)
    return replace(settings, **{panel: after})


def _place(settings, scene, panel, index) -> tuple[int, ...]:
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


TOPIC: Topic[GradientSettings] = Topic(
    name="gradients",
    controls=CONTROLS,
    scene_of=scene_of,
    inputs=inputs,
    rules={"apart": _apart},
    settle=settle,
    edit=edit,
    gradients={"dx": "x", "dw": "w", "db": "b"},
)

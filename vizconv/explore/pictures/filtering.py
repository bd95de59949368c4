"""The topic of kernels on pictures: what controls, uploads and typing change."""

from dataclasses import replace
from functools import partial

from vizconv.engine.geometry import AXES
from vizconv.examples.filters import FILTERS, centred, middle_index
from vizconv.explore.chosen import OWN, Chosen
from vizconv.explore.pictures.pixel import inputs, scene_of
from vizconv.explore.pictures.settings import CONTROLS, FilterSettings, centre, fits, point, slide, with_x
from vizconv.explore.pictures.uploads import read_upload
from vizconv.explore.topic import Topic, refusal
from vizconv.scenes import Scene

# ---- The picture -----------------------------------------------------------------------------------------


def _take_picture(settings, chosen: Chosen):
    if chosen.name == OWN and settings.picture.name != OWN and settings.picture.own is None:
        note = "There is no picture of your own yet: upload one, and it takes this one's place."
        return replace(settings, notes=(note,))
    return _with_picture(settings, chosen)


def _with_picture(settings, chosen: Chosen, notes=()):
    """Show another picture, the window in its middle."""
    new = with_x(replace(settings, picture=chosen, notes=notes))
    return centre(new) if fits(new) else new


def upload(settings: FilterSettings, data: bytes) -> FilterSettings:
    """Return the settings with an uploaded picture; where it cannot be read, the old one and a sentence."""
    try:
        picture = read_upload(data)
    except ValueError as error:
        return refuse(settings, str(error))
    return _with_picture(settings, Chosen(name=OWN, values=picture.image), picture.notes)


def refuse(settings: FilterSettings, sentence: str) -> FilterSettings:
    """Return the settings with their old picture, and a sentence that says why there is no new one."""
    return replace(settings, notes=(refusal(f"{sentence} The picture from before is still here."),))


# ---- Kernels ---------------------------------------------------------------------------------------------


def _take_kernel(settings, chosen: Chosen):
    """Give the channels that are meant a preset, or each its own kernel again, as large as the largest."""
    if chosen.name == OWN:
        kernels = _for_channels(settings, settings.meant, Chosen.again)
        size = max(len(kernels[channel].values) for channel in settings.meant)
        return _with_kernels(settings, kernels, size)
    name, values = chosen.name, chosen.values
    kernels = _for_channels(settings, settings.meant, lambda kernel: kernel.preset(name, values))
    return replace(settings, kernels=kernels, shown=FILTERS[name].shown)


def _for_channels(settings, channels, change):
    """Change the kernels of these channels; the others keep theirs."""
    kernels = enumerate(settings.kernels)
    return tuple(change(kernel) if number in channels else kernel for number, kernel in kernels)


def _with_kernels(settings, kernels, size: int):
    """Take kernels, all in this size."""
    return _stay(settings, replace(settings, kernels=tuple(_sized(kernel, size) for kernel in kernels)))


def _sized(kernel: Chosen, size: int) -> Chosen:
    """Make a preset anew in this size; cut the learner's own around the middle, or put zeros around it."""
    preset = FILTERS.get(kernel.name)
    return kernel.with_values(preset.make(size) if preset else centred(kernel.values, size))


def edit(settings: FilterSettings, scene: Scene, panel: str, cell: int, value: float) -> FilterSettings:
    """Return the settings after a learner typed a value into w: for one channel, or for all."""
    *channel, row, column = scene.panel(panel).index_of(cell)
    channels = tuple(channel) or (0, 1, 2)
    typed = settings.kernels[channels[0]].typed((row, column), value)
    return replace(settings, kernels=_for_channels(settings, channels, lambda _: typed))


# ---- The window ------------------------------------------------------------------------------------------


def _slid(name: str, settings, value):
    """Let the kernel slide in another way, or over the picture in another size or other colours."""
    changed = replace(settings, **{name: value})
    return _stay(settings, with_x(changed) if name in ("side", "colours") else changed)


def _stay(old: FilterSettings, new: FilterSettings) -> FilterSettings:
    """Let the window stay where it was in the picture, when the picture or its way over it changes."""
    if not fits(new):
        return new
    if not fits(old):
        return centre(new)
    before, after, place = slide(old), slide(new), []
    for axis in range(len(AXES)):
        at = old.place[axis] * before.stride[axis] + before.origin[axis] + middle_index(old.kernel_size)
        at = round(at * after.input_size[axis] / before.input_size[axis])
        at = at - after.origin[axis] - middle_index(new.kernel_size)
        place.append(round(at / after.stride[axis]))
    return point(new, tuple(place))


TOPIC = Topic(
    name="filtering",
    controls=CONTROLS,
    scene_of=scene_of,
    inputs=inputs,
    rules={
        "picture": _take_picture,
        "kernel": _take_kernel,
        "kernel_size": lambda settings, size: _with_kernels(settings, settings.kernels, size),
        **{name: partial(_slid, name) for name in ("side", "colours", "stride", "padding")},
    },
    edit=edit,
)

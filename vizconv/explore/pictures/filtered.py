"""The filtered picture: every channel ⋆ its kernel, as a Picture shows it, with frames on both pictures."""

import numpy as np

from vizconv.engine.operations import correlation as correlate
from vizconv.examples.filters import ABSOLUTE, SIGNED
from vizconv.explore.pictures.settings import FilterSettings, slide


def frames(settings: FilterSettings):
    """Return where frames stand in x and in y, and which one the stage shows: (windows, region) of each."""
    setting, place = slide(settings), np.array(settings.place)
    first, step = np.array(setting.origin), np.array(setting.stride)
    corner = first + step * place
    on_x = [*first, *step, *setting.output_size], [*corner, *setting.kernel_size]
    on_y = [0, 0, 1, 1, *setting.output_size], [*place, 1, 1]
    return tuple(tuple([int(number) for number in part] for part in each) for each in (on_x, on_y))


@np.errstate(over="ignore", invalid="ignore")  # a sum may be infinite: that is shown, too
def filtered(settings: FilterSettings) -> np.ndarray:
    """Return the picture's channels, each ⋆ its kernel, as float32 (C, OH, OW); raise where nothing fits."""
    weights = np.broadcast_to(settings.weights.astype(np.float32), (len(settings.x), *(settings.size,) * 2))
    pairs = zip(settings.x.astype(np.float32), weights, strict=True)
    return np.stack([correlate(channel, kernel, **settings.sliding).y[0, 0] for channel, kernel in pairs])


def as_picture(y: np.ndarray, shown: str) -> np.ndarray:
    """Turn results (C, H, W) into what a Picture shows: (H, W) or (H, W, 3), signed or as uint8."""
    image = y[0] if len(y) == 1 else y.transpose(1, 2, 0)
    if shown == SIGNED:
        return image
    image = np.abs(image) if shown == ABSOLUTE else image
    return np.rint(np.clip(np.nan_to_num(image), 0, 255)).astype(np.uint8)


def looks_other(settings: FilterSettings, before: FilterSettings) -> bool:
    """Say whether the filtered picture has to be made anew."""
    same = settings.x is before.x and np.array_equal(settings.weights, before.weights, equal_nan=True)
    return not same or (settings.sliding, settings.shown) != (before.sliding, before.shown)

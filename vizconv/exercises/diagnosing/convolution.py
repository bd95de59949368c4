"""conv2d's way back, to be diagnosed: trials, and mistakes of dx, dweight and dbias."""

from collections.abc import Callable
from typing import Any

import numpy as np

from vizconv.engine import conv2d, conv2d_backward, dilate
from vizconv.engine.operations.convolution import Conv2dRecord
from vizconv.exercises.diagnosing.subject import Part, Subject, Trial, trial
from vizconv.exercises.diagnosing.sums import sum_scene
from vizconv.exercises.exercise import entries
from vizconv.exercises.mistakes import Mistakes, common, cut_off, instead, only, signs, then
from vizconv.exercises.to_write import strided_input_gradient, weight_gradient
from vizconv.scenes import input_gradient_of_filters, weight_gradient_of_images

GRADIENTS = ("dx", "dweight", "dbias")

# ---- What is tried -----------------------------------------------------------------------------------------


def _trials():
    generator = np.random.default_rng(14)
    settings: dict[str, Any]
    for images, channels, filters, size, kernel, settings in (
        (1, 1, 1, (4, 4), (2, 2), {}),
        (1, 1, 1, (5, 6), (2, 3), {}),
        (1, 1, 1, (4, 5), (3, 2), {"padding": 1}),
        (1, 1, 1, (7, 5), (3, 3), {"stride": 2}),
        (1, 2, 1, (4, 4), (2, 2), {}),
        (1, 1, 3, (4, 4), (2, 2), {}),
        (3, 1, 1, (4, 3), (2, 2), {}),
        (2, 3, 3, (5, 4), (3, 2), {"padding": 1}),
        (2, 3, 2, (6, 7), (3, 2), {"stride": 2, "padding": 1}),
        (1, 2, 2, (7, 6), (2, 2), {"stride": 3}),
        (1, 1, 1, (6, 7), (2, 3), {"dilation": 2}),
        (1, 2, 1, (7, 8), (3, 2), {"stride": (1, 2), "padding": (2, 1)}),
    ):
        x = entries(generator, (images, channels, *size)) / 1.0
        weight = entries(generator, (filters, channels, *kernel)) / 2
        record = conv2d(x, weight, entries(generator, (filters,)) / 1.0, **settings)
        yield trial(record, entries(generator, record.y.shape) / 4)


# ---- Mistakes of dx ----------------------------------------------------------------------------------------


def _right(gradient: str) -> Callable:
    return lambda record, dy: getattr(conv2d_backward(record, dy), gradient)


def _plain(record: Conv2dRecord) -> tuple[int, int]:
    """Return the stride and padding; raise ValueError where one number does not say each."""
    geometry = record.geometry
    sides = {side for pair in geometry.padding for side in pair}
    if len(set(geometry.stride)) > 1 or len(sides) > 1 or max(geometry.dilation) > 1:
        raise ValueError("this mistake knows one stride and one padding only")
    return geometry.stride[0], sides.pop()


def _of_one_filter(make: Callable) -> Callable:
    """Let a mistake of one picture and one kernel, (dy, w, x, stride, padding), add up over the filters."""

    def made(record, dy):
        settings = _plain(record)
        return np.array(
            [
                [
                    sum(make(dy[n, f], w[c], image[c], *settings) for f, w in enumerate(record.weight))
                    for c in range(len(image))
                ]
                for n, image in enumerate(record.x)
            ]
        )

    return made


def _stamped_otherwise(record, dy):
    """Give the record's settings no dilation: stamp the kernel's weights side by side."""
    if max(record.geometry.dilation) == 1:
        return _right("dx")(record, dy)
    dpadded = np.zeros(record.padded.shape)
    (down, along), (height, width) = record.geometry.stride, record.weight.shape[2:]
    for i, j in np.ndindex(dy.shape[2:]):
        part = np.s_[:, :, i * down : i * down + height, j * along : j * along + width]
        dpadded[part] += np.einsum("nf,fcuv->ncuv", dy[:, :, i, j], record.weight)
    return dpadded[(..., *record.geometry.crop)]


def _with_weights(change: Callable) -> Callable:
    """Let dx meet other weights, of the same shape."""

    def made(record, dy):
        weight = change(record.weight)
        if weight.shape != record.weight.shape:
            raise ValueError("this mistake fits as many filters as channels only")
        settings = {name: getattr(record.geometry, name) for name in ("stride", "padding", "dilation")}
        return conv2d_backward(conv2d(record.x, weight, record.bias, **settings), dy).dx

    return made


DX: Mistakes = {
    "Only the first filter's share is there: every filter has read x, so add them up.": instead(
        _right("dx"), dy=only(np.s_[:, 0])
    ),
    "Only the last filter's share is there: each one overwrites the one before. Add them up, `+=`.": instead(
        _right("dx"), dy=only(np.s_[:, -1])
    ),
    "Your dx is the mean over the filters; it is their sum.": lambda record, dy: (
        _right("dx")(record, dy) / dy.shape[1]
    ),
    "Only the first image has a gradient: is the loop over the images missing, or left too early?": then(
        _right("dx"), only(0)
    ),
    "Only the last image has a gradient: does each round of your loop begin anew?": then(
        _right("dx"), only(-1)
    ),
    "Your dx is divided by the number of images: every image has a dx of its own.": lambda record, dy: (
        _right("dx")(record, dy) / len(dy)
    ),
    "Filters and channels are swapped: w[c, f] stands where w[f, c] belongs.": _with_weights(
        lambda weight: weight.swapaxes(0, 1)
    ),
    "The dilation is missing: output (i, j) met x with w[u, v] at i·stride + u·dilation.": _stamped_otherwise,
    **{said: _of_one_filter(make) for said, make in strided_input_gradient.MISTAKES.items()},
    **common(_right("dx"), "dx", "ab"),
}


# ---- Mistakes of dweight -----------------------------------------------------------------------------------


def _of_images(make: Callable) -> Callable:
    """Let a mistake of images and their dy, (x, dy) at stride 1, meet each filter and channel."""

    def made(record, dy):
        (down, along), (tall, wide) = record.geometry.dilation, record.weight.shape[2:]
        spread = dilate(dy, record.geometry.stride)
        rows, columns = spread.shape[2] + down * (tall - 1), spread.shape[3] + along * (wide - 1)
        x = record.padded[:, :, :rows, :columns]
        each = [
            [make(x[:, c], spread[:, f])[..., ::down, ::along] for c in range(x.shape[1])]
            for f in range(dy.shape[1])
        ]
        return np.array(each)

    return made


def _settings(**changed: Any) -> Callable:
    """Take dweight as if a setting were another one; the sizes of dy have to fit still."""

    def made(record, dy):
        settings = {name: getattr(record.geometry, name) for name in ("stride", "padding", "dilation")}
        other = conv2d(record.x, record.weight, **(settings | changed))
        whole = np.zeros(other.y.shape)
        part = tuple(slice(0, min(sizes)) for sizes in zip(dy.shape, whole.shape, strict=True))
        whole[part] = dy[part]
        return conv2d_backward(other, whole).dweight

    return made


DWEIGHT: Mistakes = {
    "The stride is missing: y[i, j] met x[i·stride + u, j·stride + v] with w[u, v].": _settings(stride=1),
    "The dilation is missing: w[u, v] met x at i·stride + u·dilation.": _settings(dilation=1),
    "You took x without its padding: w met the padded x.": _settings(padding=0),
    "You summed over the channels: each channel has a kernel of its own, and a gradient of its own.": then(
        _right("dweight"), lambda dw: np.broadcast_to(dw.sum(axis=1, keepdims=True), dw.shape)
    ),
    "Only the first channel has a gradient: each one has a kernel of its own.": then(
        _right("dweight"), only(np.s_[:, 0])
    ),
    "Only the last channel has a gradient: each one has a kernel of its own.": then(
        _right("dweight"), only(np.s_[:, -1])
    ),
    "Only the first filter has a gradient: is the loop over the filters missing, or left too early?": then(
        _right("dweight"), only(0)
    ),
    "Only the last filter has a gradient: does each round of your loop begin anew?": then(
        _right("dweight"), only(-1)
    ),
    "You summed over the filters: each filter has met its own dy only.": instead(
        _right("dweight"), dy=lambda dy: np.broadcast_to(dy.sum(axis=1, keepdims=True), dy.shape)
    ),
    **{said: _of_images(make) for said, make in weight_gradient.MISTAKES.items()},
    **common(_right("dweight"), "dw", "uv"),
}


# ---- Mistakes of dbias -------------------------------------------------------------------------------------


def _of_dy(change: Callable) -> Callable:
    return lambda record, dy: change(dy)


DBIAS: Mistakes = {
    "Your db is the mean of dy over images and places; it is the sum.": _of_dy(lambda dy: dy.mean((0, 2, 3))),
    "Your db is the mean over the images; it is the sum over them.": _of_dy(
        lambda dy: dy.sum((0, 2, 3)) / len(dy)
    ),
    "Your db is the mean over the places; it is the sum.": _of_dy(lambda dy: dy.sum(0).mean((1, 2))),
    "Only the first image counts: the same bias went into every image.": _of_dy(lambda dy: dy[0].sum((1, 2))),
    "Only the last image counts: each one overwrites the one before. Add them up, `+=`.": _of_dy(
        lambda dy: dy[-1].sum((1, 2))
    ),
    "Only the first place counts: the same bias went into every place.": _of_dy(
        lambda dy: dy[:, :, 0, 0].sum(0)
    ),
    "Only the last place counts: add the places up, `+=`.": _of_dy(lambda dy: dy[:, :, -1, -1].sum(0)),
    "The sum over the images is missing: the same bias went into every one.": _of_dy(
        lambda dy: dy.sum((2, 3))
    ),
    "The sum over the places is missing: the same bias went into every one.": _of_dy(lambda dy: dy.sum(0)),
    "These are the outputs that each bias went into, counted: add up their dy.": _of_dy(
        lambda dy: np.ones_like(dy).sum((0, 2, 3))
    ),
    "You added up everything: every filter has a bias of its own.": _of_dy(
        lambda dy: np.broadcast_to(dy.sum(), dy.shape[1:2])
    ),
    "You multiplied with the bias: b + … means that db is dy, added up, whatever b is.": lambda record, dy: (
        record.bias * dy.sum((0, 2, 3))
    ),
    "Your db is still 0 everywhere: add dy to it.": _of_dy(lambda dy: np.zeros(dy.shape[1])),
    **signs(_right("dbias")),
    **cut_off(_right("dbias"), "db"),
}


# ---- On the stage ------------------------------------------------------------------------------------------


def _scene(tried: Trial, gradient: str, index: tuple[int, ...]) -> Part:
    record, dy, leading = tried.record, tried.dy, index[: -2 if gradient != "dbias" else None]
    if gradient == "dx":
        return Part(input_gradient_of_filters(record, dy, *leading), "dx", leading)
    if gradient == "dweight":
        filter, channel = leading
        return Part(weight_gradient_of_images(record, dy, channel, filter), "dw", leading)
    return Part(sum_scene(dy[:, index[0]]), "db", leading)


SUBJECT = Subject(
    gradients=GRADIENTS,
    trials=tuple(_trials()),
    mistakes={"dx": DX, "dweight": DWEIGHT, "dbias": DBIAS},
    scene=_scene,
)

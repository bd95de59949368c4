"""The explorer of initial weights: what their scale does to the activations of ten layers."""

from dataclasses import dataclass, replace
from functools import lru_cache

import ipywidgets
import numpy as np

from vizconv import scenes
from vizconv.engine.initializers import fans
from vizconv.engine.operations.activation import relu, tanh
from vizconv.engine.operations.convolution import conv2d
from vizconv.explore.controls import choice
from vizconv.explore.explorer import Beside, Explorer, Topic
from vizconv.explore.presets import IMPORTS
from vizconv.stage.curves import Curves

LAYERS, CHANNELS, KERNEL, SIZE, IMAGES = 10, 32, 3, 24, 8
SHAPE = (CHANNELS, CHANNELS, KERNEL, KERNEL)  # of every layer's weight
ACTIVATIONS = {"tanh": tanh, "ReLU": relu}
WRONG = "Xavier with n_in = K², n_out = F"
RULES = {
    "Xavier": lambda shape: 2 / sum(fans(shape)),
    "He": lambda shape: 2 / fans(shape)[0],
    WRONG: lambda shape: 2 / (shape[2] * shape[3] + shape[0]),
}  # the variance of a weight (F, C, KH, KW)
WORDS = {"Xavier": "2 / (n_in + n_out)", "He": "2 / n_in", WRONG: "2 / (K² + F)"}
SCALES = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
SATURATED = 0.99  # beyond it tanh's slope is under 0.02
BINS, WIDEST = 60, 4.0  # of the histograms of ReLU; tanh stays within 1


@dataclass(frozen=True)
class InitializationSettings:
    """The activation after every layer, the rule for the weights' variance, and a factor on their σ."""

    activation: str
    rule: str
    scale: float


def initialization(activation="tanh", rule="Xavier", scale=1.0) -> Explorer:
    """Explore ten convolutional layers with random weights: a histogram of each layer's activations.

    `activation` is "tanh" or "ReLU", `rule` one of RULES, `scale` one of SCALES. Raises ValueError for
    others.
    """
    settings = InitializationSettings(activation, rule, scale)
    allowed = {"activation": ACTIVATIONS, "rule": RULES, "scale": SCALES}
    for name, options in allowed.items():
        if getattr(settings, name) not in options:
            raise ValueError(f"{name} is {getattr(settings, name)!r}; one of {list(options)} is expected")
    controls = {
        "activation": choice("activation", list(ACTIVATIONS), activation),
        "rule": choice("variance", [(f"{rule}: {WORDS[rule]}", rule) for rule in RULES], rule),
        "scale": _scale(scale),
    }
    controls["rule"].layout.width = "460px"  # room for the longest rule
    curves = Curves(y_label="layer", y_range=(0.5, LAYERS + 1.5))
    return Explorer(TOPIC, settings, controls, Beside(curves, traits_of))


def _scale(scale):
    """Return a slider of the scales, the right one in the middle."""
    return ipywidgets.SelectionSlider(
        options=[(f"× {each:g}", each) for each in SCALES],
        value=scale,
        description="σ times",
        style={"description_width": "92px"},
        layout={"width": "270px"},
    )


# ---- Ten layers --------------------------------------------------------------------------------------------


def sigma(settings: InitializationSettings) -> float:
    """Return the standard deviation of the weights."""
    return float(settings.scale * np.sqrt(RULES[settings.rule](SHAPE)))


@lru_cache(maxsize=1)
def _drawn() -> tuple[np.ndarray, np.ndarray]:
    """Draw the input (N, C, H, W), noise of spread 1, and all weights (layers, F, C, KH, KW), of spread 1."""
    generator = np.random.default_rng(4)
    x = generator.standard_normal((IMAGES, CHANNELS, SIZE, SIZE), np.float32)
    return x, generator.standard_normal((LAYERS, *SHAPE), np.float32)


@lru_cache(maxsize=64)
def activations(settings: InitializationSettings) -> tuple[np.ndarray, ...]:
    """Return the input and the activations of all layers, each as one row."""
    x, weights = _drawn()
    activate, rows = ACTIVATIONS[settings.activation], [x.ravel()]
    for weight in weights * np.float32(sigma(settings)):
        x = activate(conv2d(x, weight).y).y
        rows.append(x.ravel())
    return tuple(rows)


def spread(values: np.ndarray) -> float:
    """Return √(mean of squares): the size of a typical value."""
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


def histograms(settings: InitializationSettings) -> list[dict]:
    """Return one line a layer, standing on the layer's number: how often its activations have each size.

    Values beyond the edge are counted at the edge. A ReLU's zeros are left out: they are half of all.
    """
    least, most = _range(settings)
    edges = np.linspace(least, most, BINS + 1)
    lines = []
    for layer, values in enumerate(activations(settings)[1:], 1):
        kept = values[values > 0] if settings.activation == "ReLU" else values
        counts, _ = np.histogram(np.clip(kept, least, most), edges)
        heights = layer + 0.9 * counts / max(1, counts.max())
        lines.append({"name": "", "x": (edges[1:] + edges[:-1]) / 2, "y": heights})
    return lines


def _range(settings) -> tuple[float, float]:
    return (-1.0, 1.0) if settings.activation == "tanh" else (0.0, WIDEST)


# ---- From settings to a scene ------------------------------------------------------------------------------


def scene_of(settings: InitializationSettings) -> scenes.Scene:
    """Return the scene of the settings: σ, and the spread of every layer."""
    spreads = [spread(values) for values in activations(settings)]
    scene = scenes.initialization(sigma(settings), spreads)
    return replace(scene, notes=_notes(settings, spreads), code=as_code(settings))


def _notes(settings, spreads) -> tuple[str, ...]:
    last = activations(settings)[-1]
    factor = "" if settings.scale == 1 else f"{settings.scale:g} · "
    counts = f"n_in = {CHANNELS} · {KERNEL**2} = {fans(SHAPE)[0]}, and so is n_out."
    if settings.activation == "tanh":
        said = f"{np.mean(np.abs(last) > SATURATED):.0%} of the values are beyond ±{SATURATED}"
    else:
        said = f"{np.mean(last == 0):.0%} of the values are 0"
    own = f"σ = {factor}√({WORDS[settings.rule]}) = {sigma(settings):.3f}."
    return f"{counts} {own}", f"The spread is 1 in x and {spreads[-1]:.2g} in layer {LAYERS}, where {said}."


def traits_of(settings: InitializationSettings, scene: scenes.Scene) -> dict:
    """Return what the chart beside the stage shows."""
    label = "activation" if settings.activation == "tanh" else "activation, zeros left out"
    return {"lines": histograms(settings), "x_label": label, "x_range": _range(settings)}


def as_code(settings: InitializationSettings) -> str:
    """Return the lines of Python that make the spread of every layer anew."""
    return (
        f"{IMPORTS}generator = np.random.default_rng(4)\n"
        f"x = generator.standard_normal({(IMAGES, CHANNELS, SIZE, SIZE)}, np.float32)\n"
        f"weights = generator.standard_normal({(LAYERS, *SHAPE)}, np.float32)\n"
        f"spreads = []\nfor weight in weights * np.float32({sigma(settings)}):\n"
        f"    x = vc.{settings.activation.lower()}(vc.conv2d(x, weight).y).y\n"
        "    spreads.append(float(np.sqrt(np.mean(x**2.0, dtype=float))))\n"
    )


def change(settings: InitializationSettings, name: str, value) -> InitializationSettings:
    """Return the settings after one control was set to a value."""
    return replace(settings, **{name: value})


def edit(settings: InitializationSettings, scene, panel, cell, value) -> InitializationSettings:
    """Return the same settings: nothing on this stage is typed."""
    return settings


TOPIC = Topic("initialization", scene_of, change, edit, vars, lambda settings: set())

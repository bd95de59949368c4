"""The explorer of initial weights: what their scale does to the activations of ten layers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vizconv import scenes
from vizconv.engine.initializers import fans
from vizconv.engine.operations.activation import relu, tanh
from vizconv.engine.operations.convolution import conv2d
from vizconv.examples.matrices import IMPORTS
from vizconv.explore.controls import Choice, Steps, read
from vizconv.explore.explorer import Beside, Explorer
from vizconv.explore.topic import Topic
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
CONTROLS = (
    Choice("activation", tuple(ACTIVATIONS)),
    Steps("scale", {f"× {each:g}": each for each in SCALES}, title="σ times"),
    Choice("rule", {f"{rule}: {WORDS[rule]}": rule for rule in RULES}, title="variance"),
)
BINS, WIDEST = 60, 4.0  # of the histograms of ReLU; tanh stays within 1


@dataclass(frozen=True, kw_only=True)
class InitializationSettings:
    """The activation after every layer, the rule for the weights' variance, and a factor on their σ."""

    activation: str
    rule: str
    scale: float


def initialization(activation: str = "tanh", rule: str = "Xavier", scale: float = 1.0) -> Explorer:
    """Explore ten convolutional layers with random weights: a histogram of each layer's activations.

    `activation` is "tanh" or "ReLU", `rule` one of RULES, `scale` one of SCALES. Raises ValueError for
    others.
    """
    settings = InitializationSettings(**read(CONTROLS, activation=activation, rule=rule, scale=scale))
    curves = Curves(y_label="layer", y_range=(0.5, LAYERS + 1.5))
    return Explorer(TOPIC, settings, Beside(curves, traits_of))


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


def activations(settings: InitializationSettings) -> Iterator[np.ndarray]:
    """Yield the input and the activations of all layers, each as one row."""
    x, weights = _drawn()
    activate = ACTIVATIONS[settings.activation]
    yield x.ravel()
    for weight in weights * np.float32(sigma(settings)):
        x = activate(conv2d(x, weight).y).y
        yield x.ravel()


@dataclass(frozen=True, eq=False)
class Summary:
    """What is shown of the activations: the spread of x and of every layer, and how often each size occurs.

    `counts` (layers, BINS) are of the sizes between `edges`; `extreme` is the part of the last layer's values
    that are saturated (tanh) or 0 (ReLU).
    """

    spreads: tuple[float, ...]
    edges: np.ndarray
    counts: np.ndarray
    extreme: float


@lru_cache(maxsize=64)
def summary(settings: InitializationSettings) -> Summary:
    """Run the layers, and keep what is shown of them: some kilobytes of megabytes."""
    x, *layers = activations(settings)
    edges = np.linspace(*_range(settings), BINS + 1)
    counts = np.array([_counted(values, settings, edges) for values in layers])
    extreme = np.abs(layers[-1]) > SATURATED if settings.activation == "tanh" else layers[-1] == 0
    return Summary(tuple(map(spread, (x, *layers))), edges, counts, float(np.mean(extreme)))


def _counted(values, settings, edges) -> np.ndarray:
    """Count how often each size occurs, that beyond the edge at the edge, without a ReLU's zeros."""
    kept = values[values > 0] if settings.activation == "ReLU" else values
    return np.histogram(np.clip(kept, edges[0], edges[-1]), edges)[0]


def spread(values: np.ndarray) -> float:
    """Return √(mean of squares): the size of a typical value."""
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


def histograms(settings: InitializationSettings) -> list[dict]:
    """Return one line a layer, standing on the layer's number: how often its activations have each size.

    Values beyond the edge are counted at the edge. A ReLU's zeros are left out: they are half of all.
    """
    edges, counts = summary(settings).edges, summary(settings).counts
    heights = [layer + 0.9 * count / max(1, count.max()) for layer, count in enumerate(counts, 1)]
    return [{"name": "", "x": (edges[1:] + edges[:-1]) / 2, "y": each} for each in heights]


def _range(settings) -> tuple[float, float]:
    return (-1.0, 1.0) if settings.activation == "tanh" else (0.0, WIDEST)


# ---- From settings to a scene ------------------------------------------------------------------------------


def scene_of(settings: InitializationSettings) -> scenes.Scene:
    """Return the scene of the settings: σ, and the spread of every layer."""
    spreads, notes = summary(settings).spreads, _notes(settings, summary(settings))
    return scenes.initialization(sigma(settings), spreads, notes, as_code(settings))


def _notes(settings, summary: Summary) -> tuple[str, ...]:
    factor = "" if settings.scale == 1 else f"{settings.scale:g} · "
    counts = f"n_in = {CHANNELS} · {KERNEL**2} = {fans(SHAPE)[0]}, and so is n_out."
    named = f"beyond ±{SATURATED}" if settings.activation == "tanh" else "0"
    own = f"σ = {factor}√({WORDS[settings.rule]}) = {sigma(settings):.3f}."
    said = f"{summary.extreme:.0%} of the values are {named}"
    sizes = f"The spread is 1 in x and {summary.spreads[-1]:.2g} in layer {LAYERS}"
    return f"{counts} {own}", f"{sizes}, where {said}."


def traits_of(settings: InitializationSettings, _: scenes.Scene) -> dict:
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


TOPIC: Topic[InitializationSettings] = Topic(name="initialization", controls=CONTROLS, scene_of=scene_of)

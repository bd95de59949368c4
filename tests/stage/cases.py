"""Scenes for the page's arithmetic: tables in any order that come again and again, and every rule."""

from dataclasses import replace

import numpy as np

from tests.scenes.cases import chained_scene, permuted_scene
from vizconv.engine import conv2d
from vizconv.engine.operations import correlation as correlate
from vizconv.scenes import (
    Panel,
    Reading,
    Rule,
    Scene,
    Terms,
    bias_terms,
    conv2d_terms,
    correlation,
    product_terms,
)
from vizconv.scenes.terms import copy_terms

X = np.array([[1, -2, -9, 6], [5, 8, 7, 9], [-6, 2, 0, -1], [-3, 4, -1, 0]])
K = np.array([[6, 0], [-7, -1]])
AWKWARD = 0.0, -0.0, 1.0, 2.0, 2.0, -3.0, 40.0, -800.0, 800.0, 1e308, -1e308, -np.inf
ROLES = "out", "left", "right"


def awkward(generator, shape) -> np.ndarray:
    """Numbers with many ties, zeros of both signs, large ones and −∞; in every row one is no more than 40."""
    values = generator.choice(AWKWARD, shape)
    values[generator.random(shape) < 0.3] = generator.standard_normal()
    values[..., 0] = np.clip(values[..., 0], -40, 40)
    return values


def repeated_table(generator, levels: int) -> Terms:
    """A table of random rows in random order that comes again at so many levels."""
    count = int(generator.integers(0 if levels == 1 else 1, 8))
    terms = Terms(*generator.integers(0, 4, (3, count)))
    for _ in range(levels):
        terms = terms.repeated(
            int(generator.integers(1, 4)),
            **dict(zip(ROLES, map(int, generator.integers(0, 6, 3)), strict=True)),
        )
    return terms


def repeated_scene(generator, levels: int) -> Scene:
    """One such table read from all three sides, some cells with owners, some panels that are not drawn."""
    terms = repeated_table(generator, levels)
    sizes = {"y": "out", "x": "left", "w": "right", "dy": "out", "dx": "left", "dw": "right"}
    readings = (
        Reading("t", "out", "y", "x", "w"),
        Reading("t", "left", "dy", "dx", "w"),
        Reading("t", "right", "dy", "x", "dw"),
    )
    panels = [
        Panel(
            name,
            generator.standard_normal(max(4, terms.largest(role) + 1)),
            (0, at) if at < 3 or generator.integers(2) else None,
            owners=None
            if generator.integers(2)
            else generator.integers(-1, 9, max(4, terms.largest(role) + 1)),
        )
        for at, (name, role) in enumerate(sizes.items())
    ]
    return Scene(tuple(panels), {"t": terms}, readings, walk=str(generator.choice(["y", "x", "dy"])))


def windows(generator) -> Terms:
    """Three windows of three cells in each of three rows of five; rows and marks in random order."""
    left = np.concatenate([generator.permutation(5)[:3] for _ in range(3)])
    order = generator.permutation(9)
    terms = Terms(np.repeat(np.arange(3), 3)[order], left[order], generator.permutation(9))
    return terms.repeated(3, out=3, left=5, right=9)


NUMBER_BY_NUMBER = (
    "gate",
    "sigmoid",
    "sigmoid slope",
    "tanh",
    "tanh slope",
    "exp",
    "minus log",
    "inverse",
    "softmax",
    "surprise",
)


def ruled_scene(generator) -> Scene:
    """Every rule, on awkward numbers, and sums through a gate and a mask."""
    z, x = awkward(generator, (3, 4)), awkward(generator, (3, 5))
    wanted = np.eye(4)[generator.integers(0, 4, 3)]
    panels = {
        "z": z,
        "wanted": wanted,
        "x": x,
        "edge": awkward(generator, 7),
        "dy": generator.normal(size=(3, 3)),
    }
    panels |= {name: np.zeros((3, 4)) for name in NUMBER_BY_NUMBER}
    panels |= {
        "mask": np.zeros((3, 3, 3)),
        "ties": np.zeros((3, 3, 3)),
        "copies": np.zeros(7),
        "right": np.zeros(3),
    }
    panels |= {"lowest": 0.0, "share": 0.0, "relu": np.zeros((3, 4)), "dx": np.zeros((3, 5))}
    panels |= {name: np.zeros((3, 3)) for name in ("pooled", "all")}
    border = Terms([0, 6, 1], generator.permutation([2, 0, 6]), None)
    steps = (
        Rule(name="border", out="edge", of=("edge",), terms="border"),
        Rule(name="border", out="copies", of=("edge",), terms="border"),
        *(Rule(name=name, out=name, of=("z",)) for name in NUMBER_BY_NUMBER),
        Rule(name="right", out="right", of=("z", "wanted")),
        Rule(name="minus maximum", out="lowest", of=("z",)),
        Rule(name="inverse sum", out="share", of=("softmax",)),
        Rule(name="mask", out="mask", of=("x",), terms="windows"),
        Rule(name="ties", out="ties", of=("x",), terms="windows"),
        Reading("cells", "out", "relu", "z", "gate"),
        Reading("windows", "out", "pooled", "x", "mask"),
        Rule(name="border", out="pooled", of=("pooled",), terms="border"),  # in place of what was summed
        Reading("windows", "out", "all", "x", "ties"),
        Reading("windows", "left", "dy", "dx", "mask"),
        Reading("copies", "out", "right", "dy"),  # adds to what a rule has made
    )
    terms = {
        "border": border,
        "cells": product_terms(12),
        "windows": windows(generator),
        "copies": copy_terms(np.arange(3)),
    }
    placed = tuple(Panel(name, values, (0, at)) for at, (name, values) in enumerate(panels.items()))
    scene = Scene(placed, terms, steps, walk="x")
    sums = scene.sums()
    return replace(
        scene, panels=tuple(replace(panel, values=sums.get(panel.name, panel.values)) for panel in placed)
    )


def with_constants():
    """Twice and half of a row, by numbers that have no place: one is a constant, the other one is hidden."""
    panels = (
        Panel("x", [3, -1, 5], (0, 0)),
        Panel("twice", [6, -2, 10], (0, 1)),
        Panel("half", [1.5, -0.5, 2.5], (0, 2)),
        Panel("two", 2, None, constant=True),
        Panel("a half", 0.5, None),
    )
    cells = np.arange(3)
    steps = Reading("scale", "out", "twice", "x", "two"), Reading("scale", "out", "half", "x", "a half")
    return Scene(panels, {"scale": Terms(cells, cells, cells * 0)}, steps, walk="x")


def layer():
    """One filter over two channels with a padding, its bias, and its two backward readings."""
    generator = np.random.default_rng(5)
    x, weight = generator.integers(-9, 9, (1, 2, 4, 3)), generator.integers(-9, 9, (1, 2, 2, 3))
    record = conv2d(x, weight, [3], padding=1, stride=(2, 1))
    dy = generator.integers(-9, 9, record.y.shape)[0, 0]
    panels = (
        Panel("x", record.padded[0], (0, 0), origin=(0, -1, -1)),
        Panel("w", record.weight[0], (0, 1)),
        Panel("b", record.bias[0], (0, 2)),
        Panel("y", record.y[0, 0], (0, 3)),
        Panel("dy", dy, (1, 3)),
        Panel("dx", np.zeros(record.padded[0].shape), (1, 0)),
        Panel("dw", np.zeros(record.weight[0].shape), (1, 1)),
        Panel("db", 0, (1, 2)),
    )
    readings = (
        Reading("products", "out", "y", "x", "w"),
        Reading("bias", "out", "y", "b"),
        Reading("products", "left", "dy", "dx", "w"),
        Reading("products", "right", "dy", "x", "dw"),
        Reading("bias", "left", "dy", "db"),
    )
    return Scene(panels, {"products": conv2d_terms(record), "bias": bias_terms(record)}, readings, walk="y")


def generators(count):
    return [np.random.default_rng(seed) for seed in range(count)]


TABLES = {
    "worked example": correlation(correlate(X, K)),
    "padded and strided": correlation(correlate(X, K, padding=(1, 2), stride=(2, 1), dilation=(1, 2))),
    "layer": layer(),
    "chained": chained_scene(X, K),
    "constants": with_constants(),
    **{f"permuted {seed}": permuted_scene(generator) for seed, generator in enumerate(generators(12))},
    **{
        f"repeated {levels} times, {seed}": repeated_scene(generator, levels)
        for levels in (1, 2, 3)
        for seed, generator in enumerate(generators(8))
    },
}
RULED = {f"ruled {seed}": ruled_scene(generator) for seed, generator in enumerate(generators(20))}
SCENES = TABLES | RULED


def is_hidden(scene, step):
    """Whether some panel of a step has no place and is no constant: it is taken, and not told."""
    names = (step.out, *step.of) if isinstance(step, Rule) else (step.out, step.left, step.right)
    taking_part = [scene.panel(name) for name in names if name is not None]
    return any(panel.place is None and not panel.constant for panel in taking_part)


def links_of(scene, panel, cell):
    """Where each reading has the cell: its table, role and rows, found by looking at every row."""
    for reading in scene.readings:
        if is_hidden(scene, reading):
            continue
        table = scene.terms[reading.terms]
        for role in table.roles:
            if getattr(reading, role) == panel.name:
                yield reading, table, role, np.flatnonzero(table.index(role) == cell)

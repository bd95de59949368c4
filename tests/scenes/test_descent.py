"""The scene of a descent: its L, dy and dw are the engine's and PyTorch's, and an edit flows through."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import fewer, pairs, seeds
from tests.scenes.checks import (
    assert_arranged,
    assert_drawn,
    assert_edit,
    assert_sums,
    changed,
    kinds_of_numbers,
)
from vizconv.draw.formula import formula
from vizconv.engine import cross_correlate, mse, mse_backward
from vizconv.engine.operations import correlation
from vizconv.scenes import descent


@st.composite
def cases(draw):
    """A picture, a kernel, and the hidden kernel."""
    kernel, more = draw(pairs(1, 3)), draw(pairs(0, 4))
    size = tuple(length + extra for length, extra in zip(kernel, more, strict=True))
    return draw(kinds_of_numbers)(draw(seeds), size, kernel, kernel)


@given(cases(), st.booleans(), st.data())
def test_it_holds_together(case, revealed, data):
    x, w, hidden = case

    def made(arrays):
        target = cross_correlate(arrays["x"], arrays["hidden"])
        return descent(correlation(arrays["x"], arrays["w"]), target, arrays["hidden"], revealed)

    arrays = {"x": x, "w": w, "hidden": hidden}
    scene = made(arrays)
    assert_sums(scene)
    assert_arranged(scene)
    off = cross_correlate(x, w) - cross_correlate(x, hidden)
    np.testing.assert_allclose(scene.panel("dy").values, off, atol=1e-12)
    np.testing.assert_allclose(scene.panel("dw").values, cross_correlate(x, off), atol=1e-9)
    assert scene.panel("L").values == pytest.approx((off**2).sum() / 2)
    rebuild = lambda name, index, value: made({**arrays, name: changed(arrays[name], index, value)})  # noqa: E731
    assert_edit(data.draw, scene, rebuild)


@fewer(4)
@given(cases())
def test_dw_is_the_gradient_that_pytorch_finds(torch, case):
    x, w, hidden = (torch.tensor(array.astype(np.float64))[None, None] for array in case)
    w.requires_grad_()
    off = torch.nn.functional.conv2d(x, w) - torch.nn.functional.conv2d(x, hidden)
    (off**2).sum().div(2).backward()
    scene = descent(correlation(*case[:2]), cross_correlate(case[0], case[2]), case[2])
    np.testing.assert_allclose(scene.panel("dw").values, w.grad[0, 0].numpy(), atol=1e-9)


def test_its_loss_is_the_engines_mean_but_for_a_factor():
    x, w, hidden = np.arange(16.0).reshape(4, 4), np.eye(2), np.ones((2, 2))
    record, target = correlation(x, w), cross_correlate(x, hidden)
    cost = mse(record.y, target[None, None])
    scene = descent(record, target, hidden)
    assert scene.panel("L").values == pytest.approx(cost.y * target.size / 2)
    dy = mse_backward(cost).dx[0, 0] * target.size / 2
    np.testing.assert_allclose(scene.panel("dy").values, dy)


def test_a_large_picture_shows_its_middle_and_draws():
    x, w = np.random.default_rng(0).integers(-3, 4, (90, 90)), np.ones((3, 3), int)
    scene = descent(correlation(x, w), cross_correlate(x, -w), -w)
    assert_sums(scene)
    assert_drawn(scene)
    assert "only its rows" in " ".join(scene.notes)


def test_its_constants_are_told():
    x, w = np.arange(16).reshape(4, 4), np.eye(2, dtype=int)
    scene = descent(correlation(x, w), cross_correlate(x, 2 * w), 2 * w)
    assert formula(scene, "dy", 0) == "dy[0,0] = (5) + (10)(−1) = −5"
    assert formula(scene, "L", 0).startswith("L = (") and "(0.5) = " in formula(scene, "L", 0)


def test_nothing_tells_a_hidden_kernel():
    x, w, hidden = np.arange(16).reshape(4, 4), np.eye(2, dtype=int), np.array([[701, 0], [0, 702]])
    scene = descent(correlation(x, w), cross_correlate(x, hidden), hidden)
    cells = [(panel.name, cell) for panel in scene.placed for cell in range(panel.values.size)]
    told = " ".join(formula(scene, *cell) for cell in cells)
    assert "701" not in told and "702" not in told
    revealed = descent(correlation(x, w), cross_correlate(x, hidden), hidden, revealed=True)
    assert "(701)" in formula(revealed, "target", 0)

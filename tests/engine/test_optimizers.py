"""Optimizers and schedules against PyTorch, and that nothing is changed in place."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import fewer, normals, seeds
from vizconv.engine import SGD, Adam, Constant, Momentum, OneCycle, StepDecay

OPTIMIZERS = {
    "sgd": (SGD(0.1), lambda torch, w: torch.optim.SGD([w], 0.1)),
    "momentum": (Momentum(0.1, 0.8), lambda torch, w: torch.optim.SGD([w], 0.1, momentum=0.8)),
    "adam": (Adam(0.1), lambda torch, w: torch.optim.Adam([w], 0.1)),
    "adam with other means": (
        Adam(0.01, 0.5, 0.9, 1e-3),
        lambda torch, w: torch.optim.Adam([w], 0.01, (0.5, 0.9), 1e-3),
    ),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@fewer(10)
@given(seed=seeds, steps=st.integers(1, 6))
def test_steps_equal_pytorch(torch, name, seed, steps):
    optimizer, make = OPTIMIZERS[name]
    w, *gradients = normals(seed, (2, 3), *[(2, 3)] * steps)
    tensor = torch.tensor(w, requires_grad=True)
    theirs = make(torch, tensor)
    parameters, state = {"w": w}, None
    for gradient in gradients:
        parameters, state = optimizer.step(parameters, {"w": gradient}, state)
        tensor.grad = torch.tensor(gradient)
        theirs.step()
    np.testing.assert_allclose(parameters["w"], tensor.detach().numpy(), rtol=0, atol=1e-10)
    assert state.steps == steps


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_is_pure(name):
    optimizer, _ = OPTIMIZERS[name]
    w, dw = normals(0, (3,), (3,), kind=np.float32)
    parameters, gradients = {"w": w}, {"w": dw}
    copies = w.copy(), dw.copy()
    first, state = optimizer.step(parameters, gradients, optimizer.start(parameters))
    second, _ = optimizer.step(first, gradients, state)
    again, _ = optimizer.step(first, gradients, state)
    np.testing.assert_array_equal(second["w"], again["w"])
    np.testing.assert_array_equal((w, dw), copies)
    assert first["w"].dtype == np.float32 and not first["w"].flags.writeable
    without, _ = optimizer.step(parameters, gradients)
    np.testing.assert_array_equal(without["w"], first["w"])


def test_the_formula_of_a_plain_step():
    new, _ = SGD(0.5).step({"w": np.array([1.0, 2.0])}, {"w": np.array([2.0, -2.0])})
    np.testing.assert_array_equal(new["w"], [0, 3])


def test_the_first_step_of_adam_is_the_learning_rate():
    new, _ = Adam(0.25).step({"w": np.array([1.0, 2.0])}, {"w": np.array([1e-3, -1e3])})
    np.testing.assert_allclose(new["w"], [0.75, 2.25], rtol=1e-4)


SCHEDULES = {
    "constant": (Constant(0.2), "ConstantLR", {"factor": 1.0}),
    "step": (StepDecay(0.2, 7, 0.5), "StepLR", {"step_size": 7, "gamma": 0.5}),
    "one cycle": (OneCycle(0.2, 30), "OneCycleLR", {"max_lr": 0.2, "total_steps": 30}),
    "half up": (OneCycle(0.2, 30, 0.5), "OneCycleLR", {"max_lr": 0.2, "total_steps": 30, "pct_start": 0.5}),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_equal_pytorch(torch, name):
    schedule, kind, settings = SCHEDULES[name]
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.2, momentum=0.9)
    theirs = getattr(torch.optim.lr_scheduler, kind)(optimizer, **settings)
    for step in range(30):
        assert schedule(step) == pytest.approx(theirs.get_last_lr()[0], rel=1e-9), step
        optimizer.step()
        if step < 29:
            theirs.step()


def test_after_its_cycle_a_rate_stays():
    schedule = OneCycle(1.0, 10)
    assert schedule(9) == schedule(100) == pytest.approx(1 / 250_000)
    assert OneCycle(1.0, 2, 0.5)(0) == 1.0


@pytest.mark.parametrize("kind", [SGD, Momentum, Adam])
def test_optimizers_follow_a_schedule(kind):
    parameters, gradients = {"w": np.ones(2)}, {"w": np.ones(2)}
    scheduled, state = kind(StepDecay(0.1, 2, 0.5)), None
    by_hand, other = parameters, None
    for step in range(5):
        parameters, state = scheduled.step(parameters, gradients, state)
        by_hand, other = kind(0.1 * 0.5 ** (step // 2)).step(by_hand, gradients, other)
        np.testing.assert_array_equal(parameters["w"], by_hand["w"])


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (lambda: SGD(0), ValueError, "learning_rate is 0; a positive number such as 0.001"),
        (lambda: Adam(-0.1), ValueError, "learning_rate is -0.1"),
        (lambda: Adam(float("nan")), ValueError, "learning_rate is nan"),
        (lambda: Momentum(float("inf")), ValueError, "learning_rate is inf"),
        (lambda: SGD("fast"), TypeError, "learning_rate is 'fast'"),
        (lambda: SGD(None), TypeError, "learning_rate is None; a positive number .* or a schedule such as"),
        (lambda: Adam("0.1"), TypeError, "learning_rate is '0.1'; a positive number .* or a schedule"),
        (lambda: Adam(OneCycle), TypeError, "learning_rate is <class .*OneCycle'>; .* or a schedule"),
        (lambda: Momentum([0.1, 0.2]), TypeError, r"learning_rate is \[0.1, 0.2\]"),
        (lambda: Momentum(0.1, "0.9"), TypeError, "momentum is '0.9'; a number from 0 to below 1"),
        (lambda: Constant("0.1"), TypeError, "rate is '0.1'; a positive number such as 0.001 is expected"),
        (lambda: Momentum(0.1, 1), ValueError, "momentum is 1; a number from 0 to below 1"),
        (lambda: Adam(0.1, beta2=1.0), ValueError, "beta2 is 1.0"),
        (lambda: SGD(True), TypeError, "learning_rate is True; a positive number"),
        (lambda: Momentum(0.1, False), TypeError, "momentum is False"),
        (lambda: Adam(epsilon=0), ValueError, "epsilon is 0; a small positive number such as 1e-8"),
        (lambda: Adam(epsilon=float("nan")), ValueError, "epsilon is nan"),
        (lambda: Adam(epsilon="1e-8"), TypeError, "epsilon is '1e-8'"),
        (lambda: Constant(0), ValueError, "rate is 0"),
        (lambda: StepDecay(0.1, 0), ValueError, "every is 0"),
        (lambda: StepDecay(0.1, 5, -1), ValueError, "factor is -1"),
        (lambda: OneCycle(0.1, 1), ValueError, "steps is 1; it must be 2 or more"),
        (lambda: OneCycle(0.1, 10, 1), ValueError, "warm_up is 1"),
    ],
)
def test_wrong_settings_are_refused(make, error, sentence):
    with pytest.raises(error, match=sentence):
        make()


@pytest.mark.parametrize("kind", [SGD, Momentum, Adam])
@pytest.mark.parametrize(
    ("rate", "error"),
    [(-0.1, ValueError), (np.nan, ValueError), (np.inf, ValueError), (None, TypeError), ("0.1", TypeError)],
)
def test_what_a_schedule_may_not_say(kind, rate, error):
    with pytest.raises(error, match=rf"at step 0 is {rate!r}; a finite number of 0 or more is expected"):
        kind(lambda step: rate).step({"w": np.ones(1)}, {"w": np.ones(1)})
    kind(lambda step: 0).step({"w": np.ones(1)}, {"w": np.ones(1)})


@pytest.mark.parametrize("rate", [1, np.float32(0.5), np.int64(1), Fraction(1, 2)])
def test_every_kind_of_number_is_a_learning_rate(rate):
    assert SGD(rate).step({"w": np.ones(1)}, {"w": np.ones(1)})[0]["w"] == 1 - rate


@pytest.mark.parametrize("kind", [SGD, Momentum, Adam])
def test_gradients_that_do_not_fit_are_refused(kind):
    parameters = {"conv.weight": np.ones(2)}
    with pytest.raises(ValueError, match=r"the gradient of conv.weight is missing .* none; \(2,\)"):
        kind(0.1).step(parameters, {})
    with pytest.raises(ValueError, match=r"misshapen: \(3,\); \(2,\) is expected"):
        kind(0.1).step(parameters, {"conv.weight": np.ones(3)})

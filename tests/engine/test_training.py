"""Training: it learns, a seed repeats it, one can stop and go on anywhere, and it says what went wrong."""

import copy
import itertools
import pickle

import numpy as np
import pytest

from vizconv import datasets
from vizconv.engine import (
    SGD,
    Adam,
    BatchProgress,
    Conv2d,
    EpochProgress,
    Flatten,
    Linear,
    MaxPool2d,
    Momentum,
    Network,
    OneCycle,
    Relu,
    StepDecay,
    evaluate,
    fit,
    forward_and_backward,
    lenet5,
    train_step,
)
from vizconv.engine.evaluation import as_batch


def small(seed=0):
    """A network that learns fast: one convolution, one linear layer, three classes."""
    generator = np.random.default_rng(seed)
    conv, linear = (
        generator.standard_normal(shape).astype(np.float32) / 4 for shape in ((3, 1, 3, 3), (3, 27))
    )
    layers = {"conv": Conv2d(conv, np.zeros(3, np.float32)), "relu": Relu(), "pool": MaxPool2d(2)}
    return Network({**layers, "flatten": Flatten(), "linear": Linear(linear, np.zeros(3, np.float32))})


def images(count=23, seed=1):
    """Grey pictures with a bright row; which third it is in is the label."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 3, count)
    pictures = generator.integers(0, 60, (count, 8, 8)).astype(np.uint8)
    pictures[np.arange(count), 1 + 2 * labels] = 250
    return pictures, labels


SETTINGS = {"epochs": 3, "batch_size": 5, "optimizer": Adam(0.01), "seed": 4}


def trained(**changed):
    return list(fit(small(), *images(), **{**SETTINGS, **changed}))


def assert_same(first, second):
    """Two lists of records hold the same numbers, bit by bit."""
    assert len(first) == len(second)
    for one, other in zip(first, second, strict=True):
        assert type(one) is type(other)
        assert (one.epoch, one.step, one.loss, one.accuracy) == (
            other.epoch,
            other.step,
            other.loss,
            other.accuracy,
        )
        for name, array in one.network.parameters.items():
            np.testing.assert_array_equal(array, other.network.parameters[name])
        if isinstance(one, EpochProgress):
            assert one.validation == other.validation


# --- What it does ---------------------------------------------------------------------------------


def test_lenet5_learns_the_digits_that_ship():
    train, test = datasets.digits()
    settings = {"epochs": 3, "batch_size": 32, "optimizer": Adam(OneCycle(0.005, 375)), "seed": 0}
    *_, last = fit(lenet5(0), train.images, train.labels, **settings, validation=(test.images, test.labels))
    assert last.validation.accuracy > 0.95
    assert last.accuracy > 0.97 and last.loss < 0.1


def test_the_first_step_equals_pytorch(torch):
    network, (pictures, labels) = small(), images()
    new, _, run = train_step(network, pictures, labels, SGD(0.5))
    tensors = {name: torch.tensor(w, requires_grad=True) for name, w in network.parameters.items()}
    x = torch.tensor(pictures[:, None] / np.float32(255))
    x = torch.relu(torch.nn.functional.conv2d(x, tensors["conv.weight"], tensors["conv.bias"]))
    x = torch.nn.functional.max_pool2d(x, 2).flatten(1)
    scores = torch.nn.functional.linear(x, tensors["linear.weight"], tensors["linear.bias"])
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor(labels))
    loss.backward()
    np.testing.assert_allclose(run.loss.y, loss.item(), rtol=1e-5)
    for name, tensor in tensors.items():
        expected = (tensor - 0.5 * tensor.grad).detach().numpy()
        np.testing.assert_allclose(new.parameters[name], expected, rtol=1e-4, atol=1e-6)


def test_what_is_yielded():
    records = trained(validation=images(7, 2))
    kinds = ([BatchProgress] * 5 + [EpochProgress]) * 3
    assert [type(record) for record in records] == kinds
    assert [record.step for record in records if type(record) is BatchProgress] == list(range(1, 16))
    assert [record.epoch for record in records] == [1] * 6 + [2] * 6 + [3] * 6
    for epoch in (records[5], records[11], records[17]):
        assert epoch.validation.count == 7
        assert epoch.validation == evaluate(epoch.network, *images(7, 2))
    assert records[5].network is records[4].network
    assert repr(records[5]) == "EpochProgress(epoch 1, step 5)"
    with pytest.raises(AttributeError, match="cannot assign"):
        records[0].loss = 0


def test_the_means_of_an_epoch():
    *batches, epoch = trained(epochs=1)
    sizes = np.array([5, 5, 5, 5, 3])
    losses, accuracies = (np.array([getattr(b, key) for b in batches]) for key in ("loss", "accuracy"))
    assert epoch.loss == pytest.approx((losses * sizes).sum() / 23)
    assert epoch.accuracy == pytest.approx((accuracies * sizes).sum() / 23)
    assert [batch.seen for batch in batches] == [5, 10, 15, 20, 23]
    assert batches[1].mean_loss == pytest.approx(losses[:2].mean())
    assert batches[1].mean_accuracy == pytest.approx(accuracies[:2].mean())


def test_a_batch_reports_its_loss_before_its_step():
    first = next(fit(small(), *images(), **{**SETTINGS, "batch_size": 23}))
    assert first.loss == pytest.approx(evaluate(small(), *images()).loss, rel=1e-5)


def test_every_image_is_seen_once_an_epoch():
    pictures, labels = images()
    pictures[:, 0, 0] = np.arange(23)
    seen = []

    class Spy(type(Flatten())):
        def forward(self, x):
            seen.append(np.round(x[:, 0, 0, 0] * 255).astype(int))
            return super().forward(x)

    network = Network({"flatten": Spy(), "linear": Linear(np.zeros((3, 64), np.float32))})
    batches = fit(network, pictures, labels, **SETTINGS)
    seen.clear()
    list(itertools.islice(batches, 12))
    assert sorted(np.concatenate(seen[:5])) == sorted(np.concatenate(seen[5:10])) == list(range(23))
    assert not np.array_equal(seen[0], seen[5])


# --- Determinism, stopping, resuming --------------------------------------------------------------


def test_a_seed_repeats_the_numbers():
    assert_same(trained(), trained())
    other = trained(seed=5)
    assert other[0].loss != trained()[0].loss


def test_pixels_and_floats_give_the_same_numbers():
    pictures, labels = images()
    as_floats = [pictures[:, None] / 255, (pictures / np.float32(255))[:, None], pictures / 255]
    for floats in as_floats:
        assert_same(trained(), list(fit(small(), floats, labels, **SETTINGS)))
    assert_same(trained(), list(fit(small(), pictures[:, None], labels.tolist(), **SETTINGS)))


def test_the_numbers_keep_the_networks_type():
    double = {name: w.astype(np.float64) for name, w in small().parameters.items()}
    *_, last = fit(small().with_parameters(double), *images(), **SETTINGS)
    assert all(w.dtype == np.float64 for w in last.network.parameters.values())
    assert all(w.dtype == np.float32 for w in trained()[-1].network.parameters.values())


WHOLE = small().with_parameters({name: np.sign(w).astype(int) for name, w in small().parameters.items()})


@pytest.mark.parametrize("optimizer", [SGD(0.01), Momentum(0.01), Adam(0.01)])
def test_whole_weights_compute_and_learn_as_floats(optimizer):
    pictures, labels = images()
    same = WHOLE.with_parameters({name: w.astype(float) for name, w in WHOLE.parameters.items()})
    for data in (pictures, pictures / 255):
        assert evaluate(WHOLE, data, labels) == evaluate(same, data, labels)
        x = (pictures / 255)[:, None]
        np.testing.assert_array_equal(forward_and_backward(WHOLE, data, labels).forward.y, WHOLE.forward(x).y)
        settings = {**SETTINGS, "optimizer": optimizer}
        assert_same(list(fit(WHOLE, data, labels, **settings)), list(fit(same, data, labels, **settings)))


def test_the_network_that_came_in_stays():
    network = small()
    before = {name: w.copy() for name, w in network.parameters.items()}
    records = list(fit(network, *images(), **SETTINGS))
    for name, w in network.parameters.items():
        np.testing.assert_array_equal(w, before[name])
        assert not np.array_equal(records[0].network.parameters[name], records[-1].network.parameters[name])


def test_one_may_stop_at_any_time():
    batches = fit(small(), *images(), **SETTINGS)
    kept = [next(batches) for _ in range(8)]
    batches.close()
    assert_same(kept, trained()[:8])
    assert list(batches) == []


def test_an_interrupt_leaves_what_was_reached():
    history = []

    def train():
        for record in fit(small(), *images(), **SETTINGS):
            history.append(record)
            if record.step == 7:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train()
    assert_same(history, trained()[: len(history)])
    assert evaluate(history[-1].network, *images()).count == 23


@pytest.mark.parametrize("optimizer", [SGD(0.1), Momentum(0.1), Adam(0.01), Adam(StepDecay(0.02, 4, 0.5))])
def test_resuming_gives_the_same_numbers_as_not_stopping(optimizer):
    settings = {**SETTINGS, "optimizer": optimizer, "validation": images(7, 2)}
    whole = list(fit(small(), *images(), **settings))
    for stop in range(len(whole)):
        rest = fit(small(9), *images(), **settings, resume=whole[stop])
        assert_same(whole[: stop + 1] + list(rest), whole)


def test_resuming_for_more_epochs():
    longer = trained(epochs=5)
    assert_same(
        trained() + list(fit(small(), *images(), **{**SETTINGS, "epochs": 5}, resume=trained()[-1])), longer
    )


def test_resuming_with_another_rate_and_batch_size():
    half = trained()[7]
    settings = {**SETTINGS, "optimizer": Adam(0.5), "batch_size": 4}
    rest = list(fit(small(), *images(), **settings, resume=half))
    assert [(r.epoch, r.step) for r in rest[:6]] == [(2, 8), (2, 9), (2, 10), (2, 11), (2, 11), (3, 12)]


def test_another_optimizer_starts_afresh_and_says_so():
    half = trained()[7]
    settings = {**SETTINGS, "optimizer": SGD(0.1)}
    with pytest.warns(UserWarning, match=r"holds a AdamState; SGD.* from a SGDState, so it starts afresh"):
        rest = fit(small(), *images(), **settings, resume=half)
    first = next(rest)
    assert first.step == 8 and first.optimizer_state.steps == 1


def test_another_seed_may_shuffle_the_next_epoch():
    rest = fit(small(), *images(), **{**SETTINGS, "seed": 5}, resume=trained()[5])
    assert next(rest).epoch == 2


@pytest.mark.parametrize("again", [copy.deepcopy, lambda record: pickle.loads(pickle.dumps(record))])
def test_records_can_be_copied_and_pickled(again):
    records = trained(watch=images(3, 2))
    for record in (records[3], records[5]):
        copied = again(record)
        assert_same([record], [copied])
        assert not any(w.flags.writeable for w in copied.network.parameters.values())
        rest = fit(small(), *images(), **SETTINGS, resume=copied)
        assert_same(list(rest), list(fit(small(), *images(), **SETTINGS, resume=record)))
    watched = again(records[5]).watched
    np.testing.assert_array_equal(watched.forward["conv"].y, records[5].watched.forward["conv"].y)
    assert not watched.backward["conv"].dweight.flags.writeable
    with pytest.raises(KeyError, match="there is no layer"):
        watched.forward["nowhere"]


# --- What it lets one watch -----------------------------------------------------------------------


def test_watched_images_are_recorded_each_epoch():
    pictures, labels = images()
    records = trained(watch=(pictures[:2], labels[:2]))
    epochs = [record for record in records if isinstance(record, EpochProgress)]
    for epoch in epochs:
        watched = epoch.watched
        expected = forward_and_backward(epoch.network, pictures[:2], labels[:2])
        np.testing.assert_array_equal(watched.forward["conv"].y, expected.forward["conv"].y)
        np.testing.assert_array_equal(watched.backward["conv"].dweight, expected.backward["conv"].dweight)
        assert watched.forward["conv"].weight is epoch.network.parameters["conv.weight"]
        assert watched.backward.dx.shape == (2, 1, 8, 8)
    maps = [epoch.watched.forward["conv"].y for epoch in epochs]
    assert not np.array_equal(maps[0], maps[2])
    assert_same(records, trained())


def test_a_trace_stays_true_while_training_goes_on():
    pictures, labels = images()
    batches = fit(small(), pictures, labels, **SETTINGS, watch=(pictures[:2], labels[:2]))
    first = next(record for record in batches if isinstance(record, EpochProgress))
    before = {name: array.copy() for name, array in first.watched.forward["conv"].arrays().items()}
    list(batches)
    pictures[...] = 0
    for name, array in first.watched.forward["conv"].arrays().items():
        np.testing.assert_array_equal(array, before[name])


def test_evaluation_in_chunks_equals_one_pass(monkeypatch):
    from vizconv.engine import evaluation

    whole = evaluate(small(), *images())
    monkeypatch.setattr(evaluation, "CHUNK", 4)
    parts = evaluate(small(), *images())
    assert parts.accuracy == whole.accuracy and parts.loss == pytest.approx(whole.loss)


# --- What it refuses, before the first step -------------------------------------------------------

PICTURES, LABELS = images()
NAN = np.where(np.arange(64).reshape(8, 8) == 20, np.nan, PICTURES / 255)


@pytest.mark.parametrize(
    ("changed", "error", "sentence"),
    [
        ({"epochs": 0}, ValueError, "epochs is 0; it must be 1 or more"),
        ({"epochs": 1.5}, TypeError, "epochs is 1.5; a whole number"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
        ({"seed": -1}, ValueError, "seed is -1"),
        ({"seed": None}, TypeError, "seed is None; a whole number"),
        ({"optimizer": Adam}, TypeError, r"optimizer is .*Adam.*; one such as Adam\(0.001\) is expected"),
        ({"optimizer": "adam"}, TypeError, "optimizer is 'adam'"),
        ({"images": PICTURES[:3]}, ValueError, r"labels has shape \(23,\); \(3,\) is expected, one label an"),
        ({"images": PICTURES[:0]}, ValueError, "at least one image is expected"),
        ({"images": PICTURES[0]}, ValueError, r"images has shape \(8, 8\); \(N, H, W\) or"),
        ({"images": PICTURES.astype(int)}, TypeError, "images holds int64 values; uint8 pixels"),
        ({"images": PICTURES.astype(object)}, TypeError, "images holds object values"),
        ({"images": NAN}, ValueError, "images holds NaN or infinite numbers"),
        ({"images": PICTURES[:, :4]}, ValueError, r"x has shape \(1, 9\); \(1, 27\) is expected"),
        ({"images": np.zeros((23, 2, 8, 8))}, ValueError, "x has 2 channels and weight takes 1"),
        ({"labels": LABELS + 1}, ValueError, "labels hold 3; 0 to 2 are expected for 3 scores"),
        ({"labels": LABELS / 2}, TypeError, "labels hold float64 values; whole numbers"),
        ({"labels": LABELS[:, None]}, ValueError, r"labels has shape \(23, 1\)"),
        ({"validation": PICTURES}, TypeError, r"validation is a ndarray; an \(images, labels\) pair"),
        ({"validation": (PICTURES, LABELS[:5])}, ValueError, r"validation: labels has shape \(5,\)"),
        ({"watch": (PICTURES.astype(int), LABELS)}, TypeError, "watch: images holds int64"),
        ({"resume": 5}, TypeError, "resume is a int; a record that fit has yielded"),
        ({"resume": trained()[3], "labels": LABELS[::-1]}, ValueError, "other images or labels than these"),
        ({"resume": trained()[5], "images": PICTURES // 2}, ValueError, "other images or labels than these"),
        (
            {"resume": trained()[3], "seed": 5},
            ValueError,
            "seed is 5; 4 is expected, which shuffled",
        ),
    ],
)
def test_what_does_not_fit_is_said_before_the_first_step(changed, error, sentence):
    data = {"images": PICTURES, "labels": LABELS}
    with pytest.raises(error, match=sentence):
        fit(small(), **{**data, **SETTINGS, **changed})  # not even asked for its first record


def test_evaluate_says_what_does_not_fit():
    with pytest.raises(ValueError, match=r"labels has shape \(3,\); \(23,\)"):
        evaluate(small(), PICTURES, LABELS[:3])


# --- What it says when the numbers explode --------------------------------------------------------


@pytest.mark.parametrize("rate", [1e20, 1e30, 1e38])
def test_a_loss_that_is_no_number_stops_with_a_sentence(rate):
    records = []
    sentence = (
        r"training stopped at step (\d+) \(epoch \d\): .* a smaller learning_rate than in SGD\(learning"
    )
    batches = fit(small(), *images(), **{**SETTINGS, "epochs": 50, "optimizer": SGD(rate)})
    with pytest.raises(ValueError, match=sentence) as caught:
        records.extend(iter(batches))
    assert f"at step {(records[-1].step if records else 0) + 1} " in str(caught.value)
    left = "all finite, though earlier ones may be better" if records else "the network stays as it came"
    assert left in str(caught.value)
    for record in records:
        assert np.isfinite(record.loss)
        assert all(np.isfinite(w).all() for w in record.network.parameters.values())


def test_images_are_read_in_one_way():
    pixels = as_batch(PICTURES)
    assert pixels.shape == (23, 1, 8, 8) and pixels.dtype == np.float32 and pixels.max() <= 1
    np.testing.assert_array_equal(as_batch(PICTURES, np.float64)[:, 0], PICTURES / 255)
    np.testing.assert_array_equal(as_batch(PICTURES / 255)[:, 0], np.float32(PICTURES / 255))
    assert np.moveaxis(pixels, 0, -1).flags.c_contiguous

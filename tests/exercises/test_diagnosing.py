"""`diagnose` names what is wrong with a backward, in three signatures, and lets what is right pass."""

from types import SimpleNamespace

import numpy as np
import pytest

import vizconv as vc
from tests.exercises.slips import slip
from vizconv.engine.operations.catalogue import operation_of
from vizconv.exercises.diagnosing import deadline
from vizconv.exercises.diagnosing.diagnosis import SUBJECTS
from vizconv.exercises.diagnosing.signatures import SIGNATURES

# ---- CS231n, as its assignments have it --------------------------------------------------------------------


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0,), (0,), (pad,), (pad,)))
    rows = 1 + (x.shape[2] + 2 * pad - w.shape[2]) // stride
    columns = 1 + (x.shape[3] + 2 * pad - w.shape[3]) // stride
    out = np.zeros((len(x), len(w), rows, columns))
    for i in range(rows):
        for j in range(columns):
            part = padded[:, :, i * stride : i * stride + w.shape[2], j * stride : j * stride + w.shape[3]]
            out[:, :, i, j] = np.tensordot(part, w, axes=((1, 2, 3), (1, 2, 3))) + b
    return out, (padded, w, b, conv_param, x.shape)


def conv_backward_naive(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dpadded, dw, db = np.zeros_like(padded), np.zeros_like(w), dout.sum(axis=(0, 2, 3))
    for n in range(dout.shape[0]):
        for f in range(dout.shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    part = np.s_[
                        n, :, i * stride : i * stride + w.shape[2], j * stride : j * stride + w.shape[3]
                    ]
                    dpadded[part] += dout[n, f, i, j] * w[f]
                    dw[f] += dout[n, f, i, j] * padded[part]
    dx = dpadded[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]]
    return dx, dw, db


def conv_backward_of_own_cache(dout, cache):
    padded, w, b, conv_param, shape = cache
    x = np.zeros(shape)
    pad = conv_param["pad"]
    x[:] = padded[:, :, pad : pad + shape[2], pad : pad + shape[3]]
    return conv_backward_naive(dout, (x, w, b, conv_param))


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * stride : i * stride + height, j * stride : j * stride + width]
        u, v = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, i * stride + u, j * stride + v] += dout[n, c, i, j]
    return dx


def affine_backward(dout, cache):
    x, w, _ = cache
    return dout.dot(w.T).reshape(x.shape), x.reshape(len(x), -1).T.dot(dout), dout.sum(axis=0)


def relu_backward(dout, cache):
    return dout * (cache > 0)


def softmax_loss(x, y):
    shifted = x - x.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dx = np.exp(log_probs)
    dx[np.arange(len(x)), y] -= 1
    return -log_probs[np.arange(len(x)), y].mean(), dx / len(x)


CS231N = {
    "conv2d": conv_backward_naive,
    "max_pool2d": max_pool_backward_naive,
    "linear": affine_backward,
    "relu": relu_backward,
    "cross_entropy": softmax_loss,
}

# ---- What is right ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", SUBJECTS)
def test_the_engines_own_backward_is_right(operation):
    found = vc.diagnose(_engines(operation), operation)
    assert found.right and found.mistakes == () and found.first_wrong is None and found.stage is None


@pytest.mark.parametrize("operation", CS231N)
def test_what_a_course_teaches_is_right(operation):
    found = vc.diagnose(CS231N[operation], operation, signature="cs231n")
    assert found.right, found.report()


def test_a_cache_of_ones_own_comes_from_the_forward():
    found = vc.diagnose(conv_backward_of_own_cache, "conv2d", "cs231n", forward=conv_forward_naive)
    assert found.right, found.report()
    without = vc.diagnose(conv_backward_of_own_cache, "conv2d", "cs231n")
    assert not without.right and "ValueError" in without.sentence


def test_a_record_of_ones_own_comes_from_the_forward():
    def forward(x, weight, bias, **settings):
        return {"theirs": vc.conv2d(x, weight, bias, **settings)}

    def backward(record, dy):
        found = vc.conv2d_backward(record["theirs"], dy)
        return {"dx": found.dx, "dweight": found.dweight, "dbias": found.dbias}

    assert vc.diagnose(backward, "conv2d", forward=forward).right


def test_pytorchs_gradients_are_right(torch):
    nn = torch.nn

    def conv2d(grad_output, input, weight, bias, stride, padding, dilation):
        sizes = stride, padding, dilation
        dx = nn.grad.conv2d_input(input.shape, weight, grad_output, *sizes)
        dw = nn.grad.conv2d_weight(input, weight.shape, grad_output, *sizes)
        return dx, dw, grad_output.sum((0, 2, 3))

    def by_autograd(function):
        def backward(grad_output, input, *others):
            leaf = input.clone().requires_grad_()
            function(leaf, *others).backward(grad_output)
            return leaf.grad

        return backward

    functional = nn.functional
    assert vc.diagnose(conv2d, "conv2d", "torch").right
    for operation, function in {
        "max_pool2d": functional.max_pool2d,
        "avg_pool2d": functional.avg_pool2d,
        "relu": torch.relu,
        "cross_entropy": functional.cross_entropy,
    }.items():
        found = vc.diagnose(by_autograd(function), operation, "torch")
        assert found.right, found.report()


# ---- What is wrong ----------------------------------------------------------------------------------------

EVERY = [
    pytest.param(operation, gradient, said, id=f"{operation}-{gradient}-{said[:40]}")
    for operation, subject in SUBJECTS.items()
    for gradient, mistakes in subject.mistakes.items()
    for said in mistakes
]


@pytest.mark.parametrize(("operation", "gradient", "said"), EVERY)
def test_every_mistake_is_named_and_shown(operation, gradient, said):
    make = SUBJECTS[operation].mistakes[gradient][said]
    right = _engines(operation)

    def wrong(record, dy):
        gradients = {name: getattr(right(record, dy), name) for name in SUBJECTS[operation].gradients}
        try:
            with np.errstate(all="ignore"):
                return SimpleNamespace(**gradients | {gradient: np.asarray(make(record, dy))})
        except ValueError:  # it fits no such input
            return SimpleNamespace(**gradients)

    found = vc.diagnose(wrong, operation)
    assert not found.right and found.mistakes == (said,), found.report()
    first = found.first_wrong
    if first is not None:
        trial = first.trial
        assert first.gradient == gradient and first.right == trial.right[gradient][first.index]
        assert found.scene is not None and _shown(found) == pytest.approx(first.right, rel=1e-6)


def _shown(found):
    """The number that the scene points at, worked out again by the scene's own sums."""
    name, cell = found.scene.pointed
    return found.scene.panel(name).values.flat[cell]


def _engines(operation):
    return operation_of(SUBJECTS[operation].trials[0].record).backward


SLIPS = (
    (slip(conv_backward_naive, ("dpadded[part] +=", "dpadded[part] =")), "`+=`, not `=`"),
    (slip(conv_backward_naive, ("* w[f]\n", "* w[f, :, ::-1, ::-1]\n")), "a kernel that is not rotated"),
    (slip(conv_backward_naive, ("dw[f] +=", "dw[f] =")), "last of its products"),
    (
        slip(
            conv_backward_naive,
            ("db = np", "db = np"),
            ("dout.sum(axis=(0, 2, 3))", "dout.mean(axis=(0, 2, 3))"),
        ),
        "it is the sum",
    ),
    (slip(conv_backward_naive, ("return dx, dw, db", "return dw, dx, db")), "another order"),
    (
        slip(conv_backward_naive, ("pad : pad + x.shape[2], pad : pad + x.shape[3]", "pad:-pad, pad:-pad")),
        "−0 is 0",
    ),
    (
        slip(
            conv_backward_naive,
            ("dx = dpadded[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]]", "dx = dpadded"),
        ),
        "crop it from every side",
    ),
    (slip(conv_backward_naive, ("return dx, dw, db", "return dx, dw")), "(dx, dw, db) is expected"),
    (slip(conv_backward_naive, ("return dx, dw, db", "pass")), "returns nothing"),
    (
        slip(conv_backward_naive, ("    for n in range(dout.shape[0]):", "    n = 0\n    while True:")),
        "Does a loop never end?",
    ),
)


@pytest.mark.parametrize(("wrong", "said"), SLIPS)
def test_slips_of_a_course_are_named(wrong, said):
    found = vc.diagnose(wrong, "conv2d", signature="cs231n", time_limit=1)
    assert not found.right and said in found.report(), found.report()


def test_the_linear_layer_of_a_course_has_its_weights_the_other_way_round():
    found = vc.diagnose(slip(affine_backward, ("dout.sum(axis=0)", "dout[0]")), "linear", "cs231n")
    assert "Only the first image counts" in found.report() and "\n  dw ✓" in found.report()
    mean = vc.diagnose(slip(affine_backward, (".T.dot(dout),", ".T.dot(dout) / len(x),")), "linear", "cs231n")
    assert "mean over the images" in mean.report()
    first = mean.first_wrong
    assert f"dw[{first.index[1]}, {first.index[0]}]" in mean.report()


def test_a_pooling_of_a_course_is_diagnosed():
    found = vc.diagnose(slip(max_pool_backward_naive, ("] += dout", "] = dout")), "max_pool2d", "cs231n")
    assert "`+=`, not `=`" in found.report()


def test_each_gradient_has_a_mistake_of_its_own():
    both = slip(conv_backward_naive, ("dpadded[part] +=", "dpadded[part] ="), ("dout.sum(", "-dout.sum("))
    found = vc.diagnose(both, "conv2d", "cs231n")
    assert len(found.mistakes) == 2 and "turned round" in found.mistakes[1]


# ---- Whatever a function does ------------------------------------------------------------------------------


def _raises(*_):
    raise KeyError("w")


def _exits(*_):
    raise SystemExit(3)


def _catches_everything(*_):
    while True:
        try:
            pass
        except:  # noqa: E722
            continue


class _Silent(Exception):
    def __str__(self):
        raise RuntimeError


def _raises_silently(*_):
    raise _Silent


class _Closed:
    def __getattr__(self, name):
        raise KeyError(name)


@pytest.mark.parametrize(
    ("backward", "said"),
    [
        (_raises, "KeyError"),
        (_raises_silently, "`raise _silent` with _silent"),
        (lambda record, dy: _Closed(), "_closed; (dx, dweight, dbias) is expected"),
        (lambda record, dy: (None, None, None), "Not written yet"),
        (lambda record, dy: (dy, None, None), "your dweight is none"),
        (_exits, "SystemExit"),
        (_catches_everything, "never end"),
        (lambda record, dy: "dx", "str; (dx, dweight, dbias) is expected"),
        (lambda record, dy: (1, 2, 3), "a single number"),
        (lambda record, dy: ([[1], [2, 3]], 0, 0), "no array of numbers"),
        (lambda record: record, "TypeError"),
        (lambda record, dy: (record.x * np.nan, record.weight, record.bias), "nan"),
        (lambda record, dy: None, "Not written yet"),
    ],
)
def test_whatever_a_function_does_is_said(backward, said):
    found = vc.diagnose(backward, "conv2d", time_limit=0.5)
    assert not found.right and said.lower() in found.report().lower(), found.report()
    assert repr(found).startswith("✗")


def test_errors_of_a_forward_name_its_own_line_and_its_own_arguments():
    def forward(x, w, b, conv_param):
        return x / w

    for given, said in (
        (forward, "in your forward, your function stops in the line `return x / w` with ValueError"),
        (lambda x: x, "It is called with (x, w, b, conv_param), in this order"),
    ):
        assert said in vc.diagnose(conv_backward_naive, "conv2d", "cs231n", forward=given).sentence


def test_gradients_may_have_any_of_their_names():
    def short(record, dy):
        found = vc.conv2d_backward(record, dy)
        return {"dx": found.dx, "dw": found.dweight, "db": found.dbias}

    assert vc.diagnose(short, "conv2d").right


def test_tensors_of_every_kind_are_read_or_refused_in_a_sentence(torch):
    def gradient(dy, x):
        return dy * (x > 0)

    assert vc.diagnose(lambda *given: gradient(*given).bfloat16(), "relu", "torch").right
    for change in ("to_sparse", "cfloat"):
        found = vc.diagnose(lambda *given, to=change: getattr(gradient(*given), to)(), "relu", "torch")
        assert "no array of numbers" in found.sentence


def test_what_ctrl_c_stops_goes_on_in_no_thread(monkeypatch):
    threads = []

    class Interrupted(deadline.Thread):
        def join(self, timeout=None):
            if self not in threads:
                threads.append(self)
                raise KeyboardInterrupt
            super().join(timeout)

    monkeypatch.setattr(deadline, "Thread", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        vc.diagnose(_never_ends, "conv2d")
    assert not threads[0].is_alive()


def _never_ends(*_):
    while True:
        pass


def test_a_function_that_changes_its_arguments_changes_nothing_of_ours():
    def greedy(record, dy):
        found = vc.conv2d_backward(record, dy)
        dy[:] = 0
        return found.dx, found.dweight, found.dbias

    assert vc.diagnose(greedy, "conv2d").right
    assert vc.diagnose(vc.conv2d_backward, "conv2d").right


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ((vc.conv2d_backward, "conv3d"), ValueError, "operation is 'conv3d'; one of 'conv2d'"),
        ((vc.conv2d_backward, ["conv2d"]), ValueError, "operation is"),
        ((vc.conv2d_backward, "conv2d", "keras"), ValueError, "signature is 'keras'"),
        ((3, "conv2d"), TypeError, "backward is int"),
        ((vc.conv2d_backward, "conv2d", "vizconv", 3), TypeError, "forward is int"),
        ((vc.conv2d_backward, "conv2d", "torch", vc.conv2d), ValueError, "leave it out"),
        ((vc.conv2d_backward, "conv2d", "vizconv", None, 0), ValueError, "time_limit is 0"),
        ((vc.conv2d_backward, "conv2d", "vizconv", None, None), TypeError, "time_limit is None; seconds"),
        ((vc.conv2d_backward, "conv2d", "vizconv", None, "9"), TypeError, "time_limit is '9'; seconds"),
    ],
)
def test_odd_arguments_are_refused_with_a_sentence(arguments, error, said):
    with pytest.raises(error, match=said.replace("[", r"\[")):
        vc.diagnose(*arguments)


def test_a_time_limit_may_be_a_number_of_numpys():
    assert vc.diagnose(vc.relu_backward, "relu", time_limit=np.float32(5)).right


def test_every_signature_has_inputs_of_every_operation():
    for operation, subject in SUBJECTS.items():
        for name, way in SIGNATURES.items():
            assert sum(way.takes(each.record) for each in subject.trials) >= 4, (operation, name)

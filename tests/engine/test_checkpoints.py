"""A training that another process goes on with: bit by bit the same, or a sentence."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.engine.test_training import SETTINGS, assert_same, images, small, trained
from vizconv.engine import (
    SGD,
    Adam,
    EpochProgress,
    Momentum,
    StepDecay,
    fit,
    lenet5,
    load_checkpoint,
    save,
    save_checkpoint,
)


@pytest.mark.parametrize("optimizer", [SGD(0.1), Momentum(0.1), Adam(0.01), Adam(StepDecay(0.02, 4, 0.5))])
def test_what_goes_on_from_a_file_equals_what_never_stopped(tmp_path, optimizer):
    settings = {**SETTINGS, "optimizer": optimizer, "validation": images(7, 2)}
    whole = list(fit(small(), *images(), **settings))
    for stop in (0, 3, 4, 5, 6, 11):
        path = save_checkpoint(whole[stop], tmp_path / "training.npz")
        loaded = load_checkpoint(path, small(9))
        assert_same([loaded], [whole[stop]])
        assert (loaded.seed, loaded.data) == (4, whole[stop].data)
        rest = fit(small(), *images(), **settings, resume=loaded)
        assert_same(whole[: stop + 1] + list(rest), whole)


IN_ANOTHER_PROCESS = """
import sys
from tests.engine.test_training import SETTINGS, images, small
from vizconv.engine import fit, load_checkpoint, save_checkpoint
*_, last = fit(small(), *images(), **SETTINGS, resume=load_checkpoint(sys.argv[1], small(9)))
save_checkpoint(last, sys.argv[2])
"""


def test_another_process_goes_on(tmp_path):
    whole = trained()
    path = save_checkpoint(whole[7], tmp_path / "half.npz")
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS, path, tmp_path / "last.npz"]
    subprocess.run(command, check=True)
    assert_same([load_checkpoint(tmp_path / "last.npz", small(9))], [whole[-1]])


def test_the_file_needs_no_pickle(tmp_path):
    path = save_checkpoint(trained()[3], tmp_path / "training.npz")
    with np.load(path, allow_pickle=False) as file:
        assert {name.split("/")[0] for name in file} == {"progress", "network", "mean", "square"}


def test_watched_images_are_not_written(tmp_path):
    epoch = trained(watch=images(3, 2), epochs=1)[-1]
    loaded = load_checkpoint(save_checkpoint(epoch, tmp_path / "training.npz"), small())
    assert isinstance(loaded, EpochProgress) and loaded.watched is None


def test_another_rate_and_batch_size_go_on_and_another_optimizer_starts_afresh(tmp_path):
    loaded = load_checkpoint(save_checkpoint(trained()[7], tmp_path / "training.npz"), small())
    settings = {**SETTINGS, "optimizer": Adam(0.5), "batch_size": 4}
    assert next(fit(small(), *images(), **settings, resume=loaded)).optimizer_state.steps == 8
    with pytest.warns(UserWarning, match="starts afresh"):
        rest = fit(small(), *images(), **{**settings, "optimizer": Momentum(0.1)}, resume=loaded)
    assert next(rest).optimizer_state.steps == 1


def test_other_data_are_refused(tmp_path):
    loaded = load_checkpoint(save_checkpoint(trained()[7], tmp_path / "training.npz"), small())
    with pytest.raises(ValueError, match="resume was trained on other images or labels"):
        fit(small(), *images(seed=3), **SETTINGS, resume=loaded)


def test_what_does_not_fit_is_said(tmp_path):
    half = trained()[7]
    path = save_checkpoint(half, tmp_path / "training.npz")
    with pytest.raises(ValueError, match=r"training.npz does not fit .* layer 'conv1' differs: conv1.weight"):
        load_checkpoint(path, lenet5())
    double = small().with_parameters({n: w.astype(float) for n, w in small().parameters.items()})
    with pytest.raises(ValueError, match=r"conv.weight holds float32 numbers; float64 is expected"):
        load_checkpoint(path, double)
    with pytest.raises(ValueError, match=r"parameters.npz is no checkpoint as `save_checkpoint` writes it"):
        load_checkpoint(save(small(), tmp_path / "parameters.npz"), small())
    with pytest.raises(FileNotFoundError, match=r"nowhere.npz cannot be read"):
        load_checkpoint(tmp_path / "nowhere.npz", small())
    with pytest.raises(TypeError, match="progress is a Network; a record that fit has yielded"):
        save_checkpoint(small(), path)
    with pytest.raises(TypeError, match="the optimizer remembers a dict; only SGDState, MomentumState, Adam"):
        save_checkpoint(replace(half, optimizer_state={}), path)
    assert_same([load_checkpoint(path, small())], [half])


@pytest.mark.parametrize(
    "numbers", [b"", b"[]", b"{}", b"[" * 60_000, b'{"kind": "Path"}', b"\xff", b"0" * 70_000, b"1e999"]
)
def test_odd_numbers_are_refused(tmp_path, numbers):
    np.savez(tmp_path / "odd.npz", progress=np.frombuffer(numbers or b" ", np.uint8))
    with pytest.raises(ValueError, match=r"odd.npz is no checkpoint"):
        load_checkpoint(tmp_path / "odd.npz", small())

"""Files of parameters: there and back, and what a file that does not fit says."""

import errno
import os
import zipfile

import numpy as np
import pytest

from tests.hostile import COUNTS, archive, array_file, assert_documented, cost
from vizconv.engine import (
    SGD,
    Conv2d,
    Flatten,
    Linear,
    Network,
    fit,
    lenet5,
    load,
    load_checkpoint,
    save,
    save_checkpoint,
)

LOAD = """
import sys
import numpy as np
from vizconv.engine import Conv2d, Flatten, Linear, Network, load

ones = lambda *shape: np.ones(shape, np.float32)
layers = {"conv": Conv2d(ones(2, 1, 2, 2), ones(2)), "flatten": Flatten(), "linear": Linear(ones(3, 2))}
work = lambda: load(sys.argv[1], Network(layers))
"""


def small(filters=2, dtype=np.float32, **more):
    weight = np.arange(filters * 4).reshape(filters, 1, 2, 2).astype(dtype)
    layers = {"conv": Conv2d(weight, np.zeros(filters, dtype)), "flatten": Flatten()}
    return Network({**layers, "linear": Linear(np.ones((3, filters), dtype)), **more})


def test_there_and_back(tmp_path):
    path = save(lenet5(3), tmp_path / "network.npz")
    back = load(path, lenet5(4))
    for name, array in lenet5(3).parameters.items():
        np.testing.assert_array_equal(back.parameters[name], array)
        assert back.parameters[name].dtype == array.dtype
    x = np.ones((1, 1, 28, 28), np.float32)
    np.testing.assert_array_equal(back.forward(x).y, lenet5(3).forward(x).y)
    assert [file.name for file in tmp_path.iterdir()] == ["network.npz"]


def test_the_file_needs_no_pickle(tmp_path):
    path = save(small(), str(tmp_path / "any.name"))
    with np.load(path, allow_pickle=False) as file:
        assert sorted(file) == ["conv.bias", "conv.weight", "linear.weight"]


def test_an_older_file_is_replaced_whole(tmp_path):
    path = save(small(), tmp_path / "network.npz")
    save(lenet5(0), path)
    assert load(path, lenet5(1)).parameters["conv1.bias"].shape == (6,)


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        (small(3), r"layer 'conv' differs: conv.weight has shape \(2, 1, 2, 2\); \(3, 1, 2, 2\) is expected"),
        (small(more=Linear(np.ones((1, 3)))), "layer 'more' differs: more.weight is missing"),
        (small(dtype=np.float64), "layer 'conv' differs: conv.weight holds float32 numbers; float64"),
        (
            Network({"conv": small().layers["conv"]}),
            "layer 'linear' differs: linear.weight is there, but not",
        ),
    ],
)
def test_a_file_that_does_not_fit_names_the_first_layer(tmp_path, network, sentence):
    path = save(small(), tmp_path / "network.npz")
    before = {name: array.copy() for name, array in network.parameters.items()}
    with pytest.raises(ValueError, match=f"network.npz does not fit the network: {sentence}"):
        load(path, network)
    for name, array in network.parameters.items():
        np.testing.assert_array_equal(array, before[name])


def test_what_is_no_such_file_is_refused(tmp_path):
    path = tmp_path / "network.npz"
    with pytest.raises(FileNotFoundError):
        load(path, small())
    whole = save(small(), path).read_bytes()
    np.savez(tmp_path / "objects.npz", **{"conv.weight": np.array([None])})
    np.save(tmp_path / "single.npy", np.ones(3))
    contents = {
        "empty": b"",
        "text": b"no such file",
        "half": whole[: len(whole) // 2],
        "objects": (tmp_path / "objects.npz").read_bytes(),
        "single": (tmp_path / "single.npy").read_bytes(),
        "damaged": whole[:60] + bytes(30) + whole[90:],
    }
    for name, content in contents.items():
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"network.npz"):
            load(path, small())
        assert name


def test_a_save_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = save(small(), tmp_path / "network.npz")
    before = path.read_bytes()

    def full(file, **arrays):
        file.write(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="no space left"):
        save(lenet5(0), path)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_is_missing_is_named_as_the_caller_wrote_it(tmp_path):
    path = tmp_path / "nowhere" / "network.npz"
    with pytest.raises(FileNotFoundError) as caught:
        save(small(), path)
    assert f"{path} cannot be written (No such file or directory); a path in a" in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match=r"network.npz cannot be written"):
        save(small(), tmp_path / "file" / "network.npz")


# --- Files that somebody damaged or made to do harm -----------------------------------------------


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("compressed", [False, True])
def test_a_mutated_file_is_refused_as_documented(tmp_path, count, compressed):
    path = tmp_path / "network.npz"
    (np.savez_compressed if compressed else np.savez)(path, **small().parameters)
    assert_documented(lambda path: load(path, small()), path.read_bytes(), count, path)


@pytest.mark.parametrize("count", COUNTS)
def test_a_mutated_checkpoint_is_refused_as_documented(tmp_path, count):
    pictures = np.zeros((2, 2, 2), np.uint8)
    (*_, last) = fit(small(), pictures, [0, 1], epochs=1, batch_size=2, optimizer=SGD(0.1), seed=0)
    path = save_checkpoint(last, tmp_path / "training.npz")
    assert_documented(lambda path: load_checkpoint(path, small()), path.read_bytes(), count, path)


VAST = 250_000_000
BOMBS = {
    "a vast array": lambda: {"conv.weight": array_file((VAST // 4,), content=bytes(VAST))},
    "more than its header says": lambda: {"conv.weight": array_file((2, 1, 2, 2), content=bytes(VAST))},
    "a vast header": lambda: {"conv.bias": b"\x93NUMPY\x02\x00" + VAST.to_bytes(4, "little") + bytes(VAST)},
    "a vast array too many": lambda: {"more": array_file((VAST // 4,), content=bytes(VAST))},
    "a shape beyond all memory": lambda: {"conv.bias": array_file((2**40,), content=b"")},
    "brackets": lambda: {"conv.bias": array_file("(" * 9_000, content=b"")},
}


@pytest.mark.nightly
def test_many_entries_cost_neither_memory_nor_time(tmp_path):
    path = tmp_path / "network.npz"
    path.write_bytes(archive({f"{number}.npy": b"" for number in range(300_000)}))
    seconds, megabytes, said = cost(LOAD, path)
    assert "network.npz is no file of parameters" in said and seconds < 2 and megabytes < 200


SLOW = ["more than its header says", "a vast header", "a vast array too many"]  # to pack


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.nightly) if name in SLOW else name for name in BOMBS]
)
def test_a_bomb_costs_neither_memory_nor_time(tmp_path, name):
    path = tmp_path / "network.npz"
    right = {key: array_file(w.shape) for key, w in small().parameters.items()}
    path.write_bytes(archive({f"{key}.npy": content for key, content in (right | BOMBS[name]()).items()}))
    seconds, megabytes, said = cost(LOAD, path)
    assert said.startswith("ValueError") and "network.npz" in said
    assert seconds < 2 and megabytes < 200


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_save_never_writes_is_refused(tmp_path, compression):
    entries = {f"{name}.npy": array_file(w.shape) for name, w in small().parameters.items()}
    path = tmp_path / "network.npz"
    path.write_bytes(archive(entries, compression))
    with pytest.raises(ValueError, match=r"network.npz is no file of parameters"):
        load(path, small())
    path.write_bytes(archive(entries))
    assert not load(path, small()).parameters["conv.weight"].any()


def test_fortran_order_and_numbers_that_are_not_finite(tmp_path):
    parameters = small().parameters
    weight = np.asfortranarray(np.arange(8, dtype=np.float32).reshape(2, 1, 2, 2))
    np.savez(tmp_path / "network.npz", **{**parameters, "conv.weight": weight})
    np.testing.assert_array_equal(load(tmp_path / "network.npz", small()).parameters["conv.weight"], weight)
    np.savez(tmp_path / "network.npz", **{**parameters, "conv.bias": np.float32([np.nan, 0])})
    with pytest.raises(ValueError, match=r"network.npz holds NaN or infinite numbers in conv.bias"):
        load(tmp_path / "network.npz", small())


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_others_may_read_what_the_umask_lets_them(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        path = save(small(), tmp_path / "network.npz")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == mode


def test_a_full_disk_is_a_sentence(tmp_path, monkeypatch):
    def full(file, **arrays):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    sentence = r"network.npz cannot be written \(No space left on device\); the disk is full, a path on"
    with pytest.raises(OSError, match=sentence):
        save(small(), tmp_path / "network.npz")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_save_left_goes_with_the_next(tmp_path):
    (tmp_path / "network.npz.0a1b2c3d.part").write_bytes(b"half")
    (tmp_path / "network.npz.part").write_bytes(b"somebody's own")
    (tmp_path / "other.npz.0a1b2c3d.part").write_bytes(b"of another file")
    save(small(), tmp_path / "network.npz")
    names = {"network.npz", "network.npz.part", "other.npz.0a1b2c3d.part"}
    assert {path.name for path in tmp_path.iterdir()} == names

"""Files of parameters: there and back, and what a file that does not fit says."""

import numpy as np
import pytest

from vizconv.engine import Conv2d, Flatten, Linear, Network, lenet5, load, save


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

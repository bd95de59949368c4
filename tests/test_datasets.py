"""Files to arrays: what a good file gives, and what every kind of bad file says."""

import errno
import gzip
import hashlib
import os
import re
import runpy
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from tests.hostile import COUNTS, assert_documented
from vizconv import datasets
from vizconv.datasets import Digits, IdxFile, digits, mnist, parse_idx, trained_lenet5
from vizconv.engine import evaluate, lenet5

ROOT = Path(__file__).parents[1]
WHOLE_MNIST = ROOT.parent / "shared" / "mnist"
needs_whole_mnist = pytest.mark.skipif(
    not (WHOLE_MNIST / "train-images-idx3-ubyte.gz").is_file(),
    reason="the whole of MNIST is not beside this checkout (../shared/mnist)",
)


# --- Small files of the same format ---------------------------------------------------------------


def idx(array):
    return struct.pack(f">{1 + array.ndim}I", 2048 + array.ndim, *array.shape) + array.tobytes()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def described(name, array):
    return IdxFile(name, array.shape, sha256(idx(array)))


def small_arrays(train=30, test=10):
    random = np.random.default_rng(5)
    for name, count in (("train", train), ("t10k", test)):
        images = random.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        yield f"{name}-images-idx3-ubyte", images
        yield f"{name}-labels-idx1-ubyte", (np.arange(count) % 10).astype(np.uint8)


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A small MNIST: contents by name; the cache is empty, no mirror answers, no variable is set"""
    arrays = dict(small_arrays())
    table = tuple(described(name, array) for name, array in arrays.items())
    monkeypatch.setattr(datasets, "MNIST_FILES", table)
    monkeypatch.setattr(datasets, "MIRRORS", ())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("VIZCONV_DATA", raising=False)
    monkeypatch.setenv("no_proxy", "*")
    return {name: idx(array) for name, array in arrays.items()}


def write(folder, contents, packed=False):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        path = folder / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(content, 1) if packed else content)
    return folder


def cache_files(tmp_path):
    folder = tmp_path / "cache" / "vizconv" / "mnist"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def check_small(pair, contents):
    train, test = pair
    assert (len(train), len(test)) == (30, 10)
    assert train.images.tobytes() == contents["train-images-idx3-ubyte"][16:]
    assert test.images.tobytes() == contents["t10k-images-idx3-ubyte"][16:]
    assert train.labels.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] * 3


# --- Digits ---------------------------------------------------------------------------------------


def test_digits_are_read_only_and_cannot_be_changed_from_outside():
    images, labels = np.zeros((3, 28, 28), np.uint8), np.array([7, 1, 4], np.uint8)
    pair = Digits(images, labels)
    images[0], labels[0] = 255, 0
    assert pair.images.max() == 0 and pair.labels.tolist() == [7, 1, 4]
    assert pair.labels.dtype == np.int64 and pair.images.dtype == np.uint8
    for array in (pair.images, pair.labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(AttributeError):
        pair.labels = labels
    same_dtype = np.array([7, 1, 4])
    pair = Digits(images, same_dtype)
    same_dtype[0] = 0
    assert pair.labels[0] == 7 and same_dtype.flags.writeable


def test_digits_len_repr_and_equality():
    pair = Digits(np.zeros((3, 28, 28), np.uint8), np.array([7, 1, 4]))
    assert len(pair) == 3 and repr(pair) == "Digits(3 images 28\u00d728, labels 1 to 7)"
    empty = Digits(np.zeros((0, 28, 28), np.uint8), np.zeros(0, int))
    assert repr(empty) == "Digits(0 images 28\u00d728, no labels)"
    assert pair == pair and pair != Digits(pair.images, pair.labels) and hash(pair)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((3, 28, 28)), np.zeros(3, int), "float64 of shape"),
        (np.zeros((3, 28, 27), np.uint8), np.zeros(3, int), r"\(3, 28, 27\)"),
        (np.zeros((3, 784), np.uint8), np.zeros(3, int), r"\(3, 784\)"),
        (np.zeros((3, 28, 28), np.uint8), np.zeros(3), "labels are float64"),
        (np.zeros((3, 28, 28), np.uint8), np.zeros((3, 1), int), r"\(3, 1\)"),
        (np.zeros((3, 28, 28), np.uint8), np.zeros(2, int), "3 images came with 2 labels"),
        (np.zeros((2, 28, 28), np.uint8), np.array([0, 11]), "from 0 to 11"),
        (np.zeros((2, 28, 28), np.uint8), np.array([-1, 3]), "from -1 to 3"),
    ],
)
def test_digits_refuse_what_does_not_fit(images, labels, message):
    with pytest.raises(ValueError, match=message):
        Digits(images, labels)


# --- The digits that ship -------------------------------------------------------------------------


def test_shipped_digits_count_balance_and_order():
    train, test = digits()
    assert repr(train) == "Digits(4000 images 28\u00d728, labels 0 to 9)"
    assert len(test) == 1000
    assert np.bincount(train.labels).tolist() == [400] * 10
    assert np.bincount(test.labels).tolist() == [100] * 10
    assert train.labels[:20].tolist() == [*range(10), *range(10)]


def test_shipped_digits_do_not_share_an_image_between_train_and_test():
    train, test = ({image.tobytes() for image in part.images} for part in digits())
    assert train.isdisjoint(test)


def test_shipped_files_are_small_and_their_digests_stand_in_their_readme():
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    paths = [ROOT / "data" / f"{file.name}.gz" for file in datasets.DIGITS_FILES]
    assert sum(path.stat().st_size for path in paths) < 1_000_000
    for path in paths:
        assert sha256(path.read_bytes()) in text
        assert sha256(gzip.decompress(path.read_bytes())) in text


@needs_whole_mnist
def test_digits_expects_the_first_500_training_images_of_every_digit(tmp_path, monkeypatch):
    train, _ = mnist(WHOLE_MNIST)
    order = np.stack([np.flatnonzero(train.labels == digit)[:500] for digit in range(10)], axis=1)
    arrays = train.images[order.ravel()], train.labels[order.ravel()].astype(np.uint8)
    names = [file.name for file in datasets.DIGITS_FILES]
    write(tmp_path, dict(zip(names, map(idx, arrays), strict=True)), packed=True)
    monkeypatch.setattr(datasets, "DATA_FOLDERS", (tmp_path,))
    first, last = digits()
    assert np.array_equal(first.images, arrays[0][:4000])
    assert np.array_equal(last.labels, arrays[1][4000:])


@pytest.fixture
def small_digits(monkeypatch, tmp_path):
    random = np.random.default_rng(6)
    images = random.integers(0, 256, (20, 28, 28), dtype=np.uint8)
    labels = (np.arange(20) % 10).astype(np.uint8)
    files = {"digits-images-idx3-ubyte": images, "digits-labels-idx1-ubyte": labels}
    monkeypatch.setattr(datasets, "DIGITS_FILES", tuple(described(*item) for item in files.items()))
    monkeypatch.setattr(datasets, "DIGITS_TRAIN", 10)
    monkeypatch.setattr(datasets, "DATA_FOLDERS", (tmp_path / "wheel", tmp_path / "checkout"))
    return {name: idx(array) for name, array in files.items()}


@pytest.mark.parametrize("place", ["wheel", "checkout"])
def test_digits_are_found_in_a_wheel_and_in_a_checkout(small_digits, tmp_path, place):
    write(tmp_path / place, small_digits, packed=True)
    train, test = digits()
    content = small_digits["digits-images-idx3-ubyte"][16:]
    assert train.images.tobytes() + test.images.tobytes() == content
    assert test.labels.tolist() == list(range(10))


def test_digits_missing_or_changed(small_digits, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"digits-images-idx3-ubyte\.gz.*wheel.*checkout"):
        digits()
    name = "digits-images-idx3-ubyte"
    small_digits[name] = small_digits[name][:-1] + b"\x00"
    write(tmp_path / "wheel", small_digits, packed=True)
    with pytest.raises(ValueError, match=f"{name}.gz has the right shape but other content"):
        digits()


def test_the_digits_are_read_once_and_again_when_their_file_changes(small_digits, tmp_path):
    folder = write(tmp_path / "wheel", small_digits, packed=True)
    assert digits()[0] is digits()[0]
    path = folder / "digits-labels-idx1-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ValueError, match="cannot be unpacked"):
        digits()


# --- The network that ships -----------------------------------------------------------------------

LENET5 = ROOT / "data" / "lenet5.npz"


def test_the_trained_network_knows_digits_that_it_has_not_seen():
    network, (_, test) = trained_lenet5(), digits()
    assert list(network.layers) == list(lenet5().layers) and network.dtype == np.float32
    assert evaluate(network, test.images, test.labels).accuracy >= 0.985
    with pytest.raises(ValueError, match="read-only"):
        network.parameters["conv1.weight"][...] = 0


def test_the_trained_network_is_small_and_its_digest_stands_in_its_readme():
    assert LENET5.stat().st_size < 300_000
    assert sha256(LENET5.read_bytes()) in (ROOT / "data" / "README.md").read_text(encoding="utf-8")


@needs_whole_mnist
@pytest.mark.nightly
def test_the_trained_network_knows_what_its_readme_says():
    _, test = mnist(WHOLE_MNIST)
    found = evaluate(trained_lenet5(), test.images, test.labels)
    assert found.accuracy >= 0.99
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert f"{found.accuracy:.2%} of MNIST's 10,000".replace("%", " %") in text
    assert f"cross-entropy {found.loss:.4f}" in text


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "another"])
def test_a_damaged_network_is_refused(monkeypatch, tmp_path, damage):
    whole = LENET5.read_bytes()
    middle = len(whole) // 2
    contents = {
        "cut": whole[:-1],
        "changed": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "empty": b"",
        "another": b"PK" + whole,
    }
    monkeypatch.setattr(datasets, "DATA_FOLDERS", (tmp_path / "wheel", tmp_path))
    with pytest.raises(FileNotFoundError, match=r"lenet5\.npz\) is not in .*wheel nor in "):
        trained_lenet5()
    (tmp_path / "lenet5.npz").write_bytes(contents[damage])
    with pytest.raises(ValueError, match=r"lenet5\.npz is damaged .* A fresh copy would fit"):
        trained_lenet5()


@needs_whole_mnist
@pytest.mark.nightly
def test_the_script_makes_such_a_network_again():
    script = runpy.run_path(str(ROOT / "data" / "train_lenet5.py"))
    every, test = mnist(WHOLE_MNIST)
    seen = script["without_shipped_test_digits"](every)
    assert len(seen) == 59_000
    assert evaluate(script["trained"](seen), test.images, test.labels).accuracy >= 0.99


def test_data_folders_are_the_package_and_the_checkout():
    assert datasets.DATA_FOLDERS == (ROOT / "vizconv" / "data", ROOT / "data")


# --- One file -------------------------------------------------------------------------------------

LABELS = np.arange(10, dtype=np.uint8)
LABELS_FILE = described("labels", LABELS)
IMAGES = np.full((3, 28, 28), 9, np.uint8)
IMAGES_FILE = described("images", IMAGES)


def test_parse_idx_reads_what_was_written():
    array = parse_idx(idx(IMAGES), IMAGES_FILE, "here")
    assert array.dtype == np.uint8 and np.array_equal(array, IMAGES)
    assert not array.flags.writeable
    assert np.array_equal(parse_idx(idx(LABELS), LABELS_FILE, "here"), LABELS)


WRONG_LABEL = np.array([0, 1, 2, 11, 4, 5, 6, 7, 8, 9], np.uint8)


@pytest.mark.parametrize(
    ("content", "file", "message"),
    [
        (b"", LABELS_FILE, "here holds 0 of 18 bytes: it is cut short"),
        (idx(LABELS)[:5], LABELS_FILE, "here holds 5 of 18 bytes"),
        (idx(LABELS)[:12], LABELS_FILE, "here holds 12 of 18 bytes"),
        (idx(IMAGES)[:1000], IMAGES_FILE, "here holds 1,000 of 2,368 bytes"),
        (idx(LABELS) + b"x", LABELS_FILE, "here holds more than the expected 18 bytes"),
        (idx(IMAGES), LABELS_FILE, "here begins with the number 2051; .*labels.* 2049"),
        (b"<html>not the file you meant</html>", LABELS_FILE, "begins with the number"),
        (idx(LABELS[:9]), LABELS_FILE, r"its shape is \(9,\); expected \(10,\)"),
        (idx(IMAGES.reshape(3, 14, 56)), IMAGES_FILE, r"\(3, 14, 56\); expected \(3, 28, 28\)"),
        (
            idx(WRONG_LABEL),
            described("labels", WRONG_LABEL),
            "here holds the label 11; expected digits from 0 to 9",
        ),
        (idx(LABELS[::-1].copy()), LABELS_FILE, "other content: its SHA-256"),
    ],
)
def test_parse_idx_says_what_is_wrong(content, file, message):
    with pytest.raises(ValueError, match=message):
        parse_idx(content, file, "here")


# --- MNIST from a folder --------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
def test_mnist_from_a_folder(small, tmp_path, packed):
    folder = write(tmp_path / "given", small, packed)
    check_small(mnist(folder), small)
    check_small(mnist(str(folder)), small)
    assert cache_files(tmp_path) == []


def test_mnist_unpacked_by_a_browser_that_kept_the_name(small, tmp_path):
    folder = write(tmp_path / "given", {f"{name}.gz": content for name, content in small.items()})
    check_small(mnist(folder), small)


def test_a_folder_argument_goes_before_the_variable_and_the_variable_before_the_cache(
    small, tmp_path, monkeypatch
):
    write(tmp_path / "cache" / "vizconv" / "mnist", small, packed=True)
    check_small(mnist(), small)
    monkeypatch.setenv("VIZCONV_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="nowhere"):
        mnist()
    check_small(mnist(write(tmp_path / "given", small)), small)
    monkeypatch.setenv("VIZCONV_DATA", str(tmp_path / "given"))
    check_small(mnist(), small)
    monkeypatch.setenv("VIZCONV_DATA", "")
    check_small(mnist(), small)


def test_mnist_in_the_home_folder(small, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write(tmp_path / "given", small)
    check_small(mnist("~/given"), small)
    write(tmp_path / ".cache" / "vizconv" / "mnist", small)
    monkeypatch.delenv("XDG_CACHE_HOME")
    check_small(mnist(), small)
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    check_small(mnist(), small)


def test_a_named_folder_that_lacks_files_is_not_filled_by_a_download(small, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "_download", lambda *_: pytest.fail("a silent download"))
    folder = write(tmp_path / "given", small)
    (folder / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(FileNotFoundError) as caught:
        mnist(folder)
    assert f"{folder} lacks t10k-labels-idx1-ubyte (" in str(caught.value)
    monkeypatch.setenv("VIZCONV_DATA", str(folder))
    with pytest.raises(FileNotFoundError, match="lacks t10k-labels-idx1-ubyte"):
        mnist()
    with pytest.raises(FileNotFoundError, match=r"absent does not exist.*train-images.*t10k-labels"):
        mnist(tmp_path / "absent")


NAME = "train-images-idx3-ubyte"


def damaged_packed(content):
    packed = gzip.compress(content)
    wrong_checksum = packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:]
    return {
        "cut short": packed[:1000],
        "not gzip after two bytes": b"\x1f\x8b" + bytes(100),
        "broken in the middle": packed[:12] + b"\xff" * 200 + packed[212:],
        "wrong checksum of gzip": wrong_checksum,
    }


DAMAGES = [
    "cut short",
    "not gzip after two bytes",
    "broken in the middle",
    "wrong checksum of gzip",
]


@pytest.mark.parametrize("kind", DAMAGES)
def test_damaged_gzip_in_a_named_folder(small, tmp_path, kind):
    folder = write(tmp_path / "given", small, packed=True)
    (folder / f"{NAME}.gz").write_bytes(damaged_packed(small[NAME])[kind])
    with pytest.raises(ValueError, match=rf"given.{NAME}\.gz cannot be unpacked"):
        mnist(folder)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (NAME, b"garbage " * 10, "begins with the number"),
        (NAME, None, r"holds 1,000 of 23,536 bytes"),
        (NAME, idx(np.zeros((30, 28, 28), np.uint8)), "other content"),
        ("train-labels-idx1-ubyte", idx(np.zeros(29, np.uint8)), r"\(29,\); expected \(30,\)"),
        ("train-labels-idx1-ubyte", idx(np.full(30, 11, np.uint8)), "the label 11"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_wrong_content_in_a_named_folder(small, tmp_path, name, content, message, packed):
    small[name] = small[name][:1000] if content is None else content
    folder = write(tmp_path / "given", small, packed)
    with pytest.raises(ValueError, match=rf"given.{name}.*{message}"):
        mnist(folder)


def test_more_labels_than_images(small, tmp_path, monkeypatch):
    labels = np.zeros(31, np.uint8)
    name = "train-labels-idx1-ubyte"
    table = [described(name, labels) if f.name == name else f for f in datasets.MNIST_FILES]
    monkeypatch.setattr(datasets, "MNIST_FILES", tuple(table))
    with pytest.raises(ValueError, match="30 images came with 31 labels"):
        mnist(write(tmp_path / "given", {**small, name: idx(labels)}))


def test_a_gzip_bomb_is_read_to_the_expected_size_only(tmp_path, monkeypatch):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(idx(IMAGES) + bytes(50_000_000)))
    sizes = []
    real = datasets.parse_idx
    monkeypatch.setattr(
        datasets,
        "parse_idx",
        lambda content, *rest: sizes.append(len(content)) or real(content, *rest),
    )
    with pytest.raises(ValueError, match="holds more than the expected 2,368 bytes"):
        datasets._read_file(path, IMAGES_FILE)
    assert sizes == [2369]


@needs_whole_mnist
@pytest.mark.parametrize("packed", [False, True])
def test_the_whole_of_mnist(tmp_path, packed):
    folder = WHOLE_MNIST
    if not packed:
        contents = {
            file.name: gzip.decompress((WHOLE_MNIST / f"{file.name}.gz").read_bytes())
            for file in datasets.MNIST_FILES
        }
        folder = write(tmp_path / "plain", contents)
    train, test = mnist(folder)
    assert repr(train) == "Digits(60000 images 28\u00d728, labels 0 to 9)"
    assert repr(test) == "Digits(10000 images 28\u00d728, labels 0 to 9)"
    assert train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert test.labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(test.labels)[:3].tolist() == [980, 1135, 1032]


# --- MNIST from the net: every server here is this machine ---------------------------------------


class Mirror(BaseHTTPRequestHandler):
    """Answers with what `bodies` holds under the path, after what `declared` says of its length."""

    def __init__(self, *arguments, bodies, seen, declared):
        self.bodies, self.seen, self.declared = bodies, seen, declared
        super().__init__(*arguments)

    def do_GET(self):
        self.seen.append(self.path)
        body = self.bodies.get(self.path.rsplit("/", 1)[-1])
        if body is None:
            self.send_error(404)
            return
        self.send_response(200)
        if self.declared != "nothing":
            length = len(body) + 500 if self.declared == "too much" else len(body)
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def mirror():
    """mirror(bodies, declared) starts a server and gives its address and the paths it was asked."""
    servers = []

    def start(bodies, declared="right"):
        seen = []
        handler = partial(Mirror, bodies=bodies, seen=seen, declared=declared)
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = False
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/mnist/", seen

    yield start
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


def packed_bodies(contents):
    return {f"{name}.gz": gzip.compress(content) for name, content in contents.items()}


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


ALL_FILES = sorted(f"{file.name}.gz" for file in datasets.MNIST_FILES)


@pytest.mark.parametrize("declared", ["right", "nothing"])
def test_download_shows_progress_and_fills_the_cache(small, mirror, tmp_path, monkeypatch, capsys, declared):
    address, seen = mirror(packed_bodies(small), declared)
    monkeypatch.setattr(datasets, "MIRRORS", (address,))
    check_small(mnist(), small)
    shown = capsys.readouterr()
    assert shown.out == "" and "\rtrain-images-idx3-ubyte" in shown.err
    assert ("####################]" in shown.err) == (declared == "right")
    assert cache_files(tmp_path) == ALL_FILES and len(seen) == 4
    check_small(mnist(), small)
    assert len(seen) == 4 and capsys.readouterr().err == ""


def test_only_what_the_cache_lacks_is_downloaded(small, mirror, tmp_path, monkeypatch):
    folder = write(tmp_path / "cache" / "vizconv" / "mnist", small)
    (folder / NAME).unlink()
    address, seen = mirror(packed_bodies(small))
    monkeypatch.setattr(datasets, "MIRRORS", (address,))
    check_small(mnist(), small)
    assert seen == [f"/mnist/{NAME}.gz"]


def bad_bodies(small):
    good = packed_bodies(small)
    other = gzip.compress(idx(np.zeros((30, 28, 28), np.uint8)))
    return {
        "other content": {**good, f"{NAME}.gz": other},
        "cannot be unpacked": {**good, f"{NAME}.gz": good[f"{NAME}.gz"][:1000]},
        "begins with the number": {**good, f"{NAME}.gz": b"<html>Please log in</html>"},
        "404": {},
        "sends more than": {**good, f"{NAME}.gz": bytes(200_000)},
    }


KINDS = ["other content", "cannot be unpacked", "begins with the number", "404", "sends more than"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_bad_first_mirror_falls_over_to_the_second(small, mirror, tmp_path, monkeypatch, kind):
    first, asked_first = mirror(bad_bodies(small)[kind])
    second, asked_second = mirror(packed_bodies(small))
    monkeypatch.setattr(datasets, "MIRRORS", (first, second))
    check_small(mnist(), small)
    assert f"/mnist/{NAME}.gz" in asked_first and f"/mnist/{NAME}.gz" in asked_second
    assert cache_files(tmp_path) == ALL_FILES


@pytest.mark.parametrize("kind", KINDS)
def test_only_bad_mirrors_leave_nothing_and_name_the_ways_out(small, mirror, tmp_path, monkeypatch, kind):
    address, _ = mirror(bad_bodies(small)[kind])
    monkeypatch.setattr(datasets, "MIRRORS", (address,))
    with pytest.raises(ConnectionError, match=kind):
        mnist()
    assert cache_files(tmp_path) == []


@pytest.mark.parametrize("declared", ["too much", "nothing"])
def test_a_body_that_breaks_off(small, mirror, tmp_path, monkeypatch, declared):
    bodies = bad_bodies(small)["cannot be unpacked"]
    address, _ = mirror(bodies, declared)
    monkeypatch.setattr(datasets, "MIRRORS", (address,))
    with pytest.raises(ConnectionError, match="cut short"):
        mnist()
    assert cache_files(tmp_path) == []


def test_connection_refused_names_the_ways_out(small, tmp_path, monkeypatch):
    address = f"http://127.0.0.1:{closed_port()}/mnist/"
    monkeypatch.setattr(datasets, "MIRRORS", (address,))
    with pytest.raises(ConnectionError) as caught:
        mnist()
    message = str(caught.value)
    for way_out in ("vc.datasets.digits()", "vc.datasets.mnist(folder)", "VIZCONV_DATA", address):
        assert way_out in message
    assert cache_files(tmp_path) == []


def test_the_address_that_does_not_speak_http(small, tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"nonsense\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        monkeypatch.setattr(datasets, "MIRRORS", (address,))
        with pytest.raises(ConnectionError, match="gave no file"):
            mnist()
        thread.join()


def test_a_silent_server_runs_into_the_timeout(small, monkeypatch):
    monkeypatch.setattr(datasets, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        monkeypatch.setattr(datasets, "MIRRORS", (address,))
        with pytest.raises(ConnectionError, match="timed out"):
            mnist()


def test_a_server_that_drips_has_a_deadline(small, monkeypatch, tmp_path):
    monkeypatch.setattr(datasets, "DEADLINE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def drip():
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.recv(4096)
                connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
                while not stop.wait(0.02):
                    connection.sendall(b"x")

        thread = threading.Thread(target=drip)
        thread.start()
        monkeypatch.setattr(datasets, "MIRRORS", (f"http://127.0.0.1:{server.getsockname()[1]}/",))
        begin = time.monotonic()
        with pytest.raises(ConnectionError, match=r"gave no file \(only \d+ bytes came in 0 seconds\)"):
            mnist()
        assert time.monotonic() - begin < 5 and cache_files(tmp_path) == []
        stop.set()
        thread.join()


def test_the_cache_is_there_for_all_whom_the_umask_lets(small, mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "MIRRORS", (mirror(packed_bodies(small))[0],))
    before = os.umask(0o022)
    try:
        mnist()
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "cache" / "vizconv" / "mnist").iterdir()}
    assert modes == {0o644}


def test_a_cache_that_cannot_be_written_is_a_sentence(small, tmp_path, monkeypatch):
    (tmp_path / "cache").mkdir(exist_ok=True)
    (tmp_path / "cache" / "vizconv").write_text("in the way")
    monkeypatch.setattr(datasets, "MIRRORS", ("http://127.0.0.1:9/",))
    with pytest.raises(
        OSError, match=r"could not be kept: .*mnist cannot be written .* Ways out: vc.datasets"
    ):
        mnist()


def test_what_a_killed_download_left_is_removed_and_a_living_one_is_not(small, mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "MIRRORS", (mirror(packed_bodies(small))[0],))
    folder = tmp_path / "cache" / "vizconv" / "mnist"
    folder.mkdir(parents=True)
    code = (
        "import sys, time; from pathlib import Path; from vizconv.files import writing_whole\n"
        f"with writing_whole(Path({str(folder / ALL_FILES[0])!r})) as file:\n"
        "    file.write(b'half'); file.flush(); print('ready', flush=True); time.sleep(60)"
    )
    writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT)
    writer.stdout.readline()
    (living,) = cache_files(tmp_path)
    mnist()
    assert living in cache_files(tmp_path) and len(cache_files(tmp_path)) == 5
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    (folder / ALL_FILES[0]).unlink()
    mnist()
    assert cache_files(tmp_path) == ALL_FILES


@pytest.mark.parametrize("packed", [False, True])
def test_a_damaged_cached_file_is_downloaded_once_more(small, mirror, tmp_path, monkeypatch, capsys, packed):
    damaged = {**small, NAME: small[NAME][:1000]}
    write(tmp_path / "cache" / "vizconv" / "mnist", damaged, packed)
    address, seen = mirror(packed_bodies(small))
    monkeypatch.setattr(datasets, "MIRRORS", (address,))
    check_small(mnist(), small)
    assert "1,000 of 23,536 bytes" in capsys.readouterr().err
    check_small(mnist(), small)
    assert seen == [f"/mnist/{NAME}.gz"]
    assert f"{NAME}.gz" in cache_files(tmp_path) and NAME not in cache_files(tmp_path)


def test_a_damaged_cached_file_stays_until_a_good_one_is_there(small, tmp_path, monkeypatch):
    damaged = {**small, NAME: small[NAME][:1000]}
    folder = write(tmp_path / "cache" / "vizconv" / "mnist", damaged, packed=True)
    before = (folder / f"{NAME}.gz").read_bytes()
    monkeypatch.setattr(datasets, "MIRRORS", (f"http://127.0.0.1:{closed_port()}/",))
    with pytest.raises(ConnectionError):
        mnist()
    assert (folder / f"{NAME}.gz").read_bytes() == before and cache_files(tmp_path) == ALL_FILES


@pytest.mark.parametrize("where", ["while writing", "before renaming"])
@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (KeyboardInterrupt("pressed"), "pressed"),
        (
            OSError(errno.ENOSPC, "disk full"),
            "cannot be written (disk full); the disk is full, a path on",
        ),
    ],
)
def test_an_interrupted_download_leaves_nothing(small, mirror, tmp_path, monkeypatch, where, problem, said):
    address, seen = mirror(packed_bodies(small))
    monkeypatch.setattr(datasets, "MIRRORS", (address, address))

    def interrupt(*_, **__):
        raise problem

    if where == "while writing":
        opened = Path.open

        def open_and_break(target, mode, *arguments, **options):
            stream = opened(target, mode, *arguments, **options)
            return BreaksAfterWriting(stream, problem) if mode == "xb" else stream

        monkeypatch.setattr(Path, "open", open_and_break)
    else:
        monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(type(problem), match=re.escape(said)):
        mnist()
    assert len(seen) == 1 and cache_files(tmp_path) == []


class BreaksAfterWriting:
    """A file that takes some bytes and then fails."""

    def __init__(self, stream, problem):
        self.stream, self.problem = stream, problem

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()

    def fileno(self):
        return self.stream.fileno()

    def write(self, chunk):
        self.stream.write(chunk[:10])
        raise self.problem


def test_the_expected_files_and_mirrors_are_mnists():
    assert [file.size for file in datasets.MNIST_FILES] == [47_040_016, 60_008, 7_840_016, 10_008]
    assert all(address.startswith("https://") and address.endswith("/") for address in datasets.MIRRORS)
    assert len(datasets.MIRRORS) == 2


def test_importing_datasets_does_not_import_the_network():
    code = (
        "import sys, numpy; before = set(sys.modules); import vizconv.datasets; "
        "new = set(sys.modules) - before; "
        "sys.exit(any(name in new for name in ('urllib.request', 'http.client', 'ssl')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("packed", [False, True])
def test_a_mutated_file_is_refused_as_documented(small, tmp_path, count, packed):
    folder = write(tmp_path / "named", small, packed)
    path = folder / (f"{NAME}.gz" if packed else NAME)
    assert_documented(lambda _: mnist(folder), path.read_bytes(), count, path)

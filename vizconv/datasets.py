"""Files to arrays: what ships in data/, digits and a network that reads them, and MNIST from disk or the net.

Every file is checked, its shape first and its SHA-256 last, before a single number is believed.
"""

import gzip
import hashlib
import math
import os
import struct
import sys
import time
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from vizconv.engine import Network, lenet5, load
from vizconv.files import unwritable, writing_whole

__all__ = ["Digits", "digits", "mnist", "trained_lenet5"]


@dataclass(frozen=True)
class IdxFile:
    """What an IDX file of bytes must be: its name, the shape of its array, its SHA-256 unpacked.

    Source: the IDX format, described by Y. LeCun, C. Cortes and C. Burges with MNIST.
    """

    name: str
    shape: tuple[int, ...]
    sha256: str

    @property
    def header(self) -> bytes:
        """The first bytes: 2048 + number of axes, then every axis, big-endian 32-bit integers."""
        return struct.pack(f">{1 + len(self.shape)}I", 2048 + len(self.shape), *self.shape)

    @property
    def size(self) -> int:
        """The number of bytes of the whole file, unpacked."""
        return len(self.header) + math.prod(self.shape)


MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
MNIST_FILES = (
    IdxFile(
        "train-images-idx3-ubyte",
        (60_000, 28, 28),
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    IdxFile(
        "train-labels-idx1-ubyte",
        (60_000,),
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    IdxFile(
        "t10k-images-idx3-ubyte",
        (10_000, 28, 28),
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    IdxFile(
        "t10k-labels-idx1-ubyte",
        (10_000,),
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
)
DIGITS_FILES = (
    IdxFile(
        "digits-images-idx3-ubyte",
        (5_000, 28, 28),
        "d880cf6cc71c80335012c59deb78e95e7b2c1d8aa8b78312f62bb489ae9ffb96",
    ),
    IdxFile(
        "digits-labels-idx1-ubyte",
        (5_000,),
        "e18e6fe44bbeb980f85a745210a0a269a8bb7b98201e0f223576115fd7d5dc6c",
    ),
)
DIGITS_TRAIN = 4_000
LENET5_FILE = "lenet5.npz"
LENET5_SHA256 = "707db5d88e00a33a1bc2c2cad5b8d74e97035a59e48a60bb28c0f2b91f5d7699"
# Inside an installed wheel the files lie in the package, in a checkout beside it.
DATA_FOLDERS = (Path(__file__).parent / "data", Path(__file__).parents[1] / "data")
TIMEOUT_SECONDS = 20.0  # without a byte
DEADLINE_SECONDS = 600.0  # for a whole file
CHUNK_BYTES = 65_536


@dataclass(frozen=True, eq=False, repr=False)
class Digits:
    """Handwritten digits with their labels, both read-only.

    images: (N, 28, 28) uint8, 0 (paper) to 255 (ink). labels: (N,) int64, 0 to 9; int64 because
    labels are used as indices and compared with what `argmax` returns. Two `Digits` are equal
    only if they are the same object. A writeable array is copied.
    Raises ValueError where shapes, types, counts or labels do not fit.
    """

    images: np.ndarray
    labels: np.ndarray

    def __post_init__(self) -> None:
        images, labels = np.asarray(self.images), np.asarray(self.labels)
        _check_images(images)
        _check_labels(labels, len(images))
        object.__setattr__(self, "images", _read_only(images))
        object.__setattr__(self, "labels", _read_only(labels.astype(np.int64, copy=False)))

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        found = f"labels {self.labels.min()} to {self.labels.max()}" if len(self) else "no labels"
        return f"Digits({len(self)} images 28\u00d728, {found})"


def digits() -> tuple[Digits, Digits]:
    """The 5,000 handwritten digits that ship with vizconv, as (train, test).

    train: 4,000 images, 400 of every digit; test: 1,000, 100 of every digit. The order is
    0, 1, …, 9, 0, 1, …, 9, so that any slice of whole tens is balanced too.
    Raises FileNotFoundError where the files are missing, ValueError where they are damaged.
    """
    folder = _shipped_folder()
    paths = [path for file in DIGITS_FILES if (path := _find(folder, file))]
    written = tuple((path.stat().st_mtime_ns, path.stat().st_size) for path in paths)
    return _shipped(tuple(paths), DIGITS_FILES, DIGITS_TRAIN, written)


@lru_cache(maxsize=1)  # what ships is read once; its arrays are read-only, so all may share them
def _shipped(paths, files, train, _written) -> tuple[Digits, Digits]:
    images, labels = (_read_file(*pair) for pair in zip(paths, files, strict=True))
    return Digits(images[:train], labels[:train]), Digits(images[train:], labels[train:])


def trained_lenet5() -> Network:
    """The LeNet-5 that ships with vizconv, trained: it knows 99.3 % of MNIST's 10,000 test digits.

    It has not seen the 1,000 test digits of `digits()`, either. float32, read-only, built as `vc.lenet5`
    builds it; data/README.md says how it was trained.
    Raises FileNotFoundError where the file is missing, ValueError where it is damaged.
    """
    paths = [path for folder in DATA_FOLDERS if (path := folder / LENET5_FILE).is_file()]
    if not paths:
        places = " nor in ".join(str(folder) for folder in DATA_FOLDERS)
        raise FileNotFoundError(f"The network that ships with vizconv ({LENET5_FILE}) is not in {places}.")
    found = hashlib.sha256(paths[0].read_bytes()).hexdigest()
    if found != LENET5_SHA256:
        raise ValueError(
            f"{paths[0]} is damaged or another network's: its SHA-256 is {found}; "
            f"expected {LENET5_SHA256}. A fresh copy would fit."
        )
    return load(paths[0], lenet5())


def mnist(folder: str | os.PathLike | None = None) -> tuple[Digits, Digits]:
    """The whole of MNIST, as (train, test): 60,000 and 10,000 images.

    Reads the four IDX files, gzipped or not, from `folder`, else from the folder named by the
    environment variable VIZCONV_DATA, else from the cache (vizconv/mnist in XDG_CACHE_HOME or
    ~/.cache), into which missing or damaged files are downloaded. A folder that is named is never
    written to.
    Raises FileNotFoundError where a named folder lacks a file, ValueError where one of its files
    is not MNIST's, ConnectionError where the download fails, another OSError where the cache cannot be
    written or a file cannot be read.
    Source: Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0.
    """
    named = folder if folder is not None else os.environ.get("VIZCONV_DATA") or None
    arrays = _read_folder(Path(named).expanduser()) if named is not None else _read_cache()
    train_images, train_labels, test_images, test_labels = arrays
    return Digits(train_images, train_labels), Digits(test_images, test_labels)


def parse_idx(content: bytes, file: IdxFile, where: object) -> np.ndarray:
    """The array in the bytes of an unpacked IDX file, a read-only view of shape `file.shape`.

    One axis means labels (0 to 9), more mean images (0 to 255); uint8 both.
    Raises ValueError that names `where` and what is wrong: cut short, not IDX, another shape, too
    long, a label above 9, or another SHA-256, in this order.
    """
    _check_header(content, file, where)
    _check_size(content, file, where)
    array = np.frombuffer(content, np.uint8, offset=len(file.header)).reshape(file.shape)
    if len(file.shape) == 1 and array.max() > 9:
        raise ValueError(f"{where} holds the label {array.max()}; expected digits from 0 to 9.")
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise ValueError(
            f"{where} has the right shape but other content: its SHA-256, unpacked, is {found}; "
            f"expected {file.sha256}. A fresh copy would fit."
        )
    return array


def _check_header(content: bytes, file: IdxFile, where: object) -> None:
    length = len(file.header)
    if len(content) < length:
        _check_size(content, file, where)
    if content[:4] != file.header[:4]:
        magic, expected = (int.from_bytes(start[:4], "big") for start in (content, file.header))
        kind = "labels" if len(file.shape) == 1 else "images"
        raise ValueError(
            f"{where} begins with the number {magic}; an IDX file of {kind} begins with {expected}."
        )
    if content[:length] != file.header:
        found = struct.unpack(f">{len(file.shape)}I", content[4:length])
        raise ValueError(f"{where} says that its shape is {_size(found)}; expected {_size(file.shape)}.")


def _check_size(content: bytes, file: IdxFile, where: object) -> None:
    if len(content) < file.size:
        raise ValueError(
            f"{where} holds {len(content):,} of {file.size:,} bytes: it is cut short. A whole copy would fit."
        )
    if len(content) > file.size:
        raise ValueError(f"{where} holds more than the expected {file.size:,} bytes.")


def _check_images(images: np.ndarray) -> None:
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (28, 28):
        raise ValueError(
            f"These images are {images.dtype} of shape {images.shape}; expected uint8 of shape (N, 28, 28)."
        )


def _check_labels(labels: np.ndarray, count: int) -> None:
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ValueError(
            f"These labels are {labels.dtype} of shape {labels.shape}; expected integers of shape (N,)."
        )
    if len(labels) != count:
        raise ValueError(f"{count:,} images came with {len(labels):,} labels; expected one each.")
    if count and not 0 <= labels.min() <= labels.max() <= 9:
        raise ValueError(
            f"These labels go from {labels.min()} to {labels.max()}; expected digits from 0 to 9."
        )


def _read_only(array: np.ndarray) -> np.ndarray:
    if array.flags.writeable:
        array = array.copy()
        array.setflags(write=False)
    return array


def _size(shape: tuple[int, ...]) -> str:
    return "(" + ", ".join(f"{length:,}" for length in shape) + ("," * (len(shape) == 1)) + ")"


def _find(folder: Path, file: IdxFile) -> Path | None:
    candidates = (folder / file.name, folder / f"{file.name}.gz")
    return next((path for path in candidates if path.is_file()), None)


def _shipped_folder() -> Path:
    for folder in DATA_FOLDERS:
        if all(_find(folder, file) for file in DIGITS_FILES):
            return folder
    names = " and ".join(f"{file.name}.gz" for file in DIGITS_FILES)
    places = " nor in ".join(str(folder) for folder in DATA_FOLDERS)
    raise FileNotFoundError(f"The digits that ship with vizconv ({names}) are not in {places}.")


def _unpack(path: Path, limit: int) -> bytes:
    """At most `limit` bytes of content, so that a small file cannot unpack to fill the memory."""
    with path.open("rb") as packed:
        # By content, not by name: some browsers unpack a download and keep ".gz" in its name.
        is_gzip = packed.read(2) == b"\x1f\x8b"
        packed.seek(0)
        if not is_gzip:
            return packed.read(limit)
        with gzip.GzipFile(fileobj=packed) as unpacked:
            return unpacked.read(limit)


def _read_file(path: Path, file: IdxFile, where: object = None) -> np.ndarray:
    try:
        content = _unpack(path, file.size + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        raise ValueError(
            f"{where or path} cannot be unpacked, it is damaged or cut short ({problem}). "
            "A fresh copy would fit."
        ) from problem
    return parse_idx(content, file, where or path)


def _read_folder(folder: Path) -> list[np.ndarray]:
    there = {file: path for file in MNIST_FILES if (path := _find(folder, file))}
    missing = [file.name for file in MNIST_FILES if file not in there]
    if missing:
        state = "lacks" if folder.is_dir() else "does not exist or is no folder; it would need"
        raise FileNotFoundError(
            f"The folder {folder} {state} {', '.join(missing)} (each may end in .gz). Without a "
            "folder argument and without VIZCONV_DATA, mnist() downloads them."
        )
    return [_read_file(path, file) for file, path in there.items()]


def _cache_folder() -> Path:
    # The XDG rules say that a path which is not absolute is to be ignored.
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".cache") / "vizconv" / "mnist"


def _read_cache() -> list[np.ndarray]:
    folder = _cache_folder()
    return [_cached(folder, file) for file in MNIST_FILES]


def _cached(folder: Path, file: IdxFile) -> np.ndarray:
    """The file's array from the cache; a missing or damaged file is downloaded, once a call."""
    path = _find(folder, file)
    if path is None:
        return _download(folder, file)
    try:
        return _read_file(path, file)
    except ValueError as problem:
        print(f"{problem} Downloading it again.", file=sys.stderr)
    array = _download(folder, file)
    if path.name == file.name:
        path.unlink()  # or the damaged unpacked file would hide the good packed one
    return array


def _download(folder: Path, file: IdxFile) -> np.ndarray:
    problems = []
    for mirror in MIRRORS:
        url = f"{mirror}{file.name}.gz"
        try:
            return _download_from(url, folder, file)
        except (ConnectionError, ValueError) as problem:
            problems.append(str(problem))
        except OSError as problem:
            reason = f"MNIST could not be kept: {problem.strerror}."
            raise OSError(problem.errno, _ways_out(reason)) from problem
    reason = f"MNIST could not be downloaded: no mirror gave a good {file.name}.gz. {' '.join(problems)}"
    raise ConnectionError(_ways_out(reason))


def _ways_out(reason: str) -> str:
    return (
        f"{reason} Ways out: vc.datasets.digits() needs no network, its 5,000 digits ship with vizconv; "
        "or download the four .gz files by hand from "
        f"{' or '.join(MIRRORS)} and name their folder, as vc.datasets.mnist(folder) or in the "
        "environment variable VIZCONV_DATA."
    )


def _download_from(url: str, folder: Path, file: IdxFile) -> np.ndarray:
    """Download beside the target, check, then rename: the target is whole or it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise unwritable(folder, problem) from problem
    with writing_whole(folder / f"{file.name}.gz") as output:
        with closing(_fetch(url, file)) as chunks:
            for chunk in chunks:
                output.write(chunk)
        output.flush()
        return _read_file(Path(output.name), file, where=url)


def _fetch(url: str, file: IdxFile) -> Generator[bytes, None, None]:
    """The chunks behind the address; whatever the network does wrong is a ConnectionError."""
    from http.client import HTTPException
    from urllib.request import urlopen

    try:
        with urlopen(url, timeout=TIMEOUT_SECONDS) as response:
            yield from _chunks(response, url, file)
    except (OSError, HTTPException) as problem:
        raise ConnectionError(f"{url} gave no file ({problem}).") from problem


def _chunks(response, url: str, file: IdxFile) -> Iterator[bytes]:
    total, done = int(response.headers.get("Content-Length") or 0), 0
    deadline = time.monotonic() + DEADLINE_SECONDS
    try:
        while chunk := response.read1(CHUNK_BYTES):
            done += len(chunk)
            if time.monotonic() > deadline:
                raise TimeoutError(f"only {done:,} bytes came in {DEADLINE_SECONDS:.0f} seconds")
            if done > file.size + CHUNK_BYTES:
                raise ValueError(f"{url} sends more than the expected {file.size:,} bytes.")
            print(_bar(file.name, done, total), end="", file=sys.stderr, flush=True)
            yield chunk
    finally:
        print(file=sys.stderr)


def _bar(name: str, done: int, total: int) -> str:
    """One line of progress that overwrites itself; without a known total, only the megabytes."""
    if not total:
        return f"\r{name} {done / 1e6:6.1f} MB"
    filled = min(20, 20 * done // total)
    return f"\r{name} [{'#' * filled}{'.' * (20 - filled)}] {done / 1e6:.1f} of {total / 1e6:.1f} MB"

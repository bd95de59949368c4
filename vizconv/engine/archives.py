"""Archives of arrays, NumPy's `.npz`: zip files of `.npy` files, with nothing in them that could run.

They are believed only where they fit: headers are read before numbers, so that a small file cannot unpack to
fill the memory.
"""

import errno
import os
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from vizconv.engine.types import present

MAGIC = b"\x93NUMPY\x01\x00"
HEADER = re.compile(
    rb"\{'descr': '([<>|=]\w{2,4})', 'fortran_order': (True|False), 'shape': \(([\d, ]*)\), \} *\n"
)
LARGEST_DIRECTORY = 2**22  # of a zip file: some 50,000 entries


def outlines(path: Path, names: Iterable[str], kind: str) -> dict[str, np.ndarray]:
    """Return, by name, arrays of the types and shapes that an archive's headers name: no numbers, no memory.

    Of what is not among `names`, only the name counts. Raises ValueError where `path` is no file of
    this `kind`, OSError where it cannot be read.
    """
    names = set(names)
    with _archive(path, kind) as archive:
        entries = [entry.removesuffix(".npy") for entry in archive.namelist()]
        return {
            name: _outline(archive, name) if name in names else np.broadcast_to(0.0, ()) for name in entries
        }


def contents(path: Path, expected: Mapping[str, np.ndarray], kind: str) -> dict[str, np.ndarray]:
    """Read the arrays that have the names, types and shapes of those `expected`; raises as `outlines`."""
    with _archive(path, kind) as archive:
        return {name: _content(archive, name, array) for name, array in expected.items()}


@contextmanager
def _archive(path: Path, kind: str) -> Iterator[zipfile.ZipFile]:
    try:
        with path.open("rb") as file:
            _require_small_directory(file)
            with zipfile.ZipFile(file) as archive:
                yield archive
    except Exception as error:  # a damaged file makes its reader raise anything
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise OSError(error.errno, f"{path} cannot be read ({error.strerror})") from error
        raise ValueError(f"{path} is no {kind}") from error


def _require_small_directory(file: BinaryIO) -> None:
    """Refuse an archive whose table of contents alone would fill the memory."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 2**16 - 22 - 20))
    end = file.read()
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or end[max(0, at - 20) :].startswith(b"PK\x06\x07"):  # none, or one of more than 4 GB
        raise ValueError("no end of a zip file")
    if struct.unpack_from("<I", end, at + 12)[0] > LARGEST_DIRECTORY:
        raise ValueError("too many entries")


@contextmanager
def _opened(archive: zipfile.ZipFile, name: str):
    """Open one array after its header; with it come its type, its shape and its order in memory."""
    entry = archive.getinfo(f"{name}.npy")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("an unusual compression")
    with archive.open(entry) as file:
        start = file.read(len(MAGIC) + 2)
        (length,) = struct.unpack("<H", start[len(MAGIC) :])
        header = present(HEADER.fullmatch(file.read(length)))
        kind, shape = np.dtype(header[1].decode()), tuple(map(int, header[3].replace(b",", b" ").split()))
        whole = len(start) + length + kind.itemsize * int(np.prod(shape, dtype=object))
        if not start.startswith(MAGIC) or kind.kind not in "biuf" or entry.file_size != whole:
            raise ValueError("another header")
        yield file, kind, shape, "F" if header[2] == b"True" else "C"


def _outline(archive, name) -> np.ndarray:
    with _opened(archive, name) as (_, kind, shape, _):
        return np.broadcast_to(np.zeros((), kind), shape)


def _content(archive, name, expected) -> np.ndarray:
    with _opened(archive, name) as (file, kind, shape, order):
        if (kind, shape) != (expected.dtype, expected.shape):
            raise ValueError("another array than its header said")
        return np.frombuffer(file.read(), kind).reshape(shape, order=order)

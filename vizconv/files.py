"""Files that appear whole or not at all, with the mode that the umask says."""

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows, which by itself lets nobody delete a file that is written to
    fcntl = None

PART = r"\.[a-z0-9_]{8}\.part"
WAYS_OUT = {
    errno.ENOENT: "a path in a folder that exists is expected",
    errno.ENOTDIR: "a path in a folder that exists is expected",
    errno.ENOSPC: "the disk is full, a path on another one would fit",
    errno.EDQUOT: "your share of the disk is full, a path on another one would fit",
}


@contextmanager
def writing_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file beside `path` that takes its place when the block ends, and goes when it fails.

    Its mode is that of every new file, as the umask says. What killed writers left beside `path` is removed.
    Raises OSError with a sentence when it cannot be written; a ConnectionError passes, it is not the file's.
    """
    try:
        _remove_abandoned(path)
        file, part = _open_part(path)
        try:
            with file:
                yield file
            os.replace(part, path)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()
    except ConnectionError:
        raise
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> OSError:
    """Say that a file cannot be written, why, and what would help."""
    way_out = WAYS_OUT.get(error.errno or 0, "a path in a folder that you may write to is expected")
    return OSError(error.errno, f"{path} cannot be written ({error.strerror or error}); {way_out}")


def _open_part(path: Path) -> tuple[BinaryIO, Path]:
    while True:
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        file = part.open("xb")
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX)
        if part.exists():  # else somebody took it for abandoned before it was locked
            return file, part


def _remove_abandoned(path: Path) -> None:
    """Remove the parts that nobody holds a lock on: their writers were killed."""
    name = re.compile(re.escape(path.name) + PART)
    with suppress(OSError):  # a folder that cannot be listed may still take a file
        for part in filter(lambda other: name.fullmatch(other.name), path.parent.iterdir()):
            with suppress(OSError), part.open("rb") as file:
                if fcntl:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                part.unlink()

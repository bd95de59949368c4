"""Files that somebody damaged or made to do harm."""

import io
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
COUNTS = [200, pytest.param(10_000, marks=pytest.mark.nightly)]


def mutated(content: bytes, seed: int) -> bytes:
    """Change a file in a few places: bytes, runs of bytes, what is left out or said twice, its end."""
    generator = np.random.default_rng(seed)
    data = bytearray(content)
    for _ in range(generator.integers(1, 5)):
        at, length = int(generator.integers(len(data) + 1)), int(generator.integers(1, 40))
        kind = generator.integers(5)
        if kind == 0:
            data[at : at + length] = generator.bytes(len(data[at : at + length]))
        elif kind == 1:
            data[at : at + 1] = bytes([generator.choice([0, 1, 127, 128, 255])])
        elif kind == 2:
            del data[at : at + length]
        elif kind == 3:
            data[at:at] = data[at : at + length]
        else:
            del data[max(at, 1) :]
    return bytes(data)


def assert_documented(read, content: bytes, count: int, path: Path, allowed=(ValueError,)):
    """Hold that every mutated file is read, or refused by an error that is documented and names it."""
    for seed in range(count):
        path.write_bytes(mutated(content, seed))
        try:
            read(path)
        except allowed as error:
            said = str(error)
        else:
            continue
        assert path.name in said, (seed, said)


def archive(entries: dict[str, bytes], compression=zipfile.ZIP_DEFLATED) -> bytes:
    """Pack a zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression, compresslevel=1) as zipped:
        for name, content in entries.items():
            zipped.writestr(name, content)
    return file.getvalue()


def array_file(shape, kind="<f4", content: bytes | None = None) -> bytes:
    """Write a `.npy` file by hand, with any header."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
    return start + (bytes(int(np.prod(shape)) * np.dtype(kind).itemsize) if content is None else content)


def cost(code: str, *arguments) -> tuple[float, float, str]:
    """Run Python code in a process of its own; return its seconds, its peak in MB, and what it printed.

    The code defines `work`, which is called after all imports; only what it adds is measured.
    """
    command = [sys.executable, "-c", code + MEASURED, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    *said, numbers = done.stdout.strip().splitlines()
    return *map(float, numbers.split()), "\n".join(said)


MEASURED = """
import re, time
from pathlib import Path

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

before, begin = peak(), time.process_time()
try:
    work()
except Exception as error:
    print(type(error).__name__, error)
print(time.process_time() - begin, peak() - before)
"""

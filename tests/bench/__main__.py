"""Measure the engine against PyTorch and write the table engine.md beside this file.

    python -m tests.bench           the speed and the memory, about four minutes
    python -m tests.bench --long    also five epochs of MNIST with three seeds, about two minutes more

Needs PyTorch (pip install -e '.[torch]'), and for --long MNIST in ../shared/mnist. All sides of a row
take turns in one process, with as many threads each: OpenBLAS and PyTorch use one a core.
"""

import argparse
import platform
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

import vizconv
from tests.bench import accuracy, memory, sides
from tests.bench.timing import SLICES, alternate
from vizconv.engine import teaching
from vizconv.engine.arrays import keep_freed_memory

TABLE = Path(__file__).with_name("engine.md")
KERAS_SECONDS = 46  # as given, not measured here: Keras' published recipe, batch 32, Adam, 98.84 %


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, on both sides, and the ratio beside what it must be."""

    measure: str
    ours: str
    theirs: str
    result: str
    must: str
    met: bool | str

    def __str__(self):
        met = {True: "yes", False: "**no**"}.get(self.met, self.met)
        return f"| {' | '.join((self.measure, self.ours, self.theirs, self.result, self.must, met))} |"


def at_most(bar, measure, engine, pytorch, steps) -> Row:
    """Measure both sides by turns; the engine may take `bar` times as long."""
    ours, theirs = alternate(engine, pytorch, steps=steps)
    ratio = ours / theirs
    return Row(
        measure, milliseconds(ours), milliseconds(theirs), f"{ratio:.2f} ×", f"≤ {bar} ×", ratio <= bar
    )


def told(measure, engine, pytorch, steps) -> Row:
    """Measure both sides where no bar is set."""
    return replace(at_most(np.inf, measure, engine, pytorch, steps), must="–", met="–")


def training_rows():
    """The whole training step: gather the batch, run forward and backward, update, count the right ones."""
    for size, bar in ((128, 1.2), (32, 1.0)):
        pair = sides.engine_step(size), sides.torch_step(size)
        yield at_most(bar, f"LeNet-5, training step, batch {size}", *pair, steps=2560 // size)


def convolution_rows():
    """conv2d forward and backward by itself: x, weight and bias each get their gradient."""
    first = {"images": 128, "channels": 1, "filters": 6, "size": 28, "kernel": 5, "padding": 2}
    second = {"images": 128, "channels": 6, "filters": 16, "size": 14, "kernel": 5, "padding": 0}
    large = {"images": 8, "channels": 64, "filters": 64, "size": 56, "kernel": 3, "padding": 1}
    yield at_most(1.2, "conv2d, LeNet's first, batch 128", *sides.convolutions(**first), steps=10)
    without = sides.convolutions(**first, input_gradient=False)
    yield told("conv2d, LeNet's first, batch 128, without dx (as in training)", *without, steps=10)
    yield at_most(1.2, "conv2d, LeNet's second, batch 128", *sides.convolutions(**second), steps=10)
    yield at_most(3, "conv2d, 8 images, 64 → 64, 56×56, 3×3", *sides.convolutions(**large), steps=2)


def teaching_rows():
    """LeNet's second layer, forward, batch 8, beside the functions that the lessons start from."""
    generator = np.random.default_rng(0)
    x = generator.standard_normal((8, 6, 14, 14), np.float32)
    weight = generator.standard_normal((16, 6, 5, 5), np.float32)
    for name, slow, bar in (
        ("seven loops", teaching.conv2d_loops, 1000),
        ("patch by patch", teaching.conv2d_patches, 20),
    ):
        fast, by_hand = partial(vizconv.conv2d, x, weight), partial(slow, x, weight)
        ours, theirs = alternate(fast, by_hand, steps=1)
        faster = theirs / ours
        cells = milliseconds(ours), milliseconds(theirs), f"{faster:,.0f} × faster", f"≥ {bar:,} ×"
        yield Row(f"conv2d, LeNet's second, batch 8, against {name}", *cells, faster >= bar)


def memory_rows():
    """A training step at batch 128: what its records own, and the peaks of both allocators."""
    theirs = memory.torch_peak(128)
    for name, ours in (
        ("bytes owned by trace and gradients", memory.engine_record_bytes(128)),
        ("peak of a step (tracemalloc)", memory.engine_peak(128)),
    ):
        cells = megabytes(ours), megabytes(theirs), f"{ours / theirs:.2f} ×"
        yield Row(f"LeNet-5, batch 128, {name}", *cells, "≤ 2 ×", ours <= 2 * theirs)


def accuracy_rows():
    """Five epochs of MNIST, three seeds."""
    results = [accuracy.five_epochs(seed) for seed in range(3)]
    mean, seconds = np.mean(results, axis=0)
    each = ", ".join(f"{100 * share:.2f}" for share, _ in results)
    yield Row(
        f"MNIST's 10,000 after 5 epochs, mean of seeds 0, 1, 2 ({each}): {accuracy.RECIPE}",
        f"{100 * mean:.2f} %",
        "98.84 % (Keras)",
        f"{100 * mean:.2f} %",
        "≥ 99.1 %",
        mean >= 0.991,
    )
    yield Row(
        "wall time of these 5 epochs, against Keras' published recipe (given, not measured here)",
        f"{seconds:.1f} s",
        f"{KERAS_SECONDS} s",
        f"{seconds / KERAS_SECONDS:.2f} ×",
        "≤ 0.5 ×",
        seconds <= KERAS_SECONDS / 2,
    )


def milliseconds(seconds):
    return f"{1000 * seconds:,.3g} ms" if seconds < 1 else f"{1000 * seconds:,.0f} ms"


def megabytes(count):
    return f"{count / 2**20:.1f} MiB"


def processor():
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]}, {len(names)} cores" if names else platform.processor()


def heading():
    return (
        "# The engine beside PyTorch\n\n"
        "Written by `python -m tests.bench --long`. float32; random pixels where steps are timed.\n"
        f"Sides take turns in {SLICES} slices in one process; the lower quartiles count.\n\n"
        f"- {processor()}, {platform.system()}, Python {platform.python_version()}\n"
        f"- NumPy {np.__version__} with {blas()}, one thread a core\n"
        f"- PyTorch {torch.__version__}, {torch.get_num_threads()} threads\n\n"
        "| measure | the engine | PyTorch or other | ratio | must be | met |\n|---|---|---|---|---|---|"
    )


def blas():
    library = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{library['name']} {library['version']}"


def main():
    """Run the rows one after another; show each as it comes, and write the table at the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--long", action="store_true", help="also five epochs of MNIST with three seeds")
    groups = [training_rows, convolution_rows, teaching_rows, memory_rows]
    groups += [accuracy_rows] if parser.parse_args().long else []
    keep_freed_memory()
    lines = [heading()]
    print(lines[0])
    for group in groups:
        for row in group():
            lines.append(str(row))
            print(row, flush=True)
    TABLE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

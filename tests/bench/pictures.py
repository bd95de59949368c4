"""Measure kernels on pictures in a real JupyterLab in Chromium, and write the table pictures.md.

    python -m tests.bench.pictures     about a minute

Needs Chromium. A kernel's change is timed from the choice in the list, through the kernel and back, to
the frame that shows the other picture; and the part of it that Python takes by itself, messages included.
"""

import platform
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

from tests.bench.page import page_of
from tests.bench.stage import beside
from tests.front_end import send
from vizconv import explore

TABLE = Path(__file__).with_name("pictures.md")
PAGE = Path(__file__).with_name("pictures_page.js")
CASES = {
    "512×512 RGB, 3×3": {"colours": True, "side": 512},
    "512×512 RGB, 7×7": {"colours": True, "side": 512, "kernel": np.eye(7, dtype=int).tolist()},
}
CUT, SIGNED = (0, 1, 2, 0, 1, 2, 0, 1, 2), (3, 4, 6, 3, 4, 6, 3, 4, 6)  # kernels, as the list has them
BARS = {  # measure: what it must be, in milliseconds
    "kernel → picture cut to 0 … 255, painted, median": 100,
    "kernel → picture cut to 0 … 255, painted, largest of nine": None,
    "kernel → signed picture, painted, median": 100,
    "kernel → signed picture, painted, largest of nine": None,
    "of this Python, cut, median": None,
    "of this Python, signed, median": None,
    "pointing at x → its sum on the stage, painted, median": None,
    "pointing at y → its sum on the stage, painted, median": None,
}


def measure() -> dict[str, list[float]]:
    """Run everything in one page; return each measure's figure for all cases."""
    cells = [
        "import vizconv as vc",
        *(f"vc.explore.kernels(**{case})" for case in CASES.values()),
    ]
    found = {name: [] for name in BARS}
    with page_of(cells, PAGE) as page:
        for number, case in enumerate(CASES.values()):
            for name, figure in one_case(page, number, case).items():
                found[name].append(figure)
    return found


def one_case(page, number: int, case: dict) -> dict[str, float]:
    """Measure one explorer of the page, and its twin in this process."""

    def timing(call: str):
        return np.array(page.evaluate(f"() => pictures.{call}"))

    timing(f"choose({number}, 'kernel w', {[1, 3]})")  # warm up
    cut = timing(f"choose({number}, 'kernel w', {list(CUT)})")
    signed = timing(f"choose({number}, 'kernel w', {list(SIGNED)})")
    python = [in_python(case, kernels) for kernels in (CUT, SIGNED)]
    points = [np.median(timing(f"point({number}, {which}, 15)")) for which in (0, 1)]
    figures = (np.median(cut), cut.max(), np.median(signed), signed.max(), *python, *points)
    return dict(zip(BARS, map(float, figures), strict=True))


def in_python(case: dict, kernels) -> float:
    """Time what a kernel's change takes in Python, in milliseconds, the median."""
    explorer, times = explore.kernels(**case), []
    send(explorer.controls["kernel"], index=9)
    for index in kernels:
        start = time.perf_counter()
        send(explorer.controls["kernel"], index=index)
        times.append(1000 * (time.perf_counter() - start))
    return float(np.median(times))


def table(found: dict[str, list[float]]) -> str:
    """Write the figures beside what they must be."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("jupyterlab", "anywidget", "numpy"))
    heads = " | ".join(f"{case}, must be | {case}, is" for case in CASES)
    rows = [f"| measure, ms | {heads} |", "|---" * (1 + 2 * len(CASES)) + "|"]
    for name, figures in found.items():
        rows.append(f"| {name} | {' | '.join(beside(BARS[name], figure) for figure in figures)} |")
    machine = f"{platform.machine()}, Python {platform.python_version()}, {versions}, Chromium headless"
    return "\n".join(["# Kernels on pictures in the browser", "", machine, "", *rows, ""])


if __name__ == "__main__":
    TABLE.write_text(table(measure()), encoding="utf-8")
    print(TABLE.read_text(encoding="utf-8"))

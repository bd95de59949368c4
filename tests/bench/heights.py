"""Measure how tall every stage of every lesson is as it opens, in four windows, and write heights.md.

    python -m tests.bench.heights     some minutes

Needs Chromium. JupyterLab's file browser is open in the two wide windows and closed in the two narrow ones.
Beside a stage's height stands that of its whole output, with its controls, and the heights of its cells.
"""

import platform
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.laboratory import laboratory
from tests.browser.notebook import new_window, open_notebook
from tests.lessons.rules import LESSONS, names

TABLE = Path(__file__).with_name("heights.md")
WINDOWS = {"1400×900": (1400, 900), "1100×800": (1100, 800), "620": (620, 900), "390": (390, 844)}
NARROW = 800  # pixels; in less, the file browser is closed
MEASURE = """() => [...document.querySelectorAll(".vizconv-stage")].map((stage) => {
    const output = stage.closest(".jp-OutputArea-output");
    const cells = [...stage.querySelectorAll("[data-panel]")]
        .map((panel) => panel.querySelector("[data-cell]")?.offsetHeight ?? 0);
    return [stage.offsetHeight, output.offsetHeight, Math.min(...cells), Math.max(...cells)];
})"""
BARS = {"1400×900": (600, 780)}  # pixels of a stage, and with its controls


def measure() -> dict[str, dict[str, list]]:
    """Return what every stage of a lesson measures in a window: [stage, output, least and tallest cell]."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        notebooks, state = Path(folder, "notebooks"), Path(folder, "state")
        notebooks.mkdir()
        state.mkdir()
        for name in names():
            shutil.copy(LESSONS / name, notebooks)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        with laboratory(notebooks, state) as address:
            found = {name: of_lesson(browser, address, name) for name in names()}
        browser.close()
    return found


def of_lesson(browser: Browser, address: str, name: str) -> dict[str, list]:
    """Run a lesson, and measure its stages in one window after the other."""
    notebook = open_notebook(new_window(browser), address, name)
    notebook.python("None", 120)  # after all cells
    found, is_open = {}, True
    for window, (width, height) in WINDOWS.items():
        notebook.page.set_viewport_size({"width": width, "height": height})
        if is_open and width < NARROW:
            notebook.command("application:toggle-left-area")
            is_open = False
        notebook.page.wait_for_timeout(1500)
        found[window] = notebook.page.evaluate(MEASURE)
    notebook.page.close()
    return found


def table(found: dict[str, dict[str, list]]) -> str:
    """Write one row a stage, and how many are taller than they should be."""
    machine = f"{platform.machine()}, jupyterlab {version('jupyterlab')}, Chromium headless"
    rows = [f"| stage | {' | '.join(WINDOWS)} |", "|---" * (1 + len(WINDOWS)) + "|"]
    for name, windows in found.items():
        for number, sizes in enumerate(zip(*windows.values(), strict=True)):
            rows.append(f"| {name[:2]}, {number + 1} | {' | '.join(map(written, sizes))} |")
    head = "Pixels: stage, with its controls (cells)."
    return "\n".join(["# How tall the stages are", "", machine, "", head, "", *rows, "", *summary(found), ""])


def written(size: list[int]) -> str:
    stage, output, least, tallest = size
    return f"{stage}, {output} ({least})" if least == tallest else f"{stage}, {output} ({least}–{tallest})"


def summary(found) -> list[str]:
    lines = []
    for window in WINDOWS:
        sizes = [size for windows in found.values() for size in windows[window]]
        tallest, whole = (max(size[at] for size in sizes) for at in (0, 1))
        stage, output = BARS.get(window, (600, 780))
        over = sum(size[0] > stage for size in sizes), sum(size[1] > output for size in sizes)
        lines.append(
            f"- {window}: of {len(sizes)} stages {over[0]} are taller than {stage}, {over[1]} with their "
            f"controls taller than {output}; the tallest {tallest} and {whole}."
        )
    return lines


if __name__ == "__main__":
    TABLE.write_text(table(measure()), encoding="utf-8")
    print(TABLE.read_text(encoding="utf-8"))

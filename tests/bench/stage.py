"""Measure the stage in a real JupyterLab in Chromium, and write the table stage.md beside this file.

    python -m tests.bench.stage     about two minutes

Needs Chromium. Beside the stage stands what most notebooks do, in the same run: `interact` around an
inline matplotlib picture of the same scene. Quote the ratios; the milliseconds are this machine's.
"""

import json
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np

from tests.bench.page import page_of
from vizconv import explore

TABLE = Path(__file__).with_name("stage.md")
PAGE = Path(__file__).with_name("stage_page.js")
SIZES = ("7×7 ⋆ 3×3", "28×28 ⋆ 5×5")
INPUTS = ('"counting", np.ones((3, 3), int)', '"handwritten digit", np.ones((5, 5), int)')
PICTURE = """\
def picture(stride=1):
    display(vc.draw.still(vc.explore.correlation({given}, stride=stride).stage.scene))
interact(picture, stride=(1, 4))"""
CELLS = (
    "import numpy as np\nimport vizconv as vc\n"
    "from IPython.display import display\nfrom ipywidgets import interact",
    *(f"vc.explore.correlation({given})" for given in INPUTS),
    *(PICTURE.format(given=given) for given in INPUTS),
)
BARS = {  # measure: what it must be, in milliseconds, for both sizes
    "hover, handled with style and layout flushed, p95": (4, 8),
    "step, handled with style and layout flushed, p95": (4, 8),
    "hover → next frame painted, median": (20, 34),
    "step → next frame painted, median": (20, 34),
    "slider → kernel → painted, median": (60, 120),
    "slider → kernel → painted, p95": (120, 200),
    "200 slider events in two seconds: last event → its scene painted, median of 5": (200, 300),
    "cell run → first stage painted, still included, median of 5": (500, 800),
    "saved page, kB": (100, 1000),
    "`interact` + inline matplotlib: slider → kernel → painted, median": (None, None),
}


def measure() -> dict[str, list[float]]:
    """Run everything in one page; return each measure's figure for both sizes."""
    found = {name: [] for name in BARS}
    with page_of(CELLS, PAGE) as page:
        for number in range(2):
            for name, figure in one_size(page, number).items():
                found[name].append(figure)
    return found


def one_size(page, number: int) -> dict[str, float]:
    """Measure one stage, number 0 or 1, and the picture that belongs to it."""

    def timing(call: str):
        return page.evaluate(f"() => timing.{call}")

    hovers = np.array(timing(f"hover({number}, 'y', {json.dumps(cells(number, 'y', 60))})"))
    hovers = np.concatenate([hovers, timing(f"hover({number}, 'x', {json.dumps(cells(number, 'x', 60))})")])
    hovers = np.concatenate([hovers, timing(f"hover({number}, 'w', {json.dumps(cells(number, 'w', 30))})")])
    steps = np.array(timing(f"step({number}, 40)"))
    sliders = [name for name in ("stride", "padding", "kernel size") for _ in range(2)]
    keys = json.dumps(["ArrowRight", "ArrowLeft"] * 5)
    slides = np.concatenate([timing(f"slide({number}, '{name}', {keys})") for name in sliders])
    bursts = [timing(f"burst({number}, 'stride', '{after_burst(number)}')") for _ in range(5)]
    firsts = [timing(f"first({number + 1})") for _ in range(5)]
    pictures = timing(f"slidePicture({number + 3}, 'stride', {keys})")
    figures = (
        np.percentile(hovers[:, 0], 95),
        np.percentile(steps[:, 0], 95),
        np.median(hovers[:, 1]),
        np.median(steps[:, 1]),
        np.median(slides),
        np.percentile(slides, 95),
        np.median(bursts),
        np.median(firsts),
        saved_size(number) / 1000,
        np.median(pictures),
    )
    return dict(zip(BARS, map(float, figures), strict=True))


def explorer(number: int):
    return (
        explore.correlation("counting", np.ones((3, 3), int)),
        explore.correlation("handwritten digit", np.ones((5, 5), int)),
    )[number]


def cells(number: int, panel: str, count: int) -> list[str]:
    """Choose random cells of a panel, always the same."""
    shape = explorer(number).stage.scene.panel(panel).shape
    return [f"{i},{j}" for i, j in np.random.default_rng(0).integers((0, 0), shape, (count, 2))]


def after_burst(number: int) -> str:
    """Return the size of y at the stride where a burst ends."""
    after = explorer(number)
    after.controls["stride_height"].value = 3
    return "×".join(map(str, after.stage.scene.panel("y").shape))


def saved_size(number: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "stage.html")
        explorer(number).stage.save(path)
        return path.stat().st_size


def table(found: dict[str, list[float]]) -> str:
    """Write the figures beside what they must be."""
    rows = [
        f"| measure, ms | {' | '.join(f'{size}, must be | {size}, is' for size in SIZES)} |",
        "|---|---|---|---|---|",
    ]
    for name, figures in found.items():
        sides = [beside(bar, figure) for bar, figure in zip(BARS[name], figures, strict=True)]
        rows.append(f"| {name} | {' | '.join(sides)} |")
    return "\n".join(["# The stage in the browser", "", machine(), "", *rows, ""])


def machine() -> str:
    """Say what all was measured on."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("jupyterlab", "anywidget", "matplotlib"))
    return f"{platform.machine()}, Python {platform.python_version()}, {versions}, Chromium headless"


def beside(bar: float | None, figure: float) -> str:
    if bar is None:
        return f"– | {figure:.1f}"
    return f"≤ {bar} | {figure:.1f}" + ("" if figure <= bar else " **(over)**")


if __name__ == "__main__":
    TABLE.write_text(table(measure()), encoding="utf-8")
    print(TABLE.read_text(encoding="utf-8"))

"""Measure the network stage in a real JupyterLab in Chromium, and write network.md beside this file.

    python -m tests.bench.network     about a minute

Needs Chromium. The milliseconds are this machine's; a busy one takes longer.
"""

import json
import tempfile
from pathlib import Path

import numpy as np

from tests.bench.page import page_of
from tests.bench.stage import beside, machine
from vizconv import explore

TABLE = Path(__file__).with_name("network.md")
PAGE = Path(__file__).with_name("network_page.js")
CELLS = ("import vizconv as vc\nvc.explore", "vc.explore.network()")
OPENED = [
    *([name, cell] for cell in (7, 30, 60) for name in ("conv1", "conv2", "pool2", "linear1", "dpool1")),
    *([name, cell] for cell in (3, 7) for name in ("p", "pool1.mask", "conv2.weight")),
]
BARS = {  # measure: what it must be, in milliseconds
    "hover, handled with style and layout flushed, p95": 4,
    "stroke → all layers painted, median": 34,
    "stroke → all layers painted, p95": 60,
    "stroke, handled, median": 16,
    "a number opened, handled, p95": 16,
    "a number opened, its longest frame, median": 16,
    "a number opened, its longest frame, p95": 16,
    "cell run → first painted, median of 5": 1000,
    "saved page, kB": 700,
}


def measure() -> dict[str, float]:
    """Run LeNet's stage in one page; return each measure's figure."""
    with page_of(CELLS, PAGE) as page:
        page.wait_for_function("() => document.querySelector('.vizconv-network')?.vizconv")
        return figures_of(page)


def figures_of(page) -> dict[str, float]:
    """Measure a page with one network."""

    def timing(call: str):
        return np.array(page.evaluate(f"() => networkTiming.{call}"))

    timing("hover(2)")  # the first time everything is found once
    hovers = timing("hover(12)")
    page.get_by_role("button", name="draw or choose").click()
    timing("stroke(10)")
    strokes = timing("stroke(80)")
    opened = timing(f"opens({json.dumps(OPENED)})")
    firsts = [page.evaluate("() => networkTiming.first(1)") for _ in range(5)]
    found = (
        np.percentile(hovers[:, 0], 95),
        np.median(strokes[:, 1]),
        np.percentile(strokes[:, 1], 95),
        np.median(strokes[:, 0]),
        np.percentile(opened[:, 0], 95),
        np.median(opened[:, 1]),
        np.percentile(opened[:, 1], 95),
        np.median(firsts),
        saved_size() / 1000,
    )
    return dict(zip(BARS, map(float, found), strict=True))


def saved_size() -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "network.html")
        explore.network().save(path)
        return path.stat().st_size


def table(found: dict[str, float]) -> str:
    """Write the figures beside what they must be."""
    rows = [f"| {name} | {beside(BARS[name], figure)} |" for name, figure in found.items()]
    head = ["| LeNet-5, one digit; ms | must be | is |", "|---|---|---|"]
    return "\n".join(["# The network stage in the browser", "", machine(), "", *head, *rows, ""])


if __name__ == "__main__":
    TABLE.write_text(table(measure()), encoding="utf-8")
    print(TABLE.read_text(encoding="utf-8"))

"""Write the twenty slowest tests, as a run of the suite measured them, into tests.md beside this file.

    python -m pytest --junitxml=junit.xml
    python -m tests.bench.tests junit.xml

A test's time is that of its set-up, its call and its end together; what a module shares counts for its first.
"""

import platform
import sys
from pathlib import Path
from xml.etree import ElementTree

TABLE = Path(__file__).with_name("tests.md")
ROWS = 20


def table(report: ElementTree.Element) -> str:
    """Write the slowest cases of a JUnit report, and the time of all."""
    cases = sorted(report.iter("testcase"), key=seconds, reverse=True)
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    total = f"{len(cases)} tests, {sum(map(seconds, cases)):.0f} s of all workers together"
    head = ["# The slowest tests", "", f"{machine}; {total}", "", "| s | where | test |", "|---|---|---|"]
    return "\n".join([*head, *map(row, cases[:ROWS]), ""])


def row(case: ElementTree.Element) -> str:
    return f"| {seconds(case):.1f} | `{case.get('classname')}` | `{case.get('name')}` |"


def seconds(case: ElementTree.Element) -> float:
    return float(case.get("time", 0))


if __name__ == "__main__":
    TABLE.write_text(table(ElementTree.parse(sys.argv[1]).getroot()), encoding="utf-8")
    print(TABLE.read_text(encoding="utf-8"))

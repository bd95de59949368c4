"""The rules of a lesson: each reads a notebook and says in sentences what is wrong."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

import nbformat
from nbformat import NotebookNode

from vizconv import exercises
from vizconv.engine.writing import format_number
from vizconv.exercises import Question

LESSONS = Path(__file__).parents[2] / "lessons"
MEDIAN_LINES, LONGEST_CELL, WORDS_PER_LINE = 3, 15, 8
LARGEST_IMAGE = 200_000  # bytes
NOT_IN_CODE = {
    r"^\s*class\s": "defines a class",
    r"ipywidgets": "uses ipywidgets",
    r"\.observe\(": "observes a widget",
    r"\bdisplay\(": "calls display",
}
NOWHERE = {
    r"(?<![\w.:/<])/(home|root|tmp|work|usr|var|opt|mnt|Users)/": "has an absolute path",
    r"\b[A-Z]:\\\w": "has an absolute path",
    r"\b0x[0-9a-fA-F]+": "has an address",
}
ASKED = re.compile(r"\bexercises\.(lesson\d\d)\.((?!check)\w+)\(")
FOLDED = re.compile(r"<details>.*?</details>", re.DOTALL)
RELATIVE_LINK = re.compile(r"\]\((?![a-z]+:)([^)#\s]+)[^)]*\)")


@dataclass(frozen=True)
class Lesson:
    """A notebook, its file's name, and the names of all lessons in order."""

    name: str
    notebook: NotebookNode
    all_names: tuple[str, ...]

    @property
    def code(self) -> list[NotebookNode]:
        """The cells of code."""
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    @property
    def prose(self) -> list[str]:
        """The text of the other cells."""
        return [cell.source for cell in self.notebook.cells if cell.cell_type == "markdown"]

    @property
    def outputs(self) -> list[NotebookNode]:
        """All outputs in order."""
        return [output for cell in self.code for output in cell.outputs]


def names() -> tuple[str, ...]:
    """Return the file names of all lessons in order."""
    return tuple(sorted(path.name for path in LESSONS.glob("*.ipynb")))


def read(name: str) -> Lesson:
    """Read a lesson of the folder."""
    return Lesson(name, nbformat.read(LESSONS / name, 4), names())


def lines(cell: NotebookNode) -> int:
    """Count the lines of a cell that are not blank."""
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def texts(output: NotebookNode) -> str:
    """Join all text of an output; pictures are no text."""
    data = output.get("data", {})
    return "\n".join(
        [output.get("text", ""), *(str(data[kind]) for kind in data if kind.startswith("text/"))]
    )


def stages_of(lesson: Lesson, *starts: str) -> int:
    """Count the stages among the stored outputs, or those whose text starts as given."""
    shown = (str(output.get("data", {}).get("text/plain", "")) for output in lesson.outputs)
    return sum(text.startswith(starts or ("Explorer(", "Stage(")) for text in shown)


# ---- The rules --------------------------------------------------------------------------------------------


def executed_in_order(lesson: Lesson) -> Iterator[str]:
    """Every cell of code was run, once, from the top to the bottom."""
    counts = [cell.execution_count for cell in lesson.code]
    if counts != list(range(1, len(counts) + 1)):
        yield f"its execution counts are {counts}"


def ran_well(lesson: Lesson) -> Iterator[str]:
    """No output is an error or a warning."""
    for output in lesson.outputs:
        if output.output_type == "error" or output.get("name") == "stderr":
            yield f"an output is {output.get('ename', 'stderr')}: {output.get('evalue', output.get('text'))}"


def short_cells(lesson: Lesson) -> Iterator[str]:
    """Code comes in small pieces."""
    lengths = [lines(cell) for cell in lesson.code]
    if median(lengths) > MEDIAN_LINES:
        yield f"half of its cells have {median(lengths)} lines or more"
    if max(lengths) > LONGEST_CELL:
        yield f"a cell has {max(lengths)} lines"


def prose_outweighs_code(lesson: Lesson) -> Iterator[str]:
    """A lesson is literature."""
    words = sum(len(re.findall(r"[^\W\d_]{2,}", text)) for text in lesson.prose)
    code = sum(map(lines, lesson.code))
    if words < WORDS_PER_LINE * code:
        yield f"it has {words} words for {code} lines of code"


def no_machinery(lesson: Lesson) -> Iterator[str]:
    """A lesson defines no classes and wires no widgets."""
    for cell in lesson.code:
        for pattern, wrong in NOT_IN_CODE.items():
            if re.search(pattern, cell.source, re.MULTILINE):
                yield f"a cell {wrong}: {cell.source[:60]!r}"


def nothing_of_this_machine(lesson: Lesson) -> Iterator[str]:
    """What is stored is the same on every machine."""
    sources = [cell.source for cell in lesson.notebook.cells]
    for text in [*sources, *map(texts, lesson.outputs)]:
        for pattern, wrong in NOWHERE.items():
            if found := re.search(pattern, text):
                yield f"it {wrong}: {text[max(0, found.start() - 20) : found.end() + 20]!r}"


def says_how_long(lesson: Lesson) -> Iterator[str]:
    """The minutes that it takes stand at the top."""
    if not re.search(r"\b\d+ minutes\b", lesson.notebook.cells[0].source):
        yield "its first cell does not say how many minutes it takes"


def ends_with_what_to_remember(lesson: Lesson) -> Iterator[str]:
    """The last cell sums up and leads on to the next lesson."""
    if "## What to remember" not in lesson.prose[-1]:
        yield "its last cell is not 'What to remember'"
    following = lesson.all_names[lesson.all_names.index(lesson.name) + 1 :]
    if following and f"]({following[0]})" not in lesson.prose[-1]:
        yield f"its last cell has no link to {following[0]}"


def links_resolve(lesson: Lesson) -> Iterator[str]:
    """A link to a file leads to one."""
    for text in lesson.prose:
        for target in RELATIVE_LINK.findall(text):
            if target not in lesson.all_names and not (LESSONS / target).exists():
                yield f"it links to {target}, which is not there"


def plain_metadata(lesson: Lesson) -> Iterator[str]:
    """Any Python 3 opens it, and it stores no widgets' state."""
    metadata = lesson.notebook.metadata
    if metadata.get("kernelspec", {}).get("name") != "python3":
        yield f"its kernel is {metadata.get('kernelspec')}"
    if "widgets" in metadata:
        yield "it stores the state of its widgets"


def small_images(lesson: Lesson) -> Iterator[str]:
    """No picture is heavy."""
    for output in lesson.outputs:
        size = len(base64.b64decode(output.get("data", {}).get("image/png", "")))
        if size > LARGEST_IMAGE:
            yield f"an output's picture has {size} bytes"


def stages_have_stills(lesson: Lesson) -> Iterator[str]:
    """A stage shows where nothing runs."""
    for output, below in pairwise([*lesson.outputs, {}]):
        shown = str(output.get("data", {}).get("text/plain", ""))
        if shown.startswith(("Explorer(", "Stage(")) and "image/png" not in below.get("data", {}):
            yield f"{shown} has no picture below it"


def keeps_its_answers(lesson: Lesson) -> Iterator[str]:
    """Below a question its answer is not told, or folded; a single digit may stand there by chance."""
    for cell, below in pairwise(lesson.notebook.cells):
        asked = ASKED.search(cell.source) if cell.cell_type == "code" else None
        if asked and below.cell_type == "markdown":
            question = getattr(getattr(exercises, asked[1]), asked[2])().question
            told = FOLDED.sub("", below.source).replace("−", "-")
            if any(re.search(rf"(?<![\d.-]){re.escape(form)}(?!\.?\d)", told) for form in _forms(question)):
                yield f"its answer to {question.text!r} stands right below"


def _forms(question: Question) -> list[str]:
    """Return how an answer may be written, where it is long enough to be no chance."""
    if isinstance(question.answer, str):
        return [question.answer] if len(question.answer) > 8 else []
    number = format_number(question.answer).replace("−", "-")
    written = {number, f"{question.answer:g}", f"{question.answer:.1f}"}
    return [form for form in written if len(form) > 1]


RULES: tuple[Callable[[Lesson], Iterator[str]], ...] = (
    executed_in_order,
    ran_well,
    short_cells,
    prose_outweighs_code,
    no_machinery,
    nothing_of_this_machine,
    says_how_long,
    ends_with_what_to_remember,
    links_resolve,
    plain_metadata,
    small_images,
    stages_have_stills,
    keeps_its_answers,
)

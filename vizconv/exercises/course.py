"""The course: its lessons in order, and on the page what the learner has done in each."""

from dataclasses import asdict, dataclass
from pathlib import Path

import traitlets

from vizconv.engine.types import present
from vizconv.stage.modules import script, style
from vizconv.stage.widget import Widget

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Lesson:
    """A lesson's file and title, and how many questions it asks and functions it lets the learner write."""

    file: str
    title: str
    questions: int
    exercises: int

    @property
    def name(self) -> str:
        """The file's name without number and ending: what is remembered goes by it."""
        return Path(self.file).stem.partition("_")[2]


LESSONS = (
    Lesson("01_cross_correlation.ipynb", "01 · Cross-correlation", 5, 1),
    Lesson("02_convolution.ipynb", "02 · Convolution", 4, 1),
    Lesson("03_kernels_on_pictures.ipynb", "03 · Kernels on pictures", 4, 1),
    Lesson("04_convolutional_layer.ipynb", "04 · A convolutional layer", 7, 1),
    Lesson("05_chain_rule.ipynb", "05 · The chain rule", 4, 2),
    Lesson("06_one_dimension.ipynb", "06 · One dimension", 4, 1),
    Lesson("07_two_dimensions.ipynb", "07 · Two dimensions", 7, 3),
    Lesson("08_pooling.ipynb", "08 · Pooling", 5, 1),
    Lesson("09_softmax_and_loss.ipynb", "09 · Softmax and loss", 6, 2),
    Lesson("10_training.ipynb", "10 · LeNet-5 learns to read digits", 0, 0),
    Lesson("11_loops_to_gemm.ipynb", "11 · From loops to a matrix product", 4, 1),
)


class Course(Widget):
    """A table of the lessons; marks say what was opened, answered and solved, as the browser remembers it."""

    _esm = script(HERE / "course.js")
    _css = style(HERE / "course.css")
    _lessons = traitlets.List().tag(sync=True)

    def __init__(self):
        super().__init__(_lessons=[{"name": lesson.name, **asdict(lesson)} for lesson in LESSONS])

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = present(super()._repr_mimebundle_(**kwargs))
        return {**data, "text/plain": repr(self)}, metadata

    def __repr__(self):
        return f"Course of {len(LESSONS)} lessons"


def course() -> Course:
    """Show the lessons, and what the learner has done so far."""
    return Course()

"""The course says what its lessons hold, and a lesson knows its name."""

import re

import pytest

from tests.exercises.questions import QUESTIONS
from tests.lessons.rules import names, read
from vizconv.exercises import course, lesson05
from vizconv.exercises.course import LESSONS
from vizconv.exercises.to_write import neuron
from vizconv.stage.lesson import lesson_name

ASKED = {f"{make.__module__[-8:]}.{make.__name__}" for make in QUESTIONS}


def test_every_lesson_but_the_first_is_in_the_course():
    assert tuple(lesson.file for lesson in LESSONS) == names()[1:]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_holds_what_the_course_says(lesson):
    notebook = read(lesson.file)
    assert notebook.prose[0].startswith(f"# {lesson.title}")
    called = re.findall(r"\bexercises\.(lesson\d\d\.\w+)\(", "\n".join(cell.source for cell in notebook.code))
    questions = [name for name in called if name in ASKED]
    assert len(set(questions)) == len(questions) == lesson.questions
    assert len(called) - len(questions) == lesson.exercises


def test_the_questions_of_all_lessons_differ():
    """They are remembered by their texts."""
    texts = [make().question.text for make in QUESTIONS]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("started_for", "name"),
    [
        ("lessons/01_cross_correlation.ipynb", "cross_correlation"),
        ("08_pooling.ipynb", "pooling"),
        ("lessons/my_own.ipynb", ""),
        ("01_cross_correlation.py", ""),
        ("", ""),
    ],
)
def test_a_lesson_is_known_by_its_file_without_the_number(monkeypatch, started_for, name):
    monkeypatch.setenv("JPY_SESSION_NAME", started_for)
    assert lesson_name() == course().lesson == name


def test_nothing_is_known_where_no_server_says_it(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert lesson_name() == ""


def test_a_course_says_in_a_line_what_it_is():
    data, _ = course()._repr_mimebundle_()
    assert data["text/plain"] == "Course of 11 lessons"


def test_only_what_is_right_is_solved():
    solved = lesson05.check(neuron.right)
    assert solved.right and solved.solved == "neuron.right"
    assert not lesson05.check(lambda *_: [0, 0, 0]).solved
    data, _ = solved._repr_mimebundle_()
    assert data["text/plain"] == repr(solved) and "application/vnd.jupyter.widget-view+json" in data


def test_exercises_of_one_lesson_are_told_apart():
    keys = [neuron.NEURON.key, neuron.LAYER.key]
    assert len(set(keys)) == 2

"""Exercises: predictions that answer at once, and checkers for functions that the learner writes.

One module a lesson: `exercises.lesson01.first_result()` asks, `exercises.lesson01.check(function)` checks.
"""

from vizconv.exercises import (
    lesson01,
    lesson02,
    lesson03,
    lesson04,
    lesson05,
    lesson06,
    lesson07,
    lesson08,
    lesson09,
    lesson11,
)
from vizconv.exercises.checker import Verdict, check
from vizconv.exercises.course import Course, course
from vizconv.exercises.exercise import Exercise
from vizconv.exercises.prediction import Prediction, Question, predict
from vizconv.exercises.reply import Reply

__all__ = [
    "Course",
    "Exercise",
    "Prediction",
    "Question",
    "Reply",
    "Verdict",
    "check",
    "course",
    "lesson01",
    "lesson02",
    "lesson03",
    "lesson04",
    "lesson05",
    "lesson06",
    "lesson07",
    "lesson08",
    "lesson09",
    "lesson11",
    "predict",
]

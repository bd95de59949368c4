"""Bring your own backward: a function of a learner's own, tried on inputs chosen to expose mistakes."""

from vizconv.exercises.diagnosing.diagnosis import Diagnosis, FirstWrong, diagnose

__all__ = ["Diagnosis", "FirstWrong", "diagnose"]

"""Failure detection: evidence (numbers) and symptoms (rules)."""

from ganzoo.evaluation.diagnosis.probe import Probe
from ganzoo.evaluation.diagnosis.symptoms import SYMPTOMS, Symptom, periodicity

__all__ = ["SYMPTOMS", "Probe", "Symptom", "periodicity"]

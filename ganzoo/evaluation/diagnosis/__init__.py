"""What a teacher sees when looking at a GAN that trains: evidence in numbers, and symptoms in words."""

from ganzoo.evaluation.diagnosis.probe import Witness
from ganzoo.evaluation.diagnosis.symptoms import SYMPTOMS, Symptom, periodicity

__all__ = ["SYMPTOMS", "Symptom", "Witness", "periodicity"]

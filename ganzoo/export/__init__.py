"""Generators for other programs: knows no model, takes networks."""

from ganzoo.export.saved_model import export_generator

__all__ = ["export_generator"]

"""Generators for other programs: SavedModel, TensorFlow Serving, ONNX, LiteRT; knows no model, asks `endpoints()`."""

from ganzoo.export.bundle import FORMATS, check_path, check_request, export_generator

__all__ = ["FORMATS", "check_path", "check_request", "export_generator"]

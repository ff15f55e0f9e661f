"""Training: `train`, its callbacks (`training.callbacks`) and what a run leaves on disk (`training.runs`)."""

import importlib

__all__ = ["callbacks", "runs", "train"]


def __getattr__(name):  # so that reading a run directory does not wait for Keras
    if name == "train":
        return importlib.import_module("ganzoo.training.loop").train
    if name in __all__:
        return importlib.import_module(f"ganzoo.training.{name}")
    raise AttributeError(f"module 'ganzoo.training' has no attribute {name!r}")

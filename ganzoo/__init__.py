"""ganzoo: a zoo of generative adversarial networks for Keras 3 on TensorFlow.

Names are imported when they are first used, so that a command's --help does not wait for TensorFlow.
"""

import importlib
import os
import sys
from importlib.abc import Loader
from importlib.machinery import ModuleSpec

from wrapt import when_imported

from ganzoo.registry import MODELS

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow notes at length that a CPU machine has no GPU
# Without these kernels, which TensorFlow takes by itself on some processors only, a DCGAN step takes 1.7 times as long.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
# Keep freed memory for the next step: asking the system for it anew costs elementwise operations two thirds of their time.
os.environ.setdefault("TF_CPU_ALLOCATOR_USE_BFC", "1")
# Take a GPU's memory as it is needed: a process that takes all of it leaves none for a look at the samples beside a training.
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")

__version__ = "0.2.0"

_MODULES = {
    **{name: f"ganzoo.{name}" for name in (
        *("augmentation", "core", "data", "errors", "evaluation", "export", "layers", "losses", "models"),
        *("networks", "objectives", "optimizers", "recipes", "regularizers", "testing", "textures", "training"),
    )},
    "images": "ganzoo.utils.images",
    # Names of 0.1.0.
    "callbacks": "ganzoo.training.callbacks",
    "inversion": "ganzoo.evaluation.inversion",
    "latents": "ganzoo.core.inputs",
    "metrics": "ganzoo.evaluation.metrics",
    "theory": "ganzoo.evaluation.theory",
}  # fmt: skip
_FUNCTIONS = {"load": "ganzoo.training.loading"}

__all__ = [*MODELS, *_MODULES, *_FUNCTIONS]


def __getattr__(name):
    if name in MODELS or name in _FUNCTIONS:
        return getattr(importlib.import_module(MODELS[name].module if name in MODELS else _FUNCTIONS[name]), name)
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    raise AttributeError(f"module 'ganzoo' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])


class _KerasFirst:
    """Import Keras, and through `_register` the zoo, before the first module of ours that is built on it.

    Were Keras imported by such a module itself, the zoo would be imported while that module is still without its names.
    """

    without_keras = (
        "ganzoo.__main__",
        "ganzoo.commands",
        "ganzoo.errors",
        "ganzoo.registry",
        "ganzoo.textures",
        "ganzoo.utils",
    )

    def find_spec(self, name, path=None, target=None):
        """Return the module itself where importing Keras has imported it, else nothing; see `importlib.abc.MetaPathFinder`."""
        if not name.startswith("ganzoo.") or name.startswith(self.without_keras) or "keras" in sys.modules:
            return None
        importlib.import_module("keras")
        module = sys.modules.get(name)
        if module is not None:
            module.__spec__ = ModuleSpec(name, _Loaded(module.__spec__))  # the import system takes a loaded module's own
        return module and module.__spec__


class _Loaded(Loader):
    """Load a module that is loaded already: executing it again would make a second one of every class in it."""

    def __init__(self, spec):
        self.spec = spec

    def create_module(self, spec):
        return sys.modules[spec.name]

    def exec_module(self, module):
        module.__spec__ = self.spec


sys.meta_path.insert(0, _KerasFirst())


@when_imported("keras")
def _register(keras):
    """Make all classes of the zoo known to `keras.models.load_model`, whichever of the two is imported first."""
    for module in (*(entry.module for entry in MODELS.values()), "ganzoo.layers", "ganzoo.augmentation"):
        importlib.import_module(module)

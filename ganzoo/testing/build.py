"""Finding the class to check, and building it small."""

import importlib.util
import inspect
import pathlib
import sys

from ganzoo.core import config
from ganzoo.core.model import AdversarialModel
from ganzoo.core.validation import MANY_STEPS
from ganzoo.errors import InputError

SMALL = (8, 8, 1)  # (height, width, channels) of the images that a GAN is checked on, where it can make them


def load(target):
    """Return what `path/to/file.py:MyGAN` names.

    Raises:
        InputError: if there is no such file or name, or the file cannot be run.
    """
    path, _, name = target.rpartition(":")
    file = pathlib.Path(path).expanduser().resolve()
    if not path or not name or not file.is_file():
        raise InputError(f"expected path/to/file.py:MyGAN, a Python file and a class in it. Received: {target}")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    sys.path.insert(0, str(file.parent))
    spec.loader.exec_module(module)
    if not hasattr(module, name):
        raise InputError(f"{file} has no {name}.")
    return getattr(module, name)


def build(subject, options):
    """Return the model to check; one that is built here and has several stages is in its last.

    Args:
        subject: a class, a model, or a function without arguments that returns a model.
        options: keyword arguments for a class.
    """
    if isinstance(subject, AdversarialModel):
        return subject
    model = _build(subject, options)
    for stage in range(model.stage + 1, len(model.stages(MANY_STEPS))):
        model.enter(stage)
    return model


def _build(subject, options):
    if not inspect.isclass(subject):
        model = subject(**options)
        if not isinstance(model, AdversarialModel):
            raise InputError(f"expected a ganzoo GAN, a class of one or a function that returns one. Received: {model!r}")
        return model
    if not issubclass(subject, AdversarialModel):
        raise InputError(f"{subject.__name__} must be a subclass of ganzoo.GAN.")
    if (
        "image_shape" in config.parameters(subject)
        and "image_shape" not in options
        and getattr(subject, "example_ndim", 3) == 3
    ):
        try:
            return subject(image_shape=SMALL, **options)
        except Exception:  # of whatever kind: some networks are written for one size, and are then built in theirs
            return subject(**options)
    return subject(**options)

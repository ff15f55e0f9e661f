"""ganzoo: a zoo of generative adversarial networks for Keras 3 on TensorFlow.

Names are imported when they are first used, so that a command's --help does not wait for TensorFlow.
"""

import importlib
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow notes at length that a CPU machine has no GPU
# Without these kernels, which TensorFlow takes by itself on some processors only, a DCGAN step takes 1.7 times as long.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
# Keep freed memory for the next step: asking the system for it anew costs elementwise operations two thirds of their time.
os.environ.setdefault("TF_CPU_ALLOCATOR_USE_BFC", "1")

__version__ = "0.1.0"

_CLASSES = {
    "CGAN": "ganzoo.models.cgan",
    "DCGAN": "ganzoo.models.dcgan",
    "DigitRelativisticGAN": "ganzoo.models.digit_relativistic",
    "DigitWGAN": "ganzoo.models.digit_wgan",
    "DigitWGANGP": "ganzoo.models.digit_wgan",
    "FunctionGAN": "ganzoo.models.function_gan",
    "GAN": "ganzoo.gan",
    "InfoGAN": "ganzoo.models.infogan",
    "LSGAN": "ganzoo.models.lsgan",
    "PointGAN": "ganzoo.models.point_gan",
    "RelativisticGAN": "ganzoo.models.relativistic",
    "WGAN": "ganzoo.models.wgan",
    "WGANGP": "ganzoo.models.wgan_gp",
}
_MODULES = (
    *("augmentation", "callbacks", "data", "errors", "evaluation", "export", "images", "latents", "layers", "losses"),
    *("models", "optimizers", "regularizers"),
)
_FORMER_HOMES = {  # names of 0.1.0, kept for a release
    "inversion": "ganzoo.evaluation.inversion",
    "metrics": "ganzoo.evaluation.metrics",
    "theory": "ganzoo.evaluation.theory",
}

__all__ = [*_CLASSES, *_MODULES, *_FORMER_HOMES]


def __getattr__(name):
    if name in _CLASSES:
        return getattr(importlib.import_module(_CLASSES[name]), name)
    if name in _MODULES:
        return importlib.import_module(f"ganzoo.{name}")
    if name in _FORMER_HOMES:
        return importlib.import_module(_FORMER_HOMES[name])
    raise AttributeError(f"module 'ganzoo' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])

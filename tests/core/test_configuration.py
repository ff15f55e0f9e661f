"""Attribute = constructor argument: every ganzoo object can be written down, built again, compared and described."""

import functools
import importlib
import inspect
import json
import pkgutil

import keras
import numpy as np
import pytest
from conftest import fast_only, make_gan, make_tiny, slow

import ganzoo
from ganzoo import losses, networks, objectives, regularizers
from ganzoo.augmentation import (
    Adaptive,
    Compose,
    InstanceNoise,
    RandomAffine,
    RandomColor,
    RandomCutout,
    RandomFlip,
    RandomTranslation,
)
from ganzoo.core import config, inputs
from ganzoo.core.model import AdversarialModel
from ganzoo.data import FunctionGraph
from ganzoo.data.masks import Mask
from ganzoo.errors import InputError
from ganzoo.losses.f_divergences import FDivergence
from ganzoo.registry import MODELS

# Class -> arguments to try beside the defaults; what cannot be made without arguments has some here.
ARGUMENTS = {
    inputs.Normal: [(3,)],
    inputs.NormalMap: [(4, 6, 3)],
    inputs.TruncatedNormal: [(3, 0.5)],
    inputs.Uniform: [(np.int64(3),)],
    inputs.Code: [(2,)],
    inputs.Category: [(5,)],
    inputs.Label: [(10,), (2, (0.25, 0.75))],
    inputs.Setting: [((0.5, 1),)],
    inputs.Text: [(("a", "seven"), 3), (("a", "seven"), 3, ("a seven", "seven"))],
    inputs.Image: [((8, 8, 1),), ((8, 4, 3), (0.0, 1.0))],
    Mask: [(8, 4), (8, 8, "center")],
    networks.Dense: [(), ((8, 4), 0.0), ((8,), 0.5, 3)],
    networks.PointDense: [(), (8,), ((8, 4), "tanh")],
    networks.DCGAN: [(), (True, True, 3)],
    networks.Texture: [(), (False, 4, 2)],
    networks.InfoGAN: [(), (8, 3)],
    networks.Attention: [(), (8, False, 3)],
    networks.BigGAN: [(), (8, False, 3)],
    networks.Residual: [(), (8, 2, 2, 3)],
    networks.Compact: [(), (8, 16, 3)],
    networks.Spatial: [(), (2, 8, 16, 3)],
    networks.Translation: [(), (8, 0, 2, 2)],
    networks.ContextEncoder: [(), (8,)],
    networks.Progressive: [(), (8, 2)],
    networks.StyleGAN: [()],
    networks.StyleGAN2: [(), (8, 16, 2)],
    networks.StyleGAN3: [(), (8, 16, 1, 5, 0, 2)],
    networks.Stack: [(), (8, 16, 4, 0)],
    networks.PartialUNet: [(), (8,)],
    networks.SuperResolution: [(), (8, 0)],
    networks.Changed: [(), (networks.Dense((8,)), True, "discrimination", 16)],
    regularizers.GradientPenalty: [(), (1.0,)],
    regularizers.R1: [(), (1,)],
    regularizers.R2: [(), (1.5,)],
    regularizers.Orthogonal: [(), (1.0,)],
    regularizers.DRAGAN: [(), (1.0, 0.25, True)],
    regularizers.HistoricalAveraging: [(), (1.0,)],
    regularizers.Scheduled: [(regularizers.R1(1.0), keras.optimizers.schedules.ExponentialDecay(1.0, 10, 0.5))],
    losses.FeatureMatching: [(), (2.0, "dense")],
    Adaptive: [(RandomFlip(), 0.5, 100)],
    regularizers.WeightClip: [(), (0.1, False)],
    regularizers.PathLength: [(), (1.0, 0.1)],
    regularizers.Lazy: [(regularizers.R1(1.0), 4)],
    losses.LabelNoise: [(), (losses.NonSaturating(), 0.2, 0.1)],
    losses.TopK: [(), (losses.Hinge(), 0.5)],
    losses.ZeroSum: [(), (losses.Hinge(),)],
    RandomFlip: [()],
    RandomTranslation: [(), (0.25,)],
    RandomCutout: [(), (0.25,)],
    RandomColor: [(), (0.5, 0.0, 2)],
    InstanceNoise: [(), (0.5,)],
    Compose: [([RandomFlip(), RandomCutout(0.25)],)],
    RandomAffine: [(), (0.1, 0.2, 0.3, 0.4)],
    FunctionGraph: [(), ("x*y",), ("x^2", 2)],
    objectives.Objective: [(), ("hinge", [regularizers.R1(1.0)], 3, "sgd", keras.optimizers.Adam(1e-3), "logits")],
    **{cls: [()] for cls in losses.BY_NAME.values()},
}
ABSTRACT = {losses.Loss, FDivergence, networks.GrowingNetworks, networks.Networks, regularizers.Regularizer, inputs.Input}


def all_configurable():
    """Return every public subclass of `Configurable` in ganzoo."""
    for module in pkgutil.walk_packages(ganzoo.__path__, "ganzoo."):
        if not module.name.endswith("__main__") and not module.name.startswith("ganzoo.explore.page"):  # needs Gradio
            importlib.import_module(module.name)
    found, queue = set(), [config.Configurable]
    while queue:
        queue += (below := queue.pop().__subclasses__())
        found |= {each for each in below if each.__module__.startswith("ganzoo.") and not each.__name__.startswith("_")}
    return found


@pytest.mark.slow
def test_every_configurable_class_is_tried():
    assert {each.__qualname__ for each in all_configurable() - ABSTRACT - ARGUMENTS.keys()} == set()


CASES = [(cls, arguments) for cls, several in ARGUMENTS.items() for arguments in several]


@pytest.mark.parametrize(("cls", "arguments"), CASES, ids=lambda each: getattr(each, "__name__", ""))
def test_objects_come_back_from_their_configuration(cls, arguments):
    thing = cls(*arguments)
    written = json.loads(json.dumps(config.serialize(thing)))
    again = config.deserialize(written)
    assert type(again) is cls
    assert again == thing
    assert hash(again) == hash(thing)
    assert repr(again) == repr(thing)
    assert again.get_config() == thing.get_config()
    assert list(thing.get_config()) == list(inspect.signature(cls.__init__).parameters)[1:] or not arguments


def test_objects_of_other_arguments_are_unequal():
    assert regularizers.R1(1.0) != regularizers.R1(2.0) != regularizers.R2(2.0)
    assert objectives.wasserstein() != objectives.wasserstein(learning_rate=1e-3)
    assert objectives.wasserstein() == objectives.wasserstein()
    assert networks.Dense((8,)) != networks.Dense((8, 8))


@pytest.mark.parametrize("name", objectives.BY_NAME)
def test_objectives_come_back_from_their_configuration(name):
    objective = objectives.BY_NAME[name]()
    assert config.deserialize(config.serialize(objective)) == objective


@pytest.mark.parametrize("name", fast_only(["GAN", "FunctionGAN"], MODELS))
def test_models_come_back_from_their_configuration(name):
    model = make_gan(name, seed=3)
    assert model.get_config().keys() >= set(config.parameters(type(model)))
    written = json.loads(json.dumps(model.get_config()))
    again = type(model).from_config(written)
    assert again.settings() == model.settings()
    for ours, theirs in zip(again.weights, model.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("options", [
    {"classes": 3}, slow({"ema_half_life_images": 8.0}), slow({"augmentation": RandomAffine(0.1)}),
    slow({"latent": inputs.Uniform(4)}), {"objective": objectives.wasserstein_gp()}, slow({"value_range": (-1, 1)}),
])  # fmt: skip
def test_every_argument_of_a_gan_comes_back(options):
    gan = make_gan("GAN", **options)
    again = type(gan).from_config(json.loads(json.dumps(gan.get_config())))
    assert again.settings() == gan.settings()
    for name in options:
        assert config.description(getattr(again, name)) == config.description(getattr(gan, name))


# Arguments of a model -> each makes other settings, which a resume compares.
CHANGES = {
    "GAN": {"ema_half_life_images": 8.0, "objective": objectives.minimax(), "augmentation": RandomAffine(), "seed": 3,
            "networks": networks.Dense((8,)), "latent": inputs.Uniform(4), "classes": 3},
    "DCGAN": {"networks": networks.DCGAN(upsample_last=True), "objective": objectives.dcgan(1e-3)},
    "CGAN": {"classes": 4, "networks": networks.DCGAN(embedding_size=3)},
    "ACGAN": {"classes": 4},
    "InfoGAN": {"category_weight": 2.0, "code_weight": 2.0, "code_sigma": 2.0, "augmentation": None, "categories": 4,
                "codes": 3, "networks": networks.InfoGAN(8)},
    "WGAN": {"objective": objectives.wasserstein(clip_all_weights=True), "networks": networks.Texture(critic_width=2)},
    "SAGAN": {"classes": 4, "networks": networks.Attention(4, False), "objective": objectives.hinge()},
    "BigGAN": {"classes": 4, "networks": networks.BigGAN(4, False), "orthogonal": 0.0, "ema_half_life_images": 7.0},
    "PointGAN": {"hidden": 8, "discriminator_activation": "tanh", "generator_activation": "tanh", "dimensions": 3},
    "FunctionGAN": {"function": "x*y", "ema_half_life_images": 5.0},
}  # fmt: skip


@pytest.mark.parametrize("name", fast_only(["PointGAN"], CHANGES))
def test_every_argument_stands_in_the_settings(name):
    known = [make_gan(name).settings()]
    for argument, value in CHANGES[name].items():
        settings = make_gan(name, **{argument: value}).settings()
        assert settings not in known, argument
        json.dumps(settings)
        known.append(settings)


def test_settings_hold_the_compiled_optimizers():
    one, other = make_tiny(), make_tiny()
    assert one.settings() == other.settings()
    other.compile(generator_optimizer=keras.optimizers.SGD(0.5))
    assert one.settings() != other.settings()


def test_python_functions_are_refused_before_a_file_is_written(tmp_path):
    gan = ganzoo.FunctionGAN(lambda x: x**2)
    path = tmp_path / "gan.keras"
    with pytest.raises(InputError, match="cannot be saved: it has no get_config"):
        gan.save(path)
    assert not path.exists()
    assert gan.settings()["function"]["function"] == "<lambda>"


def test_every_public_model_is_in_the_registry():
    for module in pkgutil.iter_modules(importlib.import_module("ganzoo.models").__path__, "ganzoo.models."):
        found = [
            name
            for name, each in vars(importlib.import_module(module.name)).items()
            if inspect.isclass(each) and issubclass(each, AdversarialModel) and each.__module__ == module.name
        ]
        assert found, module.name
        for name in found:
            assert name.startswith("_") or (name in MODELS and MODELS[name].module == module.name), (
                f"{name} of {module.name} is in no registry"
            )
    for name, entry in MODELS.items():
        assert getattr(ganzoo, name).__module__ == entry.module


def test_what_cannot_be_written_down_is_described_without_its_place_in_memory():
    class Jitter:
        def __call__(self, images, seed):
            return images

    for make in (Jitter, lambda: functools.partial(max, default=Jitter())):
        one, other = config.description(make()), config.description(make())
        assert one == other and "0x" not in one

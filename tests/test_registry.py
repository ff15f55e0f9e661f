"""The registry is the zoo: it agrees with the classes, the flags with the signatures, and the table with the README."""

import inspect

import pytest

import ganzoo
from ganzoo import augmentation, losses, models, networks, objectives, regularizers
from ganzoo.commands import arguments
from ganzoo.core.config import parameters
from ganzoo.core.model import AdversarialModel
from ganzoo.data.licenses import LICENSES
from ganzoo.data.loading import DATASETS, DESCRIBED, LANDSCAPE, PAIRS
from ganzoo.networks import changed
from ganzoo.registry import MODELS, RECIPES, make_help, table

# Arguments that other flags are about, or that no simple value describes.
OTHERS = {"seed", "name", "classes", "dimensions", "steps", "center", "scale"}


def simple(signature):
    """Return {name: default} of numbers, bools and None."""
    return {name: value for name, value in signature.items()
            if name not in OTHERS and (value is None or isinstance(value, (bool, int, float)))}  # fmt: skip


def signature_of(function):
    return {name: each.default for name, each in inspect.signature(function).parameters.items()}


def test_every_public_class_is_in_the_registry():
    import importlib
    import pkgutil

    found = {"GAN"}
    for module in pkgutil.iter_modules(models.__path__):
        names = vars(importlib.import_module(f"ganzoo.models.{module.name}")).items()
        found |= {name for name, each in names if isinstance(each, type) and issubclass(each, AdversarialModel)
                  and each.__module__ == f"ganzoo.models.{module.name}"}  # fmt: skip
    assert found == set(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_entries_agree_with_the_classes(name):
    cls, entry = getattr(ganzoo, name), MODELS[name]
    assert cls.__module__ == entry.module
    if entry.networks in arguments.CHOICES:
        assert type(cls.default_networks()) is networks.BY_NAME[entry.networks]
    elif entry.networks:
        default = cls.default_networks() if hasattr(cls, "default_networks") else parameters(cls)["networks"]
        assert arguments.NETWORKS[entry.networks] == simple(parameters(type(default)))
    if entry.objective == "own":
        own = simple(signature_of(cls.default_objective))
        assert entry.own_objective == own
        assert cls.default_objective not in objectives.BY_NAME.values()
    elif entry.objective:
        assert cls.default_objective is objectives.BY_NAME[entry.objective]
        assert entry.labels == (cls.default_classes is not None)


@pytest.mark.parametrize("name", MODELS)
def test_arguments_of_models_are_flags(name):
    cls = getattr(ganzoo, name)
    expected = simple(parameters(cls))
    own = {key: value for key, value in arguments.of_model(name).items() if key in expected}
    for key in ("image_shape", "class_shares", "networks", "objective", "augmentation", "value_range"):  # of data
        expected.pop(key, None)
    assert own == expected


@pytest.mark.parametrize("name", networks.BY_NAME)
def test_arguments_of_networks_are_flags(name):
    assert arguments.NETWORKS[name] == simple(parameters(networks.BY_NAME[name]))


@pytest.mark.parametrize("name", objectives.BY_NAME)
def test_arguments_of_objectives_are_flags(name):
    assert arguments.OBJECTIVES[name] == simple(signature_of(objectives.BY_NAME[name]))
    penalties = [type(getattr(each, "regularizer", each)).__name__ for each in objectives.BY_NAME[name]().regularizers]
    assert bool({"GradientPenalty", "R1", "R2"} & set(penalties)) == (name in arguments.WITH_GRADIENT_PENALTY)


def test_names_are_those_of_the_libraries():
    assert set(arguments.CHOICES) == set(networks.BY_NAME)
    assert set(arguments.OBJECTIVES) == set(objectives.BY_NAME)
    assert set(arguments.LOSSES) == set(losses.BY_NAME)
    assert set(arguments.AUGMENTATIONS) == set(augmentation.BY_NAME)
    assert arguments.MINIBATCH == changed.MINIBATCH
    assert set(arguments.REGULARIZERS) == set(regularizers.BY_NAME) >= set(arguments.OF_SLOPES)
    assert set(arguments.DATASETS["images"]) == {*DATASETS, LANDSCAPE}
    assert set(LICENSES) == {name for names in arguments.DATASETS.values() for name in names}
    assert set(arguments.DATASETS["pairs"]) == set(PAIRS)
    assert set(arguments.DATASETS["texts"]) == set(DESCRIBED)


def test_every_argument_has_a_text():
    tables = [*arguments.NETWORKS.values(), *arguments.OBJECTIVES.values(), *(arguments.of_model(name) for name in MODELS)]
    names = {name for each in (*tables, *(entry.own_objective for entry in MODELS.values())) for name in each}
    assert names <= set(arguments.ARGUMENTS)
    for each in tables:
        for name, value in each.items():
            assert value is None or type(value) is arguments.ARGUMENTS[name].kind, name


def test_recipes():
    assert len(RECIPES) == len(MODELS) + 3
    for recipe in RECIPES.values():
        assert not set(recipe.flags) - {"networks", "objective", "conditional"} - set(arguments.ARGUMENTS)
        assert all(model in MODELS for model, _ in recipe.variants.values())


def test_table_and_help_have_a_line_for_each():
    assert len(table().splitlines()) == 2 + len(MODELS)
    assert [line.split()[1] for line in make_help().splitlines()] == [f"train-{name}" for name in RECIPES]

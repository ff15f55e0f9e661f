"""Images are (N, height, width, channels), whatever `image_data_format` in keras.json says."""

import keras
import numpy as np
import pytest
from conftest import batch_for, make_gan

import ganzoo
from ganzoo.errors import InputError
from ganzoo.evaluation.features import Classifier
from ganzoo.registry import MODELS


@pytest.fixture
def channels_first():
    keras.config.set_image_data_format("channels_first")
    yield
    keras.config.set_image_data_format("channels_last")


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_channels_first_changes_nothing(name, channels_first):
    keras.utils.clear_session()  # layers are named through all models of a process, and some sums ordered by names
    gan = make_gan(name)
    assert keras.config.image_data_format() == "channels_first"
    logs = gan.train_on_batch(batch_for(gan))
    asked = gan.draw_inputs(
        2, **{key: np.zeros((2, *each.shape), "uint8") for key, each in gan.inputs.items() if is_image(each)}
    )
    samples = gan.render(asked)
    keras.config.set_image_data_format("channels_last")
    keras.utils.clear_session()
    usual = make_gan(name)
    assert usual.train_on_batch(batch_for(gan)) == logs
    np.testing.assert_array_equal(usual.render(asked), samples)


def is_image(each):
    return isinstance(each, ganzoo.core.inputs.Image)


@pytest.mark.slow
def test_student_network_of_convolutions(channels_first):
    class Student(ganzoo.GAN):
        def build_discriminator(self):
            return keras.Sequential([
                keras.Input(self.image_shape),
                keras.layers.Conv2D(4, 3, strides=2),
                keras.layers.Flatten(),
                keras.layers.Dense(1),
            ])  # fmt: skip

    kernels = [weight.shape for weight in Student((8, 8, 3)).discriminator.weights if weight.name == "kernel"]
    assert kernels == [(3, 3, 3, 4), (36, 1)]


@pytest.mark.slow
def test_classifier_of_features(channels_first, stripes):
    labelled = ganzoo.data.ImageDataset(stripes, np.arange(60) % 2)
    assert Classifier.train(labelled, steps=1, verbose=False).features(stripes).shape == (60, 128)


def test_setting_is_restored_after_a_refusal(channels_first):
    class Wrong(ganzoo.GAN):
        def build_generator(self):
            raise InputError("no")

    with pytest.raises(InputError):
        Wrong((8, 8, 1))
    assert keras.config.image_data_format() == "channels_first"

"""What is refused, with which sentence, before any work."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import fast_only, make_gan, make_tiny
from keras import layers

import ganzoo
from ganzoo import augmentation, networks, objectives, regularizers
from ganzoo.core.inputs import Image
from ganzoo.errors import InputError


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"image_shape": (8, 8)}, "image_shape must be"),
        ({"image_shape": (8, 0, 1)}, "image_shape entries must be a positive integer"),
        ({"latent": 0}, "latent size must be a positive integer"),
        ({"seed": -1}, "seed must be an integer in"),
        ({"seed": True}, "seed must be an integer in"),
        ({"ema_warmup": 0.05}, "ema_warmup is for an average"),
        ({"class_shares": (0.5, 0.5)}, "class_shares are of labels: give classes"),
        ({"classes": 2, "class_shares": (0.5, 0.6)}, "class_shares must be 2 numbers of at least 0 that sum to 1"),
        ({"classes": 3, "class_shares": (0.5, 0.5)}, "class_shares must be 3 numbers"),
        ({"ema_warmup": 0.0, "ema_half_life_images": 8.0}, "ema_warmup must be a positive number"),
        ({"ema_half_life_images": 0.0}, "ema_half_life_images must be a positive number"),
        ({"ema_half_life_images": float("nan")}, "ema_half_life_images must be a positive number"),
        ({"value_range": 3}, "value_range must be .low, high., two finite numbers. Received: value_range=3"),
        ({"value_range": (0,)}, "value_range must be .low, high."),
        ({"value_range": "ab"}, "value_range must be .low, high."),
        ({"value_range": (0, 1, 2)}, "value_range must be .low, high."),
        ({"value_range": (-np.inf, 1)}, "value_range must be .low, high., two finite numbers"),
        ({"augmentation": "flip"}, "augmentation must be an object such as .*RandomFlip.*Received: augmentation='flip'"),
        ({"augmentation": [augmentation.RandomFlip()]}, "augmentation must be an object such as"),
        ({"augmentation": augmentation.RandomFlip}, "augmentation must be an object such as"),
    ],
)
def test_bad_arguments(options, message):
    with pytest.raises(InputError, match=message):
        ganzoo.GAN(**options)


MODELS = [name for name in ganzoo.__all__ if isinstance(getattr(ganzoo, name), type) and hasattr(getattr(ganzoo, name), "play")]
OF_IMAGES = [name for name in MODELS if not issubclass(getattr(ganzoo, name), ganzoo.PointGAN)]


@pytest.mark.parametrize("name", MODELS)
def test_networks_that_are_no_pair_are_refused(name):
    for pair in (networks.Dense, "dcgan", 3):
        with pytest.raises(InputError, match="networks must be an object such as .*Received: networks="):
            getattr(ganzoo, name)(networks=pair)


MISFIT = (
    "networks must be an object such as|begins with|value_range must be|are told no labels|multiples of 16|power of 2|"
    "network without batch norm"
)
PAIRS = [name for name in networks.__all__ if name not in ("BY_NAME", "Networks", "GrowingNetworks")]


@pytest.mark.parametrize("name", fast_only(["GAN", "StackGAN"], OF_IMAGES))
def test_pairs_that_another_model_plays_with_are_refused(name):
    """Whatever pair meets whatever model, the model is built or a sentence says what fits."""
    taken = []
    for pair in PAIRS:
        try:
            getattr(ganzoo, name)((32, 32, 1), networks=getattr(networks, pair)())
            taken.append(pair)
        except InputError as error:
            assert re.search(MISFIT, str(error)), error
    assert taken
    if name == "CycleGAN":
        assert not {"Attention", "BigGAN", "ContextEncoder", "PartialUNet", "Stack", "StyleGAN", "StyleGAN2"} & set(taken)
    if name == "GAN":
        assert {"Attention", "BigGAN", "Changed", "Compact", "DCGAN", "Dense", "InfoGAN", "Residual", "Texture"} <= set(taken)
        assert not {"ContextEncoder", "PointDense", "Stack", "StyleGAN", "SuperResolution", "Translation"} & set(taken)


def test_a_pair_that_begins_with_an_image_serves_a_gan_of_images():
    class Enlarging(ganzoo.GAN):
        @property
        def inputs(self):
            return {"low": Image((8, 8, 1))}

    gan = Enlarging((16, 16, 1), networks=networks.SuperResolution(4, 0), value_range=(-1, 1))
    assert gan.generator.input_shape == (None, 8, 8, 1)


@pytest.mark.parametrize("name", OF_IMAGES)
def test_shapes_that_are_none_of_images_are_refused(name):
    for shape in ("8x8", 8, (8,), (32, 32), (32.0, 32, 1), (32, 0, 1)):
        with pytest.raises(InputError, match="image_shape (must be .height, width, channels.|entries must be a positive int)"):
            getattr(ganzoo, name)(image_shape=shape)


def test_what_points_follow_from_is_not_given_besides():
    for options in ({"image_shape": (3,)}, {"image_shape": 2}, {"value_range": (0, 1)}):
        with pytest.raises(InputError, match=f"{next(iter(options))} of points follows from"):
            ganzoo.PointGAN(2, **options)
    assert ganzoo.PointGAN(2, image_shape=[2], value_range=[-np.inf, np.inf]).image_shape == (2,)
    with pytest.raises(InputError, match="dimensions follow from the function: 2. Received: dimensions=3"):
        ganzoo.FunctionGAN("x**2", dimensions=3)


@pytest.mark.parametrize("name", ["regularizers", "generator_regularizers"])
def test_regularizers_are_a_list_of_them(name):
    for value in ("r1", ["r1"], [regularizers.R1], regularizers.HistoricalAveraging(1.0)):
        with pytest.raises(InputError, match=f"^{name} must be a list of ganzoo.regularizers"):
            objectives.Objective(**{name: value})


@pytest.mark.parametrize("name", objectives.BY_NAME)
@pytest.mark.parametrize("rate", [-1.0, 0, float("nan"), "fast"])
def test_rates_that_are_none_are_refused(name, rate):
    with pytest.raises(InputError, match="learning_rate must be a positive number"):
        objectives.BY_NAME[name](learning_rate=rate)


@pytest.mark.parametrize(("value", "message"), [(0, "Received: n_critic=0"), (True, ""), (1.5, "")])
def test_bad_n_critic(value, message):
    with pytest.raises(InputError, match=f"n_critic must be a positive integer.*{message}"):
        objectives.Objective(n_critic=value)


def test_numpy_integers_are_integers():
    gan = ganzoo.GAN((8, np.int64(8), 1), latent=np.int64(5), seed=np.int64(3))
    assert (gan.latent.size, gan.seed) == (5, 3)
    assert objectives.Objective(n_critic=np.int32(2)).n_critic == 2


@pytest.mark.parametrize("name", ["WGAN", "WGANGP", "RelativisticGAN", "DCGAN", "LSGAN", "CGAN", "ACGAN", "InfoGAN"])
@pytest.mark.parametrize(("size", "nearest"), [((30, 32), "32x32"), ((4, 8), "8x8"), ((33, 49), "32x48")])
def test_sizes_that_networks_cannot_make_are_refused_with_the_nearest(name, size, nearest):
    with pytest.raises(InputError, match=f"{name} makes images .* nearest is {nearest}"):
        getattr(ganzoo, name)(image_shape=(*size, 3))


def with_discriminator(*body, begin=True, **options):
    """Build a GAN whose discriminator consists of these layers."""

    class Textbook(ganzoo.GAN):
        def build_discriminator(self):
            return keras.Sequential([*([keras.Input(self.image_shape)] if begin else []), layers.Flatten(), *body])

    return Textbook(image_shape=(4, 4, 1), **options)


@pytest.mark.parametrize(
    ("body", "begin", "message"),
    [
        ([], True, r"build_discriminator must return logits \(N, 1\). Received: output shape \(N, 16\)"),
        ([layers.Dense(1, activation="sigmoid")], True, "the sigmoid is in the loss"),
        ([layers.Dense(1), layers.Activation("sigmoid")], True, "the sigmoid is in the loss"),
        ([layers.Dense(1), layers.Activation("hard_sigmoid"), layers.Dropout(0.1)], True, "ends in a hard_sigmoid"),
        ([layers.Dense(1, activation="tanh")], True, "ends in a tanh"),
        ([layers.Dense(1)], False, "build_discriminator must return .* that begins with keras.Input"),
    ],
)
def test_discriminator_validation(body, begin, message):
    with pytest.raises(InputError, match=message):
        with_discriminator(*body, begin=begin)


@pytest.mark.parametrize("images", ["bytes as floats", "int64", "beyond the range", "NaN", "from 0 to 1"])
def test_images_of_another_range_are_refused_at_every_door(images, stripes):
    gan, floats = make_tiny(), stripes.astype("float32")
    wrong = {
        "bytes as floats": floats,
        "int64": stripes.astype("int64"),
        "beyond the range": floats / 200 - 1.3,
        "NaN": np.full_like(floats, np.nan),
        "from 0 to 1": floats / 255,
    }[images]
    message = "images must be uint8 from 0 to 255, or floats from -1 to 1"
    with pytest.raises(InputError, match=message):
        gan.train_on_batch(wrong[:20])
    with pytest.raises(InputError, match=message):
        gan.fit(wrong, epochs=1, verbose=0)
    if wrong.dtype == np.float32:
        with pytest.raises(InputError, match=message):
            gan.train(tf.data.Dataset.from_tensor_slices(wrong).batch(20), steps=1, batch_size=8)
    assert gan.step == 0


def test_floats_in_range_are_taken(stripes):
    gan, floats = make_tiny(), stripes[:8].astype("float32") / 127.5 - 1
    gan.check_batches({"images": floats})
    assert np.isfinite(float(gan.play_step({"images": floats})["discriminator_loss"]))


def test_labels_are_checked_at_every_door(stripes):
    gan = make_gan("GAN", classes=3)
    right = np.arange(60) % 3
    for labels in (right + 1, right - 1, right / 1.0):
        with pytest.raises(InputError, match="labels must be integers from 0 to 2"):
            gan.train_on_batch(stripes[:8], labels[:8])
    with pytest.raises(InputError, match="labels must be integers from 0 to 2. Received: int64 from 0 to 3"):
        gan.train((stripes, np.arange(60) % 4), steps=1, batch_size=8)
    with pytest.raises(InputError, match="labels must be integers from 0 to 2"):
        gan.fit(stripes, right + 1, verbose=0)
    stream = tf.data.Dataset.from_tensor_slices((stripes, np.full(60, 12))).batch(20)
    with pytest.raises(InputError, match="labels must be integers from 0 to 2. Received: int64 from 12 to 12"):
        gan.train(stream, steps=1, batch_size=8)
    with pytest.raises(InputError, match="GAN needs labels"):
        gan.train_on_batch(stripes[:8])
    with pytest.raises(InputError, match="trains on images and labels, and images has no labels"):
        gan.train(stripes, steps=1, batch_size=8)
    with pytest.raises(InputError, match="all parts of a batch must have the same size"):
        gan.train_on_batch(stripes[:8], right[:7])
    with pytest.raises(InputError, match="Tiny takes images alone. Received: 2 parts"):
        make_tiny().train_on_batch(stripes[:8], right[:8])
    assert gan.step == 0


def test_batches_of_another_shape_or_number_are_refused(stripes):
    gan = make_tiny(objective=objectives.Objective(n_critic=5))
    with pytest.raises(InputError, match=r"images must be \(N, 8, 8, 1\). Received: shape \(60, 4, 8, 1\)"):
        gan.train_on_batch(stripes[:, :4])
    with pytest.raises(InputError, match="expected 5 batches a step"):
        gan.train_on_batch(stripes[:8].reshape(2, 4, 8, 8, 1))
    with pytest.raises(InputError, match=r"takes images \(8, 8, 1\). Received: images with \(4, 8, 1\)"):
        gan.train(stripes[:, :4], steps=1, batch_size=8)
    assert gan.step == 0


@pytest.mark.parametrize("name", ["validation_data", "validation_split", "class_weight", "sample_weight"])
def test_arguments_of_fit_without_a_meaning_are_refused(name, stripes):
    with pytest.raises(InputError, match=f"fit of a GAN has no {name}"):
        make_tiny().fit(stripes, **{name: 0.5})


def test_what_keras_offers_and_a_gan_has_not_is_refused(stripes):
    gan = make_tiny()
    for ask, message in [
        (lambda: gan.evaluate(stripes), "measure its samples with ganzoo.evaluation.metrics"),
        (lambda: gan.compile(steps_per_execution=2), "steps_per_execution is an argument of train"),
        (lambda: gan.compile(loss="mse"), "compile of a GAN has no loss"),
        (lambda: gan.compile(metrics=["mse"]), "compile of a GAN has no metrics"),
        (lambda: gan.train_on_batch(stripes[:8], sample_weight=np.ones(8)), "train_on_batch of a GAN has no sample_weight"),
        (lambda: gan.train_on_batch(stripes[:8], class_weight={0: 1.0}), "train_on_batch of a GAN has no class_weight"),
    ]:
        with pytest.raises(InputError, match=message):
            ask()
    assert gan.step == 0


@pytest.mark.slow
@pytest.mark.parametrize("late", [255.0, np.nan])
def test_stream_refused_where_a_later_batch_is_out_of_range(stripes, late):
    """A black first batch before bright ones, and NaN after good ones, stop the training with a sentence."""
    floats = stripes.astype("float32") / 127.5 - 1
    floats[40:] = late
    gan = make_tiny()
    with pytest.raises(InputError, match="images must be from -1.002 to 1.002. Received: values from"):
        gan.train(tf.data.Dataset.from_tensor_slices(floats).batch(20), steps=9, batch_size=20, verbose=False)
    assert 0 < gan.step < 9


@pytest.mark.slow
def test_stream_refused_where_a_later_label_is_beyond_the_classes(stripes):
    labels = np.r_[np.zeros(40, int), np.full(20, 12)]
    stream = tf.data.Dataset.from_tensor_slices((stripes, labels)).batch(20)
    with pytest.raises(InputError, match="labels must be from 0 to 9. Received: values from"):
        make_gan("CGAN").train(stream, steps=9, batch_size=20, verbose=False)

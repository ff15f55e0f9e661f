"""What every GAN of the zoo must do, and what makes each of them the one it is."""

import time

import numpy as np
import pytest
import tensorflow as tf
from conftest import ZOO, labels_for, make_gan
from ganzoo.latents import Codes

import ganzoo
from ganzoo import losses, state
from ganzoo.errors import InputError

LECTURE = ("DCGAN", "LSGAN", "CGAN", "InfoGAN", "DigitWGAN", "DigitWGANGP")
SIZES = ((28, 28, 1), (32, 32, 3), (48, 48, 4), (64, 64, 1), (96, 64, 3))


@pytest.mark.parametrize("name", ["DCGAN", "LSGAN", "DigitRelativisticGAN", "DigitWGAN", "DigitWGANGP"])
def test_the_lectures_networks_have_the_lectures_size(name):
    gan = getattr(ganzoo, name)()
    assert gan.generator.count_params() == 1_301_505
    assert gan.discriminator.count_params() == 1_080_577


def test_the_conditional_networks_are_as_much_larger_as_the_condition_needs():
    gan = ganzoo.CGAN()
    assert gan.generator.count_params() == 1_301_505 + 10 * 7 * 7 * 128
    assert gan.discriminator.count_params() == 1_080_577 + 11 * 784 + 25 * 32  # a dense layer, one more channel
    embedded = ganzoo.CGAN((8, 8, 1), embedding_size=3)
    assert {v.shape for v in embedded.generator.weights} >= {(10, 3), (103, 2 * 2 * 128)}


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ZOO)
def test_every_size_that_the_architecture_can_make(name, size):
    gan = getattr(ganzoo, name)(image_shape=size)
    assert gan.sample(2).shape == (2, *size)
    assert gan.judge(np.zeros((2, *size), "float32"), *labels_for(gan, 2))[0].shape == (2, 1)


@pytest.mark.parametrize("name", LECTURE)
def test_sizes_that_it_cannot_make_are_refused_with_the_nearest(name):
    with pytest.raises(InputError, match=f"{name} makes images .* nearest is 32x28"):
        getattr(ganzoo, name)(image_shape=(31, 27, 1))


@pytest.mark.slow
@pytest.mark.parametrize("name", ZOO)
def test_after_the_first_a_step_takes_under_a_second(name, stripes):
    gan = make_gan(name)
    arguments = stripes[:8], *labels_for(gan, 8)
    gan.train_on_batch(*arguments)
    for _ in range(2):
        start = time.perf_counter()
        assert all(np.isfinite(value) for value in gan.train_on_batch(*arguments).values())
        assert 0 < time.perf_counter() - start < 1.0


@pytest.mark.parametrize("name", ZOO)
def test_a_state_read_back_makes_the_same_images(name):
    one, other = make_gan(name), make_gan(name, seed=5)
    images = one.sample(3)
    assert not np.array_equal(images, other.sample(3))
    state.set_state(other, state.get_state(one))
    np.testing.assert_array_equal(images, other.sample(3))


@pytest.mark.parametrize("name", ["CGAN", pytest.param("InfoGAN", marks=pytest.mark.slow)])
def test_an_export_has_inputs_of_its_own_and_agrees(name, tmp_path):
    gan = make_gan(name)
    served = tf.saved_model.load(gan.export(tmp_path / "generator")).signatures
    rng = np.random.default_rng(0)
    names = {"CGAN": {"latents", "labels"}, "InfoGAN": {"latents", "categories", "codes"}}[name]
    assert set(served["serving_default"].structured_input_signature[1]) == names
    chosen = np.array([3, 1, 9], "int32")
    if name == "CGAN":
        inputs = {"latents": rng.uniform(-1, 1, (3, 4)).astype("float32"), "labels": chosen}
        expected = gan.generate(*inputs.values())
        seeds = {"seeds": [7, 8], "labels": [2, 2]}
        ours = np.concatenate([gan.sample(1, seed, labels=[2]) for seed in (7, 8)])
    else:
        inputs = {"latents": rng.uniform(-1, 1, (3, 4)).astype("float32"), "categories": chosen,
                  "codes": rng.uniform(-2, 2, (3, 2)).astype("float32")}  # fmt: skip
        expected = gan.generate(np.hstack([inputs["latents"], np.eye(10)[chosen], inputs["codes"]]))
        seeds = {"seeds": [7, 8]}
        ours = np.concatenate([gan.sample(1, seed) for seed in (7, 8)])
    images = served["serving_default"](**{key: tf.constant(value) for key, value in inputs.items()})["images"]
    assert np.abs(np.rint(np.asarray(images) * 255) - expected).max() <= 1
    seeded = served["from_seed"](**{key: tf.constant(value, tf.int32) for key, value in seeds.items()})["images"]
    assert np.abs(np.asarray(seeded).astype(int) - ours).max() <= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["CGAN", "InfoGAN"])
def test_a_resumed_run_ends_with_the_same_bits(name, tmp_path, stripes):
    data = ganzoo.data.ImageDataset(stripes, np.arange(60) % 10)
    every = {"log_every": 1, "sample_every": 9, "checkpoint_every": 1, "batch_size": 8, "verbose": False}
    whole, half, rest = (make_gan(name) for _ in range(3))
    whole.train(data, steps=4, **every)
    half.train(data, steps=2, run_dir=tmp_path / "run", **every)
    rest.train(data, steps=4, run_dir=tmp_path / "run", resume=True, **every)
    ours, theirs = state.get_state(whole), state.get_state(rest)
    assert [key for key in ours if ours[key].tobytes() != theirs[key].tobytes()] == []


def test_the_two_warnings_of_the_lecture_can_be_tried():
    plain, normalised, late = (
        ganzoo.DCGAN((8, 8, 1), **options) for options in ({}, {"discriminator_batch_norm": True}, {"strides_last": True})
    )
    assert sum("moving" in v.name for v in plain.discriminator.weights) == 0
    assert sum("moving" in v.name for v in normalised.discriminator.weights) == 6
    assert [layer.output.shape[1] for layer in plain.generator.layers if "conv" in layer.name] == [4, 8, 8, 8]
    assert [layer.output.shape[1] for layer in late.generator.layers if "conv" in layer.name] == [2, 2, 4, 8]


ARGUMENTS = {
    "GAN": {"n_critic": 2, "ema_half_life_images": 8.0, "loss": losses.Minimax()},
    "DCGAN": {"discriminator_batch_norm": True, "strides_last": True, "learning_rate": 1e-3},
    "CGAN": {"classes": 4, "embedding_size": 3},
    "InfoGAN": {"category_weight": 2.0, "code_weight": 2.0, "code_sigma": 2.0, "hidden": 8, "augmentation": None},
    "WGAN": {"clip": 0.1, "literal_clipping": True, "learning_rate": 1e-3},
    "WGANGP": {"penalty": 2.0, "critic_width": 2},
    "RelativisticGAN": {"gamma": 2.0, "critic_width": 2, "learning_rate": 1e-3},
    "DigitRelativisticGAN": {"gamma": 2.0, "learning_rate": 1e-3},
    "DigitWGAN": {"clip": 0.1},
    "DigitWGANGP": {"penalty": 2.0},
    "PointGAN": {"hidden": 8, "discriminator_activation": "tanh"},
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_every_argument_stands_in_the_settings_that_a_resume_compares(name):
    make = getattr(ganzoo, name)
    shape = {"dimensions": 2} if name == "PointGAN" else {"image_shape": (8, 8, 1)}
    known = [make(**shape).settings()]
    for argument, value in ARGUMENTS[name].items():
        settings = make(**shape, **{argument: value}).settings()
        assert settings not in known, argument
        known.append(settings)


@pytest.mark.parametrize("name", ["WGANGP", "RelativisticGAN", "DigitRelativisticGAN", "DigitWGANGP"])
def test_what_another_game_would_need_is_no_argument(name):
    with pytest.raises(TypeError, match="clip"):
        getattr(ganzoo, name)((8, 8, 1), clip=0.5)


def test_least_squares_and_wasserstein_are_what_they_are_called():
    assert isinstance(ganzoo.LSGAN((8, 8, 1)).loss_pair, losses.LeastSquares)
    gan = ganzoo.DigitWGAN((8, 8, 1))
    assert (type(gan.loss_pair), gan.n_critic, gan.value_range) == (losses.Wasserstein, 5, (0.0, 1.0))


@pytest.mark.parametrize("name", ["RelativisticGAN", "DigitRelativisticGAN"])
def test_a_relativistic_game_has_both_penalties_and_logs_the_gap_alone(name):
    gan = getattr(ganzoo, name)((8, 8, 1), gamma=0.5)
    assert isinstance(gan.loss_pair, losses.Relativistic)
    assert [(type(each).__name__, each.weight) for each in gan.regularizers] == [("R1", 0.5), ("R2", 0.5)]
    assert [optimizer.beta_1 for optimizer in gan.build_optimizers()] == [0.0, 0.0]
    assert set(gan.game_measures(np.ones((2, 1)), np.zeros((2, 1)))) == {"logit_gap"} < set(gan.log_words)


def test_a_conditional_gan_draws_what_it_is_asked_for(stripes):
    gan = make_gan("CGAN")
    assert gan.sample().shape == (10, 8, 8, 1)
    assert gan.sample(labels=[3, 1, 4]).shape == (3, 8, 8, 1)
    np.testing.assert_array_equal(gan.sample(4, labels=[3, 1]), gan.sample(labels=[3, 1, 3, 1]))
    other = gan.sample(2, labels=[5]), gan.sample(2, labels=[6])
    assert not np.array_equal(*other)
    path = gan.interpolate(3, label=7)
    assert np.abs(path[0].astype(int) - gan.sample(1, 0, labels=[7])[0]).max() <= 1
    for labels in ([10], [-1], [], [1.5]):
        with pytest.raises(InputError, match="labels must be integers from 0 to 9"):
            gan.sample(labels=labels)
    with pytest.raises(InputError, match="CGAN needs labels"):
        gan.train_on_batch(stripes[:8])
    with pytest.raises(InputError, match="GAN takes no labels"):
        make_gan("GAN").train_on_batch(stripes[:8], np.zeros(8, int))
    with pytest.raises(InputError, match="trains on images with labels"):
        gan.train(stripes, steps=1, batch_size=8)
    with pytest.raises(InputError, match="labels must be integers from 0 to 9. Received: int64 from 0 to 10"):
        gan.train((stripes, np.arange(60) % 11), steps=1, batch_size=8)


@pytest.mark.slow
def test_a_conditional_gan_learns_the_condition(stripes):
    """Column c is bright in images of label c: after training a sample's brightest column is its label."""
    labels = np.arange(512) % 8
    images = np.random.default_rng(0).integers(0, 40, (512, 8, 8, 1))
    images[np.arange(512), :, labels] += 200
    gan = ganzoo.CGAN((8, 8, 1), classes=8, latent=8, learning_rate=1e-3)
    gan.train((images.astype("uint8"), labels), steps=600, batch_size=64, verbose=False)
    asked = np.arange(64) % 8
    assert (gan.sample(64, labels=asked)[..., 0].sum(axis=1).argmax(axis=1) == asked).mean() > 0.9


def test_codes_are_drawn_as_their_law_says():
    codes = Codes(noise=3, categories=5, continuous=2)
    noise, category, continuous = (np.asarray(part) for part in codes.split(codes.draw(4000, (1, 2))))
    assert codes.size == 10
    assert set(category.sum(axis=1)) == {1.0}
    assert np.abs(category.mean(axis=0) - 0.2).max() < 0.03
    for part in (noise, continuous):
        assert -1 <= part.min() < -0.99 < 0.99 < part.max() < 1
    assert abs(np.corrcoef(noise[:, 0], category.argmax(1))[0, 1]) < 0.05
    np.testing.assert_array_equal(codes.draw_each(tf.constant([[7, 0]]))[0], codes.draw_each(tf.constant([[8, 1], [7, 0]]))[1])


def test_infogan_never_sees_a_label_and_its_codes_can_be_chosen():
    gan = make_gan("InfoGAN")
    assert not gan.needs_labels
    logits, rest = gan.judge(np.zeros((2, 8, 8, 1), "float32"))
    assert [tuple(output.shape) for output in (logits, *rest)] == [(2, 1), (2, 10), (2, 2)]
    chosen = gan.sample(3, categories=[4], codes=[0.5, -0.5])
    assert chosen.shape == (3, 8, 8, 1)
    assert gan.traversal(1, 5).shape == (50, 8, 8, 1)
    probabilities, means = gan.recognise(chosen)
    assert probabilities.shape == (3, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert means.shape == (3, 2)
    with pytest.raises(InputError, match="categories must be integers from 0 to 9"):
        gan.sample(3, categories=[10])
    with pytest.raises(InputError, match="codes must be finite"):
        gan.sample(3, codes=[1.0])
    with pytest.raises(InputError, match="code must be from 0 to 1"):
        gan.traversal(2)


def test_the_information_is_bounded_by_the_entropy_of_the_category():
    gan = make_gan("InfoGAN")
    head = gan.discriminator.get_layer("category_logits")
    head.kernel.assign(np.zeros(head.kernel.shape))  # Q says nothing: all categories equally likely
    logs = gan.discriminator_step(tf.zeros((8, 8, 8, 1)))
    assert float(logs["information"]) == pytest.approx(0.0, abs=1e-5)
    assert float(logs["category_loss"]) == pytest.approx(np.log(10), abs=1e-5)


@pytest.mark.slow
def test_training_raises_the_information(stripes):
    gan = ganzoo.InfoGAN((8, 8, 1), Codes(4, 8, 1), augmentation=None)
    history = gan.train(stripes, steps=100, batch_size=32, log_every=1, verbose=False).history["information"]
    assert history[0] < 0.5 < 1.5 < history[-1] <= np.log(8)

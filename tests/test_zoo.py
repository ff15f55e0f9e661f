"""What makes each GAN of the zoo the one it is; what all must do is in tests/core and `ganzoo.testing`."""

import time

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import batch_for, fast_only, grown, make_gan, make_tiny
from keras import ops

import ganzoo
from ganzoo import losses, networks, objectives
from ganzoo.core import state
from ganzoo.core.config import parameters
from ganzoo.core.inputs import Image
from ganzoo.errors import InputError
from ganzoo.registry import MODELS

SIZES = ((28, 28, 1), (32, 32, 3), (48, 48, 4), (64, 64, 1), (96, 64, 3))
IMAGES = [
    name
    for name in MODELS
    if name not in ("PointGAN", "FunctionGAN", "UnrolledGAN") and "image_shape" in parameters(getattr(ganzoo, name))
]
DIGITS = {
    "DCGAN": lambda: ganzoo.DCGAN(),
    "LSGAN": lambda: ganzoo.LSGAN(),
    "WGAN": lambda: ganzoo.WGAN((28, 28, 1), networks=networks.DCGAN()),
    "WGANGP": lambda: ganzoo.WGANGP((28, 28, 1), networks=networks.DCGAN()),
    "RelativisticGAN": lambda: ganzoo.RelativisticGAN((28, 28, 1), networks=networks.DCGAN()),
}


@pytest.mark.parametrize("name", fast_only(["DCGAN"], DIGITS))
def test_lecture_networks_have_the_lectures_size(name):
    gan = DIGITS[name]()
    assert gan.generator.count_params() == 1_301_505
    assert gan.discriminator.count_params() == 1_080_577


@pytest.mark.slow
def test_conditional_networks_are_as_much_larger_as_the_condition_needs():
    gan = ganzoo.CGAN()
    assert gan.generator.count_params() == 1_301_505 + 10 * 7 * 7 * 128
    assert gan.discriminator.count_params() == 1_080_577 + 11 * 784 + 25 * 32  # a dense layer, one more channel
    embedded = ganzoo.CGAN((8, 8, 1), networks=networks.DCGAN(embedding_size=3))
    assert {v.shape for v in embedded.generator.weights} >= {(10, 3), (103, 2 * 2 * 128)}


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", IMAGES)
def test_every_size_that_networks_can_make(name, size):
    if name == "TextureGAN" and size[0] % 16:
        pytest.skip("its crops are whole cells of 16 pixels")
    gan = grown(getattr(ganzoo, name)(image_shape=size))
    given = {key: np.zeros((2, *each.shape), "uint8") for key, each in gan.inputs.items() if isinstance(each, Image)}
    assert gan.sample(2, **given).shape == (2, *size)
    if isinstance(gan, ganzoo.GAN):
        labels = {"labels": np.arange(2)} if "labels" in gan.examples else {}
        assert gan.discriminate(np.zeros((2, *size), "float32"), labels).logits.shape == (2, 1)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(8, 12, 3), (12, 8, 1)])
def test_sides_may_differ(size):
    gan = ganzoo.WGAN(image_shape=size)
    assert gan.sample(2).shape == (2, *size)
    assert gan.discriminator(np.zeros((2, *size), "float32")).shape == (2, 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_after_the_first_a_step_takes_under_a_second(name):
    model = make_gan(name)
    batch = batch_for(model, 8)
    model.train_on_batch(batch)
    for _ in range(2):
        start = time.perf_counter()
        assert all(np.isfinite(value) for value in model.train_on_batch(batch).values())
        assert 0 < time.perf_counter() - start < 1.0


@pytest.mark.parametrize("name", fast_only(["CGAN"], MODELS))
def test_state_read_back_makes_the_same_samples(name):
    one, other = make_gan(name), make_gan(name, seed=5)
    inputs = one.draw_inputs(3, **{key: batch_for(one, 3)[key] for key in one.inputs if key in one.examples})
    samples = one.render(inputs)
    assert not np.array_equal(samples, other.render(inputs))
    state.set_state(other, state.get_state(one))
    np.testing.assert_array_equal(samples, other.render(inputs))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["CGAN", "InfoGAN"])
def test_resumed_run_ends_with_the_same_bits(name, tmp_path, stripes):
    data = ganzoo.data.ImageDataset(stripes, np.arange(60) % 10)
    every = {"log_every": 1, "sample_every": 9, "checkpoint_every": 1, "batch_size": 8, "verbose": False}
    whole, half, rest = (make_gan(name) for _ in range(3))
    whole.train(data, steps=4, **every)
    half.train(data, steps=2, run_dir=tmp_path / "run", **every)
    rest.train(data, steps=4, run_dir=tmp_path / "run", resume=True, **every)
    ours, theirs = state.get_state(whole), state.get_state(rest)
    assert [key for key in ours if ours[key].tobytes() != theirs[key].tobytes()] == []


# (steps, options) of those that need longer than 300 steps.
LONGER = {
    "DCGAN": (600, {}),
    "CGAN": (600, {"objective": objectives.dcgan(1e-3)}),
    "ACGAN": (600, {"objective": objectives.dcgan(1e-3)}),
    "InfoGAN": (900, {}),
    "FGAN": (600, {}),
    "WGANGP": (900, {}),
    "SAGAN": (300, {"objective": ganzoo.models.sagan.objective(5e-4)}),
    "BigGAN": (300, {"objective": ganzoo.models.biggan.objective(5e-4), "ema_half_life_images": 200.0}),
    "ProgressiveGAN": (300, {"networks": networks.Progressive(width=16), "ema_half_life_images": 200.0}),
    "StyleGAN": (300, {"networks": networks.StyleGAN(width=16, style_size=16, mapping_layers=2)}),
    "StyleGAN2": (300, {"networks": networks.StyleGAN2(8, 16, 2), "ema_half_life_images": 500.0, "ema_warmup": 0.05}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in IMAGES if issubclass(getattr(ganzoo, name), ganzoo.GAN)])
def test_training_moves_samples_toward_the_data(name, stripes):
    steps, options = LONGER.get(name, (300, {}))
    gan = make_gan(name, **{"networks": None} | options)
    if gan.image_shape[0] == 32:  # a texture, whose parts are independent of each other as the latents of its cells are
        parts = stripes[np.random.default_rng(0).integers(60, size=(60, 4, 4))]
        stripes = parts.transpose(0, 1, 3, 2, 4, 5).reshape(60, 32, 32, 1)

    def distance():
        """How far the mean picture and the brightness spread of the samples are from the data's."""
        samples, data = gan.sample(60) / 255.0, stripes / 255.0
        samples = samples.repeat(8 // samples.shape[1] or 1, axis=1).repeat(8 // samples.shape[2] or 1, axis=2)
        return np.abs(samples.mean(0) - data.mean(0)).mean() + abs(samples.std(0).mean() - data.std(0).mean())

    before = distance()
    gan.train((stripes, np.arange(60) % 10) if "labels" in gan.examples else stripes, steps=steps, batch_size=16, verbose=False)
    assert distance() < 0.5 * before
    assert (gan.sample(60) / 255.0).std(0).mean() > 0.3 * (stripes / 255.0).std(0).mean(), "all samples are alike"


@pytest.mark.slow
def test_two_warnings_of_the_lecture_can_be_tried():
    plain, normalized, late = (
        ganzoo.DCGAN((8, 8, 1), networks=networks.DCGAN(**options))
        for options in ({}, {"discriminator_batch_norm": True}, {"upsample_last": True})
    )
    assert sum("moving" in v.name for v in plain.discriminator.weights) == 0
    assert sum("moving" in v.name for v in normalized.discriminator.weights) == 6
    assert [layer.output.shape[1] for layer in plain.generator.layers if "conv" in layer.name] == [4, 8, 8, 8]
    assert [layer.output.shape[1] for layer in late.generator.layers if "conv" in layer.name] == [2, 2, 4, 8]


# Name -> (loss, n_critic, regularizers, (beta_1 or None) of the optimizers, value_range).
GAMES = {
    "GAN": (losses.NonSaturating, 1, [], 0.5, (-1.0, 1.0)),
    "DCGAN": (losses.NonSaturating, 1, [], None, (0.0, 1.0)),
    "LSGAN": (losses.LeastSquares, 1, [], None, (0.0, 1.0)),
    "CGAN": (losses.NonSaturating, 1, [], None, (0.0, 1.0)),
    "ACGAN": (losses.NonSaturating, 1, [], None, (0.0, 1.0)),
    "InfoGAN": (losses.NonSaturating, 1, [], 0.5, (0.0, 1.0)),
    "WGAN": (losses.Wasserstein, 5, ["WeightClip"], None, (-1.0, 1.0)),
    "WGANGP": (losses.Wasserstein, 5, ["GradientPenalty"], 0.0, (-1.0, 1.0)),
    "RelativisticGAN": (losses.Relativistic, 1, ["R1", "R2"], 0.0, (-1.0, 1.0)),
    "SAGAN": (losses.Hinge, 1, [], 0.0, (-1.0, 1.0)),
    "StyleGAN": (losses.NonSaturating, 1, ["R1"], 0.0, (-1.0, 1.0)),
    "ProgressiveGAN": (losses.Wasserstein, 2, ["GradientPenalty"], 0.0, (-1.0, 1.0)),
}


def rate_of(optimizer):
    return float(ops.convert_to_numpy(optimizer.learning_rate))


@pytest.mark.parametrize(
    ("objective", "expected"),
    [
        (objectives.wasserstein(clip=0.02, clip_all_weights=True), "WeightClip(limit=0.02, only_kernels=False)"),
        (objectives.wasserstein_gp(penalty=3.0), "GradientPenalty(weight=3.0)"),
        (objectives.relativistic(gamma=0.3), "R1(weight=0.3)"),
        (ganzoo.models.progressive_gan.objective(drift=0.5), "Wasserstein(drift=0.5)"),
        (ganzoo.models.progressive_gan.objective(penalty=4.0), "GradientPenalty(weight=4.0)"),
        (objectives.non_saturating_r1(gamma=0.7), "R1(weight=0.7)"),
    ],
)
def test_arguments_of_an_objective_reach_its_parts(objective, expected):
    assert expected in repr(objective)


# Name -> (the generator's learning rate, the discriminator's).
RATES = {
    "GAN": (2e-4, 2e-4),
    "SAGAN": (1e-4, 4e-4),
    "BigGAN": (5e-5, 2e-4),
    "InfoGAN": (1e-3, 2e-4),
    "UnrolledGAN": (1e-3, 1e-4),
}


@pytest.mark.parametrize("name", fast_only(["GAN"], RATES))
def test_rates_of_both_players(name):
    gan = make_gan(name)
    assert (rate_of(gan.generator_optimizer), rate_of(gan.discriminator_optimizer)) == pytest.approx(RATES[name])


@pytest.mark.parametrize("name", fast_only(["GAN", "LSGAN", "WGAN", "WGANGP"], GAMES))
def test_each_game_is_what_it_is_called(name):
    gan = make_gan(name)
    loss, n_critic, regularizers, beta_1, value_range = GAMES[name]
    assert isinstance(gan.objective.loss, loss)
    assert (gan.n_critic, gan.value_range) == (n_critic, value_range)
    assert [type(each).__name__ for each in gan.players["discriminator"].regularizers] == regularizers
    assert gan.players["generator"].regularizers == ()
    optimizers = gan.discriminator_optimizer, gan.generator_optimizer
    assert [getattr(each, "beta_1", None) for each in optimizers] == [beta_1] * 2


def test_relativistic_game_logs_the_gap_alone():
    gan = make_gan("RelativisticGAN", objective=objectives.relativistic(0.5))
    assert [each.weight for each in gan.objective.regularizers] == [0.5, 0.5]
    assert set(gan.objective.measure(np.ones((2, 1)), np.zeros((2, 1)))) == {"logit_gap"} < set(gan.display_names)


def test_conditional_gan_draws_what_it_is_asked_for():
    gan = make_gan("CGAN")
    assert gan.sample().shape == (10, 8, 8, 1)
    assert gan.sample(labels=[3, 1, 4]).shape == (3, 8, 8, 1)
    np.testing.assert_array_equal(gan.sample(4, labels=[3, 1]), gan.sample(labels=[3, 1, 3, 1]))
    other = gan.sample(2, labels=[5]), gan.sample(2, labels=[6])
    assert not np.array_equal(*other)
    path = gan.interpolate(3, labels=7)
    assert np.abs(path[0].astype(int) - gan.sample(1, 0, labels=[7])[0]).max() <= 1
    for labels in ([10], [-1], [], [1.5]):
        with pytest.raises(InputError, match="labels must be integers from 0 to 9"):
            gan.sample(labels=labels)
    assert gan.preview().ndim == 3


@pytest.mark.slow
@pytest.mark.parametrize("make", [ganzoo.CGAN, ganzoo.ACGAN])
def test_conditional_gan_learns_the_condition(make):
    """Column c is bright in images of label c: after training a sample's brightest column is its label."""
    labels = np.arange(512) % 8
    images = np.random.default_rng(0).integers(0, 40, (512, 8, 8, 1))
    images[np.arange(512), :, labels] += 200
    gan = make((8, 8, 1), classes=8, latent=8, objective=objectives.dcgan(1e-3))
    gan.train((images.astype("uint8"), labels), steps=600, batch_size=64, verbose=False)
    asked = np.arange(64) % 8
    assert (gan.sample(64, labels=asked)[..., 0].sum(axis=1).argmax(axis=1) == asked).mean() > 0.9


@pytest.mark.slow
def test_auxiliary_classifier_gan_reads_labels_without_being_told():
    gan = make_gan("ACGAN", classes=3)
    assert len(gan.discriminator.inputs) == 1
    said = gan.discriminate(np.zeros((2, 8, 8, 1), "float32"))
    assert [tuple(each.shape) for each in (said.logits, *said.outputs)] == [(2, 1), (2, 3)]
    logs = gan.play_step({"images": np.zeros((6, 8, 8, 1), "uint8"), "labels": np.arange(6) % 3})
    names = {"real_class_loss", "fake_class_loss", "generator_fake_class_loss", "class_accuracy"}
    assert names < logs.keys()
    assert 0 <= float(logs["class_accuracy"]) <= 1


@pytest.mark.slow
def test_draws_of_infogan_are_independent():
    gan = make_gan("InfoGAN", categories=5)
    drawn = {name: np.asarray(values) for name, values in gan.draw_values((4000,), (1, 2)).items()}
    assert np.abs(np.bincount(drawn["categories"], minlength=5) / 4000 - 0.2).max() < 0.03
    for part in (drawn["latents"], drawn["codes"]):
        assert -1 <= part.min() < -0.99 < 0.99 < part.max() < 1
    numbers = np.hstack([drawn["latents"], drawn["codes"], drawn["categories"][:, None]])
    assert np.abs(np.corrcoef(numbers.T) - np.eye(numbers.shape[1])).max() < 0.06
    one = gan.draw_inputs(3, seed=7)
    np.testing.assert_array_equal(one["codes"][:1], gan.draw_inputs(1, seed=7)["codes"])


@pytest.mark.slow
def test_infogan_sees_no_label_and_its_codes_can_be_chosen():
    gan = make_gan("InfoGAN")
    assert list(gan.examples) == ["images"]
    said = gan.discriminate(np.zeros((2, 8, 8, 1), "float32"))
    assert [tuple(output.shape) for output in (said.logits, *said.outputs)] == [(2, 1), (2, 10), (2, 2)]
    chosen = gan.sample(3, categories=[4], codes=[0.5, -0.5])
    assert chosen.shape == (3, 8, 8, 1)
    assert gan.traversal(1, 5).shape == (50, 8, 8, 1)
    probabilities, means = gan.recognize(chosen)
    assert probabilities.shape == (3, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert means.shape == (3, 2)
    with pytest.raises(InputError, match="categories must be integers from 0 to 9"):
        gan.sample(3, categories=[10])
    with pytest.raises(InputError, match="codes must be finite"):
        gan.sample(3, codes=[[1.0]])
    with pytest.raises(InputError, match="code must be from 0 to 1"):
        gan.traversal(2)


@pytest.mark.slow
def test_information_is_bounded_by_the_entropy_of_the_category():
    gan = make_gan("InfoGAN")
    head = gan.discriminator.get_layer("category_logits")
    head.kernel.assign(np.zeros(head.kernel.shape))  # Q says nothing: all categories equally likely
    logs = gan.play_step({"images": np.zeros((8, 8, 8, 1), "uint8")})
    assert float(logs["information"]) == pytest.approx(0.0, abs=1e-5)
    assert float(logs["category_loss"]) == pytest.approx(np.log(10), abs=1e-5)


@pytest.mark.slow
def test_training_raises_the_information(stripes):
    gan = ganzoo.InfoGAN((8, 8, 1), 4, categories=8, codes=1, augmentation=None)
    history = gan.train(stripes, steps=100, batch_size=32, log_every=1, verbose=False).history["information"]
    assert history[0] < 0.5 < 1.5 < history[-1] <= np.log(8)


def test_average_of_the_generator_is_an_option_of_all():
    assert list(make_tiny(ema_half_life_images=8.0).players["generator"].averages) == ["generator"]
    assert make_tiny().players["generator"].averages == {}


def test_from_seed_of_a_step_is_a_function_of_model_seed_and_step():
    gan = make_gan("GAN")
    draws = [np.asarray(gan.latent.draw((2,), gan._seed(stream, count))) for stream in (0, 1) for count in (0, 1)]
    assert len({draw.tobytes() for draw in draws}) == 4
    assert all(isinstance(draw, np.ndarray) and tf.is_tensor(gan._seed(0, 0)) for draw in draws)


def test_infogan_draws_its_latents_as_they_are_declared():
    """Labels that are drawn, and latents of another distribution, among its own inputs."""
    gan = ganzoo.InfoGAN((8, 8, 1), networks=networks.Compact(8, 8), classes=3, class_shares=(0.5, 0.25, 0.25))
    drawn = gan.draw_inputs(400, seed=1)
    assert set(drawn) == {"latents", "categories", "codes", "labels"}
    assert 0.9 < drawn["latents"].std() < 1.1 and np.abs(drawn["codes"]).max() <= 1
    assert 0.4 < (drawn["labels"] == 0).mean() < 0.6
    assert gan.sample(4, seed=2).shape == (4, 8, 8, 1)
    assert [each.name for each in gan.combined.inputs] == list(gan.inputs)
    uniform = ganzoo.InfoGAN((8, 8, 1)).draw_inputs(50, seed=1)
    assert np.abs(uniform["latents"]).max() <= 1


def test_truncation_keeps_optimizers_of_another_kind():
    gan = ganzoo.BigGAN((8, 8, 1), latent=4, networks=networks.BigGAN(8))
    gan.compile(generator_optimizer="sgd")
    other = gan.truncated(0.5, images=64)
    assert type(other.generator_optimizer) is keras.optimizers.SGD
    assert np.abs(other.draw_inputs(20)["latents"]).max() <= 0.5


def test_attention_maps_of_any_pair_and_without_attention():
    gan = ganzoo.SAGAN((8, 8, 1), latent=4, networks=networks.Changed(networks.Attention(8), minibatch="std"))
    assert gan.attention_maps(gan.draw_inputs(2)).shape == (2, 4, 4, 4, 4)
    with pytest.raises(InputError, match="has no attention"):
        plain = ganzoo.SAGAN((8, 8, 1), latent=4, networks=networks.Compact(8, 8))
        plain.attention_maps(plain.draw_inputs(2))


@pytest.fixture
def translating():
    """How to make a small CycleGAN, and bright squares on dark ground and their negatives."""
    rng = np.random.default_rng(0)
    a = rng.integers(0, 40, (60, 16, 16, 1))
    for image in a:
        row, column = rng.integers(0, 12, 2)
        image[row : row + 5, column : column + 5] += 200
    return lambda identity: make_gan("CycleGAN", cycle_weight=3.0, identity_weight=identity), {
        "a": a.astype("uint8"),
        "b": (255 - a).astype("uint8"),
    }


@pytest.mark.slow
def test_losses_of_cyclegan_are_the_papers(translating):
    make, images = translating
    gan = make(2.0)
    batch = {side: gan.to_value_range(tf.constant(values[:4])) for side, values in images.items()}
    b, a = (gan.translate(batch[x], x + y, training=True) for x, y in ("ab", "ba"))  # G(a), F(b)
    fake = {"a": a, "b": b}
    expected = {
        "generator_b_loss": np.mean((gan.discriminate(b, "b") - 1) ** 2),
        "generator_a_loss": np.mean((gan.discriminate(a, "a") - 1) ** 2),
        "cycle_loss": 3 * (np.abs(gan.translate(b, "ba", True) - batch["a"]).mean()
                           + np.abs(gan.translate(a, "ab", True) - batch["b"]).mean()),
        "identity_loss": 2 * (np.abs(gan.translate(batch["b"], "ab", True) - batch["b"]).mean()
                              + np.abs(gan.translate(batch["a"], "ba", True) - batch["a"]).mean()),
    } | {
        f"discriminator_{side}_loss": np.mean((gan.discriminate(batch[side], side) - 1) ** 2) / 2
        + np.mean(gan.discriminate(fake[side], side) ** 2) / 2
        for side in "ab"
    }  # fmt: skip
    logs = gan.train_on_batch({side: values[:4] for side, values in images.items()})
    assert logs == pytest.approx({name: float(value) for name, value in expected.items()}, rel=1e-4)
    assert int(gan.buffers["a"].count) == 4 and np.allclose(gan.buffers["a"].images.value[:4], a, atol=1e-6)


@pytest.mark.slow
def test_cyclegan_learns_to_translate_both_ways(translating):
    make, images = translating
    gan = make(0.0)  # an identity holds on to what is, and these images are to become their opposites
    gan.compile({name: keras.optimizers.Adam(2e-3, beta_1=0.5) for name in ("generators", "discriminators")})

    def errors():
        made = gan.sample(a=images["a"][:30]), gan.sample(endpoint="b_to_a", b=images["b"][:30])
        return [np.abs(each / 255.0 - images[side][:30] / 255.0).mean() for each, side in zip(made, "ba", strict=True)]

    before = errors()
    gan.train(images, steps=200, batch_size=8, verbose=False)
    assert max(now / then for now, then in zip(errors(), before, strict=True)) < 0.6

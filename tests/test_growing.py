"""GANs that grow: what fades in and how, what a stage keeps, and a training over all stages."""

import itertools
import json

import keras
import numpy as np
import pytest
from conftest import batch_for, data_for, grown, make_gan
from keras import ops

import ganzoo
from ganzoo import losses, networks
from ganzoo.core import state
from ganzoo.core.inputs import Normal
from ganzoo.errors import InputError
from ganzoo.layers import FadeIn
from ganzoo.networks.growing import Kept, last_level, shape_at
from ganzoo.training.callbacks import SampleQuality

RNG = np.random.default_rng(0)
EVERY = {"batch_size": 6, "log_every": 1, "checkpoint_every": 1, "sample_every": 2, "verbose": False}


def test_fade_in_is_exact_at_both_ends_and_linear_between():
    fade, old, new = FadeIn(4), *RNG.normal(size=(2, 3, 2)).astype("float32") * 1e3
    for steps in range(7):
        share = min(1, steps / 4)
        np.testing.assert_allclose(fade([old, new]), (1 - share) * old + share * new, rtol=1e-6)
        if share in (0, 1):
            np.testing.assert_array_equal(fade([old, new]), new if share else old)
        fade.advance()


LEVELS = [((4, 4, 1), 0), ((7, 7, 1), 0), ((28, 28, 1), 2), ((96, 64, 3), 4), ((48, 48, 3), 3)]


@pytest.mark.parametrize(("shape", "level"), LEVELS)
def test_sizes_double_from_four_to_eight_pixels(shape, level):
    assert last_level(shape) == level
    assert shape_at(shape, level) == shape
    assert 4 <= min(shape_at(shape, 0)[:2]) <= max(shape_at(shape, 0)[:2]) < 8
    networks.Progressive().check(shape, "it")


OTHERS = [((30, 30, 1), "32x32"), ((9, 9, 1), "8x8"), ((64, 8, 3), "16x8"), ((2, 2, 3), "4x4"), ((44, 44, 1), "48x48")]


@pytest.mark.parametrize(("shape", "nearest"), OTHERS)
def test_other_sizes_are_refused_with_the_nearest(shape, nearest):
    with pytest.raises(InputError, match=f"ProgressiveGAN makes images .* the nearest is {nearest}. Received: {shape[0]}x"):
        ganzoo.ProgressiveGAN(shape)
    sides = [int(side) for side in nearest.split("x")]
    networks.Progressive().check((*sides, 1), "it")


@pytest.mark.slow
def test_the_warm_up_of_an_average_does_not_begin_anew_with_a_size():
    gan = make_gan("ProgressiveGAN", stage_steps=10, ema_half_life_images=1e6, ema_warmup=1.0)
    for _ in range(3):
        gan.train_on_batch(batch_for(gan, 4))
    gan.enter(1)
    old = [ops.convert_to_numpy(weight) for weight in gan.ema_generator.trainable_variables]
    gan.train_on_batch(batch_for(gan, 4))
    decay = 0.5 ** (1 / 4)  # the fourth batch of four
    assert int(gan.players["generator"].averaged_examples) == 16
    for mean, weight, before in zip(gan.ema_generator.trainable_variables, gan.generator.trainable_variables, old, strict=True):
        np.testing.assert_allclose(mean, weight + decay * (before - weight), rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_the_average_fades_in_with_the_network_that_it_follows(stripes):
    gan = ganzoo.ProgressiveGAN((8, 8, 1), latent=4, stage_steps=4, ema_half_life_images=10_000.0)
    shares = []

    class Fades(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            pair = (gan.generator, gan.ema_generator)
            fades = [[each for each in network._flatten_layers() if isinstance(each, FadeIn)] for network in pair]
            shares.append([float(each[0].share) if each else None for each in fades])

    gan.train(stripes, steps=8, batch_size=4, callbacks=[Fades()], log_every=1, verbose=False)
    assert [own for own, _ in shares if own is not None] == [0.5, 1.0, 1.0, 1.0]
    assert all(own == average for own, average in shares)


def test_stages_come_with_the_steps():
    gan = make_gan("ProgressiveGAN", image_shape=(16, 16, 1), stage_steps=10)
    assert [(stage.steps, stage.name) for stage in gan.stages(25)] == [(10, "4x4"), (10, "8x8"), (5, "16x16")]
    assert [stage.steps for stage in gan.stages(100)] == [10, 10, 80]
    assert [stage.steps for stage in gan.stages(10)] == [10]
    assert gan.stages(11)[1].examples["images"].shape == (8, 8, 1)


def test_long_stages_take_data_of_the_last_size():
    gan = ganzoo.ProgressiveGAN((32, 32, 1), latent=4, stage_steps=400_000)
    gan.check_data(ganzoo.data.ImageDataset(np.zeros((8, 32, 32, 1), "uint8")))
    with pytest.raises(InputError, match="Received: .* with .16, 16, 1."):
        gan.check_data(ganzoo.data.ImageDataset(np.zeros((8, 16, 16, 1), "uint8")))


def test_drift_is_the_squared_output_for_real_images():
    real, fake = RNG.normal(size=(2, 5)).astype("float32")
    drift = losses.Wasserstein(0.5).discriminator(real, fake) - losses.Wasserstein().discriminator(real, fake)
    np.testing.assert_allclose(drift, 0.5 * real**2, rtol=1e-5, atol=1e-6)
    with pytest.raises(InputError, match="drift"):
        losses.Wasserstein(-1)


@pytest.mark.slow
def test_networks_are_the_smaller_ones_before_a_block_fades_in_and_the_full_ones_after():
    pair, kept, inputs, shape = networks.Progressive(width=6), [Kept(), Kept()], {"latents": Normal(3)}, (8, 8, 1)
    small, large = (pair.build_generator(inputs, shape, level, kept[0], fade=4) for level in (0, 1))
    small_critic, large_critic = (pair.build_discriminator(shape, level=level, kept=kept[1], fade=4) for level in (0, 1))
    latents, images = RNG.normal(size=(5, 3)).astype("float32"), RNG.uniform(-1, 1, (5, 8, 8, 1)).astype("float32")
    np.testing.assert_allclose(large(latents), np.asarray(small(latents)).repeat(2, 1).repeat(2, 2), atol=1e-6)
    means = images.reshape(5, 4, 2, 4, 2, 1).mean(axis=(2, 4))
    np.testing.assert_allclose(large_critic(images), small_critic(means), atol=1e-6)
    full, full_critic = pair.build_generator(inputs, shape, kept=kept[0]), pair.build_discriminator(shape, kept=kept[1])
    assert np.abs(np.asarray(large(latents)) - full(latents)).max() > 0.01
    for network in (large, large_critic):
        fades = [each for each in network.layers if isinstance(each, FadeIn)]
        assert len(fades) == 1
        fades[0].steps.assign(4)
    np.testing.assert_allclose(large(latents), full(latents), atol=1e-6)
    np.testing.assert_allclose(large_critic(images), full_critic(images), atol=1e-6)


@pytest.mark.slow
def test_all_layers_of_earlier_stages_learn_on():
    gan = make_gan("ProgressiveGAN", stage_steps=4, ema_half_life_images=10.0)
    images = RNG.integers(0, 256, (6, 4, 4, 1), dtype="uint8")
    for _ in range(2):
        gan.train_on_batch(images)
    shared = {name: dict(kept.layers) for name, kept in gan._kept.items()}
    averaged = [np.array(w) for layer in shared["average"].values() for w in layer.get_weights()]
    gan.enter(1)
    np.testing.assert_equal([np.array(w) for layer in shared["average"].values() for w in layer.get_weights()], averaged)
    before = {name: [np.array(v) for layer in layers.values() for v in layer.get_weights()] for name, layers in shared.items()}
    gan.train_on_batch(images.repeat(2, 1).repeat(2, 2))
    assert [float(layer.steps) for layer in gan.generator.layers if isinstance(layer, FadeIn)] == [1.0]
    for name in ("generator", "discriminator"):
        assert {id(w) for layer in shared[name].values() for w in layer.weights} <= {
            id(v) for v in gan.players[name].variables} | {id(v) for v in getattr(gan, name).variables}  # fmt: skip
        after = [np.array(v) for layer in shared[name].values() for v in layer.get_weights()]
        assert all(not np.array_equal(*each) for each in zip(before[name], after, strict=True))
    assert int(gan.generator_optimizer.iterations) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ProgressiveGAN", "StyleGAN"])
def test_a_run_over_all_stages_and_a_resume_in_the_middle_of_one(name, tmp_path, stripes):
    make = lambda: make_gan(name, stage_steps=3, ema_half_life_images=20.0)  # noqa: E731
    whole, first = make(), make()
    whole.train(stripes, steps=8, run_dir=tmp_path / "whole", diagnose_every=2, **EVERY)
    assert (whole.stage, whole.step, whole.sample(2).shape) == (1, 8, (2, 8, 8, 1))
    assert (tmp_path / "whole" / "samples.gif").exists()
    evidence = json.loads((tmp_path / "whole" / "diagnosis.json").read_text())["evidence"]
    assert [row["step"] for row in evidence] == [0, 2, 4, 6, 8]
    first.train(stripes, steps=5, run_dir=tmp_path / "run", **EVERY)
    again = make()
    again.train(stripes, steps=8, run_dir=tmp_path / "run", resume=True, **EVERY)
    mine, reference = state.get_state(again), state.get_state(whole)
    for key in reference:
        np.testing.assert_allclose(mine[key], reference[key], rtol=1e-4, atol=1e-5, err_msg=key)
    loaded = ganzoo.load(tmp_path / "run")
    np.testing.assert_array_equal(loaded.sample(3), again.sample(3))
    again.save(tmp_path / "grown.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "grown.keras").sample(3), again.sample(3))
    again.train(stripes, steps=2, **EVERY)
    assert (again.stage, again.step) == (1, 10)


@pytest.mark.slow
def test_optimizers_that_were_given_serve_later_stages_too():
    gan = make_gan("ProgressiveGAN")
    gan.compile(generator_optimizer=keras.optimizers.SGD(0.5))
    gan.enter(1)
    assert isinstance(gan.generator_optimizer, keras.optimizers.SGD)
    assert float(gan.generator_optimizer.learning_rate) == 0.5
    assert float(gan.discriminator_optimizer.learning_rate) == pytest.approx(2e-3)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ProgressiveGAN", "StackGAN"])
def test_a_model_in_a_later_stage_goes_on_with_its_run(name, tmp_path):
    def made():
        return make_gan(name, **({"stage_steps": 4} if name == "ProgressiveGAN" else {"rough_steps": 4}))

    gan, path = made(), tmp_path / "run"
    data = data_for(gan, 24)
    gan.train(data, steps=6, run_dir=path, **EVERY)
    assert gan.stage > 0
    gan.train(data, steps=8, run_dir=path, resume=True, **EVERY)
    loaded = ganzoo.load(path)
    loaded.train(data, steps=10, run_dir=path, resume=True, **EVERY)
    assert (gan.step, loaded.step) == (8, 10)
    fresh = made()
    fresh.train(data, steps=12, run_dir=path, resume=True, **EVERY)
    assert fresh.step == 12


def test_sizes_of_the_networks():
    gan = grown(ganzoo.ProgressiveGAN((32, 32, 3)))
    filters = [64, 64, 64, 32]
    convolutions = 9 * 64 * 64 + sum(9 * (a * b + b * b) for a, b in itertools.pairwise(filters))
    biases = 64 + 2 * sum(filters[1:])
    colors = (32 + 1) * 3 + (64 + 1) * 3  # of this size and of the one before
    assert gan.generator.count_params() == 64 * 1024 + 1024 + convolutions + biases + colors + 1
    assert ops.shape(gan.discriminate(np.zeros((2, 32, 32, 3), "float32")).logits) == (2, 1)


@pytest.mark.slow
def test_quality_is_measured_in_every_stage(stripes):
    gan = make_gan("ProgressiveGAN", stage_steps=2)
    quality = SampleQuality(stripes, every=1, n=40)
    history = gan.train(stripes, steps=4, batch_size=6, log_every=1, callbacks=[quality], verbose=False).history
    assert gan.stage == 1
    assert np.isfinite(history["kernel_distance"]).all()
    assert len(history["kernel_distance"]) == 4

"""StyleGAN2 and StyleGAN3: styles, lazy penalties, norms, and images that move with their input."""

import copy

import numpy as np
import pytest
import tensorflow as tf
from conftest import batch_for, make_gan
from keras import ops

import ganzoo
from experiments.equivariance import path_length_spread
from ganzoo import backend, networks
from ganzoo.core import state
from ganzoo.errors import InputError
from ganzoo.evaluation.equivariance import equivariance, translation_errors
from ganzoo.regularizers import HistoricalAveraging, Lazy, PathLength

pytestmark = pytest.mark.slow
SMALL = {"width": 8, "style_size": 16, "mapping_layers": 2}


def tensors(inputs):
    return {name: ops.convert_to_tensor(values) for name, values in inputs.items()}


def test_sizes_of_the_defaults():
    two, three = ganzoo.StyleGAN2(), ganzoo.StyleGAN3()
    assert two.generator.count_params() == 196_995
    assert two.discriminator.count_params() == three.discriminator.count_params() == 218_449
    assert three.generator.count_params() == 132_728
    assert two.layer_names == ["4x4_0", "8x8_1", "8x8_2", "16x16_3", "16x16_4", "32x32_5", "32x32_6", "colors"]
    assert {name: each.shape for name, each in two.inputs.items()} == {"latents": (64,), "noise": (2704,), "truncation": (1,)}
    assert {name: each.shape for name, each in three.inputs.items()} == {"latents": (64,), "shift": (2,), "truncation": (1,)}


@pytest.mark.parametrize("name", ["StyleGAN2", "StyleGAN3"])
def test_a_seed_makes_an_image_and_truncation_brings_it_to_the_mean(name):
    gan = make_gan(name)
    assert gan.sample(3, seed=1).tobytes() == gan.sample(3, seed=1).tobytes() != gan.sample(3, seed=2).tobytes()
    inputs = gan.draw_inputs(2, seed=1)
    same = inputs | {key: np.repeat(inputs[key][:1], 2, axis=0) for key in inputs if key != "latents"}
    means = gan.render(same | {"truncation": np.zeros((2, 1))})
    np.testing.assert_array_equal(means[0], means[1])
    assert not np.array_equal(*gan.render(same))
    styles = gan.styles(tensors(inputs))
    np.testing.assert_allclose(gan.truncate(styles, 1.0), styles, rtol=1e-5, atol=1e-6)
    by_hand = gan.postprocess(np.asarray(gan.synthesize(gan.truncate(styles, 0.5), tensors(inputs))))
    asked = gan.render(inputs | {"truncation": np.full((2, 1), 0.5)})
    assert np.abs(by_hand.astype(int) - asked).max() <= 1
    with pytest.raises(InputError, match="truncation must be finite numbers"):
        gan.sample(2, truncation=[[0.1, 0.2], [0.3, 0.4]])


def test_mixed_styles_are_of_one_latent_up_to_a_layer_and_of_another_from_there():
    gan = make_gan("StyleGAN2", mixing=0.5)
    batch = {"images": ops.zeros((400, 8, 8, 1))}
    inputs = gan.inputs_for(batch, ops.convert_to_tensor([3, 4]))
    count, crossover = len(gan.layer_names), np.asarray(inputs["crossover"])
    assert set(crossover) == set(range(1, count + 1))
    assert np.mean(crossover == count) == pytest.approx(0.5, abs=0.08)
    one, other = (np.asarray(gan.styles({"latents": inputs[name]}, gan.generator)) for name in ("latents", "others"))
    mixed = np.asarray(gan.mixed_styles(inputs))
    for index in (0, 1, 2, 3):
        np.testing.assert_allclose(mixed[index, : crossover[index]], one[index, : crossover[index]], rtol=1e-5)
        np.testing.assert_allclose(mixed[index, crossover[index] :], other[index, crossover[index] :], rtol=1e-5)


def test_training_over_lazy_steps_is_resumed_exactly(stripes):
    gan = make_gan("StyleGAN2")
    gan.train_on_batch(stripes[:8])  # step 0 has both penalties
    assert float(gan.mean_length) > 0
    for step in range(1, 5):
        logs = gan.train_on_batch(stripes[step : step + 8])
        assert logs["path_length"] == logs["r1"] == 0
    other = make_gan("StyleGAN2", seed=9)
    other.seed = gan.seed
    state.set_state(other, state.get_state(gan))
    assert float(other.mean_length) == float(gan.mean_length)
    for step in range(5, 10):
        logs = [each.train_on_batch(stripes[step : step + 8]) for each in (gan, other)]
        assert (logs[0]["path_length"] > 0) is (step == 8)
        assert logs[0] == logs[1]
    ours, theirs = state.get_state(gan), state.get_state(other)
    assert all(ours[name].tobytes() == theirs[name].tobytes() for name in ours)
    assert float(copy.deepcopy(gan).mean_length) == float(gan.mean_length)


def test_path_length_regularization_lowers_the_spread_of_path_lengths():
    gan = ganzoo.StyleGAN2((8, 8, 1), latent=4, networks=networks.StyleGAN2(**SMALL), seed=1)
    gan.players["generator"].regularizers = (PathLength(2.0),)  # alone, at every step
    batch = {"images": ops.zeros((32, 8, 8, 1))}

    @backend.jit
    def update(seed):
        return gan.update("generator", lambda: (gan.generator_penalties(gan.inputs_for(batch, seed), seed), {}))

    spreads = [path_length_spread(gan, 256, seed=5)]
    for step in range(600):  # at first it rises, while the mean length settles
        update(ops.convert_to_tensor([step, 3], dtype="int32"))
    spreads.append(path_length_spread(gan, 256, seed=5))
    assert 0 < spreads[1] < 0.7 * spreads[0]


def test_no_feature_has_a_norm_far_above_the_others(stripes):
    gan = ganzoo.StyleGAN2((8, 8, 1), latent=4, networks=networks.StyleGAN2(**SMALL))
    gan.train(stripes, steps=100, batch_size=16, verbose=False)
    for name, norms in gan.feature_norms(gan.draw_inputs(16)).items():
        assert norms.shape[0] == 16, name
        assert 1 < norms.max() / np.median(norms) < 10, name


def test_bands_rise_to_nyquists_frequency_and_their_rates_suffice():
    for shape in ((32, 32, 3), (64, 64, 1), (28, 28, 1), (96, 64, 3)):
        bands = networks.StyleGAN3().bands(shape)
        side = min(shape[:2])
        cutoffs = [band.cutoff for band in bands]
        assert cutoffs == sorted(cutoffs)
        assert cutoffs[0] == 2
        assert cutoffs[-2:] == [side / 2] * 2
        for band in bands:
            assert all(float(each).is_integer() for each in band.size(shape))
            assert band.rate == side or 2 * (band.cutoff + band.half_width) <= 1.0001 * band.rate
        assert [band.rate for band in bands] == sorted(band.rate for band in bands)
        assert bands[-1].size(shape) == shape[:2]


def test_translation_error_of_known_images():
    x = np.random.default_rng(0).normal(size=(4, 4, 32, 32, 1)).sum(axis=0)
    x = np.real(
        np.fft.ifft2(np.fft.fft2(x, axes=(1, 2)) * (np.abs(np.fft.fftfreq(32)) < 0.3)[None, :, None, None], axes=(1, 2))
    )
    frequency = np.fft.fftfreq(32)
    half = np.exp(-2j * np.pi * (0.5 * frequency[:, None] - 1.5 * frequency[None]))[None, :, :, None]
    x = np.real(np.fft.ifft2(np.fft.fft2(x, axes=(1, 2)) * (np.abs(frequency) < 0.3)[None, None, :, None], axes=(1, 2)))
    moved = np.real(np.fft.ifft2(np.fft.fft2(x, axes=(1, 2)) * half, axes=(1, 2)))
    for shift, image in (((3, -2), np.roll(x, (3, -2), (1, 2))), ((0.5, -1.5), moved)):
        assert translation_errors(x, image, shift).mean() < 1e-3
        assert translation_errors(x, image + 0.1, shift).mean() == pytest.approx(0.01, rel=0.2)


def test_alias_free_images_move_with_their_input_and_others_stick():
    three = ganzoo.StyleGAN3((32, 32, 1), networks=networks.StyleGAN3(**SMALL))
    two = ganzoo.StyleGAN2((32, 32, 1), networks=networks.StyleGAN2(**SMALL))
    for shifts in ([(1, 0), (-2, 3)], [(0.5, 0.0), (-1.5, 2.5)]):
        found, other = (equivariance(gan, shifts, n=4) for gan in (three, two))
        assert found > 40
        assert found > other + 20


def test_shift_is_a_move_of_the_image():
    gan = ganzoo.StyleGAN3((16, 16, 1), networks=networks.StyleGAN3(**SMALL))
    here, there = gan.sample(2), gan.sample(2, shift=[[2.0, -1.0]] * 2)
    assert np.abs(there[:, 5:-3, 3:-4].astype(int) - here[:, 3:-5, 4:-3]).max() <= 2
    assert tf.is_tensor(gan.generate(tensors(gan.draw_inputs(1))))


def test_regularizers_of_the_generator():
    gan = make_gan("StyleGAN2")
    assert gan.players["generator"].regularizers == (Lazy(PathLength(2.0), 8),)
    assert make_gan("StyleGAN2", path_length=0.0).players["generator"].regularizers == ()
    assert make_gan("StyleGAN3").players["generator"].regularizers == ()
    held_back = ganzoo.StyleGAN2.default_objective().replace(generator_regularizers=[HistoricalAveraging()])
    held = make_gan("StyleGAN2", path_length=0.0, objective=held_back)
    found = held.train_on_batch(np.zeros((4, 8, 8, 1), "uint8"))
    assert float(found["historical_averaging"]) == 0.0  # at the first step weights are where they began
    for wrong in ({"mixing": 1.5}, {"mixing": -0.1}, {"path_length": -1.0}):
        with pytest.raises(InputError, match=f"{next(iter(wrong))} must be"):
            ganzoo.StyleGAN2(**wrong)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["StyleGAN", "StyleGAN2"])
def test_training_images_have_the_styles_of_two_latents(name):
    gan = make_gan(name, mixing=1.0)
    inputs = gan.inputs_for(gan.prepare(batch_for(gan)), gan._seed(1, 0))
    mixed = gan.mixed_styles(inputs)
    made = np.asarray(gan.generate_batch(inputs))
    np.testing.assert_allclose(made, gan.synthesize(mixed, inputs, gan.generator, training=True), atol=1e-5)
    alone = gan.synthesize(gan.styles(inputs, gan.generator), inputs, gan.generator, training=True)
    assert np.abs(made - np.asarray(alone)).max() > 1e-4

"""StyleGAN: adaptive instance norm against its formula, what noise and styles do, and how it grows."""

import numpy as np
import pytest
from conftest import make_gan
from keras import ops

import ganzoo
from ganzoo.layers import AdaIN, FadeIn, NoiseAndBias

RNG = np.random.default_rng(0)


def test_adaptive_instance_norm_is_its_formula(double):
    layer, x, w = AdaIN(), RNG.normal(2.0, 3.0, size=(4, 5, 6, 3)), RNG.normal(size=(4, 7))
    layer.build([x.shape, w.shape])
    for weight in layer.weights:
        weight.assign(RNG.normal(size=weight.shape))
    kernel, bias = layer.get_weights()
    scale, shift = np.split(w @ kernel / np.sqrt(7) + bias, 2, axis=1)
    mean, deviation = x.mean(axis=(1, 2), keepdims=True), np.sqrt(x.var(axis=(1, 2), keepdims=True) + 1e-8)
    expected = (1 + scale)[:, None, None] * (x - mean) / deviation + shift[:, None, None]
    made = np.asarray(layer([x, w]))
    np.testing.assert_allclose(made, expected, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(made.mean(axis=(1, 2)), shift, atol=1e-12)
    np.testing.assert_allclose(made.std(axis=(1, 2)), np.abs(1 + scale), rtol=1e-6)


def test_noise_has_a_size_for_each_channel(double):
    layer, x, noise = NoiseAndBias(), RNG.normal(size=(2, 3, 3, 4)), RNG.normal(size=(2, 3, 3, 1))
    np.testing.assert_array_equal(layer([x, noise]), x)
    strength, bias = RNG.normal(size=(2, 4))
    layer.set_weights([strength, bias])
    np.testing.assert_allclose(layer([x, noise]), x + strength * noise + bias, rtol=1e-12)


@pytest.fixture(scope="module")
def full():
    """A StyleGAN in its last stage, whose noise is on and whose blocks have faded in."""
    gan = make_gan("StyleGAN", image_shape=(16, 16, 1))
    for stage in (1, 2):
        gan.enter(stage)
    for layer in gan.generator._flatten_layers():
        if isinstance(layer, NoiseAndBias):
            layer.strength.assign(np.ones(layer.strength.shape))
        if isinstance(layer, FadeIn):
            layer.steps.assign(10**6)
    return gan


@pytest.mark.slow
def test_noise_is_a_function_of_the_seed_and_can_be_switched_off(full):
    one = full.draw_inputs(3, seed=1)
    assert {name: values.shape for name, values in one.items()} == {
        "latents": (3, 4), "noise": (3, 2 * (16 + 64 + 256)), "truncation": (3, 1)}  # fmt: skip
    np.testing.assert_array_equal(full.render(one), full.sample(3, seed=1))
    off = full.sample(3, seed=1, noise=np.zeros(one["noise"].shape[1]))
    other = full.sample(3, seed=1, noise=full.draw_inputs(3, seed=2)["noise"])
    assert len({each.tobytes() for each in (full.render(one), off, other)}) == 3
    np.testing.assert_array_equal(off, full.sample(3, seed=1, noise=np.zeros(one["noise"].shape[1])))


@pytest.mark.slow
def test_mixed_styles_take_coarse_layers_from_one_and_fine_ones_from_the_other(full):
    inputs = {name: ops.convert_to_tensor(values) for name, values in full.draw_inputs(64, seed=1).items()}
    inputs |= {"others": ops.convert_to_tensor(full.draw_inputs(64, seed=2)["latents"])}
    inputs |= {"crossover": ops.convert_to_tensor(np.arange(64) % 6 + 1, dtype="int32")}
    one, other, mixed = full.styles(inputs), full.styles({"latents": inputs["others"]}), np.asarray(full.mixed_styles(inputs))
    assert mixed.shape == (64, 6, 8)
    for row, first in enumerate(np.arange(64) % 6 + 1):
        np.testing.assert_allclose(mixed[row, :first], one[row, :first], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(mixed[row, first:], other[row, first:], rtol=1e-5, atol=1e-6)
    drawn = full.inputs_for({"images": np.zeros((2000, 1))}, (0, 1))
    crossover = np.asarray(drawn["crossover"])
    assert 0.87 < (crossover < 6).mean() < 0.93
    assert set(crossover) == {1, 2, 3, 4, 5, 6}


@pytest.mark.slow
def test_truncation_draws_styles_to_the_mean_that_was_seen_in_training(full):
    images = RNG.integers(0, 256, (16, 16, 16, 1), dtype="uint8")
    for _ in range(3):
        full.train_on_batch(images)
    mean = np.asarray(full.generator.get_layer("truncate").mean)
    assert np.abs(mean).max() > 0
    styles = np.asarray(full.styles({"latents": ops.convert_to_tensor(full.draw_inputs(5)["latents"])}))
    np.testing.assert_allclose(full.truncate(styles, 0.5), (styles + mean) / 2, rtol=1e-4, atol=1e-5)
    noise = full.draw_inputs(1)["noise"]
    flat = full.sample(4, seed=3, truncation=0.0, noise=noise)
    assert (flat == flat[:1]).all()
    assert not (full.sample(4, seed=3, noise=noise) == flat[:1]).all()


@pytest.mark.slow
def test_styles_that_a_stage_keeps():
    gan = make_gan("StyleGAN", ema_half_life_images=10.0)
    assert gan.layer_names == ["4x4_0", "4x4_1"]
    before = gan.generator.get_layer("mapping")
    seen = gan.sample(3)
    gan.enter(1)
    assert gan.generator.get_layer("mapping") is before
    assert gan.layer_names == ["4x4_0", "4x4_1", "8x8_0", "8x8_1"]
    latents, truncation = (gan.draw_inputs(3)[name] for name in ("latents", "truncation"))
    assert gan.draw_inputs(3)["noise"].shape == (3, 160)
    assert latents.shape == (3, 4) and truncation.shape == (3, 1)
    np.testing.assert_array_equal(gan.sample(3), seen.repeat(2, 1).repeat(2, 2))  # noise is 0 and nothing has faded in yet


@pytest.mark.slow
def test_path_lengths_of_a_linear_generator():
    """Where images are linear in w and w is linear in z, a straight path is shorter than a great circle between its ends."""
    from experiments.styles import mixing, noise, path_lengths, truncation

    gan = make_gan("StyleGAN")
    gan.styles = lambda inputs: ops.repeat(inputs["latents"][:, None], 2, axis=1)
    gan.synthesize = lambda styles, inputs: ops.reshape(styles[:, 0], (-1, 2, 2, 1))
    found = path_lengths(gan, n=200)
    latents = gan.draw_inputs(400, 1)["latents"]
    first, second = np.split(latents, 2)
    assert found["w"].value == pytest.approx((((second - first) ** 2).mean(axis=1)).mean(), rel=1e-2)
    unit = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in (first, second)]
    angle = np.arccos((unit[0] * unit[1]).sum(axis=1))
    assert found["z"].value == pytest.approx((angle**2 / 4).mean(), rel=1e-2)
    gan = make_gan("StyleGAN")
    assert mixing(gan, 2, 3).shape == (12, 4, 4, 1)
    assert truncation(gan, (1.0, 0.0), 3).shape == (6, 4, 4, 1)
    assert noise(gan, 2).shape == (12, 4, 4, 1)
    assert ganzoo.StyleGAN is type(gan)

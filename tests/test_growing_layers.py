"""Layers of growing and style-based GANs against their definitions."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from ganzoo.errors import InputError
from ganzoo.layers import Blur, EqualizedConv2D, EqualizedDense, MinibatchStd, PixelNorm
from ganzoo.networks.mapping import mapping

RNG = np.random.default_rng(0)


def built(layer, shape):
    """Return a layer with random weights and a random input of that shape."""
    layer.build((None, *shape[1:]))
    layer.set_weights([RNG.normal(size=w.shape) for w in layer.get_weights()])
    return layer, RNG.normal(size=shape)


def test_equalized_dense_is_its_formula(double):
    layer, x = built(EqualizedDense(3, gain=1.5, multiplier=0.25, activation="relu"), (4, 5))
    kernel, bias = layer.get_weights()
    expected = np.maximum(1.5 / np.sqrt(5) * 0.25 * (x @ kernel) + 0.25 * bias, 0)
    np.testing.assert_allclose(layer(x), expected, rtol=1e-12)
    bare, x = built(EqualizedDense(3, use_bias=False), (4, 5))
    np.testing.assert_allclose(bare(x), np.sqrt(2 / 5) * (x @ bare.get_weights()[0]), rtol=1e-12)
    assert len(bare.weights) == 1


@pytest.mark.parametrize("options", [{"upsample": True}, {"padding": "valid"}, {}])
def test_equalized_convolution_is_that_of_keras_with_scaled_weights(double, options):
    layer, x = built(EqualizedConv2D(3, 3, gain=1.5, multiplier=0.5, **options), (2, 5, 6, 4))
    plain = layers.Conv2D(3, 3, padding=options.get("padding", "same"))
    plain.build((None, None, None, 4))
    kernel, bias = layer.get_weights()
    plain.set_weights([1.5 / np.sqrt(9 * 4) * 0.5 * kernel, 0.5 * bias])
    expected = plain(ops.repeat(ops.repeat(x, 2, 1), 2, 2) if options.get("upsample") else x)
    np.testing.assert_allclose(layer(x), expected, rtol=1e-10, atol=1e-12)
    assert layer.compute_output_shape(x.shape) == expected.shape


@pytest.mark.parametrize("make", [lambda m: EqualizedDense(400, bias=1.0, multiplier=m),
                                  lambda m: EqualizedConv2D(400, 1, bias=1.0, multiplier=m)])  # fmt: skip
def test_multiplier_slows_learning_and_leaves_the_start(make):
    x = RNG.normal(size=(50, 300) if make(1.0).name.startswith("equalized_dense") else (2, 5, 5, 300)).astype("float32")
    moved = []
    for multiplier in (1.0, 0.01):
        layer = make(multiplier)
        before = np.asarray(layer(x))
        assert abs(before.mean() - 1) < 0.1
        assert abs(before.std() - np.sqrt(2)) < 0.1  # He's gain doubles the variance
        for weight in layer.trainable_variables:  # what Adam does at its first step
            weight.assign_add(0.001 * np.sign(RNG.normal(size=weight.shape)))
        moved.append(np.abs(np.asarray(layer(x)) - before).mean())
    assert 50 < moved[0] / moved[1] < 200


def test_equalized_layers_refuse_what_they_cannot_be():
    for options, message in (({"outputs": 0}, "outputs"), ({"gain": 0.0}, "gain"), ({"multiplier": -1.0}, "multiplier")):
        with pytest.raises(InputError, match=message):
            EqualizedDense(**{"outputs": 2} | options)
    with pytest.raises(InputError, match="padding must be"):
        EqualizedConv2D(2, 3, upsample=True, padding="valid")


def test_pixel_norm_is_its_formula(double):
    x = RNG.normal(size=(2, 3, 3, 5))
    np.testing.assert_allclose(PixelNorm()(x), x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-8), rtol=1e-12)


def test_minibatch_deviation_is_its_formula(double):
    x = RNG.normal(size=(8, 2, 3, 5))
    made = np.asarray(MinibatchStd(group=4)(x))
    np.testing.assert_array_equal(made[..., :5], x)
    for first in (0, 1):  # groups are samples 0, 2, 4, 6 and 1, 3, 5, 7
        expected = np.sqrt(x[first::2].var(axis=0) + 1e-8).mean()
        np.testing.assert_allclose(made[first::2, ..., 5], expected, rtol=1e-12)
    np.testing.assert_allclose(
        np.asarray(MinibatchStd(group=None)(x))[..., 5], np.sqrt(x.var(axis=0) + 1e-8).mean(), rtol=1e-12
    )


def test_minibatch_deviation_takes_any_batch_and_tells_copies():
    layer = MinibatchStd(group=4)
    model = keras.Sequential([keras.Input((2, 2, 3)), layer])
    for n in (1, 3, 6, 7):
        assert model(np.ones((n, 2, 2, 3), "float32")).shape == (n, 2, 2, 4)
    x = RNG.normal(size=(6, 2, 2, 3)).astype("float32")
    np.testing.assert_allclose(model(x)[0, 0, 0, 3], np.sqrt(x[::2].var(axis=0) + 1e-8).mean(), rtol=1e-5)  # groups of three
    assert float(model(np.repeat(x[:1], 4, 0))[0, 0, 0, 3]) < 1e-3 < 0.3 < float(model(x)[0, 0, 0, 3])


@pytest.mark.parametrize("kernel", [(1, 2, 1), (1, 3, 3, 1)])
@pytest.mark.parametrize(("up", "down"), [(1, 1), (2, 1), (1, 2)])
def test_blur_is_a_convolution_with_the_outer_product(kernel, up, down):
    x = RNG.normal(size=(2, 6, 8, 3)).astype("float32")
    taps = up * np.asarray(kernel) / sum(kernel)
    zeros = np.zeros((2, up * 6, up * 8, 3), "float32")
    zeros[:, ::up, ::up] = x
    slack = len(kernel) - max(up, down)
    pad = ((slack + 1) // 2 + up - 1, slack // 2)
    padded = np.pad(zeros, ((0, 0), pad, pad, (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (len(kernel), len(kernel)), axis=(1, 2))
    expected = np.einsum("nhwckl,kl->nhwc", windows, np.outer(taps, taps))[:, ::down, ::down]
    layer = Blur(kernel, up, down)
    np.testing.assert_allclose(layer(x), expected, atol=1e-5)
    assert layer.compute_output_shape(x.shape) == expected.shape
    flat = np.asarray(layer(np.ones((1, 16, 16, 1), "float32")))
    np.testing.assert_allclose(flat[0, 3:-3, 3:-3], 1.0, atol=1e-6)


def test_mapping_network_normalizes_and_starts_at_unit_size():
    network = mapping(64, 32)
    z = RNG.normal(size=(200, 64)).astype("float32")
    w = np.asarray(network(z))
    np.testing.assert_allclose(network(5 * z), w, rtol=1e-4, atol=1e-4)
    assert 0.3 < np.sqrt((w**2).mean()) < 3
    assert len(network.trainable_variables) == 16


@pytest.mark.parametrize("layer", [EqualizedDense(3, activation="relu", multiplier=0.5, bias=1.0), PixelNorm(),
                                   EqualizedConv2D(3, 3, upsample=True), MinibatchStd(2), Blur((1, 3, 3, 1), up=2)],
                         ids=lambda layer: type(layer).__name__)  # fmt: skip
def test_layers_are_saved_and_keep_to_half_precision(layer, tmp_path):
    x = RNG.normal(size=(2, 4, 4, 3)).astype("float32")
    model = keras.Sequential([keras.Input((4, 4, 3)), layer])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(x), model(x))
    half = type(layer).from_config(layer.get_config() | {"dtype": "mixed_bfloat16"})
    made = half(x)
    assert keras.backend.standardize_dtype(made.dtype) == "bfloat16"
    assert made.shape == model(x).shape == layer.compute_output_shape(x.shape)

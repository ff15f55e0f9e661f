"""The fast layers compute what the plain ones do, forward and backward, and save like any layer."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import slow
from keras import layers

from ganzoo.errors import InputError
from ganzoo.layers import FusedBatchNormalization, ImageBuffer, MinibatchDiscrimination, NarrowConv2D, UpsampleConv2D


def pair(kind, kernel_size, filters=4, **options):
    """Return (fast, plain) with equal weights, for inputs with 3 channels."""
    plain = layers.Conv2D(filters, kernel_size, **{"padding": "same"} | options)
    if kind is UpsampleConv2D:
        plain = keras.Sequential([layers.UpSampling2D(2), plain])
    fast = kind(filters, kernel_size, **options)
    fast.build((None, None, None, 3))
    plain.build((None, None, None, 3))
    rng = np.random.default_rng(0)
    fast.set_weights([rng.normal(size=w.shape) for w in fast.get_weights()])
    plain.set_weights(fast.get_weights())
    return fast, plain


def value_and_gradients(call, inputs, layer=None):
    layer = layer or call
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = call(inputs)
        loss = tf.reduce_sum(outputs * tf.sin(outputs))
    variables = [variable.value for variable in layer.trainable_variables]
    return [outputs, *tape.gradient(loss, [inputs, *variables])]


@pytest.mark.parametrize("kind", [UpsampleConv2D, NarrowConv2D])
@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4, 5, (3, 4), (5, 2)])
@pytest.mark.parametrize("size", [(6, 5), (1, 1), (2, 7)])
def test_equals_plain_layers(kind, kernel_size, size):
    fast, plain = pair(kind, kernel_size)
    inputs = tf.constant(np.random.default_rng(1).normal(size=(2, *size, 3)).astype("float32"))
    for ours, theirs in zip(value_and_gradients(fast, inputs), value_and_gradients(plain, inputs), strict=True):
        assert float(tf.reduce_max(abs(ours - theirs)) / tf.reduce_max(abs(theirs))) < 1e-5


@pytest.mark.parametrize("kernel_size", [1, 3, 5, (3, 1), (1, 5)])
@pytest.mark.parametrize("size", [(3, 4), (6, 5)])
def test_upsampling_without_padding(kernel_size, size):
    fast, plain = pair(UpsampleConv2D, kernel_size, padding="valid")
    inputs = tf.constant(np.random.default_rng(1).normal(size=(2, *size, 3)).astype("float32"))
    for ours, theirs in zip(value_and_gradients(fast, inputs), value_and_gradients(plain, inputs), strict=True):
        assert float(tf.reduce_max(abs(ours - theirs)) / tf.reduce_max(abs(theirs))) < 1e-5
    again = UpsampleConv2D.from_config(fast.get_config())
    assert again.padding == "valid" and again.compute_output_shape((2, *size, 3)) == plain(inputs).shape
    with pytest.raises(InputError, match=r"without padding takes odd kernels only. Received: kernel_size=\(3, 4\)"):
        UpsampleConv2D(4, (3, 4), padding="valid")


@pytest.mark.parametrize("kind", [UpsampleConv2D, NarrowConv2D])
def test_second_derivatives(kind):
    inputs = tf.constant(np.random.default_rng(1).normal(size=(2, 4, 4, 3)).astype("float32"))

    def penalty_gradient(layer):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(inputs)
                outputs = tf.tanh(layer(inputs))
            penalty = tf.reduce_sum(inner.gradient(outputs, inputs) ** 2)
        return outer.gradient(penalty, layer.trainable_variables[0].value)

    fast, plain = (penalty_gradient(layer) for layer in pair(kind, 4))
    np.testing.assert_allclose(fast, plain, rtol=1e-3, atol=1e-3 * np.abs(plain).max())


@pytest.mark.parametrize("kind", [UpsampleConv2D, NarrowConv2D])
def test_options_shapes_and_saving(kind, tmp_path):
    fast, plain = pair(kind, 3, use_bias=False, activation="tanh")
    inputs = np.random.default_rng(1).normal(size=(2, 4, 6, 3)).astype("float32")
    np.testing.assert_allclose(fast(inputs), plain(inputs), atol=1e-5)
    assert fast.compute_output_shape((2, 4, 6, 3)) == plain(inputs).shape
    model = keras.Sequential([keras.Input((4, 6, 3)), fast])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(inputs), model(inputs))


@pytest.mark.parametrize("options", [{"strides": 2}, {"padding": "causal"}, {"groups": 3}, {"data_format": "channels_first"}])
@pytest.mark.parametrize("kind", [UpsampleConv2D, NarrowConv2D])
def test_bad_options(kind, options):
    with pytest.raises(InputError, match=f"computes with {next(iter(options))}="):
        kind(4, 3, **options)


def test_unknown_image_sizes():
    fast, plain = pair(UpsampleConv2D, 4)
    model = keras.Sequential([keras.Input((None, None, 3)), fast])
    inputs = np.random.default_rng(1).normal(size=(1, 3, 5, 3)).astype("float32")
    np.testing.assert_allclose(model(inputs), plain(inputs), atol=1e-4)
    assert model.output_shape == (None, None, None, 4)


@pytest.mark.parametrize("training", [True, False])
def test_fused_batch_normalization(training):
    fused, plain = FusedBatchNormalization(momentum=0.8), layers.BatchNormalization(momentum=0.8)
    rng = np.random.default_rng(0)
    inputs = tf.constant(rng.normal(1.0, 2.0, size=(3, 4, 5, 6)).astype("float32"))
    for layer in (fused, plain):
        layer.build(inputs.shape)
    fused.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in fused.get_weights()])
    plain.set_weights(fused.get_weights())
    ours, theirs = (
        value_and_gradients(lambda x, layer=layer: layer(x, training=training), inputs, layer) for layer in (fused, plain)
    )
    for a, b in zip(ours + fused.get_weights(), theirs + plain.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize(("capacity", "sizes"), [slow(50, [8] * 40), (8, [8] * 9), (5, [2, 4, 1, 5, 3, 5])])
def test_a_buffer_hands_out_what_was_handed_in(capacity, sizes):
    """Nothing else, an image at most twice, and half of them from before once it is full."""
    buffer, made, out, past = ImageBuffer(capacity, (1, 1, 1)), 0, [], []
    for step, n in enumerate(sizes):
        full = int(buffer.count) == capacity
        images = np.arange(made + 1, made + n + 1, dtype="float32").reshape(n, 1, 1, 1)
        found = np.ravel(buffer(images, seed=(0, step)))
        past += list(found < made + 1) if full else []
        made += n
        out += found.tolist()
    held = np.ravel(buffer.images.value)[: int(buffer.count)].tolist()
    assert int(buffer.count) == capacity
    assert max(out.count(each) for each in out) <= 2
    assert set(out) | set(held) == set(range(1, made + 1))
    assert len(set(held)) == capacity
    assert len(past) < 50 or 0.4 < np.mean(past) < 0.6


def test_of_a_batch_larger_than_the_buffer_as_many_take_part_as_it_holds():
    buffer = ImageBuffer(3, (1, 1, 1))
    for step in range(8):
        images = np.arange(5 * step + 1, 5 * step + 6, dtype="float32").reshape(5, 1, 1, 1)
        found = np.ravel(buffer(images, seed=(0, step)))
        assert (found > 0).all() and len(set(found.tolist())) == 5, "never an empty place"
        assert found[3:].tolist() == np.ravel(images)[3:].tolist()
    assert (np.ravel(buffer.images.value) % 5).max() <= 3


def test_minibatch_discrimination_by_hand():
    layer = MinibatchDiscrimination(kernels=3, dimensions=2)
    x = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    found = np.asarray(layer(x))
    m = (x @ np.asarray(layer.kernel)).reshape(5, 3, 2)
    for i in range(5):
        expected = sum(np.exp(-np.abs(m[i] - m[j]).sum(axis=1)) for j in range(5) if j != i)
        np.testing.assert_allclose(found[i], [*x[i], *expected], rtol=1e-4)
    assert found.shape == layer.compute_output_shape((5, 4))
    again = MinibatchDiscrimination.from_config(layer.get_config())
    assert (again.kernels, again.dimensions) == (3, 2)

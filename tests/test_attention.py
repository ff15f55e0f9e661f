"""Spectral normalization, self-attention and conditional norms against their definitions; SAGAN and BigGAN built of them."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import batch_for, make_gan
from keras import layers as keras_layers
from keras import ops

import ganzoo
from ganzoo import layers, networks
from ganzoo.core import state
from ganzoo.core.inputs import TruncatedNormal
from ganzoo.core.player import Player
from ganzoo.errors import InputError
from ganzoo.layers.spectral import SpectralNormalized
from ganzoo.regularizers import Orthogonal, Regularizer


def normal(*shape, seed=0, dtype="float64"):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def largest(matrix):
    return np.linalg.svd(np.asarray(matrix, "float64"), compute_uv=False)[0]


def spectral_layers(model):
    """Return all layers with spectral normalization of a model's players, each with its player's name."""
    return [each for player in model.players.values() for network in player.networks.values()
            for each in network._flatten_layers() if isinstance(each, SpectralNormalized)]  # fmt: skip


CASES = {
    "convolution": (layers.SpectralConv2D, keras_layers.Conv2D, (5, 3), {"padding": "same"}),
    "up-sampling": (layers.SpectralUpsampleConv2D, layers.UpsampleConv2D, (5, 3), {}),
    "narrow": (layers.SpectralNarrowConv2D, layers.NarrowConv2D, (2, 3), {}),
    "dense, more in": (layers.SpectralDense, keras_layers.Dense, (3,), {}),
    "dense, more out": (layers.SpectralDense, keras_layers.Dense, (9,), {}),
    "embedding": (layers.SpectralEmbedding, keras_layers.Embedding, (6, 4), {}),
}


@pytest.mark.parametrize("case", CASES)
def test_spectral_layers_are_plain_ones_with_the_kernel_over_its_singular_value(case):
    spectral, plain, arguments, options = CASES[case]
    dtype = "float32" if plain in (layers.UpsampleConv2D, layers.NarrowConv2D) else "float64"
    one, other = spectral(*arguments, dtype=dtype, **options), plain(*arguments, dtype=dtype, **options)
    x = np.arange(4) if case == "embedding" else normal(2, 4, 4, 5, dtype=dtype)
    other.build(x.shape)
    before = one(x)
    weights = [ops.convert_to_numpy(each) for each in one.weights]
    other.set_weights([weights[0] / largest(weights[0].reshape(-1, weights[0].shape[-1])), *weights[1:-1]])
    np.testing.assert_allclose(before, other(x), rtol=1e-4 if dtype == "float32" else 1e-7, atol=1e-6)
    for weight, value in zip(one.weights, weights, strict=True):  # a call moves nothing, the kernel least of all
        np.testing.assert_array_equal(one(x, training=True) is not None and ops.convert_to_numpy(weight), value)


def test_gradient_goes_through_sigma():
    """Against W / |W u| differentiated by differences; u is held fixed."""
    layer = layers.SpectralDense(3, use_bias=False, dtype="float64")
    x = normal(2, 4)
    layer(x)
    layer.u.assign(np.array([0.6, 0.0, 0.8]))
    kernel, u = layer.kernel.numpy(), layer.u.numpy()

    def loss(w):
        return np.sin(x @ (w / np.linalg.norm(w @ u))).sum()

    with tf.GradientTape() as tape:
        value = tf.reduce_sum(tf.sin(layer(x)))
    assert float(value) == pytest.approx(loss(kernel), rel=1e-9)
    found = tape.gradient(value, layer.kernel.value).numpy()
    for index in np.ndindex(kernel.shape):
        step = np.zeros_like(kernel)
        step[index] = 1e-5
        assert found[index] == pytest.approx((loss(kernel + step) - loss(kernel - step)) / 2e-5, rel=1e-5, abs=1e-7)


def test_power_iteration_finds_a_new_kernel_and_is_scale_free():
    layer = layers.SpectralDense(6, use_bias=False, dtype="float64")
    layer(normal(1, 8))
    kernel = np.diag([3.0, 1, 1, 1, 1, 1])[[0, 1, 2, 3, 4, 5, 5, 5]] * [1, 1, 1, 1, 1, 0.1] + 0.01 * normal(8, 6)
    layer.kernel.assign(kernel)
    layer.u.assign(np.ones(6) / 6**0.5)
    assert float(layer.sigma()) < 0.9 * largest(kernel)
    for _ in range(20):
        layer.after_update()
    assert float(layer.sigma()) == pytest.approx(largest(kernel), rel=1e-9)
    assert np.linalg.norm(layer.u.numpy()) == pytest.approx(1.0, rel=1e-9)
    layer.u.assign(0.3 * layer.u.numpy())  # an average of unit vectors is shorter
    assert float(layer.sigma()) == pytest.approx(largest(kernel), rel=1e-9)


def test_singular_vector_is_saved(tmp_path):
    model = keras.Sequential([keras.Input((4, 4, 3)), layers.SpectralConv2D(2, 3), layers.SelfAttention2D()])
    model.layers[0].u.assign([0.6, 0.8])
    model.layers[1].gamma.assign(0.5)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    for ours, theirs in zip(again.weights, model.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    x = normal(2, 4, 4, 3, dtype="float32")
    np.testing.assert_array_equal(again(x), model(x))


def softmax(values):
    values = np.exp(values - values.max(axis=-1, keepdims=True))
    return values / values.sum(axis=-1, keepdims=True)


def test_attention_is_its_formula():
    layer, x = layers.SelfAttention2D(dtype="float64"), normal(2, 3, 4, 16)
    np.testing.assert_array_equal(layer(x), x)  # gamma begins at 0
    layer.gamma.assign(0.7)
    f, g, h, v = (
        each.kernel.numpy()[0, 0] / largest(each.kernel.numpy()[0, 0]) for each in (layer.f, layer.g, layer.h, layer.v)
    )
    assert [each.shape for each in (f, g, h, v)] == [(16, 2), (16, 2), (16, 8), (8, 16)]
    flat = x.reshape(2, 12, 16)
    beta = softmax(np.einsum("njc,nic->nji", flat @ g, flat @ f))
    np.testing.assert_allclose(layer.attention(x), beta, rtol=1e-6)
    expected = flat + 0.7 * (beta @ (flat @ h)) @ v
    np.testing.assert_allclose(layer(x), expected.reshape(x.shape), rtol=1e-6)


def test_conditional_batch_norm_is_its_formula():
    layer, x, vectors = (
        layers.ConditionalBatchNormalization(),
        normal(6, 3, 4, 5, dtype="float32"),
        np.eye(3)[[0, 1, 2, 0, 1, 2]],
    )
    vectors = vectors.astype("float32")
    layer([x, vectors])
    gain, shift = layer.gain.kernel.numpy(), layer.shift.kernel.numpy()
    assert 0 < np.abs(gain).max() < 0.2
    normalized = (x - x.mean((0, 1, 2))) / np.sqrt(x.var((0, 1, 2)) + layer.norm.epsilon)
    expected = normalized * (1 + vectors @ gain)[:, None, None] + (vectors @ shift)[:, None, None]
    np.testing.assert_allclose(layer([x, vectors], training=True), expected, atol=1e-5)
    np.testing.assert_allclose(layer.norm.moving_mean, 0.1 * x.mean((0, 1, 2)), atol=1e-6)


def test_batch_norm_without_gain_and_offset_is_kerass():
    x = normal(3, 4, 5, 2, dtype="float32")
    options = {"scale": False, "center": False, "momentum": 0.9}
    ours, theirs = layers.FusedBatchNormalization(**options), keras_layers.BatchNormalization(**options)
    np.testing.assert_allclose(ours(x, training=True), theirs(x, training=True), atol=1e-5)
    for mine, other in zip(ours.weights, theirs.weights, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-6)


def test_statistics_are_recomputed_as_means_over_batches():
    norm = layers.FusedBatchNormalization(momentum=0.9)
    model = keras.Sequential([keras.Input((2, 2, 3)), norm])
    batches = normal(4, 6, 2, 2, 3, dtype="float32")
    layers.recompute_statistics(model, [[each] for each in batches])
    np.testing.assert_allclose(norm.moving_mean, batches.mean((0, 1, 2, 3)), atol=1e-6)
    np.testing.assert_allclose(norm.moving_variance, batches.var((1, 2, 3)).mean(0), rtol=1e-5)
    assert norm.momentum == 0.9


class Weights:
    """As much of a player as a regularizer of weights looks at."""

    networks = {}

    def __init__(self, **arrays):
        self.variables = [keras.Variable(value, dtype="float64", name=name) for name, value in arrays.items()]


def test_orthogonal_regularization_is_its_formula():
    kernel = normal(3, 3, 2, 4)
    gram = kernel.reshape(-1, 4).T @ kernel.reshape(-1, 4)
    expected = 0.01 * ((gram * (1 - np.eye(4))) ** 2).sum()
    player = Weights(kernel=kernel, embeddings=normal(5, 4), bias=normal(4))
    assert float(Orthogonal(0.01).weight_penalty(player, 0)) == pytest.approx(expected, rel=1e-6)
    assert float(Orthogonal().weight_penalty(Weights(kernel=3 * np.eye(4)), 0)) == pytest.approx(0.0, abs=1e-12)
    assert Regularizer().weight_penalty(player, 0) is None


def test_filters_of_a_transposed_convolution_are_those_of_its_outputs():
    """Its kernel has the input channels last: two filters that are equal cost as much in either kind of layer."""
    turned, straight = keras.layers.Conv2DTranspose(2, 1, use_bias=False), keras.layers.Conv2D(2, 1, use_bias=False)
    equal_filters = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])  # a column a filter
    for layer in (turned, straight):
        network = keras.Sequential([keras.Input((1, 1, 3)), layer])
        kernel = equal_filters.T if layer is turned else equal_filters
        layer.set_weights([kernel.reshape(layer.kernel.shape)])
        player = Player({"network": network}, keras.optimizers.SGD())
        assert float(Orthogonal(1.0).weight_penalty(player, 0)) == pytest.approx(2 * 14**2)


def test_a_learned_constant_is_no_kernel():
    network = keras.Sequential([keras.Input((3,)), layers.Constant((4, 4, 2))])
    assert float(Orthogonal(1.0).weight_penalty(Player({"network": network}, keras.optimizers.SGD()), 0)) == 0.0


def test_truncated_normal_is_a_normal_drawn_again():
    numbers = np.asarray(TruncatedNormal(20_000, 0.8).draw((), (1, 2)))
    assert 0.799 < np.abs(numbers).max() <= 0.8
    drawn = normal(100_000)
    drawn = np.sort(drawn[np.abs(drawn) <= 0.8])
    places = np.searchsorted(drawn, np.sort(numbers)) / len(drawn)
    assert np.abs(places - np.linspace(0, 1, len(places))).max() < 0.015  # Kolmogorov and Smirnov
    assert np.isfinite(TruncatedNormal(10_000, 50.0).draw((), (1, 2))).all()
    rng = np.random.default_rng(0)  # noqa: F841 - in the expression
    made = eval(TruncatedNormal(5, 0.1).numpy_code(7))
    assert made.shape == (7, 5)
    assert 0.05 < np.abs(made).max() <= 0.1
    with pytest.raises(InputError, match="threshold must be a positive number"):
        TruncatedNormal(4, 0)


# Of the models; building them takes seconds.


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SAGAN", "BigGAN"])
@pytest.mark.parametrize("classes", [None, 3])
def test_spectral_norms_stay_at_one_in_training(name, classes):
    gan = make_gan(name, classes=classes)
    for step in range(30):
        gan.train_on_batch(batch_for(gan, 8, step))
    found = spectral_layers(gan)
    assert len(found) >= 20
    # The true singular value of what a layer multiplies by, not its own estimate.
    values = [largest(ops.reshape(each.normalized(), (-1, each.u.shape[0]))) for each in found]
    assert 0.98 < min(values) <= max(values) < 1.02


@pytest.mark.slow
def test_u_moves_once_an_update_of_its_player():
    gan = make_gan("SAGAN")
    layer = next(each for each in gan.discriminator._flatten_layers() if isinstance(each, layers.SpectralConv2D))
    layer.u.assign(np.ones(layer.u.shape) / layer.u.shape[0] ** 0.5)
    before = layer.u.numpy()
    gan.discriminate(np.zeros((2, 8, 8, 1), "float32"), training=True)
    np.testing.assert_array_equal(layer.u.numpy(), before)
    moved = []
    plain = gan.update_generator
    object.__setattr__(gan, "update_generator", lambda *each: moved.append(layer.u.numpy()) or plain(*each))
    gan.play_step({"images": batch_for(gan, 4)["images"]})
    matrix = ops.convert_to_numpy(layer.raw_matrix())
    expected = np.linalg.matrix_power(matrix.T.astype("float64") @ matrix, 17) @ before
    np.testing.assert_allclose(moved[0], expected / np.linalg.norm(expected), rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(layer.u.numpy(), moved[0])  # the generator's update leaves it


@pytest.mark.slow
@pytest.mark.parametrize(("name", "generator", "discriminator"), [("SAGAN", 333_399, 144_187), ("BigGAN", 296_983, 144_187)])
def test_number_of_weights(name, generator, discriminator):
    gan = getattr(ganzoo, name)((32, 32, 3), classes=10)
    assert gan.generator.count_params() == generator
    assert gan.discriminator.count_params() == discriminator


@pytest.mark.slow
def test_attention_stands_where_it_fits():
    def place(shape, **options):
        gan = ganzoo.SAGAN(shape, networks=networks.Attention(width=4, **options))
        found = [each.output.shape[1:3] for network in (gan.generator, gan.discriminator) for each in network.layers
                 if isinstance(each, layers.SelfAttention2D)]  # fmt: skip
        return found

    assert place((32, 32, 3)) == [(16, 16)] * 2
    assert place((8, 8, 1)) == [(4, 4)] * 2
    assert place((96, 64, 3)) == [(24, 16)] * 2
    assert place((32, 32, 3), attention=False) == []


@pytest.mark.slow
def test_attention_maps_are_what_the_generator_uses():
    gan = make_gan("SAGAN")
    inputs = gan.draw_inputs(3)
    maps = gan.attention_maps(inputs)
    assert maps.shape == (3, 4, 4, 4, 4)
    np.testing.assert_allclose(maps.sum((3, 4)), 1, rtol=1e-5)
    assert maps.std() > 0
    with pytest.raises(InputError, match="has no attention"):
        make_gan("SAGAN", networks=networks.Attention(4, False)).attention_maps(inputs)


@pytest.mark.slow
def test_projection_is_linear_in_the_embedding():
    """D(x, y) - D(x, y') = (e_y - e_y') . phi(x), phi the same whatever the label."""
    gan = make_gan("SAGAN", classes=3)
    x = normal(4, 8, 8, 1, dtype="float32")
    said = [gan.discriminate(x, {"labels": np.full(4, label)}).logits.numpy()[:, 0] for label in range(3)]
    table = next(each for each in gan.discriminator.layers if isinstance(each, layers.SpectralEmbedding))
    phi = keras.Model(gan.discriminator.inputs[0], next(
        each for each in gan.discriminator.layers if isinstance(each, layers.SpectralDense)).input)(x)  # fmt: skip
    rows = ops.convert_to_numpy(table.normalized())
    for label in (1, 2):
        expected = np.asarray(phi) @ (rows[label] - rows[0])
        np.testing.assert_allclose(said[label] - said[0], expected, rtol=1e-3, atol=1e-4)


@pytest.mark.slow
def test_biggan_shares_one_embedding_and_cuts_its_latents():
    gan = ganzoo.BigGAN((16, 16, 1), latent=9, classes=5, networks=networks.BigGAN(4, embedding_size=6))
    tables = [each for each in gan.generator.layers if isinstance(each, keras_layers.Embedding)]
    assert [each.embeddings.shape for each in tables] == [(5, 6)]
    norms = [each for each in gan.generator.layers if isinstance(each, layers.ConditionalBatchNormalization)]
    assert [each.gain.kernel.shape for each in norms] == [(9, 8)] * 2 + [(9, 8), (9, 4)]  # 6 of the class and 3 of the latents
    first = next(each for each in gan.generator.layers if isinstance(each, layers.SpectralDense))
    assert first.kernel.shape == (3, 4 * 4 * 8)
    unconditional = ganzoo.BigGAN((16, 16, 1), latent=9, networks=networks.BigGAN(4))
    norms = [each for each in unconditional.generator.layers if isinstance(each, layers.ConditionalBatchNormalization)]
    assert {each.gain.kernel.shape[0] for each in norms} == {3}
    with pytest.raises(InputError, match="latent must be at least 3, one number a chunk"):
        ganzoo.BigGAN((16, 16, 1), latent=2)


@pytest.mark.slow
def test_biggan_begins_orthogonal_and_is_penalized():
    gan = make_gan("BigGAN", latent=4, orthogonal=0.5)
    expected = float(Orthogonal(0.5).weight_penalty(gan.players["generator"], 0))
    tall = [v for v in gan.players["generator"].variables if v.name == "kernel" and np.prod(v.shape[:-1]) >= v.shape[-1]]
    assert 0 <= float(Orthogonal(0.5).weight_penalty(Weights(**{"kernel": tall[0].numpy()}), 0)) < 1e-9 < expected
    logs = gan.train_on_batch(batch_for(gan, 4))
    assert logs["orthogonal"] == pytest.approx(expected, rel=1e-4)  # of kernels with more outputs than inputs
    assert int(gan.discriminator_optimizer.iterations) == 2
    assert "orthogonal" not in make_gan("BigGAN", orthogonal=0).train_on_batch(batch_for(gan, 4))


@pytest.mark.slow
def test_orthogonal_regularization_moves_weights_toward_orthogonality():
    gan = make_gan("BigGAN", orthogonal=100.0)
    kernel = max((v for v in gan.players["generator"].variables if v.name == "kernel"), key=lambda v: np.prod(v.shape))
    kernel.assign(kernel + 0.3)
    before = float(Orthogonal().weight_penalty(gan.players["generator"], 0))
    gan.compile(generator_optimizer=keras.optimizers.Adam(1e-2))
    for step in range(20):
        gan.train_on_batch(batch_for(gan, 4, step))
    assert 0 < float(Orthogonal().weight_penalty(gan.players["generator"], 0)) < 0.5 * before


@pytest.mark.slow
def test_truncated_generator_has_statistics_of_its_own():
    gan = make_gan("BigGAN", classes=3)
    for step in range(3):
        gan.train_on_batch(batch_for(gan, 8, step))
    before = state.get_state(gan)
    near = gan.truncated(0.3, images=128)
    after = state.get_state(gan)
    assert all(np.array_equal(before[key], after[key]) for key in before)
    assert np.abs(near.draw_inputs(8)["latents"]).max() <= 0.3 < np.abs(gan.draw_inputs(8)["latents"]).max()
    ours, theirs = (state.get_state(each) for each in (near, gan))
    changed = {key for key in ours if not np.array_equal(ours[key], theirs[key])}
    assert changed
    assert all("ema_generator" in key and "moving" in key for key in changed)
    # In training mode a batch is normalized by itself: with its own statistics inference mode is near that.
    inputs = [np.asarray(each) for each in near.draw_inputs(64, 5).values()]
    trained = near.ema_generator(inputs, training=True)
    with_own = near.truncated(0.3, images=128).generate(dict(zip(near.inputs, inputs, strict=True)))
    with_others = gan.generate(dict(zip(gan.inputs, inputs, strict=True)))
    errors = [float(ops.mean(ops.abs(trained - each))) for each in (with_own, with_others)]
    assert errors[0] < 0.5 * errors[1]


@pytest.mark.slow
def test_the_average_of_biggan_forgets_the_initial_variances():
    """Batch normalization's variances start at 1; where the average keeps a part of it, samples are dim."""
    gan = make_gan("BigGAN")
    for step in range(20):
        gan.train_on_batch(batch_for(gan, 4, step))
    pairs = zip(gan.ema_generator.non_trainable_weights, gan.generator.non_trainable_weights, strict=True)
    variances = [(np.asarray(mean), np.asarray(raw)) for mean, raw in pairs if raw.name == "moving_variance"]
    assert len(variances) > 1
    kept = sum(np.abs(mean - raw).sum() for mean, raw in variances) / sum(np.abs(1 - raw).sum() for _, raw in variances)
    assert 0 < kept < 0.2, kept

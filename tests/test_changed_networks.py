"""Techniques that are layers, in networks that do not have them by themselves."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import make_stripes

import ganzoo
from ganzoo import networks
from ganzoo.core.inputs import Label, Normal
from ganzoo.errors import InputError
from ganzoo.layers import MinibatchDiscrimination, MinibatchStd, VirtualBatchNormalization
from ganzoo.layers.spectral import SpectralNormalized

SHAPE = (8, 8, 1)


def changed(**options):
    return networks.Changed(networks.DCGAN(), **options)


@pytest.mark.slow
def test_every_kernel_of_the_discriminator_is_normalized():
    gan = ganzoo.DCGAN(SHAPE, latent=4, networks=changed(spectral_norm=True))
    gan.train(make_stripes(), steps=4, batch_size=8, verbose=False)
    normalized = [each for each in gan.discriminator.layers if isinstance(each, SpectralNormalized)]
    assert len(normalized) == 5
    for each in normalized:
        kernel = keras.ops.convert_to_numpy(each.normalized())
        assert np.linalg.norm(kernel.reshape(-1, kernel.shape[-1]), 2) == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("kind, layer", [("std", MinibatchStd), ("discrimination", MinibatchDiscrimination)])
def test_a_discriminator_that_compares_sees_copies(kind, layer):
    pair = changed(minibatch=kind)
    discriminator = pair.build_discriminator(SHAPE, heads={"code": 3})
    assert sum(isinstance(each, layer) for each in discriminator.layers) == 1, "one for all outputs"
    images = np.random.default_rng(0).uniform(0, 1, (4, *SHAPE)).astype("float32")
    alone, among_copies = discriminator(images)[0][0], discriminator(np.repeat(images[:1], 4, axis=0))[0][0]
    assert abs(float(alone[0] - among_copies[0])) > 1e-6
    plain = networks.DCGAN().build_discriminator(SHAPE)
    assert float(plain(images)[0, 0]) == pytest.approx(float(plain(np.repeat(images[:1], 4, axis=0))[0, 0]), abs=1e-6)


def test_minibatch_std_stands_before_the_maps_become_a_vector():
    discriminator = changed(minibatch="std").build_discriminator(SHAPE)
    flat = next(each for each in discriminator.layers if isinstance(each, keras.layers.Flatten))
    assert flat.input.shape[-1] == 257


def test_virtual_batch_norm_follows_its_definition():
    rng = np.random.default_rng(0)
    x = rng.normal(1.0, 2.0, (7, 3, 3, 2))
    layer = VirtualBatchNormalization(4, epsilon=1e-3, dtype="float64")
    y = keras.ops.convert_to_numpy(layer(x))
    reference = x[:4]
    mean, square = reference.mean((0, 1, 2)), (reference**2).mean((0, 1, 2))
    np.testing.assert_allclose(y[:4], (reference - mean) / np.sqrt(square - mean**2 + 1e-3), atol=1e-9)
    for own, found in zip(x[4:], y[4:], strict=True):
        m, s = (own.mean((0, 1)) + 4 * mean) / 5, ((own**2).mean((0, 1)) + 4 * square) / 5
        np.testing.assert_allclose(found, (own - m) / np.sqrt(s - m**2 + 1e-3), atol=1e-9)


@pytest.mark.slow
def test_a_sample_depends_on_no_other():
    gan = ganzoo.CGAN(SHAPE, latent=4, classes=3, networks=changed(virtual_batch_norm=6))
    latents, labels = np.random.default_rng(1).uniform(-1, 1, (5, 4)).astype("float32"), np.arange(5) % 3
    together = keras.ops.convert_to_numpy(gan.generator([latents, labels], training=True))
    alone = keras.ops.convert_to_numpy(gan.generator([latents[3:4], labels[3:4]], training=False))
    np.testing.assert_allclose(alone[0], together[3], atol=1e-5)
    assert len(np.unique(gan.generator.get_layer("reference_latents").values.numpy())) > 20


@pytest.mark.slow
def test_the_reference_batch_is_saved_and_loaded(tmp_path):
    gan = ganzoo.CGAN(SHAPE, latent=4, classes=3, networks=changed(virtual_batch_norm=6))
    gan.train((make_stripes(), np.arange(60) % 3), steps=3, batch_size=8, run_dir=tmp_path / "run", verbose=False)
    again = ganzoo.load(tmp_path / "run")
    np.testing.assert_array_equal(again.sample(4, labels=[0, 1, 2, 0]), gan.sample(4, labels=[0, 1, 2, 0]))


@pytest.mark.slow
def test_an_exported_generator_keeps_its_reference_batch(tmp_path):
    gan = ganzoo.DCGAN(SHAPE, latent=4, networks=changed(virtual_batch_norm=6))
    gan.export(tmp_path / "exported")
    latents = np.random.default_rng(1).uniform(0, 1, (5, 4)).astype("float32")
    found = tf.saved_model.load(str(tmp_path / "exported")).signatures["serving_default"](latents=tf.constant(latents[2:3]))
    expected = keras.ops.convert_to_numpy(gan.generator(latents))
    np.testing.assert_allclose(found["images"].numpy()[0], expected[2], atol=1e-5)


@pytest.mark.parametrize(
    "options, pair, part",
    [
        ({"virtual_batch_norm": 8}, networks.Dense((8,)), "no"),
        ({"minibatch": "std"}, networks.PointDense(), "discriminators of images"),
        ({"minibatch": "all"}, networks.DCGAN(), "minibatch"),
        ({"virtual_batch_norm": 0}, networks.DCGAN(), "virtual_batch_norm"),
    ],
)
def test_refusals(options, pair, part):
    with pytest.raises(InputError, match=part):
        pair = networks.Changed(pair, **options)
        pair.build_generator({"latents": Normal(4), "labels": Label(3)}, SHAPE)
        pair.build_discriminator((2,) if isinstance(pair.networks, networks.PointDense) else SHAPE)


@pytest.mark.slow
def test_points_compare_too():
    gan = ganzoo.PointGAN(2, networks=networks.Changed(networks.PointDense(8), True, "discrimination"))
    gan.train(np.random.default_rng(0).normal(size=(100, 2)).astype("float32"), steps=2, batch_size=10, verbose=False)
    assert any(isinstance(each, MinibatchDiscrimination) for each in gan.discriminator.layers)


@pytest.mark.parametrize("kind", ["std", "discrimination"])
@pytest.mark.parametrize("pair", [networks.Compact(8, 8), networks.Residual(8, 8), networks.Attention(8)])
def test_discriminators_that_project_labels_compare_too(pair, kind):
    changed = networks.Changed(pair, minibatch=kind)
    if kind == "std" and isinstance(pair, networks.Attention):  # the projection is of the maps' own features
        with pytest.raises(InputError, match="minibatch='std' gives .* more features than what follows it takes; take 'disc"):
            changed.build_discriminator(SHAPE, classes=3)
        assert changed.build_discriminator(SHAPE).output_shape == (None, 1)
        return
    discriminator = changed.build_discriminator(SHAPE, classes=3)
    images, labels = np.random.default_rng(0).uniform(-1, 1, (4, *SHAPE)).astype("float32"), np.zeros(4, "int32")
    alone = discriminator([images, labels])[0, 0]
    among_copies = discriminator([np.repeat(images[:1], 4, axis=0), labels])[0, 0]
    assert abs(float(alone - among_copies)) > 1e-6


def test_norms_within_layers_cannot_be_virtual():
    pair = networks.Changed(networks.Attention(8), virtual_batch_norm=8)
    assert pair.build_generator({"latents": Normal(4)}, SHAPE).output_shape == (None, *SHAPE)
    with pytest.raises(InputError, match="must be layers of the generator itself. Received: others within its layers"):
        pair.build_generator({"latents": Normal(4), "labels": Label(3)}, SHAPE)


def test_attention_within_another_layer_is_told():
    gan = ganzoo.SAGAN(SHAPE, latent=4, networks=networks.Changed(networks.Attention(8), virtual_batch_norm=4))
    with pytest.raises(InputError, match="within another layer, as with virtual batch normalization"):
        gan.attention_maps(gan.draw_inputs(2))

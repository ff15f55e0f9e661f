"""From an image back to a latent that makes it."""

import numpy as np
import pytest
from conftest import make_gan
from keras import ops

import ganzoo
from ganzoo import backend, latents
from ganzoo.errors import InputError
from ganzoo.evaluation.inversion import invert


@pytest.mark.slow
@pytest.mark.parametrize("name", ["WGAN", "CGAN", "InfoGAN"])
def test_invert_own_images(name):
    gan = make_gan(name)
    for variable in gan.generator.trainable_variables:  # an untrained generator's images differ by less than their rounding
        variable.assign(2 * variable if name != "WGAN" else variable)
    labels = {"labels": [1, 2, 3]} if gan.needs_labels else {}
    images = gan.sample(3, seed=5, **labels)
    conditions = (np.array([1, 2, 3], "int32"),) if gan.needs_labels else ()
    near = invert(gan, images, starts=20, steps=200, learning_rate=0.1, conditions=conditions)
    far = invert(gan, images, starts=1, steps=1, conditions=conditions)
    assert near["latents"].shape == (3, gan.latent.size)
    assert near["reconstructions"].shape == images.shape
    assert (near["errors"] < 0.3 * far["errors"]).all()
    made = np.square(near["reconstructions"] / 255.0 - images / 255.0).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(made, near["errors"], atol=2e-4)


def test_projected_adam_returns_from_bound():
    target = np.random.default_rng(0).uniform(-0.9, 0.9, (6, 40)).astype("float32")
    mixing = np.random.default_rng(1).normal(size=(40, 60)).astype("float32")

    def squares(z):
        return ops.mean(ops.square((z - target) @ mixing), axis=1)

    law = latents.Uniform(40)
    start = law.draw(6, (1, 2))
    found = backend.projected_adam(squares, start, 300, 0.3, lambda moved: law.project(moved, start))
    np.testing.assert_allclose(found, target, atol=1e-2)


def test_invert_keeps_bounds():
    gan = make_gan("DCGAN")
    found = invert(gan, np.full((2, 8, 8, 1), 255, "uint8"), starts=2, steps=20, learning_rate=1.0)
    assert np.abs(found["latents"]).max() <= 1.0


def test_invert_validation(stripes):
    gan = ganzoo.GAN(image_shape=(8, 8, 1), latent=4)
    for images in (stripes[:2] / 255.0, stripes[:2, :4], stripes[:0], stripes[0]):
        with pytest.raises(InputError, match="images must be uint8"):
            invert(gan, images)
    with pytest.raises(InputError, match="steps must be a positive integer"):
        invert(gan, stripes[:2], steps=0)
    with pytest.raises(InputError, match="GAN needs 0 conditions"):
        invert(gan, stripes[:2], conditions=([1, 2],))

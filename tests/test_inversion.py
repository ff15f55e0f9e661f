"""GAN inversion: from an image back to the inputs that make it."""

import numpy as np
import pytest
from conftest import make_gan
from keras import ops

import ganzoo
from ganzoo import backend
from ganzoo.core import inputs
from ganzoo.errors import InputError
from ganzoo.evaluation.inversion import invert


@pytest.mark.slow
@pytest.mark.parametrize("name", ["WGAN", "CGAN", "InfoGAN"])
def test_invert_own_images(name):
    gan = make_gan(name)
    for variable in gan.generator.trainable_variables:  # an untrained generator's images differ by less than their rounding
        variable.assign(2 * variable if name != "WGAN" else variable)
    labels = {"labels": np.array([1, 2, 3])} if "labels" in gan.inputs else {}
    images = gan.sample(3, seed=5, **labels)
    near = invert(gan, images, starts=20, steps=200, learning_rate=0.1, **labels)
    far = invert(gan, images, starts=1, steps=1, **labels)
    assert near["latents"].shape == (3, gan.latent.size)
    assert list(near["inputs"]) == list(gan.inputs)
    if labels:
        np.testing.assert_array_equal(near["inputs"]["labels"], labels["labels"])
    assert near["reconstructions"].shape == images.shape
    np.testing.assert_array_equal(gan.render(near["inputs"]), near["reconstructions"])
    assert (near["errors"] < 0.3 * far["errors"]).all()
    made = np.square(near["reconstructions"] / 255.0 - images / 255.0).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(made, near["errors"], atol=2e-4)


@pytest.mark.slow
def test_invert_tries_discrete_inputs():
    """Each label is another brightness, which no descent over latents reaches."""
    gan = ganzoo.CGAN((8, 8, 1), latent=4)
    low, high = gan.value_range

    def generate(asked):
        brightness = low + (high - low) * ops.cast(asked["labels"], "float32")[:, None, None, None] / 10
        return brightness * ops.ones((1, 8, 8, 1)) + 0 * asked["latents"][:, :1, None, None]

    gan.generate = generate
    images = np.stack([np.full((8, 8, 1), round(25.5 * label), "uint8") for label in (7, 2)])
    found = invert(gan, images, starts=gan.classes, steps=2)
    np.testing.assert_array_equal(found["inputs"]["labels"], [7, 2])
    assert found["errors"].max() < 1e-4


@pytest.mark.slow
def test_projected_adam_returns_from_bound():
    target = np.random.default_rng(0).uniform(-0.9, 0.9, (6, 40)).astype("float32")
    mixing = np.random.default_rng(1).normal(size=(40, 60)).astype("float32")

    def squares(z):
        return ops.mean(ops.square((z - target) @ mixing), axis=1)

    distribution = inputs.Uniform(40)
    start = distribution.draw((6,), (1, 2))
    found = backend.projected_adam(squares, start, 300, 0.3, lambda moved: distribution.project(moved, start))
    np.testing.assert_allclose(found, target, atol=1e-2)


@pytest.mark.slow
def test_invert_keeps_bounds():
    gan = make_gan("DCGAN")
    found = invert(gan, np.full((2, 8, 8, 1), 255, "uint8"), starts=2, steps=20, learning_rate=1.0)
    assert np.abs(found["latents"]).max() <= 1.0


def test_invert_validation(stripes):
    gan = ganzoo.GAN(image_shape=(8, 8, 1), latent=4)
    for images in (stripes[:2] / 255.0, stripes[:2, :4], stripes[:0], stripes[0]):
        with pytest.raises(InputError, match=r"images must be uint8 \(N, 8, 8, 1\)"):
            invert(gan, images)
    with pytest.raises(InputError, match="steps must be a positive integer"):
        invert(gan, stripes[:2], steps=0)
    with pytest.raises(InputError, match="GAN is asked with latents. Received: labels"):
        invert(gan, stripes[:2], labels=[1, 2])
    with pytest.raises(InputError, match="latents must have a row for each of 2 images. Received: 3"):
        invert(gan, stripes[:2], latents=np.zeros((3, 4)))
    with pytest.raises(InputError, match="GAN has no continuous input to descend over. Its inputs: latents"):
        invert(gan, stripes[:2], latents=np.zeros((2, 4)))
    with pytest.raises(InputError, match="must make images of 8 bits a channel. Received: PointGAN of float32"):
        invert(ganzoo.PointGAN(2), stripes[:2])

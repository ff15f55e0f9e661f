"""SiGAN: the contrastive loss, pairs of identities, and what the model learns from them."""

import numpy as np
import pytest
import tensorflow as tf
from conftest import make_gan
from keras import ops

import ganzoo
from ganzoo.data import IdentityPairs, ImageDataset
from ganzoo.errors import InputError
from ganzoo.losses import contrastive


def test_contrastive_loss_against_its_formula():
    rng = np.random.default_rng(0)
    one, other, same = rng.normal(size=(20, 5)), rng.normal(size=(20, 5)), np.arange(20) % 2
    distance = np.linalg.norm(one - other, axis=1)
    expected = np.where(same == 1, distance**2 / 2, np.maximum(0, 3.5 - distance) ** 2 / 2)
    np.testing.assert_allclose(contrastive(one, other, same, 3.5), expected, rtol=1e-9)
    assert (expected == 0).any()
    assert (expected[same == 0] > 0).any()


def test_contrastive_loss_of_equal_features_has_a_gradient():
    x = tf.ones((4, 3))
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = contrastive(x, tf.ones((4, 3)), tf.constant([1, 0, 1, 0]), 2.0)
    np.testing.assert_allclose(loss, [0, 2, 0, 2], rtol=1e-5)
    assert np.isfinite(tape.gradient(loss, x)).all()


def labelled(n=50, classes=5, size=8):
    """Return images of which every pixel is the number of the image, with labels in a shuffled order."""
    images = np.broadcast_to(np.arange(n)[:, None, None, None], (n, size, size, 1)).astype("uint8")
    labels = np.random.default_rng(1).permutation(np.arange(n) % classes)
    return ImageDataset(images, labels, name="numbers")


def test_pairs_are_of_one_label_or_of_two():
    data, seen = labelled(), []
    labels = data.labels
    for batch in IdentityPairs(data).batches(25, seed=3).take(80):
        one, other = (batch[name].numpy()[0, :, 0, 0, 0] for name in ("images", "other_images"))
        np.testing.assert_array_equal(batch["low"].numpy()[0, :, 0, 0, 0], one)
        np.testing.assert_array_equal(batch["other_low"].numpy()[0, :, 0, 0, 0], other)
        np.testing.assert_array_equal(batch["same"].numpy()[0], labels[one] == labels[other])
        assert (one != other).all()
        seen += list(zip(one.tolist(), other.tolist(), batch["same"].numpy()[0].tolist(), strict=True))
    assert len({one for one, _, _ in seen}) == 50
    assert abs(np.mean([same for _, _, same in seen]) - 0.5) < 0.05
    assert len({other for one, other, same in seen if one == 7 and same}) > 5  # of the 9 others of its label
    assert len({other for one, other, same in seen if one == 7 and not same}) > 10


@pytest.mark.slow
def test_pairs_are_a_function_of_seed_and_step():
    pairs = IdentityPairs(labelled())
    whole = list(pairs.batches(8, seed=5, batches_per_step=2).take(4))
    later = next(iter(pairs.batches(8, seed=5, start_step=3, batches_per_step=2)))
    assert whole[0]["images"].shape == (2, 8, 8, 8, 1)
    for name, values in later.items():
        np.testing.assert_array_equal(values, whole[3][name])
    other = next(iter(pairs.batches(8, seed=6, batches_per_step=2)))
    assert not np.array_equal(other["other_images"], whole[0]["other_images"])
    assert list(next(iter(pairs.batches(8, names=["low"])))) == ["low"]


def test_arrays_of_pairs():
    data = labelled()
    pairs = IdentityPairs(data, scale=2)
    assert {name: each.shape[1:] for name, each in pairs.arrays.items()} == {name: s.shape for name, s in pairs.specs.items()}
    other = pairs.arrays["other_images"][:, 0, 0, 0]
    np.testing.assert_array_equal(pairs.arrays["same"], data.labels == data.labels[other])
    assert 0.2 < pairs.arrays["same"].mean() < 0.8
    assert pairs.fingerprint != IdentityPairs(data, scale=4).fingerprint


def test_small_copies_are_means_of_blocks():
    images = np.random.default_rng(0).integers(0, 256, (4, 8, 4, 3)).astype("uint8")
    low = IdentityPairs(ImageDataset(images, [0, 1, 0, 1]), scale=4).low
    assert low.shape == (4, 2, 1, 3)
    np.testing.assert_array_equal(low[2, 1, 0], np.rint(images[2, 4:, :].mean(axis=(0, 1))))


def test_pairs_refuse_what_has_no_identities():
    images = np.zeros((6, 8, 8, 1), "uint8")
    for labels in (None, np.zeros(6, int)):
        with pytest.raises(InputError, match="need labels of two kinds"):
            IdentityPairs(ImageDataset(images, labels))
    with pytest.raises(InputError, match="multiples of the scale, 3. Received: images of 8x8"):
        IdentityPairs(ImageDataset(images, np.arange(6)), scale=3)
    with pytest.raises(InputError, match="images must be an object such as ImageDataset"):
        IdentityPairs(images)


def test_one_image_of_a_label_has_no_partner_of_its_own():
    pairs = IdentityPairs(ImageDataset(np.zeros((5, 8, 8, 1), "uint8"), [0, 0, 0, 0, 1]))
    alone = [batch["same"].numpy()[0] for batch in pairs.batches(5, seed=0).take(10)]
    assert np.mean(alone) <= 0.8


@pytest.mark.slow
def test_losses_of_a_step_are_those_of_both_images(stripes):
    model = make_gan("SiGAN", reconstruction_weight=2.0, adversarial_weight=0.0, contrastive_weight=3.0)
    pairs = IdentityPairs(ImageDataset(stripes, np.arange(60) % 3))
    batch = {name: values[0] for name, values in next(iter(pairs.batches(6))).items()}
    ready = model.prepare(batch)
    made = [np.asarray(model.enlarge(ready[name], training=True)) for name in ("low", "other_low")]
    truth = [np.asarray(ready[name]) for name in ("images", "other_images")]
    logs = model.play_step(batch)
    distance = np.mean([np.abs(a - b).mean() for a, b in zip(made, truth, strict=True)])
    assert float(logs["reconstruction_loss"]) == pytest.approx(2 * distance, rel=1e-4)
    features = [model.discriminate(ops.convert_to_tensor(each))[1] for each in made]  # by the updated discriminator
    contrast = np.asarray(contrastive(*features, ready["same"], model.margin)).mean()
    assert float(logs["generator_contrast"]) == pytest.approx(3 * contrast, rel=1e-3)
    assert float(logs["generator_loss"]) == 0


@pytest.mark.slow
def test_small_images_are_other_shapes_than_results():
    model = make_gan("SiGAN")
    assert model.sample(low=np.zeros((3, 2, 2, 1), "uint8")).shape == (3, 8, 8, 1)
    columns = model.translations({"low": np.full((3, 2, 2, 1), 9, "uint8")})
    assert [each.shape for each in columns] == [(3, 8, 8, 1)] * 2
    assert (columns[0] == 9).all()
    with pytest.raises(InputError, match="enlarges by a power of 2"):
        ganzoo.SiGAN((12, 12, 1), scale=3)
    assert ganzoo.SiGAN((16, 16, 1), scale=2).sample(low=np.zeros((1, 8, 8, 1), "uint8")).shape == (1, 16, 16, 1)


@pytest.mark.slow
def test_training_beats_repeated_pixels():
    """Slopes of any direction: between the means of blocks they are known."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:8, :8] - 3.5
    a, b = rng.uniform(-15, 15, (2, 60, 1, 1))
    slopes = np.rint(127 + a * rows + b * columns)[..., None].astype("uint8")
    pairs = IdentityPairs(ImageDataset(slopes, np.arange(60) % 3), scale=2)
    model = ganzoo.SiGAN((8, 8, 1), scale=2, networks=ganzoo.networks.SuperResolution(8, 1), learning_rate=2e-3)
    model.train(pairs, steps=300, batch_size=16, verbose=False)
    repeated, made = model.translations({"low": pairs.low})
    assert np.abs(made - slopes.astype(float)).mean() < 0.7 * np.abs(repeated - slopes.astype(float)).mean()


def test_the_generator_adds_to_the_enlarged_image():
    model = make_gan("SiGAN")
    *_, kernel, bias = model.generator.weights
    kernel.assign(np.zeros(kernel.shape))
    bias.assign(np.full(bias.shape, 0.1))
    low = np.random.default_rng(0).uniform(-1, 1, (3, 2, 2, 1)).astype("float32")
    enlarged = np.asarray(tf.image.resize(low, (8, 8), "bilinear"))
    np.testing.assert_allclose(model.enlarge(low), enlarged + 0.1, atol=1e-6)

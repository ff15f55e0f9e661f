"""Samples are functions of seed and index; call, predict, sample and export use one generator."""

import logging

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import make_gan, make_tiny
from keras import ops

from ganzoo import GAN, backend
from ganzoo.core.inputs import Category, Code, Image, Label, Normal, Text, Uniform
from ganzoo.errors import InputError
from ganzoo.training.loading import load


@pytest.fixture(scope="module")
def gan():
    return make_gan("WGAN")


def test_samples_depend_on_seed_and_index_alone(gan):
    ten = gan.sample(10, seed=3)
    assert ten.shape == (10, 8, 8, 1)
    assert ten.dtype == np.uint8
    assert np.abs(gan.sample(4, seed=3).astype(int) - ten[:4]).max() <= 1
    assert np.abs(gan.sample(70, seed=3)[:10].astype(int) - ten).max() <= 1
    assert not np.array_equal(gan.sample(10, seed=4), ten)


@pytest.mark.parametrize("spherical", [True, False])
def test_interpolation_goes_from_one_sample_to_another(spherical, gan):
    path = gan.interpolate(5, seed=1, end_seed=2, spherical=spherical)
    assert path.shape == (5, 8, 8, 1)
    assert np.abs(path[0].astype(int) - gan.sample(1, 1)[0]).max() <= 1
    assert np.abs(path[-1].astype(int) - gan.sample(1, 2)[0]).max() <= 1


def test_what_cannot_be_sampled_is_refused(gan):
    for ask, message in [
        (lambda: gan.sample(0), "n must be a positive integer"),
        (lambda: gan.sample(10**9), "n must be at most 10,000,000"),
        (lambda: gan.interpolate(10**9), "n must be at most 10,000,000"),
        (lambda: gan.sample(2, labels=[1]), "WGAN is asked with latents. Received: labels"),
        (lambda: gan.sample(2, latents=np.zeros((2, 3))), r"latents must be finite numbers \(N, 4\)"),
        (lambda: gan.sample(2, latents=np.full((2, 4), np.nan)), "latents must be finite numbers"),
        (lambda: gan.render({"latents": np.zeros((2, 3))}), r"latents must be \(N, 4\)"),
        (lambda: gan.render({}), "latents is missing"),
        (lambda: gan.interpolate(1), "n must be at least 2"),
    ]:
        with pytest.raises(InputError, match=message):
            ask()
    assert gan.sample(np.int64(2)).shape == (2, 8, 8, 1)


def outputs_of(gan, folder):
    """Return what call, predict, sample and the exported model make of the same latents, uint8."""
    inputs = gan.draw_inputs(3)
    served = tf.saved_model.load(gan.export(folder)).signatures["serving_default"]
    called = gan(ops.convert_to_tensor(inputs["latents"])), gan.predict(inputs["latents"], verbose=0)
    exported = np.rint(served(latents=tf.constant(inputs["latents"]))["images"].numpy() * 255).astype("uint8")
    return [*(gan.postprocess(np.asarray(each)) for each in called), gan.sample(3), exported]


@pytest.mark.slow
@pytest.mark.parametrize("half_life", [None, 16.0])
def test_call_predict_sample_and_export_use_the_same_generator(half_life, tmp_path, stripes):
    gan = make_tiny(ema_half_life_images=half_life)
    gan.compile("sgd", "sgd")
    gan.generator_optimizer.learning_rate = 3.0  # a long way from its average
    gan.play_step({"images": stripes[:16]})
    first, *others = outputs_of(gan, tmp_path / "generator")
    for each in others:
        assert np.abs(first.astype(int) - each).max() <= 1
    plain = gan.postprocess(np.asarray(gan.generator(gan.draw_inputs(3)["latents"])))
    assert (np.abs(plain.astype(int) - first).max() > 1) == (half_life is not None)


def test_average_has_the_stated_half_life(stripes):
    gan = make_tiny(ema_half_life_images=16.0)
    first = gan.generator.get_weights()
    gan.play_step({"images": stripes[:16]})
    for old, new, average in zip(first, gan.generator.get_weights(), gan.ema_generator.get_weights(), strict=True):
        np.testing.assert_allclose(average, (old + new) / 2, rtol=1e-5, atol=1e-6)


@pytest.mark.slow
def test_average_warms_up(stripes):
    """The half-life is a share of the images so far, until that is more than the half-life."""
    gan = make_tiny(ema_half_life_images=60.0, ema_warmup=0.5)
    average = gan.generator.get_weights()
    for half_life in (8, 16, 24, 32, 40, 48, 56, 60, 60):
        gan.play_step({"images": stripes[:16]})
        decay = 0.5 ** (16 / half_life)
        average = [new + decay * (old - new) for old, new in zip(average, gan.generator.get_weights(), strict=True)]
        for ours, theirs in zip(average, gan.ema_generator.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_half_life_follows_a_schedule_of_the_step(stripes):
    gan = make_tiny(ema_half_life_images=keras.optimizers.schedules.PiecewiseConstantDecay([1], [16.0, 64.0]), ema_warmup=3.0)
    average = gan.generator.get_weights()
    for half_life in (16, 16, 64, 64):  # the warm-up's limits are 48, 96, 144, 192
        gan.play_step({"images": stripes[:16]})
        decay = 0.5 ** (16 / half_life)
        average = [new + decay * (old - new) for old, new in zip(average, gan.generator.get_weights(), strict=True)]
        for ours, theirs in zip(average, gan.ema_generator.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
    again = type(gan).from_config(gan.get_config())
    assert again.settings() == gan.settings()


@pytest.mark.parametrize("first", [20_000, -1.0])
def test_schedules_of_a_half_life_give_positive_floats(first):
    """Keras computes a schedule in the type of its first value: in whole numbers a half-life of 20,000 x 0.5^t is 0 at once."""
    with pytest.raises(InputError, match="must give positive floats"):
        make_tiny(ema_half_life_images=keras.optimizers.schedules.ExponentialDecay(first, 1000, 0.5))


@pytest.mark.slow
def test_a_run_with_a_scheduled_half_life_is_loaded(tmp_path, stripes):
    schedule = keras.optimizers.schedules.PolynomialDecay(1e6, 1_000_000, 20_000)
    gan = make_tiny(ema_half_life_images=schedule)
    gan.train(stripes, steps=1, batch_size=8, run_dir=tmp_path / "run", verbose=False)
    loaded = load(tmp_path / "run")
    np.testing.assert_array_equal(loaded.sample(3), gan.sample(3))


@pytest.mark.slow
@pytest.mark.parametrize("steps", [0, 1])
def test_weights_set_by_hand_set_the_average_too(steps, tmp_path, stripes):
    gan, donor = make_tiny(ema_half_life_images=1e6), make_tiny(seed=1)
    for _ in range(steps):
        gan.play_step({"images": stripes[:8]})
    gan.generator.set_weights(donor.generator.get_weights())
    np.testing.assert_array_equal(gan.sample(3), donor.sample(3))
    third = make_tiny(seed=2)
    third.generator.save_weights(tmp_path / "g.weights.h5")
    gan.generator.load_weights(tmp_path / "g.weights.h5")
    np.testing.assert_array_equal(gan.sample(3), third.sample(3))


@pytest.mark.slow
def test_whole_models_weights_can_be_set_by_hand(tmp_path, stripes):
    gan, donor = make_tiny(ema_half_life_images=16.0), make_tiny(ema_half_life_images=16.0, seed=1)
    donor.play_step({"images": stripes[:8]})
    gan.set_weights(donor.get_weights())
    np.testing.assert_array_equal(gan.sample(3), donor.sample(3))


# What a sample is made of.


def test_inputs_have_the_distribution_they_are_named_after():
    normal, uniform = Normal(50).draw((2000,), (1, 2)), Uniform(50).draw((2000,), (1, 2))
    assert abs(float(ops.mean(normal))) < 0.02
    assert abs(float(ops.std(normal)) - 1) < 0.02
    assert -1 <= float(ops.min(uniform)) < -0.99 < 0.99 < float(ops.max(uniform)) < 1
    categories = np.asarray(Category(5).draw((4000,), (1, 2)))
    assert set(categories) == set(range(5))
    assert np.abs(np.bincount(categories) / 4000 - 0.2).max() < 0.03
    codes = np.asarray(Code(2).draw((4000,), (1, 2)))
    assert abs(np.corrcoef(codes[:, 0], codes[:, 1])[0, 1]) < 0.05


def test_inputs_repeat_and_check_what_is_given():
    assert Label(3).check("labels", [2, 0], 5).tolist() == [2, 0, 2, 0, 2]
    assert Label(3).default(4).tolist() == [0, 1, 2, 0]
    assert Code(2).check("codes", [0.5, -0.5], 3).shape == (3, 2)
    assert Normal(2).check("latents", [1.0, 2.0], 2).tolist() == [[1.0, 2.0]] * 2
    pixels = Image((2, 2, 1)).check("a", np.full((1, 2, 2, 1), 255, "uint8"), 2)
    assert pixels.min() == pixels.max() == 1.0
    for odd in (np.zeros((1, 2, 2, 1)), np.zeros((1, 3, 2, 1), "uint8")):
        with pytest.raises(InputError, match="a must be uint8 images"):
            Image((2, 2, 1)).check("a", odd, 1)
    for each in (Label(3), Image((2, 2, 1))):
        with pytest.raises(InputError, match="is not drawn; it must be given"):
            each.draw((1,), (0, 0))
    with pytest.raises(InputError, match="an input of kind Image must be given"):
        Image((2, 2, 1)).default(1)


def test_spherical_blend_keeps_the_length_and_codes_move_straight():
    start, end = np.array([3.0, 0.0], "float32"), np.array([0.0, 3.0], "float32")
    t = np.linspace(0, 1, 7, dtype="float32")
    np.testing.assert_allclose(np.linalg.norm(Normal(2).blend(start, end, t), axis=1), 3.0, rtol=1e-6)
    np.testing.assert_allclose(Normal(2).blend(start, end, t[3:4], spherical=False)[0], [1.5, 1.5])
    np.testing.assert_allclose(Code(2).blend(start, end, t[3:4])[0], [1.5, 1.5])
    np.testing.assert_allclose(Normal(2).blend(start, start, t), [start] * 7)
    assert Category(5).blend(np.int32(1), np.int32(4), t[[0, 6]]).tolist() == [1, 4]


TEXT = Text(("a", "seven", "thick", "thin"), 4, ("a seven", "a thick seven", "thin"))


def test_texts_are_numbers_of_words():
    assert (TEXT.shape, TEXT.dtype, TEXT.classes) == ((4,), "int32", 5)
    asked = ["A THICK seven!", "thin"]
    assert TEXT.encode(asked).tolist() == [[1, 3, 2, 0], [4, 0, 0, 0]]
    assert TEXT.decode(TEXT.encode(asked)) == ["a thick seven", "thin"]
    assert TEXT.check("texts", asked, 3).tolist() == [[1, 3, 2, 0], [4, 0, 0, 0], [1, 3, 2, 0]]
    assert TEXT.check("texts", "thin", 2).tolist() == [[4, 0, 0, 0]] * 2
    np.testing.assert_array_equal(TEXT.check("texts", TEXT.encode(asked).astype("int64"), 2), TEXT.encode(asked))
    assert TEXT.default(4).tolist() == TEXT.encode(["a seven", "a thick seven", "thin", "a seven"]).tolist()
    assert Text.of(["Seven, thick", "a seven"]) == Text(("a", "seven", "thick"), 2, ("Seven, thick", "a seven"))
    assert TEXT.blend(TEXT.encode("thin")[0], TEXT.encode("a")[0], np.array([0.2, 0.8], "float32")).tolist() == [
        [4, 0, 0, 0],
        [1, 0, 0, 0],
    ]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["a thik seven"], "knows no word 'thik'; the nearest is 'thi"),
        (["ß"], "knows no word 'ß'; the nearest is '"),
        (["a a a a a"], "1 to 4 words. Received: 5 in 'a a a a a'"),
        (["...", "a"], "1 to 4 words. Received: 0 in '...'"),
        ([], "texts must be strings, or numbers of words"),
        ([3], "texts must be strings, or numbers of words"),
        (["a", 3], "texts must be strings|knows no word '3'"),
        ([[1, 2, 3, 5]], "texts must be integers from 0 to 4"),
        ([[1, 2, 3]], r"texts must be strings, or numbers of words \(N, 4\)"),
    ],
)
def test_a_text_that_cannot_be_drawn(asked, message):
    with pytest.raises(InputError, match=message):
        TEXT.check("texts", asked, 2)


def test_a_vocabulary_that_is_none():
    for texts, message in ((["a", ""], "1 to 64 words"), (["a " * 65], "Received: 65"), ([], "at least one")):
        with pytest.raises(InputError, match=message):
            Text.of(texts)
    for words in ((), ("two words",), ("Upper",), (3,)):
        with pytest.raises(InputError, match="words must be single words"):
            Text(words, 3)
    with pytest.raises(InputError, match="5000 different words"):
        Text.of([f"w{i}" for i in range(5001)])


@pytest.mark.slow
def test_labels_are_drawn_by_their_shares(tmp_path):
    shares = (0.7, 0.0, 0.3)
    label = Label(3, shares)
    found = np.bincount(ops.convert_to_numpy(label.draw((20_000,), (1, 2))), minlength=3) / 20_000
    assert found == pytest.approx(shares, abs=0.01)  # three standard errors
    gan = GAN((8, 8, 1), latent=4, classes=3, class_shares=shares)
    drawn = gan.draw_inputs(200, seed=1)["labels"]
    assert np.array_equal(gan.draw_inputs(50, seed=1)["labels"], drawn[:50])
    assert 0.55 < (drawn == 0).mean() < 0.85 and not (drawn == 1).any()
    assert np.array_equal(gan.sample(6, labels=drawn[:6], seed=1), gan.sample(6, seed=1))
    assert gan.sample(4, labels=[1]).shape == (4, *gan.image_shape)  # what is asked for is made
    gan.export(tmp_path / "generator")
    served = tf.saved_model.load(str(tmp_path / "generator")).signatures["from_seed"]
    apart = served(seeds=tf.range(1, 5))["images"].numpy().astype(int) - np.concatenate([gan.sample(1, i) for i in range(1, 5)])
    assert np.abs(apart).max() <= 1


@pytest.mark.slow
def test_a_model_after_the_other_is_no_retracing(monkeypatch):
    said = []
    monkeypatch.setattr(logging.getLogger("tensorflow"), "handlers", [SaidTo(said)])
    for seed in range(6):
        make_tiny(seed=seed).sample(2)
    assert not said
    several = backend.jit(lambda n, x: n + x)
    for n in range(6):  # a number is part of a trace: what must be warned of is
        several(n, tf.zeros(()))
    assert "retracing" in said[0]


class SaidTo(logging.Handler):
    """Puts what is logged into a list."""

    def __init__(self, said):
        super().__init__()
        self.said = said

    def emit(self, record):
        self.said.append(record.getMessage())


def test_more_than_are_asked_for_are_refused():
    gan, text = make_gan("GAN", classes=3), Text(("a", "seven"), 2)
    for each, values in ((Label(3), [0, 1, 2]), (Normal(2), np.zeros((3, 2))), (text, ["a", "seven", "a"]),
                         (Image((2, 2, 1)), np.zeros((3, 2, 2, 1), "uint8"))):  # fmt: skip
        assert len(each.check("what", values, 3)) == 3
        with pytest.raises(InputError, match="3 what were given for n=2: leave n out"):
            each.check("what", values, 2)
    with pytest.raises(InputError, match="4 labels were given for n=2"):
        gan.sample(2, labels=[0, 1, 2, 0])
    assert len(gan.sample(labels=[0, 1, 2, 0])) == 4
    with pytest.raises(InputError, match="latents must be finite numbers .* Received: latents='random'"):
        gan.sample(2, latents="random")
    with pytest.raises(InputError, match="endpoint must be one of serving_default. Received: endpoint='b_to_a'"):
        gan.sample(2, endpoint="b_to_a")


def test_a_path_has_one_label():
    with pytest.raises(InputError, match="labels is the same all the way: give one value. Received: 2"):
        make_gan("CGAN", classes=3).interpolate(4, labels=[0, 1])


def test_a_number_stands_for_all():
    gan = make_gan("StyleGAN")
    assert (gan.draw_inputs(2, noise=0)["noise"] == 0).all()
    assert (gan.sample(2, noise=0) == gan.sample(2, noise=np.zeros(gan.inputs["noise"].shape))).all()
    one, two = Code(1), Code(2)
    np.testing.assert_array_equal(one.check("codes", [0.1, 0.2], 2), np.float32([[0.1], [0.2]]))
    np.testing.assert_array_equal(two.check("codes", [0.1], 1), np.float32([[0.1, 0.1]]))
    with pytest.raises(InputError, match="codes must be finite numbers"):
        two.check("codes", [0.1, 0.2, 0.3], 3)


def test_one_value_is_for_one_sample():
    """Also where its length might be taken for a number of samples."""
    plain, styles, filling = make_gan("GAN"), make_gan("StyleGAN3"), make_gan("ContextEncoder")
    assert plain.sample(latents=np.zeros(4)).shape == plain.sample(latents=np.zeros((1, 4))).shape == (1, 8, 8, 1)
    assert plain.sample(latents=np.zeros((3, 4))).shape == (3, 8, 8, 1)
    assert styles.sample(shift=(0.5, 3)).shape == (1, 8, 8, 1)
    images, masks = np.zeros((2, 8, 8, 1), "uint8"), np.ones((3, 8, 8, 1), "int32")
    assert len(filling.sample(images=images[:1], masks=masks[0, :, :, 0])) == 1
    with pytest.raises(InputError, match="3 masks were given for n=2"):
        filling.sample(2, images=images, masks=masks)
    with pytest.raises(InputError, match="latents must be finite numbers"):
        plain.sample(latents=[[1.0, 2.0], [3.0]])

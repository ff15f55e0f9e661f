"""StackGAN: the joint embedding, two stages, texts that are wrong for a real image, and pictures of what is asked for."""

import json

import numpy as np
import pytest
import tensorflow as tf
from conftest import batch_for, make_gan
from keras import ops

import ganzoo
from ganzoo import networks
from ganzoo.commands.flags import parse
from ganzoo.commands.sample import draw, groups
from ganzoo.core import state
from ganzoo.core.inputs import Text
from ganzoo.data.digit_texts import WORDS
from ganzoo.errors import InputError
from ganzoo.testing.recording import watch_step


@pytest.fixture(scope="module")
def gan():
    return make_gan("StackGAN", rough_steps=1)


@pytest.fixture(scope="module")
def stacked():
    """A model after a step in each of its stages, and its state at the end of stage I."""
    model = make_gan("StackGAN", rough_steps=1)
    model.train_on_batch(batch_for(model, 8))
    rough = model.sample(2, texts=["a seven", "a thin one"])
    kept = [np.asarray(weight) for weight in model.ema_generator.weights]
    model.enter(1)
    model.train_on_batch(batch_for(model, 8))
    return model, rough, kept


def test_stages_are_as_long_as_they_are_asked_to_be():
    model = make_gan("StackGAN", rough_steps=5)
    assert [(each.steps, each.name) for each in model.stages(12)] == [(5, "stage I"), (7, "stage II")]
    assert [(each.steps, each.name) for each in model.stages(5)] == [(5, "stage I")]


def test_embedding_loss_is_the_hinge_of_both_ways(gan):
    batch = batch_for(gan, 5, seed=3)
    texts = WORDS.encode(["a seven, upright", "upright, a seven", "a thin one", "a one", "a thick two"])
    real = gan.at_stage(gan.to_value_range(ops.convert_to_tensor(batch["images"])))
    found = np.asarray(gan.embedding_loss(real, ops.convert_to_tensor(texts)))
    pictures, said = (np.asarray(each, "float64") for each in (gan.image_encoder(real), gan.embed(texts)))
    scores = pictures @ said.T
    expected = np.zeros(5)
    for i in range(5):
        others = [j for j in range(5) if j != i and {i, j} != {0, 1}]  # the same words in another order are no opposite
        expected[i] = np.mean([max(0, 1 + scores[i, j] - scores[i, i]) for j in others])
        expected[i] += np.mean([max(0, 1 + scores[j, i] - scores[i, i]) for j in others])
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_the_same_text_is_not_a_wrong_one():
    """Where all texts are the same nothing is said of wrong ones, so their loss is that of right and of generated pairs."""
    model = make_gan("StackGAN", rough_steps=1)
    given = batch_for(model, 8)
    same = dict(given) | {"texts": np.repeat(given["texts"][:1], 8, axis=0)}
    logs, plain = {}, {}
    for found, batch in ((logs, same), (plain, given)):
        found |= {name: float(value) for name, value in make_gan("StackGAN", rough_steps=1).train_on_batch(batch).items()}
    ends = [each["discriminator_loss"] + np.log(each["d_real"]) + np.log(1 - each["d_fake"]) / 2 for each in (logs, plain)]
    assert ends[0] == pytest.approx(0.0, abs=0.02)
    assert ends[1] == pytest.approx(-np.log(1 - plain["d_wrong"]) / 2, abs=0.02)


def test_divergence_of_the_condition_is_that_of_two_gaussians(gan):
    updates = {each.player: each for each in watch_step(gan, batch_for(gan, 6))}
    assert set(updates) == {"encoder", "discriminator", "generator"}
    logs = gan.play_step({name: ops.convert_to_tensor(values) for name, values in batch_for(gan, 64).items()})
    assert float(logs["kl"]) > 0
    assert float(logs["kl_loss"]) == pytest.approx(gan.kl_weight * float(logs["kl"]) / gan.networks.condition, rel=1e-4)
    mean, deviation, noise = 0.7, 0.4, np.random.default_rng(0).normal(size=200_000)
    drawn = mean + deviation * noise
    estimate = np.mean(-np.log(deviation) - noise**2 / 2 + drawn**2 / 2)
    assert (deviation**2 + mean**2 - 1) / 2 - np.log(deviation) == pytest.approx(estimate, rel=0.02)


def test_stage_one_makes_the_means_of_two_by_two_pixels(gan):
    images = np.arange(64, dtype="float32").reshape(1, 8, 8, 1)
    assert np.asarray(gan.at_stage(images))[0, 0, :2, 0].tolist() == [4.5, 6.5]
    made = gan.sample(1, texts="a thick seven")
    np.testing.assert_array_equal(made[:, ::2, ::2], made[:, 1::2, 1::2])


def test_only_known_words_are_drawn(gan):
    assert gan.sample(texts=["a thick seven", "AN EIGHT, leaning left"]).shape == (2, 8, 8, 1)
    assert gan.sample().shape == (10, 8, 8, 1)
    with pytest.raises(InputError, match="knows no word 'sevn'; the nearest is 'seven'"):
        gan.sample(texts=["a sevn"])
    with pytest.raises(InputError, match="text must be an object such as .*Text.words, length.. Received: text='a seven'"):
        ganzoo.StackGAN((8, 8, 1), text="a seven")


def test_data_of_another_vocabulary_are_refused(gan, stripes):
    data = ganzoo.data.CaptionedImages(ganzoo.data.ImageDataset(stripes), ["one two three four five"] * 60)
    with pytest.raises(InputError, match=r"StackGAN\(\.\.\., text=data\.text\)"):
        gan.train(data, steps=1, verbose=False)


@pytest.mark.slow
def test_stage_two_leaves_stage_one_as_it_is(stacked):
    model, rough, kept = stacked
    assert list(model.players) == ["discriminator", "generator"]
    assert all(np.array_equal(a, b) for a, b in zip(kept, model.rough_generator.weights, strict=True))
    asked = {"texts": ["a seven", "a thin one"]}
    np.testing.assert_array_equal(model.sample(2, endpoint="stage_1", **asked), rough)
    assert not np.array_equal(model.sample(2, **asked), rough)
    for update in watch_step(model, batch_for(model, 8)):
        assert {id(v) for v in update.moved} <= {id(v) for v in model.players[update.player].variables}


@pytest.mark.slow
def test_second_stage_goes_round(stacked, tmp_path):
    model, *_ = stacked
    again = type(model).from_config(json.loads(json.dumps(model.get_config())))
    state.set_state(again, state.get_state(model))
    for endpoint in ("serving_default", "stage_1"):
        np.testing.assert_array_equal(again.sample(3, endpoint=endpoint), model.sample(3, endpoint=endpoint))
    model.export(tmp_path / "out", ("savedmodel", "onnx", "litert"))
    assert {each.name for each in (tmp_path / "out").glob("*.onnx")} == {"generator.onnx", "stage_1.onnx"}
    served = tf.saved_model.load(str(tmp_path / "out")).signatures
    asked = model.draw_inputs(2, texts=["a seven", "a thin one"])
    (made,) = served["serving_default"](**{name: tf.constant(each) for name, each in asked.items()}).values()
    assert np.abs(np.rint(255 * made.numpy()) - model.render(asked)).max() <= 1
    vocabulary = json.loads((tmp_path / "out" / "vocabulary.json").read_text("utf-8"))["texts"]
    assert vocabulary["words"][1:] == list(WORDS.words)
    assert [vocabulary["words"].index(word) for word in ("a", "seven")] + [0] * 3 == asked["texts"][0].tolist()
    card = (tmp_path / "out" / "model_card.md").read_text("utf-8")
    code = (
        card.split("import json, re")[1]
        .split("```")[0]
        .replace('"vocabulary.json"', repr(str(tmp_path / "out" / "vocabulary.json")))
    )
    names = {}
    exec("import json, re" + code, names)
    assert names["encode"]("A seven!") == asked["texts"][0].tolist()
    model.export(tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.onnx"))


@pytest.mark.slow
def test_whole_run_of_two_stages_is_resumed_to_the_last_bit(tmp_path):
    data = ganzoo.data.described_digits((8, 8), ganzoo.data.load("digits"), n=60)
    every = {"log_every": 1, "sample_every": 9, "checkpoint_every": 1, "batch_size": 8, "verbose": False}
    whole, half, rest = (make_gan("StackGAN", rough_steps=2) for _ in range(3))
    whole.train(data, steps=4, **every)
    half.train(data, steps=3, run_dir=tmp_path / "run", **every)
    rest.train(data, steps=4, run_dir=tmp_path / "run", resume=True, **every)
    assert (rest.stage, rest.step) == (1, 4)
    ours, theirs = state.get_state(whole), state.get_state(rest)
    assert [key for key in ours if ours[key].tobytes() != theirs[key].tobytes()] == []
    loaded = ganzoo.load(tmp_path / "run")
    np.testing.assert_array_equal(loaded.sample(2, texts=["a seven"]), whole.sample(2, texts=["a seven"]))
    options = parse(
        [flag for found in groups().values() for flag in found], ["ganzoo", "--text=a seven", "--text=one", "--n=4"]
    )
    shown = draw(loaded, options, tmp_path / "run")
    np.testing.assert_array_equal(shown, ganzoo.images.grid(loaded.sample(4, 1, texts=["a seven", "one"]), 2, zoom=8))


def test_a_text_is_for_models_of_texts(tmp_path):
    options = parse([flag for found in groups().values() for flag in found], ["ganzoo", "--text=a seven"])
    with pytest.raises(InputError, match="--text goes with a model that draws texts"):
        draw(make_gan("GAN"), options, tmp_path)
    options = parse([flag for found in groups().values() for flag in found], ["ganzoo", "--labels=3"])
    with pytest.raises(InputError, match="--labels goes with a conditional GAN"):
        draw(make_gan("StackGAN"), options, tmp_path)


@pytest.mark.slow
def test_paths_are_of_the_default_endpoint(tmp_path):
    model = make_gan("StackGAN", rough_steps=1)
    model.enter(1)
    found = [flag for each in groups().values() for flag in each]
    rough = parse(found, ["ganzoo", "--interpolate", "--n=1", "--endpoint=stage_1"])
    with pytest.raises(
        InputError, match="paths are of the default endpoint: leave out --interpolate. Received: --endpoint=sta"
    ):
        draw(model, rough, tmp_path)
    paths = parse(found, ["ganzoo", "--interpolate", "--n=1", "--endpoint=serving_default"])
    assert draw(model, paths, tmp_path).ndim == 3


@pytest.mark.slow
def test_brightness_follows_the_text():
    """Images are bright or dark as their text says; so are samples, and a real image under the other text is false."""
    rng, bright = np.random.default_rng(0), np.arange(256) % 2
    images = (rng.integers(0, 60, (256, 8, 8, 1)) + 190 * bright[:, None, None, None]).astype("uint8")
    data = ganzoo.data.CaptionedImages(ganzoo.data.ImageDataset(images), [("a dark one", "a bright one")[i] for i in bright])
    pair = networks.Stack(width=8, embedding=8, condition=8, residual_blocks=1)
    model = ganzoo.StackGAN((8, 8, 1), Text.of(["a dark one", "a bright one"]), 4, pair, 200, learning_rate=1e-3)
    model.train(data, steps=800, batch_size=32, verbose=False)
    for endpoint in ("stage_1", "serving_default"):
        dark, light = (model.sample(16, endpoint=endpoint, texts=text).mean() for text in ("a dark one", "a bright one"))
        assert dark < 90 < 160 < light < 256
    real = model.to_value_range(ops.convert_to_tensor(images))
    right, wrong = (
        np.asarray(model.discriminate(real, model.embed(data.texts[order]))) for order in (slice(None), slice(None, None, -1))
    )
    assert (right > wrong).mean() > 0.9

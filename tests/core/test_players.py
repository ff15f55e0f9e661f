"""The core knows no number of players: three of them, stages that change them, and Keras's learning-rate callbacks."""

import copy

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import assert_state_goes_on, make_gan, make_tiny
from keras import Input, Sequential, layers, ops

import ganzoo
from ganzoo import augmentation, objectives, regularizers
from ganzoo.core import state
from ganzoo.core.inputs import Normal, Spec
from ganzoo.core.model import AdversarialModel
from ganzoo.core.player import Player
from ganzoo.core.stage import Stage
from ganzoo.data.scaling import scaled
from ganzoo.errors import InputError
from ganzoo.testing import check_gan
from ganzoo.testing.recording import watch_step


class Trio(AdversarialModel):
    """One generator of points against two discriminators."""

    examples = {"points": Spec((2,), "float32")}
    inputs = {"latents": Normal(3)}
    value_range = (-np.inf, np.inf)

    def __init__(self, width=4, seed=0, name=None):
        self.width = width
        super().__init__(seed, name)

    def build_players(self, stage):
        def dense(inputs, outputs):
            return Sequential([Input((inputs,)), layers.Dense(self.width, activation="tanh"), layers.Dense(outputs)])

        sizes = {"generator": (3, 2), "first": (2, 1), "second": (2, 1)}
        return {name: Player({name: dense(*size)}, keras.optimizers.SGD(0.1)) for name, size in sizes.items()}

    def play(self, batches, step):
        latents = self.draw_values((ops.shape(batches["points"])[0],), ops.stack([self.seed, step]))["latents"]
        fake, logs = self.generator(latents), {}
        for name in ("first", "second"):
            judge = getattr(self, name)
            loss = lambda judge=judge: ops.softplus(-judge(batches["points"])) + ops.softplus(judge(fake))  # noqa: E731
            logs |= self.update(name, lambda name=name, loss=loss: ({f"{name}_loss": ops.squeeze(loss(), -1)}, {}))
        return logs | self.update("generator", lambda: ({"generator_loss": self._both(latents)}, {}))

    def _both(self, latents):
        fake = self.generator(latents)
        return ops.squeeze(ops.softplus(-self.first(fake)) + ops.softplus(-self.second(fake)), -1)

    def generate(self, inputs):
        return self.generator(inputs["latents"])

    def postprocess(self, outputs):
        return outputs


def test_three_players_take_turns():
    trio = Trio()
    points = np.random.default_rng(0).normal(size=(8, 2)).astype("float32")
    updates = watch_step(trio, {"points": points})
    assert [each.player for each in updates] == ["first", "second", "generator"]
    for each in updates:
        assert {id(v) for v in each.moved} <= {id(v) for v in trio.players[each.player].variables}
        assert len(each.moved) == 4
    assert trio.train_on_batch(points).keys() == {"first_loss", "second_loss", "generator_loss"}
    assert trio.step == 1
    assert copy.deepcopy(trio).sample(2).tolist() == trio.sample(2).tolist()


@pytest.mark.slow
def test_three_players_pass_the_battery():
    check_gan(Trio, verbose=False).raise_if_failed()


def test_optimizers_of_unknown_players_are_refused():
    with pytest.raises(InputError, match="Trio has the players generator, first, second. Received: third"):
        Trio().compile({"third": "sgd"})


class Growing(AdversarialModel):
    """A generator and a discriminator of 2x2, then 4x4 images, whose first and last layers stay."""

    inputs = {"latents": Normal(3)}

    def __init__(self, seed=0, name=None):
        super().__init__(seed, name)

    @property
    def size(self):
        return 2 * (self.stage + 1)

    @property
    def examples(self):
        return {"images": Spec((self.size, self.size, 1), "uint8")}

    def stages(self, steps):
        return [Stage(steps // 2, {"images": Spec((side, side, 1), "uint8")}, f"{side}x{side}") for side in (2, 4)]

    def build_players(self, stage):
        if stage == 0:
            self.first, self.last = layers.Dense(8, activation="relu"), layers.Dense(1)
        pixels, shape = self.size**2, (self.size, self.size, 1)
        generator = Sequential([Input((3,)), self.first, layers.Dense(pixels, activation="tanh"), layers.Reshape(shape)])
        discriminator = Sequential([Input(shape), layers.Flatten(), layers.Dense(8, activation="tanh"), self.last])
        averages = {"generator": keras.models.clone_model(generator)}
        return {
            "discriminator": Player({"discriminator": discriminator}, keras.optimizers.Adam(1e-2)),
            "generator": Player({"generator": generator}, keras.optimizers.Adam(1e-2), (), averages, 10.0),
        }

    def play(self, batches, step):
        images = self.batch_at(batches, 0)["images"]
        latents = self.draw_values((ops.shape(images)[0],), ops.stack([self.seed, step]))["latents"]
        d, g = self.discriminator, self.generator
        loss = lambda: ops.squeeze(ops.softplus(-d(images)) + ops.softplus(d(g(latents))), -1)  # noqa: E731
        logs = self.update("discriminator", lambda: ({"discriminator_loss": loss()}, {}))
        return logs | self.update("generator", lambda: ({"generator_loss": ops.squeeze(ops.softplus(-d(g(latents))), -1)}, {}))

    def generate(self, inputs):
        return self.players["generator"].sampling("generator")(inputs["latents"])


def images_of(model, n=4):
    return np.random.default_rng(0).integers(0, 256, (n, model.size, model.size, 1), dtype="uint8")


@pytest.fixture(scope="module")
def grown():
    """A growing model after a step in each of its stages, and the weights of the shared layer after the first."""
    model = Growing(seed=2)
    model.train_on_batch(images_of(model))
    shared = [np.asarray(w) for w in model.first.get_weights()]
    model.enter(1)
    kept = [np.array_equal(*pair) for pair in zip(shared, model.first.get_weights(), strict=True)]
    model.train_on_batch(images_of(model))
    return model, kept


@pytest.mark.slow
def test_entering_a_stage_keeps_shared_layers(grown):
    model, kept = grown
    assert kept == [True, True]
    assert (model.stage, model.step) == (1, 2)
    assert model.sample(3).shape == (3, 4, 4, 1)
    assert int(model.players["generator"].optimizer.iterations) == 1
    assert {id(w) for w in model.first.weights} < {id(w) for w in model.generator.weights}
    with pytest.raises(InputError, match=r"images must be \(N, 4, 4, 1\)"):
        model.train_on_batch(np.zeros((4, 2, 2, 1), "uint8"))


def test_stages_tell_their_steps_and_sizes():
    assert [(each.steps, each.examples["images"].shape, each.name) for each in Growing().stages(10)] == [
        (5, (2, 2, 1), "2x2"),
        (5, (4, 4, 1), "4x4"),
    ]


@pytest.mark.slow
def test_training_brings_the_data_to_each_stages_size(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (30, 4, 4, 1), dtype="uint8")
    model = Growing()
    model.train(images, steps=4, batch_size=5, run_dir=tmp_path, log_every=1, verbose=False)
    assert (model.stage, model.step) == (1, 4)
    assert ganzoo.load(tmp_path).sample(2).shape == (2, 4, 4, 1)
    with pytest.raises(InputError, match=r"takes images \(4, 4, 1\)"):
        Growing().train(images[:, :2, :2], steps=4, batch_size=5, verbose=False)


def test_scaling_averages_areas():
    batch = {"images": np.arange(16, dtype="uint8").reshape(1, 1, 4, 4, 1), "labels": np.zeros((1, 1), "int64")}
    small = next(iter(scaled(tf.data.Dataset.from_tensors(batch), {"images": (2, 2, 1)})))
    np.testing.assert_array_equal(small["images"][0, 0, :, :, 0], [[2, 4], [10, 12]])
    assert small["images"].dtype == tf.uint8


@pytest.mark.slow
def test_state_of_a_later_stage_goes_round(grown, tmp_path):
    model, _ = grown
    config = model.get_config()
    assert config["stage"] == 1
    again = Growing.from_config(config)
    state.set_state(again, state.get_state(model))
    model.save(tmp_path / "grown.keras")
    others = [again, copy.deepcopy(model), keras.models.load_model(tmp_path / "grown.keras")]
    for other in others:
        assert (other.stage, other.step) == (1, 2)
        np.testing.assert_array_equal(other.sample(3), model.sample(3))
        ours, theirs = state.get_state(model), state.get_state(other)
        assert [key for key in ours if ours[key].tobytes() != theirs[key].tobytes()] == []


def test_state_names_know_no_layer_names():
    one, other = Growing(), Growing()
    assert state.get_state(one).keys() == state.get_state(other).keys()
    assert {name.split("/")[0] for name in state.get_state(one)} == {"discriminator", "generator", "step"}


# Keras's callbacks.


def rates(gan):
    return [float(player.optimizer.learning_rate) for player in gan.players.values()]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("callback", "factor"),
    [
        (lambda: keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5), 0.25),
        (lambda: keras.callbacks.ReduceLROnPlateau("never", factor=0.5, patience=1, min_delta=1e9, mode="min"), 0.5),
    ],
)
def test_learning_rate_callbacks_move_all_players(callback, factor, stripes):
    class Constant(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["never"] = 1.0

    gan = make_tiny()
    gan.compile(keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-2))
    gan.fit(stripes, batch_size=30, epochs=2, callbacks=[Constant(), callback()], verbose=0)
    np.testing.assert_allclose(rates(gan), [1e-2 * factor] * 2, rtol=1e-5)


@pytest.mark.slow
def test_learning_rate_callbacks_keep_different_rates_apart(stripes):
    gan = make_tiny()
    gan.compile(keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-3))
    halve = keras.callbacks.ReduceLROnPlateau("generator_loss", factor=0.5, patience=1, min_delta=1e9, mode="min")
    gan.fit(stripes, batch_size=30, epochs=2, callbacks=[halve], verbose=0)
    np.testing.assert_allclose(rates(gan), [5e-3, 5e-4], rtol=1e-5)


def test_a_player_of_two_networks_moves_both():
    networks = {name: keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name=name)]) for name in ("one", "two")}
    player = Player(networks, keras.optimizers.SGD())
    assert {id(v) for v in player.variables} == {id(v) for network in networks.values() for v in network.trainable_variables}
    assert len(player.variables) == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("DCGAN", {"augmentation": augmentation.Adaptive(augmentation.RandomFlip(), images=40.0)}),
        ("DCGAN", {"ema_half_life_images": 100.0, "ema_warmup": 0.05}),
        ("GAN", {"objective": objectives.non_saturating().replace(regularizers=[regularizers.HistoricalAveraging()])}),
        ("GAN", {"objective": objectives.non_saturating_r1()}),
        ("CycleGAN", {"buffer": 4}),
        ("StyleGAN2", {"path_length": 2.0}),
        ("SAGAN", {}),
        ("ProgressiveGAN", {"stage_steps": 8}),
    ],
)
def test_state_of_every_technique_goes_on_to_the_last_bit(name, options):
    """Three compiled steps, the state put into another model, and three more are six steps."""
    keras.utils.clear_session()
    whole = make_gan(name, **options)
    rest = make_gan(name, **options)
    if name == "ProgressiveGAN":
        for gan in (whole, rest):
            gan.enter(1)
    assert_state_goes_on(whole, rest, steps=6, at=3)
    assert whole.step == 6

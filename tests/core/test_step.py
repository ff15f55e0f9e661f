"""One training step: who is trained in whose update, how often, on what, by which gradient."""

import random

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import batch_for, fast_only, make_gan, make_tiny, slow
from keras import Input, Sequential, layers, ops

import ganzoo
from ganzoo import backend, objectives, optimizers, regularizers
from ganzoo.errors import InputError
from ganzoo.registry import MODELS
from ganzoo.testing.recording import watch_step

# Those that differ from another in a loss or in labels alone are tested with all tests, not with the fast ones.
NAMES = fast_only(["GAN", "CGAN", "WGAN"], MODELS)


class Plain(ganzoo.GAN):
    """A GAN whose step is a function of its weights and latents alone: no dropout, no batch normalization."""

    def build_generator(self):
        body = [layers.Dense(8, activation="tanh"), layers.Dense(64, activation="tanh"), layers.Reshape(self.image_shape)]
        return Sequential([Input((self.latent.size,)), *body])

    def build_discriminator(self):
        return Sequential([Input(self.image_shape), layers.Flatten(), layers.Dense(8, activation="tanh"), layers.Dense(1)])


def make_plain(**options):
    return Plain(image_shape=(8, 8, 1), latent=4, **options)


@pytest.fixture(scope="module")
def watched():
    """Return (model, its updates in one step), by name."""
    made = {}

    def get(name):
        if name not in made:
            model = make_gan(name)
            for player in model.players.values():
                for variable in player.variables:
                    if variable.name == "gamma" and variable.shape == ():
                        variable.assign(0.5)  # of self-attention, which it shuts off at first
            made[name] = model, watch_step(model, batch_for(model))
        return made[name]

    return get


@pytest.mark.parametrize("name", NAMES)
def test_update_moves_its_own_player_only(name, watched):
    model, updates = watched(name)
    assert {each.player for each in updates} == set(model.players)
    for player_name, player in model.players.items():
        own = {id(v): v for network in player.networks.values() for v in network.trainable_variables}
        found = [each for each in updates if each.player == player_name]
        moved = {id(v) for each in found for v in each.moved}
        assert moved <= own.keys()
        # A bias that batch normalization subtracts again, or that cancels in a difference of logits, has no gradient.
        assert {v.name for key, v in own.items() if key not in moved} <= {"bias"}


@pytest.mark.parametrize("name", NAMES)
def test_every_weight_gets_a_finite_gradient_that_is_not_zero(name, watched):
    model, updates = watched(name)
    for update in updates:
        assert [id(v) for v, _ in update.gradients] == [id(v) for v in model.players[update.player].variables]
        for variable, gradient in update.gradients:
            assert np.isfinite(gradient).all(), variable.path
            assert variable.name == "bias" or np.abs(gradient).max() > 0, variable.path


@pytest.mark.parametrize("name", NAMES)
def test_losses_are_per_sample(name, watched):
    _, updates = watched(name)
    assert {shape for update in updates for shape in update.losses.values()} == {(6,)}


@pytest.mark.parametrize("name", NAMES)
def test_batches_per_step_is_how_often_the_first_player_moves(name, watched):
    model, updates = watched(name)
    if isinstance(model, ganzoo.GAN):
        assert [each.player for each in updates] == ["discriminator"] * model.n_critic + ["generator"]
        assert model.batches_per_step == model.n_critic


@pytest.mark.parametrize("name", NAMES)
def test_gradient_through_stored_outputs_is_the_gradient_at_once(name, watched):
    _, updates = watched(name)
    through = [update for update in updates if update.expected is not None]
    assert through or name in ("CycleGAN", "PartialConvNet"), "whose players' outputs are made where they are needed"
    for update in through:
        for (variable, gradient), expected in zip(update.gradients, update.expected, strict=True):
            np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-6, err_msg=variable.path)


@pytest.mark.parametrize("n_critic", [1, 3])
def test_generator_update_is_gradient_through_combined(n_critic):
    gan = make_plain(objective=objectives.non_saturating().replace(n_critic=n_critic))
    expected, update_generator = [], gan.update_generator

    def watched_update(batch, inputs, fake, seed):
        latents = inputs["latents"]
        loss = lambda: (ops.mean(ops.softplus(-gan.combined(latents, training=True))), None)  # noqa: E731
        expected.extend(backend.value_and_gradients(loss, gan.generator.trainable_variables)[2])
        return update_generator(batch, inputs, fake, seed)

    gan.update_generator = watched_update
    found = [gradient for _, gradient in watch_step(gan, batch_for(gan))[-1].gradients]
    assert len(found) == len(expected) == 4
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", fast_only(["CGAN"], MODELS))
def test_combined_is_discriminator_on_generator(name):
    gan = make_gan(name)
    if not isinstance(gan, ganzoo.GAN):
        pytest.skip("has no combined model")
    inputs = {key: tf.constant(values) for key, values in gan.draw_inputs(3).items()}
    tensors = list(inputs.values())
    fake = gan.generator(tensors if len(tensors) > 1 else tensors[0])
    expected = gan.discriminate(fake, {key: inputs[key] for key in inputs if key in gan.examples})
    said = keras.tree.flatten(gan.combined(tensors if len(tensors) > 1 else tensors[0]))
    for ours, theirs in zip(said, [expected.logits, *expected.outputs], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    assert {id(v) for v in gan.combined.weights} == {id(v) for net in (gan.generator, gan.discriminator) for v in net.weights}


@pytest.mark.slow
@pytest.mark.parametrize("n_critic", [1, 3])
def test_optimizers_count_updates_and_ragged_batches_are_steps(n_critic, stripes):
    gan = make_tiny(objective=objectives.non_saturating().replace(n_critic=n_critic))
    for batch in (stripes[:8], stripes[8:16], stripes[16:19]):
        logs = gan.train_on_batch(batch)
    assert gan.step == int(gan.generator_optimizer.iterations) == 3
    assert int(gan.discriminator_optimizer.iterations) == 3 * n_critic
    assert {"discriminator_loss", "generator_loss"} < logs.keys()
    assert all(isinstance(value, float) and np.isfinite(value) for value in logs.values())


def test_each_discriminator_update_sees_its_own_batch_and_new_noise(monkeypatch):
    gan = make_plain(objective=objectives.non_saturating().replace(n_critic=3))
    seen, plain = [], gan.update_discriminator

    def update(batch, inputs, fake, seed):
        seen.append((float(ops.max(batch["images"])), np.asarray(inputs["latents"]).tobytes()))
        return plain(batch, inputs, fake, seed)

    object.__setattr__(gan, "update_discriminator", update)
    batches = np.arange(3, dtype="float32")[:, None, None, None, None] / 4 * np.ones((3, 2, 8, 8, 1), "float32")
    for step in (0, 1):
        gan.play({"images": tf.constant(batches)}, tf.constant(step))
    assert [brightness for brightness, _ in seen] == [0, 0.25, 0.5] * 2
    assert len({latents for _, latents in seen}) == 6


@pytest.mark.parametrize("objective", [objectives.wasserstein(), slow(objectives.wasserstein_gp())])
def test_compiled_loop_equals_single_updates(objective, stripes):
    images = stripes[:40].reshape(5, 8, 8, 8, 1)
    compiled, by_hand = (make_plain(objective=objective) for _ in range(2))
    compiled.train_on_batch(images)
    by_hand.play_step({"images": tf.constant(images)})
    for a, b in zip(compiled.weights, by_hand.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=2e-5, err_msg=a.path)


def test_equal_seeds_make_equal_runs_and_leave_the_callers_randomness_alone(stripes):
    random.seed(5)
    expected = random.random()
    random.seed(5)
    a, b, other = make_tiny(), make_tiny(), make_tiny(seed=1)
    assert random.random() == expected
    for gan in (a, b, other):
        gan.play_step({"images": tf.constant(stripes[:8])})
    np.testing.assert_array_equal(a.sample(3), b.sample(3))
    assert not np.array_equal(a.sample(3), other.sample(3))


@pytest.mark.slow
def test_compile_replaces_optimizers_of_next_batch(stripes):
    gan = make_tiny()
    gan.train_on_batch(stripes[:8])
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    before = [*gan.generator.get_weights()[:2], *gan.discriminator.get_weights()[:2]]
    gan.train_on_batch(stripes[:8])
    after = [*gan.generator.get_weights()[:2], *gan.discriminator.get_weights()[:2]]
    assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))
    assert gan.step == 2  # a counter of the model's own: optimizers may be exchanged during a run


def test_loops_mean_and_unrolled_mean_agree():
    def body(index):
        return {"square": tf.cast(index, tf.float32) ** 2}

    looped = tf.function(lambda: backend.mean_over_repeats(body, 4))()
    assert float(looped["square"]) == float(backend.mean_over_repeats(body, 4)["square"]) == 3.5


@pytest.mark.slow
@pytest.mark.parametrize("n_critic", [2, 5])
def test_the_discriminators_update_is_traced_once_however_many_there_are(n_critic, stripes, monkeypatch):
    gan, traced = make_tiny(objective=ganzoo.objectives.Objective("hinge", n_critic=n_critic)), []
    whole = gan.update_discriminator
    monkeypatch.setattr(gan, "update_discriminator", lambda *arguments: traced.append(1) or whole(*arguments))
    gan.train(stripes, 3, batch_size=4, verbose=False)
    assert len(traced) == 1 and int(gan.discriminator_optimizer.iterations.numpy()) == 3 * n_critic


def test_uint8_is_scaled_once_and_floats_are_taken_as_they_are():
    gan = ganzoo.PointGAN()
    gan.value_range = (-2.0, 1.0)
    np.testing.assert_allclose(gan.to_value_range(tf.constant([0, 85, 255], tf.uint8)), [-2.0, -1.0, 1.0], rtol=1e-6)
    np.testing.assert_allclose(gan.to_value_range(tf.constant([-0.5, 3.0])), [-0.5, 3.0])


class Line(ganzoo.GAN):
    """G(z) = a z + b against a discriminator that knows x and x^2: two parameters, one Gaussian."""

    def build_generator(self):
        return Sequential([Input((1,)), layers.Dense(1, kernel_initializer="ones"), layers.Reshape((1, 1, 1))])

    def build_discriminator(self):
        x = Input((1, 1, 1))
        flat = layers.Flatten()(x)
        return keras.Model(x, layers.Dense(1)(layers.Concatenate()([flat, flat * flat])))


@pytest.mark.slow
def test_two_parameter_gan_finds_a_gaussian():
    numbers = np.random.default_rng(0).normal(1.5, 0.5, (4000, 1, 1, 1)).astype("float32")
    objective = objectives.Objective("non_saturating", [regularizers.R1(0.1)], 1, keras.optimizers.Adam(2e-2, beta_1=0.0),
                                     keras.optimizers.Adam(5e-3, beta_1=0.0))  # fmt: skip
    gan = Line(image_shape=(1, 1, 1), latent=1, objective=objective, value_range=(-9, 9))
    gan.set_steps_per_execution(50)
    data = ganzoo.data.as_dataset(tf.data.Dataset.from_tensor_slices(numbers).batch(256))
    gan.fit(data.batches(256, 0, 0, 50), epochs=1, steps_per_epoch=30, verbose=0)
    assert gan.step == 1500
    spread, center = (float(np.squeeze(w)) for w in gan.generator.get_weights())
    assert abs(center - 1.5) < 0.1
    assert abs(abs(spread) - 0.5) < 0.1


@pytest.mark.slow
@pytest.mark.parametrize("make", [keras.optimizers.Adam, optimizers.Adam])
def test_gradients_are_accumulated_where_an_optimizer_says_so(make, stripes):
    gan = make_tiny()
    gan.compile(make(1e-2, gradient_accumulation_steps=2), make(1e-2, gradient_accumulation_steps=2))
    networks = (gan.generator, gan.discriminator)
    before = [[np.array(weight) for weight in network.trainable_variables] for network in networks]
    for moved in (False, True):
        gan.train_on_batch(stripes[:8])
        for network, weights in zip(networks, before, strict=True):
            pairs = zip(network.trainable_variables, weights, strict=True)
            assert any(not np.array_equal(now, old) for now, old in pairs) is moved


def test_parts_of_a_batch_may_be_named():
    gan, a = make_gan("CGAN"), batch_for(make_gan("CGAN"))
    states = []
    for call in (
        lambda gan: gan.train_on_batch(a["images"], a["labels"]),
        lambda gan: gan.train_on_batch(labels=a["labels"], images=a["images"]),
        lambda gan: gan.train_on_batch(x=a["images"], y=a["labels"]),
        lambda gan: gan.train_on_batch(a["images"], labels=a["labels"]),
        lambda gan: gan.train_on_batch({"labels": a["labels"]}, images=a["images"], y=None),
    ):
        gan = make_gan("CGAN")
        states.append(call(gan))
    assert all(each == states[0] for each in states)
    for named, said in (({"pictures": a["images"]}, "pictures"), ({"x": a["images"], "images": a["images"]}, "images")):
        with pytest.raises(InputError, match=f"takes images and labels, each once. Received: {said}=..."):
            gan.train_on_batch(**named)

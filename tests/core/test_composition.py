"""Any networks with any objective, strings for objects, and a conditional GAN of a student's own."""

import itertools

import keras
import numpy as np
import pytest
from conftest import fast_only, make_gan, make_tiny
from keras import Input, layers

import ganzoo
from ganzoo import losses, networks, objectives, regularizers
from ganzoo.errors import InputError

PAIRS = list(itertools.product(networks.BY_NAME, objectives.BY_NAME))
FAST = [("dense", "hinge"), ("texture", "least_squares")]


@pytest.mark.parametrize("pair", fast_only(FAST, PAIRS),
                         ids="-".join)  # fmt: skip
def test_any_networks_play_any_objective(pair, stripes):
    norm = {"texture": "critic_norm", "infogan": "discriminator_batch_norm"}.get(pair[0])
    without_norm = {norm: False} if norm and pair[1] == "wasserstein_gp" else {}
    build = networks.Dense((16,)) if pair[0] == "dense" else networks.BY_NAME[pair[0]](**without_norm)
    gan = ganzoo.GAN((8, 8, 1), 4, networks=build, objective=objectives.BY_NAME[pair[1]]())
    before = gan.generator.get_weights()
    logs = gan.play_step({"images": stripes[:4]})
    assert np.isfinite([float(value) for value in logs.values()]).all()
    assert set(gan.objective.display_names) <= logs.keys()
    assert any(not np.array_equal(*each) for each in zip(before, gan.generator.get_weights(), strict=True))


@pytest.mark.slow
def test_batch_norm_under_a_gradient_penalty_is_refused():
    """Gulrajani et al. 2017, section 4; DRAGAN and R1 are allowed."""
    penalty = regularizers.GradientPenalty()
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([10], [1.0, 0.1])
    for each in (penalty, regularizers.Lazy(penalty), regularizers.Scheduled(penalty, schedule)):
        objective = objectives.wasserstein().replace(regularizers=(each,))
        with pytest.raises(InputError, match="a network without batch normalization.*voids"):
            ganzoo.GAN((8, 8, 1), 4, networks=networks.InfoGAN(8), objective=objective)
        ganzoo.GAN((8, 8, 1), 4, networks=networks.InfoGAN(8, discriminator_batch_norm=False), objective=objective)
    for build in (networks.Texture(), networks.DCGAN(discriminator_batch_norm=True)):
        with pytest.raises(InputError, match="a network without batch normalization.*voids"):
            ganzoo.GAN((8, 8, 1), 4, networks=build, objective=objectives.wasserstein_gp())
    for each in (regularizers.DRAGAN(), regularizers.R1()):
        objective = objectives.wasserstein().replace(regularizers=(each,))
        ganzoo.GAN((8, 8, 1), 4, networks=networks.InfoGAN(8), objective=objective)


BUILDERS = [networks.Dense((16,)), networks.DCGAN(embedding_size=3), networks.Texture(), networks.InfoGAN(8),
            networks.Attention(4), networks.BigGAN(4)]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("build", BUILDERS, ids=repr)
def test_any_networks_can_be_conditional(build, stripes):
    gan = ganzoo.GAN((8, 8, 1), 4, classes=3, networks=build)
    assert np.isfinite(float(gan.play_step({"images": stripes[:6], "labels": np.arange(6) % 3})["generator_loss"]))
    assert gan.sample().shape == (3, 8, 8, 1)


class StudentCGAN(ganzoo.GAN):
    """A conditional GAN from the base class: two networks of two inputs, nothing else."""

    default_classes = 3
    default_latent = 4

    def build_generator(self):
        z, label = Input((self.latent.size,)), Input((), dtype="int32")
        x = layers.Concatenate()([z, layers.Embedding(self.classes, 4)(label)])
        x = layers.Dense(64, activation="tanh")(layers.Dense(32, activation="relu")(x))
        return keras.Model([z, label], layers.Reshape(self.image_shape)(x))

    def build_discriminator(self):
        image, label = Input(self.image_shape), Input((), dtype="int32")
        x = layers.Concatenate()([layers.Flatten()(image), layers.Embedding(self.classes, 4)(label)])
        return keras.Model([image, label], layers.Dense(1)(layers.LeakyReLU(0.2)(layers.Dense(32)(x))))


@pytest.mark.slow
def test_student_conditional_gan(stripes):
    gan = StudentCGAN(image_shape=(8, 8, 1))
    labels = np.arange(60) % 3
    gan.train_on_batch(stripes[:9], labels[:9])
    assert gan.sample().shape == (3, 8, 8, 1)
    assert not np.array_equal(gan.sample(1, labels=[0]), gan.sample(1, labels=[1]))
    with pytest.raises(InputError, match="labels must be integers from 0 to 2"):
        gan.train_on_batch(stripes[:8], labels[:8] + 1)


@pytest.mark.slow
def test_losses_and_optimizers_as_strings(stripes):
    gan = make_tiny(objective=objectives.Objective("hinge", (), 1, "sgd", "adam"))
    assert isinstance(gan.objective.loss, losses.Hinge)
    assert isinstance(gan.discriminator_optimizer, keras.optimizers.SGD)
    gan.compile("rmsprop", "sgd")
    assert isinstance(gan.discriminator_optimizer, keras.optimizers.RMSprop)
    gan.train_on_batch(stripes[:8])
    assert int(gan.discriminator_optimizer.iterations) == 1
    with pytest.raises(InputError, match="loss must be one of .*Did you mean 'hinge'"):
        objectives.Objective("hinje")


@pytest.mark.slow
def test_models_of_one_objective_share_no_optimizer(stripes):
    objective = objectives.non_saturating()
    one, other = make_tiny(objective=objective), make_tiny(objective=objective)
    one.train_on_batch(stripes[:8])
    assert int(other.generator_optimizer.iterations) == 0
    assert one.generator_optimizer is not other.generator_optimizer


def test_one_optimizer_for_two_players_is_refused():
    optimizer = keras.optimizers.Adam()
    with pytest.raises(InputError, match="discriminator_optimizer and generator_optimizer must be different objects"):
        make_tiny().compile(optimizer, optimizer)


@pytest.mark.parametrize("options", [{"objective": "hinge"}, {"latent": "normal"}, {"value_range": (1, 0)}, {"classes": 0}])
def test_parts_of_another_kind_are_refused(options):
    with pytest.raises(InputError, match=f"{next(iter(options))} must be .* Received: "):
        make_gan("GAN", **options)

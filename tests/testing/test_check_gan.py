"""`check_gan` passes a right GAN, and names the fault of GANs that are wrong."""

import math
import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import fast_only, make_gan, run_python, slow
from keras import Input, Sequential, layers, ops

import ganzoo
from ganzoo import objectives
from ganzoo.errors import InputError
from ganzoo.testing import CHECKS, check_gan


class Small(ganzoo.GAN):
    """A right GAN of two small dense networks; each wrong one below changes one thing."""

    default_latent = 4

    def build_generator(self):
        body = [layers.Dense(16, activation="relu"), *self.last_of_generator(), layers.Reshape(self.image_shape)]
        return Sequential([Input((self.latent.size,)), *body])

    def last_of_generator(self):
        return [layers.Dense(math.prod(self.image_shape), activation="tanh")]

    def build_discriminator(self):
        body = [layers.Flatten(), layers.Dense(16), layers.LeakyReLU(0.2), *self.last_of_discriminator()]
        return Sequential([Input(self.image_shape), *body])

    def last_of_discriminator(self):
        return [layers.Dense(1)]


class SigmoidLayer(Small):
    def last_of_discriminator(self):
        return [layers.Dense(1), layers.Activation("sigmoid")]


class SigmoidActivation(Small):
    def last_of_discriminator(self):
        return [layers.Dense(1, activation="sigmoid")]


class HardSigmoid(Small):
    def last_of_discriminator(self):
        return [layers.Dense(1, activation="hard_sigmoid")]


class SigmoidOperation(Small):
    operation = staticmethod(ops.sigmoid)

    def build_discriminator(self):
        body = super().build_discriminator()
        return keras.Model(body.inputs, self.operation(body.outputs[0]))


class HardSigmoidOperation(SigmoidOperation):
    operation = staticmethod(ops.hard_sigmoid)


class HandmadeSigmoid(SigmoidOperation):
    operation = staticmethod(lambda x: 1 / (1 + ops.exp(-ops.clip(x, -20, 20))))


class SigmoidGenerator(Small):
    def last_of_generator(self):
        return [layers.Dense(math.prod(self.image_shape), activation="sigmoid")]


class HandmadeSigmoidGenerator(Small):
    def build_generator(self):
        z = Input((self.latent.size,))
        x = layers.Dense(math.prod(self.image_shape))(layers.Dense(16, activation="relu")(z))
        return keras.Model(z, layers.Reshape(self.image_shape)(1 / (1 + ops.exp(-ops.clip(x, -20, 20)))))


class LinearGenerator(Small):
    def last_of_generator(self):
        return [layers.Dense(math.prod(self.image_shape))]


class WrongLatents(Small):
    def build_generator(self):
        return Sequential([Input((7,)), layers.Dense(math.prod(self.image_shape), "tanh"), layers.Reshape(self.image_shape)])


class WrongOutput(Small):
    def build_generator(self):
        return Sequential([Input((self.latent.size,)), layers.Dense(48, "tanh"), layers.Reshape((4, 4, 3))])


class FlatLogits(Small):
    def last_of_discriminator(self):
        return [layers.Dense(3)]


class BlindDiscriminator(Small):
    def build_discriminator(self):
        x = Input(self.image_shape)
        return keras.Model(x, layers.Dense(1, bias_initializer="ones")(0.0 * layers.Flatten()(x)))


class DeafGenerator(Small):
    def build_generator(self):
        z = Input((self.latent.size,))
        x = layers.Dense(math.prod(self.image_shape), "tanh", bias_initializer="ones")(0.0 * z)
        return keras.Model(z, layers.Reshape(self.image_shape)(x))


class FrozenLayer(Small):
    def last_of_discriminator(self):
        return [layers.Dense(16, activation="relu", trainable=False), layers.Dense(1)]


class FrozenDiscriminator(Small):
    def build_discriminator(self):
        network = super().build_discriminator()
        network.trainable = False
        return network


class MeanLoss(Small):
    def generator_loss(self, real_logits, fake_logits):
        return ops.mean(ops.softplus(-fake_logits))


class BroadcastLoss(Small):
    def discriminator_loss(self, real_logits, fake_logits):
        return ops.softplus(-real_logits) + ops.softplus(ops.squeeze(fake_logits, -1))


class ColumnLoss(Small):
    def discriminator_loss(self, real_logits, fake_logits):
        return ops.softplus(-real_logits) + ops.softplus(fake_logits)


class TurnedDiscriminator(Small):
    def discriminator_loss(self, real_logits, fake_logits):
        return ops.squeeze(ops.softplus(real_logits) + ops.softplus(-fake_logits), -1)


class TurnedGenerator(Small):
    def generator_loss(self, real_logits, fake_logits):
        return ops.squeeze(ops.softplus(fake_logits), -1)


class TurnedInside(Small):
    """Both losses are right, and the discriminator's answer is turned before they see it."""

    def update_discriminator(self, batch, inputs, fake, seed):
        return super().update_discriminator(batch | {"images": fake}, inputs, batch["images"], seed)


class NormalizedUnderPenalty(Small):
    default_objective = staticmethod(objectives.relativistic)

    def last_of_discriminator(self):
        return [layers.BatchNormalization(), layers.Dense(1)]


class RefusedNormalization(NormalizedUnderPenalty):
    default_objective = staticmethod(objectives.wasserstein_gp)


class UnusedLayer(Small):
    def build_discriminator(self):
        x = Input(self.image_shape)
        flat = layers.Flatten()(x)
        return keras.Model(x, layers.Dense(1)(flat) + 0.0 * layers.Dense(1)(flat))


class UnstoredArgument(Small):
    def __init__(self, image_shape=(8, 8, 1), width=3):
        super().__init__(image_shape)


class Raises(Small):
    def generator_loss(self, real_logits, fake_logits):
        return real_logits.there_is_no_such_thing


class UnseededNoise(Small):
    def generate_batch(self, inputs):
        return super().generate_batch(inputs) + np.random.normal()


class ForeignVariable(Small):
    class Scaling(layers.Layer):
        def build(self, shape):
            self.scale = tf.Variable(1.0)

        def call(self, x):
            return x * self.scale

    def last_of_discriminator(self):
        return [self.Scaling(), layers.Dense(1)]


class Seedless(Small):
    def __init__(self, width=16):
        self.width = width
        super().__init__()


# Class -> (check that finds it, part of the sentence).
WRONG = {
    SigmoidLayer: ("built", "build_discriminator must return logits, as the sigmoid is in the loss.*ends in a sigmoid"),
    SigmoidActivation: ("built", "build_discriminator must return logits.*ends in a sigmoid"),
    HardSigmoid: ("built", "build_discriminator must return logits.*ends in a hard_sigmoid"),
    SigmoidOperation: ("built", "build_discriminator must return logits.*ends in a sigmoid"),
    HardSigmoidOperation: ("built", "build_discriminator must return logits.*ends in a hard_sigmoid"),
    HandmadeSigmoid: ("logits", "always between 0 and 1.*as if it ended in a sigmoid. Return logits"),
    SigmoidGenerator: ("built", r"images in value_range \(-1.0, 1.0\).*ends in a sigmoid.*take tanh or pass value_range"),
    HandmadeSigmoidGenerator: ("value range", r"one half of value_range \(-1, 1\)"),
    LinearGenerator: ("value range", r"outside of value_range \(-1, 1\). End it with tanh"),
    WrongLatents: ("built", r"build_generator must take latents \(4,\). Received: an input of shape \(7,\)"),
    WrongOutput: ("built", r"build_generator must return images \(N, 28, 28, 1\).*\(N, 4, 4, 3\)"),
    FlatLogits: ("built", r"build_discriminator must return logits \(N, 1\).*\(N, 3\)"),
    BlindDiscriminator: ("discriminator looks", "ignores its input"),
    DeafGenerator: ("inputs matter", "The generator ignores its latents"),
    FrozenLayer: ("trainable layers", "The discriminator has frozen layers.*Remove trainable = False"),
    FrozenDiscriminator: ("trainable layers", "The discriminator has frozen layers.*Remove trainable = False"),
    MeanLoss: ("losses per sample", r"generator_loss must return one number per sample.*shape \(\).*Leave the mean out"),
    BroadcastLoss: ("losses per sample", r"discriminator_loss must return.*shape \(N, N\).*was broadcast"),
    TurnedDiscriminator: ("direction of losses", "discriminator_loss uses the logits the wrong way round"),
    TurnedGenerator: ("direction of losses", "generator_loss uses the logits the wrong way round"),
    TurnedInside: ("learns which is real", "gives the real ones the lower logits"),
    NormalizedUnderPenalty: ("independent samples", r"batch normalization \(batch_norm.*voids R1\(.*\) and R2\("),
    RefusedNormalization: ("built", r"without batch normalization.*voids GradientPenalty\(\)"),
    UnusedLayer: ("gradients", "The discriminator has weights whose gradient is always zero.*kernel"),
    UnstoredArgument: ("configuration", "__init__ takes width and does not keep it.*self.width = width"),
    Raises: (
        "losses per sample",
        r"AttributeError in generator_loss, line \d+ of .*test_check_gan.py \(return real_logits.there",
    ),
    UnseededNoise: ("resume", "differs from one that was not interrupted"),
    ForeignVariable: ("trainable layers", "weights that Keras does not know of.*scaling.*scale.*self.add_weight"),
    Seedless: ("same seed", "__init__ takes no seed. Take seed, or "),
}
SEEN_FAST = (SigmoidLayer, HandmadeSigmoid, WrongLatents, BlindDiscriminator, FrozenDiscriminator, MeanLoss, BroadcastLoss,
             TurnedGenerator, NormalizedUnderPenalty, UnstoredArgument)  # fmt: skip


@pytest.mark.parametrize("wrong", fast_only(SEEN_FAST, WRONG), ids=lambda each: each.__name__)
def test_fault_is_named(wrong):
    check, message = WRONG[wrong]
    needed = [*CHECKS[check][2], check] if check in CHECKS else ["trainable layers"]
    report = check_gan(wrong, checks=needed, verbose=False)
    assert not report.passed
    assert [each.check for each in report.failures] == [check]
    assert re.search(message, report.failures[0].message), report.failures[0].message
    with pytest.raises(AssertionError, match=f"FAIL {check}"):
        report.raise_if_failed()


@pytest.mark.slow
@pytest.mark.parametrize("wrong", WRONG, ids=lambda each: each.__name__)
def test_fault_is_named_by_the_whole_battery(wrong):
    report = check_gan(wrong, verbose=False)
    check, message = WRONG[wrong]
    found = [each.message for each in report.failures if each.check == check]
    assert found
    assert re.search(message, found[0])


OPTIONS = ({"classes": 3}, {"ema_half_life_images": 10.0}, *({"objective": make()} for make in objectives.BY_NAME.values()))


@pytest.mark.parametrize("options", [{}, *(slow(each) for each in OPTIONS)])
def test_student_gan_passes(options):
    subject = ganzoo.GAN if "classes" in options else Small
    check_gan(subject, verbose=False, **options).raise_if_failed()


@pytest.mark.slow
def test_an_energy_that_is_turned_round_in_time_is_no_fault():
    """The discriminator of an energy-based GAN is an autoencoder, which knows dark images before it has learned bright ones."""

    class Energy(Small):
        def build_discriminator(self):
            images = Input(self.image_shape)
            x = layers.Flatten()(images)
            found = layers.Dense(x.shape[1], activation="tanh")(layers.Dense(16, activation="relu")(x))
            return keras.Model(images, -ops.mean(ops.square(x - found), axis=1, keepdims=True))

        def discriminator_loss(self, real_logits, fake_logits):
            return (ops.relu(1 + fake_logits) - real_logits)[:, 0]

        def generator_loss(self, real_logits, fake_logits):
            return -fake_logits[:, 0]

    check_gan(Energy(image_shape=(8, 8, 1)), checks=["learns which is real"], verbose=False).raise_if_failed()


@pytest.mark.slow
def test_instances_and_functions_are_checked_and_left_as_they_were():
    gan = Small(image_shape=(4, 4, 1))
    before = gan.get_weights()
    report = check_gan(gan, checks=["who moves", "compiled step"], verbose=False)
    assert report.passed
    assert [each.check for each in report.findings] == ["built", "who moves", "compiled step"]
    assert all(np.array_equal(*pair) for pair in zip(before, gan.get_weights(), strict=True))
    assert check_gan(lambda: Small(image_shape=(4, 4, 1)), checks=["logits"], verbose=False).passed
    for odd in (lambda: 3, int):
        assert not check_gan(odd, verbose=False).passed


def test_report_is_readable_text(capsys):
    report = check_gan(SigmoidLayer)
    assert capsys.readouterr().out == f"{report}\n"
    assert str(report).splitlines()[0] == "SigmoidLayer: 1 of 1 checks did not pass"


STUDENT = """
import ganzoo
from ganzoo.testing import battery

battery.CHECKS = {name: battery.CHECKS[name] for name in ("trainable layers", "losses per sample")}

class Right(ganzoo.GAN):
    pass

class Wrong(ganzoo.GAN):
    def generator_loss(self, real_logits, fake_logits):
        return undefined_name
"""


@pytest.mark.slow
@pytest.mark.parametrize(("name", "status"), [("Right", 0), ("Wrong", 1), ("Missing", 2)])
def test_exit_status(name, status, tmp_path):
    (tmp_path / "homework.py").write_text(STUDENT)
    done = run_python("-m", "ganzoo.testing", f"{tmp_path}/homework.py:{name}", cwd=tmp_path)
    assert done.returncode == status, done.stdout + done.stderr
    said = {0: "Right: all checks passed", 1: "line 12 of", 2: "has no Missing"}[status]
    assert said in (done.stdout + done.stderr)
    assert "Traceback" not in done.stdout + done.stderr


def test_what_cannot_be_loaded(tmp_path, capsys):
    from ganzoo.testing.__main__ import main

    (tmp_path / "broken.py").write_text("import ganzoo\n1 / 0\n")
    for target in (f"{tmp_path}/broken.py:MyGAN", f"{tmp_path}/none.py:MyGAN", "MyGAN"):
        assert main([target]) == 2
    assert "ZeroDivisionError in <module>, line 2 of" in capsys.readouterr().err
    assert main([]) == 2


def test_column_of_losses_is_one_number_per_sample():
    """Shape (N, 1), which the README's own subclass returns, has the same mean as (N,)."""
    assert check_gan(ColumnLoss, checks=["losses per sample", "who moves", "losses of a step"], verbose=False).passed


class Fading(Small):
    """A loss that begins at 0, as on the page Your GAN."""

    def generator_loss(self, real_logits, fake_logits):
        share = ops.minimum(ops.cast(self.step_counter, "float32") / 1000, 1.0)
        return share * super().generator_loss(real_logits, fake_logits)


class Constant(Small):
    def generator_loss(self, real_logits, fake_logits):
        return 0.0 * super().generator_loss(real_logits, fake_logits)


class Wide(Small):
    """Pixels from 0 to 255, which value_range allows."""

    def __init__(self, image_shape=(8, 8, 1), **options):
        super().__init__(image_shape, value_range=(0, 255), **options)

    def last_of_generator(self):
        return [layers.Dense(math.prod(self.image_shape), activation="sigmoid"), layers.Rescaling(255.0)]


def test_losses_that_fade_in_are_no_fault():
    checks = ["losses per sample", "direction of losses", "who moves", "gradients"]
    report = check_gan(Fading, checks=checks, verbose=False)
    assert report.passed, report
    stays = check_gan(Constant, checks=checks, verbose=False)
    assert "it stays what it is" in str(stays) and "wrong way round" not in str(stays)


def test_other_ranges_depths_and_a_single_class_are_no_fault():
    assert check_gan(Wide, checks=["bad input"], verbose=False).passed
    deep = check_gan(ganzoo.TextureGAN((32, 32, 1), latent=4, depth=16), checks=["bad input", "compiled step"], verbose=False)
    assert deep.passed, deep
    assert check_gan(ganzoo.GAN, checks="discriminator looks", classes=1, verbose=False).passed


def test_batch_norm_is_seen_beside_a_layer_that_compares():
    class Comparing(NormalizedUnderPenalty):
        def last_of_discriminator(self):
            features = [layers.Reshape((4, 4, 1)), ganzoo.layers.MinibatchStd(), layers.Flatten()]
            return [*features, *super().last_of_discriminator()]

    report = check_gan(Comparing, checks=["independent samples"], verbose=False)
    assert "batch normalization" in str(report) and not report.passed


def test_checks_that_are_none_or_for_others_are_refused():
    with pytest.raises(InputError, match="checks must be one of .*Received: checks='logit'"):
        check_gan(Small, checks="logit")
    with pytest.raises(InputError, match="the check 'logits' is for a ganzoo.GAN. Received: a CycleGAN"):
        check_gan(make_gan("CycleGAN"), checks=["logits"], verbose=False)

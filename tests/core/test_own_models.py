"""Models that users write: what a mistake is told, and examples that are neither images nor points."""

import copy

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import make_gan, make_tiny
from keras import layers, ops

import ganzoo
from ganzoo import losses, networks, objectives, optimizers, regularizers
from ganzoo.core import config
from ganzoo.core.inputs import Category, Image, Normal, Spec
from ganzoo.core.model import AdversarialModel
from ganzoo.core.player import Player
from ganzoo.core.sampling import Endpoint
from ganzoo.errors import InputError
from ganzoo.testing import check_gan

SMALL = {"image_shape": (8, 8, 1), "latent": 4, "networks": networks.Dense((16,))}


class Deaf(ganzoo.GAN):
    """The images' gradient is lost on the way to the generator's loss."""

    def generator_loss(self, real_logits, fake_logits):
        return ops.softplus(-ops.stop_gradient(fake_logits))[:, 0]


@pytest.mark.slow
def test_a_gradient_that_is_lost_moves_nothing(stripes):
    gan = Deaf(**SMALL)
    before = gan.generator.get_weights()
    gan.train_on_batch(stripes[:16])
    for old, new in zip(before, gan.generator.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    report = check_gan(lambda: Deaf(**SMALL), checks=["who moves", "gradients"], verbose=False)
    assert any("always zero" in each.message for each in report.failures)


def loss_of(value):
    return type("Odd", (ganzoo.GAN,), {"generator_loss": lambda self, real, fake: value(fake)})(**SMALL)


@pytest.mark.parametrize(
    ("value", "found"),
    [(ops.mean, r"shape \(\)"), (lambda f: f - f[:, 0], r"shape \(\d+, \d+\)|shape \(None, None\)"), (lambda f: None, "None")],
)
def test_a_loss_is_one_number_per_example(value, found, stripes):
    with pytest.raises(InputError, match=f"generator_loss must be one number per example.* Received: ({found})"):
        loss_of(value).train_on_batch(stripes[:6])


@pytest.mark.slow
def test_a_loss_is_not_replaced_by_another_of_its_name(stripes):
    def auxiliary(name):
        return type(
            "Named", (ganzoo.GAN,), {"auxiliary_losses": lambda self, player, real, fake: {name: fake.logits[:, 0] ** 2}}
        )

    objective = objectives.Objective(regularizers=[regularizers.R1()])
    for name in ("r1", "discriminator_loss", "d_real"):
        with pytest.raises(InputError, match=f"called '{name}' is there already"):
            auxiliary(name)(**SMALL, objective=objective).train_on_batch(stripes[:6])
    assert np.isfinite(auxiliary("mine")(**SMALL, objective=objective).train_on_batch(stripes[:6])["mine"])


def test_the_step_is_a_tensor_within_a_step(stripes):
    class Switched(ganzoo.GAN):
        def generator_loss(self, real_logits, fake_logits):
            return (1.0 if self.step < 2 else 0.0) * fake_logits[:, 0]

    gan = Switched(**SMALL)
    assert gan.step == 0
    with pytest.raises(InputError, match="take the tensor self.step_counter"):
        gan.train_on_batch(stripes[:6])


def test_arguments_that_every_model_has_itself_are_refused():
    class Staged(ganzoo.GAN):
        def __init__(self, stage=3, **options):
            self.stage = stage
            super().__init__(**options)

    with pytest.raises(InputError, match="Staged may not have an argument 'stage'"):
        Staged(**SMALL)


def test_compile_takes_names_and_players_together():
    gan = ganzoo.GAN(**SMALL)
    gan.compile(generator_optimizer=keras.optimizers.Adam(1e-3), optimizers={"discriminator": keras.optimizers.SGD(0.5)})
    assert float(gan.generator_optimizer.learning_rate) == pytest.approx(1e-3)
    assert isinstance(gan.discriminator_optimizer, keras.optimizers.SGD)


@pytest.mark.slow
def test_penalties_of_a_generator_with_embedded_labels(stripes):
    class Conditional(ganzoo.GAN):
        def build_generator(self):
            latents, labels = keras.Input((4,)), keras.Input((), dtype="int32")
            x = layers.Concatenate()([latents, layers.Embedding(self.classes, 3)(labels)])
            return keras.Model([latents, labels], layers.Reshape((8, 8, 1))(layers.Dense(64, activation="tanh")(x)))

    objective = objectives.Objective(generator_regularizers=[regularizers.HistoricalAveraging()])
    gan = Conditional(**SMALL, classes=3, objective=objective)
    assert float(gan.train_on_batch(stripes[:6], np.arange(6) % 3)["historical_averaging"]) == 0.0
    assert float(gan.train_on_batch(stripes[:6], np.arange(6) % 3)["historical_averaging"]) > 0.0
    with pytest.raises(InputError, match="path lengths belong to a GAN of styles"):
        objectives.Objective(generator_regularizers=[regularizers.Lazy(regularizers.PathLength())])


def test_endpoints_of_latents_beside_those_of_images():
    class Reconstructing(ganzoo.GAN):
        def endpoints(self):
            image = {"images": Image(self.image_shape)}
            return super().endpoints() | {"reconstruct": Endpoint(image, lambda inputs: inputs["images"], "images")}

    given = np.full((8, 8, 8, 1), 50, "uint8")
    picture = Reconstructing(**SMALL).preview({"images": given})
    assert picture.dtype == np.uint8
    assert {50} <= set(np.unique(picture))


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", [keras.optimizers.SGD, optimizers.Adam])
def test_a_run_is_loaded_with_the_optimizers_that_it_was_compiled_with(optimizer, tmp_path, stripes):
    gan = ganzoo.GAN(**SMALL)
    gan.compile(generator_optimizer=optimizer(keras.optimizers.schedules.CosineDecay(1e-3, 10), clipnorm=1.0))
    gan.train(stripes, steps=2, run_dir=tmp_path / "run", batch_size=8, verbose=False)
    loaded = ganzoo.load(tmp_path / "run")
    assert type(loaded.generator_optimizer) is optimizer
    assert loaded.generator_optimizer.clipnorm == 1.0
    assert int(loaded.generator_optimizer.iterations) == 2
    np.testing.assert_array_equal(loaded.sample(4), gan.sample(4))
    found = [dict(each.train_on_batch(stripes[:8])) for each in (gan, loaded)]
    assert found[0] == found[1]


def test_fit_says_what_it_takes():
    with pytest.raises(InputError, match="arrays or a tf.data.Dataset.* Received: x of type generator"):
        make_tiny().fit(iter_of() for iter_of in ())


class SeriesGAN(AdversarialModel):
    """Series of two numbers at twelve times, and which of two kinds they are of."""

    def __init__(self, latent=4, seed=0, name=None):
        self.latent = latent
        self.examples = {"series": Spec((12, 2), "float32"), "kinds": Spec((), "int32")}
        self.inputs = {"latents": Normal(latent), "kinds": Category(2)}
        super().__init__(seed, name)

    def build_players(self, stage):
        generator = keras.Sequential([keras.Input((self.latent,)), layers.Dense(24), layers.Reshape((12, 2))])
        discriminator = keras.Sequential([keras.Input((12, 2)), layers.Flatten(), layers.Dense(1)])
        built = {"generator": generator, "discriminator": discriminator}
        return {name: Player({name: network}, keras.optimizers.Adam(1e-3)) for name, network in built.items()}

    def play(self, batches, step):
        real = self.batch_at(batches, 0)["series"]
        latents = self.draw_values((ops.shape(real)[0],), (self.seed, step))["latents"]

        def judge(series):
            return self.discriminator(series)[:, 0]

        def discriminator():
            false = ops.softplus(judge(self.generator(latents)))
            return {"discriminator_loss": ops.softplus(-judge(real)) + false}, {}

        logs = self.update("discriminator", discriminator)
        return logs | self.update("generator", lambda: ({"generator_loss": ops.softplus(-judge(self.generator(latents)))}, {}))

    def generate(self, inputs):
        return 10.0 * self.generator(inputs["latents"])


WAVES = np.cumsum(np.random.default_rng(0).normal(size=(40, 12, 2)), axis=1)


@pytest.mark.slow
def test_examples_that_are_no_images_train_resume_sample_and_export(tmp_path):
    data = {"kinds": np.arange(40) % 2, "series": WAVES}
    settings = {"batch_size": 8, "run_dir": tmp_path / "run", "verbose": False, "checkpoint_every": 1, "sample_every": 1}
    gan = SeriesGAN()
    gan.train(data, steps=2, **settings)
    samples = gan.sample(5, kinds=[0, 1, 1, 0, 1])
    assert (samples.dtype, samples.shape) == (np.float32, (5, 12, 2))
    assert samples.min() < -1.5
    assert samples.max() > 1.5
    resumed = SeriesGAN()
    resumed.train(data, steps=4, resume=True, **settings)
    whole = SeriesGAN()
    whole.train(data, steps=4, batch_size=8, verbose=False)
    np.testing.assert_array_equal(resumed.sample(3), whole.sample(3))
    whole.export(tmp_path / "exported")
    served = tf.saved_model.load(str(tmp_path / "exported")).signatures["serving_default"]
    drawn = whole.draw_inputs(3, seed=1)
    made = served(latents=tf.constant(drawn["latents"]), kinds=tf.constant(drawn["kinds"]))["series"]
    np.testing.assert_allclose(made, whole.sample(3, seed=1), rtol=1e-5)


@pytest.mark.slow
def test_a_gan_of_series_passes_the_battery():
    class Series(ganzoo.GAN):
        example_name, example_ndim = "series", 2

    check_gan(lambda: Series((12, 2), networks=networks.Dense((16,))), verbose=False).raise_if_failed()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"kinds": np.arange(39) % 2, "series": WAVES}, "the same number of examples"),
        ({"kinds": np.arange(40) % 2, "series": WAVES[:, :5]}, r"takes series \(12, 2\)"),
        ({"kinds": np.arange(40) % 2, "series": np.full_like(WAVES, np.nan)}, "series must be finite. Received: 960 numbers"),
        ({"kinds": np.arange(40) + 1, "series": WAVES}, "kinds must be"),
        ({"kinds": np.full(40, "a"), "series": WAVES}, r"kinds must be numbers of shape \(N, ...\)"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(data, message):
    with pytest.raises(InputError, match=message):
        SeriesGAN().train(data, steps=1, batch_size=8, verbose=False)


class Fixed(ganzoo.GAN):
    """A subclass that passes options of its own choice on."""

    def __init__(self, size=8, **options):
        self.size = size
        super().__init__((size, size, 1), latent=4, objective=objectives.hinge(), **options)


class Forgetful(ganzoo.GAN):
    def __init__(self, depth=2, **options):
        super().__init__((8, 8, 1), latent=4, **options)


def test_options_that_a_subclass_fixes_are_its_own(stripes, tmp_path):
    gan = Fixed(ema_half_life_images=100.0)
    gan.train(stripes, steps=1, batch_size=8, run_dir=tmp_path / "run", verbose=False)
    gan.save(tmp_path / "gan.keras")
    for again in (copy.deepcopy(gan), keras.models.load_model(tmp_path / "gan.keras"), ganzoo.load(tmp_path / "run")):
        assert (again.size, again.objective, again.ema_half_life_images) == (8, objectives.hinge(), 100.0)
        np.testing.assert_array_equal(again.sample(2), gan.sample(2))


def test_another_value_for_what_a_subclass_fixes_is_refused():
    with pytest.raises(InputError, match="Fixed passes its own objective on, so that it cannot be made with another"):
        Fixed.from_config(Fixed().get_config() | {"objective": config.serialize(objectives.minimax())})

    class Mine(objectives.Objective):
        def __init__(self, **options):
            super().__init__("hinge", **options)

    assert Mine().replace(n_critic=2).n_critic == 2


def test_arguments_of_parts_that_are_not_kept_are_named(stripes, tmp_path):
    class Deep(networks.Dense):
        def __init__(self, depth=3):
            super().__init__((8,) * depth)

    with pytest.raises(InputError, match="Deep.__init__ takes depth and does not keep it"):
        ganzoo.GAN((8, 8, 1), latent=4, networks=Deep()).train(stripes, 1, batch_size=8, run_dir=tmp_path / "run")
    assert not (tmp_path / "run").exists() and "Deep" in repr(Deep())


def test_arguments_that_are_not_kept_are_named():
    with pytest.raises(
        InputError, match="takes depth and does not keep it. Store every argument under its own name: self.depth"
    ):
        Forgetful().get_config()


@pytest.mark.parametrize("frozen", ["build", "after"])
def test_a_frozen_network_is_told(frozen, stripes):
    class Frozen(ganzoo.GAN):
        def build_discriminator(self):
            network = super().build_discriminator()
            network.trainable = frozen == "after"
            return network

    gan = Frozen((8, 8, 1), latent=4)
    gan.discriminator.trainable = False  # the classic pattern
    with pytest.raises(InputError, match="the discriminator has no weights that can be trained"):
        gan.train(stripes, steps=1, batch_size=8, verbose=False)


def test_an_average_of_shared_layers_is_refused():
    generator = make_gan("GAN").generator

    class Handed(ganzoo.GAN):
        def build_generator(self):
            return generator

    assert Handed((8, 8, 1), latent=4).sample(1).shape == (1, 8, 8, 1)
    norm = keras.layers.Normalization()
    norm.adapt(np.random.default_rng(0).normal(size=(50, 4)))

    class Adapted(ganzoo.GAN):
        def build_generator(self):
            body = [norm, keras.layers.Dense(64, activation="tanh"), keras.layers.Reshape((8, 8, 1))]
            return keras.Sequential([keras.Input((4,)), *body])

    assert Adapted((8, 8, 1), latent=4, ema_half_life_images=100.0).sample(1).shape == (1, 8, 8, 1)
    with pytest.raises(
        InputError, match="the average of the generator must have layers of its own: build new ones in every call"
    ):
        Handed((8, 8, 1), latent=4, ema_half_life_images=100.0)


class Critic(keras.Model):
    def __init__(self):
        super().__init__()
        self.flat, self.dense = keras.layers.Flatten(), keras.layers.Dense(1)

    def call(self, images):
        return self.dense(self.flat(images))


def test_a_network_may_end_in_a_model_of_a_subclass(stripes):
    class Wrapped(ganzoo.GAN):
        def build_discriminator(self):
            inputs = keras.Input(self.image_shape)
            return keras.Model(inputs, Critic()(inputs))

    gan = Wrapped((8, 8, 1), latent=4)
    gan.train(stripes, steps=2, batch_size=8, verbose=False)
    with pytest.raises(InputError, match="this one ends in another model"):
        losses.FeatureMatching().features(gan.discriminator)


@pytest.mark.parametrize("default", [objectives.hinge, staticmethod(objectives.hinge), objectives.hinge()])
def test_defaults_of_a_class_may_be_objects_or_functions(default):
    class Hinged(ganzoo.GAN):
        default_networks = networks.Dense((8,))
        default_objective = default

    class Method(ganzoo.GAN):
        def default_objective(self):
            return objectives.hinge()

    for cls in (Hinged, Method):
        assert cls((8, 8, 1), latent=4).objective == objectives.hinge()
    assert Hinged((8, 8, 1), latent=4).networks == networks.Dense((8,))

"""`class GAN`: the game of two networks on latents, the base of most models of the zoo and of yours.

    min_G max_D  E_x[log D(x)] + E_z[log(1 - D(G(z)))]          Goodfellow et al. 2014, arXiv:1406.2661, eq. 1

The lecture's pattern (compile D, freeze it, compile a combined model z -> D(G(z)), alternate two `train_on_batch`) never
trains the discriminator in Keras 3: which weights are trainable is read when the step is traced, after the freeze. Here
`combined` exists and the generator's gradient goes through it, but the variables that a gradient is taken for decide which
weights move.
"""

import inspect
import math
import numbers
from typing import Any, NamedTuple

import keras
from keras import ops

from ganzoo import backend, networks, objectives
from ganzoo.augmentation import Adaptive
from ganzoo.core import validation
from ganzoo.core.inputs import Input, Label, Spec
from ganzoo.core.match import Match
from ganzoo.core.model import AdversarialModel
from ganzoo.core.player import Player, check_half_life
from ganzoo.errors import InputError
from ganzoo.networks.base import check_pair
from ganzoo.utils.checks import check_image_shape, check_object, check_range, check_shares, positive_integer, positive_number


class Judged(NamedTuple):
    """What the discriminator said of a batch, and what the batch was.

    Attributes:
        logits: float32 `(N, 1)`, high for real.
        outputs: list of the discriminator's further outputs, empty for most.
        inputs: {name: tensor}: for real examples the batch (images, labels), for generated ones the generator's inputs.
    """

    logits: Any
    outputs: list
    inputs: dict


class GAN(AdversarialModel):
    """A generative adversarial network: a pair of networks and an objective.

    On its own it is the classic GAN with two small dense networks. A subclass overrides `build_generator`,
    `build_discriminator`, `discriminator_loss`, `generator_loss`, or the class's defaults; the constructor takes other parts.

    Args:
        image_shape: (height, width, channels) of the images, positive ints.
        latent: a distribution of `ganzoo.core.inputs`, or an int, the size of the networks' usual distribution.
        classes: number of labels, 0 to classes - 1, of a conditional GAN; None for a GAN without labels.
        class_shares: how often each label is drawn for samples whose label is not given, `classes` numbers that sum to 1, such
            as the data's `label_shares`; None: labels take turns.
        networks: a pair of `ganzoo.networks`.
        objective: a `ganzoo.objectives.Objective`.
        augmentation: an object of `ganzoo.augmentation` that transforms what the discriminator sees in training, or None.
        value_range: (low, high) of the pixels that the networks see, default the networks' own; uint8 images are scaled to it.
        ema_half_life_images: if set, samples come from a generator whose weights are an exponential moving average with this
            half-life, counted in generated training images as in StyleGAN's official code (the average: Karras et al. 2018,
            arXiv:1710.10196, appendix A.1); or a `keras.optimizers.schedules` object, which gives it from the steps so far.
        ema_warmup: limits this half-life to this share of the images so far, above 0, so that the average forgets the initial
            weights; None for no limit. The official code of Karras et al. 2020, arXiv:2006.06676, has 0.05.
        seed: int in [0, 2^31); initial weights, noise and the order of batches are functions of it.

    Attributes:
        generator: `keras.Model`, latents float32 `(N, latent.size)` (and labels int32 `(N,)`) -> images `(N, H, W, C)` in
            `value_range`.
        discriminator: `keras.Model`, images `(N, H, W, C)` (and labels, if it takes two inputs) -> logits `(N, 1)`, high for
            real.
        combined: `keras.Model`, latents (and labels) -> logits: D(G(z)).
        latent: the latents' distribution, with its `size`.

    Raises:
        InputError: for a bad value, before anything is built.

    Example:
        >>> gan = GAN(image_shape=(8, 8, 1))
        >>> gan.sample(4).shape
        (4, 8, 8, 1)
    """

    example_name = "images"
    example_ndim = 3
    default_image_shape: tuple = (28, 28, 1)
    default_latent: int = 100
    default_classes: int | None = None
    default_depth: int = 8  # bits of a channel of the images it trains on, 8 or 16, where a class has no attribute `depth`
    default_networks = networks.Dense
    networks_kind = networks.Networks  # class of the pairs that it can play with
    default_objective = staticmethod(objectives.non_saturating)

    def __init__(
        self,
        image_shape=None,
        latent=None,
        classes=None,
        networks=None,
        objective=None,
        augmentation=None,
        value_range=None,
        ema_half_life_images=None,
        ema_warmup=None,
        seed=0,
        name=None,
        class_shares=None,
    ):
        shape = self.default_image_shape if image_shape is None else image_shape
        self.image_shape = check_image_shape(shape, self.example_ndim)
        pair = _made(self, "default_networks") if networks is None else networks
        self.networks = check_pair(pair, self.image_shape, type(self).__name__, self.networks_kind)
        self.objective = _made(self, "default_objective") if objective is None else objective
        if not isinstance(self.objective, objectives.Objective):
            raise InputError(f"objective must be a ganzoo.objectives.Objective. Received: objective={objective!r}")
        latent = self.default_latent if latent is None else latent
        self.latent = self.networks.build_latent(latent, self.image_shape) if isinstance(latent, numbers.Integral) else latent
        if not isinstance(self.latent, Input):
            raise InputError(f"latent must be an int or a distribution of ganzoo.core.inputs. Received: latent={latent!r}")
        classes = self.default_classes if classes is None else classes
        self.classes = None if classes is None else positive_integer("classes", classes)
        if class_shares is not None and self.classes is None:
            raise InputError(f"class_shares are of labels: give classes. Received: class_shares={class_shares!r:.200}")
        self.class_shares = None if class_shares is None else check_shares("class_shares", class_shares, self.classes)
        if augmentation is not None and self.example_ndim != 3:
            raise InputError(f"augmentation is for images. Received: augmentation={augmentation!r}")
        if augmentation is not None:
            check_object("augmentation", augmentation, callable, "ganzoo.augmentation.RandomFlip()")
        self.augmentation = augmentation
        value_range = self.networks.value_range if value_range is None else value_range
        self.value_range = check_range("value_range", value_range, finite=self.example_ndim == 3)
        self.ema_half_life_images = half_life = check_half_life(ema_half_life_images)
        self.ema_warmup = None if ema_warmup is None else positive_number("ema_warmup", ema_warmup)
        if self.ema_warmup and not half_life:
            raise InputError(f"ema_warmup is for an average: set ema_half_life_images. Received: ema_warmup={ema_warmup!r}")
        adaptive = isinstance(augmentation, Adaptive)
        if adaptive and not self.objective.loss.zero_is_undecided:
            raise InputError(
                f"an adaptive augmentation reads the sign of D's logits, which says nothing under {self.objective.loss!r}; "
                "use it with the non-saturating, minimax or hinge loss, or augment always, without --augmentation_target."
            )
        super().__init__(seed, name)
        self.augmentation_probability = None
        if adaptive:
            options = {"initializer": "zeros", "dtype": "float32", "trainable": False, "name": "augmentation_probability"}
            self.augmentation_probability = self.add_weight(shape=(), **options)

    # What a subclass overrides.

    def build_generator(self):
        """Return a `keras.Model` from latents `(N, latent.size)` to images `(N, *image_shape)` in `value_range`.

        In a conditional GAN it takes two inputs; the second is the labels, int32 `(N,)`.
        """
        return self.networks.build_generator(self.inputs, self.image_shape)

    def build_average(self):
        """Return a generator for the moving average: with the same layers as `build_generator`'s, and weights of its own."""
        return self.build_generator()

    def build_discriminator(self):
        """Return a `keras.Model` from images `(N, *image_shape)` to logits `(N, 1)`; the sigmoid is in the loss.

        In a conditional GAN it may take the labels, int32 `(N,)`, as a second input. It may return a list that begins with the
        logits; the rest goes to `auxiliary_losses`.
        """
        return self.networks.build_discriminator(self.image_shape, self.classes, self.discriminator_heads())

    def discriminator_heads(self):
        """Return {name: size} of what the discriminator returns besides its logits."""
        return {}

    def discriminator_loss(self, real_logits, fake_logits):
        """Return what the discriminator minimizes, per sample `(N,)`, from logits `(N, 1)`."""
        return self.objective.loss.discriminator(real_logits, fake_logits)

    def generator_loss(self, real_logits, fake_logits):
        """Return what the generator minimizes, per sample `(N,)`; real_logits is None unless the loss sees real ones."""
        return self.objective.loss.generator(real_logits, fake_logits)

    def auxiliary_losses(self, player, real, fake):
        """Return {name: per-sample loss `(N,)`} that a player minimizes besides the game.

        Args:
            player: "discriminator" or "generator".
            real: `Judged` of the real batch; None in the generator's update, unless its loss sees real logits.
            fake: `Judged` of the generated one.
        """
        return {}

    def training_metrics(self, real, fake):
        """Return {name: per-sample `(N, 1)`} that tell how the game stands, from two `Judged`; their means are logged."""
        return self.objective.measure(real.logits, fake.logits)

    # The game.

    def play(self, batches, step):
        """Update the discriminator n_critic times, then the generator.

        The generator is updated on the images that the last discriminator update saw, so they are made once for both; they are
        judged again by the discriminator as it is after that update.
        """
        update_discriminator = backend.traced_once(self.update_discriminator)

        def earlier(index):
            batch, seed = self.batch_at(batches, index), self._seed(0, step * self.n_critic + index)
            inputs = self.inputs_for(batch, seed)
            return update_discriminator(batch, inputs, self.generate_batch(inputs), seed)

        before = self.n_critic - 1
        means = backend.mean_over_repeats(earlier, before)

        batch, d_seed, g_seed = (
            self.batch_at(batches, before),
            self._seed(0, step * self.n_critic + before),
            self._seed(1, step),
        )
        inputs = self.inputs_for(batch, g_seed)
        fake = self.forward("generator", lambda: self.generate_batch(inputs))
        logs = update_discriminator(batch, inputs, ops.stop_gradient(fake.outputs), d_seed)
        logs |= {name: (before * mean + logs[name]) / self.n_critic for name, mean in means.items()}
        return logs | self.update_generator(batch, inputs, fake, g_seed)

    def update_discriminator(self, batch, inputs, fake, seed):
        """Update the discriminator once, nothing else.

        Args:
            batch: {part: tensor `(N, ...)`} of real examples, prepared.
            inputs: {name: tensor} that the generated examples were made from.
            fake: generated examples, `(N, *image_shape)` in `value_range`.
            seed: int32 `(2,)`.

        Returns:
            Dictionary of scalars: discriminator_loss, auxiliary losses, penalties, training metrics.
        """
        real, fake = (self.augment(x, backend.fold_in(seed, 2, i)) for i, x in enumerate((batch[self.example_name], fake)))

        logs = self.update("discriminator", lambda: self.discriminator_objective(batch, inputs, real, fake, seed))
        if self.augmentation_probability is not None:
            probability, n = self.augmentation_probability, ops.shape(batch[self.example_name])[0]
            probability.assign(self.augmentation.next(probability, logs["real_sign"], n))
            logs["augmentation_probability"] = ops.convert_to_tensor(probability)
        return logs

    def discriminator_objective(self, batch, inputs, real, fake, seed):
        """Return (losses, metrics), {name: per-sample tensor}, of the discriminator as its weights are now.

        Args:
            batch, inputs, seed: as in `update_discriminator`.
            real, fake: examples, augmented where the discriminator sees them so.
        """

        def logits(examples):
            return self.discriminate(examples, batch, training=True).logits

        real_said = self.discriminate(real, batch, training=True)
        fake_said = self.discriminate(fake, batch, training=True)._replace(inputs=inputs)
        losses = {"discriminator_loss": self.discriminator_loss(real_said.logits, fake_said.logits)}
        losses = _joined(losses, self.auxiliary_losses("discriminator", real_said, fake_said))
        losses = _joined(losses, self.penalties("discriminator", logits, {"real": real, "fake": fake}, seed))
        metrics = _joined({}, self.training_metrics(real_said, fake_said), losses)
        if self.augmentation_probability is not None:
            metrics |= {"real_sign": ops.sign(real_said.logits)}
        return losses, metrics

    def update_generator(self, batch, inputs, fake, seed):
        """Update the generator once, nothing else: by the gradient through D(G(z)), that is through `combined`.

        Args:
            batch, inputs, seed: as in `update_discriminator`.
            fake: `Forward` of the generated examples.

        Returns:
            Dictionary of scalars: generator_loss, auxiliary losses, penalties.
        """

        def objective(fake):
            return self.generator_objective(batch, inputs, fake, seed)

        def penalties():
            taken = {each.name for each in self.players["discriminator"].regularizers}
            found = self.generator_penalties(inputs, seed)
            return {f"generator_{name}" if name in taken else name: value for name, value in found.items()}

        regularized = self.players["generator"].regularizers
        return self.update("generator", objective, through=fake, penalties=penalties if regularized else None)

    def generator_objective(self, batch, inputs, fake, seed):
        """Return (losses, metrics), {name: per-sample tensor}, of the generator's examples `fake`, not augmented.

        Args:
            batch, inputs, seed: as in `update_discriminator`.
        """
        real_said = None
        if self.objective.loss.generator_sees_real:
            real = self.augment(batch[self.example_name], backend.fold_in(seed, 2, 0))
            real_said = self.discriminate(real, batch, training=True)
        fake = self.augment(fake, backend.fold_in(seed, 2, 1))
        fake_said = self.discriminate(fake, batch, training=True)._replace(inputs=inputs)
        losses = {"generator_loss": self.generator_loss(real_said and real_said.logits, fake_said.logits)}
        if self.objective.feature_matching:
            losses["feature_matching"] = self.match_features(batch, fake, seed)
        auxiliary = self.auxiliary_losses("generator", real_said, fake_said)
        return _joined(losses, {f"generator_{name}": value for name, value in auxiliary.items()}), {}

    def match_features(self, batch, fake, seed):
        """Return the generator's feature-matching loss `(N,)`, see `ganzoo.losses.FeatureMatching`; fake: augmented."""
        matching = self.objective.feature_matching
        network, conditions = matching.features(self.discriminator), self.conditions(batch)
        real = self.augment(batch[self.example_name], backend.fold_in(seed, 2, 0))
        real, fake = (_call(network, [examples, *conditions], training=True) for examples in (real, fake))
        return matching(ops.stop_gradient(real), fake)

    def generator_penalties(self, inputs, seed):
        """Return {name: per-sample penalty} of the generator's regularizers, on images as a function of the latents.

        Args:
            inputs: {name: tensor} of the batch's generated examples.
            seed: int32 `(2,)`.
        """

        def call(latents):
            return self.generate_batch(inputs | {"latents": latents})

        return self.penalties("generator", call, {"latents": inputs["latents"]}, seed)

    def inputs_for(self, batch, seed):
        """Return {name: tensor}, the generator's inputs beside a real batch: drawn, or taken from the batch (labels)."""
        drawn = self.draw_values((ops.shape(batch[self.example_name])[0],), seed)
        return {name: batch[name] if name in batch else drawn[name] for name in self.inputs}

    def generate_batch(self, inputs):
        """Generate examples `(N, *image_shape)` in training mode, float32 whatever the dtype policy."""
        return ops.cast(_call(self.generator, list(inputs.values()), training=True), "float32")

    def augment(self, examples, seed):
        """Return examples as the discriminator sees them in training; see `ganzoo.augmentation`."""
        if self.augmentation is None:
            return examples
        given = () if self.augmentation_probability is None else (self.augmentation_probability,)
        if self.value_range == (-1.0, 1.0):
            return self.augmentation(examples, seed, *given)
        low, high = self.value_range
        middle, reach = (low + high) / 2, (high - low) / 2
        return self.augmentation((examples - middle) / reach, seed, *given) * reach + middle

    def discriminate(self, examples, batch=None, training=False):
        """Ask the discriminator.

        Args:
            examples: float32 `(N, *image_shape)` in `value_range`.
            batch: {part: tensor}; its other parts (labels) go to a discriminator that takes more than one input.
            training: bool.

        Returns:
            `Judged`.
        """
        outputs = _call(self.discriminator, [examples, *self.conditions(batch or {})], training=training)
        outputs = [ops.cast(each, "float32") for each in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]
        return Judged(outputs[0], outputs[1:], batch or {})

    def conditions(self, batch):
        """Return the parts of a batch that a discriminator is told besides the examples, such as labels."""
        return [values for name, values in batch.items() if name != self.example_name and name in self.examples]

    # What the core asks of a model.

    @property
    def stage_shape(self):
        """Shape of the current stage's images: `image_shape`, except in a GAN that grows."""
        return self.image_shape

    @property
    def examples(self):
        """{"images": Spec}, and {"labels": Spec} where the GAN is conditional."""
        dtype = f"uint{getattr(self, 'depth', self.default_depth)}" if self.example_ndim == 3 else "float32"
        labels = {} if self.classes is None else {"labels": Spec((), "int32")}
        return {self.example_name: Spec(self.stage_shape, dtype)} | labels

    @property
    def inputs(self):
        """{"latents": distribution}, and {"labels": Label} where the GAN is conditional."""
        labels = {} if self.classes is None else {"labels": Label(self.classes, self.class_shares)}
        return {"latents": self.latent} | labels

    @property
    def generator_range(self):
        """(low, high) of what the generator's last activation makes; default: `value_range`."""
        return self.value_range

    @property
    def n_critic(self):
        """Discriminator updates per generator update."""
        return self.objective.n_critic

    @property
    def batches_per_step(self):
        """n_critic: each discriminator update sees a batch of its own."""
        return self.n_critic

    @property
    def display_names(self):
        """{name in the logs: what the progress bar calls it}."""
        return self.objective.display_names

    @property
    def discriminator_optimizer(self):
        """The discriminator's Keras optimizer."""
        return self.players["discriminator"].optimizer

    @property
    def generator_optimizer(self):
        """The generator's Keras optimizer."""
        return self.players["generator"].optimizer

    def build_players(self, stage):
        generator, discriminator = self.build_generator(), self.build_discriminator()
        averages = {"generator": self.build_average()} if self.ema_half_life_images else {}
        self._check("build_generator", generator, "build_discriminator", discriminator)
        return {
            "discriminator": Player(
                {"discriminator": discriminator}, self.objective.build_optimizer("discriminator"), self.objective.regularizers
            ),
            "generator": Player(
                {"generator": generator},
                self.objective.build_optimizer("generator"),
                self.objective.generator_regularizers,
                averages,
                self.ema_half_life_images,
                self.ema_warmup,
            ),
        }

    def check_players(self):
        """Build `combined`, which calls both networks as a step does."""
        tensors = [keras.Input(each.shape[1:], dtype=each.dtype, name=each.name) for each in self.generator.inputs]
        told = [each for name, each in zip(self.inputs, tensors, strict=False) if name in self.examples]
        said = _call(self.discriminator, [_call(self.generator, tensors), *told])
        self.combined = keras.Model(tensors, said, name="combined")

    def generate(self, inputs):
        """Return float32 images `(N, *image_shape)` in `value_range` from {name: tensor}, by the average where there is one."""
        return self._generate_with(self.players["generator"].sampling("generator"), inputs)

    def matches(self):
        """Return the one match: the discriminator against the generator."""

        def inputs(n, seed, arrays):
            given = {name: arrays[name] for name in self.inputs if name in arrays}
            return {name: ops.convert_to_tensor(values) for name, values in self.draw_inputs(n, seed, **given).items()}

        def discriminate(examples, arrays):
            batch = {name: ops.cast(ops.convert_to_tensor(arrays[name]), "int32") for name in self.examples if name in arrays
                     and name != self.example_name}  # fmt: skip
            return self.discriminate(examples, batch).logits

        return {
            "": Match(
                example=self.example_name,
                inputs=inputs,
                generate=lambda inputs: self._generate_with(self.generator, inputs),
                discriminate=discriminate,
                generator_loss=self.generator_loss,
                discriminator=self.players["discriminator"],
            )
        }

    def compile(self, discriminator_optimizer=None, generator_optimizer=None, **options):
        """Set the optimizers, Keras objects or names (None: the objective's, anew); other options go to Keras's `compile`."""
        named = {"discriminator": discriminator_optimizer, "generator": generator_optimizer}
        super().compile(named | (options.pop("optimizers", None) or {}), **options)

    def _generate_with(self, network, inputs):
        return ops.cast(_call(network, [inputs[name] for name in self.inputs], training=False), "float32")

    def _check(self, g_name, generator, d_name, discriminator):
        model = type(self).__name__
        latents = [(name, each.shape) for name, each in self.inputs.items()]
        parts = [(name, spec.shape) for name, spec in self.examples.items()]
        validation.check_network(g_name, generator, latents, (self.example_name, self.stage_shape), model)
        if len(generator.inputs) != len(latents):
            raise InputError(
                f"{g_name} of {model} must take {', '.join(self.inputs)}. Received: {len(generator.inputs)} inputs"
            )
        validation.check_network(d_name, discriminator, parts, ("logits", (1,)), model)
        validation.refuse_sigmoid(d_name, discriminator)
        validation.refuse_batch_norm(d_name, discriminator, self.objective.regularizers)
        if all(math.isfinite(bound) for bound in self.value_range):
            validation.refuse_other_range(g_name, generator, self.generator_range)

    def _seed(self, stream, count):
        return backend.fold_in((self.seed, stream), count)


def _made(gan, name):
    """Return what a class attribute stands for: an object as it is, of a class, a function or a method what it returns."""
    default = getattr(type(gan), name)
    if not callable(default):
        return default
    needed = [each for each in inspect.signature(default).parameters.values() if each.default is each.empty]
    is_method = inspect.isfunction(default) and any(each.kind is each.POSITIONAL_OR_KEYWORD for each in needed)
    return default(gan) if is_method else default()


def _joined(found, more, taken=()):
    """Return two dictionaries of losses as one; InputError where a name would replace another's loss without a word."""
    twice = [name for name in more if name in found or name in taken]
    if twice:
        raise InputError(f"a loss, penalty or metric called {twice[0]!r} is there already; give yours another name.")
    return found | more


def _call(network, tensors, training=None):
    """Call a network with as many of the tensors as it has inputs, in their order."""
    tensors = tensors[: len(network.inputs)]
    return network(tensors if len(tensors) > 1 else tensors[0], training=training)

"""`AdversarialModel`: players that take turns, any number of them. What they do in a step is a subclass's `play`.

In Keras 3, freezing a network between two compiled models has no effect (what is trainable is read when a step is traced).
Here the variables that a gradient is taken for decide which weights move: those of the player that `update` names.
"""

import dataclasses
import functools
import numbers
from collections.abc import Callable

import keras
from keras import ops

from ganzoo import backend
from ganzoo.core import config
from ganzoo.core.fitting import Fitting, refuse_options
from ganzoo.core.inputs import WHITE
from ganzoo.core.player import PlayerOptimizers
from ganzoo.core.sampling import Sampling
from ganzoo.core.saving import Saving
from ganzoo.core.stage import Stage
from ganzoo.errors import InputError
from ganzoo.utils.data_format import channels_last
from ganzoo.utils.random_state import temporary_seed


@dataclasses.dataclass(frozen=True)
class Forward:
    """A player's outputs, and the way of a gradient from them back to its weights; see `AdversarialModel.forward`."""

    outputs: object
    pull_back: Callable


class AdversarialModel(Fitting, Saving, Sampling, keras.Model):
    """Players, the step that they play, and stages, for any number of networks.

    A subclass sets its attributes, which are its constructor's arguments, and calls `super().__init__(seed, name)`, which
    builds the players. It defines `examples`, `inputs`, `build_players`, `play` and `generate`.

    Args:
        seed: int in [0, 2^31); initial weights, noise and the order of batches are functions of it.
        name: str or None.

    Attributes:
        examples: {part: `Spec`} of one training example.
        inputs: {name: `Input`}: what one sample is made of.
        batches_per_step: batches of examples that one step takes.
        players: {name: `Player`}. Each network is an attribute of the model under its own name, its average under ema_NAME.
        step: int, how many steps were made; seeds and stages are functions of it. `step_counter` is its variable.
        stage: int, the present stage.
        memory: list of the variables that the players' regularizers keep, such as means of past weights.
        display_names: {name in the logs: what the progress bar calls it}, in the order shown.
    """

    examples: dict = {}
    inputs: dict = {}
    batches_per_step = 1
    value_range = (-1.0, 1.0)
    display_names: dict = {}
    use_xla = False  # slower for convolutions and large matrices on CPU; quicker for networks of a few neurons

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        config.register(cls)

    def __init__(self, seed=0, name=None):
        super().__init__(name=name)
        for argument in config.parameters(type(self)):
            if argument in ("stage", "step", "step_counter", "players", "memory"):
                raise InputError(f"{type(self).__name__} may not have an argument {argument!r}: every model has that itself.")
        if isinstance(seed, bool) or not isinstance(seed, numbers.Integral) or not 0 <= seed < 2**31:
            raise InputError(f"seed must be an integer in [0, 2147483648). Received: seed={seed!r}")
        self.seed = int(seed)
        coarse = self.dtype_policy.variable_dtype
        if coarse in ("float16", "bfloat16"):
            raise InputError(
                f"weights of {coarse} are too coarse to train; take keras.config.set_dtype_policy('mixed_{coarse}'). Received: "
                f"dtype policy {self.dtype_policy.name}"
            )
        self.log_means = {}
        self.steps_per_call = 1
        self.built = True
        self.step_counter = self.add_weight(shape=(), dtype="int64", initializer="zeros", trainable=False, name="step")
        self.players, self.stage, self._given_optimizers = {}, -1, {}
        self.enter(0)

    # What a subclass writes.

    def build_players(self, stage):
        """Return {name: `Player`} of a stage, an int; layers that a later stage keeps are kept by the subclass."""
        raise NotImplementedError(f"{type(self).__name__} must define build_players.")

    def play(self, batches, step):
        """Play one step: the algorithm, top to bottom, made of calls of `update`.

        Args:
            batches: {part: tensor}, prepared by `prepare`; leading axes (batches_per_step, N), or (N,) for one batch that
                serves all updates. `batch_at` takes one of them.
            step: int32 scalar tensor, how many steps were made before.

        Returns:
            Dictionary of scalar tensors for the log.
        """
        raise NotImplementedError(f"{type(self).__name__} must define play.")

    def generate(self, inputs):
        """Return examples in `value_range` from {name: tensor}: inference mode, averaged weights where there are any."""
        raise NotImplementedError(f"{type(self).__name__} must define generate.")

    def stages(self, steps):
        """Return the `Stage`s of a model's first `steps` steps, counted over all its trainings."""
        return [Stage(steps)]

    def matches(self):
        """Return {name: `Match`}: which network judges which, for the diagnosis."""
        return {}

    # What moves weights.

    def update(self, name, objective, through=None, examples=None, penalties=None):
        """Update one player, and nothing else: the only place that changes weights.

        Args:
            name: of the player.
            objective: callable that returns (losses, measures), two {name: per-sample tensor `(N,)`}: the means of the losses
                are added up and minimized; both are logged. With `through` it is called with its outputs.
            through: a `Forward` of this player whose outputs the objective is about. The gradient goes back through the
                objective, then through the outputs, so what was computed once serves several players.
            examples: how many examples the update saw, for the averages; default: the size of the first loss.
            penalties: with `through`, a callable that returns {name: per-sample penalty} of the player's weights themselves,
                minimized besides what is asked of the outputs; None for none.

        Returns:
            Dictionary of scalar tensors.
        """
        player = self.players[name]
        variables, optimizer = player.variables, player.optimizer
        if not variables:
            raise InputError(
                f"the {name} has no weights that can be trained, so it would never learn: remove trainable = False; "
                "ganzoo decides which weights move when."
            )
        sizes = []

        def total(*outputs):
            return weigh(*objective(*outputs))

        def weigh(losses, measures):
            for key, value in losses.items():
                _check_loss(key, value)
            sizes.append(ops.shape(next(iter(losses.values())))[0])
            losses, measures = ({key: ops.mean(value) for key, value in each.items()} for each in (losses, measures))
            return optimizer.scale_loss(sum(losses.values())), losses | measures

        if through is None:
            _, logs, gradients = backend.value_and_gradients(total, variables)
        else:
            _, logs, gradients = backend.value_and_input_gradients(total, through.outputs)
            gradients = through.pull_back(gradients)
        if penalties is not None:
            _, more, own = backend.value_and_gradients(lambda: weigh(penalties(), {}), variables)
            logs |= more
            gradients = [backend.sum_gradients(*pair) for pair in zip(gradients, own, strict=True)]
        optimizer.apply(gradients, variables)
        for regularizer in player.regularizers:
            regularizer.after_update(player, self.step_counter)
        player.update_layers()
        player.update_averages(sizes[0] if examples is None else examples, self.step_counter)
        return logs

    def forward(self, name, function):
        """Evaluate `function()` in a way that a later `update(name, ..., through=...)` can go back through it."""
        return Forward(*backend.vjp(function, self.players[name].variables))

    def penalties(self, name, call, batch, seed):
        """Return {name: per-sample penalty} that a player's regularizers ask for; see `ganzoo.regularizers`."""
        found = {}
        for index, regularizer in enumerate(self.players[name].regularizers):
            penalty = regularizer.penalty(call, batch, backend.fold_in(seed, 1, index), self.step_counter)
            on_weights = regularizer.weight_penalty(self.players[name], self.step_counter)
            if on_weights is not None:
                on_weights = ops.broadcast_to(on_weights, ops.shape(next(iter(batch.values())))[:1])
                penalty = on_weights if penalty is None else penalty + on_weights
            if penalty is not None:
                key = regularizer.name
                found[f"{key}_{index}" if key in found else key] = penalty
        return found

    # What happens around a step.

    def enter(self, stage):
        """Build the players of a stage and fresh optimizers for them; a later stage keeps what the subclass shares.

        Optimizers that `compile` was given are made anew of their configuration.
        """
        if stage == self.stage:
            return
        averaged = {
            id(weight): (weight, ops.copy(weight), player.averaged_examples)
            for player in self.players.values()
            for average in player.averages.values()
            for weight in average.weights
        }
        self.stage = stage
        with temporary_seed(self.seed + stage), channels_last():
            self.players = self.build_players(stage)
            self.memory = [variable for player in self.players.values() for variable in player.remember()]
        for player in self.players.values():
            for weight in (weight for average in player.averages.values() for weight in average.weights):
                if id(weight) in averaged:  # a layer that the average keeps goes on from what it was
                    _, value, examples = averaged[id(weight)]
                    weight.assign(value)
                    if examples is not None and player.averaged_examples is not None:
                        player.averaged_examples.assign(examples)
        for player in self.players.values():
            for name, network in player.models.items():
                if name in vars(self):
                    delattr(self, name)
                setattr(self, name, network)
        self._initial_optimizers = {name: config.serialize(player.optimizer) for name, player in self.players.items()}
        self.check_players()
        self._functions = {}
        self.compile(optimizers={name: make() for name, make in self._given_optimizers.items() if name in self.players})

    def check_players(self):
        """Raise InputError if the networks cannot play; called when they were built."""

    def compile(self, optimizers=None, **options):
        """Set the players' optimizers.

        Args:
            optimizers: {player: Keras optimizer, or its name as a string}; a player that is left out gets its default anew.
            options: what Keras's `compile` knows besides (jit_compile, run_eagerly).

        Raises:
            InputError: for one optimizer object given to two players, and for options that a GAN has no use for.
        """
        refuse_options(options, "compile", ("loss_weights", "metrics", "weighted_metrics", "loss", "optimizer"))
        if options.pop("steps_per_execution", 1) != 1:
            raise InputError("steps_per_execution is an argument of train, not of compile.")
        if backend.in_distribution_strategy():
            raise InputError("ganzoo trains on one device: build and compile the model outside of a tf.distribute strategy.")
        chosen = {name: config.deserialize(initial) for name, initial in self._initial_optimizers.items()}
        for name, optimizer in (optimizers or {}).items():
            if name not in chosen:
                raise InputError(f"{type(self).__name__} has the players {', '.join(chosen)}. Received: {name}")
            chosen[name] = chosen[name] if optimizer is None else keras.optimizers.get(optimizer)
        usual = {name: config.description(config.deserialize(initial)) for name, initial in self._initial_optimizers.items()}
        self._given_optimizers = {  # a stage's own, as a loaded model is compiled with, are not for the next one
            name: functools.partial(_like, each) for name, each in chosen.items() if config.description(each) != usual[name]
        }
        if len({id(optimizer) for optimizer in chosen.values()}) < len(chosen):
            raise InputError(
                f"{' and '.join(f'{name}_optimizer' for name in chosen)} must be different objects: an optimizer keeps state "
                "for one player."
            )
        for name, player in self.players.items():
            optimizer = chosen[name]
            if optimizer.use_ema:
                raise InputError(f"{name}_optimizer: use_ema would overwrite the weights; take ema_half_life_images.")
            if self.dtype_policy.name == "mixed_float16" and not hasattr(optimizer, "inner_optimizer"):
                optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
            player.optimizer = optimizer
            optimizer.build(player.variables)
        self._play_step = backend.jit(self.play_step)  # anew: a trace keeps the optimizers that it was made with
        self._train_functions = {}
        options.setdefault("jit_compile", self.use_xla)
        super().compile(
            PlayerOptimizers(player.optimizer for player in self.players.values()), auto_scale_loss=False, **options
        )

    def play_step(self, batches):
        """Prepare a step's batches, play it and count it; returns a dictionary of scalar tensors."""
        logs = self.play(self.prepare(batches), ops.cast(self.step_counter.value, "int32"))
        self.step_counter.assign_add(1)
        return logs

    def prepare(self, batches):
        """Return {part: tensor} as the networks see them: uint8 and uint16 scaled to `value_range`, class numbers as int32."""
        prepared = {}
        for name, spec in self.examples.items():
            values = ops.convert_to_tensor(batches[name])
            prepared[name] = ops.cast(values, "int32") if spec.dtype.startswith("int") else self.to_value_range(values)
            leading = len(prepared[name].shape) - len(spec.shape)
            if leading == 2 and prepared[name].shape[0] != self.batches_per_step:
                raise InputError(
                    f"expected {self.batches_per_step} batches a step. Received: {name} of shape {tuple(prepared[name].shape)}"
                )
        return prepared

    def batch_at(self, batches, index):
        """Return {part: `(N, ...)`}, the batch of one of a step's updates."""
        return {
            name: values[index] if len(values.shape) == len(self.examples[name].shape) + 2 else values
            for name, values in batches.items()
        }

    def to_value_range(self, images):
        """Scale uint8 and uint16 images to `value_range`; floats are taken as already in it. Returns float32."""
        white = WHITE.get(keras.backend.standardize_dtype(images.dtype))
        if white is None:
            return ops.cast(images, "float32")
        low, high = self.value_range
        return ops.cast(images, "float32") * ((high - low) / white) + low


def _check_loss(name, value):
    """Raise InputError unless a loss is one number per example: `(N, N)`, of a careless broadcast, would train, wrongly."""
    shape = getattr(value, "shape", None)
    if shape is None or not (len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)):
        found = f"{value!r}" if shape is None else f"shape {tuple(shape)}"
        raise InputError(f"{name} must be one number per example, (N,): take the mean over its other axes. Received: {found}")


def _like(optimizer):
    """Return a new optimizer of the same configuration."""
    return type(optimizer).from_config(optimizer.get_config())

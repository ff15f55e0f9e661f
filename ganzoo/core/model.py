"""`AdversarialModel`: players that take turns, any number of them. What they do in a step is a subclass's `play`.

In Keras 3, freezing a network between two compiled models decides nothing (which weights move is read when a step is traced).
Here it is decided by the variables that a gradient is taken for: those of the player that `update` names.
"""

import copy
import dataclasses
import numbers
from collections.abc import Callable

import keras
from keras import ops

from ganzoo import backend
from ganzoo.core import config, state
from ganzoo.core.player import PlayerOptimizers
from ganzoo.core.sampling import Sampling
from ganzoo.core.stage import Stage
from ganzoo.errors import InputError
from ganzoo.utils.random_state import temporary_seed


@dataclasses.dataclass(frozen=True)
class Forward:
    """A player's outputs, and the way of a gradient from them back to its weights; see `AdversarialModel.forward`."""

    outputs: object
    pull_back: Callable


class AdversarialModel(Sampling, keras.Model):
    """Players, the step that they play, and stages; knows no number of networks.

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
        if isinstance(seed, bool) or not isinstance(seed, numbers.Integral) or not 0 <= seed < 2**31:
            raise InputError(f"seed must be an integer in [0, 2147483648). Received: seed={seed!r}")
        self.seed = int(seed)
        self.log_means = {}
        self.steps_per_call = 1
        self.built = True
        self.step_counter = self.add_weight(shape=(), dtype="int64", initializer="zeros", trainable=False, name="step")
        self.players, self.stage = {}, -1
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
        """Return the `Stage`s of a training of `steps` steps."""
        return [Stage(steps)]

    def matches(self):
        """Return {name: `Match`}: which network judges which, for the diagnosis."""
        return {}

    # What moves weights.

    def update(self, name, objective, through=None, examples=None):
        """Update one player, and nothing else: the only place that changes weights.

        Args:
            name: of the player.
            objective: callable that returns (losses, measures), two {name: per-sample tensor `(N,)`}: the means of the losses
                are added up and minimized; both are logged. With `through` it is called with its outputs.
            through: a `Forward` of this player whose outputs the objective is about. The gradient goes back through the
                objective, then through the outputs, so what was computed once serves several players.
            examples: how many examples the update saw, for the averages; default: the size of the first loss.

        Returns:
            Dictionary of scalar tensors.
        """
        player = self.players[name]
        variables, optimizer = player.variables, player.optimizer
        sizes = []

        def total(*outputs):
            losses, measures = objective(*outputs)
            sizes.append(ops.shape(next(iter(losses.values())))[0])
            losses, measures = ({key: ops.mean(value) for key, value in each.items()} for each in (losses, measures))
            return optimizer.scale_loss(sum(losses.values())), losses | measures

        if through is None:
            _, logs, gradients = backend.value_and_gradients(total, variables)
        else:
            _, logs, gradients = backend.value_and_input_gradients(total, through.outputs)
            gradients = through.pull_back(gradients)
        optimizer.apply(gradients, variables)
        for regularizer in player.regularizers:
            regularizer.after_update(player, self.step_counter)
        player.update_averages(sizes[0] if examples is None else examples)
        return logs

    def forward(self, name, function):
        """Evaluate `function()` in a way that a later `update(name, ..., through=...)` can go back through it."""
        return Forward(*backend.vjp(function, self.players[name].variables))

    def penalties(self, name, call, batch, seed):
        """Return {name: per-sample penalty} that a player's regularizers ask for; see `ganzoo.regularizers`."""
        found = {}
        for index, regularizer in enumerate(self.players[name].regularizers):
            penalty = regularizer.penalty(call, batch, backend.fold_in(seed, 1, index), self.step_counter)
            if penalty is not None:
                key = regularizer.name
                found[f"{key}_{index}" if key in found else key] = penalty
        return found

    # What happens around a step.

    def enter(self, stage):
        """Build the players of a stage and fresh optimizers for them; a later stage keeps what the subclass shares."""
        if stage == self.stage:
            return
        self.stage = stage
        with temporary_seed(self.seed + stage):
            self.players = self.build_players(stage)
        for player in self.players.values():
            for name, network in player.models.items():
                if name in vars(self):
                    delattr(self, name)
                setattr(self, name, network)
        self._initial_optimizers = {name: config.serialize(player.optimizer) for name, player in self.players.items()}
        self.check_players()
        self._functions = {}
        self.compile()

    def check_players(self):
        """Raise InputError if the networks cannot play; called when they were built."""

    def compile(self, optimizers=None, **options):
        """Set the players' optimizers.

        Args:
            optimizers: {player: Keras optimizer, or its name as a string}; a player that is left out gets its default anew.
            options: what Keras's `compile` knows besides (jit_compile, run_eagerly).

        Raises:
            InputError: for one optimizer object that is to serve two players, and for what a GAN has no use for.
        """
        _refuse(options, "compile", ("loss_weights", "metrics", "weighted_metrics", "loss", "optimizer"))
        if options.pop("steps_per_execution", 1) != 1:
            raise InputError("steps_per_execution is an argument of train, not of compile.")
        if backend.in_distribution_strategy():
            raise InputError("ganzoo trains on one device: build and compile the model outside of a tf.distribute strategy.")
        chosen = {name: config.deserialize(initial) for name, initial in self._initial_optimizers.items()}
        for name, optimizer in (optimizers or {}).items():
            if name not in chosen:
                raise InputError(f"{type(self).__name__} has the players {', '.join(chosen)}. Received: {name}")
            chosen[name] = chosen[name] if optimizer is None else keras.optimizers.get(optimizer)
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
        """Return {part: tensor} as the networks see them: uint8 scaled to `value_range`, class numbers as int32."""
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
        """Scale uint8 images to `value_range`; floats are taken as already in it. Returns float32."""
        if keras.backend.standardize_dtype(images.dtype) != "uint8":
            return ops.cast(images, "float32")
        low, high = self.value_range
        return ops.cast(images, "float32") * ((high - low) / 255.0) + low

    def train_step(self, data):
        """Play `steps_per_call` steps for Keras's `fit`; the logs are means since the epoch began."""
        batches = self.as_batches(data)
        together = self.steps_per_call
        if together == 1:
            logs = self.play_step(batches)
        else:
            parts = {name: ops.reshape(x, (together, -1, *x.shape[1:])) for name, x in batches.items()}
            logs = backend.mean_over_repeats(lambda i: self.play_step({name: x[i] for name, x in parts.items()}), together)
        for name, value in logs.items():
            if name not in self.log_means:
                self.log_means[name] = keras.metrics.Mean(name)
            self.log_means[name].update_state(value)
        return {name: self.log_means[name].result() for name in logs}

    def as_batches(self, data):
        """Return {part: values} from what a data pipeline yields: a dictionary, or the parts in their order."""
        if isinstance(data, dict):
            batches = {name: data[name] for name in self.examples if name in data}
        else:
            parts = [part for part in (data if isinstance(data, (tuple, list)) else (data,)) if part is not None]
            if len(parts) > len(self.examples):
                raise InputError(
                    f"{type(self).__name__} takes {' and '.join(self.examples)} alone. Received: {len(parts)} parts"
                )
            batches = dict(zip(self.examples, parts, strict=False))
        missing = [name for name in self.examples if name not in batches]
        if missing:
            raise InputError(f"{type(self).__name__} needs {' and '.join(missing)} besides.")
        return batches

    def train_on_batch(self, *parts, **named):
        """Play one whole step, for loops of your own.

        Args:
            parts: the parts of `examples` in their order (images, labels), or one dictionary; arrays with leading axes `(N,)`,
                one batch for all updates, or `(batches_per_step, N)`.

        Returns:
            Dictionary of floats for this step.

        Raises:
            InputError: if they are of another shape, range or number.
        """
        _refuse(named, "train_on_batch", ("sample_weight", "class_weight", "return_dict"))
        batches = self.as_batches(parts[0] if len(parts) == 1 and isinstance(parts[0], dict) else (*parts, *named.values()))
        self.check_batches(batches)
        tensors = {name: ops.convert_to_tensor(values) for name, values in batches.items()}
        return {name: float(value) for name, value in self._play_step(tensors).items()}

    def fit(self, x=None, y=None, **options):
        """Train with Keras's `fit`; `train` is its front that knows runs, samples and checkpoints, and looks at every batch.

        Raises:
            InputError: for arrays of another range (of a `tf.data.Dataset` its first element), and for options that have no
                meaning for a GAN.
        """
        unused = ("validation_data", "validation_split", "validation_steps", "validation_batch_size", "class_weight")
        _refuse(options, "fit", (*unused, "sample_weight"))
        if hasattr(x, "element_spec"):
            self.check_batches(self.as_batches(next(iter(x), None)), self.steps_per_call == 1)
        elif x is not None:
            self.check_batches(self.as_batches(x if y is None else (x, y)))
        return super().fit(x, y, **options)

    def evaluate(self, *arguments, **options):
        """Refuse: a GAN has no test loss; `ganzoo.evaluation` measures its samples."""
        raise InputError("a GAN has no loss that tells how good it is: measure its samples with ganzoo.evaluation.metrics.")

    def set_steps_per_execution(self, steps):
        """Play `steps` steps in one call of `train_step`, in one compiled program."""
        if steps != self.steps_per_call:
            self.steps_per_call, self.train_function = steps, None  # `fit` then traces anew

    @property
    def step(self):
        """Number of steps made so far, an int."""
        return backend.to_int(self.step_counter)

    def train(self, data, steps=1000, **options):
        """Train on data; see `ganzoo.training.train` for all options (batch_size, run_dir, resume, callbacks, ...)."""
        from ganzoo import training

        return training.train(self, data, steps, **options)

    # Configuration.

    def get_config(self):
        """Return {constructor argument: plain value}, the stage and the dtype policy; `from_config` takes it back."""
        found = config.config_of(self)
        if self.stage:
            found["stage"] = self.stage
        if self.dtype_policy.name != "float32":
            found["dtype"] = self.dtype_policy.name
        return found

    @classmethod
    def from_config(cls, config_, custom_objects=None):
        """Return the model that `get_config` described, with initial weights."""
        values = dict(config_)
        stage, policy = values.pop("stage", 0), values.pop("dtype", None)
        before = keras.config.dtype_policy()
        if policy is not None:
            keras.config.set_dtype_policy(policy)
        try:
            with keras.saving.custom_object_scope(custom_objects or {}):
                model = cls(**{name: config.deserialize(value) for name, value in values.items()})
            for each in range(1, stage + 1):
                model.enter(each)
        finally:
            keras.config.set_dtype_policy(before)
        return model

    def save(self, filepath, overwrite=True, **options):
        """Save as Keras does; raises InputError before a file is written if an argument, such as a function, cannot be."""
        self.get_config()
        return super().save(filepath, overwrite=overwrite, **options)

    def save_own_variables(self, store):
        """Save the model's own variables, and the seeds of dropout, which Keras leaves out: training goes on as it would."""
        super().save_own_variables(store)
        for index, seed in enumerate(state.seeds_of(self)):
            store[f"seed{index}"] = seed.numpy()

    def load_own_variables(self, store):
        """Read what `save_own_variables` wrote."""
        names = list(store.keys())
        super().load_own_variables({name: store[name] for name in names if not name.startswith("seed")})
        for index, seed in enumerate(state.seeds_of(self)):
            if f"seed{index}" in names:
                seed.assign(store[f"seed{index}"])

    def get_compile_config(self):
        """Return the players' optimizers as plain values."""
        inner = {name: getattr(player.optimizer, "inner_optimizer", player.optimizer) for name, player in self.players.items()}
        return {"optimizers": {name: config.serialize(optimizer) for name, optimizer in inner.items()}}

    def compile_from_config(self, config_):
        """Compile with the optimizers that `get_compile_config` returned."""
        AdversarialModel.compile(
            self, {name: config.deserialize(optimizer) for name, optimizer in config_["optimizers"].items()}
        )

    def settings(self):
        """Return a dictionary of plain values that define the training trajectory, data and batch size aside."""
        found = {name: config.description(getattr(self, name)) for name in config.parameters(type(self)) if name != "name"}
        found = {"model": type(self).__name__, **found}
        for name, player in self.players.items():
            found[f"{name}_optimizer"] = config.description(getattr(player.optimizer, "inner_optimizer", player.optimizer))
            found[f"{name}_parameters"] = sum(network.count_params() for network in player.networks.values())
        if self.dtype_policy.name != "float32":
            found["dtype"] = self.dtype_policy.name
        return found

    def __deepcopy__(self, memo):
        other = type(self).from_config(copy.deepcopy(self.get_config(), memo))
        other.compile_from_config(self.get_compile_config())
        state.set_state(other, state.get_state(self))
        return other


def _refuse(options, where, names):
    """Raise InputError for Keras's arguments that have no meaning for a GAN."""
    for name in names:
        if options.pop(name, None) is not None:
            raise InputError(f"{where} of a GAN has no {name}. Received: {name}=...")

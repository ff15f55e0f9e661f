"""Configuration, saving and copying of a model, from its constructor's arguments and its state."""

import copy

import keras

from ganzoo.core import config, state
from ganzoo.errors import InputError


class Saving:
    """Saving mixin of `AdversarialModel`."""

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
                model = config.construct(cls, {name: config.deserialize(value) for name, value in values.items()})
            for each in range(1, stage + 1):
                model.enter(each)
        finally:
            keras.config.set_dtype_policy(before)
        return model

    def save(self, filepath, overwrite=True, **options):
        """Save as Keras does, to a .keras file; `keras.models.load_model` gives the whole model back.

        Raises:
            InputError: before a file is written, if an argument, such as a function, cannot be saved, or for HDF5, from which
                Keras gives no GAN back.
        """
        if str(filepath).endswith((".h5", ".hdf5")):
            raise InputError(f"a GAN is saved to a .keras file: Keras gives none back from HDF5. Received: filepath={filepath}")
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
        self.compile(optimizers={name: config.deserialize(each) for name, each in config_["optimizers"].items()})

    def settings(self):
        """Return a dictionary of plain values that define the training trajectory, data and batch size aside."""
        found = {name: config.description(value) for name, value in config.arguments_of(self).items() if name != "name"}
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

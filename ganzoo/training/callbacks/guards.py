"""Reasons to stop: the steps are made, the time is up, or a loss or a weight is NaN or infinite."""

import math
import time

import keras

from ganzoo.errors import NonFiniteError, NonFiniteLossError
from ganzoo.utils.finite import nonfinite_networks

REMEDY = "Lower its learning rate, or use another loss or regularizer."


STAGE_ENDS = "a stage ends"  # as a model's `stop_training`: `fit` ends, the training goes on


class StopAtStep(keras.callbacks.Callback):
    """Stop once the GAN has made `step` generator updates in its life.

    Args:
        step: int, as above.
        final: whether this is the end of the training; if not (only a stage ends), `stop_training` is set back to False at the
            end of the epoch, before later callbacks' `on_epoch_end`.
    """

    def __init__(self, step, final=True):
        super().__init__()
        self.step, self.final = step, final

    def on_train_batch_end(self, batch, logs=None):
        if self.model.step >= self.step:
            self.model.stop_training = True if self.final else STAGE_ENDS

    def on_epoch_end(self, epoch, logs=None):
        if self.model.stop_training == STAGE_ENDS:  # and nobody has asked since to stop for good
            self.model.stop_training = False  # whoever is asked after this one may still set it


class StopAfterMinutes(keras.callbacks.Callback):
    """Stop at the end of the first step that ends more than `minutes` minutes after this call's training began."""

    def __init__(self, minutes):
        super().__init__()
        self.minutes = minutes

    def on_train_begin(self, logs=None):
        self._end = time.perf_counter() + 60 * self.minutes

    def on_train_batch_end(self, batch, logs=None):
        if time.perf_counter() >= self._end:
            self.model.stop_training = True


class NonFiniteGuard(keras.callbacks.Callback):
    """Stop at the first loss or penalty that is NaN or infinite, and refuse NaN or infinite weights at the end of training.

    Keras's `TerminateOnNaN` reads `logs["loss"]` only, which a GAN does not have. In a CPU graph batch norm + ReLU turn NaN
    into 0, so losses may stay finite while weights are NaN: `Checkpoints` therefore checks the weights that it saves, and this
    callback the weights at the end of a training.

    Args:
        state: callable returning {"network/number": array}, all weights; None looks at losses only.
        store: `ganzoo.training.runs.CheckpointStore`, to name the last good checkpoint; None names none.

    Raises:
        NonFiniteLossError, NonFiniteError: naming network and step; as they are raised before a checkpoint is written, the last
            good one stays the newest.
    """

    def __init__(self, state=None, store=None):
        super().__init__()
        self.state, self.store = state, store

    def on_train_batch_end(self, batch, logs=None):
        for name, value in (logs or {}).items():
            if not math.isfinite(float(value)):
                networks = nonfinite_networks(self.state()) if self.state is not None else []
                networks = [each for each in networks if not each.endswith("optimizer")]
                owner = networks[0] if len(networks) == 1 else _player(name) if not networks else "game"
                others = f" (NaN or infinite weights: {', '.join(networks)})" if len(networks) > 1 else ""
                raise NonFiniteLossError(
                    f"the {owner}'s {name} became {float(value)} at step {self.model.step}{others}. {REMEDY}"
                    f"{last_good(self.store)}"
                )

    def on_train_end(self, logs=None):
        if self.state is not None:
            check_finite_weights(self.state(), self.model.step, self.store)


def check_finite_weights(arrays, step, store=None):
    """Raise NonFiniteError if a network has a weight that is NaN or infinite.

    Args:
        arrays: {"network/number": array}.
        step: int, for the message.
        store: `ganzoo.training.runs.CheckpointStore`, to name the last good checkpoint; None names none.
    """
    networks = nonfinite_networks(arrays)
    if networks:
        raise NonFiniteError(f"NaN or infinite weights in {', '.join(networks[:5])} at step {step}. {REMEDY}{last_good(store)}")


def last_good(store):
    """Return a sentence that names the newest checkpoint of a store, if there is one."""
    steps = store.steps() if store is not None else []
    return f" The last good checkpoint is {store.path(steps[-1])}." if steps else ""


def _player(name):
    """Return whose loss a name in the logs is: generator_loss is the generator's, penalties are the discriminator's."""
    return name.removesuffix("_loss") if name.endswith("_loss") else "discriminator"

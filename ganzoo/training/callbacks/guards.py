"""Reasons to stop: the steps are made, the time is up, or a loss is NaN or infinite."""

import math
import time

import keras

from ganzoo.errors import NonFiniteLossError


class StopAtStep(keras.callbacks.Callback):
    """Stop once the GAN has made `step` generator updates in its life."""

    def __init__(self, step):
        super().__init__()
        self.step = step

    def on_train_batch_end(self, batch, logs=None):
        if self.model.step >= self.step:
            self.model.stop_training = True


class StopAfterMinutes(keras.callbacks.Callback):
    """Stop at the end of the first step that is over after `minutes` of this call's training."""

    def __init__(self, minutes):
        super().__init__()
        self.minutes = minutes

    def on_train_begin(self, logs=None):
        self._end = time.perf_counter() + 60 * self.minutes

    def on_train_batch_end(self, batch, logs=None):
        if time.perf_counter() >= self._end:
            self.model.stop_training = True


class NonFiniteGuard(keras.callbacks.Callback):
    """Stop at the first loss or penalty that is infinite or NaN.

    Keras's `TerminateOnNaN` reads `logs["loss"]` only, which a GAN does not have. Raises `NonFiniteLossError`, which names
    network and step; as it is raised before a checkpoint is written, the last good one stays the newest.
    """

    def on_train_batch_end(self, batch, logs=None):
        for name, value in (logs or {}).items():
            if not math.isfinite(float(value)):
                network = "generator" if name.startswith("generator") else "discriminator"
                raise NonFiniteLossError(
                    f"the {network}'s {name} became {float(value)} at step {self.model.step}. Lower its learning rate, "
                    "or use another loss or regularizer."
                )

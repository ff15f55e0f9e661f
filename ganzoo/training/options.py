"""Validation of the options of `train`."""

import dataclasses

import keras

from ganzoo.errors import InputError
from ganzoo.utils.checks import positive_integer, positive_number


@dataclasses.dataclass(frozen=True)
class TrainingOptions:
    """The numbers that `ganzoo.training.train` takes, checked; see there for what they mean.

    Raises:
        InputError: if one is not a positive integer (`minutes`: a positive number or None), or `steps_per_execution` does not
            divide the others.

    Example:
        >>> TrainingOptions(steps=20).log_every
        10
    """

    steps: int = 1000
    batch_size: int = 64
    log_every: int = 10
    sample_every: int = 100
    checkpoint_every: int = 100
    diagnose_every: int = 100
    steps_per_execution: int = 1
    minutes: float | None = None

    def __post_init__(self):
        for name, value in self.counts().items():
            positive_integer(name, value)
            if name != "batch_size":
                self.check_divides(name, value)
        if self.minutes is not None:
            positive_number("minutes", self.minutes)

    def counts(self):
        """Return {name: int} of all options but `minutes`, as config.json keeps them."""
        return {name: value for name, value in dataclasses.asdict(self).items() if name != "minutes"}

    def check_divides(self, name, value):
        """Raise InputError if `steps_per_execution` does not divide a count of steps."""
        if value % positive_integer("steps_per_execution", self.steps_per_execution):
            raise InputError(f"steps_per_execution={self.steps_per_execution} must divide {name}. Received: {name}={value}")


def check_callbacks(callbacks, model):
    """Return callbacks if they are a list of Keras's that this model can be trained with, else raise InputError."""
    if not isinstance(callbacks, (list, tuple)) or not all(isinstance(each, keras.callbacks.Callback) for each in callbacks):
        raise InputError(f"callbacks must be a list of objects of keras.callbacks. Received: callbacks={callbacks!r:.100}")
    setting = (keras.callbacks.LearningRateScheduler, keras.callbacks.ReduceLROnPlateau)
    moves = [type(each).__name__ for each in callbacks if isinstance(each, setting)]
    fixed = [name for name, player in model.players.items() if not isinstance(player.optimizer.learning_rate, keras.Variable)]
    if moves and fixed:
        raise InputError(
            f"{moves[0]} sets learning rates, and that of the {fixed[0]} follows a schedule of its own: leave the callback "
            f"out, or compile {type(model).__name__} with optimizers of a constant rate."
        )
    return callbacks

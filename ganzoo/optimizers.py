"""Adam and RMSprop that update each weight in one fused operation; the zoo's default optimizers.

Keras writes an update as a chain of element-wise operations, each a pass over the weights and their moments. On a CPU that
chain takes a fifth of a dense GAN's step; fused, the weights pass through memory once. The arithmetic is Keras's, to rounding.
Inside an XLA program, which fuses by itself, Keras's own optimizers are as quick.
"""

import keras
from keras import ops

from ganzoo import backend
from ganzoo.utils.checks import positive_integer, positive_number
from ganzoo.utils.types import Tensor


@keras.saving.register_keras_serializable(package="ganzoo")
class Adam(keras.optimizers.Adam):
    """`keras.optimizers.Adam` (Kingma & Ba 2015, arXiv:1412.6980) in one operation a weight.

    Args:
        learning_rate, beta_1, beta_2, epsilon, ...: as in `keras.optimizers.Adam`; with `amsgrad` Keras's update is used.

    Example:
        >>> Adam(2e-4, beta_1=0.5).beta_1
        0.5
    """

    def update_step(self, gradient: Tensor, variable: keras.Variable, learning_rate: Tensor) -> None:
        """Move one variable; see `keras.optimizers.Optimizer`."""
        if self.amsgrad or not backend.supports_fused_update(gradient, variable):
            super().update_step(gradient, variable, learning_rate)
            return
        index, step = self._get_variable_index(variable), self.iterations + 1
        moments = self._momentums[index], self._velocities[index]
        backend.adam_update(gradient, variable, moments, learning_rate, step, self.beta_1, self.beta_2, self.epsilon)

    def state_of(self, variables: list[keras.Variable]) -> tuple:
        """Return (updates made, first moments, second moments) of variables, as tensors: where `step_ahead` begins."""
        indices = [self._get_variable_index(variable) for variable in variables]
        moments = ([ops.convert_to_tensor(each[index]) for index in indices] for each in (self._momentums, self._velocities))
        return ops.cast(self.iterations, "float32"), *moments

    def step_ahead(self, gradients: list[Tensor], values: list[Tensor], state: tuple) -> tuple[list[Tensor], tuple]:
        """Return (values, state) after one more update, leaving the weights where they are; gradients go through it.

        Args:
            gradients, values: one tensor a weight.
            state: of `state_of`, or of the update before.
        """
        count, first, second = state
        count = count + 1.0
        rate = ops.cast(self.learning_rate, "float32")
        rate = rate * ops.sqrt(1.0 - self.beta_2**count) / (1.0 - self.beta_1**count)
        first = [m + (1.0 - self.beta_1) * (g - m) for m, g in zip(first, gradients, strict=True)]
        second = [v + (1.0 - self.beta_2) * (g * g - v) for v, g in zip(second, gradients, strict=True)]
        # The square root's slope at 0 is infinite: a weight that never had a gradient would make all gradients NaN.
        moved = [
            x - ops.cast(rate, x.dtype) * m / (ops.sqrt(ops.maximum(v, 1e-30)) + self.epsilon)
            for x, m, v in zip(values, first, second, strict=True)
        ]
        return moved, (count, first, second)


@keras.saving.register_keras_serializable(package="ganzoo")
class RMSprop(keras.optimizers.RMSprop):
    """`keras.optimizers.RMSprop` (Tieleman & Hinton 2012, Coursera lecture 6e) in one operation a weight.

    The operation keeps a momentum of each weight even where `momentum` is 0; it is saved as part of the state.

    Args:
        learning_rate, rho, momentum, epsilon, ...: as in `keras.optimizers.RMSprop`; with `centered` Keras's update is used.

    Example:
        >>> RMSprop(5e-5).rho
        0.9
    """

    _momentums: list

    def build(self, var_list: list[keras.Variable]) -> None:
        """Make the state of `var_list`, once."""
        if self.built:
            return
        super().build(var_list)
        if not self._momentums:
            self._momentums = self.add_optimizer_variables(var_list, "momentum")

    def update_step(self, gradient: Tensor, variable: keras.Variable, learning_rate: Tensor) -> None:
        """Move one variable; see `keras.optimizers.Optimizer`."""
        if self.centered or not backend.supports_fused_update(gradient, variable):
            super().update_step(gradient, variable, learning_rate)
            return
        index = self._get_variable_index(variable)
        moments = self._velocities[index], self._momentums[index]
        backend.rmsprop_update(gradient, variable, moments, learning_rate, self.rho, self.momentum, self.epsilon)


@keras.saving.register_keras_serializable(package="ganzoo")
class LinearAfterHalf(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that is constant for the first half of a training and falls linearly to 0 in the second.

        rate * min(1, 2 - 2 step / updates),     as in CycleGAN (Zhu et al. 2017, arXiv:1703.10593, section 4)

    Args:
        rate: of the first half, positive float.
        updates: length of the training, in updates of this optimizer; positive int.

    Example:
        >>> [round(float(LinearAfterHalf(1.0, 100)(step)), 2) for step in (0, 50, 75, 100)]
        [1.0, 1.0, 0.5, 0.0]
    """

    def __init__(self, rate: float, updates: int):
        self.rate, self.updates = positive_number("rate", rate), positive_integer("updates", updates)

    def __call__(self, step: Tensor) -> Tensor:
        share = ops.cast(step, "float32") / self.updates
        return self.rate * ops.clip(2.0 - 2.0 * share, 0.0, 1.0)

    def get_config(self) -> dict:
        return {"rate": self.rate, "updates": self.updates}

"""What is asked of the weights themselves: nearness to their past, orthogonality, bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
from keras import ops

from ganzoo.layers import Constant
from ganzoo.regularizers.base import Regularizer
from ganzoo.utils.checks import positive_number
from ganzoo.utils.types import Tensor

if TYPE_CHECKING:
    from ganzoo.core.player import Player


class HistoricalAveraging(Regularizer):
    """weight * |w - (1 / t) sum_i w_i|^2: weights stay near the mean of their past values, so that players that circle each
    other come to rest (Salimans et al. 2016, arXiv:1606.03498, section 3.3). For either player; the mean is saved with the run.

    Args:
        weight: positive float.
    """

    def __init__(self, weight: float = 0.1):
        self.weight = positive_number("weight", weight)

    def build(self, player: Player) -> list[keras.Variable]:
        options = {"dtype": "float32", "trainable": False, "name": "mean"}
        # By way of NumPy: a variable made of another's tensor shares its memory, and the fused optimizers update in place.
        means = [keras.Variable(ops.convert_to_numpy(each), **options) for each in player.variables]
        return [*means, keras.Variable(0, dtype="int64", trainable=False, name="updates")]  # an optimizer's begin anew

    def weight_penalty(self, player: Player, step: Tensor) -> Tensor | None:
        pairs = zip(player.variables, player.memory_of(self)[:-1], strict=True)
        squares = [ops.sum(ops.square(ops.cast(w.value, "float32") - mean.value)) for w, mean in pairs]
        return self.weight * sum(squares)

    def after_update(self, player: Player, step: Tensor) -> None:
        *means, updates = player.memory_of(self)
        updates.assign_add(1)
        share = 1.0 / (ops.cast(updates, "float32") + 1.0)  # the initial weights are the first of them
        for w, mean in zip(player.variables, means, strict=True):
            mean.assign(mean + share * (ops.cast(w, "float32") - mean))


class Orthogonal(Regularizer):
    """weight * sum over kernels W of |W^T W o (1 - I)|_F^2 (Brock et al. 2018, arXiv:1809.11096, eq. 3): filters that are
    orthogonal to each other, of any length.

    A kernel is a matrix here, a column for each output channel. Embeddings, depthwise kernels and vectors are left out.

    Args:
        weight: positive float.
    """

    def __init__(self, weight: float = 1e-4):
        self.weight = positive_number("weight", weight)

    def weight_penalty(self, player: Player, step: Tensor) -> Tensor | None:
        layers = [layer for network in player.networks.values() for layer in network._flatten_layers()]
        transposed = {id(layer.kernel) for layer in layers if isinstance(layer, keras.layers.Conv2DTranspose)}
        images = {id(layer.values) for layer in layers if isinstance(layer, Constant)}
        total = 0.0
        for kernel in player.variables:
            if kernel.name in ("kernel", "pointwise_kernel") and id(kernel) not in images:
                values = ops.cast(kernel.value, kernel.dtype)
                values = ops.transpose(values, (0, 1, 3, 2)) if id(kernel) in transposed else values
                matrix = ops.reshape(values, (-1, values.shape[-1]))
                products = ops.matmul(ops.transpose(matrix), matrix)
                total += ops.cast(ops.sum(ops.square(products)) - ops.sum(ops.square(ops.diagonal(products))), "float32")
        return self.weight * total


class WeightClip(Regularizer):
    """Clip a player's weights to [-limit, limit] after each of its updates (Arjovsky et al. 2017, arXiv:1701.07875).

    Args:
        limit: positive float.
        only_kernels: clip the kernels of convolutions and dense layers only (the default). False clips every weight, as
            loops over `get_weights()` do: batch-norm gains, biases and moving statistics too. Three batch-norm layers with
            gains at 0.01 scale the critic's signal by 1e-6, and the generator then learns nothing.
    """

    def __init__(self, limit: float = 0.01, only_kernels: bool = True):
        self.limit = positive_number("limit", limit)
        self.only_kernels = bool(only_kernels)

    def clipped(self, player: Player) -> list[keras.Variable]:
        """Return the list of variables that are clipped."""
        weights = [weight for network in player.networks.values() for weight in network.weights]
        return [w for w in weights if w.name.endswith("kernel")] if self.only_kernels else weights

    def after_update(self, player: Player, step: Tensor) -> None:
        for variable in self.clipped(player):
            variable.assign(ops.clip(variable, -self.limit, self.limit))

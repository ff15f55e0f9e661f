"""Regularizers of a player: gradient penalties and weight clipping, usable with every GAN.

A regularizer is an object with two methods, either of which may do nothing: `penalty`, added to the player's loss, and
`after_update`, called once the player's optimizer has moved its weights.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import keras
from keras import ops

from ganzoo import backend
from ganzoo.core.config import Configurable
from ganzoo.errors import InputError
from ganzoo.utils.checks import positive_integer, positive_number
from ganzoo.utils.types import Tensor

if TYPE_CHECKING:
    from ganzoo.core.player import Player


class Regularizer(Configurable):
    """Does nothing; the base of the others."""

    def penalty(self, call: Callable[[Tensor], Tensor], batch: dict[str, Tensor], seed: Tensor, step: Tensor) -> Tensor | None:
        """Return a penalty per sample, or None.

        Args:
            call: callable that the penalty is about: for a discriminator, from examples to logits `(N, 1)` in training mode.
            batch: {name: tensor}: for a discriminator, "real" and "fake" examples, float32 `(N, H, W, C)`.
            seed: int32 `(2,)`, new for every update.
            step: int64 scalar, steps made so far.

        Returns:
            float32 `(N,)`, added to the player's loss, or None.
        """
        return None

    def weight_penalty(self, player: Player) -> Tensor | None:
        """Return a penalty on the weights of a `ganzoo.core.player.Player` themselves, a scalar that is added to its loss, or
        None."""
        return None

    def after_update(self, player: Player, step: Tensor) -> None:
        """Change the weights of a `ganzoo.core.player.Player` after an update, or do nothing."""

    @property
    def name(self) -> str:
        """The name under which the penalty's mean is logged: the class's in snake_case."""
        name = type(self).__name__
        return "".join("_" + c.lower() if c.isupper() and i else c.lower() for i, c in enumerate(name))


def _squared_norm(gradients):
    return ops.sum(ops.square(gradients), axis=tuple(range(1, len(gradients.shape))))


class GradientPenalty(Regularizer):
    """weight * (|grad D(x)| - 1)^2 at x drawn uniformly on segments from real to fake (Gulrajani et al. 2017,
    arXiv:1704.00028, eq. 3). The square root has an epsilon, so a zero gradient stays differentiable.

    Batch normalization in the critic makes one sample's output depend on the others and voids the penalty.

    Args:
        weight: positive float.
    """

    def __init__(self, weight: float = 10.0):
        self.weight = positive_number("weight", weight)

    def penalty(self, call: Callable[[Tensor], Tensor], batch: dict[str, Tensor], seed: Tensor, step: Tensor) -> Tensor | None:
        real, fake = batch["real"], batch["fake"]
        shape = (ops.shape(real)[0],) + (1,) * (len(real.shape) - 1)
        mix = backend.uniform(shape, seed)
        gradients = backend.input_gradient(call, real + mix * (fake - real))
        return self.weight * ops.square(ops.sqrt(_squared_norm(gradients) + 1e-12) - 1.0)


class R1(Regularizer):
    """weight / 2 * |grad D|^2 on real samples (Mescheder et al. 2018, arXiv:1801.04406, eq. 9); weight: positive float."""

    on: str = "real"

    def __init__(self, weight: float = 10.0):
        self.weight = positive_number("weight", weight)

    def penalty(self, call: Callable[[Tensor], Tensor], batch: dict[str, Tensor], seed: Tensor, step: Tensor) -> Tensor | None:
        return 0.5 * self.weight * _squared_norm(backend.input_gradient(call, batch[self.on]))


class R2(R1):
    """weight / 2 * |grad D|^2 on generated samples (Mescheder et al. 2018, arXiv:1801.04406); weight: positive float."""

    on = "fake"


class Lazy(Regularizer):
    """Another regularizer's penalty, k times as heavy, at every k-th step alone (Karras et al. 2020, arXiv:1912.04958, app. B).

    The gradient's mean over k steps is the other's; a step without the penalty does not compute it. Where a step has several
    of a player's updates, all of them have it or none. What the other does after an update it does after every update.

    Args:
        regularizer: a `Regularizer`.
        every: k, positive int.

    Example:
        >>> Lazy(R1(1.0), every=16)
        Lazy(regularizer=R1(weight=1.0))
    """

    def __init__(self, regularizer: Regularizer, every: int = 16):
        if not isinstance(regularizer, Regularizer):
            raise InputError(f"regularizer must be one of ganzoo.regularizers. Received: regularizer={regularizer!r}")
        self.regularizer, self.every = regularizer, positive_integer("every", every)

    def penalty(self, call: Callable[[Tensor], Tensor], batch: dict[str, Tensor], seed: Tensor, step: Tensor) -> Tensor | None:
        def due():
            return self.every * self.regularizer.penalty(call, batch, seed, step)

        if self.every == 1 or type(self.regularizer).penalty is Regularizer.penalty:
            return self.regularizer.penalty(call, batch, seed, step)
        size = ops.shape(next(iter(batch.values())))[0]
        return ops.cond(ops.equal(ops.mod(step, self.every), 0), due, lambda: ops.zeros((size,)))

    def weight_penalty(self, player: Player) -> Tensor | None:
        return self.regularizer.weight_penalty(player)

    def after_update(self, player: Player, step: Tensor) -> None:
        self.regularizer.after_update(player, step)

    @property
    def name(self) -> str:
        return self.regularizer.name


class Orthogonal(Regularizer):
    """weight * sum over kernels W of |W^T W o (1 - I)|_F^2 (Brock et al. 2018, arXiv:1809.11096, eq. 3): filters that are
    orthogonal to each other, of any length.

    A kernel is a matrix here, output channels last. Embeddings and vectors are left out.

    Args:
        weight: positive float.
    """

    def __init__(self, weight: float = 1e-4):
        self.weight = positive_number("weight", weight)

    def weight_penalty(self, player: Player) -> Tensor | None:
        total = 0.0
        for kernel in player.variables:
            if kernel.name == "kernel":
                matrix = ops.reshape(ops.cast(kernel.value, kernel.dtype), (-1, kernel.shape[-1]))
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
        return [w for w in weights if w.name == "kernel"] if self.only_kernels else weights

    def after_update(self, player: Player, step: Tensor) -> None:
        for variable in self.clipped(player):
            variable.assign(ops.clip(variable, -self.limit, self.limit))

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
    """Does nothing; the base of the others.

    Attributes:
        about_examples: whether it asks for real and generated examples, and so is for a discriminator alone.
        refuses_batch_norm: whether its source rules out batch normalization in the player.
    """

    about_examples: bool = False
    refuses_batch_norm: bool = False

    def build(self, player: Player) -> list[keras.Variable]:
        """Return the variables that it keeps beside a player, saved and resumed with it: `player.memory_of(self)`."""
        return []

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

    Batch normalization in the critic makes one sample's output depend on the others and voids the penalty (section 4): a GAN
    with both is refused.

    Args:
        weight: positive float.
        one_sided: penalize slopes above 1 alone, weight * max(0, |grad D(x)| - 1)^2: a Wasserstein critic's slope is at most 1,
            and 1 only along the way of the transport (Petzka et al. 2018, arXiv:1709.08894, eq. 7).
    """

    about_examples = True
    refuses_batch_norm = True

    def __init__(self, weight: float = 10.0, one_sided: bool = False):
        self.weight = positive_number("weight", weight)
        self.one_sided = bool(one_sided)

    def places(self, batch: dict[str, Tensor], seed: Tensor) -> Tensor:
        """Return the examples at which the slope is taken."""
        real, fake = batch["real"], batch["fake"]
        shape = (ops.shape(real)[0],) + (1,) * (len(real.shape) - 1)
        return real + backend.uniform(shape, seed) * (fake - real)

    def penalty(self, call: Callable[[Tensor], Tensor], batch: dict[str, Tensor], seed: Tensor, step: Tensor) -> Tensor | None:
        gradients = backend.input_gradient(call, self.places(batch, seed))
        excess = ops.sqrt(_squared_norm(gradients) + 1e-12) - 1.0
        return self.weight * ops.square(ops.relu(excess) if self.one_sided else excess)


class DRAGAN(GradientPenalty):
    """weight * (|grad D(x + d)| - 1)^2 around real samples, d ~ N(0, c^2 s^2 I) (Kodali et al. 2017, arXiv:1705.07215).

    s is the standard deviation of the real batch, all values together, as in the authors' code, whose noise is uniform.

    Args:
        weight: positive float.
        deviation: c, positive float.
        one_sided: as in `GradientPenalty`.
    """

    refuses_batch_norm = False

    def __init__(self, weight: float = 10.0, deviation: float = 0.5, one_sided: bool = False):
        super().__init__(weight, one_sided)
        self.deviation = positive_number("deviation", deviation)

    def places(self, batch: dict[str, Tensor], seed: Tensor) -> Tensor:
        real = batch["real"]
        return real + self.deviation * ops.std(real) * backend.normal(ops.shape(real), seed)


class R1(Regularizer):
    """weight / 2 * |grad D|^2 on real samples (Mescheder et al. 2018, arXiv:1801.04406, eq. 9); weight: positive float."""

    on: str = "real"
    about_examples = True

    def __init__(self, weight: float = 10.0):
        self.weight = positive_number("weight", weight)

    def penalty(self, call: Callable[[Tensor], Tensor], batch: dict[str, Tensor], seed: Tensor, step: Tensor) -> Tensor | None:
        return 0.5 * self.weight * _squared_norm(backend.input_gradient(call, batch[self.on]))


class R2(R1):
    """weight / 2 * |grad D|^2 on generated samples (Mescheder et al. 2018, arXiv:1801.04406); weight: positive float."""

    on = "fake"


class HistoricalAveraging(Regularizer):
    """weight * |w - (1 / t) sum_i w_i|^2: weights stay near the mean of all that they were, so that players who circle each
    other come to rest (Salimans et al. 2016, arXiv:1606.03498, section 3.3). For either player; the mean is kept with the run.

    Args:
        weight: positive float.
    """

    def __init__(self, weight: float = 0.1):
        self.weight = positive_number("weight", weight)

    def build(self, player: Player) -> list[keras.Variable]:
        options = {"dtype": "float32", "trainable": False, "name": "mean"}
        # By way of NumPy: a variable made of another's tensor shares its memory, and the fused optimizers update in place.
        return [keras.Variable(ops.convert_to_numpy(each), **options) for each in player.variables]

    def weight_penalty(self, player: Player) -> Tensor | None:
        pairs = zip(player.variables, player.memory_of(self), strict=True)
        squares = [ops.sum(ops.square(ops.cast(w.value, "float32") - mean.value)) for w, mean in pairs]
        return self.weight * sum(squares)

    def after_update(self, player: Player, step: Tensor) -> None:
        share = 1.0 / (ops.cast(player.optimizer.iterations, "float32") + 1.0)  # the initial weights are the first of them
        for w, mean in zip(player.variables, player.memory_of(self), strict=True):
            mean.assign(mean + share * (ops.cast(w, "float32") - mean))


class _Wrapper(Regularizer):
    """Another regularizer, but for when and how much."""

    regularizer: Regularizer

    def _take(self, regularizer: Regularizer) -> None:
        if not isinstance(regularizer, Regularizer):
            raise InputError(f"regularizer must be one of ganzoo.regularizers. Received: regularizer={regularizer!r}")
        self.regularizer = regularizer
        self.about_examples = regularizer.about_examples
        self.refuses_batch_norm = regularizer.refuses_batch_norm

    def build(self, player: Player) -> list[keras.Variable]:
        return self.regularizer.build(player)

    def weight_penalty(self, player: Player) -> Tensor | None:
        return self.regularizer.weight_penalty(player)

    def after_update(self, player: Player, step: Tensor) -> None:
        self.regularizer.after_update(player, step)

    @property
    def name(self) -> str:
        """The other's."""
        return self.regularizer.name


class Scheduled(_Wrapper):
    """Another regularizer's penalty times a function of the step: a weight that falls or rises in the course of a training.

    Args:
        regularizer: a `Regularizer`.
        schedule: a `keras.optimizers.schedules.LearningRateSchedule`, called with the steps made so far.

    Example:
        >>> Scheduled(R1(10.0), keras.optimizers.schedules.PiecewiseConstantDecay([1000], [1.0, 0.1])).name
        'r1'
    """

    def __init__(self, regularizer: Regularizer, schedule: keras.optimizers.schedules.LearningRateSchedule):
        self._take(regularizer)
        if not isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
            raise InputError(f"schedule must be one of keras.optimizers.schedules. Received: schedule={schedule!r}")
        self.schedule = schedule

    def penalty(self, call: Callable[[Tensor], Tensor], batch: dict[str, Tensor], seed: Tensor, step: Tensor) -> Tensor | None:
        found = self.regularizer.penalty(call, batch, seed, step)
        return None if found is None else ops.cast(self.schedule(step), "float32") * found

    def weight_penalty(self, player: Player) -> Tensor | None:
        found = self.regularizer.weight_penalty(player)
        return None if found is None else ops.cast(self.schedule(player.optimizer.iterations), "float32") * found


class Lazy(_Wrapper):
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
        self._take(regularizer)
        self.every = positive_integer("every", every)

    def penalty(self, call: Callable[[Tensor], Tensor], batch: dict[str, Tensor], seed: Tensor, step: Tensor) -> Tensor | None:
        def due():
            return self.every * self.regularizer.penalty(call, batch, seed, step)

        if self.every == 1 or type(self.regularizer).penalty is Regularizer.penalty:
            return self.regularizer.penalty(call, batch, seed, step)
        size = ops.shape(next(iter(batch.values())))[0]
        return ops.cond(ops.equal(ops.mod(step, self.every), 0), due, lambda: ops.zeros((size,)))


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


class PathLength(Regularizer):
    """weight * (|J_w^T y| - a)^2 of a generator: equal steps in w change the image equally far, wherever and in which direction
    they are made (Karras et al. 2020, arXiv:1912.04958, section 3.2).

        y ~ N(0, I) / sqrt(H W),     a: the mean of past lengths, moved by `decay` of the way at every use

    `call` is here from styles, or latents, to images; the batch holds what is moved and, as "mean_length", the variable of a.

    Args:
        weight: positive float; the paper's is log 2 / (H W (log H - log 2)), about 2 with its official code's scaling.
        decay: share of the way that a moves, above 0 and at most 1.
    """

    def __init__(self, weight: float = 2.0, decay: float = 0.01):
        self.weight = positive_number("weight", weight)
        self.decay = positive_number("decay", decay)

    def penalty(self, call: Callable[[Tensor], Tensor], batch: dict[str, Tensor], seed: Tensor, step: Tensor) -> Tensor | None:
        moved, mean = next(iter(batch.values())), batch["mean_length"]
        lengths = path_lengths(call, moved, seed)
        now = ops.stop_gradient(ops.mean(lengths))
        target = mean + self.decay * (now - mean)
        mean.assign(target)
        return self.weight * ops.square(lengths - ops.stop_gradient(target))


def path_lengths(call: Callable[[Tensor], Tensor], moved: Tensor, seed: Tensor) -> Tensor:
    """Return |J^T y| per sample, `(N,)`: how far an image moves along a random direction y, per step of what makes it.

    Args:
        call: callable from `moved` to images `(N, H, W, C)`.
        moved: latents or styles `(N, D)`, or a style a layer `(N, L, D)`: then the root of the mean over layers.
        seed: int32 `(2,)`, of y ~ N(0, I) / sqrt(H W).
    """

    def projected(values):
        images = call(values)
        height, width = images.shape[1:3]
        noise = backend.normal(ops.shape(images), seed) / float(height * width) ** 0.5
        return ops.sum(images * noise, axis=(1, 2, 3))

    squares = ops.sum(ops.square(backend.input_gradient(projected, moved)), axis=-1)
    return ops.sqrt((ops.mean(squares, axis=1) if len(squares.shape) == 2 else squares) + 1e-12)


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


# Name on the command line -> (class, whether the generator has it too).
BY_NAME: dict[str, tuple[type[Regularizer], bool]] = {
    "gradient_penalty": (GradientPenalty, False),
    "dragan": (DRAGAN, False),
    "r1": (R1, False),
    "r2": (R2, False),
    "orthogonal": (Orthogonal, False),
    "historical_averaging": (HistoricalAveraging, True),
}

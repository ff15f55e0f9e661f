"""Wrappers that decide when, and how strongly, a regularizer acts: on a schedule, or at every k-th step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import keras
from keras import ops

from ganzoo.errors import InputError
from ganzoo.regularizers.base import Regularizer
from ganzoo.utils.checks import positive_integer
from ganzoo.utils.types import Tensor

if TYPE_CHECKING:
    from ganzoo.core.player import Player


class _Wrapper(Regularizer):
    """Another regularizer, but for when and how much."""

    regularizer: Regularizer

    def _take(self, regularizer: Regularizer) -> None:
        if not isinstance(regularizer, Regularizer):
            raise InputError(f"regularizer must be one of ganzoo.regularizers. Received: regularizer={regularizer!r}")
        self.regularizer = regularizer
        self.about_examples = regularizer.about_examples
        self.refuses_batch_norm = regularizer.refuses_batch_norm

    @property
    def penalizes_calls(self) -> bool:
        """Whether the other, or what it wraps, has a penalty beside one on the weights themselves."""
        inner = self.regularizer
        return inner.penalizes_calls if isinstance(inner, _Wrapper) else type(inner).penalty is not Regularizer.penalty

    def build(self, player: Player) -> list[keras.Variable]:
        return self.regularizer.build(player)

    def weight_penalty(self, player: Player, step: Tensor) -> Tensor | None:
        return self.regularizer.weight_penalty(player, step)

    def after_update(self, player: Player, step: Tensor) -> None:
        self.regularizer.after_update(player, step)

    @property
    def name(self) -> str:
        """The other's."""
        return self.regularizer.name


class Scheduled(_Wrapper):
    """Another regularizer's penalty times a function of the step: a weight that falls or rises in the course of a training.

        schedule(step) * penalty,     for instance the falling gamma of Huang et al. 2024, arXiv:2501.05441

    Args:
        regularizer: a `Regularizer`.
        schedule: a `keras.optimizers.schedules.LearningRateSchedule`, called with the steps made so far.

    Example:
        >>> from ganzoo.regularizers import R1
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

    def weight_penalty(self, player: Player, step: Tensor) -> Tensor | None:
        found = self.regularizer.weight_penalty(player, step)
        return None if found is None else ops.cast(self.schedule(step), "float32") * found


class Lazy(_Wrapper):
    """Another regularizer's penalty, k times as heavy, at every k-th step alone (Karras et al. 2020, arXiv:1912.04958, app. B).

        k * penalty where step mod k = 0, else 0

    Averaged over k steps, the gradient is that of `regularizer`; a step without the penalty does not compute it. Where a step
    updates a player several times, either all updates have it or none. What `regularizer` does after an update, it does after
    every update.

    Args:
        regularizer: a `Regularizer`.
        every: k, positive int.

    Example:
        >>> from ganzoo.regularizers import R1
        >>> Lazy(R1(1.0), every=16)
        Lazy(regularizer=R1(weight=1.0))
    """

    def __init__(self, regularizer: Regularizer, every: int = 16):
        self._take(regularizer)
        self.every = positive_integer("every", every)

    def penalty(self, call: Callable[[Tensor], Tensor], batch: dict[str, Tensor], seed: Tensor, step: Tensor) -> Tensor | None:
        def due():
            return self.every * self.regularizer.penalty(call, batch, seed, step)

        if self.every == 1 or not self.penalizes_calls:
            return self.regularizer.penalty(call, batch, seed, step)
        size = ops.shape(next(iter(batch.values())))[0]
        return ops.cond(ops.equal(ops.mod(step, self.every), 0), due, lambda: ops.zeros((size,)))

"""`Regularizer`, the base of the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import keras

from ganzoo.core.config import Configurable
from ganzoo.utils.types import Tensor

if TYPE_CHECKING:
    from ganzoo.core.player import Player


class Regularizer(Configurable):
    """Base class of all regularizers; does nothing itself.

    Attributes:
        about_examples: whether it needs real and generated examples, and so is for discriminators only.
        refuses_batch_norm: whether its source rules out batch normalization in the player.
    """

    about_examples: bool = False
    refuses_batch_norm: bool = False

    def build(self, player: Player) -> list[keras.Variable]:
        """Return the variables that it keeps for a player, saved and resumed with it; `player.memory_of(self)` returns them."""
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

    def weight_penalty(self, player: Player, step: Tensor) -> Tensor | None:
        """Return a penalty on the weights themselves, or None.

        Args:
            player: a `ganzoo.core.player.Player`.
            step: int64 scalar, steps made so far.

        Returns:
            Float32 scalar, added to the player's loss, or None.
        """
        return None

    def after_update(self, player: Player, step: Tensor) -> None:
        """Change the weights of a `ganzoo.core.player.Player` after an update, or do nothing."""

    @property
    def name(self) -> str:
        """The name under which the penalty's mean is logged: the class's in snake_case."""
        name = type(self).__name__
        return "".join("_" + c.lower() if c.isupper() and i else c.lower() for i, c in enumerate(name))

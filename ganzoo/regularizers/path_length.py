"""How far an image moves with its style: StyleGAN2's regularizer of a generator."""

from __future__ import annotations

from collections.abc import Callable

from keras import ops

from ganzoo import backend
from ganzoo.regularizers.base import Regularizer
from ganzoo.utils.checks import positive_number
from ganzoo.utils.types import Tensor


class PathLength(Regularizer):
    """weight * (|J_w^T y| - a)^2 of a generator: equal steps in w change the image equally far, wherever and in which direction
    they are made (Karras et al. 2020, arXiv:1912.04958, section 3.2).

        y ~ N(0, I) / sqrt(H W),     a: the mean of past lengths, moved by `decay` of the way at every use

    Here `call` maps styles, or latents, to images; the batch holds these inputs and, as "mean_length", the variable of a. A
    mean of 0 is set to that of the first lengths: from 0 it would take hundreds of uses to catch up, during which the penalty
    would shorten all lengths instead of making them equal.

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
        target = ops.where(mean > 0, mean + self.decay * (now - mean), now)
        mean.assign(target)
        return self.weight * ops.square(lengths - ops.stop_gradient(target))


def path_lengths(call: Callable[[Tensor], Tensor], moved: Tensor, seed: Tensor) -> Tensor:
    """Return |J^T y| per sample, `(N,)`: how far an image moves along a random direction y, per unit step of `moved`.

    Args:
        call: callable from `moved` to images `(N, H, W, C)`.
        moved: latents or styles `(N, D)`, or one style per layer `(N, L, D)`: then the root of the mean square over layers.
        seed: int32 `(2,)`, of y ~ N(0, I) / sqrt(H W).
    """

    def projected(values):
        images = call(values)
        height, width = images.shape[1:3]
        noise = backend.normal(ops.shape(images), seed) / float(height * width) ** 0.5
        return ops.sum(images * noise, axis=(1, 2, 3))

    squares = ops.sum(ops.square(backend.input_gradient(projected, moved)), axis=-1)
    return ops.sqrt((ops.mean(squares, axis=1) if len(squares.shape) == 2 else squares) + 1e-12)

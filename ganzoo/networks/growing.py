"""What networks that grow have in common: sizes that double from stage to stage, and layers that are kept."""

from collections.abc import Callable

import keras

from ganzoo.core.inputs import Input
from ganzoo.errors import InputError
from ganzoo.networks.base import Networks
from ganzoo.utils.types import Shape

COARSEST, LARGEST = 4, 8  # pixels of a side at the coarsest size, at least and at most


class Kept:
    """Layers by name, each made on first use: networks of several stages that are built with the same `Kept` share them.

    Example:
        >>> kept = Kept()
        >>> kept("last", lambda: keras.layers.Dense(1)) is kept("last", lambda: keras.layers.Dense(1))
        True
    """

    def __init__(self) -> None:
        self.layers: dict[str, keras.Layer] = {}

    def __call__(self, name: str, make: Callable[[], keras.Layer]) -> keras.Layer:
        """Return the layer of that name, `make()` where there is none."""
        if name not in self.layers:
            self.layers[name] = make()
        return self.layers[name]


class GrowingNetworks(Networks):
    """A pair of networks that can be built at every size from the coarsest on; base of the others.

    A level is how often the coarsest size is doubled. Built without a level they are of full size, as any pair is.
    """

    def check(self, shape: Shape, model: str) -> None:
        if max(coarsest(shape)) <= LARGEST and min(coarsest(shape)) >= COARSEST:
            return
        level = max(0, (min(shape[:2]) // COARSEST).bit_length() - 1)
        sides = [min(max(round(side / 2**level), COARSEST), LARGEST) * 2**level for side in shape[:2]]
        raise InputError(
            f"{model} makes images whose height and width are {COARSEST} to {LARGEST} pixels doubled equally often; the "
            f"nearest is {sides[0]}x{sides[1]}. Received: {shape[0]}x{shape[1]}"
        )

    def build_generator(
        self,
        inputs: dict[str, Input],
        shape: Shape,
        level: int | None = None,
        kept: Kept | None = None,
        fade: int | None = None,
    ) -> keras.Model:
        """Return a `keras.Model` from the inputs to images of a level, `shape_at(shape, level)`.

        Args:
            inputs, shape: as in `Networks`; shape is that of the last level.
            level: int from 0 to `last_level(shape)`, None for the last.
            kept: layers of earlier levels, and where new ones are put.
            fade: steps that the newest block takes to fade in; None for a network that does not fade.
        """
        raise NotImplementedError

    def build_discriminator(
        self,
        shape: Shape,
        classes: int | None = None,
        heads: dict[str, int] | None = None,
        level: int | None = None,
        kept: Kept | None = None,
        fade: int | None = None,
    ) -> keras.Model:
        """Return a `keras.Model` from images of a level to logits `(N, 1)`; arguments as in `Networks`, and above."""
        raise NotImplementedError


def last_level(shape: Shape) -> int:
    """Return how often an image can be halved with both sides whole and at least 4 pixels.

    Example:
        >>> [last_level((side, side, 3)) for side in (4, 28, 32, 96)]
        [0, 2, 3, 4]
    """
    height, width, level = shape[0], shape[1], 0
    while height % 2 == 0 and width % 2 == 0 and min(height, width) >= 2 * COARSEST:
        height, width, level = height // 2, width // 2, level + 1
    return level


def shape_at(shape: Shape, level: int) -> Shape:
    """Return the shape of a level's images; shape is that of the last level.

    Example:
        >>> shape_at((32, 32, 3), 1)
        (8, 8, 3)
    """
    factor = 2 ** (last_level(shape) - level)
    return (shape[0] // factor, shape[1] // factor, shape[2])


def coarsest(shape: Shape) -> tuple[int, int]:
    """Return (height, width) of level 0."""
    height, width, _ = shape_at(shape, 0)
    return height, width

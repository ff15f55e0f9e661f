"""A match: which discriminator judges which generated examples; what the diagnosis looks at."""

import dataclasses
from collections.abc import Callable

from ganzoo.core.player import Player


@dataclasses.dataclass(frozen=True)
class Match:
    """One discriminator against one generator.

    Attributes:
        example: name of the part of the data that is imitated, e.g. "images".
        inputs: callable (n, seed, arrays) -> {name: tensor}, inputs of n fakes; arrays: {part: n real examples}.
        generate: callable from these inputs to examples in `value_range`: the trained generator, not its average, inference
            mode.
        discriminate: callable (examples, arrays) -> logits `(N, 1)`, inference mode.
        generator_loss: callable (real_logits, fake_logits) -> `(N,)`.
        discriminator: its `Player`.
        discriminator_logs, generator_logs: names of the two losses in the logs.
    """

    example: str
    inputs: Callable
    generate: Callable
    discriminate: Callable
    generator_loss: Callable
    discriminator: Player
    discriminator_logs: str = "discriminator_loss"
    generator_logs: str = "generator_loss"

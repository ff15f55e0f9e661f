"""What a training example and a sample are made of."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Spec:
    """Shape and type of one part of one example.

    Args:
        shape: tuple of ints, without the batch axis; None where a side is open.
        dtype: str, e.g. "uint8".
    """

    shape: tuple[int | None, ...]
    dtype: str

"""A stage of training: most GANs have one; those that grow or train part after part have several."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Stage:
    """A number of steps on examples of one size.

    Attributes:
        steps: generator updates of this stage, positive int.
        examples: {part: `Spec`} that the data are brought to in this stage; None leaves them as the model declares.
        name: what messages call it.
    """

    steps: int
    examples: dict | None = None
    name: str = ""

"""What every loss is: a pair of functions of logits, one number per sample."""

from keras import ops

from ganzoo.core.config import Configurable
from ganzoo.utils.types import Tensor


def _paired(real_logits, fake_logits):
    """Return both as `(N,)`: `(N, 1)` against `(N,)` would broadcast to `(N, N)` and still train, wrongly."""
    real, fake = ops.convert_to_tensor(real_logits), ops.convert_to_tensor(fake_logits)
    for name, logits in (("real_logits", real), ("fake_logits", fake)):
        if len(logits.shape) > 2 or (len(logits.shape) == 2 and logits.shape[1] != 1) or len(logits.shape) == 0:
            raise ValueError(f"{name} must be of shape (N,) or (N, 1). Received: {name}.shape={tuple(logits.shape)}")
    if None not in (real.shape[0], fake.shape[0]) and real.shape[0] != fake.shape[0]:
        raise ValueError(
            "real_logits and fake_logits must have the same batch size. "
            f"Received: real_logits.shape={tuple(real.shape)}, fake_logits.shape={tuple(fake.shape)}"
        )
    return ops.reshape(real, (-1,)), ops.reshape(fake, (-1,))


class Loss(Configurable):
    """A pair of losses. Subclasses write `_discriminator` and `_generator` on logits of shape `(N,)`.

    Attributes:
        generator_sees_real: True where the generator's loss needs the real logits too (relativistic losses); the
            training step then has to compute them.
        zero_is_undecided: True where a logit of 0 means neither real nor fake, so that the sign of a logit can be read.
    """

    generator_sees_real: bool = False
    zero_is_undecided: bool = False

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return the discriminator's loss per sample.

        Args:
            real_logits: float tensor `(N,)` or `(N, 1)`, the discriminator on real samples.
            fake_logits: the same on generated samples.

        Returns:
            float tensor `(N,)`, to be minimized.

        Raises:
            ValueError: if the shapes are others.
        """
        return self._discriminator(*_paired(real_logits, fake_logits))

    def generator(self, real_logits: Tensor | None, fake_logits: Tensor) -> Tensor:
        """Return the generator's loss per sample; arguments and result as `discriminator`.

        `real_logits` may be None unless `generator_sees_real`; then None raises a ValueError.
        """
        if real_logits is None:
            if self.generator_sees_real:
                raise ValueError(f"the generator's loss of {type(self).__name__} needs the real logits. Received: None")
            real_logits = fake_logits
        return self._generator(*_paired(real_logits, fake_logits))

    def _discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} must define _discriminator.")

    def _generator(self, real: Tensor, fake: Tensor) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} must define _generator.")

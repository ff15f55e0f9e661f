"""Feature matching: the generator's samples are to have the mean features of the data, as the discriminator sees them."""

import keras
from keras import ops

from ganzoo.core.config import Configurable
from ganzoo.errors import InputError
from ganzoo.utils.checks import positive_number
from ganzoo.utils.heads import head_of
from ganzoo.utils.types import Tensor


class FeatureMatching(Configurable):
    """weight * |E f(x) - E f(G(z))|^2, f a layer of the discriminator, over a batch (Salimans et al. 2016, arXiv:1606.03498,
    section 3.1). It is added to the generator's loss; in the paper it replaces that loss.

    Args:
        weight: positive float.
        layer: name of the layer whose outputs are f; None for the features that the logit is computed from.

    Example:
        >>> FeatureMatching(0.5)(ops.ones((4, 3)), ops.zeros((4, 3))).numpy().tolist()
        [1.5, 1.5, 1.5, 1.5]
    """

    def __init__(self, weight: float = 1.0, layer: str | None = None):
        self.weight = positive_number("weight", weight)
        if layer is not None and not isinstance(layer, str):
            raise InputError(f"layer must be a layer's name or None. Received: layer={layer!r}")
        self.layer = layer

    def features(self, discriminator: keras.Model) -> keras.Model:
        """Return the `keras.Model` from a discriminator's inputs to f, of the same layers.

        Raises:
            InputError: where it has no layer of that name.
        """
        names = [each.name for each in discriminator.layers]
        if self.layer is None:
            head = head_of(discriminator.outputs[0])
            if head is None or isinstance(head, keras.Model):
                raise InputError(
                    "feature matching compares what the discriminator's last layer takes, and this one ends in another model: "
                    "build it from layers, or name one of them. Received: layer=None"
                )
            return keras.Model(discriminator.inputs, head.input)
        if self.layer not in names:
            raise InputError(f"the discriminator has the layers {', '.join(names)}. Received: layer={self.layer!r}")
        return keras.Model(discriminator.inputs, discriminator.get_layer(self.layer).output)

    def __call__(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return the loss, the same for each sample, `(N,)`; real and fake are features `(N, ...)`."""
        difference = ops.mean(ops.cast(real, "float32"), axis=0) - ops.mean(ops.cast(fake, "float32"), axis=0)
        return ops.broadcast_to(self.weight * ops.sum(ops.square(difference)), ops.shape(fake)[:1])

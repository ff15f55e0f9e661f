"""What is asked of the discriminator besides its loss: gradient penalties and weight clipping, usable with every GAN.

A regularizer is an object with two methods, either of which may do nothing: `penalty`, added to the discriminator's loss,
and `after_update`, called once the discriminator's optimizer has moved its weights.
"""

from keras import ops

from ganzoo import backend
from ganzoo.checks import positive_number


class Regularizer:
    """Does nothing; the base of the others."""

    def penalty(self, discriminate, real, fake, seed):
        """Return a penalty per sample, or None.

        Args:
            discriminate: callable from images to logits `(N, 1)`, the discriminator in training mode.
            real: float32 `(N, H, W, C)` in the network's own range.
            fake: the same, generated.
            seed: int32 `(2,)`, new for every step.

        Returns:
            float32 `(N,)`, added to the discriminator's loss, or None.
        """
        return None

    def after_update(self, discriminator):
        """Change the weights of `discriminator` (a `keras.Model`) after an update, or do nothing."""

    @property
    def name(self):
        """The name under which the penalty's mean is logged: the class's in snake_case."""
        name = type(self).__name__
        return "".join("_" + c.lower() if c.isupper() and i else c.lower() for i, c in enumerate(name))

    def __repr__(self):
        settings = ", ".join(f"{name}={value!r}" for name, value in sorted(vars(self).items()))
        return f"{type(self).__name__}({settings})"


def _squared_norm(gradients):
    return ops.sum(ops.square(gradients), axis=tuple(range(1, len(gradients.shape))))


class GradientPenalty(Regularizer):
    """weight * (|grad D(x)| - 1)^2 at x drawn uniformly on segments from real to fake (Gulrajani et al. 2017,
    arXiv:1704.00028, eq. 3). The square root has an epsilon, so a zero gradient stays differentiable.

    Batch normalisation in the critic makes one sample's output depend on the others and voids the penalty.
    """

    def __init__(self, weight=10.0):
        self.weight = positive_number("weight", weight)

    def penalty(self, discriminate, real, fake, seed):
        shape = (ops.shape(real)[0],) + (1,) * (len(real.shape) - 1)
        mix = backend.uniform(shape, seed)
        gradients = backend.input_gradient(discriminate, real + mix * (fake - real))
        return self.weight * ops.square(ops.sqrt(_squared_norm(gradients) + 1e-12) - 1.0)


class R1(Regularizer):
    """weight / 2 * |grad D|^2 on real samples (Mescheder et al. 2018, arXiv:1801.04406, eq. 9)."""

    def __init__(self, weight=10.0):
        self.weight = positive_number("weight", weight)

    def penalty(self, discriminate, real, fake, seed):
        return 0.5 * self.weight * _squared_norm(backend.input_gradient(discriminate, real))


class R2(R1):
    """weight / 2 * |grad D|^2 on generated samples (Mescheder et al. 2018, arXiv:1801.04406)."""

    def penalty(self, discriminate, real, fake, seed):
        return super().penalty(discriminate, fake, fake, seed)


class WeightClip(Regularizer):
    """Clip the discriminator's weights to [-limit, limit] after each of its updates (Arjovsky et al. 2017, arXiv:1701.07875).

    Args:
        limit: positive float.
        only_kernels: clip the kernels of convolutions and dense layers only (the default). False clips every weight, as
            loops over `get_weights()` do: batch-norm gains, biases and moving statistics too. Three batch-norm layers with
            gains at 0.01 scale the critic's signal by 1e-6, and the generator then learns nothing.
    """

    def __init__(self, limit=0.01, only_kernels=True):
        self.limit = positive_number("limit", limit)
        self.only_kernels = bool(only_kernels)

    def clipped(self, discriminator):
        """Return the list of variables that are clipped."""
        weights = discriminator.weights
        return [w for w in weights if w.name == "kernel"] if self.only_kernels else weights

    def after_update(self, discriminator):
        for variable in self.clipped(discriminator):
            variable.assign(ops.clip(variable, -self.limit, self.limit))

"""Virtual batch normalization: by the statistics of a reference batch that is chosen once (Salimans et al. 2016,
arXiv:1606.03498, section 3.5).

    y = gamma (x - mean) / sqrt(variance + epsilon) + beta,    mean = (own + R reference) / (R + 1),   E[x^2] in the same way

A reference batch of R goes through the network in front of every batch: `ReferenceBatch` puts it there, each
`VirtualBatchNormalization` takes its statistics from the first R, and `WithoutReference` drops them at the end. An example's
output depends on no other example of its batch, and is the same in training and in use.
"""

import keras
from keras import ops

from ganzoo.layers.precision import at_least_single
from ganzoo.utils.checks import positive_integer


class _AboutReference(keras.layers.Layer):
    """Base: a layer that knows the size R of the reference batch.

    Args:
        reference: R, positive int.
    """

    def __init__(self, reference, **options):
        super().__init__(**options)
        self.reference = positive_integer("reference", reference)

    def get_config(self):
        return super().get_config() | {"reference": self.reference}


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class ReferenceBatch(_AboutReference):
    """Put a reference batch in front of a batch: `(N, ...)` to `(R + N, ...)`.

    Attributes:
        values: variable `(R, ...)` that is not trained, saved with the network; zeros until it is set.
    """

    def build(self, input_shape):
        shape, dtype = (self.reference, *input_shape[1:]), self.values_dtype
        self.values = self.add_weight(
            shape=shape, dtype=dtype, initializer="zeros", trainable=False, autocast=False, name="values"
        )

    def __init__(self, reference, values_dtype="float32", **options):
        super().__init__(reference, **options)
        self.values_dtype = values_dtype

    def call(self, inputs):
        return ops.concatenate([ops.cast(self.values.value, inputs.dtype), inputs], axis=0)

    def compute_output_spec(self, inputs):
        return keras.KerasTensor((None, *inputs.shape[1:]), dtype=inputs.dtype)

    def get_config(self):
        return super().get_config() | {"values_dtype": self.values_dtype}


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class WithoutReference(_AboutReference):
    """Drop the reference batch: `(R + N, ...)` to `(N, ...)`."""

    def call(self, inputs):
        return inputs[self.reference :]

    def compute_output_spec(self, inputs):
        return keras.KerasTensor((None, *inputs.shape[1:]), dtype=inputs.dtype)


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class VirtualBatchNormalization(_AboutReference):
    """Normalize each example by the statistics of the first R examples, the reference batch, joined with its own.

    Input and output `(R + N, ..., C)`, channels last.

    The mean and the mean square over the places of an example are joined with those of the reference batch, with weights 1 and
    R; the reference batch itself is normalized by its own statistics alone.

    Args:
        reference: R, positive int.
        epsilon: added to the variance.

    Example:
        >>> VirtualBatchNormalization(2)(keras.ops.ones((5, 4, 4, 3))).shape
        TensorShape([5, 4, 4, 3])
    """

    def __init__(self, reference, epsilon=1e-3, **options):
        super().__init__(reference, **options)
        self.epsilon = epsilon

    def build(self, input_shape):
        self.gamma = self.add_weight(shape=input_shape[-1:], initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=input_shape[-1:], initializer="zeros", name="beta")

    def call(self, inputs):
        x = at_least_single(inputs)
        places = tuple(range(1, len(x.shape) - 1))
        mean, square = (ops.mean(each, places, keepdims=True) if places else each for each in (x, ops.square(x)))

        def joined(own):
            reference = ops.mean(own[: self.reference], axis=0, keepdims=True)
            share = 1.0 / (self.reference + 1.0)
            others = share * own[self.reference :] + (1.0 - share) * reference
            return ops.concatenate([ops.repeat(reference, self.reference, axis=0), others], axis=0)

        mean, square = joined(mean), joined(square)
        variance = ops.maximum(square - ops.square(mean), 0.0)
        scale = ops.cast(self.gamma, x.dtype) * ops.rsqrt(variance + self.epsilon)
        return ops.cast((x - mean) * scale + ops.cast(self.beta, x.dtype), inputs.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {"epsilon": self.epsilon}

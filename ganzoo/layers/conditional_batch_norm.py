"""Batch normalization whose gain and bias are told what to draw (de Vries et al. 2017, arXiv:1707.00683)."""

import keras
from keras import layers

from ganzoo.layers.fused_batch_norm import FusedBatchNormalization
from ganzoo.layers.spectral import SpectralDense


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class ConditionalBatchNormalization(layers.Layer):
    """Batch-normalize images, then scale and shift each one by amounts computed from its vector.

        y = (1 + A c) * (x - mean) / sqrt(variance + epsilon) + B c

    With a one-hot vector c this is one gain and one bias per class; with an embedding joined with latents it is BigGAN's. A
    and B begin small, not at 0, so that the condition matters from the first step.

    Inputs: [images `(N, H, W, C)`, vectors `(N, d)`]; output `(N, H, W, C)`.

    Args:
        momentum: of the moving statistics.
        spectral: whether A and B have spectral normalization.
        kernel_initializer: of A and B; default: normal of deviation 0.02.

    Example:
        >>> ones = keras.ops.ones
        >>> ConditionalBatchNormalization()([ones((2, 4, 4, 3)), ones((2, 5))]).shape
        TensorShape([2, 4, 4, 3])
    """

    def __init__(self, momentum=0.9, spectral=False, kernel_initializer=None, **options):
        super().__init__(**options)
        self.momentum, self.spectral = momentum, bool(spectral)
        self.kernel_initializer = keras.initializers.get(kernel_initializer or keras.initializers.RandomNormal(stddev=0.02))

    def build(self, input_shape):
        images, vectors = input_shape
        self.norm = FusedBatchNormalization(momentum=self.momentum, scale=False, center=False, dtype=self.dtype_policy)
        self.norm.build(images)
        dense = SpectralDense if self.spectral else layers.Dense
        for name in ("gain", "shift"):
            initializer = self.kernel_initializer.clone()  # used twice, an unseeded one would warn and repeat itself
            layer = dense(images[-1], use_bias=False, kernel_initializer=initializer, name=name, dtype=self.dtype_policy)
            layer.build(vectors)
            setattr(self, name, layer)

    def call(self, inputs, training=None):
        images, vectors = inputs
        gain, shift = (layer(vectors)[:, None, None, :] for layer in (self.gain, self.shift))
        return self.norm(images, training=training) * (1.0 + gain) + shift

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self):
        initializer = keras.initializers.serialize(self.kernel_initializer)
        return super().get_config() | {
            "momentum": self.momentum,
            "spectral": self.spectral,
            "kernel_initializer": initializer,
        }

"""Batch normalization of images in one operation instead of a chain of element-wise ones."""

import keras
from keras import ops

from ganzoo import backend


@keras.saving.register_keras_serializable(package="ganzoo")
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization` on NHWC images, exactly, in fewer passes over memory when training.

    Weights, moving statistics, configuration and saving are Keras's; so is the computation wherever the fused operation
    does not apply (inference, other axes or ranks, masks).

    Args:
        momentum, epsilon, ...: as in `keras.layers.BatchNormalization`.

    Input and output `(N, H, W, C)`.

    Example:
        >>> FusedBatchNormalization(momentum=0.8)(keras.ops.ones((2, 4, 4, 3)), training=True).shape
        TensorShape([2, 4, 4, 3])
    """

    def call(self, inputs, training=None, mask=None):
        fused = backend.supports_fused_batch_norm(inputs, self.moving_variance)
        if not (training and self.trainable and len(inputs.shape) == 4 and self.axis in (-1, 3) and fused and mask is None):
            return super().call(inputs, training=training, mask=mask)
        channels, dtype = self.moving_variance.shape, self.moving_variance.dtype
        scale = backend.value_of(self.gamma) if self.scale else ops.ones(channels, dtype)
        offset = backend.value_of(self.beta) if self.center else ops.zeros(channels, dtype)
        outputs, mean, variance = backend.batch_normalize(inputs, scale, offset, self.epsilon)
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + now * (1.0 - self.momentum))
        return outputs


def recompute_statistics(network, batches):
    """Set the moving statistics of a network's batch norms to means over batches, computed with its current weights.

    Args:
        network: `keras.Model`.
        batches: iterable of lists of arrays, its inputs.
    """
    norms = [each for each in network._flatten_layers() if isinstance(each, keras.layers.BatchNormalization)]
    momenta = [each.momentum for each in norms]
    try:
        for count, inputs in enumerate(batches):
            for each in norms:
                each.momentum = count / (count + 1)  # the moving mean is then the mean of all
            network(inputs if len(inputs) > 1 else inputs[0], training=True)
    finally:
        for each, momentum in zip(norms, momenta, strict=True):
            each.momentum = momentum

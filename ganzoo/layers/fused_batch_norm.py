"""Batch normalization of images in one operation instead of a chain of element-wise ones."""

import keras

from ganzoo import backend


@keras.saving.register_keras_serializable(package="ganzoo")
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization` on NHWC images, exactly, in fewer passes over memory when training.

    Weights, moving statistics, configuration and saving are Keras's; so is the computation wherever the fused operation
    does not apply (inference, other axes or ranks, masks, no scale or center).

    Args:
        momentum, epsilon, ...: as in `keras.layers.BatchNormalization`.

    Input and output `(N, H, W, C)`.

    Example:
        >>> FusedBatchNormalization(momentum=0.8)(keras.ops.ones((2, 4, 4, 3)), training=True).shape
        TensorShape([2, 4, 4, 3])
    """

    def call(self, inputs, training=None, mask=None):
        images = len(inputs.shape) == 4 and self.axis in (-1, 3) and backend.supports_fused_batch_norm(inputs, self.gamma)
        if not (training and self.trainable and images and mask is None and self.scale and self.center):
            return super().call(inputs, training=training, mask=mask)
        scale, offset = backend.value_of(self.gamma), backend.value_of(self.beta)
        outputs, mean, variance = backend.batch_normalize(inputs, scale, offset, self.epsilon)
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + now * (1.0 - self.momentum))
        return outputs

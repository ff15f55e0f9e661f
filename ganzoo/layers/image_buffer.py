"""A buffer of past fakes (Shrivastava et al. 2017, arXiv:1612.07828), which keeps a discriminator from chasing the last one."""

import keras
from keras import ops

from ganzoo import backend


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class ImageBuffer(keras.layers.Layer):
    """Return a mix of new and earlier generated images.

    While the buffer fills, images are stored and returned as they are. Then each is exchanged, with probability 1/2, for a
    random one from the buffer. What it holds is part of the model's state, so a resumed run goes on exactly.

    Args:
        capacity: images that it holds, positive int; of a larger batch only that number take part, the others pass through.
        shape: of an image, (height, width, channels).

    Example:
        >>> ImageBuffer(50, (8, 8, 1))(keras.ops.ones((2, 8, 8, 1)), seed=(0, 1)).shape
        TensorShape([2, 8, 8, 1])
    """

    def __init__(self, capacity, shape, **options):
        super().__init__(**options)
        self.capacity, self.shape = capacity, tuple(shape)
        self.images = self.add_weight(shape=(capacity, *shape), initializer="zeros", trainable=False, name="images")
        self.count = self.add_weight(shape=(), initializer="zeros", dtype="int32", trainable=False, name="count")
        self.built = True

    def call(self, images, seed):
        """Return images `(N, *shape)`; seed int32 `(2,)`, new for each call."""
        images, others = images[: self.capacity], images[self.capacity :]
        handed = self._exchange(images, seed)
        return handed if others.shape[0] == 0 else ops.concatenate([handed, others])

    def _exchange(self, images, seed):
        n, count = ops.cast(ops.shape(images)[0], "int32"), self.count.value
        index = ops.arange(n, dtype="int32")
        fills = count + index < self.capacity  # the others are for places that were taken before, each for one of its own
        taken = ops.arange(self.capacity, dtype="int32") < count
        order = ops.argsort(backend.uniform((self.capacity,), backend.fold_in(seed, 0)) + ops.where(taken, 0.0, 1.0))
        others = ops.take(ops.cast(order, "int32"), ops.maximum(index - (self.capacity - count), 0))
        slots = ops.where(fills, count + index, others)
        exchanged = ops.logical_and(ops.logical_not(fills), backend.uniform((n,), backend.fold_in(seed, 1)) < 0.5)
        held = ops.take(self.images.value, slots, axis=0)
        fills, exchanged = (ops.reshape(each, (-1, *[1] * len(self.shape))) for each in (fills, exchanged))
        kept = ops.where(ops.logical_or(fills, exchanged), images, held)
        self.images.assign(ops.scatter_update(self.images.value, slots[:, None], kept))
        self.count.assign(ops.minimum(count + n, self.capacity))
        return ops.where(exchanged, held, images)

    def get_config(self):
        return super().get_config() | {"capacity": self.capacity, "shape": self.shape}

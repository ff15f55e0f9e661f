"""Self-attention over the positions of an image (Zhang et al. 2018, arXiv:1805.08318, section 3)."""

import keras
from keras import layers, ops

from ganzoo.layers.spectral import SpectralConv2D


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class SelfAttention2D(layers.Layer):
    """Let every position of a feature map look at all others.

        beta_ji = softmax over i of f(x_i) . g(x_j),     o_j = v(sum over i of beta_ji h(x_i)),     y = x + gamma o

    f, g, h, v are 1x1 convolutions with spectral normalization and without biases, to C/8, C/8, C/2 and C channels (the paper's
    text has C/8 for h too; C/2 is the official code's). gamma is learned and starts at 0: the layer begins local, then looks
    farther. The official code pools f and h to a quarter of the positions; here nothing is pooled, so that an attention map
    has one value per position.

    Input and output `(N, H, W, C)`; time and memory grow with (H W)^2.

    Example:
        >>> SelfAttention2D()(keras.ops.ones((2, 4, 4, 8))).shape
        TensorShape([2, 4, 4, 8])
    """

    def build(self, input_shape):
        channels = input_shape[-1]
        inner, carried = max(1, channels // 8), max(1, channels // 2)
        sizes = {"f": inner, "g": inner, "h": carried, "v": channels}
        for name, filters in sizes.items():
            options = {"use_bias": False, "data_format": "channels_last", "name": name, "dtype": self.dtype_policy}
            convolution = SpectralConv2D(filters, 1, **options)
            convolution.build((*input_shape[:-1], carried if name == "v" else channels))
            setattr(self, name, convolution)
        self.gamma = self.add_weight(shape=(), initializer="zeros", name="gamma")

    def attention(self, images):
        """Return beta, `(N, H W, H W)`: row j says how much position j, counted row by row, looks at each; it sums to 1."""
        keys, queries = (_rows(layer(images)) for layer in (self.f, self.g))
        return ops.softmax(ops.matmul(queries, ops.transpose(keys, (0, 2, 1))), axis=-1)

    def call(self, images):
        _, height, width, _ = images.shape
        seen = ops.matmul(self.attention(images), _rows(self.h(images)))
        seen = self.v(ops.reshape(seen, (-1, height, width, seen.shape[-1])))
        return images + ops.cast(self.gamma, images.dtype) * seen

    def compute_output_shape(self, input_shape):
        return input_shape


def _rows(images):
    """Return `(N, H, W, C)` as `(N, H W, C)`."""
    _, height, width, channels = images.shape
    return ops.reshape(images, (-1, height * width, channels))

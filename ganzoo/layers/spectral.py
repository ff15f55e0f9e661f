"""Spectral normalization: Miyato et al. 2018, "Spectral Normalization for Generative Adversarial Networks", arXiv:1802.05957.

    y = activation((W / sigma) x + b),     sigma = |W u| / |u|,     u <- (W^T W)^17 u / |...|   after each update

W is a layer's kernel as a matrix, its output channels last. `keras.layers.SpectralNormalization` overwrites the kernel at every
call in training mode, so that the optimizer moves a kernel other than the one that the gradient is of, and real and generated
images of one update meet different kernels. Here the kernel stays; W / sigma is computed where the layer is called, its
gradient goes through sigma with u held fixed, and u is moved once per update of the player that owns the layer (`after_update`,
which the core calls). u begins as the exact singular vector of the initial kernel, and is a weight that is saved and resumed.
"""

import keras
import numpy as np
from keras import layers, ops

from ganzoo.layers.narrow_conv import NarrowConv2D
from ganzoo.layers.upsample_conv import UpsampleConv2D

SQUARINGS = 4


class SpectralNormalized:
    """Spectral normalization mixin of a layer with one kernel; stands before the layer's class among the bases.

    Attributes:
        u: float variable `(C,)`, the estimate of the kernel's first right singular vector.
    """

    matrix = "_kernel"  # attribute of the variable that is normalized

    def build(self, input_shape=None):
        super().build(input_shape)
        start = _singular_vector(ops.convert_to_numpy(self.raw_matrix()))
        self.u = self.add_weight(
            shape=start.shape, initializer="zeros", dtype=self.variable_dtype, trainable=False, autocast=False, name="u"
        )
        self.u.assign(start)

    def raw_matrix(self):
        """Return the kernel as it is learned, as a matrix `(any, C)` of its variable's dtype."""
        variable = getattr(self, self.matrix)
        return ops.reshape(ops.cast(variable.value, self.variable_dtype), (-1, variable.shape[-1]))

    def sigma(self):
        """Return the estimate of the kernel's largest singular value, a scalar."""
        u = ops.stop_gradient(self.u.value)
        return _norm(ops.matmul(self.raw_matrix(), u[:, None])) / _norm(u)

    def normalized(self):
        """Return the kernel divided by `sigma`, in its own shape."""
        return ops.reshape(self.raw_matrix() / self.sigma(), getattr(self, self.matrix).shape)

    def after_update(self):
        """Move u by 1 + 2^SQUARINGS steps of power iteration, made at once by powers of the kernel's smaller Gram matrix.

        A single step lags where another singular value overtakes the largest; small kernels' norms were then up to 1.07.
        """
        matrix = ops.stop_gradient(self.raw_matrix())
        wide = matrix.shape[0] < matrix.shape[1]
        turned = ops.transpose(matrix)
        power = ops.matmul(matrix, turned) if wide else ops.matmul(turned, matrix)
        for _ in range(SQUARINGS):
            power = power / _norm(power)
            power = ops.matmul(power, power)
        if wide:
            moved = ops.matmul(turned, ops.matmul(power, ops.matmul(matrix, self.u.value[:, None])))
        else:
            moved = ops.matmul(power, ops.matmul(turned, ops.matmul(matrix, self.u.value[:, None])))
        moved = moved[:, 0] / (_norm(moved) + 1e-24)
        self.u.assign(moved / _norm(moved))

    def call(self, inputs):
        kernel = getattr(self, self.matrix)
        # A scope hides one around it, which may hold other values of the bias too.
        others = [(each, each.value) for each in self.trainable_variables if each is not kernel]
        with keras.StatelessScope([(kernel, self.normalized()), *others]):
            return super().call(inputs)

    # Keras's layers with kernels save these alone.

    def save_own_variables(self, store):
        layers.Layer.save_own_variables(self, store)

    def load_own_variables(self, store):
        layers.Layer.load_own_variables(self, store)


def _norm(values):
    return ops.sqrt(ops.sum(ops.square(values)) + 1e-24)


def _singular_vector(matrix):
    """Return the first right singular vector of a matrix, from the smaller of its two Gram matrices."""
    rows, columns = matrix.shape
    matrix = matrix.astype("float64")
    if columns <= rows:
        return np.linalg.eigh(matrix.T @ matrix)[1][:, -1]
    vector = np.linalg.eigh(matrix @ matrix.T)[1][:, -1] @ matrix
    return vector / (np.linalg.norm(vector) + 1e-12)


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class SpectralConv2D(SpectralNormalized, layers.Conv2D):
    """`keras.layers.Conv2D` with spectral normalization.

    Example:
        >>> SpectralConv2D(4, 3, padding="same")(keras.ops.ones((2, 8, 8, 3))).shape
        TensorShape([2, 8, 8, 4])
    """


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class SpectralUpsampleConv2D(SpectralNormalized, UpsampleConv2D):
    """`ganzoo.layers.UpsampleConv2D` with spectral normalization; sigma is that of its k x k kernel."""


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class SpectralNarrowConv2D(SpectralNormalized, NarrowConv2D):
    """`ganzoo.layers.NarrowConv2D` with spectral normalization."""


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class SpectralDense(SpectralNormalized, layers.Dense):
    """`keras.layers.Dense` with spectral normalization."""


@keras.saving.register_keras_serializable(package="ganzoo.layers")
class SpectralEmbedding(SpectralNormalized, layers.Embedding):
    """`keras.layers.Embedding` with spectral normalization of its table."""

    matrix = "_embeddings"

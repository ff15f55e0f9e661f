"""Numbers that a sample may be asked with, such as where StyleGAN3's image lies."""

from keras import ops

from ganzoo.core.inputs.base import Input


class Setting(Input):
    """Numbers that may be given with a sample; where they are not given, they have the same defaults for all samples.

    Args:
        values: the defaults, a sequence of floats.

    Example:
        >>> Setting((0.7,)).draw((2,), (0, 1)).shape
        TensorShape([2, 1])
    """

    def __init__(self, values):
        self.values = tuple(float(each) for each in values)

    @property
    def shape(self):
        return (len(self.values),)

    @property
    def support(self):
        return f"any numbers; usual {', '.join(f'{each:g}' for each in self.values)}"

    def draw(self, shape, seed):
        """Return the usual values, whatever the seed."""
        return ops.broadcast_to(ops.convert_to_tensor(self.values, dtype=self.dtype), (*shape, *self.shape))

    def as_rows(self, array):
        """Return given values with a leading axis: of one setting a number a sample."""
        return array[:, None] if array.ndim == 1 and self.shape == (1,) else super().as_rows(array)

    def blend(self, a, b, t, spherical=True):
        """Move on the straight line."""
        return (1 - t[:, None]) * a + t[:, None] * b

    def project(self, moved, start):
        """Return the start: it is nothing to be searched for."""
        return start

    def numpy_code(self, n):
        return f'np.tile(np.array({list(self.values)}, "{self.dtype}"), ({n}, 1))'

"""StyleGAN's mapping network (Karras et al. 2018, arXiv:1812.04948, section 2): from latents z to styles w."""

import keras

from ganzoo.layers import EqualizedDense, PixelNorm
from ganzoo.utils.types import Tensor


def mapping(latent_size: int, size: int, layers: int = 8, multiplier: float = 0.01) -> keras.Model:
    """Return a `keras.Model` from latents `(N, latent_size)` to styles w `(N, size)`.

    The latents are brought to a mean square of 1, then pass dense layers with leaky ReLU 0.2.

    Args:
        latent_size, size: positive ints.
        layers: positive int.
        multiplier: of these layers' learning rate; the paper's is 0.01.

    Example:
        >>> mapping(4, 6, layers=2).output.shape
        (None, 6)
    """
    latents = keras.Input((latent_size,), name="latents")
    x: Tensor = PixelNorm()(latents)
    for _ in range(layers):
        x = keras.layers.LeakyReLU(0.2)(EqualizedDense(size, multiplier=multiplier)(x))
    return keras.Model(latents, x, name="mapping")

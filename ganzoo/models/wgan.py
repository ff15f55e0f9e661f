"""WGAN for textures: Arjovsky, Chintala, Bottou 2017, "Wasserstein GAN", arXiv:1701.07875, as in lecture 004.

    min_G max_{|D|_L <= 1}  E_x[D(x)] - E_z[D(G(z))]

Networks, optimizer (RMSprop 5e-5, one each), five critic updates a step and clipping at 0.01 are the lecture's. Departures:
- Clipping takes the convolution and dense kernels only. The lecture clips whatever `get_weights` returns, so batch-norm
  gains fall to 0.01 as well: three such layers leave a millionth of the signal, and samples are still noise after 1,100
  steps. `WGAN(objective=objectives.wasserstein(clip_all_weights=True))` shows it.
- `make train-wgan-textures` has batches of 32, the rate 2e-4 and samples from an average of the generator, for a training of
  minutes; the lecture has batches of 128, the rate 5e-5 and no average.
- Real and generated batches enter one critic update (algorithm 1 of the paper) instead of two.
- The critic of the lecture counts "accuracy", which means nothing for a linear output; the Wasserstein estimate
  E[D(x)] - E[D(G(z))] is logged instead.
"""

from ganzoo import networks, objectives
from ganzoo.gan import GAN


class WGAN(GAN):
    """The lecture's Wasserstein GAN for textures: `networks.Texture`, `objectives.wasserstein`.

    `WGAN(networks=networks.DCGAN())` plays on DCGAN's networks, as the textbook does for MNIST.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        objective: default `objectives.wasserstein()`.
        options: as in `GAN`.

    Example:
        >>> WGAN(image_shape=(32, 32, 3)).generator.count_params()
        1224643
    """

    default_image_shape = (32, 32, 3)
    default_networks = networks.Texture
    default_objective = staticmethod(objectives.wasserstein)

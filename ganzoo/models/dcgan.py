"""DCGAN: Radford, Metz, Chintala 2016, "Unsupervised Representation Learning with Deep Convolutional GANs", arXiv:1511.06434,
in lecture 004's form for 28x28 digits.

    discriminator: -E[log D(x)] - E[log(1 - D(G(z)))]          generator: -E[log D(G(z))]

The lecture's networks and optimizers: RMSprop 2e-4, a decay of 6e-8 a step, half of both for the generator. One
discriminator update sees real and generated images; the lecture concatenates them, which is the same mean. It trains for 40,000
steps; `make train-dcgan` stops at 5,000.

Two warnings of the lecture are arguments of the networks. What came of them on scikit-learn's digits at 16x16 (seed 0, 1,500
steps, `python -m experiments.train_dcgan --steps=1500` with the flag): `upsample_last` ends with one picture for every latent,
and the diagnosis says so; `discriminator_batch_norm` did no harm there, 17 effective modes of the data's 19.
"""

from ganzoo import networks, objectives
from ganzoo.gan import GAN


class DCGAN(GAN):
    """The lecture's convolutional GAN: `networks.DCGAN`, `objectives.dcgan`.

    Args:
        image_shape: height and width multiples of 4, at least 8; on 8x8 digits the generator collapses, on 16x16 it does not.
        options: as in `GAN`; latent (100 numbers uniform in [-1, 1)) and value_range (0, 1) are the lecture's.

    Example:
        >>> gan = DCGAN()
        >>> gan.generator.count_params(), gan.discriminator.count_params()
        (1301505, 1080577)
    """

    default_networks = networks.DCGAN
    default_objective = staticmethod(objectives.dcgan)

"""CGAN: Mirza & Osindero 2014, "Conditional Generative Adversarial Nets", arXiv:1411.1784, as in lecture 004.

    discriminator: -E[log D(x|y)] - E[log(1 - D(G(z|y)|y))]          generator: -E[log D(G(z|y)|y)]

Both players know the label y. The generator gets it one-hot beside z; the discriminator gets it through a dense layer as one
more channel of the image. Generated images take the labels of the real batch, so both halves have the data's own p(y); the
lecture draws them uniformly. Networks, loss and optimizers are DCGAN's.
"""

from ganzoo import networks, objectives
from ganzoo.gan import GAN


class CGAN(GAN):
    """DCGAN that is told what to draw.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        classes: number of labels, 0 to classes - 1; 10 by default.
        networks: default `networks.DCGAN()`; `networks.DCGAN(embedding_size=50)` learns an embedding instead of one-hot labels.
        options: as in `GAN`.

    Example:
        >>> CGAN(image_shape=(8, 8, 1)).sample(labels=[3, 1, 4]).shape
        (3, 8, 8, 1)
    """

    default_classes = 10
    default_networks = networks.DCGAN
    default_objective = staticmethod(objectives.dcgan)

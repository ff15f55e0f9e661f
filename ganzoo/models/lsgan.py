"""LSGAN: Mao et al. 2017, "Least Squares Generative Adversarial Networks", arXiv:1611.04076, on lecture 004's networks.

    discriminator: 1/2 E[(D(x) - 1)^2] + 1/2 E[D(G(z))^2]          generator: 1/2 E[(D(G(z)) - 1)^2]

The sigmoid's tails are flat, so the cross-entropy tells a generator little about fakes far on the right side of the border;
the square pulls them back. D is linear and near 0 or 1, hence what is logged is D itself. Everything else is DCGAN's.
"""

from ganzoo import losses
from ganzoo.models.dcgan import DCGAN


class LSGAN(DCGAN):
    """DCGAN with the least-squares loss, targets a = 0, b = c = 1.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        options: as in `DCGAN`.
    """

    def __init__(self, image_shape=(28, 28, 1), **options):
        options.setdefault("loss", losses.LeastSquares())
        super().__init__(image_shape, **options)

    def game_measures(self, real_logits, fake_logits):
        return {"d_real": real_logits, "d_fake": fake_logits}

"""SAGAN: Zhang, Goodfellow, Metaxas, Odena 2018, "Self-Attention Generative Adversarial Networks", arXiv:1805.08318.

    D minimizes E[max(0, 1 - D(x, y))] + E[max(0, 1 + D(G(z, y), y))],     G minimizes -E[D(G(z, y), y)]
    attention: y_j = x_j + gamma v(sum over i of beta_ji h(x_i)),     beta_ji = softmax over i of f(x_i) . g(x_j)

A convolution sees its neighbors alone; attention lets any position of a map use any other, in both networks. Spectral
normalization holds the discriminator's slope, and keeps the generator's layers from running away; the two learn at rates of
their own (4e-4 for D, 1e-4 for G; Heusel et al. 2017, arXiv:1706.08500), one update each, Adam with beta_1 0, beta_2 0.9.
Departures, all for two CPU cores: narrower networks (`ganzoo.networks.Attention`), attention on 16 x 16 positions of an image
of 32 x 32 instead of 32 x 32 of 128 x 128, without pooling. Residual blocks follow the authors' code.

With `classes` it is conditional: a label chooses gains and biases of the generator's batch norms, and is projected on the
discriminator's features. Without, both are left out. `make train-sagan` doubles both rates, for a training of ten minutes.
"""

from ganzoo import networks, optimizers
from ganzoo.gan import GAN
from ganzoo.objectives import Objective


def objective(learning_rate=1e-4):
    """Return the hinge game at two rates: `learning_rate` for the generator, four times as much for the discriminator."""
    rates = 4 * learning_rate, learning_rate
    return Objective("hinge", (), 1, *(optimizers.Adam(rate, beta_1=0.0, beta_2=0.9) for rate in rates), measures="logits")


class SAGAN(GAN):
    """Residual networks with self-attention, in the hinge game.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        latent: size of the noise, normal; 128 by default.
        classes: number of labels, 0 to classes - 1; None for a GAN without labels.
        options: as in `GAN`.

    Example:
        >>> SAGAN((8, 8, 1), classes=10).sample(labels=[3, 1, 4]).shape
        (3, 8, 8, 1)
    """

    default_image_shape = (32, 32, 3)
    default_latent = 128
    default_networks = networks.Attention
    default_objective = staticmethod(objective)

    def attention_maps(self, inputs):
        """Return how much each position of the generator's map with attention attends to each position.

        Args:
            inputs: {name: array `(n, ...)`} as `draw_inputs` returns them.

        Returns:
            float32 array `(n, h, w, h, w)`: at [n, i, j] the map of position (i, j) of image n, of sum 1.

        Raises:
            InputError: if the networks have no attention.
        """
        return networks.Attention.attention_maps(self.players["generator"].sampling("generator"), list(inputs.values()))

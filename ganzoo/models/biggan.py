"""BigGAN: Brock, Donahue, Simonyan 2018, "Large Scale GAN Training for High Fidelity Natural Image Synthesis",
arXiv:1809.11096.

    D: the hinge loss, two updates a step;     G minimizes -E[D(G(z, y), y)] + beta sum over W of |W^T W o (1 - I)|_F^2
    a sample truncated at t: z ~ N(0, I), each number beyond +-t drawn again

SAGAN, scaled up, with what that needed: one embedding of the class for all blocks, latents in every block, orthogonal initial
weights and regularization (beta 1e-4), an average of the generator's weights, and the truncation trick: latents nearer to 0
give better images of less variety. `BigGAN.truncated` returns the GAN for one threshold, with batch-norm statistics
recomputed, since those of the training are for latents that were not truncated.

Figures follow the paper and its authors' PyTorch code: Adam 5e-5 for G, 2e-4 for D, beta_1 0, beta_2 0.999. Departures: the
scale itself (64 filters and batches of 64, not 1,536 and 2,048), plain residual blocks in D, and an average over thousands of
images where the paper's is over millions. `make train-biggan` has four times these rates, for a training of minutes.
"""

from ganzoo import networks, optimizers
from ganzoo.core import config, state
from ganzoo.core.inputs import TruncatedNormal
from ganzoo.gan import GAN
from ganzoo.layers import recompute_statistics
from ganzoo.objectives import Objective
from ganzoo.regularizers import Orthogonal
from ganzoo.utils.checks import nonnegative_number, positive_integer


def objective(learning_rate=5e-5, n_critic=2):
    """Return the hinge game at two rates, the discriminator's four times as high, with two of its updates a step."""
    adam = [optimizers.Adam(rate, beta_1=0.0, beta_2=0.999) for rate in (4 * learning_rate, learning_rate)]
    return Objective("hinge", (), n_critic, *adam, measures="logits")


class BigGAN(GAN):
    """A residual, attentive GAN whose latents and classes enter every block, with a knob between fidelity and variety.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        latent: size of the noise, normal; at least one number a block and one more.
        classes: number of labels, 0 to classes - 1; None for a GAN without labels.
        ema_half_life_images, ema_warmup: as in `GAN`. Without a warm-up the averages of batch normalization's variances, some
            of them below 0.01, keep too much of the initial 1 for hundreds of steps, and samples are dim.
        orthogonal: beta, weight of the generator's orthogonal regularization, at least 0; 0 leaves it out.
        options: as in `GAN`.

    Example:
        >>> BigGAN((8, 8, 1), classes=10).sample(labels=[3, 1, 4]).shape
        (3, 8, 8, 1)
    """

    default_image_shape = (32, 32, 3)
    default_latent = 128
    default_networks = networks.BigGAN
    default_objective = staticmethod(objective)

    def __init__(
        self,
        image_shape=None,
        latent=None,
        classes=None,
        ema_half_life_images=5000.0,
        orthogonal=1e-4,
        ema_warmup=0.05,
        **options,
    ):
        self.orthogonal = nonnegative_number("orthogonal", orthogonal)
        averaged = {"ema_half_life_images": ema_half_life_images, "ema_warmup": ema_warmup if ema_half_life_images else None}
        super().__init__(image_shape, latent, classes, **averaged, **options)

    def build_players(self, stage):
        players = super().build_players(stage)
        if self.orthogonal:
            players["generator"].regularizers += (Orthogonal(self.orthogonal),)
        return players

    def truncated(self, threshold, images=2048, seed=0):
        """Return a copy of this GAN whose latents are truncated, and whose batch-norm statistics are those of such latents.

        Args:
            threshold: t, above 0; every latent number lies between -t and t.
            images: how many generated images, in batches of 64, the statistics are of; positive int.
            seed: int; decides these images.
        """
        values = self.get_config() | {"latent": config.serialize(TruncatedNormal(self.latent.size, threshold))}
        other = type(self).from_config(values)
        other.compile_from_config(self.get_compile_config())
        state.set_state(other, state.get_state(self))
        batches = -(-positive_integer("images", images) // 64)
        inputs = (list(other.draw_inputs(64, seed + i).values()) for i in range(batches))
        recompute_statistics(other.players["generator"].sampling("generator"), inputs)
        return other

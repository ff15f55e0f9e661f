"""f-GAN: Nowozin, Cseke, Tomioka 2016, "f-GAN: Training Generative Neural Samplers using Variational Divergence Minimization",
arXiv:1606.00709.

    min_G max_T  E_x[T(x)] - E_z[f*(T(G(z)))],     T = g_f(v), v the discriminator's logit

Any f-divergence can be the objective; it decides what a generator that cannot match all data does: cover every mode (KL)
or keep to some (reverse KL). Networks are DCGAN's. As in the paper's experiments the generator maximizes E[g_f(v)] by default
(`losses.KL(saturating=True)` minimizes the bound itself). Departure: exponentials go on as their tangent above an exponent of
20, so that no logit below 1e18 overflows.
"""

from ganzoo import networks, objectives
from ganzoo.gan import GAN


class FGAN(GAN):
    """A GAN that lowers an f-divergence: `FGAN(objective=objectives.f_gan("kl"))`; by default Jensen-Shannon's.

    The logged discriminator loss, with its sign changed, is the lower bound on the divergence, in the batch.

    Args:
        image_shape: height and width multiples of 4, at least 8.
        options: as in `GAN`.

    Example:
        >>> FGAN((8, 8, 1), objective=objectives.f_gan("pearson")).objective.loss
        Pearson()
    """

    default_networks = networks.DCGAN
    default_objective = staticmethod(objectives.f_gan)

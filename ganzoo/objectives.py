"""Objectives: what two players play for. A GAN is a pair of networks and an objective.

An objective is a loss, regularizers, the number of discriminator updates per generator update, two optimizers, and what is
logged. The functions below return those of the papers; their arguments are what you may want to change.

Example:
    >>> wasserstein(clip=0.02).n_critic
    5
"""

from collections.abc import Callable, Sequence

import keras
from keras import ops

from ganzoo import losses, optimizers
from ganzoo.core.config import Configurable, arguments_of, construct
from ganzoo.errors import InputError
from ganzoo.regularizers import R1, R2, GradientPenalty, Lazy, Regularizer, WeightClip
from ganzoo.utils.checks import check_choice, positive_integer, positive_number
from ganzoo.utils.types import Tensor

# What is logged of the logits -> ({name: what the progress bar calls it}, function of (real, fake) logits to {name: (N, 1)}).
MEASURES: dict[str, tuple[dict[str, str], Callable[[Tensor, Tensor], dict[str, Tensor]]]] = {
    "probabilities": (
        {"d_real": "D(x)", "d_fake": "D(G(z))"},
        lambda real, fake: {"d_real": ops.sigmoid(real), "d_fake": ops.sigmoid(fake)},
    ),
    "logits": ({"d_real": "D(x)", "d_fake": "D(G(z))"}, lambda real, fake: {"d_real": real, "d_fake": fake}),
    "wasserstein_estimate": (
        {"wasserstein_estimate": "Wasserstein estimate"},
        lambda real, fake: {"wasserstein_estimate": ops.subtract(real, fake)},
    ),
    "logit_gap": ({"logit_gap": "D(x) - D(G(z))"}, lambda real, fake: {"logit_gap": ops.subtract(real, fake)}),
}


class Objective(Configurable):
    """What two players play for.

    Args:
        loss: an object of `ganzoo.losses`, or its name.
        regularizers: sequence of objects of `ganzoo.regularizers`, applied to the discriminator.
        generator_regularizers: the same, applied to the generator; those about examples are refused.
        feature_matching: a `ganzoo.losses.FeatureMatching`, added to the generator's loss, or None.
        n_critic: discriminator updates per generator update (k of Goodfellow et al. 2014, arXiv:1406.2661, algorithm 1).
        discriminator_optimizer, generator_optimizer: Keras optimizers or their names; every model gets copies of its own. Two
            rates are the two time scales of Heusel et al. 2017, arXiv:1706.08500.
        measures: what is logged of the logits: "probabilities" D(x) and D(G(z)), "logits", "wasserstein_estimate", "logit_gap".

    Raises:
        InputError: for a bad value.

    Example:
        >>> from ganzoo.regularizers import R1
        >>> Objective("hinge", [R1(1.0)])
        Objective(loss=Hinge(), regularizers=(R1(weight=1.0),))
    """

    def __init__(
        self,
        loss: losses.Loss | str = "non_saturating",
        regularizers: Sequence[Regularizer] = (),
        n_critic: int = 1,
        discriminator_optimizer: keras.optimizers.Optimizer | str | None = None,
        generator_optimizer: keras.optimizers.Optimizer | str | None = None,
        measures: str = "probabilities",
        generator_regularizers: Sequence[Regularizer] = (),
        feature_matching: losses.FeatureMatching | None = None,
    ):
        self.loss = losses.get(loss)
        self.regularizers = _regularizers("regularizers", regularizers)
        self.generator_regularizers = _regularizers("generator_regularizers", generator_regularizers)
        for each in self.generator_regularizers:
            if each.about_examples:
                raise InputError(f"{each.name} is about what a discriminator says, not for a generator. Received: {each!r}")
            if each.name == "path_length":
                raise InputError(f"path lengths belong to a GAN of styles: StyleGAN2(path_length=2.0). Received: {each!r}")
        if feature_matching is not None and not isinstance(feature_matching, losses.FeatureMatching):
            raise InputError(
                f"feature_matching must be a losses.FeatureMatching. Received: feature_matching={feature_matching!r}"
            )
        self.feature_matching = feature_matching
        self.n_critic = positive_integer("n_critic", n_critic)
        self.discriminator_optimizer = _optimizer(discriminator_optimizer)
        self.generator_optimizer = _optimizer(generator_optimizer)
        self.measures = check_choice("measures", measures, MEASURES)

    def replace(self, **changes) -> "Objective":
        """Return the same objective with other arguments, e.g. `wasserstein_gp().replace(loss="hinge")`."""
        return construct(type(self), arguments_of(self) | changes)

    def build_optimizer(self, player: str) -> keras.optimizers.Optimizer:
        """Return a new optimizer for "discriminator" or "generator"."""
        optimizer = getattr(self, f"{player}_optimizer") or optimizers.Adam(2e-4, beta_1=0.5)
        return type(optimizer).from_config(optimizer.get_config())

    @property
    def display_names(self) -> dict[str, str]:
        """{name in the logs: what the progress bar calls it}."""
        player = "critic" if self.measures == "wasserstein_estimate" else "discriminator"
        return {"discriminator_loss": f"{player} loss", "generator_loss": "generator loss", **MEASURES[self.measures][0]}

    def measure(self, real_logits: Tensor, fake_logits: Tensor) -> dict[str, Tensor]:
        """Return {name: per-sample `(N, 1)`} that tell how the game stands; their means are logged."""
        return MEASURES[self.measures][1](real_logits, fake_logits)


def _regularizers(name, values) -> tuple[Regularizer, ...]:
    if not isinstance(values, (list, tuple)) or not all(isinstance(each, Regularizer) for each in values):
        raise InputError(f"{name} must be a list of ganzoo.regularizers, such as [R1(1.0)]. Received: {name}={values!r}")
    return tuple(values)


def _optimizer(optimizer):
    return None if optimizer is None else keras.optimizers.get(optimizer)


def _pair(optimizer, *arguments, **options) -> tuple[keras.optimizers.Optimizer, keras.optimizers.Optimizer]:
    """Return two new optimizers of one kind, the discriminator's and the generator's."""
    return optimizer(*arguments, **options), optimizer(*arguments, **options)


def non_saturating(learning_rate: float = 2e-4) -> Objective:
    """Return the game of Goodfellow et al. 2014 (arXiv:1406.2661, section 3) with Adam, beta_1 0.5.

    The rate of 2e-4 is that of lecture 002, whose beta_1 is 0.9; 0.5 is DCGAN's (Radford et al. 2016, arXiv:1511.06434).
    """
    rate = positive_number("learning_rate", learning_rate)
    return Objective("non_saturating", (), 1, *_pair(optimizers.Adam, rate, beta_1=0.5))


def non_saturating_r1(gamma: float = 1.0, learning_rate: float = 1e-3) -> Objective:
    """Return the non-saturating game with R1 (Mescheder et al. 2018, arXiv:1801.04406), Adam, beta_1 0, beta_2 0.99.

    The penalty is lazy: added at every 8th step, with 8 times the weight (Karras et al. 2019, arXiv:1912.04958, section 3.1).

    Args:
        gamma: weight of R1, above 0.
        learning_rate: of both optimizers.
    """
    rate = positive_number("learning_rate", learning_rate)
    adam = _pair(optimizers.Adam, rate, beta_1=0.0, beta_2=0.99)
    return Objective("non_saturating", [Lazy(R1(gamma), 8)], 1, *adam)


def minimax(learning_rate: float = 2e-4) -> Objective:
    """Return the zero-sum game of Goodfellow et al. 2014, eq. 1, in which the generator's gradient vanishes where D wins."""
    return non_saturating(learning_rate).replace(loss="minimax")


def dcgan(learning_rate: float = 2e-4) -> Objective:
    """Return lecture 004's game for digits: RMSprop, rates that decay by 6e-8 a step, rate and decay halved for the generator.

    Keras 3 ignores an optimizer's argument `decay`, so the decay is a schedule.
    """
    rate = positive_number("learning_rate", learning_rate)
    schedules = [keras.optimizers.schedules.InverseTimeDecay(rate * part, 1, 6e-8 * part) for part in (1, 0.5)]
    return Objective("non_saturating", (), 1, *(optimizers.RMSprop(schedule) for schedule in schedules))


def least_squares(learning_rate: float = 2e-4) -> Objective:
    """Return the least-squares game (Mao et al. 2017, arXiv:1611.04076) with lecture 004's optimizers; logs D itself."""
    return dcgan(learning_rate).replace(loss="least_squares", measures="logits")


def f_gan(divergence: str = "jensen_shannon", learning_rate: float = 2e-4) -> Objective:
    """Return f-GAN's game (Nowozin et al. 2016, arXiv:1606.00709) with lecture 004's optimizers; minus D's loss is the bound.

    Args:
        divergence: "kl", "reverse_kl", "pearson", "hellinger", "jensen_shannon" or "total_variation"; for the classic GAN's
            take `non_saturating`.
        learning_rate: of the discriminator; the generator's is half of it.
    """
    check_choice("divergence", divergence, losses.DIVERGENCES)
    return dcgan(learning_rate).replace(loss=divergence, measures="logits")


def hinge(learning_rate: float = 2e-4) -> Objective:
    """Return the hinge game (Lim & Ye 2017, arXiv:1705.02894) with Adam, beta_1 0, beta_2 0.9; logs D itself."""
    rate = positive_number("learning_rate", learning_rate)
    adam = _pair(optimizers.Adam, rate, beta_1=0.0, beta_2=0.9)
    return Objective("hinge", (), 1, *adam, measures="logits")


def wasserstein(
    clip: float = 0.01, clip_all_weights: bool = False, learning_rate: float = 5e-5, n_critic: int = 5
) -> Objective:
    """Return the Wasserstein game with clipped weights (Arjovsky et al. 2017, arXiv:1701.07875), RMSprop.

    Args:
        clip: limit of the critic's kernels after each of its updates.
        clip_all_weights: clip every weight of the critic, as the lecture's loop does; the generator then learns nothing.
        learning_rate: of both optimizers.
        n_critic: critic updates per generator update.
    """
    rate = positive_number("learning_rate", learning_rate)
    rmsprop = _pair(optimizers.RMSprop, rate)
    clipping = [WeightClip(clip, only_kernels=not clip_all_weights)]
    return Objective("wasserstein", clipping, n_critic, *rmsprop, measures="wasserstein_estimate")


def wasserstein_gp(penalty: float = 10.0, learning_rate: float = 2e-4, n_critic: int = 5, beta_1: float = 0.0) -> Objective:
    """Return the Wasserstein game with a gradient penalty (Gulrajani et al. 2017, arXiv:1704.00028), Adam, beta_2 0.9.

    Args:
        penalty: weight of the gradient penalty.
        learning_rate: of both optimizers.
        n_critic: critic updates per generator update.
        beta_1: of Adam.
    """
    rate = positive_number("learning_rate", learning_rate)
    adam = _pair(optimizers.Adam, rate, beta_1=beta_1, beta_2=0.9)
    return Objective("wasserstein", [GradientPenalty(penalty)], n_critic, *adam, measures="wasserstein_estimate")


def relativistic(gamma: float = 1.0, learning_rate: float = 2e-4) -> Objective:
    """Return the relativistic pairing game with R1 and R2 (Huang et al. 2024, arXiv:2501.05441), Adam, beta_1 0, beta_2 0.99.

    Args:
        gamma: weight of both gradient penalties.
        learning_rate: of both optimizers.
    """
    rate = positive_number("learning_rate", learning_rate)
    adam = _pair(optimizers.Adam, rate, beta_1=0.0, beta_2=0.99)
    return Objective("relativistic", [R1(gamma), R2(gamma)], 1, *adam, measures="logit_gap")


# Name on the command line -> function.
BY_NAME: dict[str, Callable[..., Objective]] = {
    "non_saturating": non_saturating,
    "non_saturating_r1": non_saturating_r1,
    "minimax": minimax,
    "dcgan": dcgan,
    "least_squares": least_squares,
    "f_gan": f_gan,
    "hinge": hinge,
    "wasserstein": wasserstein,
    "wasserstein_gp": wasserstein_gp,
    "relativistic": relativistic,
}

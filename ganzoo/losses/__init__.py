"""The losses of the game, each a pair: what the discriminator minimizes and what the generator minimizes.

All take discriminator logits (no sigmoid: it lives here, in its stable softplus form), real first, and return one number
per sample, `(N,)`; the mean is taken once, by the training step. A high logit means "real". All are finite in value and
gradient for logits of up to 1e18 either way.
"""

from ganzoo.errors import InputError
from ganzoo.losses.base import Loss
from ganzoo.losses.contrastive import contrastive
from ganzoo.losses.f_divergences import KL, FDivergence, Hellinger, JensenShannon, Pearson, ReverseKL, TotalVariation
from ganzoo.losses.feature_matching import FeatureMatching
from ganzoo.losses.games import Hinge, LeastSquares, Minimax, NonSaturating, Relativistic, Wasserstein
from ganzoo.losses.techniques import LabelNoise, TopK, ZeroSum
from ganzoo.utils.checks import check_choice

__all__ = ["BY_NAME", "DIVERGENCES", "KL", "FDivergence", "FeatureMatching", "Hellinger", "Hinge", "JensenShannon"]
__all__ += ["LabelNoise", "LeastSquares", "Loss", "Minimax", "NonSaturating", "Pearson", "Relativistic", "ReverseKL", "TopK"]
__all__ += ["TotalVariation", "Wasserstein", "ZeroSum", "contrastive", "get"]

# Name on the command line, and where a loss is given as a string -> class.
BY_NAME: dict[str, type[Loss]] = {
    "non_saturating": NonSaturating,
    "minimax": Minimax,
    "least_squares": LeastSquares,
    "hinge": Hinge,
    "wasserstein": Wasserstein,
    "relativistic": Relativistic,
    "kl": KL,
    "reverse_kl": ReverseKL,
    "pearson": Pearson,
    "hellinger": Hellinger,
    "jensen_shannon": JensenShannon,
    "total_variation": TotalVariation,
}

# Those of f-GAN.
DIVERGENCES = tuple(name for name, each in BY_NAME.items() if issubclass(each, FDivergence))


def get(loss: Loss | str) -> Loss:
    """Return a loss: `loss` itself, or a new one of the name that a string holds.

    Raises:
        InputError: for another name or type.
    """
    if isinstance(loss, str):
        return BY_NAME[check_choice("loss", loss, BY_NAME)]()
    if not isinstance(loss, Loss):
        raise InputError(f"loss must be one of ganzoo.losses. Received: loss={loss!r}")
    return loss

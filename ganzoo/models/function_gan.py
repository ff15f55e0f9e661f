"""The GAN on functions of lecture 000: points on a curve y = f(x) or a surface z = f(x, y), from noise.

The networks are the lecture's, 5 -> 32 ReLU -> 2 and 2 -> 32 ReLU -> 1, on 100 points in one full batch. Departures: the
lecture's generator minimizes log(1 - D(G(z))), which is flat where D wins, and Adam at 1e-3 for ever lets the two circle; here
the generator's loss is the non-saturating one, R1 damps the circling, and an average of the generator's weights is sampled.
On x^3 the mean distance to the curve was 0.008 to 0.013 in 5 seeds, and 0.013, 0.016 and 0.129 in 3 seeds of the lecture's own
settings, `FunctionGAN.lecture_baseline()`: `gan.train()`, then `gan.quality()`, on one machine. The lecture sizes
its labels by `len(f)` of a function; there are no labels here.
"""

import keras

from ganzoo.data.functions import FunctionGraph
from ganzoo.errors import InputError
from ganzoo.models.point_gan import PointGAN
from ganzoo.objectives import Objective
from ganzoo.regularizers import R1
from ganzoo.utils import plots


def objective(loss="non_saturating"):
    """Return the default game: the loss, R1 with weight 0.1, Adam 1e-3 with beta_1 0.5."""
    return Objective(loss, [R1(0.1)], 1, *(keras.optimizers.Adam(1e-3, beta_1=0.5) for _ in range(2)))


class FunctionGAN(PointGAN):
    """The lecture's GAN that learns where the points of a function's graph lie.

    Args:
        function: a `ganzoo.data.FunctionGraph`, or what it takes: an expression such as "x**3", or a callable.
        options: as in `PointGAN`.

    Example:
        >>> FunctionGAN("x * y").sample(4).shape
        (4, 3)
    """

    default_objective = staticmethod(objective)

    def __init__(self, function="x**3", latent=5, ema_half_life_images=20_000.0, **options):
        self.function = function if isinstance(function, FunctionGraph) else FunctionGraph(function)
        dimensions = self.function.variables + 1
        if options.setdefault("dimensions", dimensions) != dimensions:
            raise InputError(
                f"dimensions follow from the function: {dimensions}. Received: dimensions={options['dimensions']!r}"
            )
        super().__init__(latent=latent, ema_half_life_images=ema_half_life_images, **options)

    @classmethod
    def lecture_baseline(cls, function="x**3", **options):
        """Return the GAN with the lecture's own settings: saturating loss, Adam 1e-3, nothing else."""
        adam = (keras.optimizers.Adam(1e-3) for _ in range(2))
        return cls(function, objective=Objective("minimax", (), 1, *adam), ema_half_life_images=None, **options)

    def train(self, data=None, steps=8000, **options):
        """Train on 100 points of the graph, or on those given; options as in `GAN.train`."""
        return super().train(self.function.points(seed=self.seed) if data is None else data, steps, **options)

    def quality(self, n=10_000, seed=1):
        """Measure n generated points.

        Returns:
            Dictionary: `mean_distance` to the graph, and `ks_distance`, the largest Kolmogorov-Smirnov distance of an
            input's marginal to the uniform distribution on [-1, 1]; both 0 at best.
        """
        from scipy.stats import kstest

        points = self.sample(n, seed)
        marginals = points[:, : self.function.variables].T
        return {
            "mean_distance": float(self.function.distances(points).mean()),
            "ks_distance": float(max(kstest(marginal, "uniform", args=(-1, 2)).statistic for marginal in marginals)),
        }

    def picture(self, examples):
        """Draw points in blue against the true graph in red, uint8 `(H, W, 3)`."""
        return plots.point_picture(examples, self.function.knots(101), title=f"step {self.step}")

"""Train the GAN on functions of lecture 000: from noise to points on a curve or a surface it has never been told of.

The result is samples.gif, the generated points in blue wandering onto the true curve in red. An expression in x makes a curve,
one in x and y a surface. --as_in_the_lecture takes the lecture's own settings.

    python -m experiments.train_function_gan
    python -m experiments.train_function_gan --function="sin(3*x)"
    python -m experiments.train_function_gan --function="x^2 - y^2" --points=400
"""

from absl import flags

from experiments import command, runner
from experiments.flags import choice, count, define_run_flags, given
from ganzoo.errors import InputError

LOSSES = {"non_saturating": "NonSaturating", "minimax": "Minimax"}


def define_flags():
    define_run_flags(steps=8000, batch_size=100, minutes=10.0, every=(2000, 200, 100, 1000))
    flags.DEFINE_string("function", "x^3", "an expression in x (a curve) or in x and y (a surface), over [-1, 1]")
    count("points", 100, "points of the graph to train on; at least --batch_size")
    choice("loss", "non_saturating", tuple(LOSSES), "what the generator minimises")
    flags.DEFINE_boolean("as_in_the_lecture", False, "saturating loss and plain Adam, nothing that steadies the game")


def load(options):
    """Return the points to train on."""
    from ganzoo.data import FunctionGraph

    return FunctionGraph(options.function).points(options.points, options.seed)


def build(options, data):
    """Return the GAN that the flags describe."""
    import ganzoo

    if options.as_in_the_lecture:
        if given("loss"):
            raise InputError("--as_in_the_lecture has a loss of its own; give it or --loss, not both.")
        return ganzoo.FunctionGAN.as_in_the_lecture(options.function, seed=options.seed)
    return ganzoo.FunctionGAN(options.function, loss=getattr(ganzoo.losses, LOSSES[options.loss])(), seed=options.seed)


def main():
    gan = runner.train("train_function_gan", build, load)
    quality = gan.quality()
    print(f"\n10,000 generated points: mean distance to the graph {quality['mean_distance']:.4f}, Kolmogorov-Smirnov distance "
          f"of the inputs to the uniform law {quality['ks_distance']:.3f}; both 0 at best.")  # fmt: skip


if __name__ == "__main__":
    define_flags()
    command.run(main, __doc__)

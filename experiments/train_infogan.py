"""Train InfoGAN: without labels it finds ten kinds of digits and two directions in which they vary.

By default on scikit-learn's digits at 16x16, which need no download; --dataset=mnist is the paper's example. The pictures
have a row a category; along a row the first continuous code goes from -2 to 2.

    python -m experiments.train_infogan
    python -m experiments.train_infogan --dataset=mnist --steps=5000
"""

from absl import flags

from experiments import command, runner
from experiments.flags import count, define_training_flags


def define_flags():
    define_training_flags(dataset="digits", steps=5000, batch_size=64, minutes=30.0, every=(500, 250, 50, 250))
    count("categories", 10, "of the categorical code; at least 1")
    count("codes", 2, "continuous codes; at least 1")
    flags.DEFINE_float("category_weight", 1.0, "lambda of the categorical code's log-likelihood, above 0")
    flags.DEFINE_float("code_weight", 0.1, "lambda of the continuous codes' log-likelihood, above 0")


load = runner.load_for_convolutions


def build(options, data):
    """Return the GAN that the flags describe."""
    import ganzoo
    from ganzoo.latents import Codes

    return ganzoo.InfoGAN(
        data.image_shape,
        Codes(62, options.categories, options.codes),
        category_weight=options.category_weight,
        code_weight=options.code_weight,
        seed=options.seed,
    )


def main():
    runner.train("train_infogan", build, load)


if __name__ == "__main__":
    define_flags()
    command.run(main, __doc__)

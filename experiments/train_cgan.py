"""Train the lecture's conditional GAN: it draws the digit that it is asked for.

By default on scikit-learn's digits at 16x16, which need no download; --dataset=mnist is the lecture's example. The pictures
have a row a digit.

    python -m experiments.train_cgan
    python -m experiments.train_cgan --dataset=mnist --steps=5000
    python -m experiments.sample --labels=0-9 --n=100
"""

from absl import flags

from experiments import command, runner
from experiments.flags import define_training_flags


def define_flags():
    define_training_flags(dataset="digits", steps=5000, batch_size=64, minutes=30.0, every=(500, 250, 50, 250))
    flags.DEFINE_integer(
        "embedding_size", 0, "0 for one-hot labels as in the lecture; above 0, a learned embedding of that size", 0
    )


load = runner.load_for_convolutions


def build(options, data):
    """Return the GAN that the flags describe."""
    import ganzoo
    from ganzoo.errors import InputError

    if data.classes is None:
        raise InputError("train_cgan needs labels: a labelled --dataset, or a --data archive with labels in it.")
    return ganzoo.CGAN(data.image_shape, data.classes, options.embedding_size or None, seed=options.seed)


def main():
    runner.train("train_cgan", build, load)


if __name__ == "__main__":
    define_flags()
    command.run(main, __doc__)

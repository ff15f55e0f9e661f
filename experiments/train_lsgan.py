"""Train LSGAN, the lecture's DCGAN with the least-squares loss, to write digits.

By default on scikit-learn's digits at 16x16, which need no download; --dataset=mnist is the textbook's example.

    python -m experiments.train_lsgan
    python -m experiments.train_lsgan --dataset=mnist --steps=40000
"""

from experiments import command, runner
from experiments.flags import define_training_flags


def define_flags():
    define_training_flags(dataset="digits", steps=5000, batch_size=64, minutes=30.0, every=(500, 250, 50, 250))


load = runner.load_for_convolutions


def build(options, data):
    """Return the GAN that the flags describe."""
    import ganzoo

    return ganzoo.LSGAN(data.image_shape, seed=options.seed)


def main():
    runner.train("train_lsgan", build, load)


if __name__ == "__main__":
    define_flags()
    command.run(main, __doc__)

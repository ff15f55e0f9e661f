"""Train a Wasserstein GAN with DCGAN's networks to write digits: clipped kernels, or a gradient penalty.

By default on scikit-learn's digits at 16x16, which need no download; --dataset=mnist is the textbook's example.

    python -m experiments.train_digit_wgan
    python -m experiments.train_digit_wgan --variant=wgan_gp --dataset=mnist
"""

from experiments import command, runner
from experiments.flags import choice, define_training_flags


def define_flags():
    define_training_flags(dataset="digits", steps=5000, batch_size=64, minutes=30.0, every=(500, 250, 50, 250))
    choice("variant", "wgan", ("wgan", "wgan_gp"), "the game: clipped kernels or a gradient penalty")


load = runner.load_for_convolutions


def build(options, data):
    """Return the GAN that the flags describe."""
    import ganzoo

    classes = {"wgan": ganzoo.DigitWGAN, "wgan_gp": ganzoo.DigitWGANGP}
    return classes[options.variant](data.image_shape, seed=options.seed)


def main():
    runner.train("train_digit_wgan", build, load)


if __name__ == "__main__":
    define_flags()
    command.run(main, __doc__)

"""Train a Wasserstein GAN with DCGAN's networks to write digits: clipped kernels, or a gradient penalty.

By default on scikit-learn's digits at 16x16, which need no download; --dataset=mnist is the textbook's example.

    python -m experiments.train_digit_wgan
    python -m experiments.train_digit_wgan --variant=wgan_gp --dataset=mnist
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("digit-wgan", __doc__)

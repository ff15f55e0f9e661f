"""Train an unrolled GAN on a ring of eight Gaussians, whose modes the plain game misses.

`--unrolled_steps=0` is the plain GAN of the same networks.

    python -m experiments.train_unrolled_gan
    python -m experiments.train_unrolled_gan --unrolled_steps=0
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("unrolled-gan", __doc__)

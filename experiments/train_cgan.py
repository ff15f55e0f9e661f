"""Train the lecture's conditional GAN: it draws the digit that it is asked for.

By default on scikit-learn's digits at 16x16, which need no download; --dataset=mnist is the lecture's example. The pictures
have a row a digit.

    python -m experiments.train_cgan
    python -m experiments.train_cgan --dataset=mnist --steps=5000
    python -m experiments.sample --labels=0-9 --n=100
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("cgan", __doc__)

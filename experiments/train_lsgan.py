"""Train LSGAN, the lecture's DCGAN with the least-squares loss, to write digits.

By default on scikit-learn's digits at 16x16, which need no download; --dataset=mnist is the textbook's example.

    python -m experiments.train_lsgan
    python -m experiments.train_lsgan --dataset=mnist --steps=40000
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("lsgan", __doc__)

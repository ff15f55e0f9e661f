"""Train f-GAN, which lowers an f-divergence of your choice, to write digits.

By default on scikit-learn's digits at 16x16, which need no download, for the Jensen-Shannon divergence.

    python -m experiments.train_fgan
    python -m experiments.train_fgan --loss=kl --dataset=mnist
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("fgan", __doc__)

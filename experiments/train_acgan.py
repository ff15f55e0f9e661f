"""Train ACGAN: it draws the digit that it is asked for, and its discriminator reads which one it sees.

By default on scikit-learn's digits at 16x16, which need no download. The pictures have a row a digit.

    python -m experiments.train_acgan
    python -m experiments.train_acgan --dataset=mnist --steps=5000
    python -m experiments.sample --labels=0-9 --n=100
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("acgan", __doc__)

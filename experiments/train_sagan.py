"""Train SAGAN: residual networks with self-attention, told the class where the data have classes.

By default on scikit-learn's digits at 16x16, which need no download. `python -m experiments.attention` shows where it looks.

    python -m experiments.train_sagan
    python -m experiments.train_sagan --dataset=outdoor --classes=forest,mountain
    python -m experiments.train_sagan --noconditional
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("sagan", __doc__)

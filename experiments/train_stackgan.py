"""Train StackGAN: it draws the digit that a text describes, a rough image first, then the whole one.

By default on scikit-learn's digits at 32x32, which need no download, with texts of what is measured in them. The pictures have
a row a text.

    python -m experiments.train_stackgan
    python -m experiments.train_stackgan --data=captions.csv --image_size=32
    python -m experiments.sample --text="a thick seven, leaning right" --n=8
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("stackgan", __doc__)

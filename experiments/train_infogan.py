"""Train InfoGAN: without labels it finds ten kinds of digits and two directions in which they vary.

By default on scikit-learn's digits at 16x16, which need no download; --dataset=mnist is the paper's example. The pictures
have a row a category; along a row the first continuous code goes from -2 to 2.

    python -m experiments.train_infogan
    python -m experiments.train_infogan --dataset=mnist --steps=5000
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("infogan", __doc__)

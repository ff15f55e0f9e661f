"""Train SiGAN: it enlarges small images four times and keeps what they are, having seen pairs of the same and of others.

By default on scikit-learn's digits, from 4x4 to 16x16, which need no download; --dataset=mnist goes from 7x7 to 28x28. In the
pictures: a small image, and what it makes of it. `python -m experiments.identity` measures it.

    python -m experiments.train_sigan
    python -m experiments.train_sigan --dataset=mnist
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("sigan", __doc__)

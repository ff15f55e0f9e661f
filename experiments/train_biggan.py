"""Train BigGAN: latents and class in every block, an averaged generator, and samples of as much variety as you want.

By default on scikit-learn's digits at 16x16, which need no download. `python -m experiments.truncation` shows the trade-off.

    python -m experiments.train_biggan
    python -m experiments.train_biggan --dataset=outdoor
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("biggan", __doc__)

"""Train a GAN that grows: from pictures of 4x4 pixels to those of the data, a size after the other.

By default on crops of scikit-image's photograph of grass, which need no download; samples.gif shows it grow.

    python -m experiments.train_progressive
    python -m experiments.train_progressive --dataset=brick --image_size=64 --steps=6000
    python -m experiments.train_progressive --resume
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("progressive", __doc__)

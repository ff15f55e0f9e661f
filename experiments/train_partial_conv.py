"""Train a U-Net of partial convolutions: it fills what is missing from an image, seeing known pixels alone.

By default on scikit-learn's digits at 16x16, which need no download. Holes are a block in the middle, blocks at random places,
or strokes of a brush, drawn anew for every image. The pictures show an image, what the model sees, what it makes of it.

    python -m experiments.train_partial_conv
    python -m experiments.train_partial_conv --dataset=grass --image_size=32
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("partial-conv", __doc__)

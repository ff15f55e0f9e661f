"""Train a context encoder: it fills what is missing from an image, judged by a discriminator.

By default on scikit-learn's digits at 16x16, which need no download. Holes are a block in the middle, blocks at random places,
or strokes of a brush, drawn anew for every image. The pictures show an image, what the model sees, what it makes of it.
Afterwards `ganzoo inpaint --image=photo.png --mask=mask.png` fills in a picture of yours.

    python -m experiments.train_context_encoder
    python -m experiments.train_context_encoder --dataset=grass --image_size=32
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("context-encoder", __doc__)

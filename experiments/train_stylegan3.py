"""Train StyleGAN3 to make textures that move without sticking to the pixels.

By default on 32x32 crops of a photograph of grass, which needs no download. --data=FOLDER or --data=FILE.npz trains on your
images. `python -m experiments.equivariance` measures how exactly it moves.

    python -m experiments.train_stylegan3
    python -m experiments.train_stylegan3 --dataset=brick --image_size=64 --steps=1000
    python -m experiments.train_stylegan3 --resume
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("stylegan3", __doc__)

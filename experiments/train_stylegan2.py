"""Train StyleGAN2 to make textures whose coarse and fine styles can be mixed.

By default on 32x32 crops of a photograph of grass, which needs no download. --data=FOLDER or --data=FILE.npz trains on your
images. `python -m experiments.equivariance` shows its styles, and where its pixels stick.

    python -m experiments.train_stylegan2
    python -m experiments.train_stylegan2 --dataset=brick --image_size=64 --steps=1000
    python -m experiments.train_stylegan2 --resume
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("stylegan2", __doc__)

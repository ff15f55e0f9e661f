"""Train the lecture's Wasserstein GAN to make textures.

By default on 32x32 crops of a photograph of grass, which needs no download. --dataset=forest is the lecture's own example
(CIFAR-100, class 33; downloaded once). --data=FOLDER or --data=FILE.npz trains on your images.

    python -m experiments.train_wgan_textures
    python -m experiments.train_wgan_textures --data=my_photos --image_size=48 --steps=2000
    python -m experiments.train_wgan_textures --resume
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("wgan-textures", __doc__)

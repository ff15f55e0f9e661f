"""Train StyleGAN, which grows size by size: styles that can be mixed, noise for what no style decides.

By default on crops of scikit-image's photograph of grass, which need no download; `python -m experiments.styles` trains it too
and draws what its styles do.

    python -m experiments.train_stylegan
    python -m experiments.train_stylegan --dataset=brick --image_size=64 --steps=6000
    python -m experiments.train_stylegan --resume
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("stylegan", __doc__)

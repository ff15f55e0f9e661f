"""Train the GAN of lecture 002: two dense networks, and digits from noise.

By default on scikit-learn's 8x8 digits, which need no download; --dataset=mnist is the lecture's example, 50 epochs in batches
of 128. --digit=9 trains on one digit alone, as in lecture 000. Every epoch leaves its picture in samples/ and the generator's
weights in weights/, for `gan.generator.load_weights`.

    python -m experiments.train_mlp_gan
    python -m experiments.train_mlp_gan --dataset=mnist --digit=9 --epochs=20
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("mlp-gan", __doc__)

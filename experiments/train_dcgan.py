"""Train the lecture's DCGAN to write digits.

By default on scikit-learn's digits at 16x16, which need no download. --dataset=mnist is the lecture's own example.
Two warnings of the lecture are flags: --discriminator_batch_norm and --upsample_last.

    python -m experiments.train_dcgan
    python -m experiments.train_dcgan --dataset=mnist --steps=40000
    python -m experiments.train_dcgan --data=my_photos --image_size=48
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("dcgan", __doc__)

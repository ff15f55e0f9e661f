"""Train by the recipe of the zoo: compact networks, the non-saturating game with a lazy R1, an average of the generator.

It is for pictures, not for a paper: in ten minutes on two CPU cores it learns more than any game of the lecture. By default on
scikit-learn's digits at 16x16, which need no download; --dataset=forest and --data take photographs, which are augmented
where they are few. It is told labels where the data have any, which helps it much; --noconditional goes without.
--recipe=modern gives other commands the same game.

    python -m experiments.train_modern --dataset=mnist
    python -m experiments.train_modern --data=my/photos --image_size=32 --augmentation=flip,translation,cutout
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("modern", __doc__)

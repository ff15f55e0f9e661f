"""Train the GAN on functions of lecture 000: from noise to points on a curve or a surface it has never been told of.

The result is samples.gif, the generated points in blue wandering onto the true curve in red. An expression in x makes a curve,
one in x and y a surface. --lecture_baseline takes the lecture's own settings.

    python -m experiments.train_function_gan
    python -m experiments.train_function_gan --function="sin(3*x)"
    python -m experiments.train_function_gan --function="x^2 - y^2" --points=400
"""

from ganzoo.commands import train

if __name__ == "__main__":
    train.run("function-gan", __doc__)

"""Train the classifier of MNIST that comes with ganzoo, and write it into the package.

Only distances on the same classifier can be compared, so this is for whoever changes its network or its training: all distances
on MNIST (RESULTS.md, docs) must then be measured anew. Five to twelve minutes.

    python -m experiments.mnist_classifier
"""

from ganzoo.commands import command
from ganzoo.commands.flags import Flag
from ganzoo.utils.files import expanded


def groups():
    """Return {title: flags}."""
    return {
        "flags": [
            Flag("mnist", "", "an .npz archive to read MNIST from (default: Keras's download)"),
            Flag("output", "ganzoo/evaluation/features/classifiers", "folder to write it into"),
        ]
    }


def main(options):
    from ganzoo.data import loading
    from ganzoo.evaluation.features.classifier import Classifier, key_of

    train, unseen = (read("mnist", options.mnist) for read in (loading.load, loading.load_test))
    path = expanded(options.output) / f"mnist_{key_of(train, unseen)}.npz"
    classifier = Classifier.train(train, unseen)
    classifier.save(path, "float16")  # half the bytes; what is read back is the classifier, rounded as it is
    command.say(f"wrote {path}")


if __name__ == "__main__":
    command.run(main, groups(), __doc__)

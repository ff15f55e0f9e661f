"""Measure how good a trained generator is, beside real images measured in the same way.

Distances are between features: of a small classifier that is trained on the data's own labels once and kept, of raw pixels
where there are no labels, or of InceptionV3 (--features=inception; 87 MB, downloaded once by Keras). Each stands beside its
reference, the same distance between real and unseen real images; after a ± its standard error. The numbers go to
evaluation.json in the run's folder.

    python -m experiments.evaluate --run_dir=runs/cgan/mnist-...
    python -m experiments.evaluate --n=2000 --features=pixels
"""

import json
import pathlib

from absl import flags

from experiments import command, folders, runner
from experiments.flags import choice
from ganzoo.errors import InputError

FLAGS = flags.FLAGS
flags.DEFINE_string("run_dir", "", "folder of the run (default: the newest below runs/)")
flags.DEFINE_integer("n", 10000, "samples; at least 20. As many real images are taken, or all there are", 20)
flags.DEFINE_string("inception_weights", "", "file of InceptionV3's weights without its top (default: Keras's download)")
flags.DEFINE_integer("seed", 1, "0 to 2147483647; decides the samples", 0, 2**31 - 1)
FEATURES = ("auto", "classifier", "pixels", "inception")
choice("features", "auto", FEATURES, "what distances are between; auto takes the classifier if it can")


def evaluate(gan, train, held_out, n, seed, features, inception_weights=""):
    """Return {measure: value} of n samples; prints nothing but the classifier's training."""
    import numpy as np

    from ganzoo.evaluation import features as extractors
    from ganzoo.evaluation import metrics

    inception = extractors.Inception(inception_weights or "imagenet") if features == "inception" else None
    everything, unseen = train, held_out
    if unseen is None:  # a reference needs real images apart
        train, held_out = train.split(len(train) // 2)
    use_labels = train.labels is not None and np.ptp(train.labels) > 0 and features != "pixels"
    classifier = extractors.Classifier.cached(train, held_out) if use_labels else None
    if features == "classifier" and classifier is None:
        raise InputError(f"{train.name} has no labels of two kinds to train a classifier on; take --features=pixels.")
    chosen = inception or classifier
    extract = chosen.features if chosen else extractors.pixel_features
    n_real = min(n, len(train), len(held_out))
    asked = np.arange(n) % gan.classes if gan.needs_labels else None
    samples = gan.sample(n, seed, **({} if asked is None else {"labels": asked}))
    rng = np.random.default_rng(0)
    some = [np.sort(rng.permutation(len(part))[:n_real]) for part in (train, held_out)]
    fake, real, apart = extract(samples[:n_real]), extract(train.images[some[0]]), extract(held_out.images[some[1]])
    used = "inception" if features == "inception" else "classifier" if classifier else "pixels"
    between = "two halves of the training images" if unseen is None else "training and unseen images"
    results = {"samples": n, "real_images": n_real, "features": used, "reference_between": between}
    for name, other in (("", fake), ("reference_", apart)):
        if n_real > fake.shape[1]:
            distance, error = metrics.frechet_distance(real, other)
            results |= {f"{name}frechet_distance": distance, f"{name}frechet_distance_error": error}
        if n_real >= 20:
            distance, error = metrics.kernel_distance(real, other)
            results |= {f"{name}kernel_distance": distance, f"{name}kernel_distance_error": error}
        results |= {f"{name}{key}": value for key, value in metrics.precision_recall_density_coverage(real, other).items()}
    if features != "inception":  # all training images at 299x299 would take hours
        results |= metrics.memorization(extract(everything.images), None if unseen is None else apart, fake)
    if classifier:
        read = classifier.predict(samples)
        results["classifier_accuracy"] = classifier.accuracy
        results |= {f"class_{key}": value for key, value in metrics.class_balance(read, train.classes).items()}
        if asked is not None:
            results["label_accuracy"], results["label_accuracy_error"] = metrics.label_accuracy(read, asked)
    if hasattr(gan, "recognise") and held_out.labels is not None:
        clusters = gan.recognise(held_out.images)[0].argmax(axis=1)
        share, error, _ = metrics.cluster_accuracy(clusters, held_out.labels)
        results |= {"cluster_accuracy": share, "cluster_accuracy_error": error}
    return results


def main():
    run_dir = folders.chosen_run()
    gan = runner.restore(run_dir)
    if gan.image_rank != 3:
        raise InputError(f"evaluate measures images; a run of {type(gan).__name__} measures itself when it ends.")
    train, held_out = runner.data_of(run_dir)
    results = {"step": gan.step} | evaluate(gan, train, held_out, FLAGS.n, FLAGS.seed, FLAGS.features, FLAGS.inception_weights)
    path = pathlib.Path(run_dir) / "evaluation.json"
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    for name, value in results.items():
        if not name.endswith("_error"):
            error = f" ± {results[f'{name}_error']:.2g}" if f"{name}_error" in results else ""
            shown = f"{value:.5g}" if isinstance(value, float) else value
            print(f"  {name.replace('_', ' '):28s} {shown}{error}")
    print(f"wrote {path}")


if __name__ == "__main__":
    command.run(main, __doc__)

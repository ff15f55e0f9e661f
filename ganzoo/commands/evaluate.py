"""Measure how good a trained generator is, beside real images measured in the same way.

Distances are measured between features: those of a small classifier that is trained once on the data's own labels and kept
(MNIST's comes with ganzoo); without labels, statistics of oriented filters and of where colors lie, or the raw pixels below 32
pixels a side; or those of InceptionV3 (--features=inception; 87 MB, downloaded once by Keras). Each is shown with its standard
error (after a ±) and beside its reference, the same distance between real and unseen real images. The numbers go to
evaluation.json in the run's folder, or to --output.

    ganzoo evaluate --run_dir=runs/cgan/mnist-...
    ganzoo evaluate --n=2000 --features=pixels
"""

import json

from ganzoo.commands import command, folders, runner
from ganzoo.commands.flags import Flag, choice, run_dir_flag, seed
from ganzoo.errors import InputError
from ganzoo.utils.files import write_whole

FEATURES = ("auto", "classifier", "statistics", "pixels", "inception")


def groups():
    """Return {title: flags}."""
    return {
        "flags": [
            run_dir_flag(),
            Flag("n", 10_000, "samples; at least 20. As many real images are taken, or all there are", int, low=20, high=10**6),
            Flag("inception_weights", "", "file of InceptionV3's weights without its top (default: Keras's download)"),
            seed(1, "decides the samples"),
            Flag("output", "", "JSON to write (default: evaluation.json in the run's folder)"),
            choice("features", "auto", FEATURES, "features that distances are measured on; auto takes the first that applies"),
        ]
    }


def choose_features(name, train, held_out, inception_weights=""):
    """Return what distances are between.

    Args:
        name: one of FEATURES.
        train, held_out: `ganzoo.data.ImageDataset`; their labels train the classifier.
        inception_weights: see the flag.

    Returns:
        (extractor: callable from uint8 images to features; its name; the `Classifier`, or None where there is none).
    """
    import numpy as np

    from ganzoo.evaluation import features
    from ganzoo.evaluation.features.texture import SMALLEST

    labelled = train.labels is not None and np.ptp(train.labels) > 0
    fine = min(train.image_shape[:2]) >= SMALLEST
    if name == "classifier" and not labelled:
        raise InputError(f"{train.name} has no labels of two classes or more to train a classifier on; use --features=pixels.")
    if name == "statistics" and not fine:
        raise InputError(f"statistics need at least {SMALLEST} pixels a side. Received: images of shape {train.image_shape}")
    inception = features.Inception(inception_weights or "imagenet") if name == "inception" else None
    classifier = features.Classifier.cached(train, held_out) if labelled and name not in ("statistics", "pixels") else None
    if name == "auto":
        name = "classifier" if labelled else "statistics" if fine else "pixels"
    extractor = {
        "classifier": lambda: classifier.features,
        "statistics": lambda: features.Statistics(train.images[:: -(-len(train) // 10_000)]).features,
        "pixels": lambda: features.pixel_features,
        "inception": lambda: inception.features,
    }[name]()
    return extractor, name, classifier


def evaluate(gan, train, held_out, n, seed, features, inception_weights=""):
    """Return {measure: value} of n samples, of a model of texts with those of the data; prints the classifier's training."""
    import numpy as np

    from ganzoo.evaluation import metrics
    from ganzoo.evaluation.measure import flatten, measure_all
    from ganzoo.training.callbacks.quality import enlarged

    train, texts = runner.images_and_texts(train)
    everything, unseen = train, held_out
    sizes = [len(train) // 2] if unseen is None else [len(train), len(unseen)]
    if min(sizes) < 2:
        others = "" if unseen is None else f" and {len(unseen)} unseen"
        raise InputError(f"evaluate compares 2 real images or more with as many others. Received: {len(train)}{others}")
    if unseen is None:  # a reference needs real images apart
        train, held_out = halves(train)
    extract, used, classifier = choose_features(features, train, held_out, inception_weights)
    n_real = min(n, len(train), len(held_out))
    rng = np.random.default_rng(0)
    real, apart = (part.images[np.sort(rng.permutation(len(part))[:n_real])] for part in (train, held_out))
    told = gan.inputs.get("labels")
    asked = None if told is None or told.drawn else _labels_like(everything, told.classes, n, seed)
    given = {name: np.random.default_rng(seed).permutation(values)[:n] for name, values in texts.items()}
    samples = gan.sample(n, seed, **given, **({} if asked is None else {"labels": asked}))
    samples = enlarged(samples, everything.image_shape)  # of a GAN that has not grown to their size
    between = "two halves of the training images" if unseen is None else "training and unseen images"
    results = {"samples": n, "real_images": n_real, "features": used, "reference_between": between}

    distances = (metrics.FrechetDistance(), metrics.KernelDistance(), metrics.PrecisionRecallDensityCoverage())
    comparisons = [(distances, *(extract(images) for images in (real, samples[:n_real], apart)))]
    if classifier:
        results |= {"classifier": classifier.fingerprint, "classifier_accuracy": classifier.accuracy}
        predicted = [classifier.predict(images) for images in (real, samples, apart)]
        comparisons.append(((metrics.ClassBalance(train.classes),), *predicted))
        if asked is not None:
            results |= flatten({"label_accuracy": metrics.label_accuracy(predicted[1], asked)})
    for measures, of_real, of_fake, of_apart in comparisons:
        results |= flatten(measure_all(measures, of_real, of_fake))
        results |= flatten(measure_all(measures, of_real, of_apart, prefix="reference_"))
    if features != "inception":  # all training images at 299x299 would take hours
        _, of_fake, of_apart = comparisons[0][1:]
        known = extract(everything.images)
        results |= flatten(metrics.memorization(known, None if unseen is None else of_apart, of_fake))
    if hasattr(gan, "recognize") and held_out.labels is not None:
        clusters = gan.recognize(held_out.images)[0].argmax(axis=1)
        results |= flatten({"cluster_accuracy": metrics.cluster_accuracy(clusters, held_out.labels)[0]})
    return results


def _labels_like(data, classes, n, seed):
    """Return n labels, each as often as in the data, in an order that seed decides; where these have none, all in turn."""
    import numpy as np

    labels = np.arange(n) % classes if data.labels is None else np.sort(data.labels)[np.arange(n) * len(data) // n]
    return np.random.default_rng(seed).permutation(labels)


def halves(data):
    """Return two halves of the images, each with the classes of all of them, whichever it holds."""
    parts = data.split(len(data) // 2)
    if data.has_labels:
        for part in parts:
            part.class_names = data.class_names or tuple(map(str, range(data.classes)))
    return parts


def main(options):
    import ganzoo

    if options.inception_weights and options.features != "inception":
        raise InputError(f"--inception_weights goes with --features=inception. Received: --features={options.features}")
    run_dir = folders.selected_run(options)
    path = folders.file_output(options, run_dir / "evaluation.json")
    gan = ganzoo.load(run_dir)
    if gan.probe_size or "images" not in gan.examples:
        other = "asked with images (make translation, inpainting and identity measure such)" if gan.probe_size else "of points"
        raise InputError(f"evaluate measures images made from latents. Received: a run of {type(gan).__name__}, {other}")
    train, held_out = runner.data_of(run_dir)
    results = {"step": gan.step} | evaluate(
        gan, train, held_out, options.n, options.seed, options.features, options.inception_weights
    )
    write_whole(path, json.dumps(results, indent=1) + "\n")
    for name, value in results.items():
        if not name.endswith("_error"):
            error = f" ± {results[f'{name}_error']:.2g}" if f"{name}_error" in results else ""
            shown = f"{value:.5g}" if isinstance(value, float) else value
            print(f"  {name.replace('_', ' '):28s} {shown}{error}")
    command.say(f"wrote {path}")

"""The classifier: how it trains and is kept, and the one of MNIST that comes with ganzoo."""

import hashlib

import numpy as np
import pytest

from ganzoo import data
from ganzoo.errors import InputError
from ganzoo.evaluation import features
from ganzoo.evaluation.features import classifier as module

# Of MNIST's training and test images, as Keras downloads them.
MNIST = (
    "a82b99d6210616139bf1d741e88ed190767570d02a9b89439c30bd24dd6dd270",
    "a56cfddf445ca49bb84c6b9e3c1238224273faf40f765cf2193e4982bdcf4d3d",
)


def test_that_of_mnist_is_of_this_network_and_reads_digits():
    (path,) = module.READY.glob("*.npz")
    made_from = (module.FORMAT, *MNIST, 2000, 0)
    assert path.stem == f"mnist_{hashlib.sha256(repr(made_from).encode()).hexdigest()[:16]}"
    ready = features.Classifier.load(path, (28, 28, 1), 10)
    assert ready.accuracy == pytest.approx(0.9926, abs=1e-6)
    assert ready.fingerprint == "80f1d077", "distances in RESULTS.md and the docs are on other weights"
    others = data.load("digits", image_size=(18, 18))  # other writers' digits, as large and as far from the frame as MNIST's
    images = np.pad(others.images[:500], ((0, 0), (5, 5), (5, 5), (0, 0)))
    assert 0.85 < (ready.predict(images) == others.labels[:500]).mean() < 0.97


@pytest.mark.slow
def test_one_that_comes_with_ganzoo_is_not_trained(tmp_path, monkeypatch, capsys):
    digits = data.load("digits")
    trained = features.Classifier.train(digits, steps=1, verbose=False)
    key = module.key_of(digits, steps=1)
    trained.save(tmp_path / "ready" / f"digits_{key}.npz", "float16")
    monkeypatch.setattr(module, "READY", tmp_path / "ready")
    found = features.Classifier.cached(digits, folder=tmp_path / "own", steps=1)
    assert capsys.readouterr().out == "" and not (tmp_path / "own").exists()
    assert found.accuracy == trained.accuracy and found.fingerprint != trained.fingerprint
    np.testing.assert_allclose(found.features(digits.images[:50]), trained.features(digits.images[:50]), atol=0.02)
    (tmp_path / "ready" / f"digits_{key}.npz").write_bytes(b"torn")
    again = features.Classifier.cached(digits, folder=tmp_path / "own", steps=1)
    assert "cannot be read" in capsys.readouterr().out and again.fingerprint == trained.fingerprint
    assert features.Classifier.cached(digits, folder=tmp_path / "own", steps=1).fingerprint == trained.fingerprint


@pytest.mark.slow
def test_classifier_training_and_cache(tmp_path):
    digits = data.load("digits")
    classifier = features.Classifier.cached(digits, folder=tmp_path, steps=400, verbose=False)
    assert 0.95 < classifier.accuracy <= 1.0
    again = features.Classifier.cached(digits, folder=tmp_path, steps=400)
    assert again.accuracy == classifier.accuracy
    assert features.Classifier.cached(digits, folder=tmp_path, steps=1, verbose=False).accuracy < classifier.accuracy
    (damaged,) = (path for path in tmp_path.iterdir() if np.load(path)["accuracy"] < classifier.accuracy)
    damaged.write_bytes(b"torn")
    assert features.Classifier.cached(digits, folder=tmp_path, steps=1, verbose=False).accuracy < classifier.accuracy
    np.testing.assert_array_equal(again.predict(digits.images[:50]), classifier.predict(digits.images[:50]))
    assert classifier.features(digits.images[:3]).shape == (3, 128)
    with pytest.raises(InputError, match="images must be uint8"):
        classifier.predict(np.zeros((1, 9, 9, 1), "uint8"))
    with pytest.raises(InputError, match="has no labels"):
        features.Classifier.train(data.ImageDataset(digits.images))


def test_unseen_images_without_labels_say_nothing_about_a_classifier():
    digits = data.load("digits")
    unseen = data.ImageDataset(digits.images[:100])
    alone, beside = (features.Classifier.train(digits, test, steps=14, verbose=False) for test in (None, unseen))
    assert beside.accuracy == alone.accuracy > 0

"""Points of any scale, from arrays and streams: what the networks see, and that samples come back in the units of the data."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import ganzoo
from ganzoo import PointGAN
from ganzoo.data import FunctionGraph
from ganzoo.data.mixtures import ring, swiss_roll
from ganzoo.errors import InputError
from ganzoo.utils.plots import point_picture

CITIES = np.random.default_rng(0).normal(size=(200, 2)) * [10.0, 2e5] + [45.0, 1e6]


@pytest.mark.slow
def test_adapted_networks_see_standardized_points_and_samples_are_put_back():
    gan = PointGAN()
    gan.sample(2)  # what is compiled before must not stay
    gan.adapt(CITIES)
    np.testing.assert_allclose(gan.scale, CITIES.std(axis=0), rtol=1e-5)
    seen = gan.prepare({"points": CITIES[None].astype("float32")})["points"]
    np.testing.assert_allclose(np.std(seen, axis=(0, 1)), 1, rtol=1e-3)
    raw = gan.generator(gan.draw_inputs(5, 3)["latents"])
    np.testing.assert_allclose(gan.sample(5, 3), np.asarray(raw) * gan.scale + gan.center, rtol=1e-4)
    with pytest.raises(InputError, match="PointGAN takes points"):
        gan.adapt(CITIES[:, :1])


@pytest.mark.slow
def test_columns_of_any_scale_are_standardized_and_put_back(tmp_path, capsys):
    gan = PointGAN()
    gan.train(CITIES, steps=10, run_dir=tmp_path / "run")
    assert "note: columns 0 (44 ± 9.79), 1 (1e+06 ± " in capsys.readouterr().out
    np.testing.assert_allclose(gan.center, CITIES.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(gan.scale, CITIES.std(axis=0), rtol=1e-5)
    points = gan.sample(5, seed=3)
    served = tf.saved_model.load(str(tmp_path / "run" / "generator")).signatures
    np.testing.assert_allclose(served["from_seed"](seeds=tf.constant([3]))["points"], points[:1], rtol=1e-4)
    loaded = ganzoo.load(tmp_path / "run")
    np.testing.assert_allclose(loaded.sample(5, seed=3), points, rtol=1e-5)
    again = PointGAN()
    again.train(CITIES, steps=20, run_dir=tmp_path / "run", resume=True, verbose=False)
    assert again.center == gan.center
    with pytest.raises(InputError, match="before the first step. Received: step 10"):
        gan.adapt(CITIES)


@pytest.mark.slow
def test_columns_near_unit_scale_are_left_to_the_networks():
    """Such as one-hot columns, which a softmax makes."""
    kinds = np.eye(3)[np.arange(200) % 3]
    gan = PointGAN(dimensions=5)
    gan.train(np.concatenate([CITIES, kinds], axis=1), steps=1, verbose=False)
    np.testing.assert_allclose(gan.center, [*CITIES.mean(axis=0), 0, 0, 0], rtol=1e-5)
    np.testing.assert_allclose(gan.scale, [*CITIES.std(axis=0), 1, 1, 1], rtol=1e-5)


@pytest.mark.slow
def test_standardized_training_is_the_training_of_standardized_points():
    mine, theirs = PointGAN(), PointGAN()
    mine.train(CITIES, steps=10, verbose=False)
    theirs.train((CITIES - CITIES.mean(axis=0)) / CITIES.std(axis=0), steps=10, verbose=False)
    for one, other in zip(mine.generator.weights, theirs.generator.weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.slow
def test_points_near_unit_scale_stay_as_they_are(tmp_path):
    gan = PointGAN()
    gan.train(ring().points(100), steps=10, verbose=False)
    assert gan.center is gan.scale is None
    np.testing.assert_array_equal(gan.sample(3), gan.generator(gan.draw_inputs(3)["latents"]))


def test_center_and_scale_are_arguments(tmp_path):
    gan = PointGAN(3, center=[1, 2, 3], scale=2.0)
    assert gan.scale == (2.0, 2.0, 2.0)
    gan.save(tmp_path / "gan.keras")
    assert keras.models.load_model(tmp_path / "gan.keras").center == (1.0, 2.0, 3.0)
    bad = [
        {"scale": 0},
        {"scale": [1, 2]},
        {"center": np.nan},
        {"center": []},
        {"scale": -1.0},
        {"center": "a"},
        {"center": [[1.0]]},
    ]
    for options in bad:
        with pytest.raises(InputError, match="must be a number"):
            PointGAN(3, **options)


@pytest.mark.slow
@pytest.mark.parametrize("batch", [None, 40])
def test_streams_of_rows_train_and_their_scale_is_told(batch, capsys):
    rows = tf.data.Dataset.from_tensor_slices(CITIES.astype("float32"))
    gan = PointGAN()
    gan.train(rows if batch is None else rows.batch(batch), steps=10)
    said = capsys.readouterr().out
    assert "of stream are far from mean 0" in said
    assert "call its adapt(points)" in said
    assert gan.step == 10
    assert gan.center is None
    near = tf.data.Dataset.from_tensor_slices(swiss_roll(500).points).batch(100)
    PointGAN().train(near, steps=10)
    assert "note" not in capsys.readouterr().out


@pytest.mark.slow
def test_whole_numbers_are_points():
    gan = PointGAN()
    gan.train(np.arange(200).reshape(100, 2), steps=10, verbose=False)
    assert gan.step == 10


def test_bad_counts_are_refused():
    for options in ({"steps": "10"}, {"steps": 1.5}, {"log_every": None}):
        with pytest.raises(InputError, match="must be a positive integer"):
            PointGAN().train(CITIES, **options)
    for ask in (lambda: FunctionGraph("x").points(10**9), lambda: ring().points(10**9), lambda: swiss_roll(10**9)):
        with pytest.raises(InputError, match="n must be at most 10,000,000"):
            ask()


@pytest.mark.slow
@pytest.mark.parametrize("dimensions", [1, 2, 3, 7, 40])
def test_pictures_of_any_number_of_columns(dimensions):
    points = np.random.default_rng(0).normal(size=(100, dimensions))
    picture = point_picture(points)
    assert picture.shape == (480, 480, 3)
    assert (picture.min(axis=2) < 200).mean() > 0.01
    moved = point_picture(100 + points * 1e4, center=100.0, scale=1e4)
    assert (moved.min(axis=2) < 200).mean() > 0.01
    assert point_picture(np.full((5, dimensions), np.nan)).shape == (480, 480, 3)

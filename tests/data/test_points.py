import numpy as np
import pytest
from test_dataset import memory_map

from ganzoo.core.inputs import Spec
from ganzoo.data import ArrayDataset, FunctionGraph, PointDataset, as_dataset
from ganzoo.data.mixtures import grid, ring, swiss_roll
from ganzoo.errors import InputError

RNG = np.random.default_rng(0)
ODD = RNG.normal(size=(500, 4)) * [1.0, 1e4, 1e-3, 0.0] + [0.0, 5.0, 0.0, 70.0]


def test_points_are_read_by_name():
    dataset = PointDataset(np.arange(20).reshape(10, 2))
    assert dataset.specs == {"points": Spec((2,), "float32")}
    (batch,) = dataset.batches(10).take(1)
    assert sorted(batch["points"].numpy()[0, :, 0]) == list(range(0, 20, 2))
    with pytest.raises(InputError, match="points has no labels"):
        dataset.batches(10, names=["points", "labels"])


def test_points_on_the_disk_are_read_from_there(tmp_path):
    mapped = memory_map(tmp_path / "a", RNG.normal(size=(50, 3)).astype("float32"))
    dataset = as_dataset(mapped)
    assert np.shares_memory(dataset.points, mapped)
    assert dataset.fingerprint == PointDataset(np.array(mapped)).fingerprint
    (batch,) = dataset.batches(50, seed=1).take(1)
    (same,) = PointDataset(np.array(mapped)).batches(50, seed=1).take(1)
    assert np.array_equal(batch["points"], same["points"])


def test_the_place_of_a_bad_number_is_told():
    points = np.zeros((3_000_000, 2), "float32")
    points[2_999_990, 1] = np.inf
    with pytest.raises(InputError, match="points must be finite. Received: point 2999990 ="):
        PointDataset(points)


def test_columns_far_from_unit_scale_are_told():
    (note,) = PointDataset(ODD, name="mine").notes
    assert note.startswith("columns 1 (")
    assert "), 2 (" in note
    assert "3 (70 ± 0) of mine are far from mean 0" in note
    assert "0 (" not in note.split(" 1 (")[0]
    assert PointDataset(np.arange(40.0).reshape(2, 20) * 1e3).notes[0].count("±") == 5


def test_the_data_sets_that_come_along_are_near_unit_scale():
    for points in (
        ring().points(),
        grid().points(),
        swiss_roll(),
        FunctionGraph("x^3").points(),
        FunctionGraph("0*x").points(),
    ):
        assert points.notes == ()


def test_standardized_points_can_be_put_back():
    plain = PointDataset(ODD)
    dataset = plain.standardized()
    assert dataset.notes == ()
    np.testing.assert_allclose(dataset.points.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(dataset.points.std(axis=0), [1, 1, 1, 0], atol=1e-6)
    np.testing.assert_allclose(dataset.original(dataset.points), ODD, rtol=1e-4, atol=1e-2)
    twice = dataset.standardized()
    np.testing.assert_allclose(twice.original(twice.points), ODD, rtol=1e-4, atol=1e-2)
    assert dataset.name == "points (standardized)"
    other = PointDataset(ODD * 2).standardized()
    assert len({plain.fingerprint, dataset.fingerprint, other.fingerprint}) == 3
    np.testing.assert_array_equal(plain.original(plain.points), plain.points)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: ring(radius=-1.0), "radius must be a positive number"),
        (lambda: grid(spacing=0), "spacing must be a positive number"),
        (lambda: swiss_roll(noise=-0.1), "noise must be a number of at least 0"),
        (lambda: ArrayDataset(ODD), "arrays must be a dictionary of arrays"),
        (lambda: ArrayDataset({}), "arrays must be a dictionary of arrays"),
    ],
)
def test_what_makes_no_points_is_refused(ask, message):
    with pytest.raises(InputError, match=message):
        ask()

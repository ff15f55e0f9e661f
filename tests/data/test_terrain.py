import numpy as np
import pytest

from ganzoo.data.erosion import erode_by_landslides, erode_by_rivers
from ganzoo.data.terrain import spectral_noise, terrain
from ganzoo.errors import InputError


def test_terrain_is_a_function_of_the_seed_and_uses_16_bits():
    heights = terrain(96, seed=3)
    assert heights.shape == (96, 96, 1) and heights.dtype == np.uint16
    assert (heights.min(), heights.max()) == (0, 65535)
    np.testing.assert_array_equal(terrain(96, seed=3), heights)
    assert (terrain(96, seed=4) != heights).mean() > 0.9
    assert len(np.unique(heights)) > 0.8 * heights.size


@pytest.mark.parametrize("options", [{}, {"size": 50}, {"river_steps": 0}, {"landslide_steps": 0}])
def test_terrain_tiles(options):
    """Across the border neighbors differ as much as elsewhere, about."""
    heights = terrain(**{"size": 64} | options)[:, :, 0].astype("float64")
    for axis in (0, 1):
        inside = np.abs(np.diff(heights, axis=axis)).mean(axis=1 - axis)
        across = np.abs(np.take(heights, 0, axis) - np.take(heights, -1, axis)).mean()
        assert inside.min() / 1.3 < across < 1.3 * inside.max()


def test_rivers_leave_no_pits_but_the_outlet():
    noise = 4 * spectral_noise(48, 2.0, np.random.default_rng(0))
    outlets = noise == noise.min()

    def pits(field):
        around = [np.roll(field, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x]
        return int((field <= np.min(around, axis=0)).sum())

    eroded = erode_by_rivers(noise, np.full_like(noise, 0.5), 0.5, 30, outlets)
    assert pits(noise) > 20 and pits(eroded) == 1
    assert eroded[outlets] == noise[outlets] == eroded.min()


def test_rivers_shape_a_landscape_as_their_equation_says():
    """In balance the slope toward the outlet is uplift / (erodibility A^m): a valley with no side, drained at one end."""
    height = np.zeros((1, 32))
    outlets = np.arange(32)[None] == 0
    eroded = erode_by_rivers(
        height + 1e-3 * np.minimum(np.arange(32), 32 - np.arange(32)), height + 0.1, 0.5, 400, outlets, 0.5
    )
    areas = np.arange(16, 10, -1)  # of the cells 1 to 6 on the way to the middle, where the water parts
    np.testing.assert_allclose(np.diff(eroded[0, :7]), 0.1 / (0.5 * np.sqrt(areas)), rtol=0.05)


def test_landslides_keep_the_sum_and_the_talus():
    peak = np.zeros((32, 32))
    peak[3, 30] = 40.0
    slid = erode_by_landslides(peak, 0.6, 400)
    assert slid.sum() == pytest.approx(40)
    assert np.abs(np.diff(slid, axis=0)).max() < 0.65
    np.testing.assert_allclose(
        erode_by_landslides(np.roll(peak, 5, 1), 0.6, 50), np.roll(erode_by_landslides(peak, 0.6, 50), 5, 1)
    )


def test_noise_has_its_spectrum():
    noise = spectral_noise(256, 2.0, np.random.default_rng(0))
    assert noise.mean() == pytest.approx(0, abs=1e-12) and noise.std() == pytest.approx(1)
    power = np.abs(np.fft.fft2(noise)) ** 2
    frequency = np.hypot(np.fft.fftfreq(256)[:, None], np.fft.fftfreq(256)[None])
    bands = [power[(frequency >= low) & (frequency < 2 * low)].mean() for low in (0.02, 0.04, 0.08, 0.16)]
    np.testing.assert_allclose(np.diff(np.log2(bands)), -2, atol=0.4)


@pytest.mark.parametrize(
    "options", [{"size": 15}, {"size": 64.0}, {"seed": -1}, {"beta": -1}, {"river_steps": -1}, {"landslide_steps": -1}]
)
def test_what_is_refused(options):
    (name,) = options
    with pytest.raises(InputError, match=name):
        terrain(**options)

"""Ambient occlusion and roughness."""

import numpy as np
import pytest

from ganzoo.errors import InputError
from ganzoo.textures.shading import ambient_occlusion, roughness


@pytest.mark.parametrize("estimate", [ambient_occlusion, roughness])
def test_estimates_wrap_and_are_bounded(estimate):
    height = np.random.default_rng(0).random((40, 36))
    found = estimate(height)
    assert found.shape == height.shape and found.dtype == np.float32
    assert found.min() > 0 and found.max() <= 1
    np.testing.assert_allclose(estimate(np.roll(height, (9, 30), (0, 1))), np.roll(found, (9, 30), (0, 1)), atol=1e-6)
    edges = estimate(height, tileable=False)
    assert np.abs(edges - found)[0].max() > 1e-3


def test_occlusion_of_a_level_field_and_of_a_wall():
    """Beside a long wall that is as high as it is far, a half of the directions see 45 degrees of it."""
    assert (ambient_occlusion(np.full((8, 8), 0.7)) == 1).all()
    wall = np.zeros((65, 65))
    wall[:, 40:] = 1
    found = ambient_occlusion(wall, 0.01, 0.01 * 10, tileable=False, radius=24, directions=4)
    assert found[32, 45] == 1  # on the top
    assert found[32, 30] == pytest.approx(1 - 0.25 / 2, abs=0.02)  # one direction of four
    assert found[32, 2] == 1  # out of reach


def test_a_pit_sees_less_than_its_rim():
    pit = np.ones((33, 33))
    pit[14:19, 14:19] = 0
    found = ambient_occlusion(pit)
    assert found[16, 16] < 0.5 < found[2, 2]


def test_roughness_of_a_level_field_a_slope_and_gravel():
    np.testing.assert_allclose(roughness(np.full((16, 16), 0.5), base=0.4), 0.4, atol=1e-6)
    slope = np.linspace(0, 1, 64)[:, None] * np.ones((1, 64))
    np.testing.assert_allclose(roughness(slope, tileable=False, base=0.4), 0.4, atol=1e-3)  # steep, but even
    height = np.full((64, 64), 0.5)
    height[:, 32:] += 0.2 * np.random.default_rng(0).random((64, 32))
    found = roughness(height, base=0.4)
    assert found[:, 44:52].min() > 0.55 > 0.45 > found[:, 12:20].max()


@pytest.mark.parametrize(
    ("estimate", "options", "message"),
    [
        (ambient_occlusion, {"radius": 0}, "radius"),
        (ambient_occlusion, {"directions": 0}, "directions"),
        (roughness, {"base": 1.1}, "base"),
        (roughness, {"radius": 0}, "radius"),
    ],
)
def test_what_is_refused(estimate, options, message):
    with pytest.raises(InputError, match=message):
        estimate(np.zeros((8, 8)), **options)

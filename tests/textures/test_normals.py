"""Normal maps: a sphere, a slope, edges."""

import numpy as np
import pytest

from ganzoo.errors import InputError
from ganzoo.textures.normals import normal_map, surface_normals


def decode(picture):
    """Return unit normals as an engine reads them."""
    normals = picture / 127.5 - 1
    return normals / np.linalg.norm(normals, axis=-1, keepdims=True)


def test_a_sphere_within_half_a_degree():
    """The normal at each point is the point over the radius, in 8 bits, to where the sphere is 60 degrees steep."""
    radius, centre = 300.0, 320
    y, x = centre - np.arange(641)[:, None], np.arange(641)[None] - centre
    squares = np.maximum(radius**2 - x * x - y * y, 0)
    inside = np.hypot(x, y) < radius * np.sin(np.radians(60))
    exact = np.stack(np.broadcast_arrays(x / radius, y / radius, np.sqrt(squares) / radius), axis=-1)
    for direction, sign in (("up", 1), ("down", -1)):
        picture = normal_map(np.sqrt(squares) / radius, 0.01, 0.01 * radius, tileable=False, y=direction)
        cosines = (decode(picture) * exact * [1, sign, 1]).sum(axis=-1)[inside]
        assert np.degrees(np.arccos(np.clip(cosines, -1, 1))).max() < 0.5


def test_flat_is_one_color():
    for height in (np.full((5, 7), 0.3), np.full((5, 7), 1234, "uint16")):
        for direction in ("up", "down"):
            assert (normal_map(height, y=direction) == [128, 128, 255]).all()
    noise = 0.5 + 1e-7 * np.random.default_rng(0).standard_normal((9, 9))
    assert (normal_map(noise) == [128, 128, 255]).all()


def test_a_slope_faces_where_it_falls():
    rise = np.linspace(0, 1, 11)[:, None] * np.ones((1, 11))  # the bottom of the picture is high
    assert (normal_map(rise, tileable=False)[:, :, 1] > 200).all()
    assert (normal_map(rise, tileable=False, y="down")[:, :, 1] < 56).all()
    assert (normal_map(rise.T, tileable=False)[:, :, 0] < 56).all()


def test_strength_is_in_metres():
    """A rise of 0.1 m over 10 pixels of 0.01 m is a slope of 45 degrees; 10 times wider pixels make it one of 1 in 10."""
    rise = np.linspace(0, 1, 11)[None] * np.ones((3, 1))
    steep = surface_normals(rise, 0.01, 0.1, tileable=False)
    np.testing.assert_allclose(steep[..., [0, 2]], np.broadcast_to([-np.sqrt(0.5), np.sqrt(0.5)], (3, 11, 2)), atol=1e-5)
    gentle = surface_normals(rise, 0.1, 0.1, tileable=False)
    np.testing.assert_allclose(-gentle[..., 0] / gentle[..., 2], 0.1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(gentle, axis=-1), 1, atol=1e-6)


def test_edges_wrap_or_not():
    height = np.random.default_rng(0).random((12, 10))
    rolled = normal_map(np.roll(height, (5, 3), (0, 1)))
    np.testing.assert_array_equal(rolled, np.roll(normal_map(height), (5, 3), (0, 1)))
    clamped = normal_map(height, tileable=False)
    np.testing.assert_array_equal(clamped[1:-1, 1:-1], normal_map(height)[1:-1, 1:-1])
    assert (clamped[0] != normal_map(height)[0]).any()
    assert normal_map(np.zeros((1, 5)), tileable=False).shape == (1, 5, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"y": "left"}, "y must be one of up, down"), ({"metres_per_pixel": 0}, "metres"), ({"height_range_metres": -1}, "range")],
)
def test_what_is_refused(options, message):
    with pytest.raises(InputError, match=message):
        normal_map(np.zeros((4, 4)), **options)

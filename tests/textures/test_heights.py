"""Estimated heights, and the sizes of engines."""

import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT, own_environment

from ganzoo.errors import InputError
from ganzoo.textures.engines import ENGINES, check_size, nearest_size
from ganzoo.textures.heights import as_height, height_from_image, to_engine_size


def waves(rows=48, columns=64):
    """A smooth periodic field, float64 in [0, 1], without symmetry."""
    y, x = 2 * np.pi * np.arange(rows)[:, None] / rows, 2 * np.pi * np.arange(columns)[None] / columns
    field = np.sin(x + 2 * y) + 0.5 * np.cos(3 * x) + 0.3 * np.sin(y + 1)
    return (field - field.min()) / np.ptp(field)


def test_no_tensorflow_is_imported():
    modules = ("heights", "height_files", "normals", "shading", "material")
    code = f"import sys; import {', '.join(f'ganzoo.textures.{each}' for each in modules)}; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=own_environment(), check=False).returncode == 0


def test_heights_are_floats_or_16_bits():
    levels = np.arange(65536, dtype="uint16").reshape(256, 256)
    np.testing.assert_array_equal(np.rint(as_height(levels[:, :, None]) * 65535), levels)
    assert as_height(np.array([[-1e-7, 1 + 1e-7]])).tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize(
    ("height", "message"),
    [
        (np.zeros((4, 4), "uint8"), "floats in .0, 1. or uint16.*Received: uint8"),
        (np.zeros((4, 4, 3)), r"Received: float64 of shape \(4, 4, 3\)"),
        (np.zeros((0, 4)), "shape"),
        (np.full((4, 4), 1.1), "lie in .0, 1.. Received: 1.1"),
        (np.array([[0.0, np.nan]]), "Received: nan"),
    ],
)
def test_what_is_no_height_field(height, message):
    with pytest.raises(InputError, match=message):
        as_height(height)


def test_estimate_is_equivariant_and_of_many_levels():
    """Tileable in is tileable out: rolling the picture rolls the estimate."""
    image = np.rint(255 * waves()).astype("uint8")
    height = height_from_image(image)
    assert height.dtype == np.float32 and height.shape == image.shape
    assert height.min() == 0 and height.max() == 1
    np.testing.assert_allclose(height_from_image(np.roll(image, (7, 20), (0, 1))), np.roll(height, (7, 20), (0, 1)), atol=1e-5)
    assert len(np.unique(height)) > 8 * len(np.unique(image))


def test_estimate_removes_large_scale_light_and_keeps_relief():
    rows = np.arange(128)[:, None] / 128
    relief = 20 * np.sin(2 * np.pi * 16 * rows) * np.ones((1, 128))
    light = 100 + 60 * np.cos(2 * np.pi * np.arange(128)[None] / 128)

    def share(height):
        return ((height - height.mean()) * light).sum() / ((height - height.mean()) * relief).sum()

    without = share(height_from_image(relief + light, clip=0))
    assert without < 0.3 * share(height_from_image(relief + light, clip=0, shading=0))
    assert share(height_from_image(relief + light, clip=0, shading=0.05)) < 0.2 * without


def test_estimate_of_colors_alpha_and_dark_stones():
    gray = np.rint(255 * waves()).astype("uint8")
    color = np.stack([gray, gray, gray, 255 - gray], axis=-1)
    np.testing.assert_allclose(height_from_image(color), height_from_image(gray), atol=1e-4)
    np.testing.assert_allclose(height_from_image(gray, dark_is_high=True), 1 - height_from_image(gray), atol=1e-4)
    green = np.stack([np.zeros_like(gray), gray, np.zeros_like(gray)], axis=-1)
    np.testing.assert_allclose(height_from_image(green), height_from_image(gray), atol=1e-4)


def test_estimate_of_what_does_not_tile_sees_no_opposite_edge():
    """A ramp has no step at its edges: mirrored it is continuous, wrapped it is not."""
    ramp = np.tile(np.linspace(0, 255, 64), (32, 1))
    step = np.abs(np.diff(height_from_image(ramp, shading=0, smoothing=3, clip=0, tileable=False)[0]))
    assert step[:3].max() <= step.max()
    wrapped = height_from_image(ramp, shading=0, smoothing=3, clip=0)
    assert wrapped[0, 0] > 0.3  # the bright end leaks in


@pytest.mark.parametrize("image", [np.full((8, 8), 90, "uint8"), np.full((8, 8, 3), 0.1)])
def test_a_picture_without_contrast_is_level(image):
    assert (height_from_image(image) == 0.5).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"image": np.zeros((4, 4, 2))}, r"Received: float64 of shape \(4, 4, 2\)"),
        ({"image": np.full((4, 4), np.inf)}, "finite"),
        ({"shading": -1}, "shading"),
        ({"smoothing": np.nan}, "smoothing"),
        ({"clip": 0.5}, "clip"),
    ],
)
def test_what_cannot_be_estimated(options, message):
    with pytest.raises(InputError, match=message):
        height_from_image(**{"image": np.zeros((4, 4))} | options)


def test_sizes_of_engines():
    assert ENGINES["unity"].sizes == (33, 65, 129, 257, 513, 1025, 2049, 4097)
    assert [nearest_size(512, name) for name in ENGINES] == [513, 505, 512, 512]
    assert check_size(777, "blender") == 777
    for size in (*ENGINES["unity"].sizes, *ENGINES["unreal"].sizes):
        assert check_size(size) == size


@pytest.mark.parametrize(
    ("size", "engine", "message"),
    [
        (512, "unity", "the nearest are Unity 257 or 513. Received: size=512"),
        (512, "unreal", "the nearest are Unreal 505 or 1009. Received: size=512"),
        (512, None, "the nearest are Unity 257 or 513 and Unreal 505 or 1009. Received: size=512"),
        (16, "unity", "the nearest are Unity 33. Received: size=16"),
        (9000, None, "the nearest are Unity 4097 and Unreal 8129. Received: size=9000"),
        (505, "unity", "the nearest are Unity 257 or 513. Received: size=505"),
        (512, "unty", "Did you mean 'unity'"),
        (33.0, "unity", "size must be an integer"),
    ],
)
def test_wrong_sizes_are_refused_with_the_nearest(size, engine, message):
    with pytest.raises(InputError, match=message):
        to_engine_size(np.zeros((64, 64)), size, True, engine)


def test_a_tileable_field_repeats_its_first_row_and_column():
    height = waves(64, 64)
    for size in (33, 65, 127, 257):
        field = to_engine_size(height, size, True)
        assert field.shape == (size, size) and field.dtype == np.float32
        np.testing.assert_array_equal(field[-1], field[0])
        np.testing.assert_array_equal(field[:, -1], field[:, 0])
        y, x = np.ix_(np.arange(size) / (size - 1), np.arange(size) / (size - 1))
        exact = np.sin(2 * np.pi * (x + 2 * y)) + 0.5 * np.cos(6 * np.pi * x) + 0.3 * np.sin(2 * np.pi * y + 1)
        assert np.corrcoef(field.ravel(), exact.ravel())[0, 1] > 0.9999
    np.testing.assert_array_equal(to_engine_size(height, 65, True)[:-1, :-1], height.astype("float32"))


def test_a_field_with_edges_keeps_them():
    ramp = np.linspace(0, 1, 40)[:, None] * np.ones((1, 30))
    field = to_engine_size(ramp, 127, False)
    np.testing.assert_allclose(field, np.linspace(0, 1, 127)[:, None] * np.ones((1, 127)), atol=1e-5)
    reduced = to_engine_size(np.linspace(0, 1, 300)[:, None] * np.ones((1, 300)), 33, False)
    np.testing.assert_allclose(reduced[:, 0], np.linspace(0, 1, 33), atol=1e-5)
    with pytest.raises(InputError, match=r"at least 2 rows and columns. Received: shape \(1, 9\)"):
        to_engine_size(np.zeros((1, 9)), 33, False)


def test_a_reduction_is_smoothed_first():
    """Stripes that the samples cannot show become gray, not other stripes."""
    stripes = np.tile(np.arange(512) % 2.0, (512, 1))
    assert np.ptp(to_engine_size(stripes, 65, True)) < 0.02


def test_names_of_the_package():
    import ganzoo
    from ganzoo import textures

    assert ganzoo.textures is textures
    for name in textures.__all__:
        assert callable(getattr(textures, name)) and name in dir(textures)
    with pytest.raises(AttributeError, match="no attribute 'tyle'"):
        textures.tyle  # noqa: B018

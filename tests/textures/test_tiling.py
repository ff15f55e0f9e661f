"""Textures of any size: seamless, in blocks that join, the same for the same seed."""

import json

import keras
import numpy as np
import pytest
from conftest import make_gan

from ganzoo.errors import InputError
from ganzoo.networks.spatial import MARGIN
from ganzoo.textures import blending, result, seams, tiling


@pytest.fixture(scope="module")
def gan():
    return make_gan("TextureGAN")


def test_rolling_the_latents_rolls_the_picture(gan):
    canvas = tiling.draw_canvas(gan, 48, 64, seed=3)
    moved = tiling.paint(gan, canvas.rolled(2, 5))
    still = tiling.paint(gan, canvas)
    assert still.shape == (48, 64, 1)
    assert np.abs(np.roll(still, (2 * gan.cell, 5 * gan.cell), (0, 1)) - moved).max() <= 1e-5
    assert still.std() > 1e-3


def test_zero_padding_would_be_seen(gan):
    """The control of the test above: a map that ends in zeros makes a picture that does not roll."""
    canvas = tiling.draw_canvas(gan, 48, 64, seed=3)

    def ended(canvas):
        inner = {name: each[MARGIN:-MARGIN, MARGIN:-MARGIN] for name, each in canvas.maps.items()}
        return tiling.Canvas({name: np.pad(each, ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0))) for name, each in inner.items()})

    still, moved = (tiling.paint(gan, ended(each)) for each in (canvas, canvas.rolled(2, 5)))
    assert np.abs(np.roll(still, (2 * gan.cell, 5 * gan.cell), (0, 1)) - moved).max() > 1e-3


@pytest.mark.parametrize("seamless", [True, False])
def test_blocks_join_exactly(gan, monkeypatch, seamless):
    canvas = tiling.draw_canvas(gan, 56, 72, 1, seamless)
    whole = tiling.paint(gan, canvas)
    monkeypatch.setattr(tiling, "BLOCK", 16)
    assert np.abs(tiling.paint(gan, canvas) - whole).max() <= 1e-6


def test_any_size_without_seamlessness(gan):
    assert tiling.tile(gan, 37, 50, seamless=False).shape == (37, 50, 1)
    with pytest.raises(InputError, match="multiples of 4, the nearest is 36x48 .*Received: 37x49"):
        tiling.tile(gan, 37, 49)


def test_seeds_decide(gan):
    assert np.array_equal(tiling.tile(gan, 32, 32, 5), tiling.tile(gan, 32, 32, 5))
    assert not np.array_equal(tiling.tile(gan, 32, 32, 5), tiling.tile(gan, 32, 32, 6))


def test_what_cannot_be_painted_is_refused(gan):
    with pytest.raises(InputError, match="DCGAN makes images of one size"):
        tiling.tile(make_gan("DCGAN"), 32, 32)
    with pytest.raises(InputError, match="would take .* GiB of memory; this machine has"):
        tiling.paint(gan, tiling.Canvas({"latents": np.broadcast_to(np.zeros(4, "float32"), (200_000, 200_000, 4))}))
    with pytest.raises(InputError, match="height must be a positive integer"):
        tiling.tile(gan, 0, 32)


@pytest.mark.slow
def test_a_style_chooses_for_the_whole_picture():
    from ganzoo import networks

    gan = make_gan("TextureGAN", networks=networks.Spatial(upsamplings=2, width=4, discriminator_width=4, style=3))
    canvas = tiling.draw_canvas(gan, 32, 48)
    assert np.ptp(canvas.maps["style"], axis=(0, 1)).max() == 0
    assert tiling.paint(gan, canvas).shape == (32, 48, 1)
    other = tiling.Canvas(canvas.maps | {"style": canvas.maps["style"] + 1})
    assert np.abs(tiling.paint(gan, other) - tiling.paint(gan, canvas)).max() > 1e-4
    assert gan.sample(2).shape == (2, 32, 32, 1)


@pytest.mark.parametrize("shape", ["linear", "radial", np.linspace(0, 1, 12).reshape(3, 4)])
def test_a_blend_goes_from_one_picture_to_the_other(gan, shape):
    a, b = (tiling.draw_canvas(gan, 64, 64, seed) for seed in (1, 2))
    blend = blending.blend(a, b, shape)
    share = blending.weights(shape, 16, 16)
    inner = blend.maps["latents"][MARGIN:-MARGIN, MARGIN:-MARGIN]
    first, second = (each.maps["latents"][MARGIN:-MARGIN, MARGIN:-MARGIN] for each in (a, b))
    row, column = np.unravel_index(share.argmin(), share.shape)
    assert abs(inner[row, column] - first[row, column]).max() < abs(inner[row, column] - second[row, column]).max()
    assert 0.5 < inner.std() < 1.5  # the noise stays standard normal
    assert share.min() >= 0 and share.max() <= 1


def test_blends_are_seamless_and_checked(gan):
    a, b = (tiling.draw_canvas(gan, 32, 32, seed) for seed in (1, 2))
    mixed = blending.blend(a, b)
    assert np.array_equal(mixed.maps["latents"][:MARGIN], mixed.maps["latents"][-2 * MARGIN : -MARGIN])
    with pytest.raises(InputError, match="must have one size"):
        blending.blend(a, tiling.draw_canvas(gan, 32, 48))
    with pytest.raises(InputError, match="blend mask"):
        blending.blend(a, b, np.full((2, 2), 2.0))
    with pytest.raises(InputError, match="blend shape must be"):
        blending.blend(a, b, "circular")


def test_seam_ratios_see_a_seam():
    rng = np.random.default_rng(0)
    periodic = np.real(np.fft.ifft2(np.fft.fft2(rng.standard_normal((64, 64))) / (1 + np.hypot(*np.indices((64, 64))))))
    assert all(0.5 < each < 2.0 for each in seams.seam_ratios(periodic[..., None]))
    ramp = periodic[..., None] + np.linspace(0, 10 * periodic.std(), 64)[:, None, None]
    rows, columns = seams.seam_ratios(ramp)
    assert rows > 4 and columns < 2


def test_a_border_lies_where_the_picture_is_ordinary():
    def ratios(picture):
        half = picture.reshape(32, 2, 48, 2, 1).mean((1, 3))
        return np.array([seams.seam_ratios(each) for each in (picture, np.roll(picture, (32, 48), (0, 1)), half)])

    bricks = np.random.default_rng(0).uniform(0.4, 0.5, (64, 96, 1)).astype("float32")
    bricks[::16, :] = bricks[:, ::24] = 1.0  # mortar, at the border too
    assert (ratios(bricks) > 5).all()
    moved = seams.with_ordinary_border(bricks)
    assert (ratios(moved) > 0.8).all() and (ratios(moved) < 1.25).all()
    assert moved.dtype == bricks.dtype
    rolls = [np.roll(moved, (row, column), (0, 1)) for row in range(64) for column in range(96)]
    assert sum(np.array_equal(each, bricks) for each in rolls) == 1  # the same picture, from elsewhere on
    flat = np.ones((8, 8, 3), "float32")
    assert np.array_equal(seams.with_ordinary_border(flat), flat)


def test_a_tile_is_painted_and_moved(gan):
    picture = tiling.paint(gan, tiling.draw_canvas(gan, 48, 64, seed=3))
    assert np.array_equal(tiling.tile(gan, 48, 64, seed=3), seams.with_ordinary_border(picture))
    open_canvas = tiling.draw_canvas(gan, 48, 64, seed=3, seamless=False)
    assert np.array_equal(tiling.tile(gan, 48, 64, 3, seamless=False), tiling.paint(gan, open_canvas, 48, 64))


@pytest.mark.slow
def test_state_and_settings_come_back(gan, tmp_path):
    gan.save(tmp_path / "texture.keras")
    again = keras.models.load_model(tmp_path / "texture.keras")
    assert again.get_config() == gan.get_config()
    assert np.array_equal(tiling.tile(again, 32, 32), tiling.tile(gan, 32, 32))


@pytest.mark.slow
def test_levels_follow_the_data():
    import ganzoo

    crops = ganzoo.data.Crops(np.random.default_rng(0).integers(100, 151, (64, 64, 1)).astype("uint8"), (32, 32))
    found = ganzoo.TextureGAN.settings_for(crops)["levels"]
    assert found == pytest.approx((100 / 255, 150 / 255), abs=1e-3)
    gan = make_gan("TextureGAN", levels=found)
    picture = tiling.tile(gan, 32, 32)
    assert picture.min() >= found[0] - 1e-6 and picture.max() <= found[1] + 1e-6
    assert gan.to_value_range(np.full((1, 1, 1, 1), 255, "uint8")).numpy().item() == pytest.approx(gan.value_range[1])
    with pytest.raises(InputError, match="levels must be"):
        ganzoo.TextureGAN(levels=(0.5, 0.5))


@pytest.mark.slow
def test_colors_of_16_bits_have_an_estimated_height(tmp_path):
    model = make_gan("TextureGAN", depth=16, image_shape=(32, 32, 3))
    written = result.write_texture(tmp_path, model, np.random.default_rng(0).random((32, 32, 3)), engine="godot")
    assert json.loads(written["material.json"].read_text())["height"] == "estimated from a picture"

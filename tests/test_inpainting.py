"""Inpainting: masks, partial convolutions against their definition, and what the models do with holes."""

import keras
import numpy as np
import pytest
from conftest import make_gan
from keras import ops
from PIL import Image

import ganzoo
from ganzoo import backend
from ganzoo.commands.inpaint import window_around
from ganzoo.commands.main import main as ganzoo_main
from ganzoo.core.state import get_state
from ganzoo.data.masks import KINDS, Mask
from ganzoo.errors import InputError
from ganzoo.evaluation.inpainting import complete, context_weights, measure_holes, poisson_blend
from ganzoo.inpainting import compose
from ganzoo.layers import PartialConv2D
from ganzoo.models.partial_conv import variation

NAMES = ("ContextEncoder", "PartialConvNet")


@pytest.mark.parametrize("kind", KINDS)
def test_masks_are_functions_of_a_seed(kind):
    mask = Mask(24, 32, kind)
    one, again = (np.asarray(mask.draw((6,), (1, 2))) for _ in range(2))
    assert one.shape == (6, 24, 32, 1)
    assert one.dtype == np.int32
    assert set(np.unique(one)) == {0, 1}
    np.testing.assert_array_equal(one, again)
    shares = np.concatenate([one, np.asarray(mask.draw((60,), (3, 4)))]).mean(axis=(1, 2, 3))
    assert 0.03 < shares.min() <= shares.max() < 0.6
    if kind == "center":
        assert shares.min() == shares.max() == 0.25
        assert one[0, 6:18, 8:24].all()
    else:
        assert len({each.tobytes() for each in one}) == 6
        covered = np.asarray(mask.draw((60,), (3, 4))).any(axis=(0, 3))
        assert covered.mean() > 0.9
        assert all(edge.any() for edge in (covered[0], covered[-1], covered[:, 0], covered[:, -1]))


def test_mask_of_one_sample_depends_on_its_own_seed():
    mask = Mask(8, 8, "random")
    one, more, other = mask.draw_many(2, 5), mask.draw_many(4, 5), mask.draw_many(4, 6)
    np.testing.assert_array_equal(one, more[:2])
    assert not np.array_equal(more, other)


def test_mask_refuses_what_is_none():
    mask = Mask(8, 6)
    for good in (np.ones((8, 6)), np.zeros((8, 6, 1)), np.ones((2, 8, 6)), np.ones((3, 8, 6, 1))):
        assert mask.check("masks", good.astype("uint8"), 4).shape == (4, 8, 6, 1)
    values = (np.full((8, 6), value) for value in (2, -1, 0.5))
    for wrong in (np.ones((6, 8), int), *values, np.ones((0, 8, 6, 1), int)):
        with pytest.raises(InputError, match=r"masks must be integers \(N, 8, 6, 1\), 1 where a pixel is missing"):
            mask.check("masks", wrong, 1)
    with pytest.raises(InputError, match="Did you mean 'brush'"):
        Mask(8, 8, "brushes")


def partial_by_definition(parts, kernel, bias, stride):
    """Liu et al., eq. 1 and 2, window by window; parts: [(features (H, W, C), mask (H, W, 1))], all float64."""
    features = np.concatenate([each for each, _ in parts], axis=-1)
    masks = np.concatenate([np.broadcast_to(mask, each.shape) for each, mask in parts], axis=-1)
    k, (height, width, _) = kernel.shape[0], features.shape
    sides = [-(-side // stride) for side in (height, width)]
    before = [max(0, (out - 1) * stride + k - side) // 2 for out, side in zip(sides, (height, width), strict=True)]
    made, known = np.zeros((*sides, kernel.shape[-1])), np.zeros((*sides, 1))
    for row in range(sides[0]):
        for column in range(sides[1]):
            total, count = np.zeros(kernel.shape[-1]), 0.0
            for a in range(k):
                for b in range(k):
                    y, x = row * stride + a - before[0], column * stride + b - before[1]
                    if 0 <= y < height and 0 <= x < width:
                        total += (features[y, x] * masks[y, x]) @ kernel[a, b]
                        count += masks[y, x].sum()
            if count:
                made[row, column] = total * kernel[..., 0].size / count + bias
                known[row, column] = 1
    return made, known


@pytest.mark.parametrize(("channels", "size", "stride"), [((3,), 3, 1), ((2,), 5, 2), ((2, 1), 3, 1), ((1, 3), 3, 2)])
def test_partial_convolution_is_its_definition(channels, size, stride):
    rng = np.random.default_rng(0)
    parts = [(rng.normal(size=(7, 6, c)), (rng.random((7, 6, 1)) < 0.2).astype("float64")) for c in channels]
    parts[0][1][:4] = 0  # a window without a known pixel
    layer = PartialConv2D(4, size, strides=stride, dtype="float64")
    made, known = layer([each[None] for part in parts for each in part])
    layer.bias.assign(rng.normal(size=4))
    made, known = layer([each[None] for part in parts for each in part])
    expected, mask = partial_by_definition(parts, np.asarray(layer.kernel), np.asarray(layer.bias), stride)
    np.testing.assert_allclose(made[0], expected, rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(known[0], mask)
    shapes = [keras.KerasTensor((None, *each.shape)) for part in parts for each in part]
    assert [each.shape[1:] for each in layer(shapes)] == [made.shape[1:], known.shape[1:]]


def test_partial_convolution_without_holes_is_a_convolution_inside():
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")
    layer, plain = PartialConv2D(4, 3), keras.layers.Conv2D(4, 3, padding="same")
    made, known = layer([x, np.ones((2, 8, 8, 1), "float32")])
    plain.build(x.shape)
    plain.set_weights(layer.get_weights())
    np.testing.assert_allclose(made[:, 1:-1, 1:-1], plain(x)[:, 1:-1, 1:-1], rtol=1e-4, atol=1e-5)
    assert np.asarray(known).all()


def test_partial_convolution_sees_no_missing_pixel():
    rng = np.random.default_rng(0)
    x, mask = rng.normal(size=(1, 8, 8, 2)).astype("float32"), (rng.random((1, 8, 8, 1)) < 0.5).astype("float32")
    layer = PartialConv2D(4, 3)
    np.testing.assert_array_equal(layer([x, mask])[0], layer([np.where(mask == 1, x, 100), mask])[0])


def test_partial_convolution_needs_masks():
    with pytest.raises(InputError, match=r"PartialConv2D takes a list \[features, mask"):
        PartialConv2D(4, 3)([np.ones((1, 4, 4, 2), "float32")])


def test_total_variation_counts_neighbors_of_holes():
    images = np.zeros((1, 4, 4, 1), "float32")
    images[0, 1, 1] = 1
    missing = np.zeros((1, 4, 4, 1), "float32")
    assert float(variation(images, missing)[0]) == 0
    missing[0, 1, 1] = 1
    assert float(variation(images, missing)[0]) == 4 / 16
    missing[0, 1, 1], missing[0, 0, 1] = 0, 1
    assert float(variation(images, missing)[0]) == 1 / 16


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_known_pixels_stay_and_missing_ones_are_not_seen(name, stripes):
    model = make_gan(name)
    model.train_on_batch(stripes[:8])
    masks = Mask(8, 8, "brush").draw_many(8, 3)
    made = model.sample(images=stripes[:8], masks=masks)
    known = masks == 0
    np.testing.assert_array_equal(made[known], stripes[:8][known])
    painted = np.where(known, stripes[:8], 255 - stripes[:8])
    np.testing.assert_array_equal(made, model.sample(images=painted, masks=masks))
    assert not np.array_equal(made, stripes[:8])
    columns = model.translations({"images": stripes[:8]}, seed=3)
    assert [each.shape for each in columns] == [(8, 8, 8, 1)] * 3
    np.testing.assert_array_equal(columns[0], stripes[:8])
    assert model.preview({"images": stripes[:8]}).ndim == 3


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_training_fills_stripes(name, stripes):
    """Half of a bright column in the middle of nothing: what is missing is known from what is left of it."""
    model = make_gan(name, networks=type(make_gan(name).networks)(width=16), learning_rate=2e-3)
    masks = Mask(8, 8, "center").draw_many(60)
    hole = np.broadcast_to(masks == 1, stripes.shape)

    def error():
        return np.abs(model.sample(images=stripes, masks=masks)[hole].astype(float) - stripes[hole]).mean()

    gray = np.abs(stripes[hole] - stripes[hole].mean()).mean()
    model.train(stripes, steps=400, batch_size=16, verbose=False)
    assert error() < 0.5 * gray


@pytest.mark.slow
def test_losses_of_the_context_encoder_are_the_papers(stripes):
    model = make_gan("ContextEncoder", reconstruction_weight=2.0, adversarial_weight=0.5)
    images = model.to_value_range(ops.convert_to_tensor(stripes[:4]))
    masks = model.draw_masks(images, model.step_seed(0))
    made = model.forward("generator", lambda: model.fill(images, masks, training=True)).outputs
    hole = np.broadcast_to(np.asarray(masks) == 1, images.shape)
    squares = [np.square(np.asarray(made - images)[i][hole[i]]).mean() for i in range(4)]
    before = get_state(model)
    real, fake = (np.asarray(model.discriminate(each)) for each in (images, compose(images, made, masks)))
    logs = model.play_step({"images": ops.convert_to_tensor(stripes[:4])})
    told = np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean()
    assert float(logs["discriminator_loss"]) == pytest.approx(told, rel=1e-3)
    assert float(logs["reconstruction_loss"]) == pytest.approx(2 * np.mean(squares), rel=1e-4)
    judged = np.asarray(model.discriminate(compose(images, made, masks)))  # by the updated discriminator
    assert float(logs["generator_loss"]) == pytest.approx(0.5 * np.logaddexp(0, -judged).mean(), rel=1e-3)
    assert any(not np.array_equal(before[key], values) for key, values in get_state(model).items())


@pytest.mark.slow
def test_losses_of_partial_convolutions_are_the_papers(stripes):
    model = make_gan("PartialConvNet")
    images = model.to_value_range(ops.convert_to_tensor(stripes[:4]))
    masks = np.asarray(model.draw_masks(images, model.step_seed(0)))
    made = np.asarray(model.fill(images, ops.convert_to_tensor(masks), training=True))
    distance = np.abs(made - np.asarray(images))
    logs = model.play_step({"images": ops.convert_to_tensor(stripes[:4])})
    assert float(logs["hole_loss"]) == pytest.approx(6 * (masks * distance).mean(), rel=1e-4)
    assert float(logs["valid_loss"]) == pytest.approx(((1 - masks) * distance).mean(), rel=1e-4)
    total = 0.1 * np.asarray(variation(compose(images, made, masks), masks.astype("float32"))).mean()
    assert float(logs["variation_loss"]) == pytest.approx(total, rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "expected"),
    [("ContextEncoder", {"discriminator": 168_033, "generator": 319_299}), ("PartialConvNet", {"generator": 401_364})],
)
def test_size_of_the_default_networks(name, expected):
    model = getattr(ganzoo, name)()
    assert {key: each.networks[key].count_params() for key, each in model.players.items()} == expected


@pytest.mark.slow
def test_holes_shrink_from_layer_to_layer():
    model = make_gan("PartialConvNet", image_shape=(16, 16, 1))
    known = [each.output[1] for each in model.generator.layers if isinstance(each, PartialConv2D)]
    shares = keras.Model(model.generator.inputs, known)
    masks = Mask(16, 16, "center").draw_many(1)
    found = [float(ops.mean(each)) for each in shares([np.zeros((1, 16, 16, 1), "float32"), masks])]
    assert found == sorted(found)
    assert found[0] > 0.75
    assert found[-1] == 1.0


def test_a_mask_for_every_image_of_a_batch_is_drawn_in_the_graph():
    draw = backend.jit(lambda images, seed: Mask(8, 8).draw((ops.shape(images)[0],), seed))
    made = np.asarray(draw(ops.zeros((5, 8, 8, 1)), ops.convert_to_tensor([0, 1])))
    assert made.shape == (5, 8, 8, 1)
    np.testing.assert_array_equal(made, Mask(8, 8).draw((5,), (0, 1)))


def test_weights_are_the_share_of_missing_neighbors():
    masks = np.zeros((1, 5, 7, 1), int)
    masks[0, 2, 2:4] = 1
    found = context_weights(masks, 3)[0, ..., 0]
    expected = np.zeros((5, 7))
    for row in range(5):
        for column in range(7):
            window = masks[0, max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
            expected[row, column] = 0 if masks[0, row, column] else window.mean()
    np.testing.assert_allclose(found, expected, atol=1e-7)
    assert found.max() > 0.1


def test_poisson_blending_solves_its_equations():
    rng = np.random.default_rng(0)
    masks = (rng.random((2, 9, 8, 1)) < 0.4).astype(int)
    images, generated = (rng.integers(100, 150, (2, 9, 8, 3)).astype("uint8") for _ in range(2))
    found = poisson_blend(images, generated, masks)
    np.testing.assert_array_equal(np.where(masks == 1, 0, found), np.where(masks == 1, 0, images))
    values, made = found.astype(float), generated.astype(float)
    for n, row, column in np.argwhere(masks[..., 0] == 1):
        near = [(row + a, column + b) for a, b in ((0, 1), (0, -1), (1, 0), (-1, 0))]
        near = [(r, c) for r, c in near if 0 <= r < 9 and 0 <= c < 8]
        left = sum(values[n, row, column] - values[n][each] for each in near)
        right = sum(made[n, row, column] - made[n][each] for each in near)
        assert np.abs(left - right).max() <= 4.1  # of rounding to whole levels


def test_poisson_blending_takes_a_shift_of_color_away():
    rows, columns = np.mgrid[:8, :8]
    image = (60 + 10 * rows + 5 * columns)[None, ..., None].astype("uint8")
    masks = Mask(8, 8, "center").draw_many(1)
    np.testing.assert_array_equal(poisson_blend(image, image + 40, masks), image)
    np.testing.assert_array_equal(poisson_blend(image, image + 40, 0 * masks), image)


def test_measures_of_holes():
    truth, masks = np.full((1, 4, 4, 1), 100, "uint8"), np.zeros((1, 4, 4, 1), int)
    truth[0, :, 2:] = 151
    masks[0, :, 2:] = 1
    same = measure_holes(truth, truth, masks)
    assert (same["l1"], same["psnr"], same["seam"]) == (0, 120, 1)
    worse = measure_holes(truth, np.where(masks == 1, truth + 51, truth), masks)
    assert worse["l1"] == pytest.approx(0.2)
    assert worse["psnr"] == pytest.approx(-20 * np.log10(0.2))
    assert worse["seam"] == pytest.approx(2)
    known = measure_holes(truth, np.where(masks == 0, truth + 51, truth), masks)
    assert (known["l1"], known["seam"]) == (0, 0)


@pytest.mark.slow
def test_completion_keeps_known_pixels_and_uses_them_alone():
    gan = make_gan("GAN")
    for variable in gan.generator.trainable_variables:
        variable.assign(3 * variable)
    truth, masks = gan.sample(3, seed=5), Mask(8, 8, "center").draw_many(3)
    how = {"starts": 10, "steps": 200, "learning_rate": 0.05, "window": 9}
    found = complete(gan, truth, masks, **how)
    known = masks == 0
    np.testing.assert_array_equal(found["images"][known], truth[known])
    painted = np.where(known, truth, 255 - truth)
    np.testing.assert_array_equal(complete(gan, painted, masks, **how)["images"], found["images"])
    plain = complete(gan, truth, masks, blending=False, **how)
    np.testing.assert_array_equal(plain["images"][~known], found["generated"][~known])
    error = measure_holes(truth, found["images"], masks)["l1"]
    other = measure_holes(truth, poisson_blend(truth, gan.sample(3, seed=6), masks), masks)["l1"]
    assert error < 0.5 * other
    prior = complete(gan, truth, masks, prior=0.0, **how)["losses"]
    assert not np.allclose(prior, found["losses"], rtol=1e-6)


def test_completion_refuses_what_does_not_fit():
    gan, mask = make_gan("GAN"), Mask(8, 8, "center").draw_many(2)
    images = gan.sample(2)
    for masks in (mask[:1], mask[:, :4], 2 * mask, mask.astype("float32")):
        with pytest.raises(InputError, match=r"masks must be integers \(2, 8, 8, 1\)"):
            complete(gan, images, masks)
    with pytest.raises(InputError, match="a mask must leave a known pixel"):
        complete(gan, images, np.ones_like(mask))
    with pytest.raises(InputError, match="prior must be a number of at least 0"):
        complete(gan, images, mask, prior=-1.0)


@pytest.mark.parametrize(
    ("hole", "expected"),
    [
        ((slice(10, 12), slice(20, 22)), (slice(7, 15), slice(17, 25))),  # as large as the model's images
        ((slice(10, 20), slice(20, 24)), (slice(5, 25), slice(12, 32))),  # twice as high as the hole
        ((slice(0, 4), slice(0, 4)), (slice(0, 8), slice(0, 8))),  # in a corner
        ((slice(0, 40), slice(0, 2)), (slice(0, 40), slice(0, 60))),  # no room
    ],
)
def test_window_around_a_hole(hole, expected):
    mask = np.zeros((40, 60), bool)
    mask[hole] = True
    assert window_around(mask, (8, 8, 1)) == expected


def paint(path, pixels):
    Image.fromarray(pixels).save(path)
    return path


@pytest.mark.slow
def test_inpaint_command(tmp_path, stripes, capfd, monkeypatch):
    data = ganzoo.data.ImageDataset(stripes)
    for name in ("ContextEncoder", "GAN"):
        make_gan(name).train(data, steps=1, batch_size=8, run_dir=tmp_path / name, verbose=False)
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (20, 30), dtype="uint8")
    hole = np.zeros((20, 30), bool)
    hole[4:8, 5:12] = True
    photo, mask = paint(tmp_path / "photo.png", picture), paint(tmp_path / "mask.png", (hole * 255).astype("uint8"))

    def inpaint(name, *words):
        capfd.readouterr()
        status = 0
        try:
            ganzoo_main(["ganzoo", "inpaint", f"--run_dir={tmp_path / name}", *words])
        except SystemExit as end:
            status = end.code
        return status, *capfd.readouterr()

    given = (f"--image={photo}", f"--mask={mask}")
    for name, words in (("ContextEncoder", ()), ("ContextEncoder", ("--blending",)), ("GAN", ("--starts=2", "--steps=3"))):
        status, said, errors = inpaint(name, *given, *words)
        assert (status, errors) == (0, "")
        assert "28 pixels filled in" in said
        made = np.asarray(Image.open(tmp_path / "photo_inpainted.png"))
        np.testing.assert_array_equal(made[~hole], picture[~hole])
        assert not np.array_equal(made[hole], picture[hole])
    small, black, white = (
        paint(tmp_path / f"{key}.png", np.full(shape, value, "uint8"))
        for key, shape, value in (("small", (20, 29), 255), ("black", (20, 30), 0), ("white", (20, 30), 255))
    )
    for words, message in (
        ((f"--image={photo}",), "needs --image and --mask"),
        ((f"--image={photo}", f"--mask={small}"), "as large as --image, 30x20 pixels. Received: a mask of 29x20"),
        ((f"--image={photo}", f"--mask={black}"), "must be white where"),
        ((f"--image={photo}", f"--mask={white}"), "must leave some of the picture"),
        ((f"--image={photo}", f"--mask={tmp_path / 'none.png'}"), "does not exist"),
    ):
        status, _, errors = inpaint("ContextEncoder", *words)
        assert status == 2
        assert message in errors


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_windows_without_a_known_pixel_are_zero_in_half_precision_too(policy):
    layer = PartialConv2D(3, 7, dtype=policy)
    mask = np.ones((1, 16, 16, 1), "float32")
    mask[:, 3:13, 3:13] = 0
    features, known = (np.asarray(each, "float32") for each in layer([np.ones((1, 16, 16, 2), "float32"), mask]))
    assert np.isfinite(features).all() and known[0, 8, 8, 0] == 0 and (features[0, 8, 8] == 0).all()
    assert known[0, 4, 4, 0] == 1

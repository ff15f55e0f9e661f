"""Inpainting: masks, partial convolutions against their definition, and what the models do with holes."""

import keras
import numpy as np
import pytest
from conftest import make_gan
from keras import ops

import ganzoo
from ganzoo import backend
from ganzoo.core.state import get_state
from ganzoo.data.masks import KINDS, Mask
from ganzoo.errors import InputError
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
    logs = model.play_step({"images": ops.convert_to_tensor(stripes[:4])})
    assert float(logs["reconstruction_loss"]) == pytest.approx(2 * np.mean(squares), rel=1e-4)
    judged = np.asarray(model.judge(compose(images, made, masks)))  # by the discriminator after its update, as in the step
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
@pytest.mark.parametrize(("name", "parameters"), [("ContextEncoder", (168_033, 319_299)), ("PartialConvNet", (None, None))])
def test_size_of_the_default_networks(name, parameters):
    model = getattr(ganzoo, name)()
    assert {key: each.networks[key].count_params() for key, each in model.players.items()} == dict(
        zip(("discriminator", "generator"), parameters, strict=True)
    )


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

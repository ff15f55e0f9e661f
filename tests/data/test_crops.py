import collections

import numpy as np
import pytest
from conftest import make_tiny
from PIL import Image

import ganzoo
from ganzoo.commands import sources
from ganzoo.commands.arguments import SYMMETRIES
from ganzoo.commands.flags import parse
from ganzoo.core.validation import check_pixels
from ganzoo.data import (
    Crops,
    ImageDataset,
    as_dataset,
    from_folder,
    from_npz,
    from_picture,
    load,
    load_pair,
    load_test,
    photographs,
)
from ganzoo.data import crops as crops_module
from ganzoo.data.resize import resize_pixels
from ganzoo.errors import InputError
from ganzoo.registry import RECIPES
from ganzoo.training.runs import RunDirectory


def numbered(rows, columns, dtype=np.uint16, first=0):
    """A picture whose pixel (r, c) is first + columns * r + c, so that every crop tells where it is from."""
    return (first + np.arange(rows * columns)).astype(dtype).reshape(rows, columns)


def origins(crops, columns):
    """Return (row, column) of each crop's first pixel."""
    return np.stack(divmod(crops[:, 0, 0, 0].astype(int), columns), axis=1)


def test_batches_are_a_function_of_seed_and_step():
    crops = Crops([numbered(20, 30), numbered(9, 9)], (8, 6))
    whole = [each["images"].numpy() for each in crops.batches(4, seed=3, batches_per_step=2).take(5)]
    assert whole[0].shape == (2, 4, 8, 6, 1)
    assert whole[0].dtype == np.uint16
    later = [each["images"].numpy() for each in crops.batches(4, seed=3, start_step=3, batches_per_step=2).take(2)]
    assert np.array_equal(whole[3:], later)
    # Two steps in one element are the same steps.
    joined = next(iter(crops.batches(4, seed=3, batches_per_step=4)))["images"].numpy()
    assert np.array_equal(joined.reshape(-1, 8, 6, 1), np.reshape(whole[:2], (-1, 8, 6, 1)))
    other = next(iter(crops.batches(4, seed=4, batches_per_step=2)))["images"].numpy()
    assert not np.array_equal(whole[0], other)
    assert not np.array_equal(whole[0].reshape(-1, 8, 6, 1), crops.images(8, seed=3))


def test_draws_are_these_on_every_machine():
    crops = Crops([numbered(100, 100)], (10, 10), "rotate")
    first = next(iter(crops.batches(4, seed=1)))["images"].numpy()
    assert first[0, :, 0, 0, 0].tolist() == [8726, 7289, 2731, 2501]


def test_crops_are_windows_of_the_pictures():
    picture = np.random.default_rng(0).integers(256, size=(40, 50, 3), dtype=np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(picture, (8, 12), axis=(0, 1)).transpose(0, 1, 3, 4, 2)
    known = {window.tobytes() for window in windows.reshape(-1, 8, 12, 3)}
    found = Crops([picture], (8, 12)).images(50)
    assert {crop.tobytes() for crop in found} <= known


def test_every_position_is_as_likely():
    # 6 x 5 positions in the first picture, 2 x 3 in the second: a crop is drawn from each of the 36 as often.
    crops = Crops([numbered(8, 7), numbered(4, 5, first=1000)], (3, 3))
    assert len(crops) == 36
    found = crops.images(18_000)[:, 0, 0, 0]
    values, counts = np.unique(found, return_counts=True)
    assert len(values) == 36
    # Chi square with 35 degrees of freedom: 66.6 is passed with probability 0.001.
    assert ((counts - 500) ** 2 / 500).sum() < 66.6


def test_symmetries_are_equally_frequent():
    picture = numbered(4, 4)
    forms = {
        "none": {picture.tobytes()},
        "flip": {picture.tobytes(), np.ascontiguousarray(picture[:, ::-1]).tobytes()},
        "rotate": {np.ascontiguousarray(np.rot90(p, k)).tobytes() for p in (picture, picture[:, ::-1]) for k in range(4)},
    }
    for symmetry, known in forms.items():
        found = Crops([picture], (4, 4), symmetry).images(4000)
        counts = collections.Counter(each.tobytes() for each in found)
        assert set(counts) == known
        assert min(counts.values()) > 0.85 * 4000 / len(known)


def test_scale_jitter_changes_the_size_of_windows():
    # On a ramp of slope 40 a column, the slope inside a crop tells the window's scale.
    ramp = np.broadcast_to(np.arange(200, dtype=np.uint16) * 40, (200, 200))
    found = Crops([ramp], (40, 40), scale_jitter=0.5).images(300)[:, 20, :, 0].astype(float)
    scales = (found[:, 30] - found[:, 10]) / 20 / 40
    assert 1 / 1.5 - 0.03 < scales.min() < 0.7
    assert 1.4 < scales.max() < 1.5 + 0.03
    assert abs(np.log(scales).mean()) < 0.05  # log s is uniform
    small = Crops([ramp[:42, :41]], (40, 40), scale_jitter=3.0)  # no window is larger than its picture
    assert small.images(50).shape == (50, 40, 40, 1)


def test_pictures_are_held_once():
    picture = np.zeros((64, 64, 3), np.uint8)
    crops = Crops([picture], (32, 32))
    train, test = crops.split(0.5)
    for each in (crops, train, test):
        assert np.shares_memory(each.pictures[0], picture)
    assert not crops.pictures[0].flags.writeable
    assert picture.flags.writeable


def test_parts_share_no_pixel():
    pictures = [numbered(20, 40), numbered(20, 20, first=1000)]
    crops = Crops(pictures, (8, 8), "rotate", scale_jitter=0.5)
    train, test = crops.split(0.25)
    assert [each.shape[1] for each in train.pictures] == [30, 12]  # a quarter of 20 is less than a crop
    assert [each.shape[1] for each in test.pictures] == [10, 8]
    train, test = (Crops(part.pictures, (8, 8)) for part in (train, test))
    assert not set(train.images(2000).ravel()) & set(test.images(2000).ravel())
    assert len({each.fingerprint for each in (crops, train, test)}) == 3
    assert Crops([numbered(20, 40)], (8, 8)).split(0.9)[0].pictures[0].shape[1] == 8
    for share in (0, 1, 1.5, True, "half"):
        with pytest.raises(InputError, match="held_out must be a share between 0 and 1"):
            crops.split(share)
    with pytest.raises(InputError, match="as wide as two crops of 12 pixels. Received: a picture of 20x20 pixels"):
        Crops(pictures, (8, 12)).split()


def test_interface_of_a_data_set():
    crops = Crops([numbered(70, 80, np.uint8)], (64, 64), name="dots")
    assert as_dataset(crops) is crops
    assert crops.specs["images"].shape == crops.image_shape == (64, 64, 1)
    assert crops.arrays["images"].shape == (2048, 64, 64, 1)
    fixed = crops.sampled(100)
    assert isinstance(fixed, ImageDataset)
    assert np.array_equal(fixed.images, crops.images(100))
    assert np.array_equal(crops.images(100)[:10], crops.images(10))
    with pytest.raises(InputError, match="dots has no labels"):
        crops.batches(4, names=["images", "labels"])


def test_fingerprint_is_of_pictures_and_settings():
    picture = numbered(20, 20)
    base = Crops([picture], (8, 8))
    assert base.fingerprint == Crops([picture.copy()], (8, 8), name="other").fingerprint
    others = [
        Crops([picture], (8, 9)),
        Crops([picture], (8, 8), "flip"),
        Crops([picture], (8, 8), scale_jitter=0.1),
        Crops([picture + 1], (8, 8)),
        Crops([picture.reshape(10, 40)], (8, 8)),
        Crops([(picture % 256).astype(np.uint8)], (8, 8)),
    ]
    assert len({each.fingerprint for each in [base, *others]}) == 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": (65, 64)}, "80x64 pixels are smaller than a crop of 64x65"),
        ({"size": 64}, "must be a pair"),
        ({"symmetry": "mirror"}, "symmetry must be one of none, flip, rotate.*Received: symmetry='mirror'"),
        ({"symmetry": "rotate", "size": (32, 40)}, "must be square"),
        ({"scale_jitter": -0.1}, "scale_jitter must be a number from 0 to 3"),
        ({"scale_jitter": True}, "scale_jitter must be"),
        ({"pictures": []}, "there are no pictures"),
        ({"pictures": [np.zeros((64, 64), np.float32)]}, "uint8 or uint16 arrays.*dtype=float32"),
        ({"pictures": [np.zeros((64, 64, 2), np.uint8)]}, r"shape=\(64, 64, 2\)"),
        ({"pictures": [np.zeros((64, 64), np.uint8), np.zeros((64, 64), np.uint16)]}, "must be alike.*uint8.*uint16"),
        ({"pictures": [np.zeros((64, 64), np.uint8), np.zeros((64, 64, 3), np.uint8)]}, "1 channels and uint8 of 3"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        Crops(**{"pictures": [np.zeros((64, 80), np.uint8)]} | arguments)


def test_bad_seeds_are_refused():
    crops = Crops(np.zeros((64, 64), np.uint8))
    for seed in (-1, 2**63, 0.5):
        for call in (lambda seed: crops.batches(1, seed), lambda seed: crops.images(1, seed)):
            with pytest.raises(InputError, match="seed must be"):
                call(seed)


def test_resizing_keeps_type_and_range():
    edge = np.zeros((8, 8, 4), np.uint16)
    edge[:, 4:] = 65535
    made = resize_pixels(edge, (16, 16))
    assert made.dtype == np.uint16
    assert (made.min(), made.max()) == (0, 65535)  # the filter overshoots
    assert np.array_equal(resize_pixels((edge // 257).astype(np.uint8), (8, 8)), edge // 257)


def test_a_picture_comes_as_array_or_file(tmp_path):
    pixels = np.random.default_rng(0).integers(256, size=(70, 90, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    from_file, from_array = from_picture(tmp_path / "photo.png"), from_picture(pixels)
    assert from_file.name == "photo.png"
    assert from_file.fingerprint == from_array.fingerprint
    for loaded in (
        load(data=tmp_path / "photo.png", image_size=(64, 64)),
        load(str(tmp_path / "photo.png"), image_size=(64, 64)),
    ):
        assert loaded.fingerprint == from_array.fingerprint
    assert load(data=tmp_path / "photo.png").image_shape == (32, 32, 3)
    assert load_test(data=tmp_path / "photo.png") is None
    with pytest.raises(InputError, match="90x70 pixels are smaller than a crop of 64x71"):
        from_picture(tmp_path / "photo.png", (71, 64))
    with pytest.raises(InputError, match="is a folder; expected an image file"):
        from_picture(tmp_path)


def test_folders_are_cropped_where_pictures_are_larger(tmp_path):
    Image.new("L", (50, 40), 9).save(tmp_path / "a.png")
    Image.new("RGB", (60, 60), (1, 2, 3)).save(tmp_path / "b.png")
    Image.new("RGB", (20, 60), (1, 2, 3)).save(tmp_path / "c.png")
    crops = from_folder(tmp_path, (32, 32), crops=True, symmetry="flip")
    assert isinstance(crops, Crops)
    assert (len(crops.pictures), crops.image_shape, crops.symmetry) == (2, (32, 32, 3), "flip")
    assert crops.skipped == ("c.png: 20x60 pixels are smaller than a crop of 32x32 (width x height)",)
    assert isinstance(load(data=tmp_path, crops=None), Crops)
    assert isinstance(load(data=tmp_path, crops=None, image_size=(45, 45)), ImageDataset)
    assert isinstance(load(data=tmp_path), ImageDataset)
    with pytest.raises(InputError, match=r"no usable image, 3 skipped.\n.*50x40 pixels are smaller than a crop of 70x70"):
        from_folder(tmp_path, (70, 70), crops=True)


def test_folders_beyond_memory_are_refused(tmp_path, monkeypatch):
    for name in "abc":
        Image.new("L", (50, 40)).save(tmp_path / f"{name}.png")
    monkeypatch.setattr("ganzoo.data.folder._MOST_BYTES", 4000)
    with pytest.raises(InputError, match="must fit in memory.*after 2 of 3"):
        from_folder(tmp_path, crops=True)


def test_archives_and_photographs_give_crops(tmp_path):
    np.savez(tmp_path / "mine.npz", images=np.zeros((3, 40, 50, 3), np.uint8))
    assert repr(load(data=tmp_path / "mine.npz", crops=True)).startswith("Crops(name='mine', pictures=3, positions=513,")
    assert load(data=tmp_path / "mine.npz", crops=None).fingerprint == from_npz(tmp_path / "mine.npz").fingerprint
    for name in photographs.NAMES:
        picture = photographs.picture(name)
        assert (picture.shape, picture.dtype) == ((512, 512, 1), np.uint8)
        assert load(name, image_size=(64, 64), crops=True).fingerprint == Crops([picture], (64, 64)).fingerprint
    assert photographs.picture("brick", 2, stretch=True).shape == (256, 256, 1)
    with pytest.raises(InputError, match="crops are cut from brick, grass, gravel, or from data"):
        load("digits", crops=True)
    with pytest.raises(InputError, match="scale must be at most 512"):
        photographs.picture("grass", 513)


def chosen(recipe, *words):
    return parse(sources.data_flags(RECIPES[recipe]), ["ganzoo", *words])


def test_flags_decide_what_is_cropped(tmp_path):
    assert SYMMETRIES == crops_module.SYMMETRIES
    recipe = RECIPES["wgan-textures"]
    Image.new("RGB", (80, 70)).save(tmp_path / "a.png")
    options = chosen("wgan-textures", f"--data={tmp_path}")
    found = sources.load(recipe, options)
    assert isinstance(found, Crops)
    assert (options.crops, found.symmetry, found.image_shape) == (True, "flip", (32, 32, 3))
    assert sources.load_test(recipe, options) is None
    options = chosen("wgan-textures", f"--data={tmp_path}", "--held_out=0.25", "--symmetry=rotate", "--scale_jitter=0.1")
    parts = sources.load(recipe, options), sources.load_test(recipe, options)
    assert [each.pictures[0].shape for each in parts] == [(70, 48, 3), (70, 32, 3)]
    assert all((each.symmetry, each.scale_jitter) == ("rotate", 0.1) for each in parts)
    for words in (["--nocrops"], ["--image_size=100"]):
        options = chosen("wgan-textures", f"--data={tmp_path}", *words)
        assert isinstance(sources.load(recipe, options), ImageDataset)
        assert options.crops is False
    assert isinstance(sources.load(recipe, chosen("wgan-textures", "--dataset=brick")), ImageDataset)
    assert isinstance(sources.load(recipe, chosen("wgan-textures", "--dataset=brick", "--crops")), Crops)
    assert isinstance(sources.load(RECIPES["dcgan"], chosen("dcgan", f"--data={tmp_path}")), ImageDataset)


def test_flags_of_crops_without_crops_are_refused(tmp_path):
    Image.new("RGB", (80, 70)).save(tmp_path / "a.png")
    for words, message in (
        (["--nocrops", "--symmetry=rotate"], "symmetry is about crops: give --crops too. Received: --symmetry=rotate"),
        (["--nocrops", "--held_out=0.5"], "held_out is about crops"),
        (["--crops", "--digit=3"], "crops have no labels. Received: --digit=3"),
        (["--alpha=seethrough"], "alpha must be keep, or a color"),
    ):
        with pytest.raises(InputError, match=message):
            sources.load(RECIPES["dcgan"], chosen("dcgan", f"--data={tmp_path}", *words))


def test_pairs_are_not_made_of_single_pictures(tmp_path):
    Image.new("RGB", (80, 70)).save(tmp_path / "a.png")
    with pytest.raises(InputError, match="folders or .npz files. Received: .*a.png, one picture"):
        load_pair(tmp_path / "a.png", tmp_path)


class SixteenBits(ganzoo.GAN):
    default_depth = 16


def test_models_of_sixteen_bits_take_sixteen_bits():
    gan = SixteenBits((8, 8, 1), latent=2)
    assert gan.examples["images"].dtype == "uint16"
    levels = np.array([0, 257, 65535], np.uint16)
    assert np.allclose(gan.to_value_range(levels), [-1, -1 + 2 / 255, 1])
    assert np.array_equal(gan.to_value_range(levels[:2]), gan.to_value_range(np.array([0, 1], np.uint8)))
    heights = Crops([numbered(40, 40)], (8, 8))
    gan.check_data(heights)
    gan.check_data(heights.sampled(10))
    with pytest.raises(InputError, match=r"uint16 from 0 to 65535.*Received: uint8; convert with x.astype\('uint16'\) \* 257"):
        gan.check_data(Crops([numbered(40, 40, np.uint8)], (8, 8)))
    with pytest.raises(InputError, match=r"uint8 from 0 to 255.*Received: uint16; convert with \(x // 257\)"):
        check_pixels("images", heights.images(2), (-1.0, 1.0))


def losses(gan, run_dir, data, steps, resume=False):
    every = {"checkpoint_every": 2, "sample_every": 10, "log_every": 1}
    return gan.train(data, steps, batch_size=4, run_dir=run_dir, resume=resume, verbose=False, **every)


@pytest.mark.slow
def test_training_on_crops_resumes_exactly(tmp_path):
    import keras

    picture = np.random.default_rng(0).integers(65536, size=(40, 60), dtype=np.uint16)

    def make(symmetry="rotate"):
        keras.utils.clear_session()
        return SixteenBits((8, 8, 1), latent=2), Crops([picture], (8, 8), symmetry, scale_jitter=0.2)

    gan, data = make()
    losses(gan, tmp_path / "whole", data, 6)
    gan, data = make()
    losses(gan, tmp_path / "parts", data, 4)
    gan, data = make()
    losses(gan, tmp_path / "parts", data, 6, resume=True)
    whole, parts = (RunDirectory(tmp_path / name).checkpoints.latest().arrays for name in ("whole", "parts"))
    assert whole.keys() == parts.keys()
    assert [name for name in whole if whole[name].tobytes() != parts[name].tobytes()] == []
    gan, data = make("flip")
    with pytest.raises(InputError, match="data_symmetry: 'rotate' -> 'flip'"):
        losses(gan, tmp_path / "parts", data, 8, resume=True)


@pytest.mark.slow
def test_streams_of_sixteen_bits_train_too():
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices(np.zeros((8, 8, 8, 1), np.uint16))
    history = SixteenBits((8, 8, 1), latent=2).train(data, steps=2, batch_size=4, log_every=1, verbose=False)
    assert len(history.epoch) == 2
    with pytest.raises(InputError, match="Received: uint16"):
        make_tiny().train(np.zeros((8, 8, 8, 1), np.uint16), steps=1, batch_size=4, verbose=False)

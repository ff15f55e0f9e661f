"""An exported generator works where ganzoo does not exist, and gives the same images there."""

import json

import numpy as np
import pytest
import tensorflow as tf
from conftest import batch_for, grown, make_gan, make_tiny, run_python

from ganzoo.core.inputs import Image
from ganzoo.errors import InputError

CLIENT = """
import sys, json, importlib.util
sys.modules["ganzoo"] = None
import numpy as np, tensorflow as tf
try:
    import ganzoo
    raise SystemExit("ganzoo can be imported")
except ImportError:
    pass
folder = sys.argv[1]
generator = tf.saved_model.load(folder)
served, seeded = generator.signatures["serving_default"], generator.signatures["from_seed"]
latents = np.load(folder + "/latents.npy")
one_by_one = np.concatenate([seeded(seeds=tf.constant([s]))["images"] for s in (5, 3, 9)])
np.savez(folder + "/out.npz", images=served(latents=tf.constant(latents))["images"],
         one=served(latents=tf.constant(latents[:1]))["images"],
         together=seeded(seeds=tf.constant([5, 3, 9]))["images"], one_by_one=one_by_one,
         reversed=seeded(seeds=tf.constant([9, 3, 5]))["images"], none=seeded(seeds=tf.zeros([0], tf.int32))["images"])
print(json.dumps([str(served.structured_input_signature[1]), str(seeded.structured_input_signature[1])]))
"""


AVERAGED = {"ema_half_life_images": 9.0}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options"), [("GAN", AVERAGED), ("WGAN", {})])
def test_process_without_ganzoo_makes_the_same_images(name, options, tmp_path, stripes):
    gan = make_gan(name, **options)
    gan.play_step({"images": stripes[:16]})
    folder = gan.export(tmp_path / "generator")
    latents = np.random.default_rng(0).normal(size=(7, 4)).astype("float32")
    np.save(tmp_path / "generator" / "latents.npy", latents)
    done = run_python("-c", CLIENT, folder, cwd=tmp_path, PYTHONPATH="")
    assert done.returncode == 0, done.stderr[-2000:]
    signatures = json.loads(done.stdout.splitlines()[-1])
    assert "latents" in signatures[0]
    assert "seeds" in signatures[1]
    out = np.load(tmp_path / "generator" / "out.npz")
    low, high = gan.value_range
    expected = np.clip((np.asarray(gan.generate({"latents": latents})) - low) / (high - low), 0, 1)
    assert out["images"].dtype == np.float32
    np.testing.assert_allclose(out["images"], expected, atol=1e-5)
    np.testing.assert_allclose(out["one"], expected[:1], atol=1e-5)
    assert out["together"].dtype == np.uint8
    assert out["together"].shape == (3, 8, 8, 1)
    assert out["none"].shape == (0, 8, 8, 1)
    np.testing.assert_array_equal(out["together"], out["one_by_one"])
    np.testing.assert_array_equal(out["together"], out["reversed"][::-1])
    ours = np.concatenate([gan.sample(1, seed) for seed in (5, 3, 9)])
    assert np.abs(out["together"].astype(int) - ours).max() <= 1
    assert len({image.tobytes() for image in out["together"]}) == 3


@pytest.mark.slow
def test_exporting_again_replaces_the_old_one(tmp_path):
    gan = make_tiny()
    assert gan.export(tmp_path / "generator") == gan.export(tmp_path / "generator")


@pytest.fixture(scope="module")
def conditional(tmp_path_factory):
    """A conditional GAN and its exported endpoints."""
    gan = make_gan("GAN", classes=10)
    return gan, tf.saved_model.load(gan.export(tmp_path_factory.mktemp("export") / "generator")).signatures


def test_conditional_export_has_inputs_of_its_own_and_agrees(conditional):
    gan, served = conditional
    assert set(served["serving_default"].structured_input_signature[1]) == {"latents", "labels"}
    chosen, latents = np.array([3, 1, 9], "int32"), np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    images = served["serving_default"](latents=tf.constant(latents), labels=tf.constant(chosen))["images"]
    expected = gan.render({"latents": latents, "labels": chosen})
    assert np.abs(np.rint(np.asarray(images) * 255) - expected).max() <= 1
    seeded = served["from_seed"](seeds=tf.constant([7, 8]), labels=tf.constant([2, 2]))["images"]
    ours = np.concatenate([gan.sample(1, seed, labels=[2]) for seed in (7, 8)])
    assert np.abs(np.asarray(seeded).astype(int) - ours).max() <= 1


def test_export_of_none_is_none(conditional):
    _, served = conditional
    none = tf.zeros([0], tf.int32)
    assert served["from_seed"](seeds=none, labels=none)["images"].shape == (0, 8, 8, 1)
    assert served["serving_default"](latents=tf.zeros([0, 4]), labels=none)["images"].shape == (0, 8, 8, 1)


@pytest.mark.parametrize("label", [10, -1])
def test_labels_beyond_the_classes_stop_the_call(label, conditional):
    _, served = conditional
    labels = tf.constant([1, label])
    for ask in (lambda: served["serving_default"](latents=tf.zeros([2, 4]), labels=labels),
                lambda: served["from_seed"](seeds=tf.constant([0, 1]), labels=labels)):  # fmt: skip
        with pytest.raises(tf.errors.InvalidArgumentError, match="labels must be from 0 to 9"):
            ask()


@pytest.mark.slow
def test_infogan_export_is_asked_with_codes(tmp_path):
    gan = make_gan("InfoGAN")
    served = tf.saved_model.load(gan.export(tmp_path / "generator")).signatures
    inputs = gan.draw_inputs(3, categories=[3, 1, 9])
    assert set(served["serving_default"].structured_input_signature[1]) == {"latents", "categories", "codes"}
    images = served["serving_default"](**{name: tf.constant(values) for name, values in inputs.items()})["images"]
    assert np.abs(np.rint(np.asarray(images) * 255) - gan.render(inputs)).max() <= 1


@pytest.mark.parametrize("name", ["generator", "ema_generator"])
def test_weights_that_are_nan_are_not_exported(name, tmp_path):
    gan = make_tiny(ema_half_life_images=9.0)
    kernel = getattr(gan, name).weights[0]
    kernel.assign(np.full(kernel.shape, np.nan))
    with pytest.raises(InputError, match=f"{name} at step 0 hold NaN or infinite weights"):
        gan.export(tmp_path / "generator")
    assert not (tmp_path / "generator").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options"), [("CycleGAN", {}), ("StackGAN", {}), ("GAN", {"ema_half_life_images": 50.0})])
def test_every_endpoint_makes_what_the_model_makes(name, options, tmp_path):
    """Beside `render`, which shares no code with what is exported: pixels in [0, 1] go in, and no more than a level differs."""
    model = grown(make_gan(name, **options))
    for _ in range(2):
        model.play_step(model.prepare(batch_for(model, 8)))
    served = tf.saved_model.load(model.export(tmp_path / "out")).signatures
    for endpoint, point in model.endpoints().items():
        pictures = {key: each for key, each in point.inputs.items() if isinstance(each, Image)}
        rng = np.random.default_rng(0)
        given = {key: rng.integers(0, 256, (3, *each.shape), dtype="uint8") for key, each in pictures.items()}
        drawn = model.draw_inputs(3, seed=1, endpoint=endpoint, **given)
        asked = {key: tf.constant(given[key] / np.float32(255) if key in given else values) for key, values in drawn.items()}
        made = served[endpoint](**asked)[point.output].numpy()
        assert np.abs(np.rint(made * 255) - model.render(drawn, endpoint)).max() <= 1, endpoint

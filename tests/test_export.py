"""An exported generator works where ganzoo does not exist, and gives the same images there."""

import json

import numpy as np
import pytest
from conftest import make_gan, run_python

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


AVERAGED = {"value_range": (-3.0, 1.0), "ema_half_life_images": 9.0}


@pytest.mark.parametrize(("name", "options"), [("WGAN", AVERAGED), pytest.param("GAN", {}, marks=pytest.mark.slow)])
def test_a_process_without_ganzoo_makes_the_same_images(name, options, tmp_path, stripes):
    gan = make_gan(name, **options)
    gan.train_on_batch(stripes[:16])
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
    expected = np.clip((np.asarray(gan.sampling_generator(latents, training=False)) - low) / (high - low), 0, 1)
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


def test_exporting_again_replaces_the_old_one(tmp_path):
    gan = make_gan("GAN")
    assert gan.export(tmp_path / "generator") == gan.export(tmp_path / "generator")

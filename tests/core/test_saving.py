"""Saving, loading and copying by every way that Keras offers, in this process and in a new one."""

import copy
import pickle

import keras
import numpy as np
import pytest
from conftest import fast_only, make_gan, make_tiny, run_python

import ganzoo
from ganzoo import networks, objectives
from ganzoo.augmentation import RandomAffine
from ganzoo.core import state
from ganzoo.errors import InputError
from ganzoo.registry import MODELS
from ganzoo.training import loading

# No class of this process is known there: ganzoo alone must be enough.
LOADER = """
import sys
{imports}
import numpy as np
folder = sys.argv[1]
for name in sys.argv[2:]:
    gan = keras.models.load_model(f"{{folder}}/{{name}}.keras")
    asked = gan.draw_inputs(3, seed=5, **({{"labels": [0, 1, 2]}} if "labels" in gan.inputs else {{}}))
    np.save(f"{{folder}}/{{name}}.npy", gan.render(asked))
    print(name, gan.value_range, gan.seed, gan.batches_per_step, gan.objective.loss, gan.step)
keras.models.load_model(f"{{folder}}/generator.keras")
"""


def trained(name, stripes, **options):
    gan = make_gan(name, seed=3, **options)
    parts = {"images": stripes[:6], "labels": np.arange(6) % 3}
    gan.play_step({part: parts[part] for part in gan.examples})
    return gan


def samples_of(gan):
    given = {"labels": [0, 1, 2]} if "labels" in gan.inputs else {}
    return gan.sample(3, seed=5, **given)


GANS = {
    "averaged": ("GAN", {"ema_half_life_images": 8.0, "augmentation": RandomAffine(), "classes": 3}),
    "wgan": ("WGAN", {"objective": objectives.wasserstein(n_critic=2)}),
    "conditional": ("CGAN", {"networks": networks.DCGAN(embedding_size=3), "classes": 3}),
    "infogan": ("InfoGAN", {}),
}


@pytest.mark.parametrize(("imports", "names"), [
    ("import ganzoo, keras", ["averaged"]),
    ("import ganzoo, keras", list(GANS)),
    ("import keras, ganzoo", list(GANS)),
])  # fmt: skip
@pytest.mark.slow
def test_models_are_loaded_in_a_new_process(imports, names, stripes, tmp_path):
    gans = {name: trained(GANS[name][0], stripes, **GANS[name][1]) for name in names}
    for name, gan in gans.items():
        gan.save(tmp_path / f"{name}.keras")
    gans["averaged"].generator.save(tmp_path / "generator.keras")
    done = run_python("-c", LOADER.format(imports=imports), tmp_path, *gans, TF_NUM_INTRAOP_THREADS="1")
    assert done.returncode == 0, done.stderr[-2000:]
    for line, (name, gan) in zip(done.stdout.splitlines(), gans.items(), strict=True):
        assert line == f"{name} {gan.value_range} 3 {gan.n_critic} {gan.objective.loss} 1"
        np.testing.assert_array_equal(np.load(tmp_path / f"{name}.npy"), samples_of(gan))


@pytest.mark.parametrize("name", fast_only(["GAN"], MODELS))
def test_save_load_copy_and_pickle_keep_everything(name, tmp_path):
    gan = make_gan(name, seed=3)
    gan.save(tmp_path / "gan.keras")
    copies = [keras.models.load_model(tmp_path / "gan.keras"), copy.deepcopy(gan), pickle.loads(pickle.dumps(gan))]
    before = state.get_state(gan)
    for each in copies:
        assert each.settings() == gan.settings()
        after = state.get_state(each)
        assert [key for key in before if before[key].tobytes() != after[key].tobytes()] == []


def test_saved_state_goes_on_with_the_same_bits(stripes, tmp_path):
    gan = make_tiny(ema_half_life_images=8.0)
    gan.compile(keras.optimizers.Adam(1e-2), keras.optimizers.RMSprop(1e-3))
    gan.play_step({"images": stripes[:8]})
    gan.save(tmp_path / "gan.keras")
    loaded, copied = keras.models.load_model(tmp_path / "gan.keras"), copy.deepcopy(gan)
    for each in (gan, loaded, copied):
        assert each.step == 1
        each.play_step({"images": stripes[8:16]})
    ours = state.get_state(gan)
    for each in (loaded, copied):
        theirs = state.get_state(each)
        assert [key for key in ours if ours[key].tobytes() != theirs[key].tobytes()] == []


@pytest.mark.slow
def test_keras_model_checkpoint(stripes, tmp_path):
    gan = make_tiny()
    callback = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras")
    gan.fit(stripes, batch_size=20, epochs=1, shuffle=False, callbacks=[callback], verbose=0)
    loaded = keras.models.load_model(tmp_path / "1.keras")
    assert loaded.step == gan.step == 3
    np.testing.assert_array_equal(loaded.sample(3), gan.sample(3))


@pytest.mark.slow
def test_whole_weights_file(stripes, tmp_path):
    gan, other = make_tiny(), make_tiny(seed=1)
    gan.play_step({"images": stripes[:8]})
    gan.save_weights(tmp_path / "gan.weights.h5")
    other.load_weights(tmp_path / "gan.weights.h5")
    np.testing.assert_array_equal(gan.sample(3), other.sample(3))


def test_clone_model_makes_a_fresh_model_of_the_same_settings():
    gan = make_tiny()
    clone = keras.models.clone_model(gan)
    assert clone is not gan
    assert clone.settings() == gan.settings()


def test_state_of_another_network_is_refused_before_anything_changes():
    gan, other = make_tiny(), make_gan("GAN")
    before = state.get_state(gan)
    with pytest.raises(InputError, match="the checkpoint is of another network: "):
        state.set_state(gan, state.get_state(other))
    after = state.get_state(gan)
    assert all(np.array_equal(before[key], after[key]) for key in before)


IMPORTS = ("import ganzoo; ganzoo.GAN", "from ganzoo.gan import GAN", "import ganzoo.data", "from ganzoo.core import model",
           "from ganzoo.regularizers import R1", "import keras, ganzoo; ganzoo.CGAN")  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("code", IMPORTS)
def test_any_module_may_be_imported_first(code):
    done = run_python("-c", code)
    assert done.returncode == 0, done.stderr[-2000:]


def test_light_modules_import_without_keras():
    code = "import sys, ganzoo, ganzoo.errors, ganzoo.registry; sys.exit('keras' in sys.modules)"
    assert run_python("-c", code).returncode == 0


IMPORTS = """
import importlib, sys
name = sys.argv[1]
module = importlib.import_module(f"ganzoo.{name}")
import ganzoo
from ganzoo import losses, networks, objectives, regularizers
assert module is sys.modules[f"ganzoo.{name}"] is getattr(ganzoo, name)
assert module.__spec__.loader.__class__.__name__ == "SourceFileLoader"
ganzoo.GAN((8, 8, 1), networks=networks.Dense((8,)), objective=objectives.Objective(losses.Hinge(), [regularizers.R1()]))
print("one of each")
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["losses", "objectives", "networks", "regularizers", "data"])
def test_a_module_that_is_imported_first_is_imported_once(name):
    """Keras, and with it the zoo, is imported while this one is: it must not be executed a second time."""
    done = run_python("-c", IMPORTS, name)
    assert "one of each" in done.stdout, done.stderr[-1500:]


@pytest.mark.parametrize("name", ["gan.h5", "gan.hdf5"])
def test_files_that_keras_gives_no_gan_back_from_are_not_written(name, tmp_path):
    with pytest.raises(InputError, match="a GAN is saved to a .keras file"):
        make_gan("GAN").save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_long_lists_and_stages_of_a_run_are_read(stripes, tmp_path):
    shares = np.arange(1, 301) / np.arange(1, 301).sum()
    gan = ganzoo.GAN((8, 8, 1), latent=4, classes=300, class_shares=shares)
    gan.train((stripes, np.arange(60)), steps=1, batch_size=8, run_dir=tmp_path / "run", verbose=False)
    np.testing.assert_allclose(ganzoo.load(tmp_path / "run").class_shares, shares)
    loading.check_description({"stage_steps": 37_500}, "run")
    with pytest.raises(InputError, match="at most 16384 are read"):
        loading.check_description({"class_shares": [0.0] * 16_385}, "run")

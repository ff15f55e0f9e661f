"""Half precision and float64: every GAN trains, is penalized, is resumed and exported; losses and images are float32."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import batch_for, data_for, in_own_process, make_gan

import ganzoo
from ganzoo.core import state
from ganzoo.data import IdentityPairs, ImageDataset
from ganzoo.errors import InputError
from ganzoo.registry import MODELS
from ganzoo.utils.finite import nonfinite_networks

# bfloat16 takes the paths of float16, but for the scale of the loss: a model of each kind of step will do
CASES = [(name, policy) for policy in ("mixed_float16", "float64") for name in MODELS]
CASES += [(name, "mixed_bfloat16") for name in ("GAN", "WGANGP", "CycleGAN", "StyleGAN2")]


@pytest.fixture
def policy_of():
    """Set a policy, and float32 again at the end."""
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy("float32")


@pytest.mark.slow
def test_a_step_in_half_precision(policy_of):
    policy_of("mixed_float16")
    gan = make_gan("GAN")
    logs = gan._play_step({key: tf.constant(values) for key, values in batch_for(gan).items()})
    policy_of("float32")
    assert {value.dtype.name for value in logs.values()} == {"float32"}
    assert all(isinstance(player.optimizer, keras.optimizers.LossScaleOptimizer) for player in gan.players.values())
    assert nonfinite_networks(state.get_state(gan)) == []
    assert gan(gan.draw_inputs(2)).dtype == "float32"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "policy"), CASES)
def test_training_and_export(name, policy, tmp_path):
    in_own_process(train_and_export, name, policy, tmp_path)


def train_and_export(name, policy, tmp_path):
    """Train, load, export and resume a model under a policy."""
    keras.config.set_dtype_policy(policy)
    gan = make_gan(name)
    data = data_for(gan, 24)
    fed = IdentityPairs(ImageDataset(data["images"], np.arange(24) % 3), scale=4) if name == "SiGAN" else data
    logged, play = [], gan.play_step

    def noting(batches):
        logs = play(batches)
        logged.extend(logs.values())
        return logs

    gan.play_step = noting
    history = gan.train(fed, steps=2, batch_size=8, log_every=1, run_dir=tmp_path / "run", verbose=False)
    assert all(np.isfinite(values).all() for values in history.history.values())
    assert nonfinite_networks(state.get_state(gan)) == []
    wanted = "float64" if policy == "float64" else "float32"
    assert {weight.dtype for player in gan.players.values() for weight in player.variables} == {wanted}
    for player in gan.players.values():
        assert isinstance(player.optimizer, keras.optimizers.LossScaleOptimizer) == (policy == "mixed_float16")
        assert (float(player.optimizer.scale_loss(1.0)) > 1) == (policy == "mixed_float16")
    assert {keras.backend.standardize_dtype(each.dtype) for each in logged} == {"float32"}

    keras.config.set_dtype_policy("float32")
    loaded = ganzoo.load(tmp_path / "run")
    given = {key: np.zeros((1, *each.shape), each.dtype if "int" in each.dtype else "uint8")
             for key, each in gan.inputs.items() if not each.drawn}  # fmt: skip
    sample = loaded.sample(1, 3, **given)
    assert loaded(loaded.draw_inputs(1, 3, **given)).dtype == "float32"
    served = tf.saved_model.load(str(tmp_path / "run" / "generator")).signatures
    outputs = {key: value.dtype.name for each in served.values() for key, value in each.structured_outputs.items()
               if each is not served.get("from_seed")}  # fmt: skip
    assert set(outputs.values()) == {"float32"}
    if "from_seed" in served:
        asked = {
            key: tf.constant(values.astype("float32") / 255 if values.dtype == "uint8" else values)
            for key, values in given.items()
        }
        (made,) = served["from_seed"](seeds=tf.constant([3]), **asked).values()
        assert made.dtype == sample.dtype
        np.testing.assert_allclose(
            made.numpy().astype("float32"), sample.astype("float32"), atol=1e-5 if sample.ndim == 2 else 1
        )
    again, options = make_gan(name), {"batch_size": 8, "log_every": 1, "run_dir": tmp_path / "run", "resume": True}
    with pytest.raises(InputError, match=f"dtype: '{policy}' -> absent"):
        again.train(fed, steps=3, verbose=False, **options)
    if policy != "float64":
        keras.config.set_dtype_policy(policy)
        again = make_gan(name)
        again.train(fed, steps=3, verbose=False, **options)
        assert again.step == 3


@pytest.mark.parametrize("policy", ["float16", "bfloat16"])
def test_weights_in_half_precision_are_refused(policy, policy_of):
    policy_of(policy)
    with pytest.raises(InputError, match=f"mixed_{policy}"):
        make_gan("GAN")

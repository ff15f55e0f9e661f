"""What holds of every technique of the ablation: one trace, state that goes on to the last bit, equal exports, flat memory."""

import resource
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import assert_state_goes_on, batch_for, in_own_process, make_gan

from experiments import techniques
from ganzoo import augmentation, losses, networks, objectives, regularizers

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("technique", techniques.TECHNIQUES)
def test_a_technique_is_traced_once_goes_on_and_is_exported(technique, tmp_path):
    """Nine steps, of which a lazy penalty's are the first and the last; the second gan takes over after four."""
    keras.utils.clear_session()
    whole, rest = (techniques.build("mnist", technique, (8, 8, 1), 0, 9) for _ in range(2))
    assert_state_goes_on(whole, rest, steps=9, at=4)
    inputs = whole.draw_inputs(5, 1)
    served = tf.saved_model.load(whole.export(tmp_path / "generator")).signatures["serving_default"]
    made = served(**{name: tf.constant(values) for name, values in inputs.items()})["images"].numpy()
    assert np.abs(np.rint(255 * made) - whole.render(inputs).astype("float32")).max() <= 1


def falling(*values):
    """Return a schedule with a step down at 3."""
    return keras.optimizers.schedules.PiecewiseConstantDecay([3], list(values))


def hinge(**changes):
    """Return a GAN with the hinge objective, changed."""
    return make_gan("GAN", objective=objectives.hinge().replace(**changes))


ALL_CHANGES = ["flip", "translation", "cutout", "color", "noise"]
OTHERS = {  # what the ablation does not try
    "changed networks": lambda: make_gan("DCGAN", networks=networks.Changed(networks.DCGAN(), True, "std", 4)),
    "augmentations": lambda: make_gan("DCGAN", augmentation=augmentation.get(ALL_CHANGES)),
    "generator's historical averaging": lambda: hinge(generator_regularizers=[regularizers.HistoricalAveraging()]),
    "scheduled penalty": lambda: hinge(regularizers=[regularizers.Scheduled(regularizers.R1(), falling(1.0, 0.1))]),
    "scheduled average": lambda: make_gan("GAN", ema_half_life_images=falling(8.0, 80.0), ema_warmup=0.5),
    "zero-sum": lambda: hinge(loss=losses.ZeroSum(losses.Hinge())),
}


@pytest.mark.parametrize("name", OTHERS)
def test_state_goes_on_to_the_last_bit(name):
    keras.utils.clear_session()
    assert_state_goes_on(OTHERS[name](), OTHERS[name](), steps=6, at=2)


def leak_of(technique):
    """Return by how many megabytes this process grows in 1,000 steps, warm-up aside."""
    gan = techniques.build("mnist", technique, (8, 8, 1), 0, 1500)
    batch = {part: tf.constant(values) for part, values in batch_for(gan, 4).items()}
    readings = []
    for _ in range(10):
        for _ in range(150):
            gan._play_step(batch)
        with open("/proc/self/statm") as file:
            readings.append(int(file.read().split()[1]) * resource.getpagesize() / 2**20)
    return float(np.polyfit(np.arange(3, 10) * 0.15, readings[3:], 1)[0])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize(
    "technique", ["lazy_r1", "adaptive_augmentation", "historical_averaging", "virtual_batch_norm", "recipe"]
)
def test_a_technique_does_not_leak(technique):
    assert in_own_process(leak_of, technique) < 2.0

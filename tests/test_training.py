"""A run: what it leaves behind, what it refuses, and that it neither retraces nor leaks."""

import csv
import json
import resource
import shutil
import sys
import types
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import make_gan, make_tiny, slow
from PIL import Image

import ganzoo
from ganzoo import callbacks
from ganzoo.core import state
from ganzoo.errors import InputError, NonFiniteError, NonFiniteLossError
from ganzoo.evaluation.measure import Estimate
from ganzoo.training import loop
from ganzoo.training.callbacks.metrics_csv import read_rows
from ganzoo.training.runs import CheckpointStore
from ganzoo.utils.plots import save_loss_plot

EVERY = {"log_every": 2, "sample_every": 2, "checkpoint_every": 2, "verbose": False}
LOGGED = ("discriminator_loss", "generator_loss", "d_real", "d_fake")
LOGGED += ("discriminator_learning_rate", "generator_learning_rate")
RARELY = {"checkpoint_every": 10**6, "sample_every": 10**6}


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of 5 steps and its directory, history and GAN."""
    images = np.random.default_rng(0).integers(0, 256, (60, 8, 8, 1), dtype="uint8")
    run_dir = tmp_path_factory.mktemp("runs") / "one"
    gan = make_tiny()
    history = gan.train(images, steps=5, batch_size=8, run_dir=run_dir, **EVERY)
    return run_dir, history, gan, images


def test_train_returns_the_history_of_every_interval(finished):
    _, history, gan, _ = finished
    assert isinstance(history, keras.callbacks.History)
    assert gan.step == 5
    assert {name: len(values) for name, values in history.history.items()} == dict.fromkeys(LOGGED, 3)


def test_a_run_leaves_everything_that_it_promises(finished):
    run_dir, history, gan, _ = finished
    config = json.loads((run_dir / "config.json").read_text())
    assert config["settings"]["batch_size"] == 8
    assert config["settings"]["seed"] == 0
    assert len(config["settings"]["data_fingerprint"]) == 64
    assert config["versions"]["keras"] == keras.__version__
    assert [row["step"] for row in rows(run_dir / "metrics.csv")] == ["2", "4", "5"]
    assert float(rows(run_dir / "metrics.csv")[0]["generator_loss"]) == pytest.approx(history.history["generator_loss"][0])
    assert [path.name for path in sorted((run_dir / "samples").iterdir())] == [f"step_{step:06d}.png" for step in (0, 2, 4, 5)]
    with Image.open(run_dir / "samples.gif") as animation:
        assert animation.n_frames > 1
    with Image.open(run_dir / "losses.png") as plot:
        assert plot.size[0] > 400
    assert (run_dir / "generator" / "saved_model.pb").exists()
    assert [path.name for path in sorted((run_dir / "checkpoints").iterdir())] == [f"step_{step:08d}" for step in (2, 4, 5)]
    (events,) = (run_dir / "tensorboard").iterdir()
    tags = {value.tag for event in tf.compat.v1.train.summary_iterator(str(events)) for value in event.summary.value}
    assert {"samples", "generator_loss", "images_per_second"} <= tags


def test_a_second_run_in_the_same_place_is_refused(finished):
    run_dir, _, gan, images = finished
    with pytest.raises(InputError, match="holds a run already"):
        gan.train(images, steps=1, batch_size=8, run_dir=run_dir, **EVERY)


def test_a_resume_with_other_settings_is_refused_and_the_differences_listed(finished):
    run_dir, _, _, images = finished
    other = make_tiny(seed=3)
    with pytest.raises(InputError, match=r"batch_size: 8 -> 4; data_fingerprint: '\w+' -> '\w+'; seed: 0 -> 3"):
        other.train(images[1:], steps=9, batch_size=4, run_dir=run_dir, resume=True, **EVERY)
    assert other.step == 0


@pytest.mark.slow
def test_a_resume_may_go_further(finished, copy):
    gan = make_tiny()
    gan.train(finished[3], steps=7, batch_size=8, run_dir=copy, resume=True, **EVERY)
    assert gan.step == 7
    assert [row["step"] for row in rows(copy / "metrics.csv")] == ["2", "4", "6", "7"]


@pytest.fixture
def copy(finished, tmp_path):
    return shutil.copytree(finished[0], tmp_path / "copy")


@pytest.mark.slow
def test_a_resume_of_what_is_done_changes_no_number(finished, copy):
    before = rows(copy / "metrics.csv")
    make_tiny().train(finished[3], steps=5, batch_size=8, run_dir=copy, resume=True, **EVERY)
    assert rows(copy / "metrics.csv") == before


def test_a_resume_to_a_step_that_is_behind_is_refused(finished, copy):
    config = (copy / "config.json").read_text()
    with pytest.raises(InputError, match="the run is at step 5 already.* at least 5. Received: steps=3"):
        make_tiny().train(finished[3], steps=3, batch_size=8, run_dir=copy, resume=True, **EVERY)
    assert (copy / "config.json").read_text() == config


def test_a_resume_where_all_checkpoints_are_damaged_is_refused_with_their_names(finished, copy):
    for archive in copy.glob("checkpoints/*/arrays.npz"):
        archive.write_bytes(b"torn")
    before = rows(copy / "metrics.csv")
    for _ in range(2):
        with pytest.raises(InputError, match=r"all are damaged \(damaged_step_00000002, .*To begin anew"):
            make_tiny().train(finished[3], steps=5, batch_size=8, run_dir=copy, resume=True, **EVERY)
        assert rows(copy / "metrics.csv") == before


@pytest.mark.slow
def test_a_resume_without_any_checkpoint_begins_anew(finished, copy):
    shutil.rmtree(copy / "checkpoints")
    assert len(make_tiny().train(finished[3], steps=1, batch_size=8, run_dir=copy, resume=True, **EVERY).epoch) == 1


def test_what_would_be_overwritten_at_the_end_is_refused_at_the_beginning(tmp_path, stripes):
    (tmp_path / "run" / "generator").mkdir(parents=True)
    (tmp_path / "run" / "generator" / "notes.txt").write_text("mine")
    with pytest.raises(
        InputError, match="the end of a training writes .*generator, and what is there is no exported generator"
    ):
        make_tiny().train(stripes, steps=1, batch_size=8, run_dir=tmp_path / "run", **EVERY)
    assert [each.name for each in (tmp_path / "run").iterdir()] == ["generator"]


@pytest.mark.slow
def test_schedules_of_keras_go_on_where_the_run_does(tmp_path, stripes):
    """Its epochs are counted from the run's beginning, also after a stop within one."""
    seen = []

    class Epochs(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            seen.append((epoch, self.model.step))

    every = {"batch_size": 8, "log_every": 2, "checkpoint_every": 1, "sample_every": 2, "verbose": False}
    whole, parts = make_tiny(), make_tiny()
    fall = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 1e-3 / (epoch + 1))
    whole.train(stripes, steps=8, callbacks=[fall, Epochs()], run_dir=tmp_path / "whole", **every)
    for steps in (3, 6, 8):
        more = {"resume": True} if steps > 3 else {}
        parts.train(stripes, steps=steps, callbacks=[fall, Epochs()], run_dir=tmp_path / "parts", **every, **more)
    assert seen == [(0, 0), (1, 2), (2, 4), (3, 6), (0, 0), (1, 2), (1, 3), (2, 4), (3, 6)]
    ours, theirs = (state.get_state(each) for each in (whole, parts))
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours)


def test_a_rate_that_follows_a_schedule_is_set_by_no_callback(stripes):
    fall = keras.callbacks.ReduceLROnPlateau("generator_loss", mode="min")
    with pytest.raises(
        InputError, match="ReduceLROnPlateau sets learning rates, and that of the discriminator follows a schedule"
    ):
        make_gan("DCGAN").train(stripes, steps=1, batch_size=8, callbacks=[fall])
    make_tiny().train(stripes, steps=1, batch_size=8, callbacks=[fall], verbose=False)


def test_a_schedule_that_ends_before_the_training_is_told(stripes):
    gan = ganzoo.GAN((8, 8, 1), latent=4)
    gan.compile(generator_optimizer=ganzoo.optimizers.Adam(ganzoo.optimizers.LinearAfterHalf(1e-3, 4)))
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "the learning rate of")
        gan.train(stripes, steps=4, batch_size=8, verbose=False)
    with pytest.warns(UserWarning, match="the learning rate of the generator is 0 before the training ends"):
        gan.train(stripes, steps=2, batch_size=8, verbose=False)
    cosine, twice = (ganzoo.GAN((8, 8, 1), latent=4, objective=ganzoo.objectives.hinge().replace(n_critic=n)) for n in (1, 2))
    cosine.compile(generator_optimizer=ganzoo.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-4, 20_000)))
    twice.compile(ganzoo.optimizers.Adam(ganzoo.optimizers.LinearAfterHalf(1e-3, 4)))
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "the learning rate of")
        loop._warn_of_rates_that_end(cosine, 20_000)
    with pytest.warns(UserWarning, match="the learning rate of the discriminator is 0"):
        loop._warn_of_rates_that_end(twice, 4)


@pytest.mark.slow
def test_a_rate_that_was_overridden_outlives_a_kill(tmp_path, stripes):
    """Before a checkpoint has it, only config.json does."""

    def gan(rate):
        made = make_tiny()
        made.compile(*(keras.optimizers.Adam(rate) for _ in range(2)))
        return made

    path = tmp_path / "run"
    gan(1e-2).train(stripes, steps=4, batch_size=8, run_dir=path, **EVERY)
    shutil.copytree(path / "checkpoints", tmp_path / "kept")
    both = ("discriminator_optimizer", "generator_optimizer")
    gan(1e-4).train(stripes, steps=8, batch_size=8, run_dir=path, resume=True, override=both, **EVERY)
    shutil.rmtree(path / "checkpoints")  # as if it had been killed before the next checkpoint
    shutil.copytree(tmp_path / "kept", path / "checkpoints")
    again = gan(1e-4)
    again.train(stripes, steps=8, batch_size=8, run_dir=path, resume=True, **EVERY)
    assert again.step == 8
    assert float(again.generator_optimizer.learning_rate) == pytest.approx(1e-4)


def test_notes_of_a_run_stay_where_nobody_gives_others(tmp_path, stripes):
    path = tmp_path / "run"
    make_tiny().train(stripes, steps=2, batch_size=8, run_dir=path, notes={"mine": 1}, **EVERY)
    make_tiny().train(stripes, steps=4, batch_size=8, run_dir=path, resume=True, **EVERY)
    assert json.loads((path / "config.json").read_text())["notes"] == {"mine": 1}


def test_quality_is_of_pixels_as_samples_are(stripes):
    data = ganzoo.data.ImageDataset(stripes)
    assert np.array_equal(callbacks.SampleQuality(data).real, callbacks.SampleQuality(stripes).real)
    with pytest.raises(InputError, match="real must be uint8 images .* Received: float32"):
        callbacks.SampleQuality(stripes.astype("float32") / 255)
    assert len(callbacks.SampleQuality(np.zeros((60, 24, 2), "float32"), lambda x: x.reshape(len(x), -1)).real) == 60  # series
    points = np.random.default_rng(0).normal(size=(50, 2)).astype("float32")
    assert np.sort(callbacks.SampleQuality(points).real.ravel()) == pytest.approx(np.sort(points.ravel()))


def test_parts_of_any_model_may_be_a_tuple(stripes):
    gan = make_gan("CGAN", classes=3)
    gan.fit((stripes, np.arange(60) % 3), batch_size=20, epochs=1, verbose=0)
    assert gan.step == 3
    points = ganzoo.PointGAN(latent=4, hidden=(8,), classes=3)
    data = np.random.default_rng(0).normal(size=(60, 2)).astype("float32"), np.arange(60) % 3
    points.train((1000 * data[0], data[1]), steps=2, batch_size=8, verbose=False)
    assert points.step == 2 and 500 < min(points.scale) < 2000, "columns of any scale are standardized"
    pair = make_gan("CycleGAN")
    pair.train((np.zeros((8, 16, 16, 1), "uint8"), np.zeros((8, 16, 16, 1), "uint8")), steps=1, batch_size=4, verbose=False)
    assert pair.step == 1


def test_labels_that_fit_a_models_classes_keep_their_numbers(stripes):
    gan, seen = make_gan("CGAN", classes=10), []
    gan.check_data = seen.append
    gan.train((stripes, np.arange(60) % 9 + 1), steps=1, batch_size=8, verbose=False)
    gan.train((stripes, np.arange(60) % 10 + 1), steps=1, batch_size=8, verbose=False)
    gan.train(ganzoo.data.ImageDataset(stripes, np.arange(60) % 9 + 1), steps=1, batch_size=8, verbose=False)
    assert [(each.labels.min(), each.labels.max()) for each in seen] == [(1, 9), (0, 9), (1, 9)]
    assert seen[0].fingerprint == seen[2].fingerprint and seen[2].notes == ()


def test_nothing_to_resume_is_said(tmp_path, stripes):
    with pytest.raises(InputError, match="config.json is missing"):
        make_tiny().train(stripes, steps=1, batch_size=8, run_dir=tmp_path, resume=True, **EVERY)
    with pytest.raises(InputError, match="resume needs the run_dir"):
        make_tiny().train(stripes, steps=1, batch_size=8, resume=True, **EVERY)


@pytest.mark.slow
def test_training_twice_goes_on_and_rows_left_by_a_kill_are_dropped(tmp_path, stripes):
    gan = make_tiny()
    gan.train(stripes, steps=2, batch_size=8, run_dir=tmp_path, **EVERY)
    with open(tmp_path / "metrics.csv", "a") as file:
        file.write("4,9.0,1.0,0.1,0.1,0.1,0.1\n6,9.5,1.")
    gan.train(stripes, steps=4, batch_size=8, run_dir=tmp_path, resume=True, **EVERY)
    assert [row["step"] for row in rows(tmp_path / "metrics.csv")] == ["2", "4"]
    gan.train(stripes, steps=2, batch_size=8, **EVERY)
    assert gan.step == 6


class Poison(keras.callbacks.Callback):
    """Make a network's weights NaN after a step."""

    def __init__(self, network, step):
        super().__init__()
        self.network, self.step = network, step

    def on_train_batch_end(self, batch, logs=None):
        if self.model.step == self.step:
            weight = getattr(self.model, self.network).trainable_variables[0]
            weight.assign(np.full(weight.shape, np.nan))


@pytest.mark.parametrize("network", ["generator", slow("discriminator")])
def test_weights_of_nan_are_not_saved_and_named(network, tmp_path, stripes):
    gan = make_tiny()
    with pytest.raises(NonFiniteError, match=rf"weights in {network} at step 3.*The last good checkpoint is .*step_00000002"):
        gan.train(stripes, steps=10, batch_size=8, run_dir=tmp_path, callbacks=[Poison(network, 3)],
                  **EVERY | {"checkpoint_every": 1})  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == ["step_00000001", "step_00000002"]


def test_the_generators_own_loss_is_named():
    guard = callbacks.NonFiniteGuard()
    guard.set_model(make_tiny())
    with pytest.raises(NonFiniteLossError, match="the generator's generator_loss became inf at step 0"):
        guard.on_train_batch_end(0, {"discriminator_loss": 1.0, "generator_loss": float("inf")})


@pytest.mark.slow
def test_a_users_callbacks_and_early_stopping_work(stripes):
    seen = []
    stop = keras.callbacks.EarlyStopping("generator_loss", patience=1, min_delta=1e9, mode="min")
    gan = make_tiny()
    spy = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(logs))
    gan.train(stripes, steps=20, batch_size=8, callbacks=[spy, stop], log_every=2, verbose=False)
    assert gan.step == 4
    assert len(seen) == 2


@pytest.mark.slow
def test_a_distance_to_real_images_can_stop_a_run_and_keep_its_best(stripes, tmp_path):
    gan = make_tiny()
    quality = callbacks.SampleQuality(stripes, every=4, n=40)
    best = keras.callbacks.ModelCheckpoint(
        tmp_path / "best.weights.h5", "kernel_distance", save_best_only=True, save_weights_only=True, mode="min"
    )
    stop = keras.callbacks.EarlyStopping("kernel_distance", patience=2, min_delta=1e9, mode="min")
    history = gan.train(stripes, steps=40, batch_size=8, log_every=2, callbacks=[quality, best, stop], verbose=False).history
    assert gan.step == 6
    assert len(set(history["kernel_distance"])) == 2  # measured at steps 2 and 4
    assert all(distance > 0 for distance in history["kernel_distance"])
    assert "frechet_distance" not in history  # 40 samples have no covariance in 64 dimensions
    assert (tmp_path / "best.weights.h5").exists()


@pytest.mark.slow
def test_sample_quality_measures(stripes):
    def mean_shift(real, fake):
        return {"mean_shift": Estimate(float(np.abs(real.mean(axis=0) - fake.mean(axis=0)).mean()))}

    gan = make_tiny()
    quality = callbacks.SampleQuality(stripes, every=4, n=40, measures=[mean_shift])
    history = gan.train(stripes, steps=2, batch_size=8, log_every=2, callbacks=[quality], verbose=False).history
    assert history["mean_shift"][0] > 0
    assert not {"kernel_distance", "mean_shift_error"} & set(history)
    few = callbacks.SampleQuality(stripes, n=10)
    with pytest.raises(InputError, match="needs more samples .* Received: n=10, 10 real images, 64 features"):
        gan.train(stripes, steps=2, batch_size=8, log_every=2, callbacks=[few], verbose=False)


@pytest.mark.slow
def test_a_run_that_is_stopped_early_leaves_its_best_weights_everywhere(stripes, tmp_path):
    def measure(epoch, logs):
        logs["distance"] = float(epoch)  # worse and worse: the first interval's weights are the best

    gan = make_tiny()
    spy = keras.callbacks.LambdaCallback(on_epoch_end=measure)
    stop = keras.callbacks.EarlyStopping("distance", patience=2, mode="min", restore_best_weights=True)
    gan.train(stripes, steps=40, batch_size=8, run_dir=tmp_path, callbacks=[spy, stop], **EVERY | {"checkpoint_every": 3})
    step, arrays, _ = CheckpointStore(tmp_path / "checkpoints").latest()
    assert step == gan.step == 6
    ours = state.get_state(gan)
    assert [name for name in ours if ours[name].tobytes() != arrays[name].tobytes()] == []
    with Image.open(tmp_path / "samples" / "step_000006.png") as grid:
        np.testing.assert_array_equal(np.asarray(grid), gan.preview()[..., 0])
    assert [row["distance"] for row in rows(tmp_path / "metrics.csv")] == ["0.0", "1.0", "2.0"]
    served = tf.saved_model.load(tmp_path / "generator").signatures["from_seed"](seeds=tf.constant([0]))["images"]
    assert np.abs(np.asarray(served).astype(int) - gan.sample(1, 0)).max() <= 1


def test_metrics_csv_late_column(tmp_path):
    table = callbacks.MetricsCSV(tmp_path / "metrics.csv", 8)
    table.set_model(types.SimpleNamespace(step=0))
    for step, logs in ((2, {"a": 1.0}), (4, {"a": 2.0, "b": 3.0}), (6, {"a": 4.0})):
        table.on_epoch_begin(0)
        table.model.step = step
        table.on_epoch_end(0, logs)
    assert [(row["step"], row["a"], row["b"]) for row in rows(tmp_path / "metrics.csv")] == [
        ("2", "1.0", ""), ("4", "2.0", "3.0"), ("6", "4.0", "")]  # fmt: skip
    save_loss_plot(tmp_path / "losses.png", read_rows(tmp_path / "metrics.csv"))
    assert (tmp_path / "losses.png").exists()


@pytest.mark.slow
def test_a_time_limit_stops_and_saves(tmp_path, stripes):
    gan = make_tiny()
    gan.train(stripes, steps=10**6, minutes=0.01, batch_size=8, run_dir=tmp_path, **EVERY | RARELY)
    assert 0 < gan.step < 10**5
    assert (tmp_path / "checkpoints" / f"step_{gan.step:08d}").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": 0}, "steps must be a positive integer. Received: steps=0"),
        ({"steps": float("nan")}, "steps must be a positive integer"),
        ({"batch_size": -1}, "batch_size must be a positive integer"),
        ({"batch_size": 61}, "fewer than one batch"),
        ({"minutes": 0.0}, "minutes must be a positive number"),
        ({"minutes": float("nan")}, "minutes must be a positive number"),
        ({"sample_every": 2.5}, "sample_every must be a positive integer"),
        ({"steps": 10, "steps_per_execution": 4}, "steps_per_execution=4 must divide steps"),
        ({"steps": np.zeros(60, int)}, r"all parts of the data are one argument: train\(\(images, labels\).* \(60,\)"),
        ({"epochs": 3}, "train counts steps.* fit takes epochs. Received: epochs=3"),
        ({"callbacks": keras.callbacks.History()}, "callbacks must be a list of objects"),
        ({"callbacks": ["early"]}, "callbacks must be a list of objects of keras.callbacks"),
        ({"callbacks": [keras.callbacks.History]}, "callbacks must be a list of objects"),
        ({"notes": "first try"}, "notes must be a dictionary. Received: notes='first try'"),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_written(options, message, stripes, tmp_path):
    with pytest.raises(InputError, match=message):
        make_tiny().train(stripes, **{"batch_size": 8, "run_dir": tmp_path / "run"} | options)
    assert not (tmp_path / "run").exists()


def test_what_only_the_first_step_shows_leaves_no_run(stripes, tmp_path):
    class Summed(ganzoo.GAN):
        def generator_loss(self, real_logits, fake_logits):
            return keras.ops.sum(fake_logits)

    for path in (tmp_path / "run", tmp_path):
        with pytest.raises(InputError, match="generator_loss"):
            Summed((8, 8, 1), latent=4).train(stripes, steps=2, batch_size=8, run_dir=path, **EVERY)
        assert not (path / "config.json").exists() and (path == tmp_path or not path.exists())
        tiny = make_tiny()
        tiny.train(stripes, steps=2, batch_size=8, run_dir=path, **EVERY)
        assert tiny.step == 2


def test_stages_that_do_not_fit_are_refused_before_the_run_is_begun(stripes, tmp_path):
    gan = make_gan("ProgressiveGAN", stage_steps=3)
    with pytest.raises(InputError, match="steps_per_execution=2 must divide the end of a stage"):
        gan.train(stripes, steps=8, batch_size=8, run_dir=tmp_path / "run", steps_per_execution=2, **EVERY)
    assert not (tmp_path / "run").exists()


def test_data_of_another_shape_is_refused(stripes):
    with pytest.raises(InputError, match=r"takes images \(8, 8, 1\)"):
        make_tiny().train(stripes[:, :4], batch_size=8)


@pytest.mark.slow
def test_a_stream_and_a_ganzoo_dataset_train_too(stripes):
    from ganzoo.data import ImageDataset

    for data in (ImageDataset(stripes), tf.data.Dataset.from_tensor_slices(stripes).batch(7)):
        gan = make_tiny()
        gan.train(data, steps=3, batch_size=8, verbose=False)
        assert gan.step == 3


@pytest.mark.slow
def test_several_steps_per_execution_make_the_same_run(stripes):
    runs = [make_tiny() for _ in range(2)]
    for gan, execution in zip(runs, (1, 4), strict=True):
        gan.train(stripes, steps=8, batch_size=8, log_every=4, steps_per_execution=execution, checkpoint_every=4,
                  sample_every=4, verbose=False)  # fmt: skip
    for a, b in zip(runs[0].weights, runs[1].weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.slow
def test_steps_per_execution_are_those_of_one_training(stripes):
    gan = make_tiny()
    gan.train(stripes, steps=4, batch_size=8, log_every=4, steps_per_execution=4, verbose=False)
    gan.fit(stripes[:32], batch_size=8, verbose=0)
    assert gan.step == 8


def count_traces(gan):
    """Have a model note in `gan.traces` how often its step is traced."""
    gan.traces, play = 0, gan.play_step

    def counting(*data):
        gan.traces += 1
        return play(*data)

    gan.play_step = counting
    return gan


@pytest.mark.parametrize("together", [1, slow(2)])
def test_a_training_traces_its_step_once(together, stripes):
    gan = count_traces(make_tiny())
    for _ in range(2):
        gan.train(stripes, steps=4, batch_size=4, log_every=2, steps_per_execution=together, verbose=False)
    assert gan.traces == 1


def memory_megabytes():
    """Resident memory of this process."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_one_trace_and_flat_memory_over_many_steps(stripes):
    readings, traces = [], []

    def read(epoch, logs):
        readings.append(memory_megabytes())
        traces.append(gan.traces)

    gan = count_traces(make_tiny())
    spy = keras.callbacks.LambdaCallback(on_epoch_end=read)
    gan.train(stripes, steps=5000, batch_size=4, log_every=500, steps_per_execution=5, sample_every=500, checkpoint_every=500,
              callbacks=[spy], verbose=False)  # fmt: skip
    assert set(traces) == {1}
    slope = np.polyfit(np.arange(2, 10) * 0.5, readings[2:], 1)[0]  # MB per 1,000 steps, warm-up aside
    assert slope < 1.0


def test_a_resumed_training_ends_with_the_same_bits(stripes, tmp_path, monkeypatch):
    """The order of batches, the noise, dropout and the optimizers go on where they were."""
    monkeypatch.setattr("ganzoo.training.loop.close_run", lambda model, run: None)
    every = {"batch_size": 8, "log_every": 1, "checkpoint_every": 1, "sample_every": 50, "diagnose_every": 50, "verbose": False}
    states = []
    for parts in ((4,), (2, 4)):
        keras.utils.clear_session()  # layers are named through all models of a process, and some sums ordered by names
        for steps in parts:
            gan = make_tiny()
            gan.train(stripes, steps=steps, run_dir=tmp_path / str(len(parts)), resume=steps > parts[0], **every)
        states.append(state.get_state(gan))
    assert [name for name in states[0] if states[0][name].tobytes() != states[1][name].tobytes()] == []

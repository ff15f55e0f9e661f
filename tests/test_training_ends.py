"""How a training ends before its time, what it says then, and what it trains in stages."""

import errno
import json
import os
import signal
import sys
import types

import keras
import numpy as np
import pytest
from conftest import make_gan, make_tiny

import ganzoo
from ganzoo import optimizers
from ganzoo.core import state
from ganzoo.core.stage import Stage
from ganzoo.errors import DiskFullError, InputError, Interrupted, NonFiniteError
from ganzoo.training import closing, standard_callbacks
from ganzoo.training.callbacks import NonFiniteGuard, ProgressBar, StopAtStep, progress
from ganzoo.training.callbacks.metrics_csv import read_rows
from ganzoo.training.runs import RunDirectory
from ganzoo.utils.files import naming
from ganzoo.utils.finite import nonfinite_networks

EVERY = {"batch_size": 8, "log_every": 2, "sample_every": 100, "checkpoint_every": 3, "verbose": False}


@pytest.fixture
def quick(monkeypatch):
    """Leave out what closes a run: plots and export take longer than all the rest."""
    monkeypatch.setattr("ganzoo.training.loop.close_run", lambda model, run: None)


def at_step(step, action):
    """Return a callback that calls `action` once the step was made."""

    def check(batch, logs):
        if spy.model.step == step:
            action()

    spy = keras.callbacks.LambdaCallback(on_train_batch_end=check)
    return spy


@pytest.mark.slow
def test_ctrl_c_saves_and_a_second_one_tells_what_is_saved(stripes, tmp_path, quick):
    with pytest.raises(Interrupted, match=f"stopped by Ctrl-C; saved at step 5 in {tmp_path}/one/checkpoints"):
        once = at_step(5, lambda: os.kill(os.getpid(), signal.SIGINT))
        make_tiny().train(stripes, 50, run_dir=tmp_path / "one", callbacks=[once], **EVERY)
    with pytest.raises(Interrupted, match="stopped by SIGTERM; saved at step 3 in"):
        twice = at_step(5, lambda: [os.kill(os.getpid(), signal.SIGTERM) for _ in range(2)])
        make_tiny().train(stripes, 50, run_dir=tmp_path / "two", callbacks=[twice], **EVERY)
    with pytest.raises(Interrupted, match="stopped by Ctrl-C; nothing is saved yet in"):
        early = at_step(1, lambda: [os.kill(os.getpid(), signal.SIGINT) for _ in range(2)])
        make_tiny().train(stripes, 50, run_dir=tmp_path / "three", callbacks=[early], **EVERY)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    make_tiny().train(stripes, 8, run_dir=tmp_path / "one", resume=True, **EVERY)
    assert [row["step"] for row in read_rows(tmp_path / "one" / "metrics.csv")] == ["2", "4", "6", "8"]


@pytest.mark.slow
@pytest.mark.parametrize(("number", "name"), [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM")])
def test_an_interrupt_while_the_run_is_closed_tells_that_all_is_saved(number, name, stripes, tmp_path, monkeypatch):
    monkeypatch.setattr("ganzoo.training.loop.close_run", lambda model, run: os.kill(os.getpid(), number))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore Ctrl-C
    try:
        with pytest.raises(Interrupted, match=f"stopped by {name}; saved at step 4 in"):
            make_tiny().train(stripes, 4, run_dir=tmp_path / "run", **EVERY)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.slow
def test_a_full_disk_names_the_file_and_how_to_go_on(stripes, tmp_path, monkeypatch):
    def no_space(*arguments, **named):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def no_space_for_tensorflow(*arguments, **named):
        raise RuntimeError("Failed to flush events: No space left on device")

    places = {
        "ganzoo.images.save_png": (no_space, "step_000000.png cannot be written; nothing is saved yet"),
        "numpy.savez": (no_space, "arrays.npz cannot be written; nothing is saved yet"),
        "ganzoo.training.callbacks.metrics_csv.write_whole": (no_space, "metrics.csv|run.* cannot be written"),
        "ganzoo.backend.EventWriter.scalar": (no_space_for_tensorflow, "tensorboard cannot be written"),
        "ganzoo.training.closing.save_loss_plot": (no_space, "losses.png cannot be written; step 4 is saved in"),
    }
    for i, (place, (fault, message)) in enumerate(places.items()):
        with monkeypatch.context() as patch:
            patch.setattr(place, fault)
            with pytest.raises(DiskFullError, match=f"the disk is full: .*{message}.*resume"):
                make_tiny().train(stripes, 4, run_dir=tmp_path / f"run{i}", **EVERY)


def test_errors_that_are_no_full_disk_stay_as_they_are(tmp_path):
    run = RunDirectory(tmp_path)
    with pytest.raises(PermissionError), closing.telling_what_is_saved(run):
        raise PermissionError(13, "Permission denied")
    with pytest.raises(ZeroDivisionError), naming("file"):
        raise ZeroDivisionError


@pytest.mark.slow
def test_the_run_directory_is_locked_while_it_is_trained_in(stripes, tmp_path, quick):
    def second():
        with pytest.raises(InputError, match=f"process {os.getpid()} is training in"):
            make_tiny().train(stripes, 4, run_dir=tmp_path / "run", resume=True, **EVERY)

    make_tiny().train(stripes, 4, run_dir=tmp_path / "run", callbacks=[at_step(2, second)], **EVERY)


def test_a_refused_training_leaves_no_folder(stripes, tmp_path):
    for options in ({"resume": True}, {"override": "seed"}, {"resume": True, "override": "seed"}):
        with pytest.raises(InputError):
            make_tiny().train(stripes, 4, run_dir=tmp_path / "run", **EVERY, **options)
    assert not (tmp_path / "run").exists()


def rates(model):
    return [float(np.asarray(player.optimizer.learning_rate)) for player in model.players.values()]


@pytest.mark.slow
def test_a_lower_learning_rate_can_be_taken_on_purpose_and_is_recorded(stripes, tmp_path, quick):
    run_dir = tmp_path / "run"
    make_tiny().train(stripes, 4, run_dir=run_dir, **EVERY)
    slow = {"objective": make_tiny().objective.replace(generator_optimizer=optimizers.Adam(1e-5, beta_1=0.5))}
    with pytest.raises(InputError, match=r"generator_optimizer.learning_rate: 0.00019\d* -> 9.9"):
        make_tiny(**slow).train(stripes, 8, run_dir=run_dir, resume=True, **EVERY)
    gan = make_tiny(**slow)
    history = gan.train(stripes, 8, run_dir=run_dir, resume=True, override=("generator_optimizer",), **EVERY).history
    assert rates(gan) == pytest.approx([2e-4, 1e-5])
    assert history["generator_learning_rate"] == pytest.approx([1e-5] * 2)
    assert history["discriminator_learning_rate"] == pytest.approx([2e-4] * 2)
    (override,) = json.loads((run_dir / "config.json").read_text())["overrides"]
    assert override["step"] == 4
    assert any("generator_optimizer.learning_rate" in change for change in override["changes"])
    make_tiny(**slow).train(stripes, 10, run_dir=run_dir, resume=True, **EVERY)  # now these are the run's settings
    assert len(json.loads((run_dir / "config.json").read_text())["overrides"]) == 1


class Halve(keras.callbacks.Callback):
    """Halves every player's rate at a step, as ReduceLROnPlateau does at a plateau."""

    def on_train_batch_end(self, batch, logs=None):
        if self.model.step == 2:
            self.model.optimizer.learning_rate = float(self.model.optimizer.learning_rate) / 2


@pytest.mark.slow
def test_a_rate_that_a_callback_moved_resumes_exactly(stripes, tmp_path, quick):
    whole, half = make_tiny(), make_tiny()
    whole.train(stripes, 8, run_dir=tmp_path / "whole", callbacks=[Halve()], **EVERY)
    half.train(stripes, 4, run_dir=tmp_path / "half", callbacks=[Halve()], **EVERY)
    assert rates(half) == pytest.approx([1e-4] * 2)
    for steps, gan in ((6, half), (7, ganzoo.load(tmp_path / "half")), (8, make_tiny())):
        gan.train(stripes, steps, run_dir=tmp_path / "half", resume=True, **EVERY)
        assert rates(gan) == pytest.approx([1e-4] * 2)
    arrays, expected = state.get_state(gan), state.get_state(whole)
    assert [name for name in expected if arrays[name].tobytes() != expected[name].tobytes()] == []
    assert json.loads((tmp_path / "half" / "config.json").read_text())["overrides"] == []
    gan.optimizer.learning_rate = 3e-4
    with pytest.raises(InputError, match=r"_optimizer.learning_rate: 0.00019\d* -> 0.0003"):
        gan.train(stripes, 9, run_dir=tmp_path / "half", resume=True, **EVERY)


@pytest.mark.slow
def test_a_schedule_can_be_prolonged_on_purpose(stripes, tmp_path, quick):
    def planned(steps):
        falling = optimizers.Adam(optimizers.LinearAfterHalf(1e-3, steps), beta_1=0.5)
        return make_tiny(objective=make_tiny().objective.replace(generator_optimizer=falling))

    planned(4).train(stripes, 4, run_dir=tmp_path / "run", **EVERY)
    gan = planned(8)
    gan.train(stripes, 6, run_dir=tmp_path / "run", resume=True, override="generator_optimizer", **EVERY)
    assert gan.step == 6
    assert rates(gan) == pytest.approx([2e-4, 5e-4])  # half of it is left at step 6 of 8


def test_the_guard_names_the_network_whose_weights_are_nan(stripes):
    gan = make_tiny()
    weight = gan.discriminator.trainable_variables[0]
    weight.assign(np.full(weight.shape, np.inf))
    guard = NonFiniteGuard(lambda: state.get_state(gan))
    guard.set_model(gan)
    with pytest.raises(NonFiniteError, match="the discriminator's generator_loss became nan at step 0"):
        guard.on_train_batch_end(0, {"generator_loss": float("nan")})
    with pytest.raises(NonFiniteError, match="NaN or infinite weights in discriminator at step 0"):
        guard.on_train_end()
    assert nonfinite_networks({"a": [np.zeros(2), np.array([np.nan])], "b": np.array([1])}) == ["a"]


def test_data_that_are_not_finite_are_refused_before_the_first_step(stripes, tmp_path):
    import tensorflow as tf

    bad = stripes.astype("float32") / 127.5 - 1
    bad[3, 2, 1] = np.nan
    gan = make_tiny()
    with pytest.raises(InputError, match="images must be"):
        gan.train(tf.data.Dataset.from_tensor_slices(bad).batch(8), 4, run_dir=tmp_path / "run", **EVERY)
    assert gan.step == 0
    assert not (tmp_path / "run").exists()


class Counter(keras.callbacks.Callback):
    """Count what a callback sees of a training."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_begin(self, logs=None):
        self.seen.append("begin")

    def on_train_end(self, logs=None):
        self.seen.append("end")

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append((epoch, self.model.step))


def staged(**options):
    """Return a tiny GAN of three stages whose optimizers begin anew in each."""
    gan = make_tiny(**options)
    gan.stages = lambda steps: [Stage(3), Stage(4), Stage(steps - 7)]
    return gan


@pytest.mark.slow
def test_fit_is_called_once_a_stage_and_callbacks_see_one_training(stripes):
    gan, counter = staged(), Counter()
    history = gan.train(stripes, 10, callbacks=[counter], **EVERY).history
    assert gan.stage == 2
    assert counter.seen == ["begin", (0, 2), (1, 3), (2, 4), (3, 6), (4, 7), (5, 8), (6, 10), "end"]
    assert len(history["generator_loss"]) == 7


@pytest.mark.slow
def test_a_run_in_stages_resumes_to_the_last_bit(stripes, tmp_path, quick):
    whole = staged()
    whole.train(stripes, 10, run_dir=tmp_path / "whole", **EVERY)
    keras.utils.clear_session()
    with pytest.raises(Interrupted):
        stop = at_step(5, lambda: os.kill(os.getpid(), signal.SIGTERM))
        staged().train(stripes, 10, run_dir=tmp_path / "run", callbacks=[stop], **EVERY)
    manifest = json.loads((tmp_path / "run" / "checkpoints" / "step_00000005" / "manifest.json").read_text())
    assert manifest["stage"] == 1
    keras.utils.clear_session()
    again = staged()
    again.train(stripes, 10, run_dir=tmp_path / "run", resume=True, **EVERY)
    mine, reference = state.get_state(again), state.get_state(whole)
    for name in reference:
        np.testing.assert_allclose(mine[name], reference[name], rtol=1e-5, atol=1e-6, err_msg=name)
    tables = [[row["step"] for row in read_rows(tmp_path / name / "metrics.csv")] for name in ("run", "whole")]
    assert tables[0] == tables[1] == ["2", "3", "4", "6", "7", "8", "10"]


@pytest.mark.slow
def test_a_resume_at_the_end_of_a_stage_changes_no_row(stripes, tmp_path, quick):
    staged().train(stripes, 8, run_dir=tmp_path / "whole", **EVERY)
    keras.utils.clear_session()
    with pytest.raises(SystemExit):
        staged().train(stripes, 8, run_dir=tmp_path / "run", callbacks=[at_step(4, sys.exit)], **EVERY)
    keras.utils.clear_session()
    staged().train(stripes, 8, run_dir=tmp_path / "run", resume=True, **EVERY)
    tables = [read_rows(tmp_path / name / "metrics.csv") for name in ("run", "whole")]
    rows = [[{k: v for k, v in row.items() if "second" not in k} for row in table] for table in tables]
    assert [row["step"] for row in rows[0]] == ["2", "3", "4", "6", "7", "8"]
    assert rows[0] == rows[1]


@pytest.mark.slow
def test_best_weights_are_those_of_the_last_stage(stripes, tmp_path, quick):
    spy = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(distance=float(epoch)))
    stop = keras.callbacks.EarlyStopping("distance", mode="min", patience=20, restore_best_weights=True)
    gan = make_gan("ProgressiveGAN", stage_steps=2)
    gan.train(stripes, 6, run_dir=tmp_path, callbacks=[spy, stop], **EVERY)
    assert (gan.stage, gan.step, stop.best) == (1, 6, 1.0)
    for weight, best in zip(gan.get_weights(), stop.best_weights, strict=True):
        if weight.ndim:  # all but the steps that were made
            np.testing.assert_array_equal(weight, best)


@pytest.mark.slow
def test_pictures_that_are_due_where_a_stage_ends_are_drawn(stripes, tmp_path, quick):
    staged().train(stripes, 8, run_dir=tmp_path, **EVERY | {"sample_every": 1})
    assert [path.name for path in sorted((tmp_path / "samples").iterdir())] == [f"step_{step:06d}.png" for step in range(9)]


@pytest.mark.slow
def test_other_steps_that_move_the_stages_are_refused_at_a_resume(stripes, tmp_path, quick):
    staged().train(stripes, 10, run_dir=tmp_path / "run", **EVERY)
    gan = staged()
    gan.stages = lambda steps: [Stage(50), Stage(50), Stage(steps - 100)]
    config = (tmp_path / "run" / "config.json").read_bytes()
    with pytest.raises(InputError, match="makes stages that end at steps 50, 100, 200, which do not fit step 10 of stage 2"):
        gan.train(stripes, 200, run_dir=tmp_path / "run", resume=True, **EVERY)
    assert (tmp_path / "run" / "config.json").read_bytes() == config
    gan = make_tiny()
    with pytest.raises(InputError, match="the checkpoint is of stage 2. Expected: at most 0, the last of Tiny"):
        gan.train(stripes, 20, run_dir=tmp_path / "run", resume=True, **EVERY)


def test_who_stops_at_the_end_of_a_stage_is_heard():
    model = types.SimpleNamespace(step=5, stop_training=False)
    stop = StopAtStep(5, final=False)
    stop.set_model(model)
    stop.on_train_batch_end(0)
    assert model.stop_training
    stop.on_epoch_end(0)
    assert not model.stop_training
    stop.on_train_batch_end(0)
    model.stop_training = True  # by a time limit, or a user's callback
    stop.on_epoch_end(0)
    assert model.stop_training


@pytest.mark.slow
def test_a_model_that_asks_for_a_probe_is_shown_the_same_examples(stripes, tmp_path, quick):
    probes = []

    class Probed(type(make_tiny())):
        probe_size = 4

        def preview(self, probe=None, seed=0):
            probes.append(probe["images"])
            return probe["images"][0]

    gan = Probed(image_shape=(8, 8, 1), latent=4)
    gan.train(stripes, 2, run_dir=tmp_path / "run", **EVERY)
    assert len(probes) == 2
    assert probes[0].shape == (4, 8, 8, 1)
    np.testing.assert_array_equal(*probes)


def test_progress_in_a_notebook_is_one_bar(monkeypatch):
    made = []

    class Bar:
        n = 0

        def __init__(self, **options):
            made.append(options)

        def set_postfix_str(self, text, refresh):
            self.text = text

        def update(self, steps):
            self.n += steps

        def close(self):
            pass

    monkeypatch.setattr(progress, "in_notebook", lambda: True)
    monkeypatch.setattr(progress.tqdm.auto, "tqdm", Bar)
    bar = ProgressBar(10, 8, {"generator_loss": "generator loss"})
    bar.set_model(types.SimpleNamespace(step=0))
    bar.on_train_begin()
    for step in (1, 2):
        bar.model.step = step
        bar.on_train_batch_end(step - 1, {"generator_loss": 0.5})
        bar.on_epoch_end(step - 1, {})
    assert bar.bar.n == 2
    assert "G 0.5" in bar.bar.text
    assert len(made) == 1
    assert "{bar}" in made[0]["bar_format"]  # what tqdm's widget looks for


def test_no_notebook_here():
    assert progress.in_notebook() is False


def test_events_of_a_full_disk_name_their_folder(tmp_path, monkeypatch):
    events = standard_callbacks._Events(tmp_path / "tensorboard")
    events.scalar("a", 1.0, 1)
    events.close()
    assert list((tmp_path / "tensorboard").iterdir())

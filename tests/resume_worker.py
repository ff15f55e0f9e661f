"""Train a tiny WGAN in a run directory, in a process that a test kills: python resume_worker.py RUN_DIR STEPS [MODE] [OTHER].

MODE resume goes on with the run; die_before_rename:N kills the process between writing and renaming checkpoint N, once it has
made the whole run in the directory OTHER.
"""

import os
import signal
import sys

import keras
from conftest import make_stripes, make_tiny

from ganzoo import backend, regularizers
from ganzoo.objectives import Objective


def main(run_dir, steps, mode="fresh", other=None):
    backend.make_operations_deterministic()
    if other is not None:
        train(other, steps)
        keras.utils.clear_session()  # names count on from GAN to GAN, and TensorFlow orders some sums by them
    if mode.startswith("die_before_rename"):
        fatal, rename = f"step_{int(mode.split(':')[1]):08d}", os.rename

        def rename_or_die(source, target):
            if os.path.basename(target) == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            rename(source, target)

        os.rename = rename_or_die
    train(run_dir, steps, resume=mode == "resume")


def train(run_dir, steps, resume=False):
    gan = make_tiny(
        objective=Objective("wasserstein", [regularizers.WeightClip(0.05), regularizers.GradientPenalty()], n_critic=2),
        ema_half_life_images=100.0,
    )
    gan.train(
        make_stripes(),
        steps=int(steps),
        batch_size=8,
        run_dir=run_dir,
        resume=resume,
        log_every=3,  # checkpoints are within an interval of the logs
        checkpoint_every=10,
        sample_every=50,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

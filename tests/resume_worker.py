"""Train a tiny WGAN in a run directory, in a process that a test kills: python resume_worker.py RUN_DIR STEPS [MODE].

MODE resume goes on with the run; die_before_rename:N kills the process between writing and renaming checkpoint N.
"""

import os
import signal
import sys

from conftest import make_stripes, make_tiny

from ganzoo import backend, losses, regularizers


def main(run_dir, steps, mode="fresh"):
    backend.make_operations_deterministic()
    if mode.startswith("die_before_rename"):
        fatal, rename = f"step_{int(mode.split(':')[1]):08d}", os.rename

        def rename_or_die(source, target):
            if os.path.basename(target) == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            rename(source, target)

        os.rename = rename_or_die
    gan = make_tiny(
        loss=losses.Wasserstein(),
        regularizers=[regularizers.WeightClip(0.05), regularizers.GradientPenalty()],
        n_critic=2,
        ema_half_life_images=100.0,
    )
    gan.train(
        make_stripes(),
        steps=int(steps),
        batch_size=8,
        run_dir=run_dir,
        resume=mode == "resume",
        log_every=5,
        checkpoint_every=10,
        sample_every=50,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Train in forks of this process, so that 60 kills cost one import of TensorFlow.

Reads lines "RUN_DIR STEPS MODE" as `resume_worker` takes them; answers "started PID" and, when that is over, "ended STATUS".
"""

import os
import sys
import traceback

import resume_worker


def main():
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            train(*line.split())
        print(f"started {child}", flush=True)
        print(f"ended {os.waitpid(child, 0)[1]}", flush=True)


def train(run_dir, steps, mode):
    """Train in a fork, and leave without a return."""
    status = 1
    try:
        with open(f"{run_dir}.log", "a") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        resume_worker.main(run_dir, steps, mode)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


if __name__ == "__main__":
    main()

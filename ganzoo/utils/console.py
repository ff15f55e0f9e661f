"""What is written to the console: progress, and nothing that libraries print without being asked."""

import contextlib
import os
import sys

from tqdm import tqdm

LINE = "{desc}: {unit} {n_fmt}/{total_fmt}, {remaining} left"  # where no bar can be drawn


def progress_bar(total, description, unit, shown=True):
    """Return a `tqdm` bar of work that takes minutes: it moves in a terminal and is a line a minute elsewhere."""
    pace = {} if sys.stderr.isatty() else {"mininterval": 60.0, "delay": 30.0, "bar_format": LINE + "\n"}
    return tqdm(total=total, desc=description, unit=unit, disable=not shown, **pace)


@contextlib.contextmanager
def silent_stderr():
    """Drop what is written to the process's error stream, by C++ libraries too."""
    sys.stderr.flush()
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)

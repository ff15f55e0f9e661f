"""What libraries print without being asked."""

import contextlib
import os
import sys


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

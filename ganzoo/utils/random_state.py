"""Random initial weights as a function of a seed, without touching the caller's random state."""

import contextlib
import random


@contextlib.contextmanager
def temporary_seed(seed):
    """Seed Python's generator, which Keras draws its layers' seeds from, and restore it afterwards."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)

"""The interval between two rows of the logs, kept across a kill: its sums are part of a checkpoint."""

import re

import keras
import numpy as np
from keras import ops

from ganzoo.training.runs.checkpoint_store import LOGS

NAME = re.compile(rf"{LOGS}([\w .()+-]{{1,100}})/(total|count)")


def get_log_sums(model):
    """Return {"logs/NAME/total" and "logs/NAME/count": float32 scalar}: the means that the running epoch has gathered so far.

    Args:
        model: with `log_means`, a dictionary {name: `keras.metrics.Mean`}.
    """
    return {
        f"{LOGS}{name}/{part}": np.asarray(ops.convert_to_numpy(getattr(mean, part)), "float32")
        for name, mean in model.log_means.items()
        for part in ("total", "count")
    }


class LogInterval(keras.callbacks.Callback):
    """Continue the interval of the logs in which a run was interrupted: the first epoch begins with its sums.

    Args:
        sums: as `get_log_sums` returned them; other names are ignored.
    """

    def __init__(self, sums):
        super().__init__()
        self.sums = dict(sums)

    def on_epoch_begin(self, epoch, logs=None):
        for name, value in self.sums.items():
            found = NAME.fullmatch(name)
            if found:
                means, (log, part) = self.model.log_means, found.groups()
                if log not in means:
                    means[log] = keras.metrics.Mean(log)
                getattr(means[log], part).assign(value)
        self.sums = {}

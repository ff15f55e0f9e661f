"""Saving a run as it trains, and when it is asked to stop."""

import signal
import threading

import keras

from ganzoo.errors import Interrupted
from ganzoo.training.callbacks.guards import check_finite_weights


class Checkpoints(keras.callbacks.Callback):
    """Write a checkpoint every `every` steps, at the end of training, and on Ctrl-C or SIGTERM, which also stop the training.

    A first Ctrl-C or SIGTERM lets the current step end, saves and stops the training; `raise_if_interrupted` then raises
    `Interrupted`. A second one takes effect at once, as if there were no handler. A checkpoint that is due at the end of an
    epoch is saved after the other callbacks' `on_epoch_end`, so that the row in metrics.csv is written before it.

    Args:
        store: `ganzoo.training.runs.CheckpointStore`.
        state: callable returning {"network/number": array}, the whole state of the training.
        every: steps between checkpoints.

    Raises:
        NonFiniteError: instead of saving a weight that is NaN or infinite.
    """

    def __init__(self, store, state, every):
        super().__init__()
        self.store, self.state, self.every = store, state, every
        self.saved_step = self.signal_number = None
        self._handlers = {}

    def install_handlers(self):
        """Catch SIGINT and SIGTERM, in the main thread; elsewhere Python does not allow it."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._handlers[number] = signal.signal(number, self._note_signal)

    def restore_handlers(self):
        """Give the signals back to whoever had them."""
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._handlers = {}

    def _note_signal(self, number, frame):
        self.signal_number = number
        self.restore_handlers()

    def on_train_batch_end(self, batch, logs=None):
        if self.signal_number is not None:
            self.model.stop_training = True
        if batch + 1 != (self.params or {}).get("steps"):  # else the epoch ends, and saves
            self._save_if_due()

    def on_epoch_end(self, epoch, logs=None):
        if self.signal_number is not None:
            self.model.stop_training = True
        self._save_if_due()

    def _save_if_due(self):
        step = self.model.step
        if self.signal_number is not None:
            due = self.saved_step != step
        else:
            due = step % self.every == 0 and not self.model.stop_training and self.saved_step != step
        if due:
            self.save(step)

    def on_train_end(self, logs=None):
        step = self.model.step
        if self.signal_number is None or self.saved_step != step:
            self.save(step)  # again where it is saved already: EarlyStopping may have put the best weights back

    def save(self, step):
        """Write the checkpoint of this step, or raise NonFiniteError."""
        arrays = self.state()
        check_finite_weights(arrays, step, self.store)
        self.store.save(step, arrays, self.model.stage)
        self.saved_step = step

    def raise_if_interrupted(self):
        """Raise `Interrupted` if a signal stopped the training."""
        if self.signal_number is not None:
            raise Interrupted(self.signal_number, self.saved_step, self.store.folder)

"""Saving a run as it goes, and when it is asked to stop."""

import signal
import threading

import keras
import numpy as np

from ganzoo.errors import Interrupted


class Checkpoints(keras.callbacks.Callback):
    """Write checkpoints every `every` steps, at the end, and on Ctrl-C or SIGTERM; then leave.

    A first Ctrl-C or SIGTERM lets the current step end, saves and stops the training; `raise_if_interrupted` then says so
    to the caller. A second one leaves at once, as if there were no handler.

    Args:
        store: `ganzoo.training.runs.CheckpointStore`.
        state: callable returning a dictionary of arrays, the whole state of the training.
        every: steps between checkpoints.
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
        interrupted, due = self.signal_number is not None, self.model.step % self.every == 0
        if interrupted:
            self.model.stop_training = True
        if interrupted or (due and not self.model.stop_training):
            self.save(self.model.step)

    def on_train_end(self, logs=None):
        step = self.model.step
        if self.signal_number is None or self.saved_step != step:
            self.save(step)  # again where it stands already: EarlyStopping may have put the best weights back

    def save(self, step):
        """Write the checkpoint of this step unless it holds a weight that is NaN or infinite."""
        arrays = self.state()
        if not all(np.isfinite(array).all() for array in arrays.values() if array.dtype.kind == "f"):
            return  # the guard stops the run at the next loss; the last good checkpoint must survive until then
        self.store.save(step, arrays)
        self.saved_step = step

    def raise_if_interrupted(self):
        """Raise `Interrupted` if a signal stopped the training."""
        if self.signal_number is not None:
            raise Interrupted(self.signal_number, self.saved_step)

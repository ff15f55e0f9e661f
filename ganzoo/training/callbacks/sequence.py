"""Callbacks for which several calls of `fit` are one training, and a step counter that never goes back."""

import keras


class CallbackSequence(keras.callbacks.CallbackList):
    """Keras's list of callbacks, begun and ended by `begin` and `end` instead of by each `fit`.

    A run is fitted once a stage, and once more to complete the interval of the logs that it was interrupted in;
    `EarlyStopping`, `History` and the others must see one training.

    Args:
        callbacks: sequence of `keras.callbacks.Callback`.
        model: the model that is trained.
    """

    def __init__(self, callbacks, model):
        super().__init__(callbacks, add_history=True, model=model)
        self._logs = None

    @property
    def history(self):
        """The `keras.callbacks.History` of all calls of `fit`."""
        return self._history

    def begin(self):
        """Tell the callbacks that training begins."""
        super().on_train_begin()

    def begin_stage(self):
        """Let `EarlyStopping` look for its best weights anew: those of earlier stages are of other networks."""
        for callback in self.callbacks:
            if getattr(callback, "best_weights", None) is not None:
                callback.best = callback.best_weights = None

    def on_train_begin(self, logs=None):
        """Do nothing: `begin` did it."""

    def on_train_end(self, logs=None):
        """Keep the logs for `end`."""
        self._logs = logs

    def end(self):
        """Tell the callbacks that training is over."""
        super().on_train_end(self._logs)


class KeepStep(keras.callbacks.Callback):
    """Keep the model's step counter when a callback before this one restores earlier weights, which include the counter.

    `keras.callbacks.EarlyStopping(restore_best_weights=True)` does so; steps that were made stay counted.
    """

    def on_train_begin(self, logs=None):
        self.step = self.model.step

    def on_train_batch_end(self, batch, logs=None):
        self.step = self.model.step

    def on_epoch_end(self, epoch, logs=None):
        self.model.step_counter.assign(self.step)

    def on_train_end(self, logs=None):
        self.model.step_counter.assign(self.step)

"""Pictures from fixed inputs, so that those of different steps can be compared."""

import pathlib

import keras

from ganzoo.utils import images
from ganzoo.utils.files import naming


class SampleGrids(keras.callbacks.Callback):
    """Write `step_000500.png` every `every` steps, before the first step and at the end.

    Args:
        folder: where to.
        every: steps between grids.
        show: optional callable (picture uint8 `(H, W, C)`, step), e.g. to send it to TensorBoard.
        probe: the fixed real examples that the model's `preview` is given, a dictionary of arrays; None for most models.
    """

    def __init__(self, folder, every, show=None, probe=None):
        super().__init__()
        self.folder = pathlib.Path(folder)
        self.every, self.show, self.probe = every, show, probe
        self.written = None

    def on_train_begin(self, logs=None):
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.model.step == 0:
            self.write(0)

    def on_train_batch_end(self, batch, logs=None):
        self._write_if_due()

    def on_epoch_end(self, epoch, logs=None):
        self._write_if_due()  # at the end of a stage, whose last step stops `fit` until then

    def on_train_end(self, logs=None):
        self.write(self.model.step)

    def write(self, step):
        """Save the model's own preview."""
        picture = self.model.preview(self.probe)
        path = self.folder / f"step_{step:06d}.png"
        with naming(path):
            images.save_png(path, picture)
        if self.show is not None:
            self.show(picture, step)
        self.written = step

    def _write_if_due(self):
        step = self.model.step
        if step % self.every == 0 and not self.model.stop_training and self.written != step:
            self.write(step)

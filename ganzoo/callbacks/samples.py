"""Sample grids from fixed latents, so that pictures of different steps can be compared."""

import pathlib

import keras

from ganzoo import images


class SampleGrids(keras.callbacks.Callback):
    """Write `step_000500.png` every so often, and before the first step.

    Args:
        folder: where to.
        every: steps between grids.
        n: images per grid.
        show: optional callable (picture uint8 `(H, W, C)`, step), e.g. to send it to TensorBoard.
    """

    def __init__(self, folder, every, n=64, show=None):
        super().__init__()
        self.folder = pathlib.Path(folder)
        self.every, self.n, self.show = every, n, show

    def on_train_begin(self, logs=None):
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.model.step == 0:
            self.write(0)

    def on_train_batch_end(self, batch, logs=None):
        step = self.model.step
        if step % self.every == 0:
            self.write(step)

    def on_train_end(self, logs=None):
        if not self._path(self.model.step).exists():
            self.write(self.model.step)

    def write(self, step):
        """Draw the fixed latents' images and save the grid."""
        picture = images.grid(self.model.sample(self.n), zoom=images.zoom_for(self.model.image_shape))
        images.save_png(self._path(step), picture)
        if self.show is not None:
            self.show(picture, step)

    def _path(self, step):
        return self.folder / f"step_{step:06d}.png"

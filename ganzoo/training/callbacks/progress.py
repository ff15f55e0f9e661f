"""A progress bar with the time left and the losses, named in words."""

import math
import shutil
import sys
import time
import types

import keras
import tqdm
import tqdm.auto

# What the bar calls things, so that a terminal of 80 columns shows the whole game.
SHORT = {
    "discriminator loss": "D",
    "critic loss": "D",
    "generator loss": "G",
    "Wasserstein estimate": "W",
    "information (nats)": "information",
}


class ProgressBar(keras.callbacks.Callback):
    """Show a bar over all steps of a run, D and G before their losses: a line in a terminal, a widget in a notebook.

    Where the output is neither, print a line per epoch.

    Args:
        steps: the step at which the run will be done.
        images_per_step: real images that one step consumes.
        words: {name in the logs: what to call it}; these are shown, in this order.
        minutes: time limit of the training if there is one; the time left heeds it.
        images: size of the data set if it is known; the epoch is then shown too.
    """

    def __init__(self, steps, images_per_step, words, minutes=None, images=None):
        super().__init__()
        self.minutes = math.inf if minutes is None else minutes
        self.steps, self.images_per_step = steps, images_per_step
        self.words = words
        self.images = images
        self.bar = None

    def on_train_begin(self, logs=None):
        self._first, self._start = self.model.step, time.perf_counter()
        notebook = in_notebook()
        if notebook or sys.stderr.isatty():
            wide = shutil.get_terminal_size().columns >= 120
            bar = "{bar} step " if notebook else "|{bar:20}| step " if wide else " "
            layout = "{percentage:3.0f}%" + bar + "{n_fmt}/{total_fmt} [{elapsed}<{remaining}]{postfix}"
            make = tqdm.auto.tqdm if notebook else tqdm.tqdm  # a widget where there is ipywidgets, else one line
            self.bar = make(total=self.steps, initial=self._first, bar_format=layout, dynamic_ncols=not notebook)

    def on_train_batch_end(self, batch, logs=None):
        if self.bar is not None:
            self.bar.set_postfix_str(self._state(logs, SHORT, 3), refresh=False)
            self.bar.total = self._last_step()
            self.bar.update(self.model.step - self.bar.n)

    def on_epoch_end(self, epoch, logs=None):
        if self.bar is None:
            left = max(0, int(self._seconds_per_step() * (self._last_step() - self.model.step)))
            minutes = f"{left // 60}:{left % 60:02d} left"
            print(f"step {self.model.step}/{self._last_step()}, {minutes}, {self._state(logs)}", flush=True)

    def close(self):
        """Leave the terminal in order, however training ended."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None

    def _seconds_per_step(self):
        return (time.perf_counter() - self._start) / max(self.model.step - self._first, 1)

    def _last_step(self):
        """The step at which training will end: the last one, or the one that the time limit allows at this pace."""
        in_time = self._first + 60 * self.minutes / self._seconds_per_step()
        return max(self.model.step, min(self.steps, math.ceil(in_time) if math.isfinite(in_time) else self.steps))

    def _state(self, logs, short=types.MappingProxyType({}), digits=4):
        epoch = [] if self.images is None else [f"epoch {self.model.step * self.images_per_step / self.images:.1f}"]
        shown = [(short.get(word, word), float(logs[name])) for name, word in self.words.items() if name in logs]
        shown = [f"{word} {value:.{digits}g}" for word, value in shown]
        return ", ".join([*epoch, *shown, f"{self.images_per_step / self._seconds_per_step():.0f} images/s"])


def in_notebook():
    """Return whether this runs in a Jupyter notebook, which shows one updating bar though its output is no terminal."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and "IPKernelApp" in getattr(shell, "config", {})

"""The runs that the page offers, and the models of those that were asked for last."""

import collections
import dataclasses
import functools
import threading
from collections.abc import Callable

import numpy as np

import ganzoo
from ganzoo.core.model import AdversarialModel
from ganzoo.errors import InputError
from ganzoo.explore import state
from ganzoo.training.runs import RunDirectory

MODELS = 6  # kept in memory
EXAMPLES = 64  # images to translate that a run's data offers
WARM_UP = (1, 16, 4)  # batches that are asked for first, so that none of the page's is traced while somebody waits


@dataclasses.dataclass(frozen=True)
class Opened:
    """A run whose model is loaded.

    Attributes:
        name: of the run, as the page shows it.
        run_dir: its folder.
        model: a ganzoo model.
        controls: `ganzoo.explore.state.Controls` of its first endpoint.
        draw: `ganzoo.explore.state.draw`, remembering the last few draws.
    """

    name: str
    run_dir: object
    model: AdversarialModel
    controls: state.Controls
    draw: Callable

    def picture(self, request):
        """Return the picture of a `ganzoo.explore.state.Request`."""
        return state.picture(self.model, request, self.draw)

    def animation(self, request):
        """Return the pictures from seed a to seed b."""
        return state.animation(self.model, request, draw=self.draw)


class Catalog:
    """Runs by name, which is the path of their folder as it was found.

    Args:
        find: callable that returns the folders of the runs to offer, in order; called again whenever they are listed.
        data_of: callable from a run's folder to (training data, unseen data or None), for images to translate.
        read: callable from an image file and a shape (H, W, C) to uint8 `(1, H, W, C)`, for uploaded ones.
        report: called with a line of text while a model is loaded.

    Attributes:
        lock: held while a model works: two at a time would each take twice as long, and Keras's settings are global.
    """

    def __init__(self, find, data_of, read, report=lambda line: None):
        self._find, self._data_of, self.read, self._report = find, data_of, read, report
        self._models, self._examples = collections.OrderedDict(), {}
        self.lock = threading.RLock()

    def folders(self):
        """Return {name: folder} of the runs."""
        return {str(path): path for path in self._find()}

    def folder(self, name):
        """Return the folder of a run that is offered.

        Raises:
            InputError: if there is no such run.
        """
        found = self.folders()
        if name not in found:
            raise InputError(f"there is no run called {str(name)[:200]!r} any more; reload the page.")
        return found[name]

    def labels(self):
        """Return [(what to show, name)]: a run that cannot be loaded says why, as far as a look into its folder tells."""
        return [(f"{name} ({reason})" if (reason := _fault(path)) else name, name) for name, path in self.folders().items()]

    def open(self, name, newest=False):
        """Return the `Opened` run.

        Args:
            name: of the run.
            newest: whether a model that is loaded already is loaded anew where the run has a newer checkpoint by now.

        Raises:
            InputError: if it cannot be loaded; says why.
        """
        with self.lock:
            path = self.folder(name)
            found = self._models.get(name)
            if found is None or (newest and found.model.step not in RunDirectory(path).checkpoints.steps()[-1:]):
                self._report(f"loading {name}")
                model = ganzoo.load(path)
                found = Opened(name, path, model, state.controls_of(model), functools.lru_cache(maxsize=8)(state.draw))
                self._warm_up(found)
                self._models[name] = found
            self._models.move_to_end(name)
            while len(self._models) > MODELS:
                self._models.popitem(last=False)
            return found

    def examples(self, opened, name):
        """Return images of a run's data for one of its inputs, uint8 `(N, H, W, C)`, unseen ones where there are any.

        Raises:
            InputError: if the data cannot be read.
        """
        with self.lock:
            if opened.run_dir not in self._examples:
                train, unseen = self._data_of(opened.run_dir)
                arrays = (unseen or train).arrays
                self._examples[opened.run_dir] = {part: np.array(values[:EXAMPLES]) for part, values in arrays.items()}
            found = self._examples[opened.run_dir].get(name)
            if found is None:
                raise InputError(f"the data of {opened.name} has no {name}; upload a picture.")
            return found

    def _warm_up(self, opened):
        """Ask for a picture of each size: what is traced, compiled and allocated now does not keep anybody waiting later."""
        controls = opened.controls
        for n in WARM_UP if controls.pictures else (state.POINTS,):
            given = {controls.image: np.zeros((n, *controls.asked), "uint8")} if controls.image else {}
            for endpoint in controls.endpoints if not given else (controls.endpoint,):
                opened.picture(state.Request(endpoint, n, given=given))


def _fault(path):
    """Return why a run cannot be loaded, "" where a look into its folder finds nothing."""
    try:
        run = RunDirectory(path)
        if run.config() is None:
            return "no config.json"
        return "" if run.checkpoints.steps() else "no checkpoint yet"
    except InputError:
        return "config.json is damaged, or of another version"

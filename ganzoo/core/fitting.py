"""What Keras and users call to train a model: `fit`, `train`, `train_on_batch`, and what a GAN refuses of Keras's arguments."""

import keras
from keras import ops

from ganzoo import backend
from ganzoo.errors import InputError


class Fitting:
    """Training mixin of `AdversarialModel`."""

    def train_step(self, data):
        """Play `steps_per_call` steps for Keras's `fit`; the logs are means since the epoch began."""
        batches = self.as_batches(data)
        together = self.steps_per_call
        if together == 1:
            logs = self.play_step(batches)
        else:
            parts = {name: ops.reshape(x, (together, -1, *x.shape[1:])) for name, x in batches.items()}
            logs = backend.mean_over_repeats(lambda i: self.play_step({name: x[i] for name, x in parts.items()}), together)
        for name, value in logs.items():
            if name not in self.log_means:
                with backend.outside_the_trace():
                    self.log_means[name] = keras.metrics.Mean(name)
            self.log_means[name].update_state(value)
        return {name: self.log_means[name].result() for name in logs}

    def as_batches(self, data):
        """Return {part: values} from what a data pipeline yields: a dictionary, or the parts in their order."""
        if isinstance(data, dict):
            batches = {name: data[name] for name in self.examples if name in data}
        else:
            parts = [part for part in (data if isinstance(data, (tuple, list)) else (data,)) if part is not None]
            if len(parts) > len(self.examples):
                raise InputError(
                    f"{type(self).__name__} takes {' and '.join(self.examples)} alone. Received: {len(parts)} parts"
                )
            batches = dict(zip(self.examples, parts, strict=False))
        missing = [name for name in self.examples if name not in batches]
        if missing:
            raise InputError(f"{type(self).__name__} needs {' and '.join(missing)} besides.")
        return batches

    def train_on_batch(self, *parts, **named):
        """Play one whole step, for loops of your own.

        Args:
            parts: the parts of `examples` in their order (images, labels), or one dictionary; arrays with leading axes `(N,)`,
                one batch for all updates, or `(batches_per_step, N)`.
            named: parts by their names in `examples`, or Keras's x and y for the first and the second.

        Returns:
            Dictionary of floats for this step.

        Raises:
            InputError: if they are of another shape, range or number.
        """
        refuse_options(named, "train_on_batch", ("sample_weight", "class_weight", "return_dict"))
        batches = self.as_batches(self._by_name(parts, named) if named else parts[0] if len(parts) == 1 else parts)
        self.check_batches(batches)
        tensors = {name: ops.convert_to_tensor(values) for name, values in batches.items()}
        return {name: float(value) for name, value in self._play_step(tensors).items()}

    def _by_name(self, parts, named):
        """Return {name: values} of parts in their order and of named ones."""
        given = dict(parts[0]) if len(parts) == 1 and isinstance(parts[0], dict) else dict(zip(self.examples, parts))  # noqa: B905
        aliases = dict(zip(("x", "y"), self.examples, strict=False))
        for name, values in named.items():
            if values is None:
                continue
            key = name if name in self.examples else aliases.get(name)
            if key is None or key in given:
                raise InputError(
                    f"train_on_batch of {type(self).__name__} takes {' and '.join(self.examples)}, each once. Received: "
                    f"{name}=..."
                )
            given[key] = values
        return given

    def fit(self, x=None, y=None, **options):
        """Train with Keras's `fit`; `train` wraps it with runs, samples and checkpoints, and checks every batch.

        Raises:
            InputError: for arrays out of range (of a `tf.data.Dataset`, its first element is checked), and for options that
                have no meaning for a GAN.
        """
        unused = ("validation_data", "validation_split", "validation_steps", "validation_batch_size", "class_weight")
        refuse_options(options, "fit", (*unused, "sample_weight"))
        if hasattr(x, "element_spec"):
            self.check_batches(self.as_batches(next(iter(x), None)), self.steps_per_call == 1)
        elif x is not None:
            if not isinstance(x, (dict, tuple, list)) and not hasattr(x, "shape"):
                raise InputError(
                    "fit takes arrays or a tf.data.Dataset, such as tf.data.Dataset.from_generator makes. Received: x of type "
                    f"{type(x).__name__}"
                )
            x, y = self.as_batches(x if y is None else (x, y)), None
            self.check_batches(x)
        return super().fit(x, y, **options)

    def evaluate(self, *arguments, **options):
        """Refuse: a GAN has no test loss; `ganzoo.evaluation` measures its samples."""
        raise InputError("a GAN has no loss that tells how good it is: measure its samples with ganzoo.evaluation.metrics.")

    def set_steps_per_execution(self, steps):
        """Play `steps` steps in one call of `train_step`, in one compiled program."""
        if steps != self.steps_per_call:
            self._train_functions[self.steps_per_call] = self.train_function
            self.steps_per_call, self.train_function = steps, self._train_functions.get(steps)  # None: `fit` traces it

    @property
    def step(self):
        """Number of steps made so far, an int.

        Raises:
            InputError: within a step, which is compiled for all steps: there it is a tensor, `self.step_counter`.
        """
        if backend.is_tracing():
            raise InputError(
                "gan.step is a number for callbacks and loops; a step is compiled once for all of them. In a loss take the "
                "tensor self.step_counter and keras.ops, e.g. ops.where(self.step_counter < 1000, 1.0, 0.0)."
            )
        return backend.to_int(self.step_counter)

    def train(self, data, steps=1000, **options):
        """Train on data; see `ganzoo.training.train` for all options (batch_size, run_dir, resume, callbacks, ...)."""
        from ganzoo import training

        if "epochs" in options:
            raise InputError(
                "train counts steps: an epoch is (number of examples // batch_size) of them; fit takes epochs. Received: "
                f"epochs={options['epochs']!r}"
            )
        if hasattr(steps, "shape") and getattr(steps, "shape", ()):
            raise InputError(
                "all parts of the data are one argument: train((images, labels), steps=1000). Received: steps of shape "
                f"{tuple(steps.shape)}"
            )
        return training.train(self, data, steps, **options)


def refuse_options(options, where, names):
    """Raise InputError for Keras's arguments that have no meaning for a GAN."""
    for name in names:
        if options.pop(name, None) is not None:
            raise InputError(f"{where} of a GAN has no {name}. Received: {name}=...")

"""The batches of a training, and the examples that are looked at before it."""

import numpy as np

from ganzoo.errors import InputError

PROBE_SEED = 7919  # added to the model's: the probe is another draw than the first batch


def batches_per_step_of(model):
    """Return how many batches one step of a model consumes."""
    return getattr(model, "batches_per_step", None) or model.n_critic


def batches_of(model, data, options, step):
    """Return the batches from a step on; each element holds those of the steps that one call makes together."""
    together = options.steps_per_execution
    parts = list(model.examples) if hasattr(data, "specs") else model.needs_labels
    return data.batches(options.batch_size, model.seed, step // together, together * batches_per_step_of(model), parts)


def probe_of(model, data):
    """Return the fixed examples that a model's preview shows, {part: array}, or None where it asks for none."""
    size = getattr(model, "probe_size", 0)
    if not size:
        return None
    batch = next(iter(data.batches(size, (model.seed + PROBE_SEED) % 2**31, names=list(model.examples))))
    return {name: np.asarray(values)[0] for name, values in batch.items()}


def check_finite(data):
    """Raise InputError if floating-point data hold NaN or infinity; of a stream the first element is looked at.

    Args:
        data: a dataset of `ganzoo.data`.
    """
    if hasattr(data, "arrays"):
        arrays = data.arrays
    elif hasattr(data, "examples"):
        arrays = {"examples": data.examples}
    else:
        first = getattr(data, "first", ())
        arrays = first if isinstance(first, dict) else {f"part {i}": part for i, part in enumerate(first)}
    for name, values in arrays.items():
        values = np.asarray(values)
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            bad = int((~np.isfinite(values)).sum())
            raise InputError(f"{data.name}: {name} must be finite. Received: {bad} of {values.size} numbers NaN or infinite")

"""The batches of a training, and the examples that previews show."""

import numpy as np

from ganzoo.data.guard import guarded
from ganzoo.data.scaling import scaled

PROBE_SEED = 7919  # added to the model's: the probe is another draw than the first batch


def batches_of(model, data, options, step):
    """Return the batches from a step on; each element holds those of the steps that one call makes together."""
    together = options.steps_per_execution
    count = together * model.batches_per_step
    batches = data.batches(options.batch_size, model.seed, step // together, count, list(model.examples))
    sizes = model.stages(model.step + options.steps)[model.stage].examples or {}
    if sizes:
        batches = scaled(batches, {name: spec.shape for name, spec in sizes.items() if len(spec.shape) == 3})
    return batches if hasattr(data, "arrays") else guarded(batches, model.ranges(data.specs))


def probe_of(model, data):
    """Return the fixed examples that a model's preview shows, {part: array}, or None where it asks for none."""
    if not model.probe_size:
        return None
    batch = next(iter(data.batches(model.probe_size, (model.seed + PROBE_SEED) % 2**31, names=list(model.examples))))
    return {name: np.asarray(values)[0] for name, values in batch.items()}

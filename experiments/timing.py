"""Timing of training steps, shared by `experiments.benchmark` and the studies that compare costs."""

import time


def seconds(function, repeats):
    """Return how long each of `repeats` calls takes, after one that is not counted."""
    function().numpy()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function().numpy()
        times.append(time.perf_counter() - start)
    return times


def step_of(model, batch_size):
    """Return a callable that plays a step of a model on random images and returns a scalar tensor."""
    batches = random_batches(model, model.batches_per_step, batch_size)
    return lambda: last(model._play_step(batches))


def random_batches(model, leading, batch_size):
    """Return {part: tensor `(leading, batch_size, ...)`} of what a model trains on."""
    import tensorflow as tf

    made = {}
    for name, spec in model.examples.items():
        shape = (leading, batch_size, *spec.shape)
        made[name] = {
            "uint8": lambda shape=shape: tf.cast(tf.random.uniform(shape, 0, 256, tf.int32), tf.uint8),
            "float32": lambda shape=shape: tf.random.uniform(shape, -1.0, 1.0),
            "int32": lambda shape=shape: tf.zeros(shape, tf.int32),
        }[spec.dtype]()
    return made


def last(logs):
    """Return the last of a step's logs, which waits for all of the step."""
    return list(logs.values())[-1]

"""Batches read ahead of the training, in a pipeline that ends as soon as it is let go."""


def prefetched(batches):
    """Return a `tf.data.Dataset` that makes its next two elements while the training works on the last.

    TensorFlow's autotuning is off for it: there is nothing to tune in so short a pipeline, and the thread that tunes sleeps
    for up to a minute at a time, for which whoever lets go of an iterator waits (TensorFlow 2.21).
    """
    import tensorflow as tf

    options = tf.data.Options()
    options.autotune.enabled = False
    return batches.prefetch(2).with_options(options)

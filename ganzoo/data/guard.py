"""A look at every batch of a stream: its first element says nothing about the next ones."""

from ganzoo.errors import InputError

_MARK = "ganzoo refuses a batch of the stream: "


def guarded(batches, ranges):
    """Return a `tf.data.Dataset` of named batches that stops at the first value out of range.

    Args:
        batches: `tf.data.Dataset` of {part: tensor}.
        ranges: {part: (low, high)}, both included.
    """
    import tensorflow as tf

    def check(batch):
        for name, (low, high) in ranges.items():
            smallest, largest = tf.reduce_min(batch[name]), tf.reduce_max(batch[name])
            inside = tf.logical_and(tf.cast(smallest, tf.float32) >= low, tf.cast(largest, tf.float32) <= high)
            message = f"{_MARK}{name} must be from {low:g} to {high:g}. Received: values from"
            with tf.control_dependencies([tf.debugging.Assert(inside, [message, smallest, "to", largest])]):
                batch[name] = tf.identity(batch[name])
        return batch

    return batches.map(check)


def refusal(error):
    """Return the InputError that stands behind an error which `guarded` raised inside TensorFlow, or None."""
    text = str(error)
    if _MARK not in text:
        return None
    return InputError(" ".join(text[text.index(_MARK) + len(_MARK) :].split("[[")[0].replace("] [", " ").strip(" []").split()))

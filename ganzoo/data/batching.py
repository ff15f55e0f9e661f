"""Endless shuffled batches whose order is a function of (seed, step).

A reading of the data is an endless row of positions 0, 1, 2, ...; position p lies in epoch p // N, and a keyed
permutation of 0 ... N - 1 says which example stands there. Nothing is carried from one batch to the next, so a run
that resumes at step k reads what an uninterrupted run reads, at no cost of skipping.

The permutation is a Feistel network (Luby and Rackoff 1988) over pairs (left, right) of digits in base
ceil(sqrt(N)), walked until it falls below N (Black and Rogaway 2002): integer arithmetic alone, so the order is the
same on every machine. TensorFlow has `tf.random.experimental.index_shuffle` for this, but in TensorFlow 2.21 that
takes one epoch at a time where a batch may span two, keeps 8 bits of each seed for up to 65536 examples, and gives
no permutation of 65537.
"""

import math

import numpy as np

from ganzoo.data.checks import is_memory_mapped
from ganzoo.data.prefetching import prefetched
from ganzoo.errors import InputError
from ganzoo.utils.checks import check_int

# Fewer leave a measurable bias when there are only a handful of examples.
_ROUNDS = 8


def _mix(numbers):
    """Scramble a uint64 tensor with the SplitMix64 step (Steele, Lea and Flood 2014)."""
    import tensorflow as tf

    def fold(values, bits):
        return tf.bitwise.bitwise_xor(values, tf.bitwise.right_shift(values, tf.constant(bits, tf.uint64)))

    numbers += tf.constant(0x9E3779B97F4A7C15, tf.uint64)
    numbers = fold(numbers, 30) * tf.constant(0xBF58476D1CE4E5B9, tf.uint64)
    numbers = fold(numbers, 27) * tf.constant(0x94D049BB133111EB, tf.uint64)
    return fold(numbers, 31)


def shuffled_indexes(positions, size, seed):
    """Say which example stands at each position of the endless reading.

    Args:
        positions: int64 tensor (n,), from 0 on.
        size: int, the number of examples N.
        seed: int, from 0 to 2**63 - 1.

    Returns:
        int64 tensor (n,) of indexes 0 ... N - 1; every run of N positions from a multiple of N on holds each once.
    """
    import tensorflow as tf

    positions = tf.cast(positions, tf.uint64)
    count = tf.constant(size, tf.uint64)
    base = tf.constant(math.isqrt(size - 1) + 1, tf.uint64)
    half = tf.constant(32, tf.uint64)
    key = _mix(_mix(tf.constant(seed, tf.uint64)) + positions // count)
    keys = tf.unstack(_mix(key + tf.cast(tf.range(2 * _ROUNDS)[:, tf.newaxis], tf.uint64)))
    round_keys = list(zip(keys[::2], keys[1::2], strict=True))

    def walk(moving, places):
        left, right = places // base, places % base
        for shift, factor in round_keys:
            # A lighter hash than _mix will do under keys that differ in each round, and is faster to trace.
            hashed = (right + shift) * factor
            hashed = tf.bitwise.bitwise_xor(hashed, tf.bitwise.right_shift(hashed, half)) * factor
            left, right = right, (left + tf.bitwise.right_shift(hashed, half)) % base
        places = tf.where(moving, left * base + right, places)
        return places >= count, places

    # base**2 exceeds N by little. Who lands beyond N - 1 walks on; the way leads back below N, as it began there.
    start = (tf.ones_like(positions, tf.bool), positions % count)
    _, indexes = tf.while_loop(lambda moving, places: tf.reduce_any(moving), walk, start)
    return tf.cast(indexes, tf.int64)


def index_batches(arrays, batch_size, seed=0, start_step=0, batches_per_step=1, name="data"):
    """Read arrays of equal length in endless shuffled batches.

    Args:
        arrays: dict {name: array or tensor (N, ...)}, gathered by the same indexes. Tensors are used without a copy, arrays
            that lie in a file are read from it row by row.
        batch_size: int, examples in a batch, at most N.
        seed: int, from 0 to 2**63 - 1.
        start_step: int, the step the first element belongs to.
        batches_per_step: int, batches in one element.
        name: str, what the data are called in messages.

    Returns:
        An infinite `tf.data.Dataset` of dicts {name: tensor (batches_per_step, batch_size, ...)}, shapes static. Element k
        is a function of (seed, start_step + k) alone.

    Raises:
        InputError: if an argument is out of range or there are fewer examples than one batch holds.
    """
    size = len(next(iter(arrays.values())))
    batch_size = check_int("batch_size", batch_size, 1)
    batches_per_step = check_int("batches_per_step", batches_per_step, 1)
    start_step = check_int("start_step", start_step, 0)
    seed = check_int("seed", seed, 0)
    if seed >= 2**63:
        raise InputError(f"seed must be below 2**63. Received: seed={seed}")
    if size < batch_size:
        raise InputError(
            f"{name} has {size} examples, fewer than one batch of {batch_size}; take a batch_size of at most {size}."
        )

    import tensorflow as tf

    with tf.device("CPU"):
        sources = {key: array if is_memory_mapped(array) else tf.convert_to_tensor(array) for key, array in arrays.items()}
    count = batches_per_step * batch_size

    def rows(source, indexes):
        if tf.is_tensor(source):
            return tf.gather(source, indexes)
        # TensorFlow would copy the file into memory to gather from it.
        return tf.numpy_function(lambda chosen: np.asarray(source[chosen]), [indexes], source.dtype, stateful=False)

    def read(step):
        indexes = shuffled_indexes(step * count + tf.range(count, dtype=tf.int64), size, seed)
        return {
            key: tf.reshape(rows(source, indexes), (batches_per_step, batch_size, *source.shape[1:]))
            for key, source in sources.items()
        }

    return prefetched(tf.data.Dataset.counter(start=start_step).map(read))

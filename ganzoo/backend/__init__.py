"""The part of ganzoo that speaks a backend's own language (data and export aside); today TensorFlow's."""

import keras

from ganzoo.backend.tensorflow import (
    EventWriter,
    accelerators,
    fold_in,
    gather_rows,
    in_distribution_strategy,
    input_gradient,
    is_tracing,
    jit,
    make_operations_deterministic,
    map_rows,
    mean_over_repeats,
    normal,
    outside_the_trace,
    projected_adam,
    seed_shuffling,
    sum_gradients,
    to_int,
    traced_once,
    uniform,
    value_and_gradients,
    value_and_input_gradients,
    value_of,
    vjp,
)
from ganzoo.backend.tensorflow_kernels import (
    adam_update,
    batch_normalize,
    convolution_kernel_gradient,
    convolve,
    rmsprop_update,
    supports_fused_batch_norm,
    supports_fused_update,
)

if keras.backend.backend() != "tensorflow":
    raise ImportError(
        "ganzoo runs on Keras's TensorFlow backend: set KERAS_BACKEND=tensorflow. "
        f"Received: keras.backend.backend()={keras.backend.backend()!r}"
    )

__all__ = [
    "EventWriter",
    "accelerators",
    "adam_update",
    "batch_normalize",
    "convolution_kernel_gradient",
    "convolve",
    "fold_in",
    "gather_rows",
    "in_distribution_strategy",
    "input_gradient",
    "is_tracing",
    "jit",
    "make_operations_deterministic",
    "map_rows",
    "mean_over_repeats",
    "normal",
    "outside_the_trace",
    "projected_adam",
    "rmsprop_update",
    "seed_shuffling",
    "sum_gradients",
    "supports_fused_batch_norm",
    "supports_fused_update",
    "to_int",
    "traced_once",
    "uniform",
    "value_and_gradients",
    "value_and_input_gradients",
    "value_of",
    "vjp",
]

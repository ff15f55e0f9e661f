"""Autodiff, loops, random numbers and compilation on TensorFlow: what Keras leaves to its backend.

Everything mathematical elsewhere is written in `keras.ops`. Another backend means another version of this file and of
`tensorflow_kernels.py`; `ganzoo.backend` picks.
"""

import contextlib
import functools

import tensorflow as tf

_ZERO = tf.UnconnectedGradients.ZERO  # None, as an output's gradient, is taken for ones


def value_and_gradients(function, variables):
    """Evaluate `function` and differentiate its first output for `variables`, and for nothing else.

    Args:
        function: callable without arguments; returns `(loss, rest)`, `loss` a scalar.
        variables: list of `keras.Variable`. Whatever else `function` reads is a constant here, so who is trained is
            decided by this list, never by a `trainable` flag.

    Returns:
        `(loss, rest, gradients)`, `gradients` in the order of `variables`.
    """
    values = [variable.value for variable in variables]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(values)
        loss, rest = function()
    return loss, rest, tape.gradient(loss, values)


def vjp(function, variables):
    """Evaluate `function` and keep what its gradient needs, so that the gradient may be taken later (reverse mode).

    Args:
        function: callable without arguments; returns a tensor or a structure of tensors.
        variables: list of `keras.Variable`.

    Returns:
        `(outputs, pull_back)`; `pull_back(gradients)`, of the structure of the outputs, returns the vector-Jacobian products
        in the order of `variables`. It may be called once.
    """
    values = [variable.value for variable in variables]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(values)
        outputs = function()
    return outputs, lambda gradients: tape.gradient(outputs, values, output_gradients=gradients)


def value_and_input_gradients(function, inputs):
    """Evaluate `function(inputs)` and differentiate its first output for `inputs`, a tensor or a structure of tensors.

    Returns:
        `(loss, rest, gradients)`, `gradients` of the structure of `inputs`.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        loss, rest = function(inputs)
    return loss, rest, tape.gradient(loss, inputs, unconnected_gradients=_ZERO)


def sum_gradients(*gradients):
    """Return the sum of gradients of one weight, None where there is none; those of an embedding may be rows of it."""
    found = [tf.convert_to_tensor(each) for each in gradients if each is not None]
    return tf.add_n(found) if found else None


def input_gradient(function, inputs):
    """Differentiate `sum(function(inputs))` for `inputs`; the result can be differentiated again.

    Args:
        function: callable from `inputs` to one number per sample, `(N,)` or `(N, 1)`.
        inputs: tensor `(N, ...)`.

    Returns:
        Tensor of the shape of `inputs`: sample n's row is the gradient of its own output, as samples do not mix.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        outputs = function(inputs)
    return tape.gradient(outputs, inputs, unconnected_gradients=_ZERO)


def mean_over_repeats(body, repeats):
    """Run `body(0), ..., body(repeats - 1)` one after the other and average what they return.

    Inside a graph this is a graph loop: `body` is traced once however many repeats there are.

    Args:
        body: callable from an int32 index to a dictionary of scalars.
        repeats: int, at least 0.

    Returns:
        Dictionary of scalars, the means; empty for 0 repeats.
    """
    if repeats == 0:
        return {}
    if repeats == 1 or tf.executing_eagerly():
        results = [body(index) for index in range(repeats)]
        return {name: tf.add_n([result[name] for result in results]) / repeats for name in results[0]}
    # Tracing the body by itself tells which scalars it returns, hence what the loop's accumulators are.
    traced = tf.function(body, autograph=False).get_concrete_function(tf.TensorSpec((), tf.int32))
    zeros = tf.nest.map_structure(lambda output: tf.zeros(output.shape, output.dtype), traced.structured_outputs)
    _, totals = tf.while_loop(
        lambda index, _: index < repeats,
        lambda index, sums: (index + 1, tf.nest.map_structure(tf.add, sums, traced(index))),
        (tf.constant(0), zeros),
        parallel_iterations=1,
    )
    return {name: total / repeats for name, total in totals.items()}


def traced_once(function):
    """Return `function`, traced by itself at its first call in a graph and reused by the later ones; eagerly, as it is.

    Args:
        function: callable of structures of tensors, of equal shapes in all calls; returns a structure of tensors.
    """
    return function if tf.executing_eagerly() else tf.function(function, autograph=False)


def projected_adam(function, start, steps, learning_rate, project):
    """Minimize `function` row by row with projected Adam (Kingma & Ba 2015, arXiv:1412.6980), in a graph loop.

    Args:
        function: callable from a tensor like `start` to one loss per row, `(N,)`.
        start: float32 `(N, d)`.
        steps: positive int.
        learning_rate: float.
        project: callable that brings rows back to where they may be, applied after each step. Inside `function` it would
            leave a coordinate beyond the border without a gradient, so that it never comes back.

    Returns:
        float32 `(N, d)`.
    """

    def step(count, x, mean, square):
        gradient = input_gradient(function, x)
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        power = tf.cast(count + 1, tf.float32)
        scale = learning_rate / (1 - 0.9**power)
        moved = x - scale * mean / (tf.sqrt(square / (1 - 0.999**power)) + 1e-8)
        return count + 1, project(moved), mean, square

    zeros = tf.zeros_like(start)
    return tf.while_loop(lambda count, *_: count < steps, step, (tf.constant(0), start, zeros, zeros))[1]


def jit(function):
    """Turn `function` into one that is traced into a graph at its first call and reused for every batch size.

    TensorFlow counts traces by a function's code, and would warn of the first ones of a fifth model; those of a partial are
    counted by themselves.
    """
    return tf.function(functools.partial(function), reduce_retracing=True, autograph=False)


@contextlib.contextmanager
def outside_the_trace():
    """Make variables at once although a graph is being traced.

    TensorFlow throws a trace away that made variables of its own, and traces a second time.
    """

    def unlifted(create, **options):
        return create(**options | {"experimental_enable_variable_lifting": False})

    with tf.init_scope(), tf.variable_creator_scope(unlifted):
        yield


def fold_in(seed, *numbers):
    """Derive a new random seed from `seed` and each of `numbers` in turn.

    Args:
        seed: int32 tensor or pair of ints, shape `(2,)`.
        numbers: ints or integer scalars, e.g. a step count.

    Returns:
        int32 tensor of shape `(2,)`.
    """
    seed = tf.convert_to_tensor(seed, tf.int32)
    for number in numbers:
        seed = tf.random.experimental.stateless_fold_in(seed, tf.cast(number, tf.int32))
    return seed


def normal(shape, seed):
    """Draw float32 numbers from N(0, 1); the same `seed` (int32, `(2,)`) gives the same numbers (Philox)."""
    return tf.random.stateless_normal(shape, seed, alg="philox")


def uniform(shape, seed, low=0.0, high=1.0):
    """Draw float32 numbers from [low, high); the same `seed` (int32, `(2,)`) gives the same numbers (Philox)."""
    return tf.random.stateless_uniform(shape, seed, low, high, alg="philox")


def map_rows(function, elements, dtypes):
    """Map `function` over the rows of `elements` one by one, inside one graph; dtypes has the structure of what it returns."""
    return tf.map_fn(function, elements, fn_output_signature=tf.nest.map_structure(tf.as_dtype, dtypes))


def gather_rows(values, indices):
    """Return `values[n, indices[n]]` for every n: `(N, M, C)` from values `(N, K, C)` and int32 indices `(N, M)`."""
    return tf.gather(values, indices, batch_dims=1)


def value_of(variable):
    """Return the value of a `keras.Variable` as a plain tensor (a custom gradient takes no variables)."""
    return tf.convert_to_tensor(variable.value)


def to_int(variable):
    """Return the value of an integer `keras.Variable` as a Python int."""
    return int(variable.value.numpy())


def is_tracing():
    """Return whether a compiled function is being traced, where variables are tensors without a value."""
    return not tf.executing_eagerly()


def in_distribution_strategy():
    """Return whether the caller stands in the scope of a `tf.distribute` strategy."""
    return tf.distribute.has_strategy()


def accelerators():
    """Return the name of the GPU or TPU that training will use, the first one, in a list; an empty list for a CPU machine."""
    return [device.name for device in tf.config.list_logical_devices() if device.device_type != "CPU"][:1]


def make_operations_deterministic():
    """Make equal runs on one machine equal to the last bit, on a GPU too, where some kernels then run slower."""
    tf.config.experimental.enable_op_determinism()


def seed_shuffling(seed):
    """Seed what TensorFlow itself draws, such as the order in which `fit` reads arrays; deterministic operations demand it."""
    tf.random.set_seed(seed)


class EventWriter:
    """Writes TensorBoard events: `scalar(name, value, step)`, `image(name, uint8 HWC, step)`, `text(name, str, step)`."""

    def __init__(self, folder):
        self._writer = tf.summary.create_file_writer(str(folder))

    def scalar(self, name, value, step):
        """Write one number."""
        with self._writer.as_default():
            tf.summary.scalar(name, value, step=step)

    def image(self, name, image, step):
        """Write one picture, uint8 `(H, W, C)`."""
        with self._writer.as_default():
            tf.summary.image(name, image[None], step=step)

    def text(self, name, text, step):
        """Write a line of text."""
        with self._writer.as_default():
            tf.summary.text(name, text, step=step)

    def flush(self):
        """Push what was written to disk, so that a killed run keeps its curves."""
        self._writer.flush()

    def close(self):
        """Flush and close the file."""
        self._writer.close()

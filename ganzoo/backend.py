"""The only module of ganzoo that speaks TensorFlow's own language (data and export aside).

Everything mathematical elsewhere is written in `keras.ops`. What Keras leaves to the backend stands here: gradients for
chosen variables or for an input, loops inside one graph, stateless random numbers, the compiled step, event files.
Another backend means another version of this one file.
"""

import keras
import tensorflow as tf

if keras.backend.backend() != "tensorflow":
    raise ImportError(
        "ganzoo runs on Keras's TensorFlow backend: set KERAS_BACKEND=tensorflow. "
        f"Received: keras.backend.backend()={keras.backend.backend()!r}"
    )


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
    return tape.gradient(outputs, inputs)


def mean_over_repeats(body, repeats):
    """Run `body(0), ..., body(repeats - 1)` one after the other and average what they return.

    Inside a graph this is a graph loop: `body` is traced once however many repeats there are.

    Args:
        body: callable from an int32 index to a dictionary of scalars.
        repeats: positive int.

    Returns:
        Dictionary of scalars, the means.
    """
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


def descend(function, start, steps, learning_rate, project):
    """Minimise `function` row by row with projected Adam (Kingma & Ba 2015, arXiv:1412.6980), in a graph loop.

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


def compiled(function):
    """Turn `function` into one that is traced into a graph at its first call and reused for every batch size."""
    return tf.function(function, reduce_retracing=True, autograph=False)


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


def for_each(function, elements):
    """Map `function` over the rows of `elements` one by one, inside one graph; float32 in the shape it returns."""
    return tf.map_fn(function, elements, fn_output_signature=tf.float32)


def gather_rows(values, indices):
    """Return `values[n, indices[n]]` for every n: `(N, M, C)` from values `(N, K, C)` and int32 indices `(N, M)`."""
    return tf.gather(values, indices, batch_dims=1)


def read(variable):
    """Return the value of a `keras.Variable` as a plain tensor (a custom gradient takes no variables)."""
    return tf.convert_to_tensor(variable.value)


def to_int(variable):
    """Return the value of an integer `keras.Variable` as a Python int."""
    return int(variable.value.numpy())


def convolve(inputs, kernel, strides=1, padding=((0, 0), (0, 0)), bias=None):
    """Convolve NHWC `inputs` with `(k_h, k_w, C_in, C_out)`; zeros are padded as ((top, bottom), (left, right))."""
    outputs = tf.nn.conv2d(inputs, kernel, strides, [(0, 0), *padding, (0, 0)])
    return outputs if bias is None else tf.nn.bias_add(outputs, bias)


def convolution_kernel_gradient(inputs, kernel_shape, outputs_gradient, strides):
    """Gradient of an unpadded NHWC convolution for its kernel.

    Args:
        inputs: the convolution's input, float32 `(N, H, W, C_in)`.
        kernel_shape: `(k_h, k_w, C_in, C_out)`.
        outputs_gradient: gradient of the loss for the convolution's output, `(N, H', W', C_out)`.
        strides: int, both ways.

    Returns:
        float32 tensor of `kernel_shape`.
    """
    return tf.raw_ops.Conv2DBackpropFilter(
        input=inputs,
        filter_sizes=kernel_shape,
        out_backprop=outputs_gradient,
        strides=[1, strides, strides, 1],
        padding="VALID",
    )


def batch_normalize(inputs, scale, offset, epsilon):
    """Normalise NHWC `inputs` by their own mean and variance per channel, in one fused operation.

    Returns:
        `(outputs, mean, variance)`, the variance the biased one that the outputs were divided by, `(C,)`.
    """
    outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=inputs, scale=scale, offset=offset, mean=[], variance=[], epsilon=epsilon, is_training=True
    )
    n = tf.cast(tf.reduce_prod(tf.shape(inputs)[:3]), variance.dtype)
    return outputs, mean, variance * ((n - 1) / n)  # the operation returns the unbiased one


def can_fuse(gradient, variable):
    """Return whether the fused updates below apply: a dense float32 gradient for a float32 variable."""
    return isinstance(gradient, tf.Tensor) and gradient.dtype == variable.dtype == tf.float32


def adam_update(gradient, variable, moments, learning_rate, step, beta_1, beta_2, epsilon):
    """Make one step of Adam on a `tf.Variable` in one operation.

    Args:
        gradient: float32 tensor of the variable's shape.
        variable: float32 `tf.Variable`, changed in place.
        moments: `keras.Variable` (mean, uncentred variance) of the gradients, changed in place.
        learning_rate: float32 scalar.
        step: integer scalar, 1 for the first.
        beta_1, beta_2, epsilon: floats.
    """
    step = tf.cast(step, tf.float32)
    tf.raw_ops.ResourceApplyAdam(
        var=variable.handle,
        m=moments[0].value.handle,
        v=moments[1].value.handle,
        beta1_power=tf.pow(beta_1, step),
        beta2_power=tf.pow(beta_2, step),
        lr=tf.cast(learning_rate, tf.float32),
        beta1=beta_1,
        beta2=beta_2,
        epsilon=epsilon,
        grad=gradient,
    )


def rmsprop_update(gradient, variable, moments, learning_rate, rho, momentum, epsilon):
    """Make one step of RMSprop on a `tf.Variable` in one operation.

    Args:
        gradient: float32 tensor of the variable's shape.
        variable: float32 `tf.Variable`, changed in place.
        moments: `keras.Variable` (mean square of the gradients, momentum), changed in place.
        learning_rate: float32 scalar.
        rho, momentum, epsilon: floats.
    """
    tf.raw_ops.ResourceApplyRMSProp(
        var=variable.handle,
        ms=moments[0].value.handle,
        mom=moments[1].value.handle,
        lr=tf.cast(learning_rate, tf.float32),
        rho=rho,
        momentum=momentum,
        epsilon=epsilon,
        grad=gradient,
    )


def accelerators():
    """Return the names of the GPUs and TPUs that training will use, an empty list for a CPU machine."""
    return [device.name for device in tf.config.list_logical_devices() if device.device_type != "CPU"]


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

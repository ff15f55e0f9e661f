"""Fused operations of TensorFlow that Keras writes as chains: convolutions, batch normalization, optimizer updates."""

import tensorflow as tf


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


def supports_fused_batch_norm(inputs, statistics):
    """Return whether `batch_normalize` applies: inputs of at most single precision, statistics in float32."""
    return inputs.dtype in (tf.float32, tf.float16, tf.bfloat16) and statistics.dtype == "float32"


def batch_normalize(inputs, scale, offset, epsilon):
    """Normalize NHWC `inputs` by their own mean and variance per channel, in one fused operation.

    Returns:
        `(outputs, mean, variance)`, the variance the biased one that the outputs were divided by, `(C,)`.
    """
    outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=inputs, scale=scale, offset=offset, mean=[], variance=[], epsilon=epsilon, is_training=True
    )
    n = tf.cast(tf.reduce_prod(tf.shape(inputs)[:3]), variance.dtype)
    return outputs, mean, variance * ((n - 1) / n)  # the operation returns the unbiased one


def supports_fused_update(gradient, variable):
    """Return whether the fused updates below apply: a dense float32 gradient for a float32 variable."""
    return isinstance(gradient, tf.Tensor) and gradient.dtype == variable.dtype == tf.float32


def adam_update(gradient, variable, moments, learning_rate, step, beta_1, beta_2, epsilon):
    """Make one step of Adam on a `tf.Variable` in one operation.

    Args:
        gradient: float32 tensor of the variable's shape.
        variable: float32 `tf.Variable`, changed in place.
        moments: `keras.Variable` (mean, uncentered variance) of the gradients, changed in place.
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

"""Where the outputs of a network of several layers are made of features."""

from keras import layers, tree


def head_of(tensor):
    """Return the layer with weights that computes an output from features (in a sum of parts, the dense one), or None.

    A conditional discriminator adds a projection to a dense layer's output; layers without weights may follow.

    Args:
        tensor: `keras.KerasTensor`, an output of a `keras.Model`.

    Example:
        >>> import keras
        >>> head_of(keras.Sequential([keras.Input((2,)), layers.Dense(1, name="logit"), layers.Flatten()]).outputs[0]).name
        'logit'
    """
    operation = tensor._keras_history.operation
    while not getattr(operation, "weights", ()):
        before = [each._keras_history.operation for each in tree.flatten(operation.input)]
        if operation in before:  # an input layer's input is its own output
            return None
        operation = next((each for each in before if isinstance(each, layers.Dense)), before[0])
    return operation

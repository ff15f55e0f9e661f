"""A trained model as a SavedModel that loads with TensorFlow alone."""

from ganzoo.export.functions import endpoint_function, seed_function, write_functions


def write_saved_model(folder, model, batch=None):
    """Write a SavedModel with a signature for each of `model.endpoints()`, `serve`, and `from_seed` where inputs are drawn.

    `serve` is `serving_default` under the name that Keras's own exports have: where it exists,
    `tf.lite.TFLiteConverter.from_saved_model(folder)` converts that one signature. It would else convert all, and fail on the
    random numbers of `from_seed`.

    Args:
        folder: the folder to write.
        model: a `ganzoo` model.
        batch: None for any number of images, or an int.
    """
    functions = {name: endpoint_function(model, name, batch).traced() for name in model.endpoints()}
    functions["serve"] = functions["serving_default"]
    seeded = seed_function(model, batch)
    if seeded is not None:
        functions["from_seed"] = seeded.traced()
    write_functions(folder, model, functions)

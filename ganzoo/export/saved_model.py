"""A generator as a SavedModel that loads with TensorFlow alone."""

import keras
import tensorflow as tf


def export_generator(path, gan):
    """Write the generator of `gan` as a SavedModel with two endpoints, each for any number N of images.

    `serving_default`: latents float32 `(N, size)`, and the GAN's further inputs by name (labels, codes, ...) -> images float32
    `(N, H, W, C)` in [0, 1], whatever range the network works in: scaling and clipping are inside the graph.
    `from_seed`: seeds int32 `(N,)`, and labels int32 `(N,)` where the GAN is conditional -> images uint8 `(N, H, W, C)`.
    Image i depends on `seeds[i]` (and its label) alone: its latent is drawn by the stateless Philox generator with the key
    (seed, 0), and it goes through the network by itself, so that neither N nor the order nor the process changes a bit of
    it. It equals `GAN.sample(1, seed)[0]`. For many images at once, `serving_default` is the faster one.

    A GAN of points instead of images returns `points`, float32, from both.

    Args:
        path: folder to write; an existing SavedModel there is replaced.
        gan: a `ganzoo.GAN`, or what has its `sampling_generator`, `latent`, `value_range`, `image_rank`, `needs_labels`,
            `serving_inputs` and `from_serving`.

    Returns:
        The path, as a string.
    """
    generator, (low, high), are_images = gan.sampling_generator, gan.value_range, gan.image_rank == 3
    name = "images" if are_images else "points"

    def outputs(inputs):
        made = generator(list(inputs) if len(inputs) > 1 else inputs[0], training=False)
        return tf.clip_by_value((made - low) / (high - low), 0.0, 1.0) if are_images else made

    def serve(*inputs):
        return {name: outputs(gan.from_serving(*inputs))}

    def output_of_seed(row):
        seed, labels = row[0], row[1:]
        return outputs((gan.latent.draw(1, tf.stack([seed, 0])), *(label[None] for label in labels)))[0]

    def from_seed(*rows):
        made = tf.map_fn(output_of_seed, rows, fn_output_signature=tf.float32)
        return {name: tf.cast(tf.round(made * 255.0), tf.uint8) if are_images else made}

    asked = [tf.TensorSpec((None, *shape), dtype, name=key) for key, (shape, dtype) in gan.serving_inputs().items()]
    per_seed = ("seeds", "labels") if gan.needs_labels else ("seeds",)
    archive = keras.export.ExportArchive()
    archive.track(generator)
    archive.add_endpoint("serving_default", serve, asked)
    archive.add_endpoint("from_seed", from_seed, [tf.TensorSpec((None,), tf.int32, name=key) for key in per_seed])
    archive.write_out(str(path), verbose=False)
    return str(path)

"""A generator as a SavedModel that loads with TensorFlow alone."""

import keras
import tensorflow as tf


def export_generator(path, generator, latent, value_range):
    """Write `generator` as a SavedModel with two endpoints, each for any number N of images.

    `serving_default`: latents float32 `(N, size)` -> images float32 `(N, H, W, C)` in [0, 1], whatever range the network
    works in: scaling and clipping are inside the graph.
    `from_seed`: seeds int32 `(N,)` -> images uint8 `(N, H, W, C)`. Image i depends on `seeds[i]` alone: its latent is drawn by
    the stateless Philox generator with the key (seed, 0), and it goes through the network by itself, so that neither N
    nor the order nor the process changes a bit of it. It equals `GAN.sample(1, seed)[0]`. For many images at once,
    `serving_default` is the faster one.

    Args:
        path: folder to write; an existing SavedModel there is replaced.
        generator: `keras.Model` from latents to images.
        latent: a distribution of `ganzoo.latents`.
        value_range: (low, high) of the generator's pixels.

    Returns:
        The path, as a string.
    """
    low, high = value_range

    def unit_images(latents):
        return tf.clip_by_value((generator(latents, training=False) - low) / (high - low), 0.0, 1.0)

    def from_latents(latents):
        return {"images": unit_images(latents)}

    def image_of_seed(seed):
        return unit_images(latent.draw(1, tf.stack([seed, 0])))[0]

    def from_seed(seeds):
        pixels = tf.map_fn(image_of_seed, seeds, fn_output_signature=tf.float32)
        return {"images": tf.cast(tf.round(pixels * 255.0), tf.uint8)}

    archive = keras.export.ExportArchive()
    archive.track(generator)
    signature = tf.TensorSpec((None, latent.size), tf.float32, name="latents")
    archive.add_endpoint("serving_default", from_latents, [signature])
    archive.add_endpoint("from_seed", from_seed, [tf.TensorSpec((None,), tf.int32, name="seeds")])
    archive.write_out(str(path), verbose=False)
    return str(path)

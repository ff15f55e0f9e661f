"""Batches brought to another size, for a model that grows: each stage trains on images of its own size."""


def scaled(batches, shapes):
    """Return a `tf.data.Dataset` of named batches whose images have other sizes.

    Args:
        batches: `tf.data.Dataset` of {part: tensor}; images uint8, uint16 or float32 `(..., H, W, C)`.
        shapes: {part: (height, width, channels)}; parts that are not named, or have that size, stay as they are.

    Sizes are reached by averaging areas (`tf.image.resize`, method "area"), which shrinks without aliasing; integers
    stay integers.
    """
    import tensorflow as tf

    def bring(batch):
        for name, (height, width, channels) in shapes.items():
            images = batch[name]
            if images.shape[-3:] == (height, width, channels):
                continue
            leading = tf.shape(images)[:-3]
            flat = tf.reshape(images, (-1, *images.shape[-3:]))
            small = tf.image.resize(flat, (height, width), method="area")
            small = tf.cast(tf.round(small), images.dtype) if images.dtype != tf.float32 else small
            static = (*images.shape[:-3], height, width, channels)
            batch[name] = tf.ensure_shape(tf.reshape(small, tf.concat([leading, (height, width, channels)], 0)), static)
        return batch

    return batches.map(bring)

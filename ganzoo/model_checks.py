"""What a GAN refuses: networks that cannot play, and data that is not for it."""

import keras
from keras import ops

from ganzoo.errors import InputError


class ModelChecks:
    """The part of `GAN` that checks.

    It needs the attributes `generator`, `discriminator`, `image_shape`, `image_rank`, `value_range`, `needs_labels`.
    """

    def check_networks(self):
        """Raise InputError if what `build_generator` and `build_discriminator` returned cannot play."""
        for name in ("generator", "discriminator"):
            if not getattr(getattr(self, name), "inputs", None):
                raise InputError(
                    f"build_{name} must return a functional or Sequential keras.Model that begins with keras.Input(...), so "
                    f"that its shapes are known. Received: {getattr(self, name)!r}"
                )
        made = tuple(self.generator.output_shape[1:])
        if made != self.image_shape:
            raise InputError(f"build_generator must make images {self.image_shape}. Received: output shape {made}")
        judged = tuple(self.discriminator.outputs[0].shape[1:])
        if judged != (1,):
            raise InputError(f"build_discriminator must return logits (N, 1). Received: output shape (N, *{judged})")
        last = self.discriminator
        while isinstance(last, keras.Model):
            last = last.outputs[0]._keras_history.operation
        if getattr(last, "activation", None) is keras.activations.sigmoid:
            raise InputError(
                "build_discriminator must return logits, as the sigmoid is in the loss. Received: a network that ends in a "
                "sigmoid; leave its activation out"
            )

    def check_data(self, data):
        """Raise InputError if a dataset of `ganzoo.data` is not what this GAN can train on."""
        shape = next(iter(data.specs.values())).shape
        if shape != self.image_shape:
            raise InputError(f"the GAN makes images {self.image_shape}. Received: images {shape}")
        if self.needs_labels and "labels" not in data.specs:
            raise InputError(f"{type(self).__name__} trains on images with labels, and {data.name} has none.")
        if hasattr(data, "first"):  # of a stream no more is seen before it is trained on
            self.check_images(next(iter(data.first.values())))
            if self.needs_labels:
                self.check_labels(data.first["labels"])
        elif self.needs_labels:
            self.check_labels(data.labels)

    def check_images(self, images):
        """Raise InputError if images `(..., H, W, C)` are neither uint8 nor floats in `value_range`."""
        if self.image_rank != 3 or keras.backend.standardize_dtype(images.dtype) == "uint8":
            return
        images = ops.convert_to_numpy(images)
        low, high = self.value_range
        slack = 1e-3 * (high - low)
        if images.dtype.kind != "f" or not low - slack <= images.min() <= images.max() <= high + slack:
            raise InputError(
                f"images must be uint8 from 0 to 255, or floats from {low:g} to {high:g}, this GAN's value_range. "
                f"Received: {images.dtype} from {images.min():g} to {images.max():g}"
            )

    def check_labels(self, labels):
        """Raise InputError if labels `(N,)` of real images are not such as a conditional GAN knows."""

"""`class Inpainting`: the base class of the zoo's models that fill in what is missing from an image.

    y = (1 - m) x + m G((1 - m) x, m)            m = 1 where a pixel is missing

What is known stays as it is, to the last bit. Masks are drawn anew for every image of every batch; they are an input of the
model, so a trained one can be given masks of your own.
"""

import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.core.inputs import Image, Spec
from ganzoo.core.model import AdversarialModel
from ganzoo.core.sampling import Endpoint
from ganzoo.data.masks import Mask
from ganzoo.networks.base import check_pair
from ganzoo.utils.checks import check_image_shape, positive_number


class Inpainting(AdversarialModel):
    """A generator that fills in what is missing; a subclass says what it learns from.

    Args:
        image_shape: (height, width, channels).
        networks: a pair of `ganzoo.networks` whose generator takes images and masks.
        mask: kind of the masks that it trains on, a name in `ganzoo.data.masks.KINDS`.
        learning_rate: of the generator's optimizer, above 0.
        seed: as in `GAN`.

    Raises:
        InputError: for a bad value, before anything is built.
    """

    def __init__(self, image_shape, networks, mask, learning_rate, seed, name):
        self.image_shape, self.mask = check_image_shape(image_shape), mask
        self.networks = check_pair(networks, self.image_shape, type(self).__name__)
        self.learning_rate = positive_number("learning_rate", learning_rate)
        self.examples = {"images": Spec(self.image_shape, "uint8")}
        self.inputs = {"images": Image(self.image_shape), "masks": Mask(*self.image_shape[:2], mask)}
        super().__init__(seed, name)

    def fill(self, images, masks, training=False):
        """Return what the generator makes in the place of all pixels, known or not, float32 `(N, H, W, C)` in (-1, 1).

        Args:
            images: float32 `(N, H, W, C)` in (-1, 1); what they hold where they are masked is not seen.
            masks: int32 `(N, H, W, 1)`, 1 where a pixel is missing.
            training: bool.
        """
        return ops.cast(self.generator([images, masks], training=training), "float32")

    def generate(self, inputs):
        """Fill in the images of {images, masks}: known pixels stay as they are, missing ones are the generator's."""
        images, masks = inputs["images"], inputs["masks"]
        return compose(images, self.fill(images, masks), masks)

    def endpoints(self):
        """Return the one endpoint; its output is called `filled`, as an exported input and output cannot share a name."""
        return {"serving_default": Endpoint(self.inputs, self.generate, "filled")}

    def draw_masks(self, images, seed):
        """Return a mask for each image of a batch, int32 `(N, H, W, 1)`."""
        return self.inputs["masks"].draw((ops.shape(images)[0],), seed)

    def translations(self, given, seed=0, endpoint="serving_default"):
        """Return [images, the same with what is missing in gray, filled in], each uint8 `(N, H, W, C)`."""
        inputs = self.draw_inputs(len(given["images"]), seed, endpoint, **given)
        return [given["images"], np.where(inputs["masks"] == 1, 128, given["images"]).astype("uint8"), self.render(inputs)]

    def step_seed(self, step):
        """Return the seed of a step's draws, int32 `(2,)`."""
        return backend.fold_in((self.seed, 0), step)


def compose(images, filled, masks):
    """Return images with the pixels of `filled` where masks are 1."""
    masks = ops.cast(masks, filled.dtype)
    return (1.0 - masks) * ops.cast(images, filled.dtype) + masks * filled

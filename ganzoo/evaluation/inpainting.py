"""Semantic inpainting by inversion: Yeh, Chen, Lim, Schwing, Hasegawa-Johnson, Do 2017, "Semantic Image Inpainting with Deep
Generative Models", arXiv:1607.07539: any trained generator fills in what is missing. Also measures of the result.

    z* = argmin_z |W (G(z) - y)|_1 + 0.003 L_G(z),      W_i = missing share of the window around i; 0 where i is missing

so what lies at the border of the hole counts most. L_G is the loss that the generator was trained with, log(1 - D(G(z))) in the
paper. Then Poisson blending (Pérez et al. 2003): in the hole, the picture whose gradients are nearest to those of G(z*) and
which meets the known pixels at the border. Departure: the best of several starts is taken.
"""

import numpy as np
from keras import ops
from scipy import ndimage, sparse
from scipy.sparse.linalg import spsolve

from ganzoo.errors import InputError
from ganzoo.evaluation.inversion import checked_images, descend
from ganzoo.utils.checks import nonnegative_number, positive_integer


def complete(
    model, images, masks, starts=4, steps=300, learning_rate=0.03, window=7, prior=0.003, blending=True, seed=0, **given
):
    """Fill in what is missing from images by what a trained generator makes of the latents that fit best.

    Args:
        model: a GAN of images with latents.
        images: uint8 `(N, H, W, C)`; masked pixels are ignored.
        masks: integers `(N, H, W, 1)`, 1 where a pixel is missing; each must leave at least one pixel known.
        starts, steps, learning_rate, seed: of the descent, as in `ganzoo.evaluation.inversion.invert`.
        window: side of the window that the weights are taken from, a positive int.
        prior: weight of the generator's own loss, at least 0.
        blending: whether colors are fitted to the border; else generated pixels are put in as they are.
        given: inputs that are known, N rows each: labels=... of a conditional GAN. Labels not given are tried in turn.

    Returns:
        Dictionary: `images` uint8 `(N, H, W, C)`, filled in; `generated` uint8 `(N, H, W, C)`, the whole of G(z*); `inputs`
        {name: array `(N, ...)`}; `losses` float32 `(N,)`.

    Raises:
        InputError: if images and masks do not fit each other or the model.

    Example:
        >>> import ganzoo
        >>> from ganzoo.data.masks import Mask
        >>> gan = ganzoo.GAN(image_shape=(8, 8, 1), latent=4)
        >>> complete(gan, gan.sample(2), Mask(8, 8).draw_many(2), starts=2, steps=3)["images"].shape
        (2, 8, 8, 1)
    """
    images = checked_images(model, images)
    masks = _checked_masks(masks, images)
    positive_integer("starts", starts)
    prior = nonnegative_number("prior", prior)
    weights = context_weights(masks, positive_integer("window", window))
    weights, targets = (ops.convert_to_tensor(np.repeat(each, starts, axis=0)) for each in (weights, images))
    targets = model.to_value_range(targets)
    match = next(iter(model.matches().values()), None)

    def losses(inputs, made):
        context = ops.sum(weights * abs(made - targets), axis=(1, 2, 3))
        if match is None or not prior:
            return context
        logits = match.discriminate(made, inputs)
        return context + prior * ops.reshape(match.generator_loss(ops.zeros_like(logits), logits), (-1,))

    inputs, reached = descend(model, len(images), losses, starts, steps, learning_rate, seed, **given)
    generated = model.render(inputs)
    filled = poisson_blend(images, generated, masks) if blending else np.where(masks == 1, generated, images)
    return {"images": filled, "generated": generated, "inputs": inputs, "losses": reached}


def context_weights(masks, window=7):
    """Return how much each known pixel counts, float32 `(N, H, W, 1)`: the share of missing ones in the window around it.

    Args:
        masks: integers `(N, H, W, 1)`, 1 where a pixel is missing; these get weight 0.
        window: positive int, pixels a side; what is outside of the image is no part of the window.
    """
    size = (1, window, window, 1)
    missing = ndimage.uniform_filter(masks.astype("float64"), size, mode="constant")
    inside = ndimage.uniform_filter(np.ones(masks.shape), size, mode="constant")
    return ((1 - masks) * missing / inside).astype("float32")


def poisson_blend(images, generated, masks):
    """Put generated pixels into holes by their gradients (Pérez, Gangnet, Blake 2003, eq. 7).

    For each missing pixel p, over its neighbors q in the image: sum (f_p - f_q) = sum (g_p - g_q), f = y where known.

    Args:
        images, generated: uint8 `(N, H, W, C)`.
        masks: integers `(N, H, W, 1)`, 1 where a pixel is missing; each must leave a pixel.

    Returns:
        uint8 `(N, H, W, C)`.
    """
    return np.stack([_blended(*each) for each in zip(images, generated, masks[..., 0], strict=True)])


def measure_holes(images, filled, masks):
    """Return {measure: float} of what was filled in, over all images together.

    Args:
        images, filled: uint8 `(N, H, W, C)`, the truth and the result.
        masks: integers `(N, H, W, 1)`, 1 where a pixel was missing.

    Returns:
        `l1`: mean absolute difference in the hole, pixels in [0, 1]. `psnr`: -10 log10 of the mean square there, dB. `seam`:
        the mean step between neighbors of which one was missing, over the same in the true images; 1 where no border shows.
    """
    truth, made = images / 255.0, filled / 255.0
    hole = np.broadcast_to(masks == 1, images.shape)
    difference = (made - truth)[hole]
    steps = [sum(each) for each in zip(*(_border_steps(masks, truth, made, axis) for axis in (1, 2)), strict=True)]
    return {
        "l1": float(np.abs(difference).mean()),
        "psnr": float(-10 * np.log10(max(np.square(difference).mean(), 1e-12))),
        "seam": float(steps[1] / max(steps[0], 1e-12)),
    }


def _border_steps(masks, truth, made, axis):
    """Return the sums of absolute steps along an axis across the holes' borders, of both."""
    border = np.diff(masks, axis=axis) != 0
    return [float((np.abs(np.diff(each, axis=axis)) * border).sum()) for each in (truth, made)]


def _blended(image, generated, mask):
    """Return one image `(H, W, C)` with its hole filled; mask `(H, W)`."""
    number = np.full(mask.shape, -1)
    number[mask == 1] = np.arange((mask == 1).sum())
    entries = []  # (rows, columns, values) of the matrix
    right = np.zeros((number.max() + 1, image.shape[2]))
    known, made = image.astype("float64"), generated.astype("float64")
    for axis in (0, 1):
        for step in (1, -1):
            # Every pixel p beside its neighbor q along the axis, one way and the other.
            p, q = (_shifted(axis, step, side) for side in (0, 1))
            inside = mask[p] == 1
            index = number[p][inside]
            np.add.at(right, index, (made[p] - made[q])[inside])
            entries.append((index, index, np.ones(len(index))))
            free = mask[q][inside] == 1
            entries.append((index[free], number[q][inside][free], -np.ones(free.sum())))
            np.add.at(right, index[~free], known[q][inside][~free])
    solved = known.copy()
    if len(right):
        rows, columns, values = (np.concatenate(each) for each in zip(*entries, strict=True))
        matrix = sparse.csc_matrix((values, (rows, columns)))
        solved[mask == 1] = spsolve(matrix, right).reshape(right.shape)
    return np.clip(np.rint(solved), 0, 255).astype("uint8")


def _shifted(axis, step, side):
    """Return the slices of all pixels that have a neighbor `step` further along an axis (side 0), or of these neighbors (1)."""
    forward = (step == 1) == (side == 0)
    part = slice(None, -1) if forward else slice(1, None)
    return (part, slice(None)) if axis == 0 else (slice(None), part)


def _checked_masks(masks, images):
    masks = np.asarray(masks)
    if masks.shape != (*images.shape[:3], 1) or masks.dtype.kind not in "biu" or not np.isin(masks, (0, 1)).all():
        raise InputError(
            f"masks must be integers {(*images.shape[:3], 1)}, 1 where a pixel is missing. "
            f"Received: {masks.dtype} {masks.shape}"
        )
    if masks.all(axis=(1, 2, 3)).any():
        raise InputError("a mask must leave a known pixel. Received: a mask in which every pixel is missing")
    return masks.astype("int32")

"""Fill in what is missing from a picture: image and mask in, picture of the same size out.

The mask is a picture of the same size, white where pixels are missing. A run of ContextEncoder or PartialConvNet fills holes by
itself; with any other GAN of images, latents are found whose sample fits around the hole, and its colors are adjusted to
the border (Yeh et al. 2017, arXiv:1607.07539). If the picture is larger than the model's images, the model sees the part around
the hole, twice the hole's height and width where there is room, and what it fills in is enlarged.

    ganzoo inpaint --run_dir=runs/context_encoder/grass-... --image=photo.png --mask=mask.png
    ganzoo inpaint --run_dir=runs/dcgan/mnist-... --image=seven.png --mask=mask.png --starts=20 --output=whole.png
"""

from ganzoo.commands import command, folders
from ganzoo.commands.flags import Flag, count, refuse_beside, run_dir_flag, seed
from ganzoo.commands.invert import check_label, read_image
from ganzoo.errors import InputError
from ganzoo.utils.files import expanded


def groups():
    """Return {title: flags}."""
    return {
        "flags": [
            run_dir_flag(),
            Flag("image", "", "the picture, an image file; needed"),
            Flag("mask", "", "an image file of the same size, white where the picture is to be filled in; needed"),
            Flag("blending", None, "fit what was filled in to the colors at the border", bool, optional=True,
                 shown="for GANs whose latents are searched"),
            Flag("label", None, "of the picture, for a conditional GAN; 0 or more", int, low=0, optional=True,
                 shown="several are tried, a different one at each of --starts"),
            count("starts", 10, "latents to descend from, for GANs whose latents are searched", high=10_000),
            count("steps", 500, "of the descent"),
            seed(0, "decides the starts"),
            Flag("output", "", "PNG to write (default: IMAGE_inpainted.png beside the image)"),
        ]
    }  # fmt: skip


def window_around(mask, shape):
    """Return the part of a picture that a model is shown: (rows, columns), two slices.

    Args:
        mask: bool `(H, W)`, true where pixels are missing, somewhere.
        shape: (height, width, ...) of the model's images.

    Returns:
        Slices of a part in the proportions of `shape` where the picture has room for it, at least of its size and twice
        as high and wide as the hole, around the hole's middle.
    """
    import numpy as np

    spans = [np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0)]
    holes = [span[-1] + 1 - span[0] for span in spans]
    scale = max(1.0, *(2 * hole / side for hole, side in zip(holes, shape, strict=False)))
    found = []
    for span, side, size in zip(spans, mask.shape, shape, strict=False):
        length = min(side, round(scale * size))
        start = int(np.clip((span[0] + span[-1] + 1 - length) // 2, 0, side - length))
        found.append(slice(start, start + length))
    return tuple(found)


def fill(model, picture, mask, options):
    """Return the picture with its hole filled in, uint8 `(H, W, C)`.

    Args:
        model: of images.
        picture: uint8 `(H, W, C)`.
        mask: bool `(H, W)`, true where a pixel is missing.
        options: the flags' values.
    """
    import numpy as np

    from ganzoo.data.resize import resize_pixels
    from ganzoo.evaluation.inpainting import complete, poisson_blend

    size = model.examples["images"].shape[:2]
    where = window_around(mask, size)
    part, hole = picture[where], mask[where]
    if hole.all():
        raise InputError("--mask must leave some of the picture around the hole.")
    # Any missing pixel among those that become one makes it missing, so that none is seen.
    shown = np.where(hole[..., None], 0, part).astype("uint8")
    small = resize_pixels(shown, size)[None]
    coarse = (resize_pixels((hole * 255).astype("uint8")[..., None], size)[None] > 0).astype("int32")
    if coarse.all():
        raise InputError(f"--mask must leave some of the picture at {size[0]}x{size[1]} pixels, which this run's GAN makes.")
    searched = "masks" not in model.inputs
    if searched:
        given = {} if options.label is None else {"labels": [options.label]}
        how = {"starts": options.starts, "steps": options.steps, "seed": options.seed}
        made = complete(model, small, coarse, blending=False, **how, **given)["generated"]
    else:
        made = model.sample(images=small, masks=coarse)
    large = made[0] if part.shape[:2] == size else resize_pixels(made[0], part.shape[:2])
    blending = searched if options.blending is None else options.blending
    result = picture.copy()
    if blending:
        result[where] = poisson_blend(part[None], large[None], hole[None, ..., None].astype("int32"))[0]
    else:
        result[where] = np.where(hole[..., None], large, part)
    return result


def main(options):
    import ganzoo
    from ganzoo.utils import images

    for name in ("image", "mask"):
        if not getattr(options, name):
            raise InputError("inpaint needs --image and --mask, a picture and what is missing from it.")
    run_dir = folders.selected_run(options)
    beside = expanded(options.image).with_suffix("")
    output = folders.file_output(options, beside.with_name(f"{beside.name}_inpainted.png"))
    model = ganzoo.load(run_dir)
    spec = model.examples.get("images")
    if spec is None or spec.dtype != "uint8" or (model.probe_size and "masks" not in model.inputs):
        raise InputError(
            f"inpaint takes GANs that draw images of 8 bits a channel or fill in. Received: a run of {type(model).__name__}"
        )
    check_label(model, options.label)
    if "masks" in model.inputs:
        refuse_beside(options, f"{type(model).__name__}, which is not searched for latents,", ("starts", "steps", "seed"))
    picture = read_image(options.image, model.image_shape[2])
    mask = read_image(options.mask, 1)[..., 0] >= 128
    if mask.shape != picture.shape[:2]:
        sizes = [f"{each.shape[1]}x{each.shape[0]}" for each in (picture, mask)]
        raise InputError(f"--mask must be as large as --image, {sizes[0]} pixels. Received: a mask of {sizes[1]}")
    if not mask.any():
        raise InputError(f"--mask must be white where the picture is to be filled in. Received: {options.mask}, without white")
    images.save_png(output, fill(model, picture, mask, options))
    command.say(f"wrote {output}: {int(mask.sum())} pixels filled in by {type(model).__name__} at step {model.step}")

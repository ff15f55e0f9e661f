"""Find the inputs of an image: image in, latents and reconstruction out.

The picture has a row for each image: the image, its reconstruction, and the nearest training image. The inputs (latents, ...)
go to an .npz file beside it. Without --image, the command takes images of the run's held-out data, or of its training data if
nothing is held out.

    ganzoo invert --run_dir=runs/dcgan/mnist-... --n=8
    ganzoo invert --image=seven.png --label=7
"""

from ganzoo.commands import command, folders, runner
from ganzoo.commands.flags import Flag, count, refuse_beside, run_dir_flag, seed
from ganzoo.errors import InputError
from ganzoo.utils.files import replacing


def groups():
    """Return {title: flags}."""
    return {
        "flags": [
            run_dir_flag(),
            Flag("image", "", "an image file, cropped and resized to what the GAN makes"),
            count("n", 8, "how many of the run's own images, where --image is not given", high=10_000),
            Flag("label", None, "of the images, for a conditional GAN; 0 or more", int, low=0, optional=True,
                 shown="that of the run's own images; of --image, several are tried"),
            count("starts", 10, "latents to descend from for each image", high=10_000),
            count("steps", 200, "of the descent"),
            seed(0, "decides the starts"),
            Flag("output", "", "PNG to write (default: inverted.png in the run's folder)"),
        ]
    }  # fmt: skip


def read(path, image_shape):
    """Return an image file as uint8 `(1, *image_shape)`."""
    return read_image(path, image_shape[2], image_shape[:2])[None]


def read_image(path, channels, image_size=None):
    """Return an image file as uint8 `(H, W, channels)`, whole, or cropped and resized to (height, width)."""
    import numpy as np

    from ganzoo.data.checks import existing_path
    from ganzoo.data.image_file import read_picture, to_depth

    (picture,), notes = to_depth([read_picture(existing_path(path), image_size)])
    for note in notes:
        command.say(note)
    if channels == 1 and picture.ndim == 3:
        picture = np.rint(picture @ [0.299, 0.587, 0.114]).astype("uint8")  # luma, ITU-R BT.601
    if channels == 3 and picture.ndim == 2:
        picture = np.repeat(picture[..., None], 3, axis=2)
    if channels == 4:
        raise InputError("--image takes GANs of 1 or 3 channels; this run's has 4.")
    return picture.reshape(*picture.shape[:2], channels)


def check_label(gan, label):
    """Raise InputError for a --label of a GAN that is told none, or has fewer classes."""
    if label is None:
        return
    if "labels" not in gan.inputs:
        raise InputError(f"--label goes with a conditional GAN. Received: a run of {type(gan).__name__}")
    gan.inputs["labels"].check("label", [label], 1)


def main(options):
    import numpy as np

    import ganzoo
    from ganzoo.evaluation.inversion import invert
    from ganzoo.utils import images

    if options.image:
        refuse_beside(options, "--image", ("n",))
    run_dir = folders.selected_run(options)
    output = folders.file_output(options, run_dir / "inverted.png")
    gan = ganzoo.load(run_dir)
    if "images" not in gan.examples or gan.probe_size:
        raise InputError(f"invert takes GANs that make images from latents. Received: a run of {type(gan).__name__}")
    if gan.examples["images"].dtype != "uint8":
        kind = gan.examples["images"].dtype
        raise InputError(f"invert takes GANs of images of 8 bits a channel. Received: a run of {type(gan).__name__} of {kind}")
    check_label(gan, options.label)
    train, held_out = runner.data_of(run_dir)
    train, texts = runner.images_and_texts(train)
    own = not options.image and held_out is None
    if own and len(train) < 2:
        raise InputError(
            f"an image of the run is shown beside the nearest other: give --image. Received: 1 image of {train.name}"
        )
    shape = gan.examples["images"].shape  # of a GAN that has not grown to the data's size, smaller
    if options.image:
        targets, given = read(options.image, shape), {}
    else:
        source = held_out or train
        targets, given = (
            _resized(source.images[: options.n], shape),
            {name: values[: options.n] for name, values in texts.items()},
        )
        if "labels" in gan.inputs and source.has_labels and not runner.tells_clusters(run_dir):
            given["labels"] = source.labels[: options.n]
    if options.label is not None:
        given["labels"] = np.full(len(targets), options.label)
    found = invert(gan, targets, options.starts, options.steps, seed=options.seed, **given)
    nearest = _nearest(_resized(train.images, shape), targets, own)
    rows = np.stack([targets, found["reconstructions"], nearest], axis=1).reshape(-1, *shape)
    images.save_png(output, images.grid(rows, 3, zoom=images.zoom_for(shape)))
    with replacing(output.with_suffix(".npz")) as temporary:
        np.savez(temporary, **found["inputs"])
    beside = np.square((nearest / 255.0) - (targets / 255.0)).mean(axis=(1, 2, 3))
    print(f"mean squared error of {len(targets)} images, pixels in [0, 1]: reconstruction {found['errors'].mean():.4f}, "
          f"nearest {'other ' if own else ''}training image {beside.mean():.4f}")  # fmt: skip
    command.say(f"wrote {output} and {output.with_suffix('.npz')}")


def _resized(pictures, shape):
    """Return images `(N, H, W, C)` in a size (height, width, ...)."""
    import numpy as np

    from ganzoo.data.resize import resize_pixels

    same = pictures.shape[1:3] == tuple(shape[:2])
    return pictures if same else np.stack([resize_pixels(each, shape[:2]) for each in pictures])


def _nearest(train, targets, own):
    """Return the training image nearest to each target, pixel by pixel; itself aside where targets are training images."""
    from sklearn.neighbors import NearestNeighbors

    flat = [x.reshape(len(x), -1) / 255.0 for x in (train, targets)]
    return train[NearestNeighbors(n_neighbors=1 + own).fit(flat[0]).kneighbors(flat[1], return_distance=False)[:, -1]]

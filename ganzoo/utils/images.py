"""Pictures: pixels from networks, sample grids, animations."""

import math

import numpy as np

from ganzoo.errors import InputError
from ganzoo.utils.checks import check_int, positive_integer
from ganzoo.utils.files import replacing


def to_uint8(pixels, value_range):
    """Turn network output, float `(..., H, W, C)` in `value_range`, into uint8 [0, 255]; what lies outside is clipped."""
    low, high = value_range
    scaled = (np.asarray(pixels, "float32") - low) * (255.0 / (high - low))
    return np.clip(np.rint(scaled), 0, 255).astype("uint8")


def grid(images, columns=None, zoom=1, gap=2):
    """Lay images out row by row.

    Args:
        images: uint8 `(N, H, W, C)`.
        columns: images per row; default: as square a grid as possible.
        zoom: positive int, every pixel becomes zoom x zoom pixels.
        gap: white pixels between images.

    Returns:
        uint8 `(rows, columns, C)` picture; the last row is filled with white.

    Raises:
        InputError: for anything else.
    """
    images = np.asarray(images)
    if images.ndim != 4 or not len(images):
        raise InputError(f"images must be an array (N, H, W, C) of at least one. Received: {images.dtype} {images.shape}")
    n, height, width, channels = images.shape
    columns = math.ceil(math.sqrt(n)) if columns is None else positive_integer("columns", columns)
    zoom, gap = positive_integer("zoom", zoom), check_int("gap", gap, 0)
    rows = math.ceil(n / columns)
    images = images.repeat(zoom, axis=1).repeat(zoom, axis=2)
    height, width = height * zoom, width * zoom
    sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), 255, "uint8")
    for i, image in enumerate(images):
        top, left = (i // columns) * (height + gap), (i % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet


def repeated(images, size):
    """Enlarge images `(N, h, w, C)` to (height, width), multiples of h and w, by repeating pixels."""
    return images.repeat(size[0] // images.shape[1], axis=1).repeat(size[1] // images.shape[2], axis=2)


def zoom_for(image_shape):
    """Return the whole factor that brings an image's longer side to about 64 pixels on the screen."""
    return max(1, round(64 / max(image_shape[:2])))


def save_png(path, picture):
    """Write a uint8 `(H, W, C)` picture, C in {1, 3, 4}; what stands at `path` is replaced. InputError for any other."""
    from PIL import Image

    picture = np.asarray(picture)
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] not in (1, 3, 4) or 0 in picture.shape:
        raise InputError(f"picture must be uint8 (H, W, C), C 1, 3 or 4. Received: {picture.dtype} {picture.shape}")
    with replacing(path) as temporary:
        Image.fromarray(picture[:, :, 0] if picture.shape[2] == 1 else picture).save(temporary, "PNG")


def save_animation(path, picture_paths, seconds_per_frame=0.25):
    """Write the pictures as a GIF that loops, resting on the last one; those that cannot be read are left out."""
    from PIL import Image

    frames = [picture.convert("P", palette=Image.Palette.ADAPTIVE) for picture in _readable(picture_paths)]
    if not frames:
        return
    durations = [round(1000 * seconds_per_frame)] * (len(frames) - 1) + [2000]
    with replacing(path) as temporary:
        frames[0].save(temporary, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0)


def save_film(path, picture_paths, frames_per_second=8):
    """Write the pictures as an MP4 where ffmpeg is installed; returns whether it was written.

    What ffmpeg is given was decoded and encoded here, so that it never chooses a decoder by the content of a file.
    """
    import io
    import pathlib
    import shutil
    import subprocess
    import tempfile

    if shutil.which("ffmpeg") is None:
        return False
    content = io.BytesIO()
    for picture in _readable(picture_paths):
        picture.convert("RGB").save(content, "PNG")
    even = "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white,format=yuv420p"  # what every player can show
    command = ["ffmpeg", "-y", "-loglevel", "error", "-f", "image2pipe", "-c:v", "png", "-framerate", str(frames_per_second)]
    with tempfile.TemporaryDirectory() as folder:
        made = pathlib.Path(folder, "film.mp4")
        done = subprocess.run(
            [*command, "-i", "-", "-vf", even, made], input=content.getvalue(), capture_output=True, check=False
        )
        if done.returncode:
            return False
        with replacing(path) as temporary:
            shutil.copyfile(made, temporary)
    return True


def _readable(picture_paths):
    """Yield those pictures that can be read, decoded."""
    from ganzoo.data.image_file import UnusableError, open_image

    for path in picture_paths:
        try:
            with open_image(path) as picture:
                picture.load()
                yield picture
        except UnusableError:
            continue

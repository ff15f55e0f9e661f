"""Pictures: pixels from networks, sample grids, paths between latents, animations."""

import math

import numpy as np


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
    """
    n, height, width, channels = images.shape
    columns = columns or math.ceil(math.sqrt(n))
    rows = math.ceil(n / columns)
    images = images.repeat(zoom, axis=1).repeat(zoom, axis=2)
    height, width = height * zoom, width * zoom
    sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), 255, "uint8")
    for i, image in enumerate(images):
        top, left = (i // columns) * (height + gap), (i % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet


def zoom_for(image_shape):
    """Return the whole factor that brings an image's longer side to about 64 pixels on the screen."""
    return max(1, round(64 / max(image_shape[:2])))


def path_between(start, end, n, spherical=True):
    """Return n points from `start` to `end`, float32 `(n, size)`, on the great circle or the straight line."""
    t = np.linspace(0.0, 1.0, n, dtype="float32")[:, None]
    if spherical:
        cosine = np.dot(start, end) / (np.linalg.norm(start) * np.linalg.norm(end))
        angle = np.arccos(np.clip(cosine, -1.0, 1.0))
        if np.sin(angle) > 1e-4:  # parallel vectors have no single great circle: the line is as good
            return (np.sin((1 - t) * angle) * start + np.sin(t * angle) * end) / np.sin(angle)
    return (1 - t) * start + t * end


def save_png(path, picture):
    """Write a uint8 `(H, W, C)` picture, C in {1, 3, 4}."""
    from PIL import Image

    Image.fromarray(picture[:, :, 0] if picture.shape[2] == 1 else picture).save(path)


def save_animation(path, picture_paths, seconds_per_frame=0.25):
    """Write the pictures as a GIF that loops, resting on the last one."""
    from PIL import Image

    from ganzoo.data.image_file import open_image

    frames = []
    for picture_path in picture_paths:
        with open_image(picture_path) as picture:
            frames.append(picture.convert("P", palette=Image.Palette.ADAPTIVE))
    durations = [round(1000 * seconds_per_frame)] * (len(frames) - 1) + [2000]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=durations, loop=0)


def save_film(path, picture_paths, frames_per_second=8):
    """Write the pictures as an MP4 where ffmpeg is installed; returns whether it was written."""
    import shutil
    import subprocess

    if shutil.which("ffmpeg") is None:
        return False
    even = "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white,format=yuv420p"  # what every player can show
    command = ["ffmpeg", "-y", "-loglevel", "error", "-f", "image2pipe", "-framerate", str(frames_per_second), "-i", "-"]
    pictures = b"".join(picture_path.read_bytes() for picture_path in picture_paths)
    done = subprocess.run([*command, "-vf", even, str(path)], input=pictures, capture_output=True, check=False)
    return done.returncode == 0

"""Pictures of 16 bits per channel, with or without alpha; of several channels, Pillow decodes only the upper bytes."""

import typing

import numpy as np

from ganzoo.data.resize import fit


class Picture(typing.NamedTuple):
    """What was read of an image file.

    Attributes:
        pixels: uint8 array (H, W), (H, W, 3) or, with its alpha channel, (H, W, 4); of a file with 16 bits a channel its own
            levels, uint16, or float32 where they were resized.
        peak: the largest level of a file with 16 bits a channel, else None.
        transparent: whether a part of it is laid on a color.
        cover: of a file with 16 bits a channel and alpha that matters, float32 (H, W), from 0, transparent, to 1; pixels that
            are to be laid on a color are multiplied by it. Else None.
    """

    pixels: np.ndarray
    peak: int | None = None
    transparent: bool = False
    cover: np.ndarray | None = None


def deep_picture(levels, clear, image_size, keep):
    """Return the Picture of a file's levels.

    Args:
        levels: uint16 (H, W, C), C 3, or 2 and 4 with alpha.
        clear: the levels of the color that is transparent, or None.
        image_size: (height, width), or None.
        keep: whether alpha is kept.
    """
    colors, cover = levels, None
    if levels.shape[2] in (2, 4):
        colors, cover = levels[..., :-1], levels[..., -1]
    elif clear is not None:
        cover = np.any(levels != np.asarray(clear), axis=2).astype(np.uint16)
    peak, transparent = int(colors.max()), False
    if cover is not None:
        opaque = int(cover.max()) if levels.shape[2] == 3 else 2 ** max(peak, int(cover.max())).bit_length() - 1
        cover = cover.astype(np.float32) / max(1, opaque)
        transparent = not keep and float(cover.min()) < 1
    if transparent:
        colors = colors * cover[..., np.newaxis]
    cover = resized(cover, image_size) if keep or transparent else None
    channels = [resized(colors[..., i], image_size) for i in range(colors.shape[2])]
    return Picture(channels[0] if len(channels) == 1 else np.stack(channels, axis=-1), peak, transparent, cover)


def resized(channel, image_size):
    """Return one channel as it is, or, cropped and resized, float32."""
    from PIL import Image

    if image_size is None or channel is None:
        return channel
    return np.asarray(fit(Image.fromarray(channel.astype(np.float32)), image_size))


# Raw modes of 16 bits a channel -> those that have Pillow decode the other byte of each, or of LA both bytes of both.
_OTHER_BYTES = {
    **{"RGB;16B": "RGB;16L", "RGB;16L": "RGB;16B", "RGB;16N": "RGB;16B"},
    **{"RGBA;16B": "RGBA;16L", "RGBA;16L": "RGBA;16B", "RGBA;16N": "RGBA;16B", "LA;16B": "RGBA"},
}


def levels_of_channels(image, reopen):
    """Return what a file of several channels with 16 bits each holds, uint16 (H, W, C), upright, or None for all others.

    Told that the other byte comes first, Pillow decodes the lower ones.

    Args:
        image: open PIL.Image.Image.
        reopen: callable that gives a context manager of the same image.
    """
    from PIL import ImageOps

    modes = {tile.args if isinstance(tile.args, str) else tile.args[0] for tile in image.tile if tile.args}
    if not modes or not modes <= set(_OTHER_BYTES):
        return None
    with reopen() as again:
        again.tile = [
            tile._replace(
                args=_OTHER_BYTES[tile.args] if isinstance(tile.args, str) else (_OTHER_BYTES[tile.args[0]], *tile.args[1:])
            )
            for tile in again.tile
        ]
        lower = np.asarray(ImageOps.exif_transpose(again))
    if modes == {"LA;16B"}:
        return lower[..., ::2].astype(np.uint16) * 256 + lower[..., 1::2]
    return np.asarray(ImageOps.exif_transpose(image)).astype(np.uint16) * 256 + lower


def with_cover(picture, depth, bits, alpha):
    """Return a picture that has a cover with its alpha as a fourth channel, or laid on the color."""
    from PIL import ImageColor

    colors, cover = picture.pixels * np.float32(2.0 ** (depth - bits)), picture.cover[..., np.newaxis]
    colors = colors[..., np.newaxis] if colors.ndim == 2 else colors
    top = 2**depth - 1
    if alpha == "keep":
        colors = np.concatenate([np.repeat(colors, 3 // colors.shape[2], axis=2), cover * top], axis=2)
    else:
        ground = np.array(ImageColor.getrgb(alpha), np.float32) * (top // 255)
        colors = colors + (1 - cover) * (ground[:1] if len(set(ground)) == 1 else ground)
    colors = np.floor(colors + (2**-9 if depth == 8 else 0.5))  # as pictures without alpha: 8 bits are the upper ones
    colors = np.clip(colors, 0, top).astype(np.uint8 if depth == 8 else np.uint16)
    return colors[..., 0] if colors.shape[2] == 1 else colors

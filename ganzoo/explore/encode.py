"""Pictures as files in memory, and as HTML that needs no file: PNG, GIF, data URIs."""

import base64
import html
import io

from ganzoo.utils import images

SMALLEST = 256  # pixels of an animation's longer side, at least


def png(picture):
    """Return a uint8 `(H, W, C)` picture, C in {1, 3, 4}, as the bytes of a PNG."""
    buffer = io.BytesIO()
    _pillow(picture).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def gif(pictures, seconds_per_frame=0.08):
    """Return pictures, a list of uint8 `(H, W, C)`, as the bytes of a GIF that goes there and back for ever."""
    from PIL import Image

    zoom = max(1, SMALLEST // max(pictures[0].shape[:2]))
    pictures = [images.grid(each[None], zoom=zoom) for each in [*pictures, *pictures[-2:0:-1]]]
    frames = [_pillow(each).convert("P", palette=Image.Palette.ADAPTIVE) for each in pictures]
    buffer = io.BytesIO()
    duration = round(1000 * seconds_per_frame)
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=duration, loop=0)
    return buffer.getvalue()


def data_uri(content, kind):
    """Return bytes as a data URI; kind: e.g. "image/png"."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def figure(picture, caption):
    """Return the HTML of a picture, enlarged without smoothing where it is small; the caption may be anybody's text."""
    text = html.escape(caption)
    kind = "smooth" if max(picture.shape[:2]) >= 400 else "pixels"
    return (
        f'<figure class="ganzoo-picture {kind}"><img alt="{text}" src="{data_uri(png(picture), "image/png")}">'
        f"<figcaption>{text}</figcaption></figure>"
    )


def tiles(picture, repeats, caption):
    """Return the HTML of a tile as it repeats, `repeats` times either way; it is sent once."""
    text = html.escape(caption)
    style = f"background-image: url({data_uri(png(picture), 'image/png')}); background-size: {100 / repeats:g}%"
    return (
        f'<figure class="ganzoo-picture ganzoo-tile"><div role="img" aria-label="{text}" style="{style}"></div>'
        f"<figcaption>{text}</figcaption></figure>"
    )


def message(text):
    """Return the HTML of a sentence that stands in a picture's place."""
    return f'<p class="ganzoo-message" role="alert">{html.escape(str(text))}</p>'


def _pillow(picture):
    from PIL import Image

    return Image.fromarray(picture[:, :, 0] if picture.shape[2] == 1 else picture)

"""Height fields: an estimate from a photograph, and the sizes that game engines take."""

import math

import numpy as np

from ganzoo.errors import InputError
from ganzoo.textures.engines import check_size
from ganzoo.utils.checks import check_int, nonnegative_number, positive_number
from ganzoo.utils.finite import is_finite

_LUMA = (0.2126, 0.7152, 0.0722)  # Rec. 709
_ROUNDING = 1e-5  # how far floats may lie outside of [0, 1] before it is no rounding error


def as_height(height):
    """Return a height field as float32 (H, W) in [0, 1].

    Args:
        height: (H, W) or (H, W, 1), floats in [0, 1], or uint16, of which 65535 is 1.

    Raises:
        InputError: if it is neither; 8 bits are refused too, as a surface of 256 levels has terraces.
    """
    height = np.asarray(height)
    if height.ndim == 3 and height.shape[2] == 1:
        height = height[:, :, 0]
    if height.ndim != 2 or not height.size or (height.dtype.kind != "f" and height.dtype != np.uint16):
        raise InputError(
            "height must be floats in [0, 1] or uint16, of shape (H, W) or (H, W, 1). "
            f"Received: {height.dtype} of shape {height.shape}"
        )
    if height.dtype == np.uint16:
        return height.astype("float32") / np.float32(65535)
    low, high = height.min(), height.max()
    if not (is_finite([low, high]) and low >= -_ROUNDING and high <= 1 + _ROUNDING):
        raise InputError(f"height must lie in [0, 1]. Received: {low:.6g} to {high:.6g}")
    return np.clip(height, 0, 1).astype("float32")


def height_from_image(image, shading=0.125, smoothing=0.7, clip=0.001, dark_is_high=False, tileable=True):
    """Estimate a height field from a photograph of a surface, on which low parts are dark.

    This is an estimate: a picture cannot tell a dark stone from a deep one. It is the luma minus its own blur over a large part
    of the picture (slow changes of light are not relief), slightly smoothed (nor is grain) and stretched to [0, 1].

    Args:
        image: (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), whose fourth channel is ignored: uint8, uint16, or floats of any
            range.
        shading: standard deviation of the wide blur, as a fraction of the shorter side; 0 leaves large-scale light in.
        smoothing: standard deviation of the narrow blur, in pixels; 0 for none.
        clip: fraction of the pixels at either end that become 0 or 1.
        dark_is_high: bool, whether dark parts are the high ones.
        tileable: bool, whether the picture is periodic: both blurs wrap, and the height is periodic too. Else they see the
            picture mirrored at its edges.

    Returns:
        float32 (H, W) in [0, 1]; 0.5 everywhere if the picture has no contrast.

    Raises:
        InputError: if it is no such image, or not finite.
    """
    nonnegative_number("shading", shading)
    nonnegative_number("smoothing", smoothing)
    nonnegative_number("clip", clip, below=0.5)
    gray = _luma(image)
    if dark_is_high:
        gray = -gray
    gray = _band_pass(gray, smoothing, shading * min(gray.shape), tileable)
    low, high = np.quantile(gray, [clip, 1 - clip])
    if high - low <= 1e-6 * max(1.0, float(np.abs(_luma(image)).max())):
        return np.full(gray.shape, 0.5, "float32")
    return np.clip((gray - low) / (high - low), 0, 1).astype("float32")


def to_engine_size(height, size, tileable, engine=None):
    """Resample a height field to the square of samples that a game engine takes.

    In a tileable field sample i lies at i / (size - 1) of the period, so that the last row and column repeat the first, and
    copies laid side by side share their edge. In any other field the first and last samples are its edges. Interpolation is by
    cubic splines, periodic where the field is; before a reduction, a blur removes the detail that the samples cannot show. A
    field that has the samples already (512 of a tileable one for 513) keeps every value.

    Args:
        height: float (H, W) in [0, 1] or uint16; other proportions than a square are stretched to one.
        size: int, e.g. 513 for Unity, 505 for Unreal.
        tileable: bool, whether the field is periodic.
        engine: a name in `ganzoo.textures.engines.ENGINES`, to allow the sizes of that one alone; None allows Unity's and
            Unreal's.

    Returns:
        float32 (size, size) in [0, 1].

    Raises:
        InputError: if no engine takes the size, with the nearest that are taken; if `height` has a single row or column.
    """
    from scipy import ndimage

    height = as_height(height)
    size = check_size(check_int("size", size, 2), engine)
    if min(height.shape) < 2:
        raise InputError(f"height must have at least 2 rows and columns. Received: shape {height.shape}")
    steps = [side / (size - 1) if tileable else (side - 1) / (size - 1) for side in height.shape]
    if steps != [1.0, 1.0]:
        blurs = [0.5 * math.sqrt(max(step * step - 1, 0)) for step in steps]
        field, start, mode = height.astype("float64"), [0, 0], "grid-wrap"
        if not tileable:  # go on with the same slope beyond the edges, lest the spline end level
            start = [min(side - 1, 16 + math.ceil(4 * blur)) for side, blur in zip(height.shape, blurs, strict=True)]
            field, mode = np.pad(field, [(each, each) for each in start], mode="reflect", reflect_type="odd"), "mirror"
        smooth = ndimage.gaussian_filter(field, blurs, mode="wrap" if tileable else "mirror")
        shape = (size - 1, size - 1) if tileable else (size, size)
        height = ndimage.affine_transform(smooth, steps, start, shape, order=3, mode=mode)
        height = np.clip(height, 0, 1).astype("float32")
    return np.pad(height, ((0, 1), (0, 1)), mode="wrap") if tileable else height


def in_pixels(height, metres_per_pixel, height_range_metres):
    """Return a height field in units of a pixel's width, float32 (H, W): its differences between neighbors are slopes."""
    scale = positive_number("height_range_metres", height_range_metres) / positive_number("metres_per_pixel", metres_per_pixel)
    return as_height(height) * np.float32(scale)


def _luma(image):
    image = np.asarray(image)
    image = image[:, :, None] if image.ndim == 2 else image
    if image.ndim != 3 or image.shape[2] not in (1, 3, 4) or not image.size or image.dtype.kind not in "uif":
        raise InputError(
            "image must be numbers of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4). "
            f"Received: {image.dtype} of shape {image.shape}"
        )
    if not is_finite(image):
        raise InputError("image must be finite. Received: NaN or infinite pixels")
    if image.shape[2] == 1:
        return image[:, :, 0].astype("float32")
    return sum(np.float32(weight) * image[:, :, channel].astype("float32") for channel, weight in enumerate(_LUMA))


def _band_pass(gray, narrow, wide, tileable):
    """Blur with a Gaussian of `narrow` pixels and subtract a blur of `wide`; the mean becomes 0. In the frequency domain: the
    Fourier transform is periodic by itself, the cosine transform mirrors."""
    from scipy import fft

    gray = gray - gray.mean(dtype="float64").astype("float32")
    rows, columns = gray.shape
    if tileable:
        spectrum, inverse = fft.rfft2(gray), lambda each: fft.irfft2(each, s=gray.shape)
        y, x = np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None]
    else:
        spectrum, inverse = fft.dctn(gray), fft.idctn
        y, x = np.arange(rows)[:, None] / (2 * rows), np.arange(columns)[None] / (2 * columns)
    squares = (-2 * np.pi**2 * (y * y + x * x)).astype("float32")
    gain = np.exp(squares * np.float32(narrow**2))
    if wide > 0:
        gain -= np.exp(squares * np.float32(wide**2))
    return inverse(spectrum * gain)

"""A folder with all maps of a material, and the files that name them: glTF, MaterialX and a sidecar in JSON."""

import json
import os
import pathlib
import shutil
import tempfile

import numpy as np

from ganzoo.errors import InputError
from ganzoo.textures import gltf, materialx
from ganzoo.textures.engines import ENGINES, check_size, nearest_size
from ganzoo.textures.height_files import BYTE_ORDERS, write_png, write_png16, write_raw
from ganzoo.textures.heights import as_height, to_engine_size
from ganzoo.textures.normals import normal_map
from ganzoo.textures.shading import ambient_occlusion, roughness
from ganzoo.textures.sidecar import describe
from ganzoo.utils.checks import check_choice, check_int, positive_number
from ganzoo.utils.files import naming, write_whole
from ganzoo.utils.memory import require_memory

BYTES_PER_PIXEL = 64  # of the picture, at most at a time while the maps are made
BYTES_PER_SAMPLE = 20  # of the RAW


def write_material(
    folder,
    albedo,
    height,
    metres_per_pixel=0.01,
    height_range_metres=0.1,
    engine="unity",
    estimated=True,
    tileable=True,
    raw_size=None,
    byte_order="little",
    flip=None,
    base_roughness=0.6,
):
    """Write the maps of a material for a game engine.

    `albedo.png`, `height.png` (16 bits), `height.raw` (16 bits, headerless, of a size that the engine takes), `normal.png`,
    `roughness.png`, `ambient_occlusion.png`, `occlusion_roughness_metallic.png` (one channel each), `material.gltf`,
    `material.mtlx`, `material.json`. Where the engine's normal maps have their y down, `normal_y_up.png` is the one that glTF
    and MaterialX name; beside Unreal's RAW stands `height.json`, which Unreal asks for.

    All files are written aside and renamed when all are whole, `material.json` last. Other files of the folder stay.

    Args:
        folder: where to; made if it is not there.
        albedo: uint8 (H, W), (H, W, 1), (H, W, 3) or (H, W, 4).
        height: (H, W), float in [0, 1] or uint16.
        metres_per_pixel: distance between pixels.
        height_range_metres: metres from a height of 0 to a height of 1.
        engine: a name in `ganzoo.textures.engines.ENGINES`.
        estimated: bool, whether the height was estimated from a picture; the sidecar and the glTF say so.
        tileable: bool, whether the pictures are periodic.
        raw_size: int, samples along a side of the RAW; None takes the engine's size that is nearest to the longer side, or the
            picture's own shape where the engine takes any.
        byte_order: of the RAW, "little" or "big".
        flip: bool, whether the RAW starts with the bottom row; None as the engine wants it.
        base_roughness: roughness of the flat material, from 0 to 1.

    Returns:
        {file name: pathlib.Path} of all files, e.g. "normal.png".

    Raises:
        InputError: if the arrays do not fit each other, or the engine does not take `raw_size`.
    """
    convention = ENGINES[check_choice("engine", engine, ENGINES)]
    check_choice("byte_order", byte_order, BYTE_ORDERS)
    albedo, height = _color(albedo), as_height(height)
    if albedo.shape[:2] != height.shape:
        raise InputError(f"albedo and height must have the same size. Received: {albedo.shape[:2]} and {height.shape}")
    scale = {
        "metres_per_pixel": positive_number("metres_per_pixel", metres_per_pixel),
        "height_range_metres": positive_number("height_range_metres", height_range_metres),
    }
    require_memory_for_maps(*height.shape)
    if raw_size is not None:
        check_raw_size(raw_size, engine)
    tileable, estimated, flip = bool(tileable), bool(estimated), convention.flip if flip is None else bool(flip)
    raw = _raw(height, raw_size, engine, tileable)
    pictures = _pictures(albedo, height, scale, tileable, convention.normal_y, base_roughness)
    named = {name: f"{name}.png" for name in ("albedo", "height", "roughness", "occlusion_roughness_metallic")}
    named["normal"] = "normal_y_up.png" if convention.normal_y == "down" else "normal.png"
    alpha = albedo.shape[2] == 4
    size_metres = tuple(side * scale["metres_per_pixel"] for side in height.shape)
    scene = gltf.plane_document(named, size_metres, 3 if tileable else 1, alpha, scale | {"height_is_estimated": estimated})
    texts = {
        "material.gltf": _as_json(scene),
        "material.mtlx": materialx.document(named, scale["height_range_metres"], alpha),
    }
    if engine == "unreal":
        texts["height.json"] = _as_json({"width": raw.shape[1], "height": raw.shape[0], "bpp": 16})
    about = describe(height.shape, raw.shape, scale, engine, convention.normal_y, tileable, estimated, byte_order, flip,
                     tileable and raw is not height)  # fmt: skip
    names = sorted([*pictures, *texts, "height.png", "height.raw", "material.json"])
    texts["material.json"] = _as_json(about | {"files": names})

    def write(aside):
        for name, picture in pictures.items():
            write_png(aside / name, picture)
        write_png16(aside / "height.png", height)
        write_raw(aside / "height.raw", raw, byte_order, flip)
        for name, text in texts.items():
            write_whole(aside / name, text)

    return _write_aside(pathlib.Path(folder), names, write)


def check_raw_size(size, engine):
    """Raise InputError if an engine, or this machine's memory, does not take a RAW of `size` samples a side."""
    check_size(check_int("raw_size", size, 2), engine, "raw_size")
    require_memory(f"a RAW of {size}x{size} samples", BYTES_PER_SAMPLE * size**2)


def require_memory_for_maps(height, width):
    """Raise InputError if the maps of a picture of that many pixels are beyond this machine's memory."""
    require_memory(f"the maps of a picture of {height}x{width} pixels", BYTES_PER_PIXEL * height * width)


def _pictures(albedo, height, scale, tileable, normal_y, base_roughness):
    """Return {file name: uint8 array} of the maps with 8 bits."""
    options = scale | {"tileable": tileable}
    rough = _to_bytes(roughness(height, base=base_roughness, **options))
    occlusion = _to_bytes(ambient_occlusion(height, **options))
    pictures = {
        "albedo.png": albedo,
        "normal.png": normal_map(height, y=normal_y, **options),
        "roughness.png": rough,
        "ambient_occlusion.png": occlusion,
        "occlusion_roughness_metallic.png": np.stack([occlusion, rough, np.zeros_like(rough)], axis=-1),
    }
    if normal_y == "down":
        pictures["normal_y_up.png"] = normal_map(height, y="up", **options)
    return pictures


def _raw(height, size, engine, tileable):
    """Return the height field in the shape of the RAW file."""
    if size is None and not ENGINES[engine].sizes:
        return height
    return to_engine_size(height, nearest_size(max(height.shape), engine) if size is None else size, tileable, engine)


def _write_aside(folder, names, write):
    """Let `write(path)` fill a folder beside `folder`, then move the files in, the sidecar last; returns {name: path}."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with naming(folder):
        aside = pathlib.Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".writing", dir=folder.parent))
        try:
            write(aside)
            folder.mkdir(exist_ok=True)
            for name in sorted(names, key=lambda each: each == "material.json"):
                os.replace(aside / name, folder / name)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return {name: folder / name for name in names}


def _color(albedo):
    """Return an albedo as uint8 (H, W, 3) or (H, W, 4): gray becomes three equal channels, which every reader takes."""
    albedo = np.asarray(albedo)
    albedo = albedo[:, :, None] if albedo.ndim == 2 else albedo
    if albedo.dtype != np.uint8 or albedo.ndim != 3 or albedo.shape[2] not in (1, 3, 4):
        raise InputError(
            "albedo must be uint8 of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4). "
            f"Received: {albedo.dtype} of shape {albedo.shape}"
        )
    return albedo.repeat(3, axis=2) if albedo.shape[2] == 1 else albedo


def _to_bytes(values):
    return np.rint(values * 255).astype("uint8")


def _as_json(content):
    return json.dumps(content, indent=1) + "\n"

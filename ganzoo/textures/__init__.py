"""Textures of any size from a trained generator, and what a game engine takes: height fields, normal maps, materials.

Names are imported when they are first used: the maps are functions of arrays and need neither Keras nor TensorFlow.
"""

import importlib

_MODULES = {
    "tiling": ("Canvas", "draw_canvas", "paint", "tile"),
    "blending": ("blend",),
    "seams": ("seam_ratios", "with_ordinary_border"),
    "result": ("write_picture", "write_texture"),
    "heights": ("height_from_image", "to_engine_size"),
    "height_files": ("read_png16", "read_raw", "write_png16", "write_raw"),
    "normals": ("normal_map", "surface_normals"),
    "shading": ("ambient_occlusion", "roughness"),
    "material": ("write_material",),
}
_PLACES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = list(_PLACES)


def __getattr__(name):
    if name not in _PLACES:
        raise AttributeError(f"module 'ganzoo.textures' has no attribute {name!r}")
    return getattr(importlib.import_module(f"ganzoo.textures.{_PLACES[name]}"), name)


def __dir__():
    return sorted([*globals(), *__all__])

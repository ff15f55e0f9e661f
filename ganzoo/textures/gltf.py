"""A material as glTF 2.0: a level plane that repeats it."""

import base64

import numpy as np

_FLOAT, _USHORT = 5126, 5123
_ARRAY_BUFFER, _ELEMENT_BUFFER = 34962, 34963
_LINEAR, _TRILINEAR, _REPEAT = 9729, 9987, 10497


def plane_document(files, size_metres, repeats=3, has_alpha=False, extras=None, name="texture"):
    """Return a glTF document of a plane in x and z that shows a material `repeats` times along each side.

    The top of the picture is at negative z, so that it is upright from a camera that looks down with z toward the viewer.
    Vertices are inside, as a data URI; pictures are named relative to the document.

    Args:
        files: {"albedo", "normal", "occlusion_roughness_metallic": file name}; the normal map has its y up.
        size_metres: (height, width) of one copy.
        repeats: int, copies along each side; 1 for a picture that is not tileable.
        has_alpha: bool, whether the albedo has a fourth channel.
        extras: dict of what else is to be said of the material, or None.
        name: str, of material, mesh and node.

    Returns:
        dict for `json.dumps`.
    """
    from ganzoo import __version__

    half_z, half_x = (np.float32(repeats * side / 2) for side in size_metres)
    corners = np.array([[-half_x, 0, -half_z], [half_x, 0, -half_z], [half_x, 0, half_z], [-half_x, 0, half_z]], "<f4")
    normals = np.tile(np.array([0, 1, 0], "<f4"), (4, 1))
    tangents = np.tile(np.array([1, 0, 0, 1], "<f4"), (4, 1))
    coordinates = np.array([[0, 0], [repeats, 0], [repeats, repeats], [0, repeats]], "<f4")
    triangles = np.array([0, 3, 2, 0, 2, 1], "<u2")
    arrays = {"POSITION": corners, "NORMAL": normals, "TANGENT": tangents, "TEXCOORD_0": coordinates, "indices": triangles}
    buffer, views, accessors = b"", [], []
    for key, array in arrays.items():
        target = _ELEMENT_BUFFER if key == "indices" else _ARRAY_BUFFER
        views.append({"buffer": 0, "byteOffset": len(buffer), "byteLength": array.nbytes, "target": target})
        kind = "SCALAR" if array.ndim == 1 else f"VEC{array.shape[1]}"
        accessor = {"bufferView": len(accessors), "componentType": _USHORT if array.ndim == 1 else _FLOAT}
        accessor |= {"count": len(array), "type": kind}
        if key == "POSITION":
            accessor |= {"min": corners.min(axis=0).tolist(), "max": corners.max(axis=0).tolist()}
        accessors.append(accessor)
        buffer += array.tobytes()
    images = ("albedo", "occlusion_roughness_metallic", "normal")
    packed = {"index": images.index("occlusion_roughness_metallic")}
    material = {
        "name": name,
        "pbrMetallicRoughness": {"baseColorTexture": {"index": images.index("albedo")}, "metallicRoughnessTexture": packed},
        "normalTexture": {"index": images.index("normal")},
        "occlusionTexture": packed,
    }
    material |= {"alphaMode": "BLEND"} if has_alpha else {}
    material |= {"extras": extras} if extras else {}
    attributes = {key: index for index, key in enumerate(arrays) if key != "indices"}
    uri = "data:application/octet-stream;base64," + base64.b64encode(buffer).decode()
    return {
        "asset": {"version": "2.0", "generator": f"ganzoo {__version__}"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": name, "mesh": 0}],
        "meshes": [{"name": name, "primitives": [{"attributes": attributes, "indices": len(attributes), "material": 0}]}],
        "materials": [material],
        "textures": [{"source": index, "sampler": 0} for index in range(len(images))],
        "images": [{"uri": files[each]} for each in images],
        "samplers": [{"magFilter": _LINEAR, "minFilter": _TRILINEAR, "wrapS": _REPEAT, "wrapT": _REPEAT}],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": len(buffer), "uri": uri}],
    }

"""A material as MaterialX: Autodesk's standard surface with the maps as images, and the height as displacement."""

import xml.etree.ElementTree as ElementTree

_SRGB = "srgb_texture"


def document(files, height_range_metres, has_alpha=False, name="texture"):
    """Return a MaterialX 1.38 document.

    Args:
        files: {"albedo", "height", "normal", "roughness": file name}, relative to the document; the normal map has its y up.
        height_range_metres: scale of the displacement.
        has_alpha: bool, whether the albedo has a fourth channel, which becomes the opacity.
        name: str, of the material.

    Returns:
        str, XML.
    """
    root = ElementTree.Element("materialx", version="1.38", colorspace="lin_rec709")
    graph = ElementTree.SubElement(root, "nodegraph", name=f"{name}_maps")
    kinds = {"albedo": "color3", "roughness": "float", "normal": "vector3", "height": "float"}
    for key, kind in kinds.items():
        _image(graph, f"{key}_image", kind, files[key], _SRGB if key == "albedo" else None)
    bumped = _node(graph, "normalmap", "bumped", "vector3")
    _input(bumped, "in", "vector3", nodename="normal_image")
    outputs = {"albedo": "albedo_image", "roughness": "roughness_image", "normal": "bumped", "height": "height_image"}
    if has_alpha:
        _image(graph, "alpha_image", "color4", files["albedo"], _SRGB)
        alpha = _node(graph, "extract", "alpha", "float")
        _input(alpha, "in", "color4", nodename="alpha_image")
        _input(alpha, "index", "integer", value="3")
        opacity = _node(graph, "combine3", "opacity_color", "color3")
        for place in ("in1", "in2", "in3"):
            _input(opacity, place, "float", nodename="alpha")
        outputs["opacity"], kinds["opacity"] = "opacity_color", "color3"
    for key, node in outputs.items():
        ElementTree.SubElement(graph, "output", name=key, type=kinds[key], nodename=node)

    surface = _node(root, "standard_surface", f"{name}_surface", "surfaceshader")
    places = {"base_color": "albedo", "specular_roughness": "roughness", "normal": "normal", "opacity": "opacity"}
    for place, key in places.items():
        if key in outputs:
            _input(surface, place, kinds[key], nodegraph=graph.get("name"), output=key)
    displacement = _node(root, "displacement", f"{name}_displacement", "displacementshader")
    _input(displacement, "displacement", "float", nodegraph=graph.get("name"), output="height")
    _input(displacement, "scale", "float", value=f"{height_range_metres:g}")
    material = _node(root, "surfacematerial", name, "material")
    _input(material, "surfaceshader", "surfaceshader", nodename=surface.get("name"))
    _input(material, "displacementshader", "displacementshader", nodename=displacement.get("name"))
    ElementTree.indent(root)
    return '<?xml version="1.0"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _node(parent, category, name, kind):
    return ElementTree.SubElement(parent, category, name=name, type=kind)


def _input(parent, name, kind, **attributes):
    return ElementTree.SubElement(parent, "input", {"name": name, "type": kind} | attributes)


def _image(parent, name, kind, file, colorspace):
    place = _input(_node(parent, "image", name, kind), "file", "filename", value=file)
    if colorspace:
        place.set("colorspace", colorspace)

"""Render a folder of maps, as `ganzoo texture` writes it, in Blender: a plane of three by three tiles, displaced, in the sun.

What an artist sees after an import: whether the tiles join, whether relief and light agree. --flat leaves the plane level and
lights it by the normal map and the ambient occlusion instead: ridges must look like ridges in both. It needs Blender as a
Python module (`pip install bpy`, in an environment of its own), not ganzoo; Cycles runs on the CPU.

    python -m experiments.render_material FOLDER OUT.png
    python -m experiments.render_material FOLDER OUT.png --flat
    python -m experiments.render_material FOLDER OUT.png --samples=64 --width=1600 --height=1000
"""

import argparse
import json
import math
import pathlib
import sys

MAX_QUADS = 1_000_000  # of the displaced plane, all tiles together


def read_arguments(argv=None):
    """Return the command line's values; exits with status 2 where they do not serve."""
    parser = argparse.ArgumentParser(prog="python -m experiments.render_material", description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path, help="folder with material.json")
    parser.add_argument("output", type=pathlib.Path, help="PNG to write")
    parser.add_argument("--tiles", type=int, default=3, help="copies along each side (3)")
    parser.add_argument("--samples", type=int, default=32, help="light paths a pixel (32)")
    parser.add_argument("--width", type=int, default=800, help="pixels (800)")
    parser.add_argument("--height", type=int, default=500, help="pixels (500)")
    parser.add_argument("--relief", type=float, default=1.0, help="times the height range of material.json (1)")
    parser.add_argument("--flat", action="store_true", help="the normal map and ambient occlusion, instead of displacement")
    arguments = parser.parse_args(argv)
    for name in ("tiles", "samples", "width", "height"):
        if getattr(arguments, name) < 1:
            parser.error(f"--{name} must be at least 1. Received: {getattr(arguments, name)}")
    if not (arguments.folder / "material.json").is_file():
        parser.error(f"{arguments.folder} must be a folder with material.json, as ganzoo texture writes it.")
    return arguments


def make_material(folder, about, relief, flat):
    """Return a Blender material of the folder's maps: the height moves the vertices, or the normal map lights a level plane."""
    import bpy

    material = bpy.data.materials.new("texture")
    if not material.use_nodes:
        material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    shader = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")

    def read(name, is_color=False):
        node = nodes.new("ShaderNodeTexImage")
        node.image = bpy.data.images.load(str(folder / name))
        node.image.colorspace_settings.name = "sRGB" if is_color else "Non-Color"
        node.interpolation = "Cubic" if name == "height.png" else "Linear"  # an enlarged height has no facets
        return node.outputs["Color"]

    color = read("albedo.png", is_color=True)
    links.new(read("roughness.png"), shader.inputs["Roughness"])
    if flat:
        shaded = nodes.new("ShaderNodeMixRGB")
        shaded.blend_type = "MULTIPLY"
        shaded.inputs["Fac"].default_value = 1.0
        links.new(color, shaded.inputs["Color1"])
        links.new(read("ambient_occlusion.png"), shaded.inputs["Color2"])
        color = shaded.outputs["Color"]
        bumped = nodes.new("ShaderNodeNormalMap")
        bumped.inputs["Strength"].default_value = relief
        links.new(read("normal.png" if about["normal_y"] == "up" else "normal_y_up.png"), bumped.inputs["Color"])
        links.new(bumped.outputs["Normal"], shader.inputs["Normal"])
    else:
        material.displacement_method = "DISPLACEMENT"
        displacement = nodes.new("ShaderNodeDisplacement")
        displacement.inputs["Midlevel"].default_value = 0.0
        displacement.inputs["Scale"].default_value = relief * about["height_range_metres"]
        links.new(read("height.png"), displacement.inputs["Height"])
        output = next(node for node in nodes if node.type == "OUTPUT_MATERIAL")
        links.new(displacement.outputs["Displacement"], output.inputs["Displacement"])
    links.new(color, shader.inputs["Base Color"])
    return material


def make_plane(about, tiles, material):
    """Add a level plane with a quad a pixel, or as many as there may be; x and y are those of the picture, its top at +y."""
    import bpy

    rows, columns = tiles * about["height_pixels"], tiles * about["width_pixels"]
    reduction = max(1.0, math.sqrt(rows * columns / MAX_QUADS))
    rows, columns = round(rows / reduction), round(columns / reduction)
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=columns, y_subdivisions=rows, size=1, calc_uvs=True)
    plane = bpy.context.object
    for corner in plane.data.uv_layers.active.data:
        corner.uv = (tiles * corner.uv[0], tiles * corner.uv[1])
    plane.scale = (tiles * about["width_metres"], tiles * about["depth_metres"], 1)
    bpy.ops.object.transform_apply(scale=True)  # the displacement is in metres, not in the plane's own unit
    bpy.ops.object.shade_smooth()
    plane.data.materials.append(material)
    return plane


def light_and_look(about, tiles):
    """Add a low sun from the left, a sky, and a camera that looks across the plane."""
    import bpy
    from mathutils import Vector

    sun = bpy.data.objects.new("sun", bpy.data.lights.new("sun", "SUN"))
    sun.data.energy, sun.data.angle = 4.0, math.radians(1)
    sun.rotation_euler = (math.radians(35), math.radians(-48), 0)
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    if not world.use_nodes:
        world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.55, 0.68, 0.9, 1)
    world.node_tree.nodes["Background"].inputs["Strength"].default_value = 0.5
    width, depth = tiles * about["width_metres"], tiles * about["depth_metres"]
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.location = (0.08 * width, -0.52 * depth, 0.36 * width)
    camera.rotation_euler = (Vector((0, -0.1 * depth, 0)) - camera.location).to_track_quat("-Z", "Y").to_euler()
    camera.data.lens, camera.data.clip_start, camera.data.clip_end = 40, width / 1000, 100 * width
    for each in (sun, camera):
        bpy.context.scene.collection.objects.link(each)
    bpy.context.scene.camera = camera


def main(argv=None):
    arguments = read_arguments(argv)
    try:
        import bpy
    except ImportError:
        sys.exit("error: rendering needs Blender as a Python module: pip install bpy, in an environment of its own.")
    about = json.loads((arguments.folder / "material.json").read_text(encoding="utf-8"))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    folder = arguments.folder.resolve()
    make_plane(about, arguments.tiles, make_material(folder, about, arguments.relief, arguments.flat))
    light_and_look(about, arguments.tiles)
    render = bpy.context.scene.render
    render.engine = "CYCLES"
    bpy.context.scene.cycles.samples = arguments.samples
    bpy.context.scene.cycles.use_denoising = False
    render.resolution_x, render.resolution_y, render.resolution_percentage = arguments.width, arguments.height, 100
    bpy.context.scene.view_settings.view_transform = "Standard"  # the picture's own colors
    render.filepath = str(arguments.output.resolve())
    render.image_settings.file_format = "PNG"
    bpy.ops.render.render(write_still=True)
    print(f"wrote {arguments.output}")


if __name__ == "__main__":
    main()

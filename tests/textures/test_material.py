"""The folder of a material: files, sidecar, glTF, MaterialX."""

import base64
import json
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image

from ganzoo.errors import InputError
from ganzoo.textures import material, result
from ganzoo.textures.height_files import read_png16, read_raw
from ganzoo.textures.material import write_material
from ganzoo.textures.normals import normal_map

PICTURES = ("albedo", "height", "normal", "roughness", "ambient_occlusion", "occlusion_roughness_metallic")


def example(rows=24, columns=32, channels=3):
    """Return (albedo, height as float32) at random, unlike in every direction."""
    random = np.random.default_rng(0)
    return random.integers(0, 256, (rows, columns, channels), dtype="uint8"), random.random((rows, columns), "float32")


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image)


def test_files_of_a_material(tmp_path):
    albedo, height = example()
    paths = write_material(tmp_path / "new" / "stone", albedo, height, 0.02, 0.5, engine="unity")
    folder = tmp_path / "new" / "stone"
    assert sorted(paths) == sorted(path.name for path in folder.iterdir()) and paths["normal.png"] == folder / "normal.png"
    assert {f"{name}.png" for name in PICTURES} | {"height.raw", "material.gltf", "material.mtlx", "material.json"} == set(
        paths
    )
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["stone"]
    np.testing.assert_array_equal(pixels(paths["albedo.png"]), albedo)
    np.testing.assert_array_equal(read_png16(paths["height.png"]), np.rint(height * 65535))
    np.testing.assert_array_equal(pixels(paths["normal.png"]), normal_map(height, 0.02, 0.5))
    packed = pixels(paths["occlusion_roughness_metallic.png"])
    np.testing.assert_array_equal(packed[:, :, 0], pixels(paths["ambient_occlusion.png"]))
    np.testing.assert_array_equal(packed[:, :, 1], pixels(paths["roughness.png"]))
    assert not packed[:, :, 2].any()


def test_sidecar(tmp_path):
    albedo, height = example()
    paths = write_material(tmp_path / "stone", albedo, height, 0.02, 0.5, engine="unity", estimated=False)
    about = json.loads(paths["material.json"].read_text())
    assert (about["metres_per_pixel"], about["height_range_metres"], about["estimated"]) == (0.02, 0.5, False)
    assert (about["width_pixels"], about["height_pixels"], about["normal_y"]) == (32, 24, "up")
    assert about["unity_terrain_metres"] == {"width": 0.64, "length": 0.48, "height": 0.5}
    raw = about["raw"]
    assert (raw["rows"], raw["columns"], raw["byte_order"], raw["bottom_row_first"]) == (33, 33, "little", True)
    assert raw["last_row_and_column_repeat_the_first"] and about["tileable"]
    assert about["files"] == sorted(paths)
    assert about["estimates"] == ["roughness", "ambient_occlusion"]
    field = read_raw(paths["height.raw"], flip=True)
    np.testing.assert_array_equal(field[-1], field[0])
    np.testing.assert_array_equal(field[0, :-1], np.rint(65535 * height[0]))  # 32 columns are its samples already


def test_unreal(tmp_path):
    albedo, height = example()
    paths = write_material(tmp_path / "stone", albedo, height, 0.02, 0.5, engine="unreal")
    about = json.loads(paths["material.json"].read_text())
    np.testing.assert_array_equal(pixels(paths["normal.png"]), normal_map(height, 0.02, 0.5, y="down"))
    np.testing.assert_array_equal(pixels(paths["normal_y_up.png"]), normal_map(height, 0.02, 0.5))
    assert about["normal_y"] == "down" and not about["raw"]["bottom_row_first"]
    assert "normal_y_up.png" in paths["material.gltf"].read_text() and "normal_y_up.png" in paths["material.mtlx"].read_text()
    assert json.loads(paths["height.json"].read_text()) == {"width": 127, "height": 127, "bpp": 16}
    assert read_raw(paths["height.raw"]).shape == (127, 127)
    scale = about["unreal_landscape_scale"]  # of a field that repeats
    assert [scale[axis] for axis in "xyz"] == pytest.approx([100 * 0.64 / 126, 100 * 0.48 / 126, 100 * 0.5 / 512])


def test_raw_of_engines_that_take_any_size(tmp_path):
    albedo, height = example()
    paths = write_material(tmp_path / "a", albedo, height, engine="godot", byte_order="big", flip=True)
    levels = np.rint(height * 65535)
    np.testing.assert_array_equal(read_raw(paths["height.raw"], "big", True, shape=(24, 32)), levels)
    raw = json.loads(paths["material.json"].read_text())["raw"]
    assert (raw["byte_order"], raw["bottom_row_first"], raw["last_row_and_column_repeat_the_first"]) == ("big", True, False)
    paths = write_material(tmp_path / "b", albedo, height, engine="blender", raw_size=65)
    assert read_raw(paths["height.raw"]).shape == (65, 65)
    paths = write_material(tmp_path / "c", albedo, height, engine="godot", raw_size=100)
    assert read_raw(paths["height.raw"]).shape == (100, 100)


def test_maps_beyond_the_memory_are_refused(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="the maps of a picture of 1000000x1000000 pixels would take .* GiB of memory"):
        material.require_memory_for_maps(10**6, 10**6)
    with pytest.raises(InputError, match="a RAW of 1000000x1000000 samples would take"):
        material.check_raw_size(10**6, "godot")
    monkeypatch.setattr(material, "BYTES_PER_PIXEL", 2**50)
    with pytest.raises(InputError, match="the maps of a picture of 24x32 pixels would take"):
        write_material(tmp_path / "stone", *example())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("shape", "repeats"), [((20, 30, 3), (3, 2)), ((1500, 1100, 1), (3, 4)), ((1500, 1100, 4), (1, 1))])
def test_a_preview_is_the_repetition_thinned(shape, repeats):
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype="uint8")
    whole = np.tile(pixels, (*repeats, 1))
    every = -(-max(whole.shape) // result.PREVIEW_PIXELS)
    np.testing.assert_array_equal(result.preview(pixels, repeats), whole[::every, ::every])


def test_a_preview_takes_no_more_memory_than_it_shows():
    pixels = np.broadcast_to(np.uint8(7), (30_000, 30_000, 1))
    assert result.preview(pixels, (16, 16)).shape == (4068, 4068, 1)


def test_16_bits_are_kept(tmp_path):
    levels = np.random.default_rng(0).integers(0, 65536, (32, 32, 1), dtype="uint16")
    paths = write_material(tmp_path / "a", example(32, 32)[0], levels, estimated=False)
    np.testing.assert_array_equal(read_png16(paths["height.png"]), levels[:, :, 0])
    np.testing.assert_array_equal(read_raw(paths["height.raw"], flip=True)[:-1, :-1], levels[:, :, 0])


@pytest.mark.parametrize(("channels", "tileable"), [(1, True), (3, False), (4, True)])
def test_gltf(channels, tileable, tmp_path):
    albedo, height = example(channels=channels)
    paths = write_material(tmp_path / "stone", albedo, height, 0.5, 1.0, tileable=tileable)
    scene = json.loads(paths["material.gltf"].read_text())
    assert scene["asset"]["version"] == "2.0"
    (found,) = scene["materials"]
    assert found.get("alphaMode", "OPAQUE") == ("BLEND" if channels == 4 else "OPAQUE")
    assert found["extras"]["height_is_estimated"] is True
    named = {
        "albedo.png": found["pbrMetallicRoughness"]["baseColorTexture"],
        "occlusion_roughness_metallic.png": found["pbrMetallicRoughness"]["metallicRoughnessTexture"],
        "normal.png": found["normalTexture"],
    }
    assert found["occlusionTexture"] == named["occlusion_roughness_metallic.png"]
    for name, texture in named.items():
        source = scene["textures"][texture["index"]]
        assert scene["images"][source["source"]]["uri"] == name and paths[name].exists()
        assert scene["samplers"][source["sampler"]]["wrapS"] == 10497
    (buffer,) = scene["buffers"]
    data = base64.b64decode(buffer["uri"].split(",")[1])
    assert len(data) == buffer["byteLength"]
    arrays = [read(scene, accessor, data) for accessor in scene["accessors"]]
    (primitive,) = scene["meshes"][scene["nodes"][0]["mesh"]]["primitives"]
    assert primitive["material"] == 0
    corners, normals, tangents, coordinates = (
        arrays[primitive["attributes"][key]] for key in ("POSITION", "NORMAL", "TANGENT", "TEXCOORD_0")
    )
    position = scene["accessors"][primitive["attributes"]["POSITION"]]
    assert (corners.min(axis=0).tolist(), corners.max(axis=0).tolist()) == (position["min"], position["max"])
    copies = 3 if tileable else 1
    np.testing.assert_allclose(np.ptp(corners, axis=0), [copies * 16, 0, copies * 12])
    assert np.ptp(coordinates, axis=0).tolist() == [copies, copies]
    assert (normals == [0, 1, 0]).all()
    for triangle in arrays[primitive["indices"]].reshape(-1, 3):  # counter-clockwise seen from above, tangents along u
        a, b, c = corners[triangle]
        assert np.cross(b - a, c - a)[1] > 0
        u = np.linalg.solve(
            [b[[0, 2]] - a[[0, 2]], c[[0, 2]] - a[[0, 2]]], (coordinates[triangle[1:]] - coordinates[triangle[0]])
        )
        assert u[0, 0] > 0 and u[1, 1] > 0 and abs(u[0, 1]) < 1e-6
    assert (tangents == [1, 0, 0, 1]).all()


def read(scene, accessor, data):
    """Return an accessor's array, by the rules of glTF."""
    view = scene["bufferViews"][accessor["bufferView"]]
    part = data[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
    width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}[accessor["type"]]
    dtype = {5126: "<f4", 5123: "<u2"}[accessor["componentType"]]
    assert view["byteOffset"] % np.dtype(dtype).itemsize == 0
    array = np.frombuffer(part, dtype).reshape(-1, width)
    assert len(array) == accessor["count"]
    return array


@pytest.mark.parametrize("channels", [3, 4])
def test_materialx(channels, tmp_path):
    paths = write_material(tmp_path / "stone", *example(channels=channels), height_range_metres=0.25)
    root = ElementTree.parse(paths["material.mtlx"]).getroot()
    assert root.tag == "materialx"
    nodes = {node.get("name"): node for node in root.iter() if node.tag != "input" and node.get("name")}
    for place in root.iter("input"):
        assert place.get("nodename", place.get("nodegraph", "texture")) in nodes
        if place.get("type") == "filename":
            assert paths[place.get("value")].exists()
    outputs = {each.get("name"): each for each in root.iter("output")}
    assert set(outputs) == {"albedo", "roughness", "normal", "height", *(["opacity"] if channels == 4 else [])}
    for place in root.iter("input"):
        if place.get("output"):
            assert outputs[place.get("output")].get("type") == place.get("type")
    (scale,) = [place.get("value") for place in root.iter("input") if place.get("name") == "scale"]
    assert float(scale) == 0.25


def test_a_failed_write_leaves_the_old_material(tmp_path, monkeypatch):
    folder, (albedo, height) = tmp_path / "stone", example()
    write_material(folder, albedo, height)
    (folder / "mine.txt").write_text("mine")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(path, height):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(material, "write_png16", full)
    with pytest.raises(OSError, match="No space"):
        write_material(folder, albedo[::-1], height)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["stone"]
    monkeypatch.undo()
    write_material(folder, albedo[::-1], height)
    np.testing.assert_array_equal(pixels(folder / "albedo.png"), albedo[::-1])
    assert (folder / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"albedo": np.zeros((4, 4, 3))}, "albedo must be uint8 .* Received: float64"),
        ({"albedo": np.zeros((4, 4, 2), "uint8")}, r"\(4, 4, 2\)"),
        ({"height": np.zeros((4, 5))}, r"same size. Received: \(4, 4\) and \(4, 5\)"),
        ({"engine": "unity3d"}, "engine must be one of .* Did you mean 'unity'"),
        ({"raw_size": 512}, "raw_size must be one that the engine takes; the nearest are Unity 257 or 513"),
        ({"raw_size": 505}, "Unity 257 or 513"),
        ({"byte_order": "mac"}, "byte_order must be one of"),
        ({"metres_per_pixel": 0}, "metres_per_pixel must be a positive number"),
        ({"height_range_metres": np.inf}, "height_range_metres must be a positive number"),
        ({"base_roughness": 2}, "base must be"),
    ],
)
def test_what_is_refused_writes_nothing(changes, message, tmp_path):
    arguments = {"albedo": np.zeros((4, 4), "uint8"), "height": np.zeros((4, 4))} | changes
    with pytest.raises(InputError, match=message):
        write_material(tmp_path / "stone", **arguments)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("engine, side", [("unity", 513), ("unreal", 127)])
def test_the_sidecar_of_a_field_that_has_the_engines_size(engine, side, tmp_path):
    """Its samples are a metre apart: as many metres from the first to the last as there are steps, or a whole period."""
    height = np.random.default_rng(0).random((side, side)).astype("float32")
    albedo = np.zeros((side, side, 3), "uint8")
    for tileable in (False, True):
        write_material(tmp_path, albedo, height, engine=engine, tileable=tileable, metres_per_pixel=1.0)
        about = json.loads((tmp_path / "material.json").read_text())
        assert about["raw"]["last_row_and_column_repeat_the_first"] is tileable
        metres = side if tileable else side - 1
        if engine == "unity":
            assert about["unity_terrain_metres"]["width"] == metres
        else:
            assert about["unreal_landscape_scale"]["x"] == pytest.approx(100 * metres / (side - 1))

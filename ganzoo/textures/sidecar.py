"""What the files of a material do not say by themselves: scales, orders, estimates, and what to type into an import dialog."""


def describe(shape, raw_shape, scale, engine, normal_y, tileable, estimated, byte_order, flip, repeated):
    """Return the content of `material.json`, without the list of files.

    Args:
        shape, raw_shape: (H, W) of the pictures and of the RAW height field.
        scale: {"metres_per_pixel": ..., "height_range_metres": ...}.
        engine: a name in `ganzoo.textures.engines.ENGINES`.
        normal_y: "up" or "down", of `normal.png`.
        tileable: bool.
        estimated: bool, whether the height was estimated from a picture.
        byte_order, flip: of the RAW.
        repeated: bool, whether its last row and column repeat the first.

    Returns:
        dict for `json.dumps`.
    """
    depth, width = (side * scale["metres_per_pixel"] for side in shape)
    found = {
        **scale,
        "height_pixels": shape[0],
        "width_pixels": shape[1],
        "depth_metres": depth,
        "width_metres": width,
        "tileable": tileable,
        "engine": engine,
        "height": "estimated from a picture" if estimated else "heights as they are",
        "estimated": estimated,
        "estimates": [*(["height", "normal"] if estimated else []), "roughness", "ambient_occlusion"],
        "normal_y": normal_y,
        "raw": {
            "rows": raw_shape[0],
            "columns": raw_shape[1],
            "bits": 16,
            "signed": False,
            "header_bytes": 0,
            "byte_order": byte_order,
            "bottom_row_first": flip,
            "last_row_and_column_repeat_the_first": repeated,
        },
    }
    height = scale["height_range_metres"]
    # From the first sample to the last: a whole period where they are the same, else one step less than there are samples.
    depth, width = ((side if tileable else side - 1) * scale["metres_per_pixel"] for side in shape)
    if engine == "unity":
        found["unity_terrain_metres"] = {"width": width, "length": depth, "height": height}
    if engine == "unreal":  # in percent of a metre between vertices; at 100, 65535 levels are 512 m
        steps = {"x": width / (raw_shape[1] - 1), "y": depth / (raw_shape[0] - 1), "z": height / 512}
        found["unreal_landscape_scale"] = {axis: 100 * step for axis, step in steps.items()}
    return found

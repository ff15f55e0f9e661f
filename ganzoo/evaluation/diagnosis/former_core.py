"""The interface `matches()` for a GAN of the core of 0.1.0. To be deleted with that core."""

import types

from keras import ops


def adapt(model):
    """Return a model that has `matches()` as it is, and a GAN that has not behind that interface."""
    if hasattr(model, "matches"):
        return model
    example = "images" if model.image_rank == 3 else "points"

    def labels(arrays):
        return arrays["labels"].astype("int32") if model.needs_labels else None

    def inputs(n, seed, arrays):
        conditions = {"labels": labels(arrays)} if model.needs_labels else {}
        return [ops.convert_to_tensor(x) for x in model.generator_inputs(model.draw_latents(n, seed), **conditions)]

    match = types.SimpleNamespace(
        example=example,
        inputs=inputs,
        generate=lambda given: model.generator(given if len(given) > 1 else given[0], training=False),
        discriminate=lambda examples, arrays: model.judge(examples, labels(arrays))[0],
        generator_loss=model.generator_loss,
        discriminator=types.SimpleNamespace(networks={"discriminator": model.discriminator}, regularizers=model.regularizers),
        discriminator_logs="discriminator_loss",
        generator_logs="generator_loss",
    )
    return types.SimpleNamespace(matches=lambda: {"": match}, postprocess=model.finish, to_value_range=model.to_value_range)

"""Checks of a `GAN`, the game of a discriminator and a generator: each yields a sentence per fault."""

import copy
import functools

import keras
import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.regularizers import Regularizer
from ganzoo.testing.subject import LATE, N


def losses_per_sample(subject):
    """Losses that are not one number per sample."""
    logits = np.linspace(-1, 1, N, dtype="float32")[:, None]
    for name in ("discriminator_loss", "generator_loss"):
        value = ops.convert_to_tensor(
            getattr(subject.model, name)(ops.convert_to_tensor(logits), ops.convert_to_tensor(-logits))
        )
        advice = {
            (): "Leave the mean out: the training step takes it, once.",
            (N, N): "(N, 1) was broadcast against (N,): bring both to one shape with ops.reshape(logits, (-1,)).",
        }.get(tuple(value.shape), "")
        if tuple(value.shape) not in ((N,), (N, 1)):
            shape = str(tuple("N" if side == N else side for side in value.shape)).replace("'", "")
            said = f"{name} must return one number per sample, shape (N,), of logits (N, 1). Received: shape {shape}. {advice}"
            yield said.strip()


def direction_of_losses(subject):
    """Losses that fall where they should rise, at the first step and at a late one: a loss may fade in."""
    if list(_direction_of_losses(subject.model)):
        subject.model.step_counter.assign(LATE)
        yield from _direction_of_losses(subject.model)


def _direction_of_losses(model):
    # The discriminator at its worst, real images below 0 and generated ones above; the generator at its worst.
    below, above = (ops.convert_to_tensor(np.linspace(*ends, N, dtype="float32")[:, None]) for ends in ((-2, -0.2), (0.2, 2)))

    def mean(loss, real, fake):
        return float(ops.mean(loss(real, fake)))

    d_now, g_now = mean(model.discriminator_loss, below, above), mean(model.generator_loss, above, below)
    real_up = mean(model.discriminator_loss, below + 0.1, above) - d_now
    fake_down = mean(model.discriminator_loss, below, above - 0.1) - d_now
    if real_up > 0 and fake_down > 0:
        yield (
            "discriminator_loss uses the logits the wrong way round: it falls when real images get lower logits and generated "
            "ones higher. A high logit means real; the arguments are (real_logits, fake_logits)."
        )
    elif real_up >= 0:
        yield "discriminator_loss must fall when the logits of real images rise; it does not."
    elif fake_down >= 0:
        yield "discriminator_loss must fall when the logits of generated images fall; it does not."
    towards = mean(model.generator_loss, above, below + 0.1) - g_now
    if towards == 0:
        yield "generator_loss must fall when the logits of generated images rise; it stays what it is."
    elif towards > 0:
        yield (
            "generator_loss uses the logits the wrong way round: it must fall when the logits of generated images (its second "
            "argument, fake_logits) rise, as a high logit means real."
        )


def logits(subject):
    """A discriminator whose answers are always between 0 and 1."""
    model = subject.model
    real = model.prepare(subject.batch)
    said = [
        _ask(model, scale * real[model.example_name] + shift, real)
        for scale, shift in ((1, 0), (1e3, 0), (-1e3, 0), (1e2, 1e3), (1e2, -1e3))
    ]
    said = np.concatenate(said)
    if _in_unit(said) and not np.allclose(said, said[0]) and _in_unit(_ask_with_larger_weights(model, real)):
        yield (
            f"The discriminator's outputs are always between 0 and 1 (from {said.min():.3g} to {said.max():.3g}), as if it "
            "ended in a sigmoid. Return logits: the sigmoid is in the loss."
        )


def _in_unit(said):
    return said.min() >= 0 and said.max() <= 1


def _ask_with_larger_weights(model, batch):
    """Return the answers of a discriminator of ten times its weights: normalization bounds logits, but not these."""
    weights = model.discriminator.trainable_variables
    before = [ops.copy(weight) for weight in weights]
    try:
        for weight in weights:
            weight.assign(10 * weight)
        return _ask(model, batch[model.example_name], batch)
    finally:
        for weight, value in zip(weights, before, strict=True):
            weight.assign(value)


def discriminator_looks(subject):
    """A discriminator that says the same of every image, or takes labels and ignores them."""
    model = subject.model
    batch = model.prepare(subject.batch)
    examples = batch[model.example_name]
    said = _ask(model, examples, batch)
    if np.ptp(said) < 1e-7 * max(1.0, np.abs(said).max()):
        yield "The discriminator ignores its input: it gives every image the same logit. Connect the input to the output."
    elif len(model.discriminator.inputs) > 1 and (model.classes or 2) > 1:
        turned = {name: values if name == model.example_name else ops.roll(values, 1, axis=0) for name, values in batch.items()}
        if np.allclose(_ask(model, examples, turned), said, atol=1e-7):
            yield "The discriminator takes labels and ignores them: other labels give the same logits."


def combined(subject):
    """A combined model that is not the discriminator on the generator."""
    model = subject.model
    inputs = {name: ops.convert_to_tensor(values) for name, values in subject.draw(4).items()}
    with_labels = {name: values for name, values in inputs.items() if name in model.examples}
    expected = _ask(model, model._generate_with(model.generator, inputs), with_labels)
    tensors = list(inputs.values())
    said = keras.tree.flatten(model.combined(tensors if len(tensors) > 1 else tensors[0], training=False))[0]
    if not np.allclose(ops.convert_to_numpy(said), expected, rtol=1e-4, atol=1e-5):
        yield "combined must be the discriminator on the generator, D(G(z)), of the same networks; it gives other logits."


def independent_samples(subject):
    """A discriminator that mixes samples, under a gradient penalty."""
    model = subject.model
    player = model.players["discriminator"]
    penalties = [each for each in player.regularizers if type(each).penalty is not Regularizer.penalty]
    layers = model.discriminator._flatten_layers()
    meant = any(getattr(each, "compares_samples", False) for each in layers)
    norms = [each.name for each in layers if isinstance(each, keras.layers.BatchNormalization)]
    if not penalties or (meant and not norms):
        return
    one, other = (model.prepare(subject.make_batch(N, seed)) for seed in (0, 1))
    name = model.example_name
    mixed = other | {name: ops.concatenate([one[name][:1], other[name][1:]])}
    variables = [v for network in player.networks.values() for v in network.variables if not getattr(v, "trainable", False)]
    before = [ops.convert_to_numpy(v) for v in variables]
    said = []
    for batch in (one, mixed):
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)  # the same dropout for both
        said.append(ops.convert_to_numpy(model.discriminate(batch[name], {**one, name: batch[name]}, training=True).logits)[0])
    if not np.allclose(*said, rtol=1e-4, atol=1e-5):
        cause = f"batch normalization ({', '.join(norms[:3])})" if norms else "a layer"
        yield (
            f"In the discriminator {cause} makes the logit of one image depend on the others of its batch, which voids "
            f"{' and '.join(map(repr, penalties))}. Leave it out, or take keras.layers.LayerNormalization instead."
        )


def learns_which_is_real(subject):
    """A discriminator that, trained alone to tell bright images from generated ones, gives the real ones the lower logits."""
    model = copy.deepcopy(subject.model)
    model.step_counter.assign(LATE)
    model.compile(*(keras.optimizers.Adam(1e-3) for _ in range(2)))
    rng, name = np.random.default_rng(0), model.example_name
    batch = model.prepare(subject.batch)
    low, high = model.value_range if subject.bounded else (0.0, 3.0)
    bright = rng.uniform(low + 0.8 * (high - low), high, batch[name].shape).astype("float32")
    batch[name] = ops.convert_to_tensor(bright)

    def fakes(seed):
        inputs = model.inputs_for(batch, seed)
        return inputs, model.generate_batch(inputs)

    @backend.jit
    def update(seed):
        inputs, fake = fakes(seed)
        return model.update_discriminator(batch, inputs, fake, seed)

    def logits():
        judge = functools.partial(model.discriminate, batch=batch, training=True)
        return [float(ops.mean(judge(x).logits)) for x in (batch[name], fakes((0, 1))[1])]

    at_first = logits()
    for step in range(40):
        update(ops.convert_to_tensor([step, 7], dtype="int32"))
    real, fake = logits()
    if not np.isfinite([real, fake]).all():
        yield "Trained alone for 40 updates, the discriminator gives logits that are NaN or infinite."
    elif real <= fake and real - fake <= at_first[0] - at_first[1]:  # one that began the other way round may need longer
        yield (
            "Trained alone for 40 updates to tell bright images from generated ones, the discriminator gives the real ones the "
            f"lower logits ({real:.3g} on average, the generated ones {fake:.3g}). A high logit must mean real: look at "
            "discriminator_loss."
        )


def _ask(model, examples, batch):
    """Return the discriminator's logits `(N, 1)` as an array, in inference mode."""
    return ops.convert_to_numpy(model.discriminate(examples, batch).logits)

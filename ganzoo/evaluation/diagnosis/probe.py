"""Evidence: measurements of a GAN at one step that do not disturb its training."""

import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.errors import InputError
from ganzoo.regularizers import WeightClip


class Probe:
    """Measures a GAN against a fixed set of real examples, with the same latents each time.

    Args:
        real: uint8 images `(N, H, W, C)`, or points `(N, d)`, that it trains on; at least 20, of which 5,000 are used, and
            20,000 to find copies: of a larger set copied in equal shares, the share that is found is as much smaller.
        labels: ints `(N,)` where the GAN is conditional, else None.
        n: generated examples a measurement; fewer of images above 32x32, as many as have its pixels, but at least 32.
        seed: int; decides them.

    Raises:
        InputError: for too few examples.
    """

    def __init__(self, real, labels=None, n=256, seed=1):
        from ganzoo.evaluation.metrics.copies import TrainingNeighbors
        from ganzoo.evaluation.metrics.variety import cluster_centers, effective_modes, rms_pairwise_distance

        real = np.asarray(real)
        if len(real) < 20:
            raise InputError(f"a diagnosis compares with at least 20 real examples. Received: {len(real)}")
        order = np.random.default_rng(seed).permutation(len(real))
        chosen = order[:5000]
        self.real, self.labels = real[chosen], None if labels is None else np.asarray(labels)[chosen]
        pixels = int(np.prod(real.shape[1:3])) if real.ndim == 4 else 1
        self.n, self.seed = min(n, max(32, n * 1024 // pixels)), seed
        points, known = self._points(self.real), self._points(real[order[:20_000]], 16)
        self.neighbors = TrainingNeighbors(known, rows=1000)
        self.scale = np.sqrt(points.shape[1] / known.shape[1])  # a distance in points against one in known
        self.centers = cluster_centers(points[:1000], clusters=min(20, len(points) // 5))
        self.real_spread = rms_pairwise_distance(points)
        self.real_modes = effective_modes(points, self.centers)

    def measure(self, gan):
        """Return the evidence, a dictionary of floats.

        discriminator_auc: area under the ROC curve: share of pairs (a real, a generated example) in which the discriminator's
            logit is higher for the real one; 1/2 if it cannot tell them apart, 1 if it always can.
        gradient: mean norm of the generator's loss's gradient for a generated example, in loss per unit of `value_range`.
        spread, real_spread: root mean squared distance between two generated, two real examples (pixels in [0, 1]).
        modes, real_modes: effective number of the real examples' clusters that are met.
        nearest, real_nearest: median distance of a generated, of a real example to the nearest (other) training example.
        near_copy_rate: share of generated examples that come as near to the training set as the nearest 1 % of real ones to the
            rest.
        clipped_fraction: share of the clipped kernels' weights that lie at the bound, where they are clipped; clipped_gains:
            that of the gains of normalizations.
        """
        from ganzoo.evaluation.metrics.variety import effective_modes, rms_pairwise_distance

        labels = None if self.labels is None or not gan.needs_labels else np.resize(self.labels, self.n).astype("int32")
        conditions = {} if labels is None else {"labels": labels}
        latents = [ops.convert_to_tensor(x) for x in gan.generator_inputs(gan.draw_latents(self.n, self.seed), **conditions)]
        fake = gan.generator(latents if len(latents) > 1 else latents[0], training=False)
        real = gan.to_value_range(ops.convert_to_tensor(np.resize(self.real, (self.n, *self.real.shape[1:]))))
        outputs = ops.convert_to_numpy(fake)
        if not np.isfinite(outputs).all():
            return {"discriminator_auc": float("nan"), "gradient": float("nan")}
        real_logits, fake_logits = (gan.judge(x, labels)[0] for x in (real, fake))
        made = gan.finish(outputs)
        points, nearness = self._points(made), self.neighbors.compare(self._points(made, 16))
        return {
            "discriminator_auc": _share_above(*(ops.convert_to_numpy(x)[:, 0] for x in (real_logits, fake_logits))),
            "gradient": self._gradient_norm(gan, real_logits[:64], fake[:64], None if labels is None else labels[:64]),
            "spread": rms_pairwise_distance(points),
            "real_spread": self.real_spread,
            "modes": effective_modes(points, self.centers),
            "real_modes": self.real_modes,
            "nearest": self.scale * nearness["nearest_fake"].value,
            "real_nearest": self.scale * nearness["nearest_held_out"].value,
            "near_copy_rate": nearness["near_copy_rate"].value,
            **_clipping(gan),
        }

    @staticmethod
    def _points(examples, side=32):
        """Flatten examples to `(N, d)`; pixels to [0, 1], means of blocks of them where an image is above side x side."""
        if examples.dtype != np.uint8:
            return examples.reshape(len(examples), -1)
        n, height, width, channels = examples.shape
        tall, wide = -(-height // side), -(-width // side)
        whole = examples[:, : height // tall * tall, : width // wide * wide]
        blocks = whole.reshape(n, height // tall, tall, width // wide, wide, channels)
        return blocks.mean(axis=(2, 4), dtype="float32").reshape(n, -1) / 255.0

    @staticmethod
    def _gradient_norm(gan, real_logits, fake, labels):
        gradient = backend.input_gradient(lambda x: gan.generator_loss(real_logits, gan.judge(x, labels)[0]), fake)
        return float(np.linalg.norm(ops.convert_to_numpy(gradient).reshape(len(fake), -1), axis=1).mean())


def _share_above(real, fake):
    """Return the area under the ROC curve: the share of pairs with real above fake, ties counted half."""
    return float((real[:, None] > fake).mean() + (real[:, None] == fake).mean() / 2)


def _clipping(gan):
    """Return clipped_fraction and clipped_gains of a discriminator whose weights are clipped, else nothing."""
    evidence = {}
    for clip in (each for each in gan.regularizers if isinstance(each, WeightClip)):
        for name, kind in (("clipped_fraction", "kernel"), ("clipped_gains", "gamma")):
            weights = [ops.convert_to_numpy(w).ravel() for w in clip.clipped(gan.discriminator) if w.name == kind]
            if weights:
                evidence[name] = float((np.abs(np.concatenate(weights)) >= 0.999 * clip.limit).mean())
    return evidence

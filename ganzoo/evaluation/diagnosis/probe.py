"""Evidence: measurements of a model at one step that do not disturb its training."""

import dataclasses

import numpy as np
from keras import ops

from ganzoo import backend
from ganzoo.core.inputs import WHITE
from ganzoo.errors import InputError
from ganzoo.evaluation.metrics import TrainingNeighbors, cluster_centers, effective_modes, rms_pairwise_distance
from ganzoo.regularizers import WeightClip

FEWEST = 20  # real examples


class Probe:
    """Measures a model against a fixed set of real examples, with the same latents each time.

    Args:
        arrays: dictionary {name: array `(N, ...)`} of real examples, as `dataset.arrays`: uint8 images, points, labels. At
            least 20 each; up to 5,000 are used, and up to 20,000 to find copies: of a larger set that is copied evenly, the
            share found is smaller in proportion. Arrays of equal length belong together, row by row.
        n: generated examples per measurement; fewer for images above 32x32 (the pixels of n 32x32 images), but at least 32.
        seed: int; decides which examples and latents are used.

    Raises:
        InputError: for too few examples.

    Example:
        >>> import ganzoo
        >>> points = np.random.default_rng(0).normal(size=(100, 2)).astype("float32")
        >>> evidence = Probe({"points": points}, n=32).measure(ganzoo.PointGAN(2))
        >>> 0 <= evidence[""]["discriminator_auc"] <= 1
        True
    """

    def __init__(self, arrays, n=256, seed=1):
        self.arrays = {name: np.asarray(array) for name, array in arrays.items()}
        for name, array in self.arrays.items():
            if len(array) < FEWEST:
                raise InputError(f"a diagnosis needs at least {FEWEST} real examples. Received: {len(array)} {name}")
        self.n, self.seed = n, seed
        self._references = {}

    def measure(self, model):
        """Return the evidence on each of the model's matches, {match: {measure: float}}; a GAN has one match, named "".

        discriminator_auc: area under the ROC curve: share of pairs (a real, a generated example) in which the discriminator's
            logit is higher for the real one; 1/2 if it cannot tell them apart, 1 if it always can.
        gradient: mean norm of the gradient of the generator's loss with respect to a generated example, in loss per unit of
            `value_range`.
        spread, real_spread: root mean squared distance between two generated, two real examples (pixels in [0, 1]).
        modes, real_modes: effective number of the real data's clusters that generated (real) examples fall into.
        nearest, real_nearest: median distance of a generated, of a real example to the nearest (other) training example.
        near_copy_rate: share of generated examples that come as near to the training set as the nearest 1 % of real ones to the
            rest. Samples of smaller spread must come nearer to count, as they lie nearer to everything: gray ones by up to the
            root of 2. It is left out for models whose inputs are training images that they largely keep (to fill in, enlarge,
            translate).
        clipped_fraction: where weights are clipped, the share of the clipped kernels' weights that lie at the bound;
            clipped_gains: the same for the gains of normalizations.

        For a generator whose output is NaN or infinite only the first two are returned, as NaN.
        """
        return {name: self._measure(model, match) for name, match in model.matches().items()}

    def _measure(self, model, match):
        n = self._examples(match.example)
        arrays = {name: array[np.resize(self._order(array)[:5000], n)] for name, array in self.arrays.items()}
        fake = match.generate(match.inputs(n, self.seed, arrays))
        outputs = ops.convert_to_numpy(fake)
        if not np.isfinite(outputs).all():
            return {"discriminator_auc": float("nan"), "gradient": float("nan")}
        made = np.asarray(model.postprocess(outputs))
        reference = self._reference(match.example, made.shape[1:])
        real = model.to_value_range(ops.convert_to_tensor(_resize(arrays[match.example], made.shape[1:])))
        real_logits, fake_logits = (match.discriminate(examples, arrays) for examples in (real, fake))
        points = _points(made)
        spread = rms_pairwise_distance(points)
        # Two independent draws of deviations a and b are sqrt(a^2 + b^2) apart, so dim samples are near without being copies.
        share = min(1.0, spread / reference.spread) if reference.spread else 1.0
        nearness = reference.neighbors.compare(_points(made, 16), float(np.sqrt((1 + share**2) / 2)))
        few = {name: array[:64] for name, array in arrays.items()}
        gradient = backend.input_gradient(
            lambda examples: match.generator_loss(real_logits[:64], match.discriminate(examples, few)), fake[:64]
        )
        norms = np.linalg.norm(ops.convert_to_numpy(gradient).reshape(min(n, 64), -1), axis=1)
        copies = {} if model.probe_size else {"near_copy_rate": nearness["near_copy_rate"].value}
        return {
            "discriminator_auc": _area_under_curve(*(ops.convert_to_numpy(x)[:, 0] for x in (real_logits, fake_logits))),
            "gradient": float(norms.mean()),
            "spread": spread,
            "real_spread": reference.spread,
            "modes": effective_modes(points, reference.centers),
            "real_modes": reference.modes,
            "nearest": reference.scale * nearness["nearest_fake"].value,
            "real_nearest": reference.scale * nearness["nearest_held_out"].value,
            **copies,
            **_clipping(match.discriminator),
        }

    def _examples(self, name):
        array = self.arrays[name]
        pixels = int(np.prod(array.shape[1:3])) if array.ndim == 4 else 1
        return min(self.n, max(32, self.n * 1024 // pixels))

    def _order(self, array):
        return np.random.default_rng(self.seed).permutation(len(array))

    def _reference(self, name, shape):
        """Return what generated examples of a shape are compared with; made once (a model that grows changes the shape)."""
        if (name, shape) not in self._references:
            array = self.arrays[name]
            self._references[name, shape] = _Reference.of(_resize(array[self._order(array)[:20_000]], shape))
        return self._references[name, shape]


@dataclasses.dataclass
class _Reference:
    """Measurements of the real examples.

    Attributes:
        spread, modes: see `Probe.measure`.
        centers: of the real examples' clusters, features `(K, d)`.
        neighbors: `TrainingNeighbors` of at most 16x16 pixels.
        scale: factor from a distance there to one between `_points`.
    """

    spread: float
    modes: float
    centers: np.ndarray
    neighbors: TrainingNeighbors
    scale: float

    @classmethod
    def of(cls, real):
        points, known = _points(real[:5000]), _points(real, 16)
        centers = cluster_centers(points[:1000], clusters=min(20, len(points) // 5))
        return cls(
            rms_pairwise_distance(points),
            effective_modes(points, centers),
            centers,
            TrainingNeighbors(known, rows=1000),
            float(np.sqrt(points.shape[1] / known.shape[1])),
        )


def _points(examples, side=32):
    """Flatten examples to `(N, d)`; pixels to [0, 1], means of blocks of them where an image is above side x side."""
    if examples.dtype.name not in WHITE:
        return examples.reshape(len(examples), -1)
    height, width = examples.shape[1:3]
    means = _block_means(examples, -(-height // side), -(-width // side))
    return means.reshape(len(examples), -1) / WHITE[examples.dtype.name]


def _block_means(images, tall, wide):
    """Return float32 means over blocks of tall x wide pixels; what is left at the lower and right edges is cut off."""
    n, height, width, channels = images.shape
    whole = images[:, : height // tall * tall, : width // wide * wide]
    return whole.reshape(n, height // tall, tall, width // wide, wide, channels).mean(axis=(2, 4), dtype="float32")


def _resize(examples, shape):
    """Bring real images to the shape of generated ones, which a growing model makes smaller than the data's."""
    if examples.shape[1:] == shape:
        return examples
    if len(shape) != 3 or examples.ndim != 4 or examples.shape[1] % shape[0] or examples.shape[2] % shape[1]:
        raise InputError(f"real and generated examples must be of one shape. Received: {examples.shape[1:]} and {shape}")
    means = _block_means(examples, examples.shape[1] // shape[0], examples.shape[2] // shape[1])
    return np.rint(means).astype(examples.dtype)


def _area_under_curve(real, fake):
    """Return the area under the ROC curve: the share of pairs with real above fake, ties counted half."""
    return float((real[:, None] > fake).mean() + (real[:, None] == fake).mean() / 2)


def _clipping(discriminator):
    """Return clipped_fraction and clipped_gains of a player whose weights are clipped, else nothing."""
    evidence = {}
    for clip in (each for each in discriminator.regularizers if isinstance(each, WeightClip)):
        clipped = clip.clipped(discriminator)
        for name, kind in (("clipped_fraction", "kernel"), ("clipped_gains", "gamma")):
            weights = [ops.convert_to_numpy(weight).ravel() for weight in clipped if weight.name.endswith(kind)]
            if weights:
                evidence[name] = float((np.abs(np.concatenate(weights)) >= 0.999 * clip.limit).mean())
    return evidence

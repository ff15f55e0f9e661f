"""Feature extractors: callables from uint8 images `(N, H, W, C)` to features `(N, d)`, which the measures compare."""

from ganzoo.evaluation.features.classifier import Classifier
from ganzoo.evaluation.features.inception import Inception
from ganzoo.evaluation.features.pixels import pixel_features
from ganzoo.evaluation.features.statistics import Statistics
from ganzoo.evaluation.features.texture import standardized, texture_features
from ganzoo.evaluation.features.unlabelled import unlabelled_features

__all__ = ["Classifier", "Inception", "Statistics", "pixel_features", "standardized", "texture_features", "unlabelled_features"]

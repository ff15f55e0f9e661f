"""Symptoms: rules that read a run's evidence, a message for each, and what to try.

A rule reads the evidence so far, oldest first, and returns what speaks for the symptom in words, or None. The thresholds are
ours, set where runs that were failed on purpose and healthy ones part (`experiments.pathologies`, tests).
"""

import dataclasses
import math
import statistics
from collections.abc import Callable

import numpy as np


@dataclasses.dataclass(frozen=True)
class Symptom:
    """A way to fail.

    Attributes:
        name: an identifier.
        message: one sentence, what is wrong.
        remedy: what to try, most promising first.
        rule: callable (rows) -> str or None; rows are dictionaries with `step`, what `Probe.measure` returns of a match and,
            since the row before, `losses`: a list of (discriminator_loss, generator_loss).
    """

    name: str
    message: str
    remedy: str
    rule: Callable


def _discriminator_wins(rows):
    rows = rows[1:] if "clipped_fraction" in rows[0] else rows  # before the first clipping the critic is another network
    if len(rows) < 4:
        return None
    reference = max(row["gradient"] for row in rows)
    recent = rows[-3:]
    if min(row["discriminator_auc"] for row in recent) < 0.99 or max(row["gradient"] for row in recent) > 0.01 * reference:
        return None
    return (
        f"it tells {100 * recent[-1]['discriminator_auc']:.1f} % of pairs of a real and a generated example apart, and its "
        f"gradient for the generator has shrunk from {reference:.2g} to {recent[-1]['gradient']:.2g}"
    )


def _generator_collapsed(rows):
    if len(rows) < 8:  # every generator begins with samples that are all alike
        return None
    recent = rows[-6:]
    collapsed = sum(map(_is_collapsed, recent))
    if (
        collapsed < 5
        or not _is_collapsed(recent[-1])
        or any(_grows([row[name] for row in recent]) for name in ("spread", "modes"))
    ):
        return None
    spread, modes = (statistics.median(row[name] for row in recent) for name in ("spread", "modes"))
    real_spread, real_modes = recent[-1]["real_spread"], recent[-1]["real_modes"]
    return (
        f"in {collapsed} of the last {len(recent)} measurements; in the median two samples are {spread:.3g} apart where two "
        f"real examples are {real_spread:.3g}, and they fall into {modes:.1f} effective modes of {real_modes:.1f}"
    )


def _is_collapsed(row):
    """Return whether samples are alike: close together, or, near the data, in few of its modes."""
    # Far from the data all samples have the same nearest cluster, so clusters count only near it.
    near = row["nearest"] < max(5 * row["real_nearest"], 0.5 * row["real_spread"])
    return row["spread"] < 0.25 * row["real_spread"] or (near and row["modes"] < 0.4 * row["real_modes"])


def _grows(values):
    """Return whether values rise through the scatter, as those of a healthy generator do in the beginning."""
    return min(values[-3:]) > max(values[:3]) and values[-1] > 1.2 * values[0]


def _oscillation(rows):
    losses = [pair for row in rows for pair in row["losses"]][-200:]
    steps = rows[-1]["step"] - rows[0]["step"]
    total = sum(len(row["losses"]) for row in rows)
    if len(losses) < 40:
        return None
    found = [periodicity([pair[player] for pair in losses]) for player in (0, 1)]
    if None in found or abs(found[0][0] - found[1][0]) > 0.2 * found[1][0]:
        return None
    period, strength = found[1]
    generator = np.array([pair[1] for pair in losses])
    first, last = _swings(generator, period)
    if last < 0.1 * first:  # a wave that has died out
        return None
    low, high = (f(generator[-2 * period :]) for f in (np.min, np.max))
    damped = f"; it is damped: the swing has fallen from {first:.3g} to {last:.3g}" if last < 0.7 * first else ""
    return (
        f"the losses come back every {period * steps / total:.0f} steps or so (autocorrelation {strength:.2f}), "
        f"{len(losses) / period:.1f} times so far, the generator's lately between {low:.3g} and {high:.3g}{damped}"
    )


def _swings(series, period):
    """Return how far a series swings in a period at its beginning and at its end, the median of three periods each."""
    swings = [np.ptp(series[len(series) - start - period : len(series) - start])
              for start in range(0, len(series) - period + 1, period)]  # fmt: skip
    return float(np.median(swings[-3:])), float(np.median(swings[:3]))


def _clip_saturation(rows):
    if rows[-1]["step"] == 0:
        return None
    kernels, others = rows[-1].get("clipped_fraction", 0.0), rows[-1].get("clipped_gains", 0.0)
    if kernels > 0.9:
        return f"{100 * kernels:.0f} % of the clipped kernels' weights lie at the bound: little but their sign is left to learn"
    if others > 0.5:
        return (
            f"gains of normalizations are clipped too, and {100 * others:.0f} % of them lie at the bound: each scales "
            f"the critic's signal down by it; its gradient for the generator is {rows[-1]['gradient']:.2g}"
        )
    return None


def _non_finite(rows):
    last = rows[-1]
    odd = [name for name, value in last.items() if isinstance(value, float) and not math.isfinite(value)]
    odd += ["a loss"] if any(not math.isfinite(value) for pair in last["losses"] for value in pair) else []
    return f"{', '.join(odd)} is NaN or infinite" if odd else None


def _memorization(rows):
    recent = rows[-2:]
    if len(rows) < 3 or min(row.get("near_copy_rate", 0.0) for row in recent) < 0.25:
        return None
    share = f"{100 * rows[-1]['near_copy_rate']:.0f} %"
    return f"{share} of the samples come as near to a training example as the nearest 1 % of other real examples"


SYMPTOMS = (
    Symptom(
        "non_finite",
        "A number became infinite or NaN.",
        "Lower the learning rates, or use another loss or regularizer; the newest checkpoint is from before.",
        _non_finite,
    ),
    Symptom(
        "discriminator_wins",
        "The discriminator wins, and the generator no longer learns.",
        "Try the non-saturating or a Wasserstein loss, a gradient penalty (R1, GradientPenalty), fewer discriminator updates "
        "(n_critic) or a lower learning rate of the discriminator.",
        _discriminator_wins,
    ),
    Symptom(
        "generator_collapsed",
        "The generator has collapsed: its samples are too much alike.",
        "Try a gradient penalty (R1, GradientPenalty), the relativistic loss, a Wasserstein loss, or lower learning rates; go "
        "back to a checkpoint from before.",
        _generator_collapsed,
    ),
    Symptom(
        "oscillation",
        "The players chase one another in circles.",
        "Try R1, lower learning rates, Adam with beta_1 of 0.5 or 0, or an average of the generator (ema_half_life_images).",
        _oscillation,
    ),
    Symptom(
        "clip_saturation",
        "Clipping holds the critic back.",
        "Try a gradient penalty instead of clipping (WGANGP); clip kernels only; or a larger clip.",
        _clip_saturation,
    ),
    Symptom(
        "memorization",
        "The generator copies its training examples.",
        "Try more or augmented data, fewer steps (keras.callbacks.EarlyStopping on ganzoo.callbacks.SampleQuality), or a "
        "smaller discriminator.",
        _memorization,
    ),
)


def periodicity(series):
    """Find out whether a series comes back to itself.

    Args:
        series: floats `(N,)`, evenly spaced in time.

    Returns:
        (period in entries, autocorrelation at it), or None if there is no period of 4 to N / 3 entries that shows twice: the
        autocorrelation must be at least 0.5 at one period, below -0.2 somewhere before it, and at least 0.3 at two periods. A
        linear trend is taken out first.
    """
    series = np.asarray(series, "float64")
    n = len(series)
    if n < 12 or not np.isfinite(series).all():
        return None
    time = np.arange(n)
    rest = series - np.polyval(np.polyfit(time, series, 1), time)
    power = float((rest**2).mean())
    if power <= 1e-12 * float((series**2).mean()):
        return None
    correlation = np.array([(rest[: n - lag] * rest[lag:]).mean() for lag in range(2 * (n // 3) + 1)]) / power
    below = np.flatnonzero(correlation < -0.2)
    if not len(below):
        return None
    lags = np.arange(below[0], n // 3 + 1)
    if not len(lags):
        return None
    period = int(lags[correlation[lags].argmax()])
    if period < 4 or correlation[period] < 0.5 or correlation[2 * period] < 0.3:
        return None
    return period, float(correlation[period])

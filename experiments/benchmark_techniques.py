"""What a technique costs: `python -m experiments.benchmark --techniques`.

Each technique of `experiments.techniques` is put alone into that file's GAN on images, and its step timed in turn with that of
the same GAN without any.
"""

import math
import statistics

from experiments import techniques, timing


def slowdowns(task, shape, batch_size, tried, steps, rounds):
    """Yield (technique, median seconds of a step, ratio to a step without techniques) for each that is tried.

    Args:
        task: of `techniques.IMAGES`, whose strengths the techniques have.
        shape: (height, width, channels).
        batch_size: images of an update.
        tried: of `techniques.TECHNIQUES`; "baseline" has ratio 1.
        steps: steps timed in a round; a penalty at every k-th step is timed whole in multiples of k.
        rounds: turns of each technique and of the step without.
    """
    plain = timing.step_of(techniques.build(task, "baseline", shape, 0, steps), batch_size)
    for technique in tried:
        if technique == "baseline":
            yield technique, statistics.median(timing.seconds(plain, steps * rounds)), 1.0
            continue
        step = timing.step_of(techniques.build(task, technique, shape, 0, steps), batch_size)
        plain(), step()  # traced
        found = {"with": [], "without": []}
        cycle = period(techniques.setting(technique, task).regularizers)
        whole = cycle * math.ceil(steps / cycle)
        for _ in range(rounds):
            found["with"].append(statistics.fmean(timing.seconds(step, whole)))
            found["without"].append(statistics.fmean(timing.seconds(plain, steps)))
        mine, without = (statistics.median(found[name]) for name in ("with", "without"))
        yield technique, mine, mine / without


def period(regularizers):
    """Return after how many steps the work of regularizers repeats; lazy ones are at every k-th."""
    return math.lcm(*(getattr(each, "every", 1) for each in regularizers))

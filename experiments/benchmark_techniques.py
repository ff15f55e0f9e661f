"""What a technique costs: `python -m experiments.benchmark --techniques`.

Each technique of `experiments.ablation` is put alone into that study's GAN on images, and its step timed in turn with the step
of the same GAN without any.
"""

import math
import statistics

from experiments import ablation


def slowdowns(shape, batch_size, steps, rounds, prepare_step, seconds):
    """Yield (technique, median seconds of a step, ratio to a step without techniques), the plain step with ratio 1 first.

    Args:
        shape: (height, width, channels).
        batch_size: images of an update.
        steps: steps timed in a round; a penalty at every k-th step is timed whole in multiples of k.
        rounds: turns of each technique and of the step without.
        prepare_step: callable from (model, batch size) to a callable that plays a step and returns a scalar tensor.
        seconds: callable from that and a number of steps to how long each took.
    """
    plain = prepare_step(ablation.build("forest", "baseline", shape, 0, steps), batch_size)
    plain()  # traced
    yield "baseline", statistics.median(seconds(plain, steps * rounds)), 1.0
    for technique in ablation.TECHNIQUES:
        if technique == "baseline":
            continue
        step = prepare_step(ablation.build("forest", technique, shape, 0, steps), batch_size)
        step()
        found = {"with": [], "without": []}
        cycle = period(ablation.setting(technique, "forest").regularizers)
        whole = cycle * math.ceil(steps / cycle)
        for _ in range(rounds):
            found["with"].append(statistics.fmean(seconds(step, whole)))
            found["without"].append(statistics.fmean(seconds(plain, steps)))
        mine, without = (statistics.median(found[name]) for name in ("with", "without"))
        yield technique, mine, mine / without


def period(regularizers):
    """Return after how many steps the work of regularizers repeats; lazy ones are at every k-th."""
    return math.lcm(*(getattr(each, "every", 1) for each in regularizers))

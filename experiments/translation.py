"""Train CycleGAN on digits and a changed copy of them, unpaired, and measure it on held-out pairs, whose truth is known.

Two numbers a direction: the mean absolute error of translated held-out images, beside that of not translating at all; and how
often a classifier of the real digits reads the right one in what was translated back to a digit. By default the copies are
inverted; --dataset=outlined_digits and sheared_digits are the others. Beside the run stands translation.json.

    python -m experiments.translation
    python -m experiments.translation --dataset=outlined_digits
"""

import json

from ganzoo.commands import command, folders, runner, sources
from ganzoo.registry import RECIPES

RECIPE = RECIPES["cyclegan"]


def measure(gan, test, classifier):
    """Return {measure: float} of a trained CycleGAN.

    Args:
        gan: `ganzoo.CycleGAN`.
        test: paired `ganzoo.data.PairedImages` that training did not see; `a` are digits with labels.
        classifier: `ganzoo.evaluation.features.Classifier` of real digits.
    """
    import numpy as np

    def error(images, truth):
        return float(np.abs(images.astype("float64") - truth).mean() / 255)

    a, b = test.a.images, test.b.images
    there, back = gan.sample(endpoint="a_to_b", a=a), gan.sample(endpoint="b_to_a", b=b)
    returned = gan.sample(endpoint="b_to_a", b=there)

    def share_read(images):
        return float((classifier.predict(images) == test.a.labels).mean())

    return {
        "identity_error": error(a, b),
        "a_to_b_error": error(there, b),
        "b_to_a_error": error(back, a),
        "b_to_a_read": share_read(back),
        "there_and_back_read": share_read(returned),
        "real_digits_read": share_read(a),
    }


def main(options):
    from ganzoo.evaluation.features import Classifier

    gan = runner.train(RECIPE, options)
    run_dir = folders.selected_run(options)
    _, options = runner.options_of(run_dir)
    train, test = sources.load(RECIPE, options), sources.load_test(RECIPE, options)
    if test is None:
        command.say("these images have no held-out pairs: nothing is measured.")
        return
    found = {"step": gan.step} | measure(gan, test, Classifier.cached(train.a, test.a))
    (run_dir / "translation.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    without = found["identity_error"]
    for way in ("a_to_b", "b_to_a"):
        error = found[f"{way}_error"]
        print(f"{way}: mean absolute error {error:.4f}, {error / without:.3f} of the {without:.4f} without translation")
    read = [f"{100 * found[name]:.1f} %" for name in ("b_to_a_read", "there_and_back_read", "real_digits_read")]
    print(f"a classifier reads the right digit in {read[0]} of what was translated to digits, in {read[1]} there and back, "
          f"in {read[2]} of real ones")  # fmt: skip
    command.say(f"wrote {run_dir}/translation.json")


if __name__ == "__main__":
    command.run(main, runner.flag_groups(RECIPE), __doc__)

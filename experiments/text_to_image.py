"""Train StackGAN on digits and texts, and measure whether its pictures show what the texts ask for.

Every digit is asked for in every slant and width, ten times each. A classifier of the real pictures reads the digit; slant and
width are measured as in the data and correlated with what was asked (-1, 0, 1). The same pictures are then judged by texts of
others (swapped), and real pictures by their own, which is as good as it gets. On images of named classes only the class is
read. Beside the run stand text_to_image.json and text_to_image.png: a row a text, four times stage I beside stage II.

    python -m experiments.text_to_image
    python -m experiments.text_to_image --resume --run_dir=runs/stackgan/described_digits-...
"""

import json

from ganzoo.commands import command, folders, runner, sources
from ganzoo.registry import RECIPES

RECIPE = RECIPES["stackgan"]
EACH = 10  # pictures of every text
STAGES = {"stage I": "stage_1", "stage II": "serving_default"}


def questions(data):
    """Return (texts, {what: what each asks for}): every digit, slant and width, or every class; arrays (N,).

    Args:
        data: `ganzoo.data.CaptionedImages` whose images have labels.
    """
    import numpy as np

    from ganzoo.data.digit_texts import WORDS, describe

    if data.text == WORDS:
        asked = [np.repeat(each.ravel(), EACH) for each in np.meshgrid(range(10), (-1, 0, 1), (-1, 0, 1))]
        return describe(*asked), dict(zip(("label", "slant", "width"), asked, strict=True))
    firsts = {int(label): text for label, text in zip(data.images.labels[::-1], data.texts[::-1], strict=True)}
    labels = np.repeat(sorted(firsts), 9 * EACH)
    return data.text.decode([firsts[label] for label in labels]), {"label": labels}


def answers(pictures, asked, data, classifier):
    """Return {measure: float} of pictures: the share whose label is read, correlations of slant and width.

    Args:
        pictures: uint8 (N, H, W, C).
        asked: {what: array (N,)} of `questions`.
        data, classifier: as in `measure`.
    """
    import numpy as np

    from ganzoo.data.digit_texts import Usual

    found = {"read": float((classifier.predict(pictures) == asked["label"]).mean())}
    if "slant" in asked:
        measured = Usual.of(data.images).compare(pictures, asked["label"])
        for name, values in zip(("slant", "width"), measured, strict=True):
            found[f"{name}_correlation"] = float(np.corrcoef(values, asked[name])[0, 1])
    return found


def measure(gan, data, classifier, seed=1):
    """Return {whose pictures: {measure: float}} of a trained StackGAN: stage I, stage II, stage II by swapped texts, real.

    Args:
        gan: `ganzoo.StackGAN`.
        data: `ganzoo.data.CaptionedImages` that it was trained on, with labels.
        classifier: `ganzoo.evaluation.features.Classifier` of the data's images.
        seed: int; decides latents and which texts are swapped.
    """
    import numpy as np

    from ganzoo.data.digit_texts import SLANTED, THICK, Usual

    texts, asked = questions(data)
    made = {name: gan.sample(len(texts), seed, endpoint, texts=texts) for name, endpoint in STAGES.items()}
    found = {name: answers(pictures, asked, data, classifier) for name, pictures in made.items()}
    other = np.random.default_rng(seed).permutation(len(texts))
    swapped = {name: values[other] for name, values in asked.items()}
    found["stage II, swapped texts"] = answers(made["stage II"], swapped, data, classifier)
    true = {"label": data.images.labels}
    if "slant" in asked:
        values = Usual.of(data.images).compare(data.images.images, data.images.labels)
        true |= {name: np.sign(each) * (np.abs(each) >= least)
                 for name, each, least in zip(("slant", "width"), values, (SLANTED, THICK), strict=True)}  # fmt: skip
    found["real pictures"] = answers(data.images.images, true, data, classifier)
    return found


def picture(gan, columns=4, seed=2):
    """Return a picture with a row for each of the model's texts, pairs of stage I and stage II in it, uint8 `(H, W, C)`."""
    import numpy as np

    from ganzoo.utils import images

    texts = [text for text in gan.text.options[:10] for _ in range(columns)]
    pairs = [gan.sample(len(texts), seed, endpoint, texts=texts) for endpoint in STAGES.values()]
    return images.grid(np.stack(pairs, axis=1).reshape(-1, *pairs[0].shape[1:]), 2 * columns, zoom=2)


def main(options):
    from ganzoo.evaluation.features import Classifier
    from ganzoo.utils import images

    gan = runner.train(RECIPE, options)
    run_dir = folders.selected_run(options)
    _, options = runner.options_of(run_dir)
    data = sources.load(RECIPE, options)
    if not gan.stage:
        command.say(
            f"step {gan.step} is still in stage I, of {gan.rough_steps} steps: --resume the run with more --steps or --minutes."
        )
        return
    images.save_png(run_dir / "text_to_image.png", picture(gan))
    command.say(f"wrote {run_dir}/text_to_image.png: a row a text: {'; '.join(gan.text.options[:10])}")
    if data.images.labels is None:
        command.say("these images have no labels: nothing is measured.")
        return
    found = measure(gan, data, Classifier.cached(data.images))
    report = {"step": gan.step, "pictures": found}
    (run_dir / "text_to_image.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    names = list(found["stage II"])
    print("\n".join([f"| pictures | {' | '.join(names)} |", f"|---{'|---' * len(names)}|"]))
    for name, values in found.items():
        print(f"| {name} | {' | '.join(f'{values[key]:.3f}' for key in names)} |")
    command.say(f"wrote {run_dir}/text_to_image.json")


if __name__ == "__main__":
    command.run(main, runner.flag_groups(RECIPE), __doc__)

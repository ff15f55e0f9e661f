"""The ablation of techniques: every technique can be played, and the table says what was found."""

import json
import math
import types

import numpy as np
import pytest
from conftest import make_stripes, make_tiny
from PIL import Image

from experiments import ablation, benchmark_techniques, techniques
from ganzoo import recipes
from ganzoo.commands.flags import parse
from ganzoo.data import ImageDataset, loading
from ganzoo.errors import InputError
from ganzoo.objectives import Objective

RESULTS = {
    "ring/baseline/0": {"sliced_wasserstein": 0.5, "modes": 3, "seconds": 10.0},
    "ring/baseline/1": {"sliced_wasserstein": 0.7, "modes": 5, "seconds": 12.0},
    "ring/r1/0": {"sliced_wasserstein": 0.1, "modes": 8, "seconds": 20.0},
    "ring/hinge/0": {"sliced_wasserstein": math.inf, "seconds": 5.0},
}
FLOORS = {"ring": {"sliced_wasserstein": 0.02}}


def test_the_table_has_the_best_first_with_means_deviations_and_the_reference():
    table = ablation.as_table(RESULTS, FLOORS, ("ring", "grid"), ablation.TECHNIQUES, 3)
    rows = [line for line in table.splitlines() if line.startswith("| ") and "technique" not in line]
    assert [row.split("|")[1].strip() for row in rows] == ["r1", "baseline", "hinge"]
    assert "| 0.6 ± 0.14 | 4 ± 1.4 | 11 ± 1.4 |" in rows[1] and "| inf | - |" in rows[2] and "| 0.1 | 8 | 20 |" in rows[0]
    assert "Real examples: sliced wasserstein 0.02." in table and "grid" not in table


@pytest.mark.parametrize("diverged", [0, 1])
def test_a_game_that_diverged_has_a_score_alone_whichever_seed_it_had(diverged, recwarn):
    results = {"ring/r1/0": {"sliced_wasserstein": 0.5, "modes": 3}, "ring/r1/1": {"sliced_wasserstein": 0.7, "modes": 5}}
    results[f"ring/r1/{diverged}"] = {"sliced_wasserstein": math.inf}
    table = ablation.as_table(results, {}, ("ring",), ("r1",), 2)
    assert "| technique | sliced wasserstein | modes |" in table and "| r1 | inf | - |" in table
    ablation.draw(results, {}, ("ring",), ("r1",), 2)
    assert not recwarn.list


def test_techniques_that_have_no_meaning_on_any_task_are_refused(tmp_path):
    flags = [flag for group in ablation.flag_groups().values() for flag in group]
    words = ["ablation", "--tasks=ring,grid", "--techniques=flip", f"--output={tmp_path / 'new'}"]
    with pytest.raises(InputError, match="no.* of these techniques has a meaning on ring, grid. Received: --techniques=flip"):
        ablation.main(parse(flags, words))
    assert not (tmp_path / "new").exists()


def test_several_tasks_share_a_table_of_their_scores():
    others = {"grid/baseline/0": {"sliced_wasserstein": 0.3, "modes": 25, "seconds": 9.0}}
    table = ablation.as_table(RESULTS | others, FLOORS, ("ring", "grid"), ablation.TECHNIQUES, 3)
    shared, *each = table.split("## ")
    assert [part.split("\n")[0] for part in each] == ["ring", "grid"]
    assert "| baseline | 0.6 ± 0.14 | 0.3 | `--tasks=ring,grid --techniques=baseline` |" in shared
    assert "| r1 | 0.1 | - | `--tasks=ring --techniques=r1` |" in shared


@pytest.mark.slow
def test_the_figure_has_a_panel_a_task():
    one = ablation.draw(RESULTS, FLOORS, ("ring",), ("baseline", "r1"), 3)
    two = ablation.draw(RESULTS, FLOORS, ("ring", "grid"), ("baseline", "r1"), 3)
    assert one.dtype == np.uint8 and two.shape[1] > one.shape[1] and one.shape[0] == two.shape[0]


@pytest.mark.parametrize("task", (*ablation.POINTS, *ablation.IMAGES))
def test_every_technique_changes_the_game(task):
    plain = techniques.setting("baseline", task)
    for technique in ablation.TECHNIQUES[1:]:
        each = techniques.setting(technique, task)
        assert each != plain, technique
        Objective(each.loss, each.regularizers, generator_regularizers=each.generator_regularizers)


@pytest.mark.slow
def test_the_lectures_wgan_is_the_lectures():
    gan, described = techniques.build("mnist", "lecture_wgan", (8, 8, 1), 0, 2), techniques.setting("lecture_wgan", "mnist")
    assert gan.objective.regularizers == described.regularizers and gan.n_critic == described.n_critic == 5
    assert type(gan.objective.loss).__name__ == "Wasserstein" and type(gan.networks).__name__ == "Texture"
    for player in ("discriminator", "generator"):
        assert float(gan.objective.build_optimizer(player).learning_rate) == pytest.approx(2e-4)


@pytest.mark.slow
@pytest.mark.parametrize(("task", "shape"), [("mnist", (28, 28, 1)), ("forest", (32, 32, 3))])
def test_the_recipe_is_the_recipe(task, shape):
    ours, recipe = techniques.build(task, "recipe", shape, 0, 2), recipes.modern(shape, images=400)
    for part in ("networks", "augmentation", "ema_half_life_images", "ema_warmup"):
        assert repr(getattr(ours, part)) == repr(getattr(recipe, part)), part
    assert repr(ours.objective.replace(measures=recipe.objective.measures)) == repr(recipe.objective)


@pytest.mark.slow
def test_forests_are_measured_by_what_tells_them_from_smears(monkeypatch):
    """A mean over 4x4 pixels keeps the colors, which is all that a classifier of scenes looks at."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (220, 32, 32, 3)).astype("uint8")
    scenes = ImageDataset(images, np.repeat([0, 1], [20, 200]), class_names=("sea", "forest"))
    monkeypatch.setattr(loading, "load", lambda name, path: scenes)
    train, measure, real = ablation.load("forest", types.SimpleNamespace(outdoor="scenes.npz"))
    assert len(train) == 160 and abs(real["kernel_distance"]) < 100
    smeared = train.images.reshape(-1, 8, 4, 8, 4, 3).mean((2, 4)).repeat(4, 1).repeat(4, 2).astype("uint8")
    assert measure(smeared)["kernel_distance"] > 1000


@pytest.mark.slow
def test_every_image_gan_leaves_samples_to_look_at(tmp_path, monkeypatch):
    monkeypatch.setattr(ablation, "build", lambda *arguments: make_tiny())
    data = ImageDataset(make_stripes().repeat(2, 0))
    found = ablation.run("mnist", "baseline", 0, data, lambda samples: {}, 2, tmp_path)
    assert found["steps"] == 2
    with Image.open(tmp_path / "mnist_baseline_0.png") as picture:
        assert picture.size == (8 * 8 + 7 * 2,) * 2


@pytest.mark.slow
def test_images_have_the_same_time_whatever_a_technique_makes_of_it(tmp_path, monkeypatch):
    """Costs are measured once, kept and gone on with; one below 1 is noise."""
    asked = []

    def slowdowns(task, shape, batch_size, tried, steps, rounds):
        asked.append((task, shape, tuple(tried)))
        yield from ((each, 0.1, {"baseline": 1.0, "r1": 2.0, "top_k": 0.9}[each]) for each in tried)

    data = ImageDataset(make_stripes().repeat(2, 0))
    shape = data.image_shape
    monkeypatch.setattr(benchmark_techniques, "slowdowns", slowdowns)
    monkeypatch.setattr(ablation, "build", lambda *arguments: make_tiny())
    monkeypatch.setattr(ablation, "load", lambda *_: (data, lambda x: {"frechet_distance": 1.0}, {"frechet_distance": 0.0}))

    def steps(*techniques, seeds=1, image_steps=4):
        flags = {"tasks": ("mnist",), "techniques": techniques, "seeds": seeds, "steps": 100, "image_steps": image_steps}
        ablation.main(types.SimpleNamespace(**flags, total_minutes=9.0, output=str(tmp_path / "study")))
        kept = json.loads((tmp_path / "study" / "results.json").read_text(encoding="utf-8"))
        return {key: row["steps"] for key, row in kept["results"].items()}

    assert steps("baseline", "r1") == {"mnist/baseline/0": 4, "mnist/r1/0": 2}
    assert steps("baseline", "r1", "top_k", seeds=2)["mnist/top_k/1"] == 4
    assert asked == [("mnist", shape, ("baseline", "r1")), ("mnist", shape, ("top_k",))]
    with pytest.raises(InputError, match="has trainings of 4 steps on mnist, to which none of 5 can be added"):
        steps("baseline", image_steps=5)
    data = ImageDataset(255 - data.images)
    with pytest.raises(InputError, match="has trainings on other images of mnist"):
        steps("r1", seeds=3)


@pytest.mark.slow
@pytest.mark.parametrize("task", ("ring", "mnist"))
def test_every_technique_can_be_played(task):
    points = task in ablation.POINTS
    data = np.random.default_rng(0).normal(size=(64, 2)).astype("float32") if points else make_stripes()
    for technique in ablation.TECHNIQUES:
        if task in ablation.NOT_FOR.get(technique, ()):
            continue
        gan = techniques.build(task, technique, None if points else (8, 8, 1), seed=0, steps=2)
        gan.train(data, steps=2, batch_size=16, verbose=False)
        assert gan.step == 2 and np.isfinite(gan.sample(4).astype("float32")).all(), technique

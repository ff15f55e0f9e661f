"""The diagnosis: each symptom provoked on purpose, and silence on runs that are well."""

import json

import keras
import numpy as np
import pytest
from conftest import make_gan, make_tiny
from ganzoo.diagnosis import SYMPTOMS, Witness, periodicity

import ganzoo
from experiments import pathologies
from ganzoo import regularizers
from ganzoo.data.mixtures import ring
from ganzoo.errors import InputError, NonFiniteLossError
from ganzoo.training.callbacks import Diagnosis

RULES = {symptom.name: symptom.rule for symptom in SYMPTOMS}
HEALTHY = {"told_apart": 0.8, "gradient": 1.0, "spread": 5.0, "real_spread": 6.0, "modes": 15.0, "real_modes": 18.0,
           "nearest": 1.2, "real_nearest": 1.0, "copies": 0.01}  # fmt: skip


def rows(n=9, **changes):
    """Return the evidence of n looks, 100 steps apart; changes hold from the fourth on."""
    noise = np.random.default_rng(0)
    return [
        HEALTHY | (changes if i > 2 else {}) | {"step": 100 * i, "losses": [tuple(noise.normal(1, 0.1, 2)) for _ in range(10)]}
        for i in range(n)
    ]


@pytest.mark.parametrize(
    ("symptom", "evidence", "words"),
    [
        ("discriminator_wins", {"told_apart": 1.0, "gradient": 1e-4}, "100.0 % of pairs .* from 1 to 0.0001"),
        ("generator_collapsed", {"spread": 0.5}, "0.5 apart where two real examples are 6"),
        ("generator_collapsed", {"modes": 2.0}, "2.0 effective modes of 18.0"),
        ("clip_saturation", {"at_bound": 0.97}, "97 % of the clipped kernels"),
        ("clip_saturation", {"at_bound": 0.5, "clipped_gains": 1.0}, "100 % of them lie at the bound"),
        ("non_finite", {"gradient": float("nan")}, "gradient is infinite or no number"),
        ("memorisation", {"copies": 0.6}, "60 % of the samples"),
    ],
)
def test_each_rule_speaks_for_its_symptom_alone(symptom, evidence, words):
    import re

    ill = rows(**evidence)
    spoken = {name: rule(ill) for name, rule in RULES.items()} if symptom != "non_finite" else {symptom: RULES[symptom](ill)}
    assert re.search(words, spoken[symptom])
    assert [name for name, said in spoken.items() if said] == [symptom]
    assert all(rule(rows()) is None for rule in RULES.values())


def test_neither_the_beginning_nor_samples_far_from_the_data_are_taken_for_collapse():
    assert RULES["generator_collapsed"](rows(n=6, spread=0.1)) is None
    assert RULES["generator_collapsed"](rows(modes=2.0, nearest=20.0)) is None
    growing = rows(spread=0.2)
    growing[-1]["spread"] = 0.4
    assert RULES["generator_collapsed"](growing) is None


def test_a_discriminator_that_loses_its_gradient_at_the_equilibrium_has_not_won():
    assert RULES["discriminator_wins"](rows(told_apart=0.5, gradient=1e-5)) is None


def test_a_period_is_found_in_noise_and_none_in_noise_or_drift():
    rng = np.random.default_rng(0)
    time = np.arange(120)
    period, strength = periodicity(np.sin(2 * np.pi * time / 15) + 0.02 * time + rng.normal(0, 0.3, 120))
    assert 14 <= period <= 16
    assert 0.5 < strength < 1
    assert all(periodicity(rng.normal(size=120)) is None for _ in range(50))
    assert sum(periodicity(np.cumsum(rng.normal(size=120))) is not None for _ in range(50)) <= 2
    assert periodicity(np.exp(-time / 20)) is None
    assert periodicity(np.ones(50)) is None
    assert periodicity([1.0, 2.0]) is None


@pytest.mark.parametrize("failure", [pytest.param(name, marks=pytest.mark.slow) for name in pathologies.FAILURES])
def test_the_lectures_failures_are_seen_and_their_remedies_are_not_blamed(failure, capsys):
    expected = {
        "oscillation": "oscillation",
        "vanishing_gradient": "discriminator_wins",
        "mode_collapse": "generator_collapsed",
    }
    diagnoses, data = pathologies.run(failure, seed=0)
    failed, mended = diagnoses.values()
    assert expected[failure] in [finding["symptom"] for finding in failed.findings]
    assert mended.findings == []
    assert pathologies.draw(failure, diagnoses, data) is not None


@pytest.mark.slow
def test_clipping_every_weight_is_seen(stripes):
    seen = Diagnosis(stripes, every=5, say=None)
    gan = ganzoo.WGAN((8, 8, 1), latent=4, literal_clipping=True)
    gan.train(stripes, steps=10, batch_size=16, log_every=5, callbacks=[seen], verbose=False)
    assert {finding["symptom"] for finding in seen.findings} == {"clip_saturation"}
    assert seen.rows[-1]["clipped_gains"] > 0.5


def test_a_loss_that_is_no_number_is_said_and_written_before_the_training_stops(stripes, tmp_path, capsys):
    gan = make_tiny(discriminator_optimizer=keras.optimizers.SGD(1e30))
    with pytest.raises(NonFiniteLossError):
        gan.train(stripes, steps=50, batch_size=16, log_every=5, run_dir=tmp_path)
    assert "A number became infinite or NaN" in capsys.readouterr().out
    found = json.loads((tmp_path / "diagnosis.json").read_text())["findings"]
    assert [finding["symptom"] for finding in found] == ["non_finite"]
    assert found[0]["step"] == gan.step


@pytest.mark.slow
def test_copying_is_seen():
    digits = ganzoo.data.load("digits").images[:300]

    class Copier(ganzoo.PointGAN):
        def finish(self, outputs):
            return known[np.abs(np.asarray(outputs)[:, :1] * 1e4).astype(int)[:, 0] % len(known)]

    points = digits.reshape(300, -1) / 255.0
    seen = Diagnosis(points, every=10, say=None)
    known = points.astype("float32")
    Copier(64, latent=4).train(points_of(points), steps=30, batch_size=50, steps_per_execution=10, log_every=10,
                               callbacks=[seen], verbose=False)  # fmt: skip
    assert "memorisation" in [finding["symptom"] for finding in seen.findings]
    assert seen.rows[-1]["copies"] > 0.9


def points_of(array):
    from ganzoo.data.points import PointDataset

    return PointDataset(array)


@pytest.mark.slow
@pytest.mark.parametrize("run", ["dense networks on digits", "DCGAN on digits", "points on a ring", "clipped critic on digits"])
def test_it_is_silent_on_healthy_runs(run):
    digits = ganzoo.data.load("digits", image_size=(16, 16))
    gan, data, steps, options = {
        "dense networks on digits": lambda: (ganzoo.GAN(digits.image_shape), digits, 800, {}),
        "DCGAN on digits": lambda: (ganzoo.DCGAN(digits.image_shape), digits, 400, {}),
        "clipped critic on digits": lambda: (ganzoo.WGAN(digits.image_shape), digits, 200, {"batch_size": 32}),
        "points on a ring": lambda: (
            ganzoo.PointGAN(2, 2, (64, 64), regularizers=[regularizers.R1(0.1)]), ring().points(), 6000, {},
        ),
    }[run]()  # fmt: skip
    seen = Diagnosis(next(iter(data.arrays.values())), every=max(20, steps // 10), say=None)
    gan.train(data, steps=steps, callbacks=[seen], verbose=False, **options)
    assert len(seen.rows) >= 8
    assert seen.findings == []


def test_looking_changes_nothing(stripes):
    plain, watched = make_tiny(), make_tiny()
    plain.train(stripes, steps=6, batch_size=8, log_every=2, verbose=False)
    watched.train(stripes, steps=6, batch_size=8, log_every=2, callbacks=[Diagnosis(stripes, every=2, say=None)], verbose=False)
    for a, b in zip(plain.get_weights(), watched.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", ["CGAN", "RelativisticGAN", pytest.param("InfoGAN", marks=pytest.mark.slow)])
def test_gans_with_labels_codes_and_paired_losses_can_be_looked_at(name, stripes):
    gan = make_gan(name)
    evidence = Witness(stripes, np.arange(60) % 10, n=16).look(gan)
    assert all(np.isfinite(value) for value in evidence.values())
    assert 0 <= evidence["told_apart"] <= 1
    assert evidence["gradient"] > 0


def test_a_diagnosis_survives_a_resume_and_forgets_what_a_killed_run_saw(tmp_path, stripes):
    options = {"batch_size": 8, "log_every": 2, "run_dir": tmp_path, "diagnose_every": 2, "verbose": False}
    make_tiny().train(stripes, steps=4, **options)
    path = tmp_path / "diagnosis.json"
    stored = json.loads(path.read_text())
    assert [row["step"] for row in stored["evidence"]] == [0, 2, 4]
    late = {"symptom": "oscillation", "step": 9, "evidence": "", "says": "", "remedy": "", "until": None}
    stored["findings"] = [late, late | {"step": 2, "until": 8}]
    stored["evidence"].append(stored["evidence"][-1] | {"step": 8})
    path.write_text(json.dumps(stored))
    make_tiny().train(stripes, steps=6, resume=True, **options)
    after = json.loads(path.read_text())
    assert [row["step"] for row in after["evidence"]] == [0, 2, 4, 6]
    assert [(finding["step"], finding["until"]) for finding in after["findings"]] == [(2, 6)]


def test_messages_go_to_the_console_and_to_tensorboard():
    said, written = [], []

    class Writer:
        def text(self, *what):
            written.append(what)

    seen = Diagnosis(np.random.default_rng(0).random((40, 2)), say=said.append, writer=Writer())
    seen._report(SYMPTOMS[0], 7, "a loss")
    assert said == [f"step 7: {SYMPTOMS[0].says} Seen: a loss. {SYMPTOMS[0].remedy}"]
    assert written == [("diagnosis", said[0], 7)]


def test_large_pictures_are_looked_at_in_little_memory():
    large = np.random.default_rng(0).integers(0, 256, (40, 96, 200, 3), dtype="uint8")
    witness = Witness(large)
    assert witness.n == 32
    assert witness.memory._train.shape == (40, (96 // 6) * (200 // 13) * 3)
    np.testing.assert_allclose(Witness._points(large)[0, :3], large[0, :3, :7].mean(axis=(0, 1)) / 255, rtol=1e-5)
    small = large[:, :8, :8]
    np.testing.assert_allclose(Witness._points(small), small.reshape(40, -1) / 255, rtol=1e-6)


def test_too_few_examples_and_bad_numbers_are_refused():
    with pytest.raises(InputError, match="at least 20 real examples. Received: 7"):
        Witness(np.zeros((7, 2)))
    with pytest.raises(InputError, match="every must be a positive integer"):
        Diagnosis(np.zeros((70, 2)), every=0)

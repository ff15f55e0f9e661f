"""Command lines as people mistype them, and as nobody should type them."""

from ganzoo.registry import RECIPES

VALUES = ("", "-1", "0", "1", "2", "nan", "inf", "1e999", "1e308", "-0", "1.5", "99999999999999999999", "true",
          "None", "x", "grass", "0x10", "1_0", "\x1b[2J\x07", "\u202egnp", "a\nb", "../../etc/passwd", "/dev/zero",
          "/dev/null", "$(true)", "'; true;'", "x" * 5000, "{}", "[]", "\udcff", "0-9", "3x3", "32", "8", "-", "--",
          "=", "%s%n", "dense", "hinge", "wasserstein_gp")  # fmt: skip
NAMES = ("steps", "epochs", "minutes", "batch_size", "seed", "override", "checkpoint_every", "sample_every",
         "diagnose_every", "log_every", "dataset", "data", "image_size", "digit", "strict", "networks", "objective",
         "variant", "loss", "n_critic", "learning_rate", "beta_1", "clip", "penalty", "gamma", "latent", "codes",
         "categories", "hidden", "dropout", "embedding_size", "ema_half_life_images", "points", "function", "width",
         "residual_blocks", "data_a", "data_b", "paired", "buffer", "critic_width", "upsample_last",
         "lecture_baseline", "clip_all_weights", "resume", "help_me", "flagfile", "undefok", "n", "labels",
         "traverse", "image", "output", "features", "label_smoothing", "label_flipping", "top_k", "regularizers",
         "penalty_weight", "penalty_every", "feature_matching", "augmentation", "augmentation_target")  # fmt: skip
LIKELY = ("--image_size=8", "--dataset=digits", "--batch_size=4", "--latent=3", "--seed=7", "--networks=dense",
          "--objective=hinge", "--objective=wasserstein_gp", "--n_critic=2", "--learning_rate=1e-3", "--dataset=ring",
          "--points=200", "--function=x*y", "--hidden=8", "--width=4", "--digit=3", "--ema_half_life_images=100",
          "--loss=least_squares", "--embedding_size=3", "--penalty=1", "--log_every=1", "--minutes=0.01",
          "--epochs=1", "--dropout=0.1", "--strict", "--regularizers=r1", "--penalty_every=2", "--label_smoothing=0.1",
          "--top_k=0.5", "--loss=wasserstein", "--spectral_norm", "--augmentation=flip")  # fmt: skip
VERBS = ("sample", "export", "evaluate", "invert")


def lines(rng, count, run_dir):
    """Yield `count` command lines, lists of words after `ganzoo`; those of `train` are short."""
    for index in range(count):
        kind = index % 5
        if kind == 4:
            verb = rng.choice((*VERBS, "train", "tarin", "\x1b[2J", "", "--version", "help", "-h"))
            words = [verb, *(f"--{rng.choice(NAMES)}={rng.choice(VALUES)}" for _ in range(rng.randint(1, 3)))]
            yield words if verb == "train" else [*words, f"--run_dir={run_dir}"]
            continue
        words = ["train", rng.choice(sorted(RECIPES)), "--steps=1", f"--run_dir={run_dir}"]
        if kind in (0, 1):
            words += [f"--{rng.choice(NAMES)}={rng.choice(VALUES)}" for _ in range(rng.randint(1, 2))]
        elif kind == 2:
            words += rng.sample(LIKELY, rng.randint(2, 4))
        else:
            words += [
                *rng.sample(LIKELY, 2),
                f"-{rng.choice(('', '-'))}{rng.choice(('no', ''))}{rng.choice(NAMES)}",
                rng.choice(VALUES),
            ]
        yield words

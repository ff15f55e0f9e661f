"""`check_gan`: all checks in their order, and what becomes of an exception in the checked code."""

import inspect

from ganzoo.core.model import AdversarialModel
from ganzoo.errors import InputError
from ganzoo.gan import GAN
from ganzoo.testing import gan_checks, model_checks
from ganzoo.testing.build import build
from ganzoo.testing.report import Finding, Report, describe_error
from ganzoo.testing.subject import Subject
from ganzoo.utils.checks import check_choice

# Name -> (function of a `Subject` that yields faults, whether for a `GAN` alone, names of checks that must have passed).
CHECKS = {
    "trainable layers": (model_checks.trainable_layers, False, ()),
    "losses per sample": (gan_checks.losses_per_sample, True, ()),
    "direction of losses": (gan_checks.direction_of_losses, True, ("losses per sample",)),
    "logits": (gan_checks.logits, True, ()),
    "discriminator looks": (gan_checks.discriminator_looks, True, ()),
    "inputs matter": (model_checks.inputs_matter, False, ()),
    "value range": (model_checks.value_range, False, ()),
    "combined": (gan_checks.combined, True, ()),
    "independent samples": (gan_checks.independent_samples, True, ()),
    "who moves": (model_checks.who_moves, False, ("losses per sample",)),
    "gradients": (model_checks.gradients, False, ("losses per sample", "who moves")),
    "losses of a step": (model_checks.losses_of_a_step, False, ("losses per sample", "who moves")),
    "generator's gradient": (model_checks.gradient_through, False, ("losses per sample", "who moves")),
    "compiled step": (model_checks.compiled_step, False, ("losses per sample", "who moves")),
    "bad input": (model_checks.bad_input, False, ()),
    "configuration": (model_checks.configuration, False, ()),
    "learns which is real": (
        gan_checks.learns_which_is_real,
        True,
        ("losses per sample", "who moves", "logits", "configuration"),
    ),
    "same seed": (model_checks.same_seed, False, ("configuration",)),
    "copy": (model_checks.copies, False, ("same seed",)),
    "save and load": (model_checks.save_and_load, False, ("same seed",)),
    "resume": (model_checks.resume, False, ("losses per sample", "who moves", "same seed")),
    "export": (model_checks.export, False, ()),
}

PASSED = {
    "trainable layers": "Every layer with weights can learn.",
    "losses per sample": "Both losses are one number per sample.",
    "direction of losses": "High logits mean real, for both losses.",
    "logits": "The discriminator returns logits without a sigmoid.",
    "discriminator looks": "The discriminator's answer depends on the image.",
    "inputs matter": "Samples depend on every input.",
    "value range": "The generator stays within value_range and can fill it.",
    "combined": "combined is D(G(z)).",
    "independent samples": "Nothing voids a gradient penalty.",
    "who moves": "Every update moves its own player and nobody else.",
    "gradients": "Every weight gets a finite gradient that is not zero.",
    "losses of a step": "All losses of a step are one number per sample.",
    "generator's gradient": "The generator's update is the gradient through D(G(z)).",
    "compiled step": "A compiled step works, counts, and gives finite numbers.",
    "configuration": "Its configuration makes it again.",
    "learns which is real": "Trained alone, the discriminator gives real images the higher logits.",
    "bad input": "Wrong shapes, ranges and labels are refused before any work.",
    "same seed": "Equal seeds give equal weights and samples, another seed gives others.",
    "copy": "A copy makes the same samples.",
    "save and load": "A saved and loaded GAN makes the same samples.",
    "resume": "A training that goes on from a saved state ends with the same bits.",
    "export": "The exported generator makes the same samples.",
}


def check_gan(subject, checks=None, verbose=True, **options):
    """Check that a GAN plays by the rules.

    Args:
        subject: a subclass of `ganzoo.GAN` (or another `AdversarialModel`), a GAN, or a function without arguments that returns
            one. A class is built for 8x8 gray images if it can make them, else with its default arguments; one of several
            stages is checked in its last. A GAN object that is passed is not changed: each check puts its state back.
        checks: a name in `CHECKS` or several; by default all that are for such a model.
        verbose: print the report.
        options: keyword arguments for the class, e.g. `classes=3`.

    Returns:
        `Report`.

    Raises:
        InputError: for an unknown name in `checks`, or for a check of a `ganzoo.GAN` where the subject is not one.

    Example:
        >>> import ganzoo
        >>> check_gan(ganzoo.GAN, checks=["logits"]).passed
        GAN: all checks passed
        ok   built   It is built.
        ok   logits  The discriminator returns logits without a sigmoid.
        True
    """
    asked = [checks] if isinstance(checks, str) else None if checks is None else list(checks)
    for name in asked or ():
        check_choice("checks", name, CHECKS)
    report = Report(getattr(subject, "__name__", type(subject).__name__), [])
    files = _own_files(subject)
    try:
        model = build(subject, options)
        report.findings.append(Finding("built", True, "It is built."))
    except Exception as error:  # of whatever kind a student's code raises
        report.findings.append(Finding("built", False, describe_error(error, files)))
    else:
        report.model = type(model).__name__
        files = files or _own_files(type(model))
        subject = Subject(model)
        for name in asked or ():
            if CHECKS[name][1] and not isinstance(model, GAN):
                raise InputError(f"the check {name!r} is for a ganzoo.GAN. Received: a {report.model}")
        for name in CHECKS if asked is None else asked:
            _check(name, subject, report, files)
    if verbose:
        print(report)
    return report


def _check(name, subject, report, files):
    """Run one check, unless it is not for this model, or one that it stands on did not pass."""
    function, for_gan, needs = CHECKS[name]
    failed = {each.check for each in report.failures}
    if (for_gan and not isinstance(subject.model, GAN)) or failed & set(needs):
        return
    try:
        with subject.state_kept():
            faults = list(function(subject))
    except Exception as error:  # of whatever kind a student's code raises
        faults = [describe_error(error, files)]
    known = {each.message for each in report.failures}
    # What was said before, of another batch or by another check, is not said again.
    report.findings += [Finding(name, False, fault) for fault in dict.fromkeys(faults) if fault not in known]
    if not faults:
        report.findings.append(Finding(name, True, PASSED[name]))


def _own_files(subject):
    """Return the source files of a class and its bases that are not ganzoo's or Keras's, or of a function."""
    if isinstance(subject, AdversarialModel):
        subject = type(subject)
    classes = subject.__mro__ if inspect.isclass(subject) else [subject]
    found = set()
    for each in classes:
        if getattr(each, "__module__", "").split(".")[0] not in ("ganzoo", "keras", "tensorflow", "builtins"):
            try:
                found.add(inspect.getsourcefile(each))
            except (OSError, TypeError):
                continue
    return found - {None}

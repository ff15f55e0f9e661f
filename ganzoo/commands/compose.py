"""From flags to a model: a class of the zoo, a pair of networks, an objective, and the arguments that each was given."""

import dataclasses

from ganzoo.commands import arguments
from ganzoo.commands.flags import Flag, choice
from ganzoo.errors import InputError
from ganzoo.registry import MODELS, MODERN

# Flags that change a finished objective.
CHANGES = ("loss", "label_smoothing", "label_flipping", "top_k", "n_critic", "regularizers", "penalty_weight", "penalty_every")
CHANGES += ("feature_matching",)
BATCH_NORMS = ("critic_norm", "discriminator_batch_norm")  # of networks; their gains are not bounded


@dataclasses.dataclass(frozen=True)
class Game:
    """What the flags of a game describe, nothing built yet.

    Attributes:
        model: name of the class.
        networks, objective: names; None for what the model brings itself, "own" for the model's own objective.
        model_arguments, networks_arguments, objective_arguments: those that were given, or that the recipe gives.
        changes: what is replaced in the finished objective: loss, n_critic, and what is added to it.
        techniques: arguments of `ganzoo.networks.Changed`, which the pair of networks is put into where there are any.
        lecture_baseline: whether the model's `lecture_baseline` is taken instead.
        conditional: whether a model that works with or without labels is told them; None tells them if the data have any.
        augments_few: whether few color images are augmented, as `ganzoo.recipes.augmentation_for` has it.
    """

    model: str
    networks: str | None
    objective: str | None
    model_arguments: dict
    networks_arguments: dict
    objective_arguments: dict
    changes: dict
    techniques: dict
    lecture_baseline: bool = False
    conditional: bool | None = None
    augments_few: bool = False


def game_of(recipe, given):
    """Return the `Game` that flags describe.

    Args:
        recipe: `ganzoo.registry.Recipe`.
        given: {flag: value} of the flags that are set.

    Raises:
        InputError: for a flag that does not belong to the rest.
    """
    given = {name: value for name, value in given.items() if value is not None}
    if "variant" in given and "objective" in given:
        raise InputError("give --variant or --objective, not both: each says what the game is.")
    variant = given.pop("variant", next(iter(recipe.variants), None))
    model, defaults = recipe.variants.get(variant, (recipe.model, {}))
    entry, defaults = MODELS[model], recipe.flags | defaults
    if given.pop("lecture_baseline", False):
        if given:
            raise InputError(f"--lecture_baseline has a game of its own; give it or --{next(iter(given))}, not both.")
        return Game(model, None, None, {}, {}, {}, {}, {}, lecture_baseline=True)
    if given.pop("recipe", None) == "modern":
        defaults = MODERN
    conditional = given.pop("conditional", defaults.get("conditional"))
    if conditional and not entry.takes_labels:
        raise InputError(f"--conditional is about labels, and {model} is told none.")
    augments_few = defaults == MODERN and "augmentation" not in given
    if "none" in given.get("augmentation", ()):
        if given["augmentation"] != ["none"]:
            raise InputError("--augmentation=none goes with no other augmentation.")
        del given["augmentation"]
    networks = given.pop("networks", defaults.get("networks", entry.networks))
    objective = given.pop("objective", defaults.get("objective", entry.objective))
    tables = {
        "model": arguments.of_model(model),
        "networks": arguments.NETWORKS.get(networks, {}),
        "objective": arguments.of_objective(model, objective),
    }
    techniques = {name: given.pop(name) for name in ("spectral_norm", "minibatch", "virtual_batch_norm") if name in given}
    found, changes = {part: {} for part in tables}, {}
    for name, value in given.items():
        part = next((part for part, table in tables.items() if name in table), None)
        if name == "embedding_size":
            if not entry.takes_labels:
                raise InputError(f"--embedding_size is about labels, and {model} is told none. Received: --{name}={value}")
            value = value or None
        if part is not None:
            found[part][name] = value
        elif name in CHANGES and objective is not None:
            changes[name] = value
        elif name in ("augmentation", "augmentation_target"):
            found["model"][name] = value
        else:
            chosen = [f"--networks={networks}"] * (networks in arguments.CHOICES) + [f"--objective={objective}"] * (
                objective not in (None, "own")
            )
            raise InputError(
                f"--{name} goes with {' or '.join(arguments.owners(name)) or 'another model'}. "
                f"Received: --{name}={value} with {' '.join([model, *chosen])}"
            )
    for part, table in tables.items():
        found[part] = {name: value for name, value in defaults.items() if name in table} | found[part]
    penalized = objective in arguments.WITH_GRADIENT_PENALTY or set(changes.get("regularizers", ())) & set(arguments.OF_SLOPES)
    penalized = penalized or (changes.get("loss") == "wasserstein" and techniques.get("spectral_norm"))
    for name in BATCH_NORMS:
        if penalized and tables["networks"].get(name):
            found["networks"].setdefault(name, False)  # it would make one sample's gradient depend on the others
    parts = (found[part] for part in tables)
    return Game(model, networks, objective, *parts, changes, techniques, conditional=conditional, augments_few=augments_few)


def build(game, shape, classes=None, seed=0, function="", steps=None, data=None, shares=None, resume=False):
    """Return the model of a `Game`.

    Args:
        game: `Game`.
        shape: of one example: (height, width, channels), or (d,) for points.
        classes: number of labels of the data, or None.
        seed: int.
        function: expression, of `FunctionGAN`.
        steps: planned length of the training, for a model that plans for one.
        data: data set that is trained on, or None; a model with `settings_for` takes arguments from it, few color images may
            be augmented, and labels that are all the same are not used unless asked for.
        shares: the share of samples drawn with each label; None: labels take turns, or, if the data lack some class, are drawn
            as often as in the data.
        resume: whether a run of this game exists, which is not refused any more.
    """
    import ganzoo
    from ganzoo.core.config import parameters

    cls, entry = getattr(ganzoo, game.model), MODELS[game.model]
    options = dict(game.model_arguments)
    if "augmentation" in options:
        options["augmentation"] = ganzoo.augmentation.get(options["augmentation"])
    elif game.augments_few:
        options["augmentation"] = ganzoo.recipes.augmentation_for(shape, None if data is None else len(data))
    if "augmentation_target" in options:
        target = options.pop("augmentation_target")
        if "augmentation" not in options:
            raise InputError("--augmentation_target is how much to augment: give --augmentation too.")
        options["augmentation"] = ganzoo.augmentation.Adaptive(options["augmentation"], target)
    takes = parameters(cls)
    if "function" in takes:
        options["function"] = function
    elif "dimensions" in takes:
        options["dimensions"] = shape[0]
    else:
        options["image_shape"] = tuple(shape)
    if data is not None and hasattr(cls, "settings_for"):
        options |= cls.settings_for(data)
    if "steps" in takes:
        options["steps"] = steps
    if game.lecture_baseline:
        return cls.lecture_baseline(seed=seed, **options)
    if entry.labels or game.conditional:
        if classes is None:
            raise InputError(f"{game.model} needs labels: a labelled --dataset, or a --data archive with labels in it.")
        options["classes"] = classes
    elif entry.optional_labels and game.conditional is None:
        options["classes"] = None if _of_one_class(data) else classes
    if shares is None and options.get("classes") and "class_shares" in takes and _has_absent_classes(data):
        shares = data.label_shares  # in turns, samples would be asked of classes that training never showed
    if shares is not None:
        options["class_shares"] = shares
    if game.networks:
        options["networks"] = _networks(cls, game)
    if game.techniques:
        options["networks"] = ganzoo.networks.Changed(options["networks"], **game.techniques)
    if game.objective:
        own = cls.default_objective if game.objective == "own" else ganzoo.objectives.BY_NAME[game.objective]
        options["objective"] = own(**game.objective_arguments)
        options["objective"] = options["objective"].replace(**_changes(game.changes, options["objective"]))
        if not resume:  # a run that was begun goes on
            _require_bounded_critic(options["objective"], game)
    return cls(seed=seed, **options)


def _of_one_class(data):
    """Return whether a data set's labels are all the same, and so say nothing."""
    labels = getattr(data, "labels", None)
    return labels is not None and len(labels) > 0 and bool((labels == labels[0]).all())


def _has_absent_classes(data):
    """Return whether no image of a data set has some label below its number of classes, as with labels 3 and 7 alone."""
    return 0 in (getattr(data, "label_shares", None) or ())


def _changes(changes, objective):
    """Return the arguments of an objective that flags change: what stands there, and what is added to it."""
    from ganzoo import losses, regularizers

    changes = dict(changes)
    names, weight, every = (changes.pop(name, None) for name in ("regularizers", "penalty_weight", "penalty_every"))
    for name, value in (("penalty_weight", weight), ("penalty_every", every)):
        if value is not None and not names:
            raise InputError(f"--{name} is about the penalties of --regularizers: name them. Received: --{name}={value:g}")
    of_weights = [name for name in names or () if name not in arguments.OF_SLOPES]
    if every is not None and of_weights:
        raise InputError(
            f"--penalty_every is for penalties of slopes, {', '.join(arguments.OF_SLOPES)}: the others cost next to nothing. "
            f"Received: --regularizers={','.join(names)}"
        )
    for name in names or ():
        cls, both = regularizers.BY_NAME[name]
        for player in ("regularizers", "generator_regularizers")[: 1 + both]:
            added = cls() if weight is None else cls(weight)
            added = added if every in (None, 1) else regularizers.Lazy(added, every)
            changes[player] = (*changes.get(player, getattr(objective, player)), added)
    noise = {name: changes.pop(f"label_{name}") for name in ("smoothing", "flipping") if f"label_{name}" in changes}
    if noise:
        loss, noise = losses.get(changes.get("loss", objective.loss)), {"smoothing": 0.0} | noise
        inside = isinstance(loss, losses.ZeroSum)
        changes["loss"] = losses.ZeroSum(losses.LabelNoise(loss.loss, **noise)) if inside else losses.LabelNoise(loss, **noise)
    if "top_k" in changes:
        changes["loss"] = losses.TopK(losses.get(changes.get("loss", objective.loss)), changes.pop("top_k"))
    if "feature_matching" in changes:
        changes["feature_matching"] = losses.FeatureMatching(changes["feature_matching"])
    return changes


def _require_bounded_critic(objective, game):
    """Raise InputError for a Wasserstein loss whose critic nothing keeps from growing without bound."""
    from ganzoo import losses, regularizers

    def innermost(each, name):
        while hasattr(each, name):
            each = getattr(each, name)
        return each

    slopes = (*(regularizers.BY_NAME[name][0] for name in arguments.OF_SLOPES), regularizers.WeightClip)
    bounded = any(isinstance(innermost(each, "regularizer"), slopes) for each in objective.regularizers)
    if game.techniques.get("spectral_norm") or game.networks in ("attention", "biggan"):
        bounded = bounded or not any(game.networks_arguments.get(name) for name in BATCH_NORMS)
    if isinstance(innermost(objective.loss, "loss"), losses.Wasserstein) and not bounded:
        others = " or --spectral_norm without batch normalization" if game.networks in arguments.CHOICES else ""
        raise InputError(
            "a Wasserstein loss is for a critic whose slope is bounded: take --objective=wasserstein_gp, "
            f"--regularizers=gradient_penalty{others}. Received: --loss=wasserstein with nothing of these"
        )


def _networks(cls, game):
    """Return the pair of networks, with the model's own settings where it is the model's own kind."""
    from ganzoo import networks
    from ganzoo.core.config import parameters

    default = cls.default_networks() if hasattr(cls, "default_networks") else parameters(cls)["networks"]
    pair = networks.BY_NAME.get(game.networks, type(default))
    settings = default.get_config() if type(default) is pair else {}
    return pair.from_config(settings | game.networks_arguments)


def takes_modern(recipe):
    """Return whether a recipe's model can play another game on other networks, and neither it nor a variant does already."""
    models = [model for model, _ in recipe.variants.values()] or [recipe.model]
    if "modern" in recipe.variants:
        return False
    free = all(MODELS[m].networks in arguments.CHOICES and MODELS[m].objective in arguments.OBJECTIVES for m in models)
    return free and recipe.data == "images" and recipe.flags != MODERN


def game_flags(recipe, game):
    """Return the flags of a recipe's game.

    Args:
        recipe: `ganzoo.registry.Recipe`.
        game: `Game` whose arguments --help shows; the others are hidden.
    """
    models = [model for model, _ in recipe.variants.values()] or [recipe.model]
    entries = [MODELS[model] for model in models]
    pairs = list(arguments.CHOICES) if entries[0].networks in arguments.CHOICES else []
    objectives = list(arguments.OBJECTIVES) if entries[0].objective else []
    flags = []
    if takes_modern(recipe):
        text = "the game and networks: the command's own, or those that make the best pictures in minutes"
        flags.append(choice("recipe", None, ("lecture", "modern"), text, optional=True, shown="lecture"))
    if recipe.variants:
        flags.append(choice("variant", None, recipe.variants, "the game", optional=True, shown=next(iter(recipe.variants))))
    if pairs:
        flags.append(choice("networks", None, pairs, "the pair of networks", optional=True, shown=game.networks))
        text = "normalize the discriminator's kernels by their spectral norm"
        flags.append(Flag("spectral_norm", None, text, bool, optional=True))
        text = "what the discriminator compares a batch's examples by: the std of its last map, or minibatch discrimination"
        flags.append(choice("minibatch", None, arguments.MINIBATCH, text, optional=True))
        text = "examples of a reference batch that the generator normalizes by, instead of its batch; at least 1"
        flags.append(Flag("virtual_batch_norm", None, text, int, low=1, high=1024, optional=True))
    if objectives:
        own = "the model's own" if game.objective == "own" else game.objective
        flags.append(choice("objective", None, objectives, "loss, penalties and optimizers", optional=True, shown=own))
        flags.append(choice("loss", None, arguments.LOSSES, "another loss in the objective", optional=True))
        text = f"penalties besides the objective's, separated by commas: {', '.join(arguments.REGULARIZERS)}"
        flags.append(Flag("regularizers", None, text, list, choices=arguments.REGULARIZERS, optional=True))
        text = "weight of each of these penalties, above 0"
        shown = "10 for those of slopes, 0.1 historical_averaging, 0.0001 orthogonal"
        flags.append(Flag("penalty_weight", None, text, float, above=0, optional=True, shown=shown))
        text = "k: these penalties at every k-th step alone, k times as heavy; at least 1"
        flags.append(Flag("penalty_every", None, text, int, low=1, high=arguments.MOST, optional=True, shown=1))
        text = "cross-entropy losses: the discriminator's labels of real images are 1 - this; from 0 to below 0.5"
        flags.append(Flag("label_smoothing", None, text, float, low=0, below=0.5, optional=True))
        text = "cross-entropy losses: share of the discriminator's labels that are exchanged, from 0 to below 0.5"
        flags.append(Flag("label_flipping", None, text, float, low=0, below=0.5, optional=True))
        text = "share of the generated images, those that look most real, that the generator learns from; above 0, at most 1"
        flags.append(Flag("top_k", None, text, float, above=0, high=1, optional=True))
        text = "weight of the distance of mean features in the generator's loss, above 0"
        flags.append(Flag("feature_matching", None, text, float, above=0, optional=True))
        if recipe.data == "images":
            choices = ("none", *arguments.AUGMENTATIONS)
            text = f"random changes to all images that the discriminator sees, separated by commas: {', '.join(choices)}"
            usual = "translation,cutout for small sets of color images" if game.augments_few else None
            flags.append(Flag("augmentation", None, text, list, choices=choices, optional=True, shown=usual))
            text = "augment as often as it takes to keep the mean sign of D(x) at this value, such as 0.6; from 0 to below 1"
            flags.append(Flag("augmentation_target", None, text, float, low=0, below=1, optional=True, shown="augment always"))
    if any(entry.optional_labels for entry in entries):
        untold = game.conditional is False or not MODELS[game.model].takes_labels
        unless_typed = "no" if untold else "where the data have any"
        flags.append(Flag("conditional", None, "tell the model the labels", bool, optional=True, shown=unless_typed))
    if recipe.data == "function":
        text = "saturating loss and plain Adam, nothing that steadies the game"
        flags.append(Flag("lecture_baseline", None, text, bool, optional=True))

    shown = {"n_critic": 1} if objectives else {}
    for table in (arguments.of_model(game.model), arguments.NETWORKS.get(game.networks, {})):
        shown |= table
    shown |= arguments.of_objective(game.model, game.objective)
    shown |= game.model_arguments | game.networks_arguments | game.objective_arguments
    told = MODELS[game.model].labels or (MODELS[game.model].optional_labels and game.conditional is not False)
    names = [name for model in models for name in (*arguments.of_model(model), *MODELS[model].own_objective)]
    names += [name for pair in pairs or [game.networks] for name in arguments.NETWORKS.get(pair, {})]
    names += [name for objective in objectives for name in arguments.OBJECTIVES[objective]]
    for name in sorted(dict.fromkeys(names), key=list(arguments.ARGUMENTS).index):
        each = arguments.ARGUMENTS[name]
        hidden = name not in shown or (name == "embedding_size" and not told)
        value = shown.get(name)
        said = "" if value is None or value is False else f"{value:g}" if isinstance(value, float) else str(value)
        bounds = {
            "low": each.low,
            "above": each.above,
            "below": each.below,
            "high": each.high if each.kind is int else None,
        }
        flags.append(Flag(name, None, each.text, each.kind, **bounds, optional=True, shown=said, hidden=hidden))
    return flags

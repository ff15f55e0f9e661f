"""The data that a recipe trains on, from flags; nothing heavy is imported before something is loaded."""

from ganzoo.commands.arguments import DATASETS, SYMMETRIES
from ganzoo.commands.flags import Flag, choice, count, flag_is_set
from ganzoo.errors import InputError
from ganzoo.registry import MODELS
from ganzoo.utils.files import expanded


def data_flags(recipe):
    """Return the flags that say what a recipe trains on."""
    size = Flag(
        "image_size",
        recipe.image_size,
        "pixels, 32 or 48x32 (height x width); images are cropped and resized to it"
        + " (default: the data's)" * (not recipe.image_size),
    )
    strict = Flag("strict", False, "refuse a folder that holds unusable images instead of skipping them", bool)
    if recipe.data == "function":
        function = Flag("function", "x^3", "an expression in x (a curve) or in x and y (a surface), over [-1, 1]")
        return [function, count("points", 100, "points of the graph to train on, no fewer than --batch_size", high=10**7)]
    if recipe.data == "points":
        dataset = choice("dataset", recipe.dataset, DATASETS["points"], "8 Gaussians on a ring, 25 on a grid, or a spiral")
        return [dataset, count("points", 20_000, "points to train on, no fewer than --batch_size", high=10**7)]
    if recipe.data == "pairs":
        return [
            choice("dataset", recipe.dataset, DATASETS["pairs"], "built-in pair of sets, which needs no download"),
            Flag("data_a", "", "a folder of images or an .npz archive, with --data_b instead of --dataset"),
            Flag("data_b", "", "the images that those of --data_a are to become"),
            Flag("paired", False, "image i of one set belongs to image i of the other", bool),
            size,
            strict,
        ]
    if recipe.data == "identities":
        return [
            choice("dataset", recipe.dataset, DATASETS["identities"], "built-in set with labels; digits needs no download"),
            Flag("data", "", "a folder with a folder for each identity, or an .npz archive with labels, instead of --dataset"),
            size,
            Flag("scale", 4, "how much smaller the small images are: 2, 4 or 8", int, low=2, high=8),
            strict,
        ]
    if recipe.data == "texts":
        own = "an .npz with texts or class_names, a CSV file (file_name,text) or the folder it is about, instead of --dataset"
        named = "text with a {} for the name of the class, for data that have class names instead of texts"
        return [
            choice("dataset", recipe.dataset, DATASETS["texts"], "built-in data set; described_digits needs no download"),
            Flag("data", "", own),
            Flag("template", "a photo of a {}", named),
            size,
            strict,
        ]
    builtin = (
        "built-in data set; grass, brick, gravel, digits and terrain (heights; --depth=16 keeps them all) need no download"
    )
    return [
        choice("dataset", recipe.dataset, DATASETS["images"], builtin),
        Flag("data", "", "a folder of images, one picture, or an .npz archive to train on, instead of --dataset"),
        size,
        *([] if recipe.stack else _crop_flags(recipe)),
        Flag("classes", [], "names (or numbers) of the classes to train on, separated by commas", list, shown="all"),
        *_cluster_flags(recipe),
        Flag("digit", -1, "train on one class alone, given by its number or numeric name; -1 takes all", int, low=-1),
        strict,
    ]  # fmt: skip


def _crop_flags(recipe):
    where = {True: "yes", None: "where most of a folder's pictures are larger than the images"}.get(recipe.crops, "no")
    crops = "keep pictures whole and train on random crops of --image_size; a single picture is always cropped"
    held_out = "with crops: share of each picture, at its right edge, that training does not see and evaluate measures with"
    color = "keep, for a fourth channel, or the color that transparent pictures are laid on, such as black or #808080"
    return [
        Flag("crops", None, crops, bool, optional=True, shown=where),
        choice(
            "symmetry", recipe.symmetry, SYMMETRIES, "crops are mirrored left to right (flip), and turned by quarters (rotate)"
        ),
        Flag("scale_jitter", 0.0, "crops are resized by a factor of up to 1 + this, either way; 0 to 3", float, low=0, high=3),
        Flag("held_out", 0.0, held_out, float, low=0, below=1),
        Flag("alpha", "white", color),
    ]


def _cluster_flags(recipe):
    """Return the flag that has clusters stand in for labels, of a recipe with a model that can be told labels."""
    models = [model for model, _ in recipe.variants.values()] or [recipe.model]
    if recipe.flags.get("conditional") is False or not any(MODELS[each].takes_labels for each in models):
        return []
    text = "condition the model on this many clusters of similar images, not on labels; samples use each as often as the data"
    return [Flag("clusters", 0, text, int, low=0, high=10_000, shown="none")]


def clustered(options, model, found):
    """Return the data with clusters for labels where --clusters asks for them.

    Args:
        options: the flags' values.
        model: class name of the model that is told them.
        found: data set.

    Raises:
        InputError: for a model that takes no labels, for crops, which are drawn anew in every batch, and for fewer images than
            clusters.
    """
    if "clusters" not in options or not options.clusters:
        return found
    if not MODELS[model].takes_labels:
        raise InputError(f"--clusters are told as labels, and {model} is told none. Received: --clusters={options.clusters}")
    if "conditional" in options and options.conditional is False:
        raise InputError(f"clusters are told as labels: leave out --noconditional. Received: --clusters={options.clusters}")
    if not hasattr(found, "clustered"):
        raise InputError(f"crops have no clusters: give --nocrops. Received: --clusters={options.clusters}")
    return found.clustered(options.clusters)


def load(recipe, options):
    """Return the data set that the flags describe; `train` says what was left out.

    Raises:
        InputError: if it cannot be read.
    """
    if any(flag_is_set(options, name) for name in ("data", "data_a", "data_b")) and flag_is_set(options, "dataset"):
        raise InputError("give --dataset or --data, not both.")

    from ganzoo import data

    if recipe.data == "function":
        return data.FunctionGraph(options.function).points(options.points, options.seed)
    if recipe.data == "points":
        from ganzoo.data import mixtures

        if options.dataset == "swiss_roll":
            return mixtures.swiss_roll(options.points, seed=options.seed)
        return {"ring": mixtures.ring, "grid": mixtures.grid}[options.dataset]().points(options.points, options.seed)
    size = _image_size(recipe, options)
    if recipe.data == "pairs":
        found = data.load_pair(options.data_a, options.data_b, options.dataset, size, options.paired, options.strict)
    elif recipe.data == "identities":
        found = data.load(options.dataset, options.data, size, strict=options.strict)
    elif recipe.data == "texts":
        found = data.load_texts(options.dataset, options.data, size, options.template, options.strict)
    else:
        found = _load_images(recipe, options, size)
        if "held_out" in options and options.crops and options.held_out:
            found = found.split(options.held_out)[0]
    return prepare(recipe, options, found)


def load_test(recipe, options):
    """Return the half of the data that no training sees, or None."""
    from ganzoo import data

    if recipe.data == "pairs":
        return data.load_test_pair(options.data_a, options.data_b, options.dataset, _image_size(recipe, options))
    if recipe.data not in ("images", "identities"):
        return None
    if "crops" in options and options.crops:
        whole = _load_images(recipe, options, _image_size(recipe, options))
        return whole.split(options.held_out)[1] if options.held_out else None
    found = data.load_test(options.dataset, options.data, _image_size(recipe, options))
    asked = recipe.stack or recipe.data == "identities" or (recipe.data == "images" and (options.classes or options.digit >= 0))
    if found is None or (asked and found.labels is None):  # those of the classes asked for cannot be told apart
        return None
    return prepare(recipe, options, found)


def _load_images(recipe, options, size):
    """Return the set of images that the flags describe; whether they are crops is settled in `options`."""
    from ganzoo import data
    from ganzoo.data.loading import is_picture

    if "crops" not in options:  # stacks are made of whole images
        found = data.load(options.dataset, options.data, size, strict=options.strict)
        if isinstance(found, data.Crops):
            raise InputError(f"stacks are made of gray images with labels from 0 to 9. Received: crops of {found.name}")
        return found
    crops = recipe.crops if options.crops is None else options.crops
    depth = (options.depth if "depth" in options else None) or 8
    how = {"symmetry": options.symmetry, "scale_jitter": options.scale_jitter, "alpha": options.alpha, "depth": depth}
    found = data.load(options.dataset, options.data, size, strict=options.strict, crops=crops, **how)
    options.crops = isinstance(found, data.Crops)
    if options.crops and (options.digit >= 0 or options.classes):
        asked = f"--digit={options.digit}" if options.digit >= 0 else f"--classes={','.join(options.classes)}"
        raise InputError(f"crops have no labels. Received: {asked}")
    pictures = options.data and (expanded(options.data).is_dir() or is_picture(options.data))
    if flag_is_set(options, "alpha") and not pictures:
        raise InputError(f"--alpha is about pictures of your own: give them as --data. Received: --alpha={options.alpha}")
    for name in () if options.crops else ("symmetry", "scale_jitter", "held_out"):
        if flag_is_set(options, name):
            raise InputError(f"--{name} is about crops: give --crops too. Received: --{name}={options[name].value}")
    return found


def prepare(recipe, options, images):
    """Return what the recipe makes of a set of images: one digit or some classes alone, stacks of digits, or pairs."""
    if recipe.data == "images" and options.classes:
        images = images.with_classes(options.classes)
    if recipe.data == "images" and options.digit >= 0:
        images = images.with_label(class_called(images, options.digit))
    if recipe.stack:
        from ganzoo.data.stacked import stack_digits

        images = stack_digits(images, seed=options.seed)
    if recipe.data == "identities":
        from ganzoo.data import IdentityPairs

        images = IdentityPairs(images, options.scale)
    return images


def class_called(images, number):
    """Return the class that is called by a number, such as 11 of the folders 1 to 12; where none are, the number itself.

    Raises:
        InputError: if all classes are called by numbers, and none by this one.
    """
    names = images.class_names or ()
    called = {int(name): label for label, name in enumerate(names) if name.isascii() and name.isdigit() and len(name) < 19}
    if number not in called and called and len(called) == len(names):
        listed = ", ".join(names[:20]) + ", ..." * (len(names) > 20)
        raise InputError(f"{images.name} has no class called {number}. Its classes: {listed}")
    return called.get(number, number)


def _image_size(recipe, options):
    from ganzoo.data import parse_image_size

    if recipe.data in ("images", "identities") and options.dataset == "digits" and not options.data and not options.image_size:
        options.image_size = recipe.digits_size
    return parse_image_size(options.image_size) if options.image_size else None

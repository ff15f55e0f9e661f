"""A player: the networks that one optimizer moves, what is asked of them besides the loss, and their moving average."""

import numbers

import keras
from keras import ops

from ganzoo.errors import InputError
from ganzoo.utils.checks import positive_number

LearningRateSchedule = keras.optimizers.schedules.LearningRateSchedule


class Player:
    """Networks that are trained together.

    Args:
        networks: {name: `keras.Model`}; the names become attributes of the model that they play in.
        optimizer: `keras.optimizers.Optimizer`, of this player alone.
        regularizers: objects of `ganzoo.regularizers`.
        averages: {name of a network: `keras.Model` of the same layers}, which follow the networks as an exponential moving
            average and make the samples.
        ema_half_life_images: half-life of that average, counted in training examples as in StyleGAN's official code (the
            average: Karras et al. 2018, arXiv:1710.10196, appendix A.1), or a `keras.optimizers.schedules` object, which gives
            it from the steps made so far; needed where there are averages.
        ema_warmup: limits the half-life to this share of the training so far, above 0; None for no limit. With 0.05, as in the
            official code of Karras et al. 2020, arXiv:2006.06676, the initial weights are forgotten at once.

    Attributes:
        averages: as given. At the start, and after `set_weights` or `load_weights` of a network, an average equals it.
        averaged_examples: int64 variable, the training examples that the averages have followed, where `ema_warmup` needs it.
    """

    def __init__(self, networks, optimizer, regularizers=(), averages=None, ema_half_life_images=None, ema_warmup=None):
        self.networks = dict(networks)
        self.optimizer = optimizer
        self.regularizers = tuple(regularizers)
        self.averages = dict(averages or {})
        self.ema_half_life_images = ema_half_life_images
        self.ema_warmup = ema_warmup
        if self.averages and ema_half_life_images is None:
            raise InputError("averages need ema_half_life_images. Received: ema_half_life_images=None")
        for name, average in self.averages.items():
            own = {id(weight) for weight in self.networks[name].trainable_weights}
            if any(id(weight) in own for weight in average.weights):
                raise InputError(
                    f"the average of the {name} must have layers of its own: build new ones in every call of build_{name}, or "
                    "define build_average."
                )
            _follow(self.networks[name], average)
        self._memory = {}
        self.averaged_examples = None

    def remember(self):
        """Make the variables that the regularizers and the averages' warm-up keep; returns all of them."""
        self._memory = {}
        kept = []
        if self.averages and self.ema_warmup is not None:
            options = {"dtype": "int64", "trainable": False, "name": "averaged_examples"}
            self.averaged_examples = keras.Variable(0, **options)
            kept = [self.averaged_examples]
        for each in self.regularizers:
            variables = each.build(self)
            while each is not None:  # a wrapper's are those of what it wraps
                self._memory[id(each)] = variables
                each = getattr(each, "regularizer", None)
        return [variable for each in self.regularizers for variable in self._memory[id(each)]] + kept

    def memory_of(self, regularizer):
        """Return the variables that a regularizer of this player made in `Regularizer.build`."""
        return self._memory[id(regularizer)]

    @property
    def variables(self):
        """The weights that the optimizer moves, each once."""
        found = {id(v): v for network in self.networks.values() for v in network.trainable_variables}
        return list(found.values())

    @property
    def models(self):
        """{attribute of the model: `keras.Model`}: the networks, and their averages as ema_NAME."""
        return self.networks | {f"ema_{name}": average for name, average in self.averages.items()}

    def sampling(self, name):
        """Return the network that makes samples: the average where there is one."""
        return self.averages.get(name, self.networks[name])

    def update_layers(self):
        """Call `after_update()` of every layer that has one: what a layer keeps of its weights follows them, once an update."""
        for network in self.networks.values():
            for layer in network._flatten_layers(include_self=False):
                if hasattr(layer, "after_update"):
                    layer.after_update()

    def update_averages(self, examples, step=0):
        """Move the averages after an update on `examples` examples in step `step`.

        mean <- w + 0.5^(examples / h) (mean - w),     h = min(half-life, warm-up share * examples so far)
        """
        if not self.averages:
            return
        examples, half_life = ops.cast(examples, "float32"), self.ema_half_life_images
        if isinstance(half_life, LearningRateSchedule):
            half_life = ops.cast(half_life(step), "float32")
        if self.ema_warmup is not None:
            self.averaged_examples.assign_add(ops.cast(examples, "int64"))
            half_life = ops.minimum(half_life, self.ema_warmup * ops.cast(self.averaged_examples, "float32"))
        decay = 0.5 ** (examples / half_life)
        for name, average in self.averages.items():
            for mean, weight in zip(average.weights, self.networks[name].weights, strict=True):
                mean.assign(weight + ops.cast(decay, weight.dtype) * (mean - weight))


def check_half_life(value):
    """Return a half-life as a float, a schedule of it as it is, or None; else raise InputError."""
    if value is None:
        return None
    if not isinstance(value, LearningRateSchedule):
        return positive_number("ema_half_life_images", value)
    config = value.get_config()
    first = config.get("initial_learning_rate", next(iter(config.get("values", ())), 1.0))
    if isinstance(first, numbers.Integral) or not float(value(0)) > 0:
        raise InputError(
            "a schedule of ema_half_life_images must give positive floats: write 20_000.0, not 20_000, as Keras computes a "
            f"schedule in the type of its first value. Received: {config!r:.200}"
        )
    return value


def _follow(network, average):
    """Let an average take over a network's weights now, and whenever they are set or read from a file by hand."""

    def copy():
        average.set_weights(network.get_weights())

    def followed(method):
        def set_both(*arguments, **options):
            result = method(*arguments, **options)
            copy()
            return result

        return set_both

    copy()
    for name in ("set_weights", "load_weights"):
        object.__setattr__(network, name, followed(getattr(network, name)))


class PlayerOptimizers(keras.optimizers.Optimizer):
    """All players' optimizers behind the interface of one, which is what Keras's callbacks and its `fit` ask for.

    Attributes:
        optimizers: list of the players' optimizers; learning-rate callbacks of Keras move each of them.
    """

    def __init__(self, optimizers):
        super().__init__(learning_rate=0.0, name="players")
        self.optimizers = list(optimizers)
        self.built = True

    @property
    def learning_rate(self):
        """The learning rate of the first player's optimizer; setting it sets all."""
        return self.optimizers[0].learning_rate if getattr(self, "optimizers", None) else 0.0

    @learning_rate.setter
    def learning_rate(self, value):
        for optimizer in self.optimizers:
            optimizer.learning_rate = value

    def build(self, variables):
        """Do nothing: each player's optimizer is built with its own variables."""

    def apply(self, grads, trainable_variables=None):
        """Refuse: gradients belong to one player."""
        raise InputError("gradients are applied by a player's own optimizer, see AdversarialModel.update.")

    def finalize_variable_values(self, var_list):
        """Do nothing: no player's optimizer keeps averages of its own."""

    def save_own_variables(self, store):
        """Save nothing: the players' optimizers save their own."""

    def load_own_variables(self, store):
        """Read nothing: the players' optimizers read their own."""

    def get_config(self):
        """Return nothing that could be restored: `AdversarialModel.get_compile_config` holds each player's optimizer."""
        return {}

"""Every player's learning rate in the logs."""

import keras
from keras import ops


class LearningRates(keras.callbacks.Callback):
    """Log `{player}_learning_rate` of every player at the end of an epoch: the rate that its steps were made with."""

    def on_epoch_end(self, epoch, logs=None):
        for name, optimizer in optimizers_of(self.model).items():
            logs[f"{name}_learning_rate"] = float(ops.convert_to_numpy(optimizer.learning_rate))


def optimizers_of(model):
    """Return {player: optimizer} of a model."""
    return {name: player.optimizer for name, player in model.players.items()}

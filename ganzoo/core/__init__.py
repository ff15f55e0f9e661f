"""The core of every model: players, inputs, stages, state."""

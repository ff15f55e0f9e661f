"""Evaluation of generators: measures, feature extractors, failure detection, inversion, and the theory of the game."""

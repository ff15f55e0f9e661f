"""The core: players, the step they play, what a sample is made of, configuration and state; knows no particular GAN."""

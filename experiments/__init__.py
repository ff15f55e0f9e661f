"""Commands: each trains a model of the zoo, or does something with a trained one."""

"""One GAN a module: its networks and its objective."""

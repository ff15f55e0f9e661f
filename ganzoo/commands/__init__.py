"""The `ganzoo` command line. Nothing heavy is imported before flags are read, so that --help answers at once."""

"""Small things that several parts of ganzoo share; knows no model."""

"""Names for the types of the public functions."""

from typing import Any, TypeAlias

Tensor: TypeAlias = Any  # a tensor of the backend, symbolic or not; shapes and dtypes stand in the docstrings
Shape: TypeAlias = tuple[int, ...]

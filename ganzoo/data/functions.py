"""Points on the graph of a function: lecture 000's data, (x, f(x)) with x uniform in [-1, 1]."""

import numpy as np

from ganzoo.core.config import Configurable
from ganzoo.data.checks import one_line
from ganzoo.data.points import PointDataset
from ganzoo.errors import InputError
from ganzoo.utils.checks import MANY, check_int
from ganzoo.utils.expressions import Expression

_NAMES = ("x", "y")
_KNOTS = {1: 4001, 2: 401}  # per axis, of the graph that distances are measured to


class FunctionGraph(Configurable):
    """The curve y = f(x), or the surface z = f(x, y), over [-1, 1] or its square.

    Args:
        function: an expression in x, or in x and y ("x**3", "sin(3*x) * y"; ^ is a power too), as
            `ganzoo.utils.expressions.Expression` reads it, or a callable that takes one or two float arrays and returns an
            array of their shape.
        variables: 1 or 2; default: 2 if the expression has a y, else 1. A callable of two arrays needs it.

    Raises:
        InputError: if the expression cannot be read, or the function does not give finite numbers.

    Example:
        >>> FunctionGraph("x^3").height(np.array([[0.5], [-1.0]]))
        array([ 0.125, -1.   ])
    """

    def __init__(self, function="x**3", variables=None):
        if not (isinstance(function, str) or callable(function)):
            raise InputError(f"function must be an expression or a callable. Received: function={function!r}")
        if variables not in (None, 1, 2):
            raise InputError(f"variables must be 1 or 2. Received: variables={variables!r}")
        self._expression = Expression(function, _NAMES[:variables]) if isinstance(function, str) else None
        self.function = function if self._expression is None else self._expression.text
        uses_y = self._expression is not None and "y" in self._expression.variables
        self.variables = variables or (2 if uses_y else 1)
        self._check()

    def __repr__(self):
        name = self.function if isinstance(self.function, str) else getattr(self.function, "__name__", "function")
        return f"FunctionGraph({name!r}, variables={self.variables})"

    def height(self, inputs):
        """Evaluate the function; inputs float array (N, variables), returns float64 array (N,)."""
        columns = [np.asarray(column, "float64") for column in np.asarray(inputs).T]
        if self._expression is None:
            values = self.function(*columns)
        else:
            values = self._expression(**dict(zip(_NAMES, columns, strict=False)))
        return np.broadcast_to(np.asarray(values, "float64"), columns[0].shape)

    def points(self, n=100, seed=0):
        """Return a PointDataset of n points of the graph, their inputs uniform in [-1, 1]."""
        inputs = np.random.default_rng(seed).uniform(-1, 1, (check_int("n", n, 1, MANY), self.variables))
        return PointDataset(np.column_stack([inputs, self.height(inputs)]), name=f"points of {self!r}")

    def knots(self, per_axis=None):
        """Return points of the graph over an even grid, float64 array (per_axis**variables, variables + 1)."""
        axis = np.linspace(-1, 1, per_axis or _KNOTS[self.variables])
        inputs = np.stack(np.meshgrid(*[axis] * self.variables, indexing="ij"), -1).reshape(-1, self.variables)
        return np.column_stack([inputs, self.height(inputs)])

    def distances(self, points):
        """Return each point's distance to the graph over [-1, 1], float64 array (N,)."""
        from sklearn.neighbors import NearestNeighbors

        return NearestNeighbors(n_neighbors=1).fit(self.knots()).kneighbors(np.asarray(points))[0][:, 0]

    def _check(self):
        try:
            with np.errstate(all="ignore"):
                drawn = self.height(np.random.default_rng(0).uniform(-1, 1, (50, self.variables)))
                values = np.concatenate([drawn, *(self.knots(each)[:, -1] for each in (101, None))])  # a pole may lie at 0
        except Exception as error:  # whatever somebody's function can raise
            raise InputError(f"the function {self._shown} cannot be computed: {one_line(error)[:100]}") from error
        if not np.isfinite(values).all():
            raise InputError(f"the function {self._shown} must be finite everywhere on [-1, 1].")

    @property
    def _shown(self):
        text = repr(self.function)
        return text if len(text) <= 40 else f"{text[:37]}..."

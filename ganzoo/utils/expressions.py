"""Expressions in a few variables, such as "sin(3*x) * y", from people who may mean harm.

Nothing of an expression is ever run by Python: its text is parsed into a tree, every node of the tree must be one of a short
list, and NumPy evaluates what is left in float64, where no number can grow without limit.
"""

import ast
import math
import operator
import re
import warnings

import numpy as np

from ganzoo.errors import InputError

MAX_LENGTH = 500  # characters
MAX_DEPTH = 40  # nodes from the root of the tree to a leaf
MAX_EXPONENT = 100
MAX_NUMBER = 1e9

FUNCTIONS = {
    **{name: (getattr(np, name), 1) for name in ("sin", "cos", "tan", "arcsin", "arccos", "arctan")},
    **{name: (getattr(np, name), 1) for name in ("sinh", "cosh", "tanh", "exp", "expm1", "log", "log1p", "log10")},
    **{name: (getattr(np, name), 1) for name in ("sqrt", "abs", "sign", "floor", "ceil")},
    **{name: (getattr(np, name), 2) for name in ("arctan2", "minimum", "maximum")},
    "where": (lambda condition, yes, no: np.where(condition != 0, yes, no), 3),
}
CONSTANTS = {"pi": math.pi}

_BINARY = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_UNARY = {ast.UAdd: operator.pos, ast.USub: operator.neg}
_COMPARISONS = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_STRANGE = re.compile(r"[^A-Za-z0-9_.,+\-*/^()<>=! ]")


class Expression:
    """A formula in named variables.

    Numbers, `pi`, the variables, + - * / and ** (or ^), signs, comparisons (1 where they hold, else 0), parentheses, and the
    functions sin, cos, tan, arcsin, arccos, arctan, arctan2, sinh, cosh, tanh, exp, expm1, log, log1p, log10, sqrt, abs, sign,
    floor, ceil, minimum, maximum and where(condition, a, b).

    Args:
        text: str of at most 500 characters. Exponents that are numbers are at most 100 in size, and no exponent holds a power.
        names: sequence of str, the variables that it may use.

    Attributes:
        text: str, with ** for powers.
        variables: frozenset of str, those it uses.

    Raises:
        InputError: if it is anything else; the message is one sentence of at most 200 characters.

    Example:
        >>> import numpy as np
        >>> Expression("where(x > 0, x^2, -x)")(x=np.array([-3.0, 3.0]))
        array([3., 9.])
    """

    def __init__(self, text, names=("x", "y")):
        if not isinstance(text, str):
            raise InputError(f"an expression must be text. Received: {type(text).__name__}")
        self._given, self._names = text, tuple(names)
        if len(text) > MAX_LENGTH:
            raise self._refused(f"is {len(text)} characters long (at most {MAX_LENGTH})")
        if strange := _STRANGE.search(text):
            raise self._refused(f"must not hold the character {strange[0]!a}")
        self.text = text.strip().replace("^", "**")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # "1if x" is deprecated Python, and refused here in any case
                self._tree = ast.parse(self.text, mode="eval").body
        # Nesting can exhaust the parser's stack.
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise self._refused("cannot be read") from None
        self.variables = frozenset(self._check(self._tree, 1))

    def __repr__(self):
        return f"Expression({self.text!r})"

    def __call__(self, **values):
        """Evaluate it.

        Args:
            values: float arrays of one shape, one for each of `variables`, by name.

        Returns:
            float64 array, or a scalar if no variable is used. Where it is undefined it is NaN or infinite.
        """
        values = {name: np.asarray(value, "float64") for name, value in values.items()}
        with np.errstate(all="ignore"):
            return _evaluate(self._tree, values)

    def _check(self, node, depth):
        """Return the variables below a node, or refuse it."""
        if depth > MAX_DEPTH:
            raise self._refused(f"is nested more than {MAX_DEPTH} deep")
        if isinstance(node, ast.Constant):
            if type(node.value) not in (int, float) or not node.value <= MAX_NUMBER:
                raise self._refused(f"must hold only numbers up to {MAX_NUMBER:g}")
            return set()
        if isinstance(node, ast.Name):
            if node.id in CONSTANTS:
                return set()
            if node.id not in self._names:
                if node.id in FUNCTIONS:
                    raise self._refused(f"must call {node.id} as {node.id}(...)")
                raise self._refused(f"must have {' and '.join(self._names)} as its variables, not {_quoted(node.id)}")
            return {node.id}
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            found = self._check(node.left, depth + 1) | self._check(node.right, depth + 1)
            if isinstance(node.op, ast.Pow):
                self._check_exponent(node.right)
            return found
        if isinstance(node, ast.UnaryOp) and type(node.op) in _UNARY:
            return self._check(node.operand, depth + 1)
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARISONS:
            return self._check(node.left, depth + 1) | self._check(node.comparators[0], depth + 1)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            return self._check_call(node, depth)
        raise self._refused("must be made of numbers, variables, + - * / ** comparisons and functions alone")

    def _check_call(self, node, depth):
        """Return the variables in a call's arguments, or refuse it."""
        if node.func.id not in FUNCTIONS:
            raise self._refused(f"must not call {_quoted(node.func.id)}, which is no function it may use")
        count = FUNCTIONS[node.func.id][1]
        if len(node.args) != count:
            raise self._refused(f"must give {node.func.id} {count} argument{'s' if count > 1 else ''}, not {len(node.args)}")
        return set().union(*(self._check(argument, depth + 1) for argument in node.args))

    def _check_exponent(self, node):
        """Refuse towers of powers, and numbers as exponents that are too large."""
        below = list(ast.walk(node))
        if any(isinstance(each, ast.Pow) for each in below):
            raise self._refused("must not have a power as an exponent")
        if not any(isinstance(each, ast.Name) and each.id in self._names for each in below):
            with np.errstate(all="ignore"):
                if not abs(_evaluate(node, {})) <= MAX_EXPONENT:
                    raise self._refused(f"must have exponents of at most {MAX_EXPONENT}")

    def _refused(self, reason):
        return InputError(f"the expression {_quoted(self._given)} {reason}.")


def _quoted(text):
    """Return the text in quotes, on one line that any terminal can print, and only its beginning if it is long."""
    quoted = ascii(text[:50])
    return quoted if len(quoted) <= 32 else f"{quoted[:28]}...{quoted[0]}"


def _evaluate(node, values):
    """Return the value of a checked node."""
    if isinstance(node, ast.Constant):
        return np.float64(node.value)
    if isinstance(node, ast.Name):
        return values[node.id] if node.id in values else np.float64(CONSTANTS[node.id])
    if isinstance(node, ast.BinOp):
        return _BINARY[type(node.op)](_evaluate(node.left, values), _evaluate(node.right, values))
    if isinstance(node, ast.UnaryOp):
        return _UNARY[type(node.op)](_evaluate(node.operand, values))
    if isinstance(node, ast.Compare):
        holds = _COMPARISONS[type(node.ops[0])](_evaluate(node.left, values), _evaluate(node.comparators[0], values))
        return np.asarray(holds, "float64")
    return np.asarray(FUNCTIONS[node.func.id][0](*(_evaluate(argument, values) for argument in node.args)), "float64")

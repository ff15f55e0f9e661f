"""Expressions: what is read, and that nothing else does anything at all."""

import numpy as np
import pytest

from ganzoo.errors import InputError
from ganzoo.utils.expressions import FUNCTIONS, Expression

X = np.linspace(-1, 1, 11)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2.5", 2.5),
        ("x^2 - y^2", X**2 - (X + 2) ** 2),
        ("-x**2", -(X**2)),
        ("x^-2 * (x != 0)", None),
        ("sin(3*x) + cos(pi * x) / 2", np.sin(3 * X) + np.cos(np.pi * X) / 2),
        ("where(x >= 0, y, -y)", np.where(X >= 0, X + 2, -X - 2)),
        ("maximum(x, 0) - minimum(x, 0)", np.abs(X)),
        ("(x > 0) * 3 - (y <= 2)", (X > 0) * 3.0 - (X + 2 <= 2)),
        ("-(x < 0)", -(X < 0).astype(float)),
        (" y ^ x ", (X + 2) ** X),
        ("arctan2(y, x)", np.arctan2(X + 2, X)),
        ("1e-3 * x + .5", 1e-3 * X + 0.5),
        ("(x**2)**50", X**100),
        ("x**(2*3)", X**6),
    ],
)
def test_expressions_are_evaluated(text, value):
    found = Expression(text)(x=X, y=X + 2)
    if value is not None:
        np.testing.assert_allclose(found, np.broadcast_to(value, np.shape(found)), rtol=1e-12, atol=1e-15)


def test_every_function_is_there_and_documented():
    for name, (function, count) in FUNCTIONS.items():
        arguments = [X * 0.5 + 0.6 * (index + 1) for index in range(count)]
        found = Expression(f"{name}({', '.join('xyz'[:count])})", "xyz")(**dict(zip("xyz", arguments, strict=False)))
        with np.errstate(invalid="ignore"):
            np.testing.assert_allclose(found, function(*arguments), equal_nan=True)
        assert name in Expression.__doc__


def test_variables_are_told():
    assert Expression("sin(y) + 1").variables == {"y"}
    assert Expression("pi").variables == set()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read"),
        ("x if", "cannot be read"),
        ("x\x1b[31m", r"must not hold the character '\\x1b'"),
        ("\U0001d431", r"must not hold the character '\\U0001d431'"),
        ("x.real", "must be made of numbers"),
        ("x.__class__", "must be made of numbers"),
        ("(x, y)", "must be made of numbers"),
        ("x // 2", "must be made of numbers"),
        ("x < y < 1", "must be made of numbers"),
        ("not x", "must be made of numbers"),
        ("x and y", "must be made of numbers"),
        ("sin(x)(y)", "must be made of numbers"),
        ("sin(*x)", "must be made of numbers"),
        ("sin(x=x)", "cannot be read|must be made of numbers"),
        ("sin(x, y)", "must give sin 1 argument, not 2"),
        ("where(x)", "must give where 3 arguments, not 1"),
        ("exec(x)", "must not call 'exec'"),
        ("sin", r"must call sin as sin\(\.\.\.\)"),
        ("z", "must have x and y as its variables, not 'z'"),
        ("1j", "only numbers up to 1e.09"),
        ("True", "only numbers"),
        ("1e999", "only numbers"),
        ("9999999999", "only numbers"),
        ("...", "only numbers"),
        ("x**101", "exponents of at most 100"),
        ("x**-(99+2)", "exponents of at most 100"),
        ("x**(1/0)", "exponents of at most 100"),
        ("x**sqrt(-1)", "exponents of at most 100"),
        ("9**9**9**9", "must not have a power as an exponent"),
        ("2**(1 + x**2)", "must not have a power as an exponent"),
        ("x" + "+x" * 249, "is nested more than 40 deep"),
        ("x" + "+x" * 250, r"is 501 characters long \(at most 500\)"),
        ("-" * 499 + "x", "is nested|cannot be read"),
        ("(" * 250 + ")" * 250, "cannot be read"),
        ("0x" + "f" * 400, "only numbers"),
        ("9" * 500, "only numbers"),
    ],
)
def test_everything_else_is_refused_in_one_short_sentence(text, message):
    with pytest.raises(InputError, match=message) as raised:
        Expression(text)
    said = str(raised.value)
    assert len(said) <= 200
    assert said.isprintable()


def test_an_expression_is_text():
    with pytest.raises(InputError, match="must be text. Received: list"):
        Expression(["x"])

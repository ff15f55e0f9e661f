"""Expressions that try to run something, to hang, or to break the parser."""


def hostile(rng, mark):
    """Return one of them; those that run would leave a file at `mark`."""
    good = ["x", "y", "1", "sin(x)", "x*y", "where(x>0,x,y)", "2**x"]
    call = rng.choice([f"open({mark!r},'w')", f"exec('open({mark!r},\"w\")')", f"__import__('os').mknod({mark!r})", "exec('1')",
                       f"eval(\"open({mark!r},'w')\")", "().__class__.__base__.__subclasses__()", "globals()", "exit()",
                       "breakpoint()", "input()", "sin.__globals__", "x.tofile('/tmp/x')"])  # fmt: skip
    number = rng.choice(["9", "10", "99999999", "1e308", "9" * 400, "1_0", "0xffff", "1e5"])
    shapes = [
        lambda: f"[{call} for q in (1,)]",
        lambda: f"({call} for q in (1,))",
        lambda: f"f'{{{call}}}'",
        lambda: f"lambda: {call}",
        lambda: f"(lambda: {call})()",
        lambda: f"where(*({call} for q in (1,)))",
        lambda: f"x if {call} else y",
        lambda: f"{rng.choice(good)} + {call}",
        lambda: f"(q := {call})",
        lambda: f"{{**{call}}}",
        lambda: f"{call}[{rng.choice(good)}]",
        lambda: f"x\n{call}",
        lambda: f"x;{call}",
        lambda: f"x #{call}",
        lambda: f"sin({call}, x={call})",
        lambda: f"`{call}`",
        lambda: f"@{call}",
        lambda: call,
        lambda: "**".join([number] * rng.randint(3, 9)),
        lambda: f"x * {number}**{number}**{number}",
        lambda: f"{number}**({number}*{number}*11)",
        lambda: f"(x**{number})**{number} + q",
        lambda: "(" * rng.randint(100, 3000) + "x",
        lambda: "-" * rng.randint(100, 3000) + "x",
        lambda: "sin(" * 90 + "x" + ")" * 90,
        lambda: "x" + rng.choice(["+x", "*x", "**x", "<x", " if x else x"]) * rng.randint(60, 3000),
        lambda: "".join(chr(rng.choice([rng.randrange(32), rng.randrange(127, 0x110000)])) for _ in range(rng.randint(1, 600))),
        lambda: "".join(rng.choice("xy019.+-*/^()<>=!, sincoexpwhr_") for _ in range(rng.randint(1, 500))) + "(",
    ]
    return rng.choice(shapes)()

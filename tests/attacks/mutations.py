"""Seeded damage to the bytes of a file, and hostile values in the place of good ones in JSON."""

import copy

WORDS = (
    *(b"NaN", b"null", b"[]", b"{}", b"-1", b"1e999", b'"', b"\x00", b"\xff\xfe", b"9" * 400, b"[" * 2000, b"true", b"(", b"O"),
    *(b"Infinity", b"1e38", b"\\u001b[2J", b"__import__('os')", b"\\ud800", b",", b"\n", b"/dev/zero", b"../.."),
)


def mutate(content, rng):
    """Return bytes with one to four changes: flips, cuts, repeats, and words that parsers trip over."""
    content = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(content) + 1)
        kind = rng.randrange(5)
        if kind == 0 and at < len(content):
            content[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del content[at : at + rng.randint(1, 40)]
        elif kind == 2:
            content[at:at] = content[at : at + rng.randint(1, 200)]
        elif kind == 3:
            content[at : at + rng.randint(0, 8)] = rng.choice(WORDS)
        else:
            content = content[:at]
    return bytes(content)


VALUES = (
    *(None, True, -1, 0, 1e308, float("nan"), float("inf"), 2**70, 10**9, "", "x" * 5000, [], {}, [[]], [1] * 300),
    *("os.system", "__import__('os').system('true')", "../../etc/passwd", "/dev/zero", "\x1b[2J\x07", "\u202egnp", "a\nb"),
    "\ud800",
    *({"class_name": "system", "module": "os", "registered_name": None, "config": {"command": "true"}},
      {"class_name": "Lambda", "module": "keras.layers", "registered_name": None, "config": {"function": "lambda x: x"}},
      {"class_name": "function", "module": "builtins", "config": "eval", "registered_name": "function"},
      {"class_name": "Adam", "module": "keras.optimizers", "registered_name": None, "config": {"learning_rate": 0.1}},
      {"class_name": "Adam", "module": "keras.optimizers", "registered_name": None, "config": {"learning_rate": "x"}},
      {"class_name": "__lambda__", "config": {"value": "x"}},
      {"class_name": "Dense", "module": "ganzoo.networks.dense", "registered_name": "ganzoo.networks>Dense", "config": {}},
      {"class_name": "GAN", "module": "ganzoo.gan", "registered_name": "ganzoo.gan>GAN", "config": {"image_shape": [8, 8, 1]}}),
)  # fmt: skip


def places(value, path=()):
    """Return the paths of all parts of a nested JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [each for key, part in inner for each in ((*path, key), *places(part, (*path, key)))]


def distort(value, rng):
    """Return a copy of a nested JSON value with one or two parts replaced, removed, renamed or doubled."""
    value = copy.deepcopy(value)
    for _ in range(rng.randint(1, 2)):
        found = places(value)
        if not found:
            return value
        *way, last = rng.choice(found)
        parent = value
        for key in way:
            parent = parent[key]
        kind = rng.randrange(5)
        if kind == 0:
            del parent[last]
        elif kind == 1 and isinstance(parent, dict):
            parent[rng.choice(("__class__", "\x1b]0;", "function", "x" * 200, "steps", "shared_object_id"))] = rng.choice(
                VALUES
            )
        elif kind == 2 and isinstance(parent, dict) and isinstance(last, str):
            parent[last + "_"] = parent.pop(last)
        else:
            parent[last] = copy.deepcopy(rng.choice(VALUES))
    return value

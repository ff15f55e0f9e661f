"""Archives (.npz) and arrays (.npy) that lie, hide code, or would fill the memory."""

import io
import pickle
import struct
import zipfile

import numpy as np
from mutations import mutate

GOOD = np.arange(6 * 4 * 4, dtype="uint8").reshape(6, 4, 4)
BODY = GOOD.tobytes()


class Bomb:
    """An object whose unpickling runs code: it would make the file."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return open, (self.mark, "w")


def npy(array):
    """Return the bytes of an .npy file."""
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def with_header(header, body=BODY, version=(1, 0)):
    """Return an .npy file with any text as its header."""
    text = header.encode("latin1", "replace")
    size = struct.pack("<H" if version == (1, 0) else "<I", min(len(text), 65535))
    return b"\x93NUMPY" + bytes(version) + size + text + body


def header(shape="(6, 4, 4)", descr="'|u1'", order="False", more=""):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, {more}}}\n"


def pickled(mark):
    """Return an .npy file of one object, as `numpy.save(allow_pickle=True)` writes it, whose unpickling runs code."""
    return with_header(header("()", "'|O'"), pickle.dumps(Bomb(mark)))


def arrays(mark):
    """Return {name: bytes of an .npy file} of hostile arrays."""
    huge = ("(999999999999, 4, 4)", "(6, 99999999, 99999999)", "(-6, 4, 4)", "(6, 4, -4)", "(2**70, 1, 1)", "(True, 4, 4)", "6",
            "(6.0, 4, 4)", "[6, 4, 4]", "('6', 4, 4)", "()", "(0, 4, 4)", "(96,)", "(6, 4, 4, 1, 1)", "(6, 4, 4, 7)",
            f"({'1,' * 100})", "(__import__('os').system('true'),)")  # fmt: skip
    types = ("'|O'", "'>u2'", "'<f4'", "'<f2'", "'<c8'", "'|S96'", "'<U4'", "'|V1'", "'<M8[s]'", "'|b1'", "'|i1'", "'u' * 9",
             "'|u1', 'descr': '|O'", "[('a', '|u1')]", "[('a', '|O')]", "'|u1,' * 9999", "eval", "None", "7")  # fmt: skip
    found = {f"shape {shape[:30]}": with_header(header(shape)) for shape in huge}
    found |= {f"type {kind[:30]}": with_header(header(descr=kind)) for kind in types}
    found |= {
        "pickle": pickled(mark),
        "pickle in version 3": with_header(header("()", "'|O'"), pickle.dumps(Bomb(mark)), (3, 0)),
        "a bare pickle": pickle.dumps(Bomb(mark)),
        "header is code": with_header(f"open({mark!r}, 'w')\n"),
        "header is deep": with_header("(" * 5000),
        "header is a list": with_header("[1, 2]\n"),
        "header is text": with_header("x" * 60000),
        "no header": b"\x93NUMPY",
        "version 9": with_header(header(), version=(9, 9)),
        "a long header that is not there": b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**31) + b"{",
        "more keys": with_header(header(more="'x': 1")),
        "fortran order is no truth": with_header(header(order="7")),
        "fortran": npy(np.asfortranarray(GOOD)),
        "too short": npy(GOOD)[:-50],
        "too long": npy(GOOD) + bytes(50),
        "NaN": npy(np.full((6, 4, 4), np.nan)),
        "text": npy(np.array(["a", "b"])),
    }
    return found


def packed(path, members, compression=zipfile.ZIP_STORED):
    """Write a zip of {member: bytes}, whatever they are called."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def archives(folder, mark, rng, count):
    """Write `count` hostile files into a folder and yield (name, path)."""
    special = {
        "ten thousand members": lambda path: packed(path, {f"{i}.npy": b"" for i in range(10_000)}),
        "lzma": lambda path: packed(path, {"images.npy": npy(GOOD)}, zipfile.ZIP_LZMA),
        "bzip2": lambda path: packed(path, {"images.npy": npy(GOOD)}, zipfile.ZIP_BZIP2),
        "above the folder": lambda path: packed(path, {"../../../images.npy": npy(GOOD)}),
        "escapes in a name": lambda path: packed(path, {"\x1b[2J\x07.npy": npy(GOOD), "\u202ey.npy": npy(GOOD)}),
        "long names": lambda path: packed(path, {f"{'x' * 5000}.npy": npy(GOOD), "y.npy": npy(GOOD)}),
        "no arrays": lambda path: packed(path, {"readme.txt": b"x"}),
        "an archive in an archive": lambda path: packed(path, {"images.npy": b"PK\x03\x04" + bytes(100)}),
        "empty": lambda path: path.write_bytes(b""),
        "no zip": lambda path: path.write_bytes(rng.randbytes(1000)),
        "labels that are objects": lambda path: packed(path, {"x_train.npy": npy(GOOD), "y_train.npy": pickled(mark)}),
        "names that are objects": lambda path: packed(
            path, {"x_train.npy": npy(GOOD), "y_train.npy": npy(np.arange(6) % 2), "class_names.npy": pickled(mark)}
        ),
        "labels beyond": lambda path: np.savez(path, x_train=GOOD, y_train=np.arange(6) * 10**12),
        "labels NaN": lambda path: np.savez(path, x_train=GOOD, y_train=np.full(6, np.nan)),
        "labels with escapes": lambda path: np.savez(path, x_train=GOOD, y_train=np.array(["\x1b[2J", "\u202e"] * 3)),
        "an executable": lambda path: path.write_bytes(b"\x7fELF" + bytes(500)),
    }
    made = arrays(mark)
    cases = list(special.items())
    cases += [(f"array {name}", lambda path, c=content: packed(path, {"images.npy": c})) for name, content in made.items()]
    zeros = npy(np.zeros((2**27, 1, 1), "uint8"))
    cases.append(("zeros that unpack", lambda path: packed(path, {"x_train.npy": zeros}, zipfile.ZIP_DEFLATED)))
    good = folder / "good.npz"
    np.savez(good, x_train=GOOD, y_train=np.arange(6) % 3)
    content = good.read_bytes()
    good.unlink()
    while len(cases) < count:
        cases.append((f"mutation {len(cases)}", lambda path: path.write_bytes(mutate(content, rng))))
    for index, (name, write) in enumerate(cases[:count]):
        path = folder / f"{index}.npz"
        write(path)
        yield name, path
        path.unlink()

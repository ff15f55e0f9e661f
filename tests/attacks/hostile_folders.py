"""Folders of images with everything in them that is none."""

import io
import os
import socket
import struct
import zlib

import numpy as np
from mutations import mutate
from PIL import Image

FORMATS = {"png": "PNG", "jpg": "JPEG", "bmp": "BMP", "gif": "GIF", "tif": "TIFF", "webp": "WEBP", "ppm": "PPM",
           "tga": "TGA", "sgi": "SGI", "dds": "DDS"}  # fmt: skip
NAMES = ("\x1b[2J\x07.png", "\u202egnp.exe.png", "a\nb.png", "a\tb.png", "-rf.png", "$(true).png", "'; true;.png",
         "x" * 240 + ".png", "\udcff\udcfe.png", "..png", " .png", "%s%n.png", "e\u0301.png", "NUL.png", "*.png")  # fmt: skip


def picture(rng, name="png", size=(12, 12), mode="RGB"):
    """Return the bytes of a good picture."""
    pixels = np.frombuffer(rng.randbytes(size[0] * size[1] * 3), "uint8").reshape(*size, 3)
    content = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(content, FORMATS[name])
    return content.getvalue()


def png_of(width, height, body=b"", depth=8, color=2):
    """Return a PNG that declares any size."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", body or zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def wrong_content(rng):
    """Return {name: bytes} of files that are no good pictures, whatever they are called."""
    return {
        "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 12 12\n(%pipe%true) (w) file\nshowpage\n",
        "pdf": b"%PDF-1.7\n1 0 obj\n",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        "html": b"<script>1</script>",
        "mvg": b"push graphic-context\nimage over 0,0 0,0 '|true'\n",
        "fits": b"SIMPLE  =                    T" + bytes(2850),
        "ico": b"\x00\x00\x01\x00\x01\x00" + bytes(200),
        "psd": b"8BPS\x00\x01" + bytes(200),
        "zip": b"PK\x03\x04" + bytes(200),
        "elf": b"\x7fELF" + bytes(200),
        "pickle": b"\x80\x04cos\nsystem\n(S'true'\ntR.",
        "nothing": b"",
        "noise": rng.randbytes(3000),
        "zeros": bytes(5000),
        "a bomb of pixels": png_of(60_000, 60_000),
        "the largest sides": png_of(2**31 - 1, 2**31 - 1),
        "no sides": png_of(0, 0),
        "a thread": png_of(1, 2**20),
        "too little": png_of(500, 500),
        "too much": png_of(4, 4, zlib.compress(bytes(10**7))),
        "odd depth": png_of(8, 8, depth=7),
        "odd color": png_of(8, 8, color=9),
        "ppm bomb": b"P6 99999 99999 255\n" + bytes(100),
        "ppm words": b"P6 x y z\n",
        "ppm depth": b"P5 4 4 99999999\n" + bytes(64),
        "bmp bomb": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 60, 0, 0, 54, 40, 50_000, -50_000, 1, 24, 0, 0, 0, 0, 0, 0),
        "gif bomb": b"GIF89a\xff\xff\xff\xff\x00\x00\x00" + bytes(50),
        "tiff of itself": b"II*\x00\x08\x00\x00\x00" + b"\x01\x00" + bytes(12) + b"\x08\x00\x00\x00",
        "tiff far": b"II*\x00\xff\xff\xff\x7f" + bytes(50),
        "text chunk": png_of(8, 8)[:33] + struct.pack(">I", 2**31 - 1) + b"zTXt" + bytes(40),
    }


def special_files(folder):
    """Put links, pipes and sockets called like pictures into a folder; returns how many."""
    os.mkfifo(folder / "pipe.png")
    os.symlink("/dev/zero", folder / "zero.png")
    os.symlink("/dev/stdin", folder / "stdin.png")
    os.symlink("/etc/passwd", folder / "passwd.png")
    os.symlink("nowhere.png", folder / "dangling.png")
    os.symlink("loop.png", folder / "loop.png")
    os.symlink(".", folder / "self")
    os.symlink("/", folder / "root")
    (folder / "folder.png").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.open(folder, os.O_RDONLY)
        listening.bind(f"/proc/self/fd/{here}/socket.png")
        os.close(here)
    return 8


def build(folder, rng, kind):
    """Fill a folder in one of many ways; returns how many good pictures there are (None: not known)."""
    good = rng.randrange(4)
    if kind == "special":
        special_files(folder)
    elif kind == "wrong content":
        contents = wrong_content(rng)
        for index in range(rng.randint(1, 8)):
            suffix = rng.choice((*FORMATS, "pgm", "jpeg", "rgb"))
            (folder / f"bad{index}.{suffix}").write_bytes(contents[rng.choice(sorted(contents))])
        good = None  # a TGA has no mark, so any bytes may be one
    elif kind == "damaged":
        for index in range(6):
            suffix = rng.choice(tuple(FORMATS))
            (folder / f"bad{index}.{rng.choice((suffix, suffix, *FORMATS))}").write_bytes(mutate(picture(rng, suffix), rng))
        good = None
    elif kind == "names":
        for name in rng.sample(NAMES, 6):
            (folder / name).write_bytes(picture(rng) if rng.random() < 0.5 else b"no picture")
        good = None
    elif kind == "classes":
        for name in rng.sample((*NAMES, "cats", "dogs", "0", "nested/deep", ".hidden"), 4):
            below = folder / name.removesuffix(".png")
            below.mkdir(parents=True, exist_ok=True)
            for index in range(rng.randrange(4)):
                (below / f"{index}.png").write_bytes(picture(rng) if rng.random() < 0.8 else rng.randbytes(50))
            if rng.random() < 0.3:
                os.symlink(folder, below / "up")
            if rng.random() < 0.3:
                os.mkfifo(below / "pipe.png")
        good = None
    elif kind == "modes":
        for index, mode in enumerate(("1", "L", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F", "LA")):
            Image.new(mode, (rng.choice((1, 3, 12, 300)), 12)).save(folder / f"{index}.{'tif' if mode != 'LA' else 'png'}")
        good = None
    elif kind == "deep":
        below = folder
        for level in range(rng.randint(5, 60)):
            below = below / f"{level}"
        below.mkdir(parents=True)
        (below / "x.png").write_bytes(picture(rng))
        good = None
    for index in range(good or 0):
        (folder / f"good{index}.png").write_bytes(picture(rng))
    return good


KINDS = (
    "special",
    "wrong content",
    "wrong content",
    "damaged",
    "damaged",
    "names",
    "classes",
    "classes",
    "modes",
    "deep",
    "nothing",
)

"""Run folders as a stranger might make them: 300 of a good one, each changed in one way."""

import hashlib
import io
import json
import os
import shutil

import numpy as np
from hostile_archives import header, pickled, with_header
from mutations import distort, mutate


def newest(folder):
    """Return the folder of the newest checkpoint."""
    return max((folder / "checkpoints").glob("step_*"))


def seal(checkpoint):
    """Let the manifest fit the archive: SHA-256 keeps accidents out, not strangers."""
    content = (checkpoint / "arrays.npz").read_bytes()
    manifest = json.loads((checkpoint / "manifest.json").read_text())
    manifest |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (checkpoint / "manifest.json").write_text(json.dumps(manifest))


def change_config(folder, rng, mark):
    path = folder / "config.json"
    path.write_text(json.dumps(distort(json.loads(path.read_text()), rng)))


def change_flags(folder, rng, mark):
    """Change what the command remembers: its name, its flags."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    flags = config["notes"]["flags"]
    name = rng.choice(sorted(flags))
    hostile = (f"__import__('os').mknod({mark!r})", f"{{{mark}}}", "/dev/zero", "/proc/self/mem", "x" * 10_000,
               "\x1b[2J", 10**30, -1, 0, None, True, 1.5, [], {"a": 1}, ["x"] * 100, float("nan"), "../../../nowhere",
               "mnist_of_nobody")  # fmt: skip
    change = rng.randrange(4)
    if change == 0:
        config["notes"]["experiment"] = rng.choice(
            ("os", "__main__", "../train", "sample", None, 7, ["x"], "\x1b[2J", "function-gan", "cyclegan")
        )
    elif change == 1:
        flags[rng.choice(("function", "run_dir", "resume", "flagfile", "\x1b[2J", "__class__", "x" * 300))] = rng.choice(
            hostile
        )
    else:
        flags[name] = rng.choice(hostile)
    path.write_text(json.dumps(config))


def change_bytes(folder, rng, mark):
    path = rng.choice([path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"])
    path.write_bytes(mutate(path.read_bytes(), rng))
    if path.name == "arrays.npz" and rng.random() < 0.7:
        seal(path.parent)


def change_arrays(folder, rng, mark):
    """Hand out other arrays than the network has, under a manifest that fits."""
    checkpoint = newest(folder)
    with np.load(checkpoint / "arrays.npz") as read:
        arrays = {name: read[name] for name in read.files}
    name = rng.choice(sorted(arrays))
    change = rng.choice(("object", "shape", "type", "gone", "more", "huge", "NaN", "name", "logs", "many", "header"))
    extra = {}
    if change == "shape":
        arrays[name] = np.zeros((3, *arrays[name].shape), arrays[name].dtype)
    elif change == "type":
        arrays[name] = arrays[name].astype(rng.choice(("float64", "int8", "complex64", "U5", "bool")))
    elif change == "gone":
        del arrays[name]
    elif change == "more":
        arrays["../../x"] = np.zeros(3)
    elif change == "NaN":
        arrays[name] = np.full_like(arrays[name], np.nan) if arrays[name].dtype.kind == "f" else arrays[name]
    elif change == "name":
        arrays["\x1b[2J\x07" + name] = arrays.pop(name)
    elif change == "logs":
        arrays["logs/\x1b[2J/total"] = np.zeros(rng.choice(((), (4,))), rng.choice(("float32", "int64")))
    elif change == "many":
        arrays |= {f"logs/{i}/total": np.zeros((), "float32") for i in range(300)}
    elif change == "object":
        arrays.pop(name)
        extra = {f"{name}.npy": pickled(mark)}
    elif change == "huge":
        arrays.pop(name)
        extra = {f"{name}.npy": with_header(header("(9999999999, 9999999)", "'<f4'"), b"")}
    else:
        arrays.pop(name)
        extra = {f"{name}.npy": with_header(rng.choice((f"open({mark!r}, 'w')\n", "(" * 3000, header("(2**40,)"))))}
    write(checkpoint / "arrays.npz", arrays, extra)
    seal(checkpoint)


def write(path, arrays, extra):
    import zipfile

    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.save(content, array)
            archive.writestr(f"{name}.npy", content.getvalue())
        for name, content in extra.items():
            archive.writestr(name, content)


def put_special(folder, rng, mark):
    """Put a link, a pipe or a folder where a file of the run is, or where one will be written."""
    victim = folder.parent / "victim"
    names = ("config.json", "metrics.csv", "diagnosis.json", "samples", "checkpoints", "tensorboard", "generator",
             ".lock", "losses.png", "samples.gif", "samples_1.png", "config.writing.json", "metrics.writing.csv",
             "checkpoints/later_step_00000004", str(newest(folder).relative_to(folder) / "arrays.npz"),
             str(newest(folder).relative_to(folder) / "manifest.json"))  # fmt: skip
    path = folder / rng.choice(names)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif os.path.lexists(path):
        path.unlink()
    kind = rng.choice(("pipe", "zero", "victim", "victim folder", "itself", "nowhere", "folder", "memory"))
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        targets = {"zero": "/dev/zero", "victim": victim / "file", "victim folder": victim, "itself": path,
                   "nowhere": "nowhere", "memory": "/proc/self/mem"}  # fmt: skip
        os.symlink(targets[kind], path)


def misname(folder, rng, mark):
    """Give checkpoints and pictures names and identities that they should not have."""
    checkpoint, change = newest(folder), rng.randrange(4)
    if change == 0:
        name = rng.choice(
            ("step_99999999999999999999", "step_-0000001", "step_0000000x", "step_\u0661\u0662\u0663", "step_99999999")
        )
        os.rename(checkpoint, checkpoint.with_name(name))
    elif change == 1:
        manifest = json.loads((checkpoint / "manifest.json").read_text())
        key = rng.choice(sorted(manifest))
        manifest[key] = rng.choice((0, -1, 10**30, "f" * 16, None, [], "\x1b[2J", True, 99))
        (checkpoint / "manifest.json").write_text(json.dumps(manifest))
    elif change == 2:
        for index in range(30):
            (folder / "samples" / f"step_{index:06d}.png").write_bytes(rng.randbytes(100))
    else:
        shutil.rmtree(folder / rng.choice(("samples", "checkpoints", "tensorboard")))


CHANGES = (change_config, change_config, change_flags, change_flags, change_bytes, change_arrays, change_arrays,
           put_special, put_special, misname)  # fmt: skip

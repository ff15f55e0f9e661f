"""1,500 damaged checkpoints: what is read back is what was saved, or nothing."""

import json
import os
import random
import shutil

import numpy as np
import pytest
from attempts import Attempts
from conftest import slow
from mutations import mutate

from ganzoo.training.runs import CheckpointStore

STEPS = (10, 20, 30)


def arrays(step):
    """Return the arrays of a step; every element tells which."""
    return {
        "generator/generator/000_kernel": np.full((7, 5), step, "float32"),
        "discriminator/optimizer/001": np.full((3, 2, 2), step + 0.5, "float32"),
        "generator/generator/001_seed_generator_state": np.full(2, step, "int32"),
        "step": np.array(step, "int64"),
    }


def damage(folder, rng):
    """Do one or two of the things that crashes, disks and people do to a folder of checkpoints; returns a name."""
    names = []
    for _ in range(rng.randint(1, 2)):
        step = rng.choice(STEPS)
        at = folder / f"step_{step:08d}"
        file = at / rng.choice(("arrays.npz", "arrays.npz", "manifest.json"))
        kind = rng.choice(("bytes", "bytes", "bytes", "cut", "zeros", "longer", "empty", "gone", "no folder", "other",
                           "renamed", "stale", "swap", "nothing inside", "a file"))  # fmt: skip
        names.append(f"{kind} {step} {file.name}")
        if not file.is_file():
            continue
        content = file.read_bytes()
        other = folder / f"step_{rng.choice(STEPS):08d}"
        if kind == "bytes":
            file.write_bytes(mutate(content, rng))
        elif kind == "cut":
            file.write_bytes(content[: rng.randrange(len(content) + 1)])
        elif kind == "zeros":
            start = rng.randrange(len(content) + 1)
            file.write_bytes(content[:start] + bytes(len(content) - start))
        elif kind == "longer":
            file.write_bytes(content + rng.randbytes(rng.randint(1, 5000)))
        elif kind == "empty":
            file.write_bytes(b"")
        elif kind == "gone":
            file.unlink()
        elif kind == "no folder":
            shutil.rmtree(at)
        elif kind == "other" and (other / file.name).is_file():
            shutil.copyfile(other / file.name, file) if other != at else None
        elif kind == "renamed" and not (folder / "step_00000040").exists():
            os.rename(at, folder / "step_00000040")
        elif kind == "stale":
            os.rename(at, folder / f"writing_{at.name}")
        elif kind == "swap" and file.name == "manifest.json":
            manifest = json.loads(content) if content[:1] == b"{" and content[-2:-1] != b"," else {}
            file.write_text(
                json.dumps(manifest | {"step": rng.choice((step, 40, -1, "x")), "stage": rng.choice((0, 1, 10**9))})
            )
        elif kind == "nothing inside":
            shutil.rmtree(at)
            at.mkdir()
        elif kind == "a file":
            shutil.rmtree(at)
            at.write_bytes(content)
    return " and ".join(names)


@pytest.mark.parametrize("count", [40, slow(1500)])
def test_damaged_checkpoints(count, tmp_path):
    good = CheckpointStore(tmp_path / "good", run="0" * 16)
    for step in STEPS:
        good.save(step, arrays(step))
    expected = {name: (array.shape, array.dtype) for name, array in arrays(0).items()}
    attempts, newest, passed_over = Attempts(seconds=1.0), 0, []
    for seed in range(count):
        rng, folder = random.Random(seed), tmp_path / "damaged"
        shutil.copytree(tmp_path / "good", folder)
        name = damage(folder, rng)
        store = CheckpointStore(folder, run="0" * 16)
        wanted, repair = rng.choice((expected, None, lambda stage: expected)), rng.random() < 0.5
        found, said = attempts(
            f"{seed}: {name}", lambda s=store, w=wanted, r=repair: s.latest(w, report=passed_over.append, repair=r)
        )
        if found is not None:
            assert found.arrays.keys() == arrays(0).keys(), name
            for key, array in arrays(found.step).items():
                np.testing.assert_array_equal(found.arrays[key], array, err_msg=f"{seed}: {name}")
                assert found.arrays[key].dtype == array.dtype
            newest += found.step == STEPS[-1]
        if said == "" and repair:
            store.save(50, arrays(50))
            assert store.latest(expected).step == 50
        shutil.rmtree(folder)
    assert attempts.done > 0.8 * count
    assert 0.2 * count < newest < 0.95 * count
    assert len(passed_over) > 0.3 * count

"""Measure a training step, and a peer's in turn on the same machine.

    python -m experiments.benchmark
    python -m experiments.benchmark --peer="torch_wgan.py channels_last" --peer_python=torch/bin/python
    python -m experiments.benchmark --model=dcgan --steps=20
    python -m experiments.benchmark --model=function --lecture_baseline
    python -m experiments.benchmark --model=recipe --steps=32
    python -m experiments.benchmark --layers
    python -m experiments.benchmark --techniques

A peer is a script that prints `NAME seconds_per_step X`. Machines are noisy: ours and the peer's alternate for --rounds rounds,
and the ratio of the medians is what counts. GFLOP/s counts the multiply-adds of convolutions and matrix products that the
step computes (2 each, the merged ones of the up-sampling layers), beside the best that this machine reaches on one large
convolution.
"""

import math
import pathlib
import resource
import shlex
import statistics
import subprocess
import sys
import time

from experiments.timing import last, random_batches, seconds
from ganzoo.commands import command
from ganzoo.commands.flags import Flag, choice, count, refuse_beside
from ganzoo.errors import InputError
from ganzoo.registry import MODELS

TOGETHER = 100  # steps of a GAN of points in one program, as its command has them
# type of an operation: attributes that name graphs inside of it
INNER = {
    "PartitionedCall": ("f",),
    "StatefulPartitionedCall": ("f",),
    "While": ("body",),
    "StatelessWhile": ("body",),
    "If": ("then_branch", "else_branch"),
    "StatelessIf": ("then_branch", "else_branch"),
}
COUNTED = ("Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter", "MatMul", "BatchMatMulV2")


def short_name(recipe):
    """Return what --model calls a recipe: mlp, dcgan, wgan, wgan_gp, function, ..."""
    return recipe.name.removesuffix("-textures").removesuffix("-gan").replace("-", "_")


# name: (class, the lecture's batch size, image size, channels)
NAMES = {
    short_name(entry.recipe): (name, entry.recipe.batch_size, "28", 1)
    if entry.recipe.dataset == "digits"
    else (name, 128 if entry.recipe.data == "images" else entry.recipe.batch_size, "32", 3)
    for name, entry in MODELS.items()
}


def groups():
    """Return {title: flags}."""
    return {
        "flags": [
            choice("model", "wgan", (*NAMES, "recipe"), "which GAN; recipe is ganzoo.recipes.modern"),
            Flag("lecture_baseline", False, "take the lecture's own game of --model=function, which its peers play", bool),
            Flag("batch_size", 0, "images per update; 0 for the lecture's", int, low=0),
            Flag("image_size", "", "pixels, 32 or 48x32 (height x width); default: the lecture's"),
            Flag("channels", 0, "1, 3 or 4; 0 for the lecture's", int, low=0),
            count("steps", 4, "steps timed in each round, more where a lazy penalty's turn is longer"),
            count("rounds", 3, "turns of ours and of each peer"),
            Flag("peer", [], "script and arguments of a peer, run in turn; may be repeated", list, repeated=True),
            Flag("peer_python", sys.executable, "the Python that runs the peers"),
            Flag("layers", False, "measure the layers against Keras's own instead", bool),
            Flag("techniques", False, "measure what each technique of experiments.techniques costs instead", bool),
        ]
    }


def measured_peak():
    """Return the best GFLOP/s of a large convolution and of a matrix product."""
    import tensorflow as tf

    best = 0.0
    images, square = tf.random.normal((128, 16, 16, 128)), tf.random.normal((2048, 2048))
    work = [(lambda k=k: tf.nn.conv2d(images, tf.ones((k, k, 128, 128)), 1, "SAME"), 2 * images.shape[0] * 256 * (128 * k) ** 2)
            for k in (3, 4, 5)]  # fmt: skip
    for function, operations in [*work, (lambda: tf.matmul(square, square), 2 * 2048**3)]:
        function = tf.function(lambda function=function: tf.reduce_sum(function()))
        best = max(best, operations / min(seconds(function, 6)) / 1e9)
    return best


def step_operations(graph, repeats, share=1.0):
    """Return the floating-point operations of convolutions and matrix products in a graph: 2 for each multiply-add.

    Args:
        graph: `tf.Graph` of a step, its shapes known.
        repeats: how often the body of its one loop runs: the discriminator updates but the last.
        share: of the steps, in which its conditions hold: those with a lazy penalty.
    """
    total, times = 0, {"f": 1, "body": repeats, "then_branch": share, "else_branch": 1 - share}
    for operation in graph.get_operations():
        if operation.type in COUNTED:
            total += _multiply_adds(operation) * 2
        for attribute in INNER.get(operation.type, ()):
            total += times[attribute] * step_operations(_inner(graph, operation, attribute), repeats, share)
    return total


def _multiply_adds(operation):
    """Return those of a convolution, of its gradients, or of a matrix product."""
    if "Conv2D" not in operation.type:
        left, right = (each.shape for each in operation.inputs)
        inner = left[-2] if operation.type == "MatMul" and operation.get_attr("transpose_a") else left[-1]
        return math.prod(operation.outputs[0].shape) * inner if right.rank else 0
    # The kernel meets each pixel of the smaller side, the convolution's output, once.
    kernel, small = {
        "Conv2D": lambda: (operation.inputs[1].shape, operation.outputs[0].shape),
        "Conv2DBackpropInput": lambda: (operation.inputs[1].shape, operation.inputs[2].shape),
        "Conv2DBackpropFilter": lambda: (operation.outputs[0].shape, operation.inputs[2].shape),
    }[operation.type]()
    return math.prod(small) * math.prod(kernel[:3])


def _inner(graph, operation, attribute):
    """Return the graph of a function that an operation calls."""
    return graph._get_function(operation.get_attr(attribute).name).graph


def peer_seconds(line, python):
    """Run a peer once and return its seconds per step."""
    done = subprocess.run([python, *shlex.split(line)], capture_output=True, text=True, check=False)
    words = done.stdout.split()
    if done.returncode or "seconds_per_step" not in words:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise InputError(f"the peer {line!r} must print `NAME seconds_per_step X`. Received: {' '.join(last)}")
    return float(words[words.index("seconds_per_step") + 1])


def benchmark_layers(batch_size):
    """Print forward and forward+backward milliseconds of our layers and of what they replace."""
    import keras
    import tensorflow as tf

    from ganzoo import layers

    def measure(layer, shape):
        inputs = tf.random.normal(shape)
        layer(inputs)

        def gradient():
            with tf.GradientTape() as tape:
                tape.watch(inputs)
                outputs = layer(inputs, training=True)
            gradients = tape.gradient(outputs, [inputs, *(v.value for v in layer.trainable_variables)], outputs)
            return tf.add_n([tf.reduce_sum(g) for g in gradients])

        forward = tf.function(lambda: tf.reduce_sum(layer(inputs, training=True)))
        return [1e3 * min(seconds(function, 8)) for function in (forward, tf.function(gradient))]

    n, plain = batch_size or 128, keras.layers
    for name, shape, fast, slow in (
        ("UpsampleConv2D(128, 4)", (n, 8, 8, 128), layers.UpsampleConv2D(128, 4),
         keras.Sequential([plain.UpSampling2D(), plain.Conv2D(128, 4, padding="same")])),
        ("UpsampleConv2D(64, 4)", (n, 16, 16, 128), layers.UpsampleConv2D(64, 4),
         keras.Sequential([plain.UpSampling2D(), plain.Conv2D(64, 4, padding="same")])),
        ('UpsampleConv2D(12, 3, padding="valid")', (n, 34, 34, 24), layers.UpsampleConv2D(12, 3, padding="valid"),
         keras.Sequential([plain.UpSampling2D(), plain.Conv2D(12, 3)])),
        ("NarrowConv2D(3, 4)", (n, 32, 32, 64), layers.NarrowConv2D(3, 4), plain.Conv2D(3, 4, padding="same")),
        ("FusedBatchNormalization()", (n, 32, 32, 64), layers.FusedBatchNormalization(), plain.BatchNormalization()),
    ):  # fmt: skip
        ours, theirs = measure(fast, shape), measure(slow, shape)
        print(f"{name} on {shape}: forward {ours[0]:.0f} ms, Keras {theirs[0]:.0f} ms; "
              f"with gradients {ours[1]:.0f} ms, Keras {theirs[1]:.0f} ms")  # fmt: skip


def benchmark_techniques(options):
    """Print a Markdown table of each technique's seconds a step and their ratio to a step without any."""
    from experiments import techniques
    from experiments.benchmark_techniques import slowdowns
    from ganzoo.data import parse_image_size

    shape = (*parse_image_size(options.image_size or "32"), options.channels or 3)
    batch_size, steps = options.batch_size or 64, options.steps
    tried = [each for each in techniques.TECHNIQUES if each != "lecture_wgan"]  # which has networks of its own
    print(f"GAN of networks.Compact, batch {batch_size}, {'x'.join(map(str, shape))}; medians of {options.rounds} rounds\n")
    print("| technique | ms/step | times the step without |\n|---|---|---|", flush=True)
    for technique, mine, ratio in slowdowns("forest", shape, batch_size, tried, steps, options.rounds):
        print(f"| {technique.replace('_', ' ')} | {1e3 * mine:.1f} | {ratio:.2f} |", flush=True)


def prepare(options):
    """Return (model, batches of a step, callable that plays a step, or `TOGETHER` of them, and returns a scalar tensor)."""
    import tensorflow as tf

    import ganzoo
    from ganzoo.data import parse_image_size

    name, batch_size, size, channels = NAMES.get(options.model, ("GAN", 64, "28", 1))
    make = ganzoo.recipes.modern if options.model == "recipe" else getattr(ganzoo, name)
    if options.lecture_baseline:
        make = getattr(make, "lecture_baseline", None)
        if make is None:
            raise InputError(f"--lecture_baseline is of --model=function. Received: --model={options.model}")
    batch_size, channels = options.batch_size or batch_size, options.channels or channels
    if MODELS[name].recipe.data in ("points", "function"):
        model = make()
        model.set_steps_per_execution(TOGETHER)
        batches = random_batches(model, TOGETHER, batch_size)
        program = tf.function(model.train_step, jit_compile=True, autograph=False)
        return model, batches, lambda: last(program(batches))
    if channels not in (1, 3, 4):
        raise InputError(f"channels must be 1, 3 or 4. Received: --channels={channels}")
    model = make(image_shape=(*parse_image_size(options.image_size or size), channels))
    batches = random_batches(model, model.batches_per_step, batch_size)
    return model, batches, lambda: last(model._play_step(batches))


def check_together(options):
    """Raise InputError for a flag that what is to be measured would ignore."""
    kinds = [name for name in ("layers", "techniques") if options[name].value]
    ignored = {
        "layers": ("model", "lecture_baseline", "image_size", "channels", "steps", "rounds", "peer", "techniques"),
        "techniques": ("model", "lecture_baseline", "peer"),
    }
    if kinds:
        refuse_beside(options, f"--{kinds[0]}", ignored[kinds[0]])


def main(options):
    check_together(options)
    if options.layers:
        benchmark_layers(options.batch_size)
        return
    if options.techniques:
        benchmark_techniques(options)
        return
    from experiments.benchmark_techniques import period

    for line in options.peer:
        if not shlex.split(line) or not pathlib.Path(shlex.split(line)[0]).is_file():
            raise InputError(f"there is no peer script {line!r}.")
    model, batches, step = prepare(options)
    cycle = period(model.objective.regularizers) if hasattr(model, "objective") else 1
    steps = cycle * math.ceil(options.steps / cycle)
    together, examples = model.steps_per_call, next(iter(batches.values()))
    batch_size, name, start = examples.shape[1], type(model).__name__, time.perf_counter()
    step().numpy()
    print(f"first step, tracing included: {time.perf_counter() - start:.1f} s")
    ours, theirs, peaks = [], {line: [] for line in options.peer}, []
    for round_number in range(1, options.rounds + 1):
        peaks.append(measured_peak())
        ours.append(statistics.fmean(seconds(step, steps)) / together)
        line = f"round {round_number}: {name} {ours[-1]:.4g} s/step"
        for peer, times in theirs.items():
            times.append(peer_seconds(peer, options.peer_python))
            line += f", {pathlib.Path(shlex.split(peer)[0]).stem} {times[-1]:.4g} s/step"
        print(line, flush=True)
    middle = statistics.median(ours)
    shape = "x".join(map(str, examples.shape[2:]))
    print(f"{name}, batch {batch_size}, {shape}: {middle:.4g} s/step (median), "
          f"{model.batches_per_step * batch_size / middle:.0f} images/s")  # fmt: skip
    if together == 1:
        graph = model._play_step.get_concrete_function(batches).graph
        operations = step_operations(graph, model.batches_per_step - 1, 1 / cycle)
        rate, peak = operations / middle / 1e9, statistics.median(peaks)
        print(f"{rate:.0f} GFLOP/s, {100 * rate / peak:.0f} % of this machine's {peak:.0f} GFLOP/s")
        print(f"traces of the step: {model._play_step.experimental_get_tracing_count()}")
    unit = 2**20 if sys.platform == "darwin" else 2**10  # of ru_maxrss: bytes on macOS, kilobytes on Linux
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit:.0f} MB")
    for peer, times in theirs.items():
        print(f"ratio to {peer!r}: {middle / statistics.median(times):.3f} (medians of {options.rounds} rounds)")


if __name__ == "__main__":
    command.run(main, groups(), __doc__)

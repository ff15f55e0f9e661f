"""Measure a training step, and a peer's in turn on the same machine.

    python -m experiments.benchmark
    python -m experiments.benchmark --peer="torch_wgan.py channels_last" --peer_python=torch/bin/python
    python -m experiments.benchmark --model=dcgan --steps=20

A peer is a script that prints `NAME seconds_per_step X`. Machines are noisy: ours and the peer's alternate for --rounds rounds,
and the ratio of the medians is what counts. GFLOP/s counts the multiply-adds of convolutions and matrix products that the
step computes (2 each, the merged ones of the up-sampling layers), beside the best that this machine reaches on one large
convolution.
"""

import pathlib
import resource
import shlex
import statistics
import subprocess
import sys
import time

from absl import flags

from experiments import command
from experiments.flags import choice, count
from ganzoo.errors import InputError

FLAGS = flags.FLAGS
# name: (class, the lecture's batch size, image size, channels)
MODELS = {
    "wgan": ("WGAN", 128, "32", 3),
    "wgan_gp": ("WGANGP", 128, "32", 3),
    "relativistic": ("RelativisticGAN", 128, "32", 3),
    "dcgan": ("DCGAN", 64, "28", 1),
    "lsgan": ("LSGAN", 64, "28", 1),
    "cgan": ("CGAN", 64, "28", 1),
    "infogan": ("InfoGAN", 64, "28", 1),
    "mlp": ("GAN", 128, "28", 1),
    "function": ("FunctionGAN", 100, "", 0),
}
TOGETHER = 100  # steps of the function GAN in one program, as its experiment has them
choice("model", "wgan", tuple(MODELS), "which GAN")
flags.DEFINE_integer("batch_size", 0, "images per update; 0 for the lecture's", 0)
flags.DEFINE_string("image_size", "", "pixels, 32 or 48x32 (height x width); default: the lecture's")
flags.DEFINE_integer("channels", 0, "1, 3 or 4; 0 for the lecture's", 0)
count("steps", 4, "steps timed in each round, after two that are not; at least 1")
count("rounds", 3, "turns of ours and of each peer; at least 1")
flags.DEFINE_multi_string("peer", [], "script and arguments of a peer, run in turn; may be repeated")
flags.DEFINE_string("peer_python", sys.executable, "the Python that runs the peers")
flags.DEFINE_boolean("layers", False, "measure the layers against Keras's own instead")


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


def seconds(function, repeats):
    """Return how long each of `repeats` calls takes, after one that is not counted."""
    function().numpy()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function().numpy()
        times.append(time.perf_counter() - start)
    return times


def step_operations(gan, images):
    """Return the floating-point operations of convolutions and matrix products in one step."""
    import tensorflow as tf

    total = 0
    options = tf.compat.v1.profiler.ProfileOptionBuilder(tf.compat.v1.profiler.ProfileOptionBuilder.float_operation())
    batch = [tf.TensorSpec(images.shape[1:], tf.float32)]
    batch += [tf.TensorSpec(images.shape[1:2], tf.int32)] if gan.needs_labels else []

    def last(*batch):  # the last discriminator update plays on the generator's own fakes
        return gan.generator_step(*batch, meanwhile=lambda fakes: gan.discriminator_step(*batch, fakes=fakes))

    for step, repeats in ((gan.discriminator_step, gan.n_critic - 1), (last, 1)):
        graph = tf.function(step, autograph=False).get_concrete_function(*batch).graph
        found = tf.compat.v1.profiler.profile(graph, cmd="op", options=options.with_empty_output().build())
        total += repeats * sum(
            child.total_float_ops - sum(below.total_float_ops for below in child.children)
            for child in _nodes(found)
            if child.name in ("Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter", "MatMul")
        )
    return total


def _nodes(node):
    yield node
    for child in node.children:
        yield from _nodes(child)


def peer_seconds(line):
    """Run a peer once and return its seconds per step."""
    done = subprocess.run([FLAGS.peer_python, *shlex.split(line)], capture_output=True, text=True, check=False)
    words = done.stdout.split()
    if done.returncode or "seconds_per_step" not in words:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise InputError(f"the peer {line!r} must print `NAME seconds_per_step X`. Received: {' '.join(last)}")
    return float(words[words.index("seconds_per_step") + 1])


def benchmark_layers():
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

    n, plain = FLAGS.batch_size or 128, keras.layers
    for name, shape, fast, slow in (
        ("UpsampleConv2D(128, 4)", (n, 8, 8, 128), layers.UpsampleConv2D(128, 4),
         keras.Sequential([plain.UpSampling2D(), plain.Conv2D(128, 4, padding="same")])),
        ("UpsampleConv2D(64, 4)", (n, 16, 16, 128), layers.UpsampleConv2D(64, 4),
         keras.Sequential([plain.UpSampling2D(), plain.Conv2D(64, 4, padding="same")])),
        ("NarrowConv2D(3, 4)", (n, 32, 32, 64), layers.NarrowConv2D(3, 4), plain.Conv2D(3, 4, padding="same")),
        ("FusedBatchNormalization()", (n, 32, 32, 64), layers.FusedBatchNormalization(), plain.BatchNormalization()),
    ):  # fmt: skip
        ours, theirs = measure(fast, shape), measure(slow, shape)
        print(f"{name} on {shape}: forward {ours[0]:.0f} ms, Keras {theirs[0]:.0f} ms; "
              f"with gradients {ours[1]:.0f} ms, Keras {theirs[1]:.0f} ms")  # fmt: skip


def prepare():
    """Return (GAN, random images of a step, callable that plays a step, or `TOGETHER` of them, and returns a scalar tensor)."""
    import tensorflow as tf

    import ganzoo
    from ganzoo.data import parse_image_size

    name, batch_size, size, channels = MODELS[FLAGS.model]
    batch_size, channels = FLAGS.batch_size or batch_size, FLAGS.channels or channels
    if FLAGS.model == "function":
        gan = ganzoo.FunctionGAN()
        gan.play_together(TOGETHER)
        points = tf.random.uniform((TOGETHER, batch_size, 2), -1.0, 1.0)
        program = tf.function(gan.train_step, jit_compile=True, autograph=False)
        return gan, points[:1], lambda: program(points)["generator_loss"]
    if channels not in (1, 3, 4):
        raise InputError(f"channels must be 1, 3 or 4. Received: --channels={channels}")
    gan = getattr(ganzoo, name)(image_shape=(*parse_image_size(FLAGS.image_size or size), channels))
    images = tf.cast(tf.random.uniform((gan.n_critic, batch_size, *gan.image_shape), 0, 256, tf.int32), tf.uint8)
    labels = (tf.zeros((gan.n_critic, batch_size), tf.int32),) if gan.needs_labels else ()
    return gan, images, lambda: gan._one_step(images, *labels)["generator_loss"]


def main():
    if FLAGS.layers:
        benchmark_layers()
        return
    for line in FLAGS.peer:
        if not shlex.split(line) or not pathlib.Path(shlex.split(line)[0]).is_file():
            raise InputError(f"there is no peer script {line!r}.")
    gan, images, step = prepare()
    together, batch_size = gan.steps_together, images.shape[1]
    start = time.perf_counter()
    step().numpy()
    print(f"first step, tracing included: {time.perf_counter() - start:.1f} s")
    ours, theirs, peaks = [], {line: [] for line in FLAGS.peer}, []
    for round_number in range(1, FLAGS.rounds + 1):
        peaks.append(measured_peak())
        ours.append(statistics.fmean(seconds(step, FLAGS.steps)) / together)
        line = f"round {round_number}: {type(gan).__name__} {ours[-1]:.4g} s/step"
        for peer, times in theirs.items():
            times.append(peer_seconds(peer))
            line += f", {pathlib.Path(shlex.split(peer)[0]).stem} {times[-1]:.4g} s/step"
        print(line, flush=True)
    middle = statistics.median(ours)
    shape = "x".join(map(str, images.shape[2:]))
    print(f"{type(gan).__name__}, batch {batch_size}, {shape}: {middle:.4g} s/step (median), "
          f"{gan.n_critic * batch_size / middle:.0f} images/s")  # fmt: skip
    if together == 1:
        rate, peak = step_operations(gan, images) / middle / 1e9, statistics.median(peaks)
        print(f"{rate:.0f} GFLOP/s, {100 * rate / peak:.0f} % of this machine's {peak:.0f} GFLOP/s")
        print(f"traces of the step: {gan._one_step.experimental_get_tracing_count()}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    for peer, times in theirs.items():
        print(f"ratio to {peer!r}: {middle / statistics.median(times):.3f} (medians of {FLAGS.rounds} rounds)")


if __name__ == "__main__":
    command.run(main, __doc__)

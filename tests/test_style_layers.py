"""The layers of StyleGAN2 and StyleGAN3 against their formulas, and the path length regularizer."""

import keras
import numpy as np
import pytest
import scipy.signal
from keras import ops

from ganzoo import backend
from ganzoo.errors import InputError
from ganzoo.layers import FourierFeatures, ModulatedConv2D, Resample2D, RunningScale, ScaledNoise, Truncation
from ganzoo.layers.resample import kaiser_lowpass, resampling_matrix
from ganzoo.regularizers import Lazy, PathLength, path_lengths


def normal(*shape, seed=0, dtype="float64"):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def convolved_alone(layer, x, w):
    """Return what the layer computes for one sample, from the kernel that the paper's equations make for it."""
    kernel = ops.convert_to_numpy(layer.kernel) / np.sqrt(np.prod(layer.kernel.shape[:3]))
    scales = w @ ops.convert_to_numpy(layer.affine.kernel) / np.sqrt(len(w)) + 1.0
    kernel = kernel * scales[None, None, :, None]
    if layer.demodulate:
        kernel = kernel / np.sqrt((kernel**2).sum(axis=(0, 1, 2)) + 1e-8)
    kernel = kernel * layer.gain
    if layer.upsample:
        wide = ops.conv_transpose(x[None], kernel.transpose(0, 1, 3, 2), 2, "valid", data_format="channels_last")
        return 4 * np.array(Resample2D((1, 3, 3, 1), padding=(1, 1), dtype="float64")(wide))[0]
    if layer.padding == "full":
        x = np.pad(x, ((2, 2), (2, 2), (0, 0)))
    padding = "valid" if layer.padding == "full" else "same"
    return np.array(ops.conv(x[None], kernel, 1, padding, data_format="channels_last"))[0]


@pytest.mark.parametrize(
    "options", [{}, {"demodulate": False, "gain": 0.5}, {"upsample": True, "gain": 1.5}, {"padding": "full"}]
)
def test_modulated_convolution_is_a_convolution_with_a_kernel_a_sample(options):
    x, w = normal(3, 5, 4, 6), normal(3, 7, seed=1)
    for dtype, tolerance in (("float64", 1e-10), ("float32", 1e-5)):
        layer = ModulatedConv2D(4, 3, dtype=dtype, **options)
        found = np.array(layer([ops.cast(x, dtype), ops.cast(w, dtype)]))
        expected = np.stack([convolved_alone(layer, *each) for each in zip(x, w, strict=True)])
        assert found.shape == layer.compute_output_shape([x.shape, w.shape]) == expected.shape
        np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * np.abs(expected).max())
    assert layer.get_config().items() >= options.items()


@pytest.mark.parametrize(("size", "upsample", "expected"), [(5, True, "3 with upsample"), (1, True, "3"), (2, False, "odd")])
def test_other_kernels_are_refused(size, upsample, expected):
    with pytest.raises(InputError, match=f"size must be {expected}.* Received: size={size}"):
        ModulatedConv2D(3, size, upsample=upsample)


def test_demodulated_features_keep_unit_variance_whatever_the_style():
    layer = ModulatedConv2D(64, 3)
    x, w = normal(4, 16, 16, 32, dtype="float32"), 30 * normal(4, 8, seed=1, dtype="float32")
    spread = np.array(layer([x, w]))[:, 1:-1, 1:-1].std(axis=(1, 2, 3))
    assert np.all((spread > 0.8) & (spread < 1.2))


@pytest.mark.parametrize(
    ("taps", "cutoff", "half_width", "rate"), [(12, 2.0, 6.0, 32.0), (12, 16.0, 3.7, 64.0), (24, 4.6, 3.4, 64.0)]
)
def test_filters_are_kaisers_and_have_their_frequency_response(taps, cutoff, half_width, rate):
    found = kaiser_lowpass(taps, cutoff, half_width, rate)
    np.testing.assert_allclose(found, scipy.signal.firwin(taps, cutoff, width=2 * half_width, fs=rate), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found, found[::-1], rtol=1e-12)
    frequencies, response = scipy.signal.freqz(found, worN=4096, fs=rate)
    gain = np.abs(response)
    assert gain[0] == pytest.approx(1)
    promised = 2.285 * (taps - 1) * np.pi * 4 * half_width / rate + 7.95  # dB, Kaiser's formula
    if cutoff > 2 * half_width:
        assert np.interp(cutoff, frequencies, gain) == pytest.approx(0.5, abs=0.05)
    beyond = gain[frequencies > cutoff + half_width]
    assert promised - 6 < -20 * np.log10(beyond.max()) < promised + 12


def test_filters_refuse_frequencies_out_of_range():
    for cutoff, half_width in ((0.0, 1.0), (3.0, 1.0), (1.0, 0.0)):
        with pytest.raises(InputError, match="cutoff <= rate / 2"):
            kaiser_lowpass(6, cutoff, half_width, 4.0)
    with pytest.raises(InputError, match="needs more pixels"):
        resampling_matrix(2, np.ones(6))


@pytest.mark.parametrize(("up", "down", "padding"), [(2, 1, (2, 1)), (1, 2, (1, 1)), (4, 2, (-3, 5)), (1, 1, (0, 0))])
def test_resampling_matrix_inserts_zeros_filters_and_drops(up, down, padding):
    x, kernel = normal(9), np.array([1.0, 3.0, 3.0, 1.0])
    wide = np.zeros(9 * up)
    wide[::up] = x
    before, after = (max(each, 0) for each in padding)
    wide = np.pad(wide, (before, after))[max(-padding[0], 0) :]
    expected = np.convolve(wide, up * kernel / 8, "valid")[::down]
    np.testing.assert_allclose(resampling_matrix(9, kernel, up, down, padding) @ x, expected, atol=1e-12)


def test_resampling_of_images():
    x = normal(2, 6, 8, 3)
    for up, down in ((2, 1), (1, 2), (1, 1)):
        layer = Resample2D((1, 3, 3, 1) if max(up, down) > 1 else (1, 2, 1), up, down, dtype="float64")
        found = np.array(layer(x))
        assert found.shape == layer.compute_output_shape(x.shape) == (2, 6 * up // down, 8 * up // down, 3)
        rows, columns = layer.matrices
        np.testing.assert_allclose(found, np.einsum("oh,pw,nhwc->nopc", rows, columns, x), atol=1e-12)
        constant = np.array(layer(np.ones_like(x)))[:, 1:-1, 1:-1]
        np.testing.assert_allclose(constant, 1, atol=1e-12)


def test_fourier_features_move_with_their_shift():
    layer = FourierFeatures(16, (8, 10), 1 / 16, 4.0, dtype="float64")
    w, still = normal(2, 5), np.zeros((2, 2))
    here = np.array(layer([w, still]))
    moved = np.array(layer([w, still + np.array([2, -1]) / 16]))
    np.testing.assert_allclose(moved[:, 2:, :-1], here[:, :-2, 1:], atol=1e-10)
    assert np.abs(moved - here).max() > 0.1
    wide = FourierFeatures(4000, (2, 2), 0.1, 3.0)
    wide([np.ones((1, 2)), np.zeros((1, 2))])
    radii = np.linalg.norm(ops.convert_to_numpy(wide.frequencies), axis=0)
    assert 2.9 < radii.max() <= 3.0
    assert np.mean(radii < 3 * 0.5**0.5) == pytest.approx(0.5, abs=0.03)  # uniform in the disk


def test_turned_fourier_features():
    layer = FourierFeatures(6, (7, 7), 1 / 16, 4.0, dtype="float64")
    w, still = np.zeros((1, 3)), np.zeros((1, 2))
    here = np.array(layer([w, still]))
    layer.bias.assign([0.0, 2.0, 0.0, 0.0])  # a quarter turn, of whatever length
    np.testing.assert_allclose(np.array(layer([w, still])), np.rot90(here, -1, axes=(1, 2)), atol=1e-9)


def test_truncation_follows_the_mean_of_training_and_goes_towards_it():
    layer, w = Truncation(decay=0.5), normal(4, 3, dtype="float32")
    np.testing.assert_array_equal(layer([w, np.zeros((4, 1))], training=True), w)
    mean = w.mean(axis=0) / 2
    np.testing.assert_allclose(layer.mean, mean, atol=1e-6)
    psi = np.array([[0.0], [1.0], [0.5], [-1.0]], "float32")
    np.testing.assert_allclose(layer([w, psi]), mean + psi * (w - mean), atol=1e-6)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_running_means_move_by_small_steps_in_half_precision(policy):
    """Rounded to half precision in each step, both would stand still far from 2 and 9."""
    truncation, scale = Truncation(decay=0.005, dtype=policy), RunningScale(decay=0.01, dtype=policy)
    for _ in range(1500):
        truncation([keras.ops.full((2, 3), 2.0), keras.ops.ones((2, 1))], training=True)
        scale(keras.ops.full((1, 2, 2, 1), 3.0), training=True)
    np.testing.assert_allclose(truncation.mean, 2.0, rtol=1e-2)
    assert float(scale.mean_square) == pytest.approx(9.0, rel=1e-2)
    assert {truncation.mean.dtype, scale.mean_square.dtype} == {"float32"}


def test_running_scale_and_scaled_noise():
    layer, x = RunningScale(decay=0.25), 3 * np.ones((1, 2, 2, 2), "float32")
    np.testing.assert_allclose(layer(x), x)
    np.testing.assert_allclose(layer(x, training=True), x / np.sqrt(3), rtol=1e-6)  # 1 + (9 - 1) / 4
    noisy, noise = ScaledNoise(), normal(1, 2, 2, 1, dtype="float32")
    np.testing.assert_array_equal(noisy([x, noise]), x)
    noisy.strength.assign(0.5)
    np.testing.assert_allclose(noisy([x, noise]), x + 0.5 * noise)


def linear_images(matrix):
    """Return a generator of images (4, 5, 1) that are linear in styles (2, 3)."""
    return lambda styles: ops.reshape(ops.matmul(ops.reshape(styles, (-1, 6)), matrix), (-1, 4, 5, 1))


def test_path_lengths_of_a_linear_generator():
    matrix = normal(6, 20, dtype="float32")
    styles = ops.convert_to_tensor(normal(3, 2, 3, seed=1, dtype="float32"))
    found = np.array(path_lengths(linear_images(matrix), styles, (1, 2)))
    noise = np.array(backend.normal((3, 4, 5, 1), (1, 2))).reshape(3, 20) / np.sqrt(20)
    gradients = (noise @ matrix.T).reshape(3, 2, 3)
    np.testing.assert_allclose(found, np.sqrt((gradients**2).sum(axis=2).mean(axis=1)), rtol=1e-5)


def test_path_length_is_held_to_its_running_mean_at_every_eighth_step():
    call, styles = linear_images(normal(6, 20, dtype="float32")), ops.ones((3, 2, 3))
    mean = keras.Variable(1.0, trainable=False)
    regularizer = Lazy(PathLength(2.0, decay=0.1), 8)
    batch = {"styles": styles, "mean_length": mean}
    for step in range(1, 8):
        assert not np.any(regularizer.penalty(call, batch, (0, 1), ops.convert_to_tensor(step)))
    assert float(mean) == 1.0
    lengths = np.array(path_lengths(call, styles, (0, 1)))
    found = np.array(regularizer.penalty(call, batch, (0, 1), ops.convert_to_tensor(8)))
    assert float(mean) == pytest.approx(0.9 + 0.1 * lengths.mean(), rel=1e-5)
    np.testing.assert_allclose(found, 8 * 2 * (lengths - float(mean)) ** 2, rtol=1e-5)


def test_the_mean_length_begins_at_the_first_lengths():
    call, styles = linear_images(normal(6, 20, dtype="float32")), ops.ones((3, 2, 3))
    mean = keras.Variable(0.0, trainable=False)
    lengths = [np.array(path_lengths(call, styles, (0, step))) for step in (1, 2)]
    for step in (1, 2):
        PathLength(2.0, decay=0.1).penalty(call, {"styles": styles, "mean_length": mean}, (0, step), step)
        expected = [lengths[0].mean(), 0.9 * lengths[0].mean() + 0.1 * lengths[1].mean()][step - 1]
        assert float(mean) == pytest.approx(expected, rel=1e-5)

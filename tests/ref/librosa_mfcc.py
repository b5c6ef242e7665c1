#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""librosa_mfcc - librosa 0.10's mfcc with deltas, written out in numpy (Debian has no librosa).

    librosa_mfcc.py compare mfcc39 TOLERANCE STREAM DIR       as torchaudio_mfcc.py
    librosa_mfcc.py golden mfcc39 FILE.wav... > golden.t

The definitions, all in double:
    feature.mfcc(y, sr=8000, n_mfcc=13, n_fft=256, hop_length=128): power_to_db (ref 1, amin 1e-10,
        top_db 80) of feature.melspectrogram, then the orthonormal DCT-II over the mels
    feature.melspectrogram: |stft|^2, Hann (periodic), center=True, pad_mode="constant", 128 mels
    filters.mel: Slaney's scale, corners from 0 to sr / 2, norm="slaney"
    feature.delta(order=1), delta(order=2): scipy's savgol_filter, width 9, polyorder = deriv = order,
        mode="interp"
Here the fit is done by least squares on every window, and its derivative read off where the frame
stands, so that it shares nothing with the closed form of lib/audio/mfcc.c.
"""
import numpy as np
from reference import main, samples

SR, N_FFT, HOP, MELS, COEFS, WIDTH = 8000, 256, 128, 128, 13, 9


def mel_filters():
    def hz_to_mel(f):
        return np.where(f >= 1000, 15 + np.log(np.maximum(f, 1e-9) / 1000) / (np.log(6.4) / 27), f / (200 / 3))

    def mel_to_hz(m):
        return np.where(m >= 15, 1000 * np.exp(np.log(6.4) / 27 * (m - 15)), m * (200 / 3))

    bins = np.linspace(0, SR / 2, 1 + N_FFT // 2)
    corners = mel_to_hz(np.linspace(hz_to_mel(np.float64(0)), hz_to_mel(np.float64(SR / 2)), MELS + 2))
    width = np.diff(corners)
    ramps = corners[:, None] - bins[None]
    weights = np.maximum(0, np.minimum(-ramps[:-2] / width[:-1, None], ramps[2:] / width[1:, None]))
    return weights * (2 / (corners[2:] - corners[:-2]))[:, None]


def delta(x, order):
    """d^order/dt^order of the polynomial of that order that fits WIDTH frames best; x (T, C)."""
    h, out = WIDTH // 2, np.empty_like(x)
    for t in range(len(x)):
        middle = min(max(t, h), len(x) - 1 - h)
        fit = np.polynomial.polynomial.polyfit(np.arange(-h, h + 1), x[middle - h:middle + h + 1], order)
        out[t] = np.polynomial.polynomial.polyval(t - middle, np.polynomial.polynomial.polyder(fit, order))
    return out


def transform(preset):
    assert preset == "mfcc39"
    filters = mel_filters()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)
    k, m = np.arange(COEFS)[:, None], np.arange(MELS)[None]
    dct = np.cos(np.pi * k * (2 * m + 1) / (2 * MELS)) * np.sqrt(2 / MELS)
    dct[0] /= np.sqrt(2)

    def features(path):
        y = np.pad(samples(path).astype(np.float64), N_FFT // 2)
        frames = np.lib.stride_tricks.sliding_window_view(y, N_FFT)[::HOP]
        power = np.abs(np.fft.rfft(frames * window)) ** 2
        db = 10 * np.log10(np.maximum(1e-10, power @ filters.T))
        mfcc = np.maximum(db, db.max() - 80) @ dct.T
        return np.hstack([mfcc, delta(mfcc, 1), delta(mfcc, 2)]).astype(np.float32)

    return features


if __name__ == "__main__":
    main(transform, __doc__)

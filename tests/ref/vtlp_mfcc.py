#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""vtlp_mfcc - mfcc20 with filters warped as Jaitly and Hinton (2013) did, written out in numpy.

    vtlp_mfcc.py compare WARP TOLERANCE STREAM DIR       as torchaudio_mfcc.py

The name of a record may have a suffix behind the recording's: ~...
"""
import numpy as np
import reference

SR, N_FFT, HOP, MELS, COEFS = 8000, 256, 128, 40, 20
S_HALF, F_HI = SR / 2, min(4800, 0.8 * SR / 2)


def warp(f, a):
    """The paper's piecewise linear map of a filter's frequency."""
    edge = F_HI * min(a, 1) / a
    return np.where(f <= edge, f * a, S_HALF - (S_HALF - F_HI * min(a, 1)) / (S_HALF - edge) * (S_HALF - f))


def transform(a):
    bins = np.arange(N_FFT // 2 + 1) * SR / N_FFT
    top = 2595 * np.log10(1 + S_HALF / 700)
    corners = warp(700 * (10 ** (np.linspace(0, top, MELS + 2) / 2595) - 1), float(a))
    rise = (bins - corners[:-2, None]) / np.diff(corners)[:-1, None]
    fall = (corners[2:, None] - bins) / np.diff(corners)[1:, None]
    filters = np.maximum(0, np.minimum(rise, fall))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)
    k, m = np.arange(COEFS)[:, None], np.arange(MELS)[None]
    dct = np.cos(np.pi * k * (2 * m + 1) / (2 * MELS)) * np.sqrt(2 / MELS)
    dct[0] /= np.sqrt(2)

    def features(path):
        path = path.split("~")[0] + ("" if path.split("~")[0].endswith(".wav") else ".wav")
        y = np.pad(reference.samples(path).astype(np.float64), N_FFT // 2, mode="reflect")
        frames = np.lib.stride_tricks.sliding_window_view(y, N_FFT)[::HOP]
        power = np.abs(np.fft.rfft(frames * window)) ** 2
        db = 10 * np.log10(np.maximum(1e-10, power @ filters.T))
        return (np.maximum(db, db.max() - 80) @ dct.T).astype(np.float32)

    return features


if __name__ == "__main__":
    reference.main(transform, __doc__)

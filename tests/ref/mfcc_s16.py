#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mfcc_s16 - the device's front end (lib/fixed/mfcc_s16.h): its tables, and its definition in double

    mfcc_s16.py tables                       lib/fixed/mfcc_s16_tables.c
    mfcc_s16.py compare SNR STREAM DIR       wav2mfcc --preset device against the recordings in DIR
    mfcc_s16.py edges PROGRAM                tests/unit/mfcc_s16 on silence, squares, DC, one sample, ...

Errors are held against each coefficient's variance: a constant one has no signal. compare fails
below SNR dB for all of them together, and prints the worst.
"""
import os, subprocess, sys
import numpy as np

RATE, FFT, HOP, MELS, COEFS, OFFSET, UNIT = 8000, 256, 160, 32, 13, 2.0 ** 17, 2.0 ** -10


def corners():
    """Of the triangles, HTK's scale, 0 Hz to half the rate."""
    top = 2595 * np.log10(1 + RATE / 2 / 700)
    return 700 * (10 ** (np.linspace(0, top, MELS + 2) / 2595) - 1)


# ---- the definition ----

def filters():
    c, hz = corners(), np.arange(FFT // 2 + 1) * RATE / FFT
    rise = (hz - c[:-2, None]) / np.diff(c)[:-1, None]
    fall = (c[2:, None] - hz) / np.diff(c)[1:, None]
    return np.maximum(0, np.minimum(rise, fall))


def features(x, hop=HOP, coefs=COEFS):
    """(T, coefs) of whole-numbered samples x."""
    x = np.asarray(x, np.float64)
    y = np.concatenate([np.zeros(FFT // 2), np.diff(x, prepend=x[:1])])
    if len(y) < FFT:
        return np.zeros((0, coefs))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FFT) / FFT)
    frames = np.lib.stride_tricks.sliding_window_view(y, FFT)[::hop]
    e = np.abs(np.fft.rfft(frames * window)) ** 2 @ filters().T
    k, m = np.arange(coefs)[:, None], np.arange(MELS)[None]
    dct = np.cos(np.pi * k * (2 * m + 1) / (2 * MELS)) * np.sqrt(2 / MELS)
    dct[0] /= np.sqrt(2)
    return np.log2(1 + e / OFFSET) @ dct.T


# ---- the tables ----

def table(kind, name, size, values):
    lines, line = [], "\t"
    for v in values:
        if len(line) + len("%d, " % v) > 92:
            lines.append(line.rstrip())
            line = "\t"
        line += "%d, " % v
    return "const %s %s[%s] = {\n%s\n};\n" % (kind, name, size, "\n".join(lines + [line.rstrip()]))


def tables():
    c, k = corners(), np.arange(FFT // 2)
    hz = k * RATE / FFT
    segment = np.searchsorted(c, hz, side="right") - 1
    weight = np.round(2 ** 12 * (hz - c[segment]) / np.diff(c)[segment]).astype(int)
    behind = [int((segment <= s).sum()) for s in range(MELS + 1)]
    # what mfcc_s16.c relies on
    assert weight[0] == 0 and behind[-1] == FFT // 2 and filters()[:, -1].max() < 1e-9
    assert filters().sum(1).max() < 9 and (filters().sum(1) > 0).all()
    cosine = np.minimum(32767, np.round(2 ** 15 * np.cos(2 * np.pi * np.arange(FFT) / FFT))).astype(int)
    log = np.round(2 ** 15 * np.log2(1 + np.arange(33) / 32)).astype(int)
    return "\n".join([
        "/* SPDX-License-Identifier: MIT */\n/* Made by tests/ref/mfcc_s16.py tables. */",
        '#include "fft_s32.h"\n#include "mfcc_s16.h"\n',
        table("int16_t", "fft_s32_cos", "FFT_S32_N", cosine),
        table("uint16_t", "mfcc_s16_weight", "MFCC_S16_BINS", weight),
        table("uint8_t", "mfcc_s16_corner", "MFCC_S16_MELS + 1", behind),
        table("uint16_t", "mfcc_s16_log", "MFCC_S16_LOG_N + 1", log)])


# ---- what is held against it ----

def decibels(signal, noise):
    with np.errstate(divide="ignore"):
        return 10 * np.log10(signal / noise)


def compare(least, stream, folder):
    import whit_stream as ws
    from reference import samples
    want, got = [], []
    with open(stream, "rb") as f:
        for t in ws.read(f)[1]:
            want.append(features(samples(os.path.join(folder, t.name + ".wav")) * 32768))
            got.append(t.numpy().astype(np.float64))
            if want[-1].shape != got[-1].shape:
                sys.exit("%s: expected shape %s, got %s" % (t.name, want[-1].shape, got[-1].shape))
    n, want, got = len(want), np.concatenate(want), np.concatenate(got)
    if (got / UNIT != np.round(got / UNIT)).any():
        sys.exit("expected whole numbers of 2^-10")
    signal, noise = want.var(0), ((got - want) ** 2).mean(0)
    each, every = decibels(signal, noise), decibels(signal.sum(), noise.sum())
    print("device: %d recordings, %d frames: SNR %.1f dB, worst coefficient c%d %.1f dB, largest error %.4f" % (
        n, len(want), every, each.argmin(), each.min(), np.abs(got - want).max()))
    if not every >= least:
        sys.exit("expected at least %g dB" % least)


def signals():
    """(name, samples, SNR at least): what a microphone never gives, and what it gives at its ends."""
    i, r = np.arange(4000), np.random.default_rng(1)
    full = lambda wave: np.where(wave, 32767, -32768)
    yield "silence", 0 * i, None
    yield "DC", 0 * i + 32767, None
    yield "lowest DC", 0 * i - 32768, None
    yield "nothing", [], None
    yield "1 sample", [32767], None
    yield "127 samples", r.integers(-9999, 9999, 127), None
    yield "128 samples", r.integers(-9999, 9999, 128), 72
    yield "1 in silence", (i == 700) * 1, 0
    yield "full click", (i == 700) * 32767, 72
    yield "full square of 200 Hz", full(i // 20 % 2), 72
    yield "full square of 4000 Hz", full(i % 2), 72
    yield "clipped speech", np.clip(np.round(1e6 * np.sin(i * (.05 + i / 9e4)) * np.sin(i / 90)), -32768, 32767), 72
    yield "full noise", r.integers(-32768, 32768, 4000), 72
    yield "random signs", full(r.random(4000) < .5), 72
    yield "noise of 3 units", r.integers(-3, 4, 4000), 40
    yield "small tone", np.round(10 * np.sin(i * .7)), 50
    # where the window's side lobes are 100 dB down, 16 bits of a cosine are not
    yield "full tone", np.round(32767 * np.sin(i * .7)), 25


def edges(program):
    bad = 0
    for name, x, least in signals():
        x = np.asarray(x, "<i2")
        want = features(x)
        outs = [subprocess.run([program, str(HOP), str(COEFS), str(chunk)], input=x.tobytes(),
                               stdout=subprocess.PIPE, check=True).stdout for chunk in (1, 7, 160, 0)]
        got = np.frombuffer(outs[0], "<i4").reshape(-1, COEFS) * UNIT
        good = len(set(outs)) == 1 and got.shape == want.shape
        if good and got.size:
            e, w = got - want, want - want.mean(0)
            snr = decibels((want ** 2).sum(), (e ** 2).sum()) if want.any() else np.inf
            good = snr >= least if least is not None else not got.any()
            print("%-24s %3d frames, largest error %.4f, SNR %.1f dB" % (name, len(got), np.abs(e).max(), snr))
        else:
            print("%-24s %3d frames" % (name, len(got)))
        if not good:
            bad += 1
            print("%s: expected %s frames and %s dB" % (name, len(want), least))
    sys.exit(bad > 0)


def main(args):
    if args[:1] == ["tables"] and len(args) == 1:
        sys.stdout.write(tables())
    elif args[:1] == ["compare"] and len(args) == 4:
        compare(float(args[1]), *args[2:])
    elif args[:1] == ["edges"] and len(args) == 2:
        edges(args[1])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])

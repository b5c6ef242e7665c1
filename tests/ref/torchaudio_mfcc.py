#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""torchaudio_mfcc - what torchaudio's MFCC makes of 16-bit mono recordings of 8 kHz.

    torchaudio_mfcc.py compare PRESET TOLERANCE STREAM DIR
                                 the largest absolute difference to a stream of wav2mfcc, every record
                                 read again as DIR/NAME.wav; exit 1 when it is above TOLERANCE
    torchaudio_mfcc.py golden PRESET FILE.wav... > golden.t
                                 the same values as a stream, for machines without torchaudio

PRESET: mfcc13 (peak-normalised, zero-padded or cut to 36 frames) or mfcc20 (as it is, true length).
Settings: the published experiments' (lib/mfcc.h). Written for torchaudio 0.13 (Debian 12).
"""
import os, sys, wave
import numpy, torch, torchaudio
import whit_stream as ws

SETTINGS = {"mfcc13": (13, 400, 160), "mfcc20": (20, 256, 128)}
torch.set_num_threads(1)


def samples(path):
    with wave.open(path) as f:
        assert (f.getnchannels(), f.getsampwidth(), f.getframerate()) == (1, 2, 8000), path
        return numpy.frombuffer(f.readframes(f.getnframes()), "<i2").astype(numpy.float32) / 32768


def transform(preset):
    n_mfcc, n_fft, hop = SETTINGS[preset]
    mfcc = torchaudio.transforms.MFCC(
        8000, n_mfcc, melkwargs={"n_fft": n_fft, "hop_length": hop, "n_mels": 40, "center": True})

    def features(path):
        x = torch.from_numpy(samples(path))[None]
        if preset == "mfcc13":
            x = x / x.abs().max()
        y = mfcc(x)[0].T.numpy()
        if preset == "mfcc13":
            y = numpy.concatenate([y[:36], numpy.zeros((max(0, 36 - len(y)), n_mfcc), numpy.float32)])
        return y

    return features


def compare(features, tolerance, stream, folder):
    """The largest difference over all records; shapes must agree."""
    worst, where, n, total = 0.0, "", 0, 0.0
    with open(stream, "rb") as f:
        for t in ws.read(f)[1]:
            want = features(os.path.join(folder, t.name + ".wav"))
            if t.shape != want.shape:
                sys.exit("%s: expected shape %s, got %s" % (t.name, want.shape, t.shape))
            d = numpy.abs(t.numpy() - want)
            n += 1
            total += d.mean()
            if not d.max() <= worst:
                worst, where = d.max(), "%s frame %d coefficient %d" % (
                    t.name, *numpy.unravel_index(d.argmax(), d.shape))
    print("%d recordings: max abs difference %.2e (%s), mean %.1e" % (n, worst, where, total / max(n, 1)))
    if n == 0 or not worst <= tolerance:
        sys.exit("expected at most %g" % tolerance)


def golden(features, paths):
    ws.write(sys.stdout.buffer, {"kind": "features"},
             [ws.from_numpy(os.path.basename(p)[:-4], features(p)) for p in paths])


def main(transform):
    if sys.argv[1] == "compare":
        compare(transform(sys.argv[2]), float(sys.argv[3]), sys.argv[4], sys.argv[5])
    elif sys.argv[1] == "golden":
        golden(transform(sys.argv[2]), sys.argv[3:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(transform)

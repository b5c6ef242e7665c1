# SPDX-License-Identifier: MIT
"""What the reference front ends share: reading recordings, comparing with a stream, writing goldens."""
import os, sys, wave
import numpy
import whit_stream as ws


def samples(path):
    """16-bit mono of 8 kHz as float32 in [-1, 1)."""
    with wave.open(path) as f:
        assert (f.getnchannels(), f.getsampwidth(), f.getframerate()) == (1, 2, 8000), path
        return numpy.frombuffer(f.readframes(f.getnframes()), "<i2").astype(numpy.float32) / 32768


def compare(preset, features, tolerance, stream, folder):
    """Prints the largest difference over all records; exits 1 when it is above tolerance."""
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
                worst, where = d.max(), "%s frame %d feature %d" % (
                    t.name, *numpy.unravel_index(d.argmax(), d.shape))
    print("%s: %d recordings: max abs difference %.2e (%s), mean %.1e" % (
        preset, n, worst, where, total / max(n, 1)))
    if n == 0 or not worst <= tolerance:
        sys.exit("expected at most %g" % tolerance)


def golden(features, paths):
    ws.write(sys.stdout.buffer, {"kind": "features"},
             [ws.from_numpy(os.path.basename(p)[:-4], features(p)) for p in paths])


def main(transform, usage):
    if len(sys.argv) > 5 and len(sys.argv) % 4 == 2 and sys.argv[1] == "compare":
        for preset, tolerance, stream, folder in zip(*(sys.argv[i::4] for i in (2, 3, 4, 5))):
            compare(preset, transform(preset), float(tolerance), stream, folder)
    elif len(sys.argv) > 3 and sys.argv[1] == "golden":
        golden(transform(sys.argv[2]), sys.argv[3:])
    else:
        sys.exit(usage)

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""signals - recordings made of arithmetic, the same on every machine (standard library only).

    signals.py make DIR             the recordings of the goldens, 16-bit mono of 8 kHz: DIR/NAME.wav
    signals.py bogus HEX FILE       FILE with HEX in both of its length fields, as a pipe would carry
    signals.py cuts FILE DIR        FILE cut at every byte of its head and at 200 places after: DIR/cut_N.wav
    signals.py lies FILE DIR        FILE with one lie in its header each: DIR/NAME.wav
    signals.py mutants FILE DIR N   FILE with seeded damage: DIR/mutant_I.wav, I < N
    signals.py silence FILE [N]     N (8000) zeros
    signals.py float FILE X...      32-bit floats: NaN, inf, numbers
"""
import math, os, random, struct, sys, wave


def write(path, x):
    with wave.open(path, "wb") as f:
        f.setparams((1, 2, 8000, 0, "NONE", ""))
        f.writeframes(struct.pack("<%dh" % len(x), *(max(-32768, min(32767, round(v))) for v in x)))


def chirp(n):
    return [9000 * math.sin(math.pi * i * (0.02 + 0.9 * i / n / 2)) for i in range(n)]


def noise(n, seed, peak=12000):
    r = random.Random(seed)
    return [r.randint(-peak, peak) for _ in range(n)]


def vowel(n, pitch=110, formants=((700, 0.96), (1200, 0.95), (2600, 0.93))):
    """Pulses through three resonances, fading in and out: what speech looks like to a front end."""
    x = [30000.0 if i % (8000 // pitch) == 0 else 0.0 for i in range(n)]
    for hz, r in formants:
        a, b, y1, y2 = 2 * r * math.cos(2 * math.pi * hz / 8000), -r * r, 0.0, 0.0
        for i in range(n):
            y1, y2 = x[i] * (1 - r) + a * y1 + b * y2, y1
            x[i] = y1
    peak = max(map(abs, x))
    return [20000 * v / peak * math.sin(math.pi * i / n) for i, v in enumerate(x)]


def make(folder):
    write(os.path.join(folder, "0_chirp_0.wav"), chirp(4000))
    write(os.path.join(folder, "1_noise_0.wav"), noise(2400, 1))
    write(os.path.join(folder, "2_vowel_0.wav"), vowel(3600))
    write(os.path.join(folder, "3_click_0.wav"), [0] * 1500 + [32767, -32768] + [1] * 1500)
    write(os.path.join(folder, "4_quiet_0.wav"), noise(2500, 2, 3))
    write(os.path.join(folder, "5_short_0.wav"), noise(1024, 3))


def cuts(path, folder):
    b = open(path, "rb").read()
    at = sorted(set(range(1, 64)) | set(range(64, len(b), max(1, len(b) // 200))) | {len(b) - 1})
    for n in at:
        open(os.path.join(folder, "cut_%d.wav" % n), "wb").write(b[:n])


def patched(b, offset, form, *values):
    new = bytearray(b)
    struct.pack_into(form, new, offset, *values)
    return bytes(new)


def lies(path, folder):
    b = open(path, "rb").read()
    n = len(b) - 44
    bad = {
        "no_channels": patched(b, 22, "<H", 0), "channels": patched(b, 22, "<H", 65535),
        "two_channels": patched(b, 22, "<H", 2), "no_rate": patched(b, 24, "<I", 0),
        "rate": patched(b, 24, "<I", 0xffffffff), "no_block": patched(b, 32, "<H", 0),
        "odd_block": patched(b, 32, "<H", 3), "no_bits": patched(b, 34, "<H", 0),
        "bits": patched(b, 34, "<H", 12), "bits64": patched(b, 34, "<H", 64),
        "tag": patched(b, 20, "<H", 2), "tag0": patched(b, 20, "<H", 0),
        "extensible": patched(b, 20, "<H", 0xfffe), "fmt_short": patched(b, 16, "<I", 14),
        "fmt_long": patched(b, 16, "<I", 0x7fffffff), "data_0": patched(b, 40, "<I", 0),
        "data_ffffffff": patched(b, 40, "<I", 0xffffffff), "data_7ffff000": patched(b, 40, "<I", 0x7ffff000),
        "data_longer": patched(b, 40, "<I", n + 2), "data_shorter": patched(b, 40, "<I", n - 10),
        "data_odd": patched(b, 40, "<I", n - 1), "data_half": patched(b, 40, "<I", n // 2),
        "riff_longer": patched(b, 4, "<I", len(b) + 1000), "no_wave": patched(b, 8, "<4s", b"AVI "),
        "no_data": b[:36], "no_fmt": patched(b, 12, "<4s", b"fmx "), "junk": b + b"\1\2\3\4\5\6\7\10\11",
        "two_data": patched(b, 40, "<I", 100)[:144] + b"data" + struct.pack("<I", n - 108) + b[152:],
        "rf64": patched(b, 0, "<4s", b"RF64"), "not_a_wave": bytes(range(256)) * 4, "text": b"hello\n" * 40,
        "empty_data": patched(b, 40, "<I", 0)[:44],
    }
    for name, data in bad.items():
        open(os.path.join(folder, name + ".wav"), "wb").write(data)


def mutants(path, folder, count):
    good, r = open(path, "rb").read(), random.Random(20260)
    extremes = [0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe,
                0xffffffff, 0x7ffff000]
    for i in range(count):
        b = bytearray(good)
        kind = r.randrange(7)
        if kind == 0:
            b = b[:r.randrange(len(b))]
        elif kind == 1:
            b[r.randrange(min(64, len(b)))] ^= 1 << r.randrange(8)
        elif kind == 2:
            struct.pack_into("<I", b, r.randrange(0, 41), r.choice(extremes))
        elif kind == 3:
            struct.pack_into("<H", b, r.randrange(0, 43), r.choice(extremes) & 0xffff)
        elif kind == 4:
            for _ in range(r.randrange(1, 20)):
                b[r.randrange(min(100, len(b)))] = r.randrange(256)
        elif kind == 5:
            b = b[:12] + r.choice([b"LIST", b"fact", b"ds64", b"bext", b"data", b"fmt "]) + struct.pack(
                "<I", r.choice(extremes + [4, 8, 16, 28])) + bytes(r.randrange(256) for _ in range(28)) + b[12:]
        else:
            b = bytearray(r.choice([b"RIFF", b"RIFX", b"RF64", b"FORM", b"fLaC", b".snd", b"OggS", b"ID3\3"])
                          + bytes(r.randrange(256) for _ in range(r.randrange(0, 300))))
        open(os.path.join(folder, "mutant_%d.wav" % i), "wb").write(b)


def main(argv):
    if argv[0] == "make":
        make(argv[1])
    elif argv[0] == "bogus":
        b = open(argv[2], "rb").read()
        v = int(argv[1], 16)
        sys.stdout.buffer.write(patched(patched(b, 4, "<I", v), 40, "<I", v))
    elif argv[0] == "cuts":
        cuts(*argv[1:])
    elif argv[0] == "lies":
        lies(*argv[1:])
    elif argv[0] == "mutants":
        mutants(argv[1], argv[2], int(argv[3]))
    elif argv[0] == "silence":
        write(argv[1], [0] * int(argv[2] if len(argv) > 2 else 8000))
    elif argv[0] == "float":
        x = struct.pack("<%df" % (len(argv) - 2), *map(float, argv[2:]))
        open(argv[1], "wb").write(struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(x), b"WAVE", b"fmt ", 16,
                                              3, 1, 8000, 32000, 4, 32, b"data", len(x)) + x)
    else:
        sys.exit(__doc__)


main(sys.argv[1:])

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pot_ways - weights that are powers of two, a second time, from the text of lib/quant/pot.h in numpy

    pot_ways.py APPROACH FLOAT.m BEFORE.m AFTER.m [bits=4] [range=tensor] [bias=pot] [high=fit]
               [share=1] [kept=]

Are BEFORE.m and AFTER.m what quantize-pot --approach APPROACH must make of FLOAT.m when training
itself leaves every weight as it is (--rate 1e-38), ends one epoch, and rounds? share: what inq has
frozen; kept=N: of a net trained on, only that BEFORE.m's are rounded and that N tensors differ.

Values are found by enumeration: every level of a grid, every range of exponents.
"""
import math, sys

import numpy as np
import whit_stream as ws

LOW, HIGH = -8, 8


def nearest(w, low, high):
    """the level nearest to each w; of two as near the one farther from 0"""
    levels = np.array([0] + [2.0 ** k for k in range(low, high + 1)])
    a = np.abs(np.asarray(w, "f8"))
    far = np.abs(a[..., None] - levels)
    last = levels.size - 1 - np.argmin(far[..., ::-1], -1)
    return np.copysign(levels[last], w)


def rounded_log2(w, low=LOW, high=HIGH):
    w = np.asarray(w, "f8")
    with np.errstate(divide="ignore"):
        k = np.clip(np.round(np.log2(np.abs(w))), low, high)
    return np.where(w == 0, 0, np.copysign(2.0 ** k, w))


def fitted(w, bits, how):
    """a tensor or a row on the grid with the least squared error, or with INQ's range"""
    n = 2 ** (bits - 1) - 1
    top = np.abs(w).max()
    if top == 0:
        return np.zeros_like(w, "f8")
    if how == "inq":
        high = math.floor(math.log2(4 * float(top) / 3))
        return nearest(w, high - n + 1, high)
    tried = [nearest(w, high - n + 1, high) for high in range(-30, 20)]
    return min(reversed(tried), key=lambda q: ((q - np.asarray(w, "f8")) ** 2).sum())


def grid(w, bits, by_row, how):
    rows = w if by_row and w.ndim == 2 else [w]
    return np.array([fitted(r, bits, how) for r in rows]).reshape(w.shape)


def two(w):
    q = nearest(w, LOW, HIGH)
    return q + nearest(np.asarray(w, "f8") - q, LOW, HIGH)


def one_a_row(w):
    middle = np.sort(np.abs(w), 1)[:, (w.shape[1] - 1) // 2]
    return np.sign(w) * rounded_log2(np.where(middle == 0, 1e-8, middle))[:, None]


def frozen(w, share):
    q, flat = np.asarray(w, "f8").copy(), np.abs(w).ravel()
    at = np.argsort(-flat, kind="stable")[:int(flat.size * share)]
    q.ravel()[at] = rounded_log2(w).ravel()[at]
    return q


def scaled(w):
    s = float(rounded_log2(np.abs(w).max() / np.float32(127), -63, 63))
    return s * np.clip(np.round(np.asarray(w, "f8") / s), -128, 127)


def before(approach, name, w, share):
    matrix, recurrent = w.ndim == 2, not name.startswith("fc.")
    if approach == "ema":
        return 0.85 * np.asarray(w, "f8") + (1 - 0.85) * rounded_log2(w)
    if approach in ("snap-epoch", "snap-step") or (approach == "mixed" and recurrent):
        return rounded_log2(w)
    if approach == "row-shared" and matrix:
        return one_a_row(w)
    if approach == "apot2":
        return two(w)
    return frozen(w, share) if approach == "inq" else w


def after(approach, name, w, o):
    matrix, recurrent = w.ndim == 2, not name.startswith("fc.")
    if approach == "scale":
        return scaled(w) if matrix else w
    if not matrix and o["bias"] != "pot":
        return w
    if approach == "apot2":
        return two(w)
    if approach == "mixed" and not recurrent:
        return w
    return grid(w, int(o["bits"]), o["range"] == "row", o["high"])


def power(w):
    return (w == 0) | (np.abs(np.frexp(w)[0]) == 0.5)


def neighbours(w, got):
    """of stochastic: each a neighbour, and as many upper ones as log2 wants, within 5 deviations"""
    with np.errstate(divide="ignore"):
        k = np.log2(np.abs(np.asarray(w, "f8")))
    low = np.floor(k)
    j = np.log2(np.abs(np.asarray(got, "f8")))
    inside = (low > LOW) & (low < HIGH - 1)
    share = (k - low)[inside]
    ups = (j == low + 1)[inside].sum()
    assert (np.sign(got) == np.sign(w)).all()
    assert ((j == np.clip(low, LOW, HIGH)) | (j == np.clip(low + 1, LOW, HIGH))).all()
    return ups - share.sum(), (share * (1 - share)).sum()


def main(approach, *args):
    o = {"bits": 4, "range": "tensor", "bias": "pot", "high": "fit", "share": 1, "kept": ""}
    o.update(a.split("=") for a in args[3:])
    heads, nets = zip(*((h, {t.name: t.numpy() for t in ts})
                        for h, ts in (ws.read(open(path, "rb")) for path in args[:3])))
    f, b, a = nets
    first = next(n for n in f if "weight_ih_l0" in n)[:4].rstrip(".")
    if "norm.scale" in f:       # powers of two first, and no answer changes
        scale = rounded_log2(f["norm.scale"], -63, 63)
        ratio = f["norm.scale"].astype("f8") / scale
        f["norm.scale"] = scale.astype("f4")
        for way in "", "_reverse":
            name = "%s.weight_ih_l0%s" % (first, way)
            if name in f:
                f[name] = (f[name].astype("f8") * ratio).astype("f4")
    bad, off, variance, differ = 0, 0, 0, 0
    counts = np.zeros(5)
    for name, w in f.items():
        if name.startswith("norm."):
            expected = [(w, b[name]), (w, a[name])]
        elif approach == "stochastic":
            d, v = neighbours(w, b[name])
            off, variance = off + d, variance + v
            expected = [(after(approach, name, b[name], o), a[name])]
        elif o["kept"]:
            expected = [(after(approach, name, b[name], o), a[name])]
            differ += (w != b[name]).any()
        else:
            expected = [(before(approach, name, w, float(o["share"])), b[name]),
                        (after(approach, name, b[name], o), a[name])]
        for want, got in expected:
            want = np.asarray(want).astype("f4")
            if not np.array_equal(want, got):
                i = np.argmax(want != got)
                print("%s: %d differ; element %d of %.9g: expected %.9g, got %.9g" % (name,
                      (want != got).sum(), i, w.flat[i], want.flat[i], got.flat[i]))
                bad += 1
        if not name.startswith("norm."):
            p = power(a[name])
            counts += [p.sum() * (w.ndim == 2), w.size * (w.ndim == 2), p.sum() * (w.ndim == 1),
                       w.size * (w.ndim == 1), (a[name] == 0).sum() * (w.ndim == 2)]
    if variance and abs(off) > 5 * math.sqrt(variance):
        print("%.1f too many upper neighbours, deviation %.1f" % (off, math.sqrt(variance)))
        bad += 1
    if o["kept"] and differ != int(o["kept"]):
        print("expected %s tensors trained on, got %d" % (o["kept"], differ))
        bad += 1
    shares = [counts[0] / counts[1], counts[2] / counts[3], counts[4] / counts[1]]
    for key, share in zip(("pot.weights", "pot.biases", "pot.zeros"), shares):
        if heads[2][key] != "%.6f" % share:
            print("%s: expected %.6f, got %s" % (key, share, heads[2][key]))
            bad += 1
    return bad > 0


sys.exit(main(*sys.argv[1:]))

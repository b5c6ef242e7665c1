#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""confidence - formats/model.md's Confidence a second time

    confidence.py check MODEL < predictions    classify's confidence= and predicted= of each record, to the bit
    confidence.py fit MODEL REFUSE WORDS OTHERS [SIBLING]    are the model's three numbers and its threshold
                                               those that numpy finds in the two streams of predictions?
                                               SIBLING: the model that made WORDS
    confidence.py ece < predictions            expected calibration error, ten bins
"""
import sys
import numpy as np
import whit_stream as ws
from int8_net import sigmoid


def load(f):
    return ws.read(open(f, "rb") if isinstance(f, str) else f)


def factor(v, mult, shift):
    """floor(v * mult * 2^(shift - 31) + 1/2) in Python's unbounded integers, clamped"""
    y = (v * mult + (1 << (30 - shift))) >> (31 - shift)
    return max(-2 ** 25, min(2 ** 25, y))


def probability(record, logits):
    """Q0.15"""
    m_mult, m_shift, b_mult, b_shift, offset, _ = map(int, record)
    best, *rest = sorted(map(int, logits), reverse=True)
    margin = best - rest[0] if rest else 0
    t = factor(margin, m_mult, m_shift) + factor(best, b_mult, b_shift) + offset
    return int(sigmoid(np.array([max(-32768, min(32767, t))]))[0])


def record_of(model):
    head, tensors = load(model)
    t = {x.name: x for x in tensors}
    return head, [int(v) for v in t["confidence"].data], float(t["fc.bias"].meta["scale"])


def check(model):
    _, record, _ = record_of(model)
    head, tensors = load(sys.stdin.buffer)
    seen = set()
    for t in tensors:
        p = probability(record, t.data)
        best = max(range(len(t.data)), key=lambda k: t.data[k])
        want = -1 if "reject" in head and p < record[5] else best
        assert t.meta["confidence"] == "%.6f" % (p / 32768), (t.name, p, t.meta)
        assert int(t.meta["predicted"]) == want, (t.name, want, t.meta)
        seen.add(want < 0)
    print(len(tensors), "as expected", "with none" if True in seen else "without none")


def samples(path, unit, word):
    x, right = [], []
    for t in load(path)[1]:
        v = sorted((unit * y for y in t.data), reverse=True)
        x.append((v[0] - v[1] if len(v) > 1 else 0, v[0], 1))
        right.append(word and t.label == max(range(len(t.data)), key=lambda k: t.data[k]))
    return np.array(x), np.array(right, bool)


def fit(model, refuse, words, others, sibling=None):
    _, record, unit = record_of(model)
    unit_w = unit
    if sibling:
        unit_w = float({t.name: t for t in load(sibling)[1]}["fc.bias"].meta["scale"])
    (xw, rw), (xo, ro) = samples(words, unit_w, True), samples(others, unit, False)
    x, right = np.concatenate([xw, xo]), np.concatenate([rw, ro])
    weight = np.concatenate([np.full(len(xw), .5 / len(xw)), np.full(len(xo), .5 / len(xo))])
    y = np.where(right, (right.sum() + 1) / (right.sum() + 2), 1 / ((~right).sum() + 2))
    middle, spread = x.mean(0), x.std(0) + [0, 0, 1]
    middle[2] = 0
    z = (x - middle) / spread
    w = np.zeros(3)
    for _ in range(20000):          # gradient descent: slow and sure
        w -= 4 * z.T @ (weight * (1 / (1 + np.exp(-z @ w)) - y))
    w = w / spread
    w[2] -= (w[:2] * middle[:2]).sum()
    got = [m * 2. ** (s - 31) / unit / 4096 for m, s in (record[:2], record[2:4])] + [record[4] / 4096]
    print("numpy %.4f %.4f %.4f, the model %.4f %.4f %.4f" % (*w, *got))
    assert np.abs(w - got).max() < 2e-3 * max(1, np.abs(w).max()), "far from numpy's"
    if sibling:     # its integers are not known, the numbers are
        p = sorted(32768 / (1 + np.exp(-xw[rw] @ got)))
        assert abs(record[5] - p[int(float(refuse) * len(p))]) < 20, (record[5], p)
        return
    p = sorted(probability(record, t.data) for t, r in zip(load(words)[1], rw) if r)
    assert record[5] == p[int(float(refuse) * len(p))], (record[5], p)


def ece():
    p, right, word = [], [], []
    for t in load(sys.stdin.buffer)[1]:
        p.append(float(t.meta["confidence"]))
        word.append(t.label >= 0)
        right.append(t.label == max(range(len(t.data)), key=lambda k: t.data[k]))
    p, right, word = map(np.array, (p, right, word))
    v = np.where(word, .5 / word.sum(), .5 / (~word).sum())
    bins = [(p >= b / 10) & (p < (b + 1) / 10) for b in range(10)]
    print("%.4f" % sum(abs((v[b] * right[b]).sum() - (v[b] * p[b]).sum()) for b in bins))


if __name__ == "__main__":
    {"check": check, "fit": fit, "ece": ece}[sys.argv[1]](*sys.argv[2:])

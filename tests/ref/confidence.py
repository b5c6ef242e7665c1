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


def none_of(head):
    """the label none, unless it is the only one"""
    names = head["labels"].split(",") if "labels" in head else []
    return names.index("none") if len(names) > 1 and "none" in names else None


def margin_best(logits, none):
    best = max(y for k, y in enumerate(logits) if k != none)
    rest = sorted(logits, reverse=True)
    rest.remove(best)
    return best - rest[0] if rest else 0, best


def probability(record, logits, none):
    """Q0.15"""
    m_mult, m_shift, b_mult, b_shift, offset, _ = map(int, record)
    margin, best = margin_best([int(y) for y in logits], none)
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
        p = probability(record, t.data, none_of(head))
        best = max(range(len(t.data)), key=lambda k: t.data[k])
        want = -1 if "reject" in head and p < record[5] else best
        assert t.meta["confidence"] == "%.6f" % (p / 32768), (t.name, p, t.meta)
        assert int(t.meta["predicted"]) == want, (t.name, want, t.meta)
        seen.add(want < 0)
    print(len(tensors), "as expected", "with none" if True in seen else "without none")


def samples(path, unit, word):
    x, right = [], []
    head, tensors = load(path)
    none, is_word = none_of(head), []
    for t in tensors:
        x.append((*margin_best([unit * y for y in t.data], none), 1))
        is_word.append(word and t.label != none)
        right.append(is_word[-1] and t.label == max(range(len(t.data)), key=lambda k: t.data[k]))
    return np.array(x), np.array(right, bool), np.array(is_word, bool)


def fit(model, refuse, words, others, sibling=None):
    _, record, unit = record_of(model)
    unit_w = unit
    if sibling:
        unit_w = float({t.name: t for t in load(sibling)[1]}["fc.bias"].meta["scale"])
    (xw, rw, ww), (xo, ro, wo) = samples(words, unit_w, True), samples(others, unit, False)
    x, right, word = np.concatenate([xw, xo]), np.concatenate([rw, ro]), np.concatenate([ww, wo])
    weight = np.where(word, .5 / word.sum(), .5 / (~word).sum())
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
    head, tensors = load(words)
    p = sorted(probability(record, t.data, none_of(head)) for t, r in zip(tensors, rw) if r)
    assert record[5] == p[int(float(refuse) * len(p))], (record[5], p)


def ece():
    p, right, word = [], [], []
    head, tensors = load(sys.stdin.buffer)
    for t in tensors:
        p.append(float(t.meta["confidence"]))
        word.append(t.label >= 0 and t.label != none_of(head))
        right.append(word[-1] and t.label == max(range(len(t.data)), key=lambda k: t.data[k]))
    p, right, word = map(np.array, (p, right, word))
    v = np.where(word, .5 / word.sum(), .5 / (~word).sum())
    bins = [(p >= b / 10) & (p < (b + 1) / 10) for b in range(10)]
    print("%.4f" % sum(abs((v[b] * right[b]).sum() - (v[b] * p[b]).sum()) for b in bins))


if __name__ == "__main__":
    {"check": check, "fit": fit, "ece": ece}[sys.argv[1]](*sys.argv[2:])

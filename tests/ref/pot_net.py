#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pot_net - the pot net a second time, from formats/model.md alone; whole numbers only

    pot_net.py model SEED LAYERS D H K POOLING NORM BITS RANGE BIAS [KIND]
                                       a random float model that has such codes
    pot_net.py logits POT.m < features.t    a line an utterance: name and logits
    pot_net.py weights FLOAT.m POT.m        are the codes the float model's weights?
    pot_net.py near FLOAT.m POT.m < features.t  are the logits the float net's? (see near())

What int8_net.py has of it (sigmoid, tanh, features) comes from there.
"""
import math, sys
import numpy as np
import int8_net
import whit_stream as ws
from int8_net import sat16, sigmoid, tanh


def rs(v, t):
    """floor(v 2^t + 1/2)"""
    return np.array([int(x) << t if t >= 0 else (int(x) + (1 << (-t - 1))) >> -t for x in v], np.int64)


def codes(row, n, b):
    """sign and index of the first n codes in the bytes of a row"""
    number = int.from_bytes(bytes(int(x) for x in row), "little")
    assert number >> (b * n) == 0, "bits behind the last code"
    c = [(number >> (b * i)) & ((1 << b) - 1) for i in range(n)]
    assert (1 << (b - 1)) not in c, "a zero with a sign"
    return np.array([-1 if x >> (b - 1) else 1 for x in c]), np.array([x & ((1 << (b - 1)) - 1) for x in c])


class Matrix:
    """A matrix and its bias: codes[k] = (signs, indices), high (rows)"""

    def __init__(self, net, names, cols, u, i):
        W, b, high, high_b, drop = names
        self.n, self.u, self.d = 2 ** (net.bits - 1) - 1, u, int(net.t[drop][i])
        self.codes = [codes(row, cols, net.bits) for row in net.t[W]]
        rows = len(self.codes)
        assert len(net.t[high]) == (rows if net.head["pot.range"] == "row" else 1)
        self.high = np.broadcast_to(net.t[high].astype(int), (rows,))
        self.s = int(self.high.min()) - (self.n - 1) + self.d + u
        if net.head["pot.bias"] == "int32":
            self.b = net.t[b].astype(np.int64)
            self.bias = np.ldexp(self.b.astype(float), self.s)
        else:
            sign, k = codes(net.t[b], rows, net.bits)
            hb = int(net.t[high_b][i])
            self.bias = np.where(k > 0, sign * np.ldexp(1., hb - (k - 1)), 0)
            self.b = np.array([math.floor(math.ldexp(v, -self.s) + .5) for v in self.bias], np.int64)

    def weights(self):
        return np.array([np.where(k > 0, sign * np.ldexp(1., high - (k - 1)), 0)
                         for (sign, k), high in zip(self.codes, self.high)])

    def __call__(self, x):
        out = []
        for k, (sign, i) in enumerate(self.codes):
            total = 0
            for x_j, s_j, i_j in zip(x, sign, i):
                t = self.n - int(i_j) - self.d
                if i_j:
                    total += int(s_j) * (int(x_j) << t if t >= 0 else int(x_j) >> -t)
            v = int(self.b[k]) + (total << (int(self.high[k]) - int(self.high.min())))
            assert -2 ** 31 <= v < 2 ** 31
            out.append(v)
        return np.array(out, np.int64)


class Net:
    def __init__(self, path):
        self.head, tensors = ws.read(open(path, "rb"))
        assert self.head["precision"] == "pot"
        self.bits = int(self.head["pot.bits"])
        self.t = {t.name: t.numpy() for t in tensors}
        self.layers, self.H, D = (int(self.head[k]) for k in ("layers", "hidden", "inputs"))
        u, cell = int(self.t["input.unit"][0]), self.head["cell"]
        self.x, self.h = [], []
        for l in range(self.layers):
            names = lambda way: ["%s.%s_l%d" % (cell, w, l) for w in (
                "weight_" + way, "bias_" + way, "high_" + way, "high_bias", "drop")]
            self.x.append(Matrix(self, names("ih"), D if l == 0 else self.H, u if l == 0 else -15, 0))
            self.h.append(Matrix(self, names("hh"), self.H, -15, 1))
        self.o = Matrix(self, ["fc.weight", "fc.bias", "fc.high", "fc.high_bias", "fc.drop"], self.H, -15, 0)

    def quantise(self, x):
        scale = self.t["input.scale"]
        e = np.frexp(scale)[1] - 1
        assert (np.ldexp(np.float32(1), e) == scale).all()
        if self.head.get("feature.front_end", "").startswith("fixed "):
            c = np.clip(np.floor(np.ldexp(x.astype(np.float64), 10) + .5), 1 - 2 ** 18, 2 ** 18 - 1).astype(np.int64)
            o = np.ldexp(self.t["input.offset"].astype(np.float64), 10).astype(np.int64)
            return sat16(np.array([[rs([v], int(s) - 10)[0] for v, s in zip(row, e)] for row in c - o]))
        x = (x.astype(np.float32) - self.t["input.offset"]) * scale
        return sat16(np.floor(x + np.float32(.5)).astype(np.int64))

    def lstm(self, l, x, h, c):
        H, e = self.H, int(self.t["lstm.state_l%d" % l][0])
        a = sat16(rs(self.x[l](x), self.x[l].s + 12))
        a = sat16(a + rs(self.h[l](h), self.h[l].s + 12))
        i, f, g, o = sigmoid(a[:H]), sigmoid(a[H:2 * H]), tanh(a[2 * H:3 * H]), sigmoid(a[3 * H:])
        c = sat16(sat16(rs(f * c, -15)) + rs(i * g, -30 - e))
        return rs(o * tanh(c, e + 12), -15), c

    def gru(self, l, x, h, c):
        H = self.H
        ax, ah = sat16(rs(self.x[l](x), self.x[l].s + 12)), sat16(rs(self.h[l](h), self.h[l].s + 12))
        r, z = np.split(sigmoid(sat16(ax + ah)[:2 * H]), 2)
        n = tanh(sat16(rs(r * ah[2 * H:], -15) + rs(self.x[l](x)[2 * H:], self.x[l].s + 12)))
        return n + rs(z * (h - n), -15), c

    def logits(self, x):
        step = {"lstm": self.lstm, "gru": self.gru}[self.head["cell"]]
        h = [np.zeros(self.H, np.int64) for _ in range(self.layers)]
        c = [np.zeros(self.H, np.int64) for _ in h]
        total = 0
        for x_t in self.quantise(x):
            for l in range(self.layers):
                h[l], c[l] = step(l, x_t if l == 0 else h[l - 1], h[l], c[l])
            total = total + h[-1]
        top = h[-1]
        if self.head["pooling"] == "mean":
            top = (2 * total + len(x)) // (2 * len(x))
        return self.o(top)


def model(seed, layers, D, H, K, pooling, norm, bits, by_row, bias, kind="lstm"):
    """As int8_net's, its weights then powers of two: exponents of the widest range, and zeros."""
    head, records = int8_net.model(seed, layers, D, H, K, pooling, norm, kind=kind)
    r, n = np.random.default_rng(seed + 1), 2 ** (bits - 1) - 1
    for t in records:
        a = t.numpy()
        if t.name == "norm.scale":
            t.data = type(t.data)("f", np.ldexp(1., np.round(np.log2(a)).astype(int)))
        if "weight" not in t.name and (bias == "int32" or "bias" not in t.name):
            continue
        high = int(np.floor(np.log2(np.abs(a).max())))
        if by_row == "row" and a.ndim == 2:
            high = high - r.integers(0, 4, (len(a), 1))
        # mostly the upper exponents, as trained weights have; but each is there
        k = np.minimum(r.geometric(.4, a.shape) - 1, n - 1) + np.zeros(a.shape, int)
        k[r.random(a.shape) < .1] = n - 1
        v = np.where(r.random(a.shape) < .15, 0, np.sign(a) * np.ldexp(1., high - k))
        t.data = type(t.data)("f", v.astype(np.float32).ravel())
    return head, records


def weights(float_path, pot_path):
    w = {t.name: t.numpy() for t in ws.read(open(float_path, "rb"))[1]}
    net = Net(pot_path)
    cell, biases = net.head["cell"], net.head["pot.bias"] == "pot"
    parts = [("fc.weight", "fc.bias", net.o)]
    for l in range(net.layers):
        for way, m in ("ih", net.x[l]), ("hh", net.h[l]):
            parts.append(tuple("%s.%s_%s_l%d" % (cell, what, way, l) for what in ("weight", "bias")) + (m,))
    for W, b, m in parts:
        assert (m.weights() == w[W]).all(), W
        # biases as sums are rounded to half a unit
        assert (np.abs(m.bias - w[b]) <= (0 if biases else 2. ** (m.s - 1))).all(), b


def near(float_path, pot_path, features):
    """Logits beside the float net's. The weights are the same, so that only what x, h (2^-15 of what
    they reach), gates (2^-12) and curves (1 and 2 units of 2^-15) are rounded to lets them differ:
    some 1e-4 in what reaches the classifier, here at most 1.3e-4."""
    head, tensors = ws.read(open(float_path, "rb"))
    w = {t.name: t.numpy().astype(np.float64) for t in tensors}
    net, worst = Net(pot_path), 0
    cell, H = head["cell"], net.H
    sig = lambda a: 1 / (1 + np.exp(-a))
    for t in ws.read(features)[1]:
        u = (t.numpy() - w.get("norm.mean", 0)) * w.get("norm.scale", 1)
        for l in range(net.layers):
            Wx, Wh, bx, bh = (w["%s.%s_l%d" % (cell, k, l)] for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
            h, c, out = np.zeros(H), np.zeros(H), []
            for x in u:
                a, b = Wx @ x + bx, Wh @ h + bh
                if cell == "gru":
                    r, z = np.split(sig((a + b)[:2 * H]), 2)
                    n = np.tanh(a[2 * H:] + r * b[2 * H:])
                    h = n + z * (h - n)
                else:
                    i, f, g, o = sig((a + b)[:H]), sig((a + b)[H:2 * H]), np.tanh((a + b)[2 * H:3 * H]), sig((a + b)[3 * H:])
                    c = f * c + i * g
                    h = o * np.tanh(c)
                out.append(h)
            u = np.array(out)
        p = u.mean(0) if head["pooling"] == "mean" else u[-1]
        want = w["fc.weight"] @ p + w["fc.bias"]
        got = np.ldexp(net.logits(t.numpy()).astype(float), net.o.s)
        worst = max(worst, np.abs(got - want).max() / (np.abs(w["fc.weight"]).sum(1).max()))
    print("logits differ by at most %.5f of what h could add" % worst)
    return worst <= 5e-4


def main(command, *args):
    if command == "model":
        ws.write(sys.stdout.buffer, *model(*map(int, args[:5]), args[5], int(args[6]), int(args[7]), *args[8:]))
    elif command == "logits":
        net = Net(args[0])
        for t in ws.read(sys.stdin.buffer)[1]:
            print(t.name, *net.logits(t.numpy()))
    elif command == "weights":
        weights(*args)
    elif command == "near":
        sys.exit(not near(*args, sys.stdin.buffer))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])

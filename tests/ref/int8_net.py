#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""int8_net - the static int8 net a second time, from formats/model.md alone; whole numbers only

    int8_net.py features SEED UTTERANCES D K FRAMES   features in a stream; FRAMES 0: of 1 to 30 frames
    int8_net.py model SEED LAYERS D H K POOLING NORM [GAIN [KIND]]    a random float model in a
                                                      stream; KIND lstm, gru, bilstm, bigru
    int8_net.py logits INT8.m < features.t            a line an utterance: name and logits
    int8_net.py bound FLOAT.m INT8.m < features.t     are its logits as near the float net's as its
                                                      rounding lets expect? (see bound())

numpy (int64) does the sums; what is quantised in float is done in float32, as the format says.
"""
import math, sys
import numpy as np
import whit_stream as ws


# ---- the integer net ----

def table():
    s = lambda i: 1 / (1 + math.exp(-i / 24))
    nodes = [s(i) + (s(i + .5) - (s(i) + s(i + 1)) / 2) / 2 for i in range(255)]
    return np.array([math.floor(65536 * v + .5) for v in nodes] + [65535], np.int64)


TABLE = table()


def requant(v, mult, shift):
    """floor(v * mult * 2^(shift - 31) + 1/2) in Python's unbounded integers"""
    half = 1 << (30 - shift)
    return np.array([(int(x) * int(mult) + half) >> (31 - int(shift)) for x in v], np.int64)


def curve(x3, bits, full, out_bits):
    """TABLE at |x3| / 2^bits with straight lines between; (value, ones of the value's unit)"""
    a = np.abs(x3)
    i = np.minimum(a >> bits, 254)
    v = (TABLE[i] << bits) + (a & ((1 << bits) - 1)) * (TABLE[i + 1] - TABLE[i])
    return np.where((a >> bits) >= 255, full << bits, v)


def sigmoid(x):
    v = curve(3 * x, 9, 65534, 10)
    return np.where(x >= 0, (v + 512) >> 10, ((1 << 25) - v + 511) >> 10)


def tanh(x, e=0):
    x3 = 3 * x << e if e >= 0 else (3 * x + (1 << (-e - 1))) >> -e
    v = curve(x3, 8, 65535, 8) - (1 << 23)
    return np.where(x3 >= 0, (v + 128) >> 8, (-v + 127) >> 8)


def sat16(v):
    return np.clip(v, -32768, 32767)


class Net:
    def __init__(self, path):
        self.head, tensors = ws.read(open(path, "rb"))
        assert self.head["precision"] == "int8" and self.head["cell"] in ("lstm", "gru")
        self.gru = self.head["cell"] == "gru"
        self.t = {t.name: t.numpy() for t in tensors}
        self.meta = {t.name: t.meta for t in tensors}
        self.layers, self.H = int(self.head["layers"]), int(self.head["hidden"])

    def quantise(self, x):
        if self.head.get("feature.front_end", "").startswith("fixed "):
            whole = lambda name, bits: np.ldexp(self.t[name].astype(np.float64), bits).astype(np.int64)
            c = np.clip(np.floor(np.ldexp(x.astype(np.float64), 10) + .5), 1 - 2 ** 18, 2 ** 18 - 1).astype(np.int64)
            x = (2 * (c - whole("input.offset", 10)) * whole("input.scale", 6) + 2 ** 16) >> 17
            return np.clip(x, -128, 127)
        x = (x.astype(np.float32) - self.t["input.offset"]) * self.t["input.scale"]
        return np.clip(np.floor(x + np.float32(.5)), -128, 127).astype(np.int64)

    def gru_step(self, l, x, h):
        p = {k: self.t["gru.%s_l%d" % (k, l)].astype(np.int64)
             for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "requant")}
        H = self.H
        ax, ah = p["weight_ih"] @ x + p["bias_ih"], p["weight_hh"] @ h + p["bias_hh"]
        assert max(abs(ax).max(), abs(ah).max()) < 2 ** 31
        x_r, x_z, x_n = [requant(ax[g * H:g * H + H], *p["requant"][g]) for g in range(3)]
        h_r, h_z, h_n = [requant(ah[g * H:g * H + H], *p["requant"][3 + g]) for g in range(3)]
        r, z = sigmoid(sat16(sat16(x_r) + h_r)), sigmoid(sat16(sat16(x_z) + h_z))
        n = tanh(sat16(((r * sat16(h_n) + 2 ** 14) >> 15) + x_n))
        return n + ((z * (h - n) + 2 ** 14) >> 15)

    def step(self, l, x, h, c):
        if self.gru:
            return self.gru_step(l, x, h), c
        p = {k: self.t["lstm.%s_l%d" % (k, l)].astype(np.int64)
             for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "requant", "state")}
        H, (cell_e, clip, z) = self.H, p["state"]
        ax, ah = p["weight_ih"] @ x + p["bias_ih"], p["weight_hh"] @ h + p["bias_hh"]
        a = []
        for g in range(4):
            rows = slice(g * H, g * H + H)
            v = sat16(requant(ax[rows], *p["requant"][g]))
            a.append(sat16(v + requant(ah[rows], *p["requant"][4 + g])))
        i, f, g, o = sigmoid(a[0]), sigmoid(a[1]), tanh(a[2]), sigmoid(a[3])
        c = sat16(requant(f * c, 1 << 30, -14))
        c = c + requant(i * g, 1 << 30, -29 - cell_e)
        c = np.clip(c, -clip, clip) if clip > 0 else sat16(c)
        h = requant(o * tanh(c, int(cell_e) + 12), *p["requant"][8]) + z
        return np.clip(h, -128, 127), c

    def logits(self, x):
        z_l = [0 if self.gru else self.t["lstm.state_l%d" % l][2] for l in range(self.layers)]
        h = [np.full(self.H, z, np.int64) for z in z_l]
        c = [np.zeros(self.H, np.int64) for _ in h]
        z, total = int(h[-1][0]), 0
        for x_t in self.quantise(x):
            for l in range(self.layers):
                h[l], c[l] = self.step(l, x_t if l == 0 else h[l - 1], h[l], c[l])
            total = total + h[-1] - z
        top = h[-1]
        if self.head["pooling"] == "mean":
            top = (2 * (total if self.gru else 128 * total) + len(x)) // (2 * len(x))
        return self.t["fc.weight"].astype(np.int64) @ top + self.t["fc.bias"]


# ---- how near the float net it must be ----

def lstm_bound(q, w, l, u, reach, unit_x):
    """Layer l over the values and errors u = (x, e); what comes out, and the unit of its h"""
    H, n = q.H, "lstm.%%s_l%d" % l
    scale = lambda name, key: float(q.meta[name][key])
    Wx, Wh = w[n % "weight_ih"], w[n % "weight_hh"]
    b = w[n % "bias_ih"] + w[n % "bias_hh"]
    Sx = np.repeat([scale(n % "weight_ih", "scale." + g) for g in "ifgo"], H)
    Sh = np.repeat([scale(n % "weight_hh", "scale." + g) for g in "ifgo"], H)
    s_c, s_h = scale(n % "state", "scale.c"), scale(n % "state", "scale.h")
    h = e_h = c = e_c = np.zeros(H)
    out = []
    for x, e_x in zip(*u):
        # W rounded to Sx: half of it a term, times the input in its own units (layer 0) or as it is
        e_W = Sx / 2 * (reach.sum() if l == 0 else (np.abs(x) + e_x).sum())
        e_W = e_W + Sh / 2 * (np.abs(h) + e_h).sum()
        a = Wx @ x + Wh @ h + b
        e_a = np.abs(Wx) @ e_x + np.abs(Wh) @ e_h + e_W + Sx * unit_x / 2 + 2 * 2 ** -13
        assert (np.abs(a) + e_a < 8).all(), "a gate saturates: not what this bound is for"
        sig, e_s = 1 / (1 + np.exp(-a)), e_a / 4 + 1.3 / 32768
        (i, f, _, o), (e_i, e_f, _, e_o) = np.split(sig, 4), np.split(e_s, 4)
        g, e_g = np.tanh(a[2 * H:3 * H]), e_a[2 * H:3 * H] + 2.1 / 32768
        e_c = e_f * (np.abs(c) + e_c) + f * e_c + e_i * (np.abs(g) + e_g) + i * e_g + s_c
        c = f * c + i * g
        e_t = e_c + 2.1 / 32768 + 2 ** -13      # and the argument's own rounding when shifted
        h, e_h = o * np.tanh(c), e_o * (np.abs(np.tanh(c)) + e_t) + o * e_t + s_h / 2
        out.append((h, e_h))
    return [np.array(v) for v in zip(*out)], s_h


def gru_bound(q, w, l, u, reach, unit_x):
    """The same of a GRU's layer; its h has the unit 2^-15"""
    H, n = q.H, "gru.%%s_l%d" % l
    scale = lambda what: np.repeat([float(q.meta[n % what]["scale." + g]) for g in "rzn"], H)
    Wx, Wh, bx, bh = (w[n % k] for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    Sx, Sh = scale("weight_ih"), scale("weight_hh")
    h = e_h = np.zeros(H)
    out = []
    for x, e_x in zip(*u):
        a, v = Wx @ x + bx, Wh @ h + bh
        e_a = np.abs(Wx) @ e_x + Sx / 2 * (reach.sum() if l == 0 else (np.abs(x) + e_x).sum())
        e_a = e_a + Sx * unit_x / 2 + 2 ** -13
        e_v = np.abs(Wh) @ e_h + Sh / 2 * (np.abs(h) + e_h).sum() + Sh * 2 ** -16 + 2 ** -13
        (a_r, a_z, a_n), (e_ar, e_az, e_an) = np.split(a, 3), np.split(e_a, 3)
        (v_r, v_z, v_n), (e_vr, e_vz, e_vn) = np.split(v, 3), np.split(e_v, 3)
        sig = lambda y: 1 / (1 + np.exp(-y))
        r, z = sig(a_r + v_r), sig(a_z + v_z)
        e_r, e_z = (e_ar + e_vr) / 4 + 1.3 / 32768, (e_az + e_vz) / 4 + 1.3 / 32768
        y, e_y = a_n + r * v_n, e_an + e_r * (np.abs(v_n) + e_vn) + r * e_vn + 2 ** -13
        tops = np.abs(a) + e_a + np.abs(v) + e_v, np.abs(y) + e_y
        assert all((t < 8).all() for t in tops), "a gate saturates: not what this bound is for"
        m, e_m = np.tanh(y), e_y + 2.1 / 32768
        # h = m + z (h - m) = (1 - z) m + z h
        e_h = (1 - z) * e_m + z * e_h + e_z * (np.abs(h - m) + e_h + e_m) + 2 ** -16
        h = m + z * (h - m)
        out.append((h, e_h))
    return [np.array(v) for v in zip(*out)], 2 ** -15


def bound(fm, q, x):
    """Float logits of x and, for each, how far the integer net may be off: a running error bound.

    Beside every float value goes the largest error that one more rounding can have added to what it
    was made from: half a unit of x, W, gates (2^-12, twice), cell and h; the tables' 1.3 and 2.1 units
    of 2^-15 (tests/unit/fixed.c); slopes of at most 1/4 (sigmoid) and 1 (tanh)."""
    head, tensors = ws.read(open(fm, "rb"))
    w = {t.name: t.numpy().astype(np.float64) for t in tensors}
    scale = lambda name, key: float(q.meta[name][key])
    D = x.shape[1]
    k, mean = w.get("norm.scale", np.ones(D)), w.get("norm.mean", np.zeros(D))
    unit = 1 / q.t["input.scale"].astype(np.float64)
    u = [(x - mean) * k, np.broadcast_to(np.abs(k) * unit / 2, x.shape)]  # value, error
    reach = np.full(D, 256.)      # |q - what the bias is exact at| in units, at most
    s_h = 1                       # of layer 0 scale.* has the input's unit in it
    for l in range(q.layers):
        u, s_h = (gru_bound if q.gru else lstm_bound)(q, w, l, u, reach, s_h)
    if head["pooling"] == "mean":
        p, e_p = u[0].mean(0), u[1].mean(0) + (s_h / 2 if q.gru else s_h / 256)
    else:
        p, e_p = u[0][-1], u[1][-1]
    S, S_b = scale("fc.weight", "scale"), scale("fc.bias", "scale")
    e = np.abs(w["fc.weight"]) @ e_p + S / 2 * (np.abs(p) + e_p).sum() + S_b / 2
    return w["fc.weight"] @ p + w["fc.bias"], e * (1 + 1e-5), S_b    # 1e-5: mantissas, float32 units


# ---- what goes in ----

def features(seed, n, D, K, frames):
    r = np.random.default_rng(seed)
    spread, middle = r.uniform(1, 80, D), r.uniform(-60, 60, D)
    records = []
    for i in range(n):
        T = frames or int(r.integers(1, 31))
        x = (r.standard_normal((T, D)).cumsum(0) / 2 + r.standard_normal((K, 1, D))[i % K]) * spread + middle
        if frames:      # padded with zeros, as the reference recipe does
            x[int(r.integers(T // 3, T)):] = 0
        records.append(ws.from_numpy("u%04d" % i, x.astype(np.float32), label=i % K, group="g%d" % (i % 3)))
    labels = ",".join("w%02d" % k for k in range(K))
    return {"kind": "features", "labels": labels, "feature.test": "random"}, records


def model(seed, layers, D, H, K, pooling, norm, gain=1, kind="lstm"):
    r = np.random.default_rng(seed)
    w = lambda *shape: r.uniform(-.5, .5, shape).astype(np.float32) * np.float32(gain / math.sqrt(H / 6))
    records = {}
    cell, ways = kind[-4:].lstrip("i"), ["", "_reverse"][:1 + kind.startswith("bi")]
    G, W = {"lstm": 4, "gru": 3}[cell] * H, len(ways) * H
    for l in range(layers):
        first = np.float32(1 if norm or l else .02)     # raw features are large
        for way in ways:
            records["%s.weight_ih_l%d%s" % (cell, l, way)] = w(G, W if l else D) * first
            records["%s.weight_hh_l%d%s" % (cell, l, way)] = w(G, H)
            records["%s.bias_ih_l%d%s" % (cell, l, way)] = w(G)
            records["%s.bias_hh_l%d%s" % (cell, l, way)] = w(G)
    records["fc.weight"], records["fc.bias"] = w(K, W) * 2, w(K)
    if norm:
        records["norm.mean"] = r.uniform(-60, 60, D).astype(np.float32)
        records["norm.scale"] = (1 / r.uniform(40, 160, D)).astype(np.float32)
    labels = ",".join("w%02d" % k for k in range(K))
    directions = {"directions": 2} if len(ways) > 1 else {}
    return ({"kind": "model", "cell": cell, "layers": layers, **directions,
             "hidden": H, "inputs": D, "pooling": pooling, "precision": "float32", "labels": labels,
             "feature.test": "random"},
            [ws.from_numpy(name, a) for name, a in records.items()])


def main(command, *args):
    if command == "features":
        ws.write(sys.stdout.buffer, *features(*map(int, args)))
    elif command == "model":
        ws.write(sys.stdout.buffer, *model(*map(int, args[:5]), args[5], int(args[6]), *map(float, args[7:8]), *args[8:]))
    elif command == "logits":
        net = Net(args[0])
        for t in ws.read(sys.stdin.buffer)[1]:
            print(t.name, *net.logits(t.numpy()))
    elif command == "bound":
        net, worst, spread = Net(args[1]), 0, []
        for t in ws.read(sys.stdin.buffer)[1]:
            want, e, unit = bound(args[0], net, t.numpy())
            got = net.logits(t.numpy()) * unit
            worst = max(worst, (np.abs(got - want) / e).max())
            spread.append((e.max(), np.abs(want).max()))
        e, v = np.array(spread).max(0)
        print("largest error %.3f of its bound; bound at most %.4f, logits at most %.4f" % (worst, e, v))
        sys.exit(not worst <= 1)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])

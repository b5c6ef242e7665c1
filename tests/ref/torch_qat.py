#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""torch_qat.py QAT - holds build/tests/unit/qat against PyTorch's fake quantisation.

The same random net and utterances: logits within 1e-5, the gradient of every trained tensor within
1e-4 of its largest element. PyTorch rounds with fake_quantize_per_tensor_affine and _per_channel_,
whose gradient goes straight through, in an LSTM or GRU written out step by step. Ranges, scales and the
bias are worked out here from formats/model.md and lib/quant/quant_grid.h's text. Halves, which PyTorch
rounds to even, and what lies so close to them that the last bit of a sum decides, are left out:
such a seed is passed over.
"""
import subprocess

import numpy, torch
import cases, whit_stream as ws

#        cell    layers D   H   K  lengths           pooling norm padded
CASES = [("lstm", 1,    5,  6,  3, [4, 1, 3, 6, 2],  "last", False, False),
         ("lstm", 2,    5,  6,  3, [4, 7, 3, 5, 2],  "mean", True,  False),
         ("lstm", 2,    4,  7,  4, [6, 6, 6, 6],     "last", False, True),
         ("lstm", 3,    3,  5,  2, [6, 1, 5],        "mean", True,  True),
         ("gru",  2,    5,  6,  3, [4, 7, 3, 5, 2],  "mean", True,  False),
         ("gru",  2,    4,  7,  4, [6, 6, 1, 6],     "last", False, True)]
SEEDS = 5           # of each case, of at most 100 tried
NEAR = 1e-4         # of a unit

near = 0            # how many of all that was rounded lay nearer to a half


def fake(v, s, z=0, lo=-128, hi=127):
    """v to the nearest s (q - z)"""
    global near
    q = v.detach().double() / s
    near += int(((q - q.floor() - 0.5).abs() < NEAR).sum())
    if torch.is_tensor(s):
        none = torch.zeros(len(s), dtype=torch.int32)
        return torch.fake_quantize_per_channel_affine(v, s.float(), none, 1, lo, hi)
    return torch.fake_quantize_per_tensor_affine(v, float(s), z, lo, hi)


def matrix(W, s, m, b):
    """W as int8 has it for inputs of units s, and b so that nothing changes at inputs m"""
    scaled = W * s.float()
    q = fake(scaled, scaled.detach().double().abs().max().item() / 127, lo=-127) / s.float()
    return q, b + ((W - q).detach().double() @ m).float()


class Net:
    def __init__(self, state, cell, layers, H, pooling, o, s, m):
        self.cell, G = cell, {"lstm": 4, "gru": 3}[cell]
        self.w = {n: torch.tensor(v, requires_grad=True) for n, v in state.items()}
        self.layers, self.H, self.pooling = layers, H, pooling
        self.o, self.s, self.m = o, s, m
        self.seen = {}
        # of a GRU h has 16 bits; its unit, a power of two, changes no scale of a matrix
        one = torch.full((H,), 2 / 255 if cell == "lstm" else 2 ** -15, dtype=torch.float64)
        none = torch.zeros(H, dtype=torch.float64)
        for l in range(layers):
            for kind, units, mid in (("ih", one if l else s, none if l else m), ("hh", one, none)):
                W, b = (self.w["%s.%s_%s_l%d" % (cell, n, kind, l)] for n in ("weight", "bias"))
                gates = [matrix(*v) for v in zip(W.split(H), [units] * G, [mid] * G, b.split(H))]
                self.seen[kind, l] = [torch.cat(v) for v in zip(*gates)]
        self.seen["fc"] = matrix(self.w["fc.weight"], one, none, self.w["fc.bias"])

    def logits(self, u):
        u = fake(u - self.o.float(), self.s) + self.o.float()
        for l in range(self.layers):
            (Wx, bx), (Wh, bh) = self.seen["ih", l], self.seen["hh", l]
            h = c = torch.zeros(self.H)
            out = []
            for x in u:
                if self.cell == "gru":
                    a, v = (Wx @ x + bx).split(self.H), (Wh @ h + bh).split(self.H)
                    r, z = torch.sigmoid(a[0] + v[0]), torch.sigmoid(a[1] + v[1])
                    h = (1 - z) * torch.tanh(a[2] + r * v[2]) + z * h
                    out.append(h)
                    continue
                i, f, g, o = (Wx @ x + bx + Wh @ h + bh).split(self.H)
                c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
                # from -1, as quantize-int8 would: z = round(-128 + 127.5)
                h = fake(torch.sigmoid(o) * torch.tanh(c), 2 / 255, -1)
                out.append(h)
            u = torch.stack(out)
        W, b = self.seen["fc"]
        return W @ (u[-1] if self.pooling == "last" else u.mean(0)) + b


def units(x, mean, k, padded):
    """o, s and m of features as the net sees them"""
    x = numpy.concatenate(x).astype("f8")
    scale = (255 / (x.max(0) - x.min(0))).astype("f4").astype("f8")
    z = -128 - x.min(0) * scale
    if padded:
        z = numpy.round(z)
    offset, middle = (-z / scale).astype("f4").astype("f8"), 0 if padded else x.mean(0)
    return [torch.from_numpy(a) for a in ((offset - mean) * k, k / scale, (middle - mean) * k)]


def compare(what, expected, got, tolerance, scale):
    error = numpy.abs(expected - got).max() / scale
    if not error <= tolerance:
        print("%s: off by %.3g, tolerance %.3g" % (what, error, tolerance))
    return not error <= tolerance


def run(program, folder, case, seed):
    """None: something lay too near a half; else how much was wrong."""
    global near
    cell, layers, D, H, K, lengths, pooling, norm, padded = case
    G = {"lstm": 4, "gru": 3}[cell] * H
    random = numpy.random.RandomState(seed)
    mean = random.normal(0, 20, D).astype("f4") if norm else numpy.zeros(D, "f4")
    k = (1 / random.uniform(3, 40, D)).astype("f4") if norm else numpy.ones(D, "f4")
    x = [(random.normal(0.3, 1, (T, D)) / k + mean).astype("f4") for T in lengths]
    if padded:
        for a in x:
            a[-2:] = 0
    labels = random.randint(0, K, len(lengths))
    w = lambda *shape: random.uniform(-.7, .7, shape).astype("f4")
    state = {}
    for l in range(layers):
        for kind, n in ("ih", H if l else D), ("hh", H):
            state["%s.weight_%s_l%d" % (cell, kind, l)] = w(G, n)
        for kind in "ih", "hh":
            state["%s.bias_%s_l%d" % (cell, kind, l)] = w(G)
    state["fc.weight"], state["fc.bias"] = w(K, H), w(K)

    near = 0
    net = Net(state, cell, layers, H, pooling, *units(x, mean.astype("f8"), k.astype("f8"), padded))
    logits = torch.stack([net.logits(torch.from_numpy((a - mean) * k)) for a in x])
    if near:
        return None
    torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels)).backward()

    head = {"kind": "model", "cell": cell, "layers": layers, "hidden": H, "inputs": D,
            "pooling": pooling, "precision": "float32", "labels": ",".join(map(str, range(K)))}
    tensors = [ws.from_numpy(n, v) for n, v in state.items()]
    if norm:
        tensors += [ws.from_numpy("norm.mean", mean), ws.from_numpy("norm.scale", k)]
    with open(folder + "/model.m", "wb") as f:
        ws.write(f, head, tensors)
    with open(folder + "/features.t", "wb") as f:
        ws.write(f, {"kind": "features"}, [ws.from_numpy("u%d" % i, a, label=int(y))
                                           for i, (a, y) in enumerate(zip(x, labels))])
    subprocess.run([program, folder + "/model.m", folder + "/features.t"],
                   stdout=open(folder + "/dump.t", "wb"), check=True)
    got = {t.name: t.numpy() for t in ws.read(open(folder + "/dump.t", "rb"))[1]}
    bad, at = compare("logits", logits.detach().numpy().ravel(), got["logits"], 1e-5, 1), 0
    for n, v in net.w.items():
        g = v.grad.numpy().ravel()
        bad += compare("gradient of " + n, g, got["grad"][at:at + g.size], 1e-4, abs(g).max() or 1)
        at += g.size
    if bad:
        print("in case", case, "seed", seed)
    return bad


cases.run_all(run, CASES, SEEDS, 100)

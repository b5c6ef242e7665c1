#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""torch_pot.py QUANTIZE-POT - holds --approach ste against PyTorch with a rounding in its way.

The same random net and utterances, a few updates of Adam: PyTorch's net has the rounded weights,
and their gradient goes to the exact ones. What --before leaves must be PyTorch's exact weights
within 1e-4 of their tensor's largest, and the model what pot_ways.py makes of --before's. A seed
where a weight lies so close to a half that the last bits of a gradient decide is passed over.
"""
import subprocess

import numpy, torch
import cases, whit_stream as ws

#        cell    layers D  H  K  bits range     bias     high   norm   updates clip
CASES = [("lstm", 1,    5, 6, 3, 4,   "tensor", "pot",   "fit", False, 4,      0),
         ("lstm", 2,    4, 5, 3, 3,   "row",    "pot",   "fit", True,  3,      1),
         ("gru",  1,    5, 7, 2, 2,   "tensor", "int32", "fit", True,  4,      .5),
         ("lstm", 1,    3, 4, 4, 5,   "tensor", "pot",   "inq", False, 3,      0)]
RATE, SEEDS, NEAR = 3e-3, 3, 1e-4


def rounded(w, o):
    """w on its grid; None where that is a close thing"""
    n = 2 ** (o["bits"] - 1) - 1
    rows = w if o["range"] == "row" and w.ndim == 2 else w[None]
    out = []
    for r in rows:
        a = r.abs().max().item()
        top = int(numpy.floor(numpy.log2(4 * a / 3)))
        tried = []
        for high in range(top, top - 8, -1) if o["high"] == "fit" else [top]:
            levels = torch.tensor([0] + [2.0 ** k for k in range(high - n + 1, high + 1)])
            halves = (levels[1:] + levels[:-1]) / 2
            q = levels[(r.abs()[..., None] >= halves).sum(-1)] * r.sign()
            close = ((r.abs()[..., None] / halves - 1).abs() < NEAR).any().item()
            tried.append((((q - r).double() ** 2).sum().item(), q, close))
        tried.sort(key=lambda t: t[0])
        if tried[0][2] or (len(tried) > 1 and tried[1][0] < tried[0][0] * (1 + NEAR)):
            return None
        out.append(tried[0][1])
    return torch.stack(out) if rows is w else out[0]


def run(program, folder, case, seed):
    cell, layers, D, H, K, bits, range_, bias, high, norm, updates, clip = case
    o = {"bits": bits, "range": range_, "high": high}
    random = numpy.random.RandomState(seed)
    x = random.normal(0, 1, (12, 6, D)).astype("f4")
    labels = numpy.concatenate([numpy.arange(K), random.randint(0, K, 12 - K)])
    G = {"lstm": 4, "gru": 3}[cell] * H
    state = {}
    for l in range(layers):
        for name, shape in (("weight_ih", (G, H if l else D)), ("weight_hh", (G, H)),
                            ("bias_ih", (G,)), ("bias_hh", (G,))):
            state["%s.%s_l%d" % (cell, name, l)] = random.normal(0, .5, shape).astype("f4")
    state["fc.weight"] = random.normal(0, .5, (K, H)).astype("f4")
    state["fc.bias"] = random.normal(0, .5, K).astype("f4")
    tensors = [ws.from_numpy(n, v) for n, v in state.items()]
    if norm:        # powers of two already: nothing moves
        tensors += [ws.from_numpy("norm.mean", random.normal(0, 1, D).astype("f4")),
                    ws.from_numpy("norm.scale", (2.0 ** random.randint(-2, 2, D)).astype("f4"))]
        x = (x / tensors[-1].numpy() + tensors[-2].numpy()).astype("f4")
    ws.write(open(folder + "/x.t", "wb"), {"kind": "features", "labels": ",".join("abcdef"[:K])},
             [ws.from_numpy("u%d" % i, a, label=int(y)) for i, (a, y) in enumerate(zip(x, labels))])
    ws.write(open(folder + "/m", "wb"),
             {"kind": "model", "cell": cell, "layers": layers, "hidden": H, "inputs": D,
              "pooling": "last", "precision": "float32", "labels": ",".join("abcdef"[:K])}, tensors)

    w = {n: torch.nn.Parameter(torch.from_numpy(v.copy())) for n, v in state.items()}
    net = torch.nn.Module()
    net.add_module(cell, {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell](
        D, H, layers, batch_first=True))
    net.fc = torch.nn.Linear(H, K)
    seen = torch.from_numpy(x)
    if norm:
        seen = (seen - tensors[-2].numpy()) * tensors[-1].numpy()
    adam = torch.optim.Adam(w.values(), lr=RATE)
    for _ in range(updates):
        view = {}
        for n, p in w.items():
            view[n] = rounded(p.detach(), o) if p.ndim == 2 or bias == "pot" else p.detach()
            if view[n] is None:
                return None
        net.load_state_dict(view)
        net.zero_grad()
        logits = net.fc(getattr(net, cell)(seen)[0][:, -1])
        torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels)).backward()
        for n, p in net.named_parameters():
            w[n].grad = p.grad.clone()
        if clip:
            torch.nn.utils.clip_grad_norm_(w.values(), clip)
        adam.step()

    subprocess.run([program, "--quiet", "--float", "--bits", str(bits), "--range", range_, "--bias", bias,
                    "--high", high, "--train", folder + "/x.t", "--epochs", str(updates),
                    "--batch", "12", "--rate", str(RATE), "--schedule", "constant", "--clip",
                    str(clip), "--before", folder + "/b"],
                   stdin=open(folder + "/m", "rb"), stdout=open(folder + "/a", "wb"), check=True)
    got = {t.name: t.numpy() for t in ws.read(open(folder + "/b", "rb"))[1]}
    bad = 0
    for n, p in w.items():
        expected = p.detach().numpy()
        error = abs(got[n] - expected).max() / abs(expected).max()
        if not error <= 1e-4:
            print("%s: off by %.3g in case %s, seed %d" % (n, error, case, seed))
            bad += 1
    return bad


cases.run_all(run, CASES, SEEDS, 200)

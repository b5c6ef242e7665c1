#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""torch_lstm.py BPTT - holds build/tests/unit/bptt against PyTorch.

From the same random weights and utterances: logits within 1e-5 (absolute), loss, every gradient
tensor within 1e-4 of its largest element, all weights after ten Adam steps within 1e-4 of their
tensor's largest. One and two and three layers, both poolings, ragged and equal lengths, clipping,
normalisation, sizes that fill no vector.
"""
import subprocess, sys, tempfile

import numpy, torch
import whit_stream as ws

#        layers  D   H   K  lengths                   pooling clip norm
CASES = [(1,    13, 24, 10, [36] * 8,                 "last", 0.0, False),
         (2,    13, 24, 10, [36] * 32,                "last", 0.0, False),
         (2,    13, 24, 10, [1, 7, 36, 2, 36, 19, 5], "last", 0.0, False),
         (2,    13, 24, 10, [9, 30, 30, 1, 17, 22],   "mean", 0.5, True),
         (1,     5,  7,  3, [4, 1, 3, 9, 2],          "mean", 0.0, True),
         (3,     3, 11,  2, [6, 6, 5, 12],            "last", 0.1, False),
         (2,    20, 38, 10, [31, 8, 14, 40, 22],      "mean", 5.0, False),
         (2,    13, 128, 10, [20, 36, 11, 36],        "last", 1.0, True),
         (1,     1,  1,  2, [1],                      "last", 0.0, False)]
STEPS, RATE = 10, 1e-3


class Net(torch.nn.Module):
    def __init__(self, layers, D, H, K, pooling):
        super().__init__()
        self.lstm = torch.nn.LSTM(D, H, layers, batch_first=True)
        self.fc = torch.nn.Linear(H, K)
        self.pooling = pooling

    def forward(self, x, lengths):
        packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True,
                                                         enforce_sorted=False)
        out, _ = torch.nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        if self.pooling == "last":
            return self.fc(out[torch.arange(len(lengths)), lengths - 1])
        return self.fc(out.sum(1) / lengths[:, None])      # padding is zeros


def compare(what, expected, got, tolerance, scale):
    error = numpy.abs(expected - got).max() / scale
    if not error <= tolerance:
        print("%s: off by %.3g, tolerance %.3g" % (what, error, tolerance))
    return not error <= tolerance


def run(program, folder, case, seed):
    layers, D, H, K, lengths, pooling, clip, norm = case
    torch.manual_seed(seed)
    random = numpy.random.RandomState(seed)
    net = Net(layers, D, H, K, pooling)
    mean = random.normal(0, 20, D).astype("f4")
    scale = (1 / random.uniform(3, 40, D)).astype("f4")
    x = [random.normal(0, 1, (T, D)).astype("f4") for T in lengths]
    if norm:
        x = [(a / scale + mean).astype("f4") for a in x]
    labels = random.randint(0, K, len(lengths))

    head = {"kind": "model", "cell": "lstm", "layers": layers, "hidden": H, "inputs": D,
            "pooling": pooling, "precision": "float32", "labels": ",".join(map(str, range(K)))}
    tensors = [ws.from_numpy(n, w.numpy()) for n, w in net.state_dict().items()]
    if norm:
        tensors += [ws.from_numpy("norm.mean", mean), ws.from_numpy("norm.scale", scale)]
    with open(folder + "/model.m", "wb") as f:
        ws.write(f, head, tensors)
    with open(folder + "/features.t", "wb") as f:
        ws.write(f, {"kind": "features"}, [ws.from_numpy("u%d" % i, a, label=int(y))
                                           for i, (a, y) in enumerate(zip(x, labels))])
    subprocess.run([program, folder + "/model.m", folder + "/features.t", str(clip), str(STEPS),
                    str(RATE)], stdout=open(folder + "/dump.t", "wb"), check=True)
    got = {t.name: t.numpy() for t in ws.read(open(folder + "/dump.t", "rb"))[1]}

    batch = torch.zeros(len(x), max(lengths), D)
    for i, a in enumerate(x):
        batch[i, :len(a)] = torch.from_numpy((a - mean) * scale if norm else a)
    optimiser = torch.optim.Adam(net.parameters(), lr=RATE)
    bad = 0
    for step in range(STEPS):
        optimiser.zero_grad()
        logits = net(batch, torch.tensor(lengths))
        loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels))
        loss.backward()
        if clip:
            torch.nn.utils.clip_grad_norm_(net.parameters(), clip)
        if step == 0:
            bad += compare("logits", logits.detach().numpy(), got["logits"], 1e-5, 1)
            bad += compare("loss", loss.item(), got["loss"][0, 0], 1e-5, 1)
            for n, w in net.named_parameters():
                g = w.grad.numpy().ravel()
                bad += compare("gradient of " + n, g, got["grad." + n][0], 1e-4, abs(g).max() or 1)
        optimiser.step()
    for n, w in net.named_parameters():
        w = w.detach().numpy().ravel()
        bad += compare("%s after %d steps" % (n, STEPS), w, got["step." + n][0], 1e-4, abs(w).max())
    if bad:
        print("in case", case)
    return bad


torch.set_num_threads(1)
with tempfile.TemporaryDirectory() as folder:
    sys.exit(sum(run(sys.argv[1], folder, case, seed) for seed, case in enumerate(CASES)) > 0)

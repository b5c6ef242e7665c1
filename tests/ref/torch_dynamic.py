#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""torch_dynamic - PyTorch's quantize_dynamic beside an int8-dynamic model

    torch_dynamic.py (FLOAT.m DYNAMIC.m LOGITS.txt FEATURES.t)...

Quantises FLOAT.m with torch.ao.quantization.quantize_dynamic (oneDNN for 7 bits, QNNPACK for 8),
compares its int8 weights with DYNAMIC.m's (equal) and its logits, one utterance a batch, with those
in LOGITS.txt. A value of h that lies between two int8 steps may fall either way with the last bit of
exp or tanh, so one utterance in eight may differ by more than 1e-5. Exits 1 when they do not agree.
"""
import os, sys
os.environ["GLOG_minloglevel"] = "3"
import numpy as np
import torch
import whit_stream as ws


class Net(torch.nn.Module):
    def __init__(self, head):
        super().__init__()
        D, H, L = (int(head[k]) for k in ("inputs", "hidden", "layers"))
        self.cell = head["cell"]
        rnn = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[self.cell]
        directions = int(head.get("directions", 1))
        setattr(self, self.cell, rnn(D, H, L, batch_first=True, bidirectional=directions == 2))
        self.fc = torch.nn.Linear(directions * H, len(head["labels"].split(",")))
        self.directions, self.pooling = directions, head["pooling"]

    def forward(self, x):
        out, h_n = getattr(self, self.cell)(x)
        h_n = h_n[0] if self.cell == "lstm" else h_n
        if self.pooling == "mean":
            return self.fc(out.mean(1))
        if self.pooling == "max":
            return self.fc(out.max(1).values)
        return self.fc(torch.cat(list(h_n[-self.directions:]), 1))


def compare(float_path, dynamic_path, logits_path, features_path):
    head, tensors = ws.read(open(float_path, "rb"))
    w = {t.name: torch.tensor(t.numpy()) for t in tensors}
    dynamic_head, tensors = ws.read(open(dynamic_path, "rb"))
    q = {t.name: t.numpy() for t in tensors}
    bits = int(dynamic_head["activation_bits"])
    engine = {7: "onednn", 8: "qnnpack"}[bits]
    if engine not in torch.backends.quantized.supported_engines:
        sys.exit("this PyTorch has no " + engine)
    torch.backends.quantized.engine = engine
    torch.set_num_threads(1)
    net = Net(head)
    net.load_state_dict({k: v for k, v in w.items() if not k.startswith("norm.")})
    net = torch.ao.quantization.quantize_dynamic(net.eval(), {torch.nn.LSTM, torch.nn.GRU, torch.nn.Linear}, torch.qint8)

    for name, v in w.items():
        if "weight" not in name:
            continue
        observer = torch.ao.quantization.default_dynamic_qconfig.weight()
        observer(v)
        s, z = observer.calculate_qparams()
        want = torch.quantize_per_tensor(v, float(s), int(z), torch.qint8).int_repr().numpy()
        if (want != q[name]).any():
            sys.exit("%s: %d weights differ" % (name, (want != q[name]).sum()))
    weight = net.fc.weight().int_repr().numpy()     # what it really runs with
    if (weight != q["fc.weight"]).any():
        sys.exit("fc.weight differs from the packed one")

    k, mean = w.get("norm.scale", torch.tensor(1.)), w.get("norm.mean", torch.tensor(0.))
    off = []
    for t, line in zip(ws.read(open(features_path, "rb"))[1], open(logits_path), strict=True):
        name, *got = line.split()
        want = net(((torch.tensor(t.numpy()) - mean) * k)[None])[0].numpy()
        assert name == t.name
        off.append(np.abs(np.array(got, np.float64) - want).max())
    off = np.array(off)
    print("%s, %d bits, %s: median %.2g, largest %.2g, %d of %d above 1e-5"
          % (head["cell"], bits, engine, np.median(off), off.max(), (off > 1e-5).sum(), len(off)))
    return np.median(off) < 1e-6 and (off > 1e-5).mean() <= .125 and off.max() < .1


with torch.no_grad():
    paths = sys.argv[1:]
    good = [compare(*paths[i:i + 4]) for i in range(0, len(paths), 4)]
sys.exit(not (good and all(good)))

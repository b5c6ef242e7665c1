#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""torch_prune.py LSTM-TRAIN - holds --prune against torch.nn.utils.prune.

Both train from lstm-train's first weights (those that a rate of 1e-38 leaves), an update an epoch.
PyTorch prunes with global_unstructured(L1Unstructured), which keeps weight_orig and weight_mask;
the net sees their product. After the last epoch the same weights must be 0 and all must agree
within 1e-4 of their tensor's largest: with several steps of a plan, Adam and AdamW with decay,
clipping and a moving average, whose pruned weights are 0, too.
"""
import subprocess, sys, tempfile

import numpy, torch
from torch.nn.utils import prune
import whit_stream as ws

#        cell    layers D  H   K  epochs plan                adamw decay clip average (0: none)
CASES = [("lstm", 1,    5, 7,  3, 1,     "1:.5",              0,    0,    0,   0),
         ("lstm", 1,    5, 8,  3, 6,     "3:.5",              0,    0,    0,   0),
         ("lstm", 2,    4, 9,  2, 12,    "3:.5,5:.25,7-9:.1", 0,    0,    0,   0),
         ("lstm", 2,    5, 6,  4, 9,     "2-4:.3,9:.05",      0,    .1,   .05, 0),
         ("lstm", 3,    3, 5,  3, 8,     "1:.2,4:.9",         1,    .3,   .2,  0),
         ("lstm", 2,    5, 11, 3, 10,    "4:.5,8:.5",         1,    .01,  1,   .8),
         ("gru",  2,    4, 7,  3, 8,     "2:.4,5-6:.2",       0,    0,    .5,  0)]
RATE = 1e-2


class Net(torch.nn.Module):
    def __init__(self, cell, layers, D, H, K):
        super().__init__()
        kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell]
        self.add_module(cell, kind(D, H, layers, batch_first=True))
        self.cell = cell
        self.fc = torch.nn.Linear(H, K)

    def forward(self, x):
        return self.fc(getattr(self, self.cell)(x)[0][:, -1])


class Holder(torch.nn.Module):
    """A module for prune with one parameter; its call brings w up to date with its mask."""

    def __init__(self, w):
        super().__init__()
        self.w = torch.nn.Parameter(torch.tensor(w))

    def forward(self):
        return self.w


def share_of(plan, epoch):
    for step in plan.split(","):
        epochs, share = step.split(":")
        if int(epochs.split("-")[0]) <= epoch <= int(epochs.split("-")[-1]):
            return float(share)
    return 0.0


def run(program, folder, case, seed):
    cell, layers, D, H, K, epochs, plan, adamw, decay, clip, keep = case
    random = numpy.random.RandomState(seed)
    x = random.normal(0, 1, (20, 7, D)).astype("f4")
    labels = numpy.concatenate([numpy.arange(K), random.randint(0, K, 20 - K)])
    with open(folder + "/x.t", "wb") as f:
        ws.write(f, {"kind": "features", "labels": ",".join("abcdef"[:K])},
                 [ws.from_numpy("u%d" % i, a, label=int(y))
                  for i, (a, y) in enumerate(zip(x, labels))])

    def train(*options):
        with open(folder + "/x.t", "rb") as features, open(folder + "/m", "wb") as model:
            subprocess.run([program, "--quiet", "--cell", cell, "--layers", str(layers), "--hidden",
                            str(H), "--dropout", "0", "--batch", "20", "--seed", str(seed),
                            *options],
                           stdin=features, stdout=model, check=True)
        head, tensors = ws.read(open(folder + "/m", "rb"))
        return head, {t.name: t.numpy() for t in tensors}

    first = train("--epochs", "1", "--rate", "1e-38")[1]
    options = ["--epochs", str(epochs), "--rate", str(RATE), "--prune", plan, "--clip", str(clip),
               "--weight-decay", str(decay), "--optimiser", "adamw" if adamw else "adam"]
    if keep:
        options += ["--average", "ema", "--average-decay", str(keep)]
    head, got = train(*options)

    net = Net(cell, layers, D, H, K)
    holders = {name: Holder(w) for name, w in first.items()}
    matrices = [(h, "w") for name, h in holders.items() if "weight" in name]
    parameters = [h.w for h in holders.values()]    # they stay: prune calls them weight_orig
    optimiser = (torch.optim.AdamW if adamw else torch.optim.Adam)(parameters, lr=RATE,
                                                                   weight_decay=decay)
    mean = {}
    for epoch in range(1, epochs + 1):
        if share_of(plan, epoch):
            prune.global_unstructured(matrices, prune.L1Unstructured, amount=share_of(plan, epoch))
            for name in mean:
                mean[name] = mean[name] * getattr(holders[name], "w_mask", 1)
        optimiser.zero_grad()
        net.zero_grad()
        net.load_state_dict({name: h().detach() for name, h in holders.items()})
        logits = net(torch.from_numpy(x))
        torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels)).backward()
        for name, w in net.named_parameters():      # LSTM and GRU read no weights but their own
            holders[name]().backward(w.grad)
        if clip:
            torch.nn.utils.clip_grad_norm_(parameters, clip)
        optimiser.step()
        for name, h in holders.items():
            w = h().detach()
            mean[name] = keep * mean[name] + (1 - keep) * w if name in mean else w.clone()

    bad, zeros, weights = 0, 0, 0
    for name, h in holders.items():
        expected = mean[name].numpy()
        mask = h.w_mask.numpy() if hasattr(h, "w_mask") else numpy.ones_like(expected)
        otherwise = (got[name] != 0) != (mask != 0)
        if otherwise.any():
            print("%s: %d weights pruned otherwise" % (name, otherwise.sum()))
            bad += 1
        error = abs(got[name] - expected).max() / (abs(expected).max() or 1)
        if not error <= 1e-4:
            print("%s: off by %.3g" % (name, error))
            bad += 1
        if "weight" in name:
            zeros += (mask == 0).sum()
            weights += mask.size
    if head["sparsity"] != "%.4f" % (zeros / weights) or not zeros:
        print("sparsity: expected %.4f, got %s" % (zeros / weights, head["sparsity"]))
        bad += 1
    if bad:
        print("in case", case)
    return bad


torch.set_num_threads(1)
with tempfile.TemporaryDirectory() as folder:
    sys.exit(sum(run(sys.argv[1], folder, case, 40 + i) for i, case in enumerate(CASES)) > 0)

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""torch_lstm.py BPTT - holds build/tests/unit/bptt against PyTorch.

From the same random weights and utterances: logits within 1e-5 (absolute), loss, every gradient
tensor within 1e-4 of its largest element, all weights after ten Adam steps within 1e-4 of their
tensor's largest. LSTMs and GRUs, forward and bidirectional, one and two and three layers, every
pooling, ragged and equal lengths, clipping, normalisation, sizes that fill no vector. Then Adam
with weight decay, AdamW, smoothed labels, each schedule (its rates and betas within 1e-12) and
averaged weights (swa_utils). Then teachers of other sizes and with a normalisation of their own
(kl_div of both nets' softmax at temperature tau).
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
KINDS = ["lstm", "gru", "bilstm", "bigru"]
POOLINGS = ["last", "mean", "max"]
SMALL = 3, 4, 5                 # cases for every pooling
# In a matrix of 98,304 weights, as a bidirectional net's of 128 units, the first gradient of one is
# 2e-9 where the largest is 7e-3: Adam divides such by about themselves, and the last bits of the
# sums, PyTorch's too, become a ten-thousandth of a weight.
WIDE = 7                        # case for one direction

#         case steps rate  adamw decay smoothing schedule    average (decay; 0: mean)
OPTIONS = [(3, 10, 1e-3,   0,    0.1,  0.0,      "constant",  0.0),
           (2, 10, 1e-3,   1,    0.3,  0.0,      "constant",  0.5),
           (5, 10, 1e-3,   0,    0.0,  0.1,      "cosine",    0.9),
           (6, 10, 2e-3,   1,    0.01, 0.05,     "one-cycle", 0.0),
           (1, 25, 1e-3,   1,    0.01, 0.3,      "one-cycle", 0.99),
           (4,  1, 1e-3,   0,    0.0,  1.0,      "one-cycle", 0.0),
           (4,  3, 1e-3,   0,    0.0,  0.0,      "one-cycle", 0.0),
           (7, 10, 1e-3,   1,    0.1,  0.05,     "step",      0.0)]
PLAIN = (0, 0.0, 0.0, "constant", 0.0)

#         case steps rate  as above               teacher: layers H  pooling norm   tau  alpha
TAUGHT = [(2, 10, 1e-3,    PLAIN,                         (1,  17, "last", False, 3.0,  0.6)),
          (3, 10, 1e-3,    PLAIN,                         (2,  30, "mean", True,  1.0,  1.0)),
          (4, 10, 1e-3,    (0, 0.1, 0.1, "cosine", 0.9),  (1,  5,  "last", True,  10.0, 0.3)),
          (7, 10, 1e-3,    (1, 0.1, 0.05, "step", 0.0),   (2,  16, "last", False, 0.5,  0.9)),
          (1, 10, 1e-3,    PLAIN,                         (2,  24, "mean", False, 4.0,  0.0))]
SCHEDULES = ["constant", "cosine", "one-cycle", "step"]


def schedule(name, optimiser, steps, rate):
    torch_schedules = torch.optim.lr_scheduler
    if name == "cosine":
        return torch_schedules.CosineAnnealingLR(optimiser, steps)
    if name == "one-cycle":
        return torch_schedules.OneCycleLR(optimiser, rate, total_steps=steps)
    if name == "step":
        return torch_schedules.StepLR(optimiser, 3, 0.5)
    return torch_schedules.LambdaLR(optimiser, lambda epoch: 1.0)


def averaged(net, decay):
    if decay == 0:
        return torch.optim.swa_utils.AveragedModel(net)
    return torch.optim.swa_utils.AveragedModel(
        net, avg_fn=lambda mean, w, n: decay * mean + (1 - decay) * w)


class Net(torch.nn.Module):
    def __init__(self, kind, layers, D, H, K, pooling):
        super().__init__()
        self.cell, directions = kind[-4:].lstrip("i"), 2 if kind.startswith("bi") else 1
        rnn = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[self.cell]
        setattr(self, self.cell, rnn(D, H, layers, batch_first=True, bidirectional=directions > 1))
        self.fc = torch.nn.Linear(directions * H, K)
        self.pooling = pooling
        self.head = {"cell": self.cell, "layers": layers, "hidden": H, "pooling": pooling}
        if directions > 1:
            self.head["directions"] = 2

    def forward(self, x, lengths):
        rnn = getattr(self, self.cell)
        packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True,
                                                         enforce_sorted=False)
        out, h_n = rnn(packed)
        if self.pooling == "last":
            h_n = h_n[0] if self.cell == "lstm" else h_n       # (layers * directions, N, H)
            return self.fc(torch.cat(list(h_n[-1 - rnn.bidirectional:]), 1))
        out, _ = torch.nn.utils.rnn.pad_packed_sequence(
            out, batch_first=True, padding_value=-2.0 if self.pooling == "max" else 0.0)
        if self.pooling == "max":                          # h is above -1
            return self.fc(out.max(1).values)
        return self.fc(out.sum(1) / lengths[:, None])      # padding is zeros


def compare(what, expected, got, tolerance, scale):
    error = numpy.abs(expected - got).max() / scale
    if not error <= tolerance:
        print("%s: off by %.3g, tolerance %.3g" % (what, error, tolerance))
    return not error <= tolerance


def write(path, net, head, mean, scale):
    """A model with that head, and with a normalisation unless mean is None."""
    tensors = [ws.from_numpy(n, w.numpy()) for n, w in net.state_dict().items()]
    if mean is not None:
        tensors += [ws.from_numpy("norm.mean", mean), ws.from_numpy("norm.scale", scale)]
    with open(path, "wb") as f:
        ws.write(f, head, tensors)


def padded(x, mean, scale):
    batch = torch.zeros(len(x), max(map(len, x)), x[0].shape[1])
    for i, a in enumerate(x):
        batch[i, :len(a)] = torch.from_numpy(a if mean is None else (a - mean) * scale)
    return batch


def distilled(loss, logits, taught, tau, alpha):
    kl = torch.nn.functional.kl_div(torch.log_softmax(logits / tau, 1),
                                    torch.softmax(taught / tau, 1), reduction="batchmean")
    return (1 - alpha) * loss + alpha * tau ** 2 * kl


def run(program, folder, kind, case, seed, option=(0, STEPS, RATE, *PLAIN), teacher=None):
    layers, D, H, K, lengths, pooling, clip, norm = case
    _, steps, rate, adamw, decay, smoothing, course, keep = option
    torch.manual_seed(seed)
    random = numpy.random.RandomState(seed)
    net = Net(kind, layers, D, H, K, pooling)
    mean = random.normal(0, 20, D).astype("f4")
    scale = (1 / random.uniform(3, 40, D)).astype("f4")
    x = [random.normal(0, 1, (T, D)).astype("f4") for T in lengths]
    if norm:
        x = [(a / scale + mean).astype("f4") for a in x]
    labels = random.randint(0, K, len(lengths))

    head = {"kind": "model", "inputs": D, "precision": "float32",
            "labels": ",".join(map(str, range(K)))}
    if not norm:
        mean = None
    write(folder + "/model.m", net, {**head, **net.head}, mean, scale)
    more = []
    if teacher:
        t_layers, t_H, t_pooling, t_norm, tau, alpha = teacher
        teacher = Net(kind, t_layers, D, t_H, K, t_pooling)
        with torch.no_grad():
            teacher.fc.weight *= 8          # else it is sure of nothing
        t_mean = random.normal(0, 2, D).astype("f4") if t_norm else None
        t_scale = (1 / random.uniform(1, 3, D)).astype("f4")
        write(folder + "/teacher.m", teacher, {**head, **teacher.head}, t_mean, t_scale)
        with torch.no_grad():
            taught = teacher(padded(x, t_mean, t_scale), torch.tensor(lengths))
        more = [folder + "/teacher.m", str(tau), str(alpha)]
    with open(folder + "/features.t", "wb") as f:
        ws.write(f, {"kind": "features"}, [ws.from_numpy("u%d" % i, a, label=int(y))
                                           for i, (a, y) in enumerate(zip(x, labels))])
    subprocess.run([program, folder + "/model.m", folder + "/features.t", str(clip), str(steps),
                    str(rate), str(adamw), str(decay), str(smoothing),
                    str(SCHEDULES.index(course)), str(keep), *more],
                   stdout=open(folder + "/dump.t", "wb"), check=True)
    got = {t.name: t.numpy() for t in ws.read(open(folder + "/dump.t", "rb"))[1]}

    batch = padded(x, mean, scale)
    optimiser = (torch.optim.AdamW if adamw else torch.optim.Adam)(net.parameters(), lr=rate,
                                                                   weight_decay=decay)
    scheduler = schedule(course, optimiser, steps, rate)
    average = averaged(net, keep)
    bad = 0
    for step in range(steps):
        group = optimiser.param_groups[0]
        bad += compare("rate of step %d" % step, group["lr"], got["rates"][step, 0], 1e-12, rate)
        bad += compare("beta1 of step %d" % step, group["betas"][0], got["rates"][step, 1], 1e-12, 1)
        optimiser.zero_grad()
        logits = net(batch, torch.tensor(lengths))
        loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels),
                                                 label_smoothing=smoothing)
        if teacher:
            loss = distilled(loss, logits, taught, tau, alpha)
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
        average.update_parameters(net)
        if step + 1 < steps:
            scheduler.step()
    for what, parameters in ("step", net), ("average", average.module):
        for n, w in parameters.named_parameters():
            w = w.detach().numpy().ravel()
            name = what + "." + n
            bad += compare("%s after %d steps" % (name, steps), w, got[name][0], 1e-4,
                           abs(w).max())
    if bad:
        print("in case", kind, case, option, "with a teacher" if teacher else "")
    return bad


torch.set_num_threads(1)
with tempfile.TemporaryDirectory() as folder:
    bad = sum(run(sys.argv[1], folder, kind, case, seed) for kind in KINDS
              for seed, case in enumerate(CASES) if seed != WIDE or kind in ("lstm", "gru"))
    bad += sum(run(sys.argv[1], folder, kind, (*CASES[i][:5], pooling, *CASES[i][6:]), 60 + i)
               for kind in KINDS for i in SMALL for pooling in POOLINGS)
    bad += sum(run(sys.argv[1], folder, "lstm", CASES[option[0]], 20 + i, option)
               for i, option in enumerate(OPTIONS))
    bad += sum(run(sys.argv[1], folder, KINDS[(i + 1) % 4], CASES[t[0]], 40 + i, (*t[:3], *t[3]),
                   t[4]) for i, t in enumerate(TAUGHT))
    sys.exit(bad > 0)

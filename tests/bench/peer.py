# SPDX-License-Identifier: MIT
"""What the peers of tests/bench share: one thread, the work alone on the clock, one line of JSON."""
import argparse, json, os, sys, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ref"))
import whit_stream as ws
import numpy, torch

torch.set_num_threads(1)


class Net(torch.nn.Module):
    def __init__(self, layers, D, H, K, dropout=0.0, pooling="last"):
        super().__init__()
        self.lstm = torch.nn.LSTM(D, H, layers, batch_first=True, dropout=dropout)
        self.fc = torch.nn.Linear(H, K)
        self.last = pooling == "last"

    def forward(self, x):
        h = self.lstm(x)[0]
        return self.fc(h[:, -1] if self.last else h.mean(1))


def read(path):
    with open(path, "rb") as f:
        return ws.read(f)


def blas():
    """The BLAS that PyTorch runs on: of the libraries mapped, those so named."""
    torch.mm(torch.ones(4, 4), torch.ones(4, 4))
    with open("/proc/self/maps") as f:
        names = {os.path.basename(line.split()[-1]) for line in f if "/lib" in line}
    names = sorted(n for n in names if "blas" in n or "mkl" in n)
    return " ".join([n for n in names if "openblas" in n] or names) or "its own"


def clock():
    """Seconds of processor and of the wall."""
    return numpy.array([time.process_time(), time.perf_counter()])


def check(what, worst, tolerance):
    if not worst <= tolerance:
        sys.exit("%s: %s: the answers differ by %.3g, expected at most %g" % (
            os.path.basename(sys.argv[0]), what, worst, tolerance))


def answer(**values):
    print(json.dumps(dict(values, torch=torch.__version__, blas=blas())))

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""torch_infer - names one utterance at a time in PyTorch, one thread.

    torch_infer.py MODEL.m FEATURES.t PREDICTIONS.t

MODEL.m: float32, without normalisation; PREDICTIONS.t: what classify made of both. Times every
utterance by itself, plainly (eager), and traced and frozen (TorchScript); tells the medians in ns.
Exits 1 when a logit is not within 1e-3 of classify's.
"""
from peer import *

head, tensors = read(sys.argv[1])
x = [torch.from_numpy(t.numpy())[None] for t in read(sys.argv[2])[1]]
ours = {t.name: t.numpy() for t in read(sys.argv[3])[1]}
names = [t.name for t in read(sys.argv[2])[1]]
net = Net(int(head["layers"]), int(head["inputs"]), int(head["hidden"]),
          len(head["labels"].split(",")), pooling=head["pooling"]).eval()
net.load_state_dict({t.name: torch.from_numpy(t.numpy()) for t in tensors})


def run(model):
    """Logits of all utterances, and the median time of one."""
    for _ in range(50):             # TorchScript compiles on the way
        model(x[0])
    times, logits = [], []
    for one in x:
        start = time.perf_counter_ns()
        out = model(one)
        times.append(time.perf_counter_ns() - start)
        logits.append(out[0].numpy())
    return numpy.stack(logits), int(numpy.median(times))


want = numpy.stack([ours[n] for n in names])
ns = {}
with torch.inference_mode():
    for kind, model in (("eager", net), ("script", torch.jit.freeze(torch.jit.trace(net, x[0])))):
        got, ns[kind] = run(model)
        check("logits, " + kind, abs(got - want).max(), 1e-3)
answer(ns=ns, utterances=len(x))

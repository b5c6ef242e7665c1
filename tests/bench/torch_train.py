#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""torch_train - trains a recipe in PyTorch, one thread, from features in memory.

    torch_train.py --hidden 24 OPTIONS-OF-LSTM-TRAIN --accuracy A --within W TRAIN.t

Only the epochs are on the clock: no start of Python, no reading. The data lie in one tensor, batches
are taken by index, no loader. Exits 1 when the accuracy on the training data in the last epoch is not
within W of A, that of lstm-train: then the work was not the same.
"""
from peer import *

p = argparse.ArgumentParser()
for name, kind in (("layers", int), ("hidden", int), ("epochs", int), ("batch", int), ("rate", float),
                   ("dropout", float), ("pooling", str), ("accuracy", float), ("within", float)):
    p.add_argument("--" + name, type=kind, required=True)
p.add_argument("train")
a = p.parse_args()

head, records = read(a.train)
x = torch.from_numpy(numpy.stack([t.numpy() for t in records]))
y = torch.tensor([t.label for t in records])
torch.manual_seed(42)
net = Net(a.layers, x.shape[2], a.hidden, len(head["labels"].split(",")), a.dropout, a.pooling)
optimiser = torch.optim.Adam(net.parameters(), lr=a.rate)
loss_of = torch.nn.CrossEntropyLoss()
net.train()
steps = 0

start = clock()
for epoch in range(a.epochs):
    total, right = 0.0, 0
    for i in torch.randperm(len(x)).split(a.batch):
        optimiser.zero_grad()
        logits = net(x[i])
        loss = loss_of(logits, y[i])
        loss.backward()
        optimiser.step()
        total += loss.item() * len(i)
        right += (logits.argmax(1) == y[i]).sum().item()
        steps += 1
cpu, wall = clock() - start

check("accuracy in training", abs(right / len(x) - a.accuracy), a.within)
answer(cpu=cpu, wall=wall, steps=steps, loss=total / len(x), accuracy=right / len(x))

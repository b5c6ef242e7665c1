#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""sklearn_split - streams for tests of split, and what scikit-learn answers.

    sklearn_split.py stream [N] > all.t     the first N of FSDD's 3,000 names, 1 x 1 features (no numpy)
    sklearn_split.py names FILE             names of a stream, one a line (no numpy)
    sklearn_split.py labels FILE            how many records each label has (no numpy)
    sklearn_split.py golden > tests/golden/split_fsdd_seed42_test.txt
    sklearn_split.py check SPLIT            compares the tool with train_test_split
    sklearn_split.py check-mt PROGRAM       compares build/tests/unit/mt19937 with numpy
    sklearn_split.py check-stratified SPLIT compares with the rule of lib/stream/split.h, on numpy
"""
import io, math, random, subprocess, sys
import whit_stream as ws

SPEAKERS = "george jackson lucas nicolas theo yweweler".split()
DIGITS = "zero one two three four five six seven eight nine".split()


def records(n=3000):
    """FSDD's names in an order that is no order, so that sorting is needed."""
    names = sorted("%d_%s_%d" % (d, s, t) for d in range(10) for s in SPEAKERS for t in range(50))[:n]
    random.Random(5).shuffle(names)
    for name in names:
        yield ws.Tensor(name, "f32", (1, 1), [len(name)], int(name[0]), name.split("_")[1])


def stream(n=3000):
    f = io.BytesIO()
    ws.write(f, {"kind": "features", "corpus": "names", "labels": ",".join(DIGITS)}, records(n))
    return f.getvalue()


def tool(split, data, *args):
    out = subprocess.run([split, *map(str, args)], input=data, stdout=subprocess.PIPE, check=True).stdout
    return [t.name for t in ws.read(io.BytesIO(out))[1]]


def same(what, expected, got):
    if list(expected) != list(got):
        sys.exit("%s: expected %s..., got %s..." % (what, list(expected)[:5], list(got)[:5]))


def check(split):
    from sklearn.model_selection import train_test_split
    cases = [(3000, seed, test) for seed in (42, 0, 1, 4294967295) for test in (.2, .15, 1 / 3)]
    cases += [(n, n, test) for n in [*range(2, 40), *range(40, 1001, 96), 1000] for test in (.2, .5, .07)]
    for n, seed, test in cases:
        data = stream(n)
        names = sorted(r.name for r in records(n))
        try:
            train, want = train_test_split(names, test_size=test, random_state=seed)
        except ValueError:      # too few for a train part: ours must refuse too
            if subprocess.run([split, "--test", str(test), "--part", "test"], input=data,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 1:
                sys.exit("n=%d test=%g: expected exit 1" % (n, test))
            continue
        what = "n=%d seed=%d test=%g" % (n, seed, test)
        same(what + " test", want, tool(split, data, "--seed", seed, "--test", repr(test), "--part", "test"))
        if n <= 40 or n == 3000:
            same(what + " train", train,
                 tool(split, data, "--seed", seed, "--test", repr(test), "--part", "train"))


def check_mt(program):
    from numpy.random import RandomState

    def run(*args):
        return [int(x) for x in subprocess.check_output([program, *map(str, args)]).split()]

    for seed in (0, 1, 42, 5489, 4294967295):
        same("seed %d" % seed, RandomState(seed).randint(0, 2**32, 1000, dtype="u8"), run("raw", seed, 1000))
        for n in (1, 2, 3, 7, 8, 9, 255, 256, 257, 600, 3000, 65537):
            same("permutation", RandomState(seed).permutation(n), run("perm", seed, n))
    for key in ([0], [42, 3], list(range(700))):
        same("key", RandomState(key).randint(0, 2**32, 1000, dtype="u8"),
             run("array", ",".join(map(str, key)), 1000))


def check_stratified(split):
    from numpy.random import RandomState
    for n, seed, parts in ((3000, 42, dict(train=.7, val=.15, test=.15)), (950, 7, dict(train=.8, test=.2)),
                           (701, 1, dict(a=.34, b=.33, c=.33)), (310, 3, dict(train=.98, test=.02))):
        want = {p: [] for p in parts}
        for label in range(10):
            names = sorted(r.name for r in records(n) if r.label == label)
            exact = [share * len(names) for share in parts.values()]
            size = [math.floor(x) for x in exact]
            order = sorted(range(len(size)), key=lambda i: size[i] - exact[i])  # stable
            for i in order[:len(names) - sum(size)]:
                size[i] += 1
            for i in range(len(size)):
                if size[i] == 0 and max(size) > 1:
                    size[size.index(max(size))] -= 1
                    size[i] += 1
            shuffled = [names[i] for i in RandomState([seed, label + 1]).permutation(len(names))]
            for p, k in zip(parts, size):
                want[p] += shuffled[:k]
                shuffled = shuffled[k:]
        text = ",".join("%s=%g" % kv for kv in parts.items())
        for p in parts:
            same("n=%d %s" % (n, p), sorted(want[p]), tool(
                split, stream(n), "--method", "stratified", "--seed", seed, "--parts", text, "--part", p))


def golden():
    from sklearn.model_selection import train_test_split
    names = sorted(r.name for r in records())
    print("\n".join(train_test_split(names, test_size=.2, random_state=42)[1]))


def main(command="", *args):
    if command == "stream":
        sys.stdout.buffer.write(stream(*map(int, args)))
    elif command == "names":
        print("\n".join(t.name for t in ws.read(open(args[0], "rb"))[1]))
    elif command == "labels":
        labels = [t.label for t in ws.read(open(args[0], "rb"))[1]]
        print(*(labels.count(k) for k in range(max(labels) + 1)))
    else:
        {"golden": golden, "check": check, "check-mt": check_mt, "check-stratified": check_stratified}[command](*args)


if __name__ == "__main__":
    main(*sys.argv[1:])

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""sklearn_report - streams of predictions for tests of report, and what scikit-learn answers.

    sklearn_report.py stream SEED K N [KEY=VALUE ...]   predictions of N utterances (no numpy)
        unlabelled=N  absent=LABEL  names=a,b,c  other keys go to the head
    sklearn_report.py times SEED N                      a file as classify --times writes
    sklearn_report.py golden                            writes tests/golden/report_* (once)
    sklearn_report.py check REPORT                      compares the tool with scikit-learn
    sklearn_report.py json < report.json                checks that it is JSON, prints its keys
"""
import io, json, os, random, re, subprocess, sys, tempfile
import whit_stream as ws

DIGITS = "zero one two three four five six seven eight nine".split()
MODEL = {"model.sha256": "5e" * 32, "model.cell": "lstm", "model.layers": "2", "model.hidden": "24",
         "model.inputs": "13", "model.precision": "int8-dynamic", "model.parameters": "8794",
         "model.bytes": "9790", "model.layer.0": "lstm.l0 3744 3936", "model.layer.1": "lstm.l1 4800 5568",
         "model.layer.2": "fc 250 286"}


def draw(seed, K, N, absent=(), skill=.8):
    """Truths and predictions; a class in absent is never a truth, and every second of them no prediction."""
    rng = random.Random(seed)
    truths = [k for k in range(K) if k not in absent]
    said = [k for k in range(K) if k not in list(absent)[::2]]
    truth = [rng.choice(truths) for _ in range(N)]
    return truth, [t if rng.random() < skill else rng.choice(said) for t in truth]


def names_of(N):
    return ["u%04d" % i for i in range(N)]


def stream(truth, predicted, names, head=(), unlabelled=0):
    f, K = io.BytesIO(), len(names)
    meta = {"kind": "predictions", "corpus": "fsdd", "labels": ",".join(names), "recipe": "reference",
            "features": "mfcc13", **MODEL, "history.1": "wav2mfcc 0.1.0 --preset mfcc13",
            "history.2": "split 0.1.0 --seed 42 --part test", **dict(head)}
    meta = {k: v for k, v in meta.items() if v != ""}
    ws.write(f, meta, (
        ws.Tensor(u, "f32", (K,), [float(k == p) for k in range(K)], -1 if i < unlabelled else t,
                  ("ann", "bob", "cy")[i % 3], {"predicted": str(p)})
        for i, (u, t, p) in enumerate(zip(names_of(len(truth)), truth, predicted))))
    return f.getvalue()


def times(seed, N):
    rng = random.Random(seed)
    return [(u, rng.randint(40000, 90000)) for u in names_of(N)]


def run(report, data, *args):
    return subprocess.run([report, *args], input=data, stdout=subprocess.PIPE, check=True).stdout.decode()


def classes_of(text):
    """The classification_report in a text report."""
    lines = text.split("\n")
    start = next(i for i, l in enumerate(lines) if re.fullmatch(r" +precision +recall +f1-score +support", l))
    end = next(i for i, l in enumerate(lines) if l.lstrip().startswith("weighted avg") and i > start)
    return "\n".join(lines[start:end + 1]) + "\n"


def cases():
    yield (*draw(1, 10, 600), DIGITS, 4)
    yield (*draw(2, 10, 600, skill=1), DIGITS, 2)
    yield (*draw(3, 10, 40, absent=[2, 3, 7]), DIGITS, 4)
    yield (*draw(4, 3, 50, absent=[0]), ["a", "a much longer label name than usual", "c"], 3)
    yield (*draw(5, 2, 20, skill=0), ["no", "yes"], 15)
    yield (*draw(6, 35, 900, absent=[1, 30]), ["word%d" % i for i in range(35)], 2)
    yield (*draw(7, 300, 5000), ["w%d" % i for i in range(300)], 4)
    yield (*draw(8, 3, 30), ["\u00e9t\u00e9 comme hiver \u2013 longue", "\u65e5\u672c", "x"], 1)
    yield (*draw(9, 4, 1), list("abcd"), 0)
    for seed in range(10, 30):
        yield (*draw(seed, seed % 9 + 2, seed * 3, skill=.5), DIGITS + ["ten"], seed % 6)


def cut(names, truth, predicted):
    """As the manual of report says: classes that do not occur are not listed."""
    used = sorted(set(truth) | set(predicted))
    return used, [names[k] for k in used]


def check(report):
    import warnings
    import numpy as np
    from sklearn import metrics as m
    warnings.simplefilter("ignore")     # undefined precision counts as 0, which is what we want
    for i, (truth, predicted, names, digits) in enumerate(cases()):
        data = stream(truth, predicted, names)
        used, used_names = cut(names, truth, predicted)
        want = m.classification_report(truth, predicted, labels=used, target_names=used_names, digits=digits)
        got = classes_of(run(report, data, "--digits", str(digits)))
        if want != got:
            sys.exit("case %d: expected\n%s\ngot\n%s" % (i, want, got))
        r = json.loads(run(report, data, "--format", "json"))["reports"][0]
        numbers = [(r["accuracy"], m.accuracy_score(truth, predicted)),
                   (r["macro_f1"], m.f1_score(truth, predicted, average="macro"))]
        for average in ("macro", "weighted"):
            prf = m.precision_recall_fscore_support(truth, predicted, average=average)[:3]
            numbers += zip((r[average + "_avg"][k] for k in ("precision", "recall", "f1")), prf)
        per = m.precision_recall_fscore_support(truth, predicted, labels=range(len(names)))
        for k, values in enumerate(zip(*per)):
            numbers += zip((r["classes"][k][f] for f in ("precision", "recall", "f1", "support")), values)
        for got, want in numbers:
            if got != want:
                sys.exit("case %d: expected %.17g, got %.17g" % (i, want, got))
        if r["confusion"] != m.confusion_matrix(truth, predicted, labels=range(len(names))).tolist():
            sys.exit("case %d: another confusion matrix" % i)
    for seed, N in ((1, 1), (2, 2), (3, 7), (4, 600), (5, 601)):
        truth, predicted = draw(seed, 10, N)
        t = times(seed, N)
        with tempfile.NamedTemporaryFile("w") as f:
            f.writelines("%s\t%d\n" % x for x in t)
            f.flush()
            r = json.loads(run(report, stream(truth, predicted, DIGITS), "--format", "json", "--times", f.name))
        us = np.array([ns for _, ns in t]) / 1000
        for key, want in (("median_us", np.median(us)), ("p95_us", np.quantile(us, .95))):
            if r["reports"][0]["times"][key] != want:
                sys.exit("%s of %d: expected %r, got %r" % (key, N, want, r["reports"][0]["times"][key]))


def golden():
    from sklearn.metrics import classification_report
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")
    truth, predicted = draw(3, 10, 40, absent=[2, 3, 7])
    used, used_names = cut(DIGITS, truth, predicted)
    with open(os.path.join(here, "report_classes.txt"), "w") as f:
        f.write(classification_report(truth, predicted, labels=used, target_names=used_names, digits=4,
                                      zero_division=0))


def main(command="", *args):
    if command == "stream":
        more = dict(a.split("=", 1) for a in args[3:])
        absent = [int(k) for k in more.pop("absent", "").split(",") if k]
        unlabelled, K = int(more.pop("unlabelled", 0)), int(args[1])
        names = more.pop("names", ",".join((DIGITS + ["w%d" % k for k in range(10, K)])[:K])).split(",")
        data = stream(*draw(int(args[0]), K, int(args[2]), absent), names, more, unlabelled)
        sys.stdout.buffer.write(data)
    elif command == "times":
        sys.stdout.writelines("%s\t%d\n" % x for x in times(int(args[0]), int(args[1])))
    elif command == "json":
        print(*json.load(sys.stdin)["reports"][0])
    elif command == "classes":
        sys.stdout.write(classes_of(sys.stdin.read()))
    else:
        {"check": check, "golden": golden}[command](*args)


if __name__ == "__main__":
    main(*sys.argv[1:])

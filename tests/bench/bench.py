#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bench - whit against PyTorch, torchaudio and SPTK, side by side on this machine.

    bench.py --bin DIR --train TRAIN.t --test TEST.t --float MODEL.m --int8 MODEL.m --recordings DIR
             --recipe "OPTIONS OF lstm-train" [--corpus NAME] [--hidden 24,128] [--rows train,features,
             infer,make] [--runs 5] [--slow-runs 3] [--within 0.1] [--make "ARGUMENTS"] --out FILE

A row is a ratio: ours and the peer's run one after the other, --runs times, then the median of the
ratios with the smallest and the largest. Peers that are not installed are named and skipped; a peer
whose answers are not ours ends it all with exit 1. Standard library only; make bench runs it.
"""
import argparse, importlib.util, json, os, platform, re, shlex, shutil, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", ".."))
sys.path.insert(0, os.path.join(HERE, "..", "ref"))
import whit_stream as ws

p = argparse.ArgumentParser(usage=__doc__, add_help=False)
for name in ("bin", "train", "test", "float", "int8", "recordings", "recipe", "out"):
    p.add_argument("--" + name, required=True)
for name, default in (("corpus", ""), ("hidden", "24,128"), ("rows", "train,features,infer,make"),
                      ("make", ""), ("runs", 5), ("slow-runs", 3), ("within", 0.1)):
    p.add_argument("--" + name, default=default, type=type(default))
a = p.parse_args()
work = tempfile.mkdtemp(prefix="whit-bench.")
table, notes, versions = [], [], {}


def fail(text):
    sys.exit("bench: " + text)


def spent(command, stdin=None, stdout=None):
    """Seconds of processor, own and children's, and of the wall."""
    with open(stdin or os.devnull, "rb") as i, open(stdout or os.devnull, "wb") as o:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=i, stdout=o)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        fail("%s: exit %d" % (" ".join(map(os.path.basename, command[:2])), child.returncode))
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - start


def tool(name):
    return os.path.join(a.bin, name)


def path(name):
    return os.path.join(work, name)


def has(module):
    return importlib.util.find_spec(module) is not None


def peer(script, *args):
    """What the peer says of itself; it must agree with us."""
    run = subprocess.run([sys.executable, os.path.join(HERE, script), *map(str, args)],
                         stdout=subprocess.PIPE, text=True)
    if run.returncode:
        fail("%s: exit %d" % (script, run.returncode))
    said = json.loads(run.stdout)
    for key in ("torch", "torchaudio", "blas"):
        versions.update({key: said[key]} if key in said else {})
    return said


def show(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            break
    return "%.3g %s" % (seconds / size, unit)


def emit(*cells):
    table.append("| " + " | ".join(cells) + " |")
    print(table[-1], flush=True)


def row(what, whom, ours, theirs, target=""):
    """A line of the table from the seconds of all runs."""
    ratios = [t / o for o, t in zip(ours, theirs)]
    emit(what, show(statistics.median(ours)), whom, show(statistics.median(theirs)),
         "%.3g (%.3g to %.3g)" % (statistics.median(ratios), min(ratios), max(ratios)),
         str(len(ratios)), target)


def skip(what, why):
    emit(what, "", "skipped: %s is not installed (make setup-all)" % why, "", "", "", "")


def accuracy(log):
    """Share of right words in the last epoch, by lstm-train's log."""
    with open(log) as f:
        lines = [line.rstrip("\n").split("\t") for line in f]
    return float(lines[-1][lines[0].index("accuracy")])


def train(hidden, runs, target):
    what = "train 2x%s, " % hidden
    recipe = a.recipe.split() + ["--hidden", hidden]
    cpu = {1: [], 2: []}
    wall = {1: [], 2: []}
    theirs = []
    for _ in range(runs):
        for jobs in cpu:
            c, w = spent([tool("lstm-train"), *recipe, "--seed", "42", "--jobs", str(jobs), "--quiet",
                          "--log", path("curves.tsv")], a.train, path("%d.m" % jobs))
            cpu[jobs].append(c)
            wall[jobs].append(w)
        if open(path("1.m"), "rb").read() != open(path("2.m"), "rb").read():
            fail("lstm-train: one job and two give two models")
        if has("torch"):
            theirs.append(peer("torch_train.py", *recipe, "--accuracy", accuracy(path("curves.tsv")),
                               "--within", a.within, a.train)["cpu"])
    for jobs in cpu:
        name = what + ("1 job" if jobs == 1 else "%d jobs" % jobs) + ", processor"
        if theirs:
            row(name, "PyTorch, 1 thread, processor", cpu[jobs], theirs, target)
        else:
            skip(name, "python3-torch")
    row(what + "2 jobs, wall", "ours, 1 job, wall", wall[2], wall[1], "1.8")


def raw(names):
    """The recordings as SPTK reads them: without a head; one by one, and all in one."""
    os.mkdir(path("raw"))
    os.mkdir(path("mfc"))
    with open(path("all.raw"), "wb") as whole:
        for name in names:
            data = open(os.path.join(a.recordings, name), "rb").read()
            if data[36:40] != b"data":
                fail("%s: expected a head of 44 bytes" % name)
            with open(path("raw/%s.raw" % name[:-4]), "wb") as f:
                f.write(data[44:])
            whole.write(data[44:])


def check_sptk(names):
    for one in names:
        samples = os.path.getsize(path("raw/%s.raw" % one[:-4])) // 2
        got = os.path.getsize(path("mfc/%s.raw" % one[:-4]))
        if got != (samples + 159) // 160 * 13 * 4:
            fail("sptk: %s: the answers differ: %d samples gave %d bytes" % (one, samples, got))


def features():
    names = sorted(n for n in os.listdir(a.recordings) if n.endswith(".wav"))
    sptk = os.path.exists("/usr/libexec/sptk/bin/mfcc")
    ours, audio, each, whole = [], [], [], []
    with open(path("list"), "w") as f:
        f.writelines(os.path.join(a.recordings, n) + "\n" for n in names)
    if sptk:
        raw(names)
    for i in range(a.runs):
        ours.append(spent([tool("wav2mfcc"), "--preset", "mfcc13", "--jobs", "1"], path("list"),
                          path("all.t"))[0])
        if has("torchaudio"):
            audio.append(peer("torchaudio_features.py", path("all.t"), a.recordings)["cpu"])
        if sptk and i == 0:         # minutes, for 12,000 processes
            each.append(spent([os.path.join(HERE, "sptk"), path("raw"), path("mfc")])[0])
            check_sptk(names)
        if sptk:
            whole.append(spent([os.path.join(HERE, "sptk"), path("all.raw"), path("all.mfc")])[0])
    what = "features of %d recordings, processor" % len(names)
    row(what, "torchaudio, 1 thread", ours, audio, "3") if audio else skip(what, "python3-torchaudio")
    if not sptk:
        return skip(what, "sptk")
    versions["sptk"] = "3.9"
    row(what, "SPTK, a pipeline a recording", ours[:1], each, "3")
    row(what, "SPTK, one pipeline for all", ours, whole)


def words(stream):
    with open(stream, "rb") as f:
        return {t.name: t.meta["predicted"] for t in ws.read(f)[1]}


def infer():
    ours = {"float": [], "int8": []}
    theirs = {"eager": [], "script": []}
    for _ in range(a.runs):
        for kind in ours:
            spent([tool("classify"), "--times", path("times"), vars(a)[kind]], a.test, path(kind + ".p"))
            with open(path("times")) as f:
                ours[kind].append(statistics.median(int(line.split("\t")[1]) for line in f) / 1e9)
        one, other = words(path("float.p")), words(path("int8.p"))
        if sum(one[n] != other[n] for n in one) > 0.05 * len(one):
            fail("classify: float and int8 differ in more than 5 % of the words")
        if has("torch"):
            for kind, ns in peer("torch_infer.py", vars(a)["float"], a.test, path("float.p"))["ns"].items():
                theirs[kind].append(ns / 1e9)
    for kind, name, target in (("float", "float32", "10"), ("int8", "int8", "15")):
        what = "name an utterance, %s, median" % name
        if not theirs["eager"]:
            skip(what, "python3-torch")
            continue
        row(what, "PyTorch, float32", ours[kind], theirs["eager"], target)
        row(what, "TorchScript, float32", ours[kind], theirs["script"], target)


def make():
    tree = path("tree")
    seconds = []
    args = shlex.split(a.make)
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "B")}
    for _ in range(a.slow_runs):
        shutil.rmtree(tree, ignore_errors=True)
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(
            "build", ".git", "free-spoken-digit-dataset", "node_modules"))
        with open(path("make.log"), "w") as log:
            command = ["make", "-s", "-C", tree, "-j%d" % os.cpu_count(), "task-b", *args]
            start = time.perf_counter()
            if subprocess.run(command, env=env, stdout=log, stderr=log).returncode:
                fail("make task-b: " + open(path("make.log")).read()[-2000:])
            seconds.append(time.perf_counter() - start)
    emit("make -j%d task-b of 2x24 from a clean tree, wall" % os.cpu_count(), show(statistics.median(seconds)),
         "the limit, 30 s", "30 s", "%.3g (%.3g to %.3g)" % tuple(
             30 / f(seconds) for f in (statistics.median, max, min)), str(len(seconds)), "1")


def first(pattern, file, default="unknown"):
    try:
        found = re.search(pattern, open(file).read(), re.M)
    except OSError:
        found = None
    return found[1].strip() if found else default


def machine():
    cc = subprocess.run(["gcc", "--version"], capture_output=True, text=True).stdout.split("\n")[0]
    blas = versions.get("blas", "")
    if blas and "openblas" not in blas:
        blas += ", which is not its best: libopenblas0-pthread is"
    peers = ["PyTorch %s on %s" % (versions["torch"], blas)] if "torch" in versions else []
    peers += ["torchaudio " + versions["torchaudio"]] if "torchaudio" in versions else []
    peers += ["SPTK " + versions["sptk"]] if "sptk" in versions else []
    return ["%s, %d cores, %s, Linux %s; %s." % (
        first(r"^model name\s*: (.*)", "/proc/cpuinfo", platform.machine()), os.cpu_count(),
        first(r'^PRETTY_NAME="?([^"\n]*)', "/etc/os-release"), platform.release().split("-")[0], cc),
        "Peers: %s." % (", ".join(peers) or "none installed"),
        "Processes wanting a core, on average over a minute, before and after: %.1f, %.1f." % (
            before, os.getloadavg()[0])]


NOTES = """\
- A ratio is the peer's time by ours, both in the same run: median (smallest to largest) of the runs.
- Training: the recipe `%s`, seed 42,
  the same features from the same stream: the same utterances, epochs, batches and steps of Adam, dropout
  included. Ours counts the whole process, PyTorch only its epochs, from a tensor in memory, without loader.
  Both must end within %g of each other in accuracy while training.
- Features: mfcc13 (36 frames of 13). Ours counts the whole process; torchaudio reading and transforming
  only; the numbers must agree within 2e-3 dB. SPTK: `x2x | frame | mfcc`, its Hamming window, an FFT of
  512 and raw input; its definitions are others, so only the number of frames is compared. "One pipeline for all" is less than the work: it has no borders.
- An utterance: the time of one by itself, the median of all test utterances; 2x24. Logits of float32 must
  agree within 1e-3, words of int8 at 95 %%.
- Peers run on one thread, their best at this size."""


before = os.getloadavg()[0]
try:
    emit("what", "ours", "against", "took", "ratio", "runs", "wanted")
    emit("---", "--:", "---", "--:", "--:", "--:", "--:")
    for part in a.rows.split(","):
        if part == "train":
            for h in a.hidden.split(","):
                slow = int(h) > 64
                train(h, a.slow_runs if slow else a.runs, "2.5" if slow else "10")
        else:
            {"features": features, "infer": infer, "make": make}[part]()
    text = ["# Benchmark" + (" (%s)" % a.corpus if a.corpus else ""), "", *machine(), "", *table, "",
            NOTES % (a.recipe, a.within), ""]
    os.makedirs(os.path.dirname(a.out) or ".", exist_ok=True)
    with open(a.out + ".part", "w") as f:
        f.write("\n".join(text))
    os.replace(a.out + ".part", a.out)
    print("\n" + "\n".join(machine()))
finally:
    shutil.rmtree(work)

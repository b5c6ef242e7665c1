#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""foreign - files of other programs for tests/tensor.bats, good ones and ones that lie

    foreign.py npy DIR            numpy writes DIR/*.npy; DIR/list: file, dtype, shape, numbers
    foreign.py npy-bad DIR        DIR/list: file, part of the message
    foreign.py npy-check FILE...  as DIR/list, as numpy reads them
    foreign.py refused DIR COMMAND...     every file of DIR/list as last argument must be refused:
                                  exit 1 and one line "tensor SUB: FILE: ... part of the message ..."
    foreign.py st-bad DIR         DIR/list: file, part of the message
    foreign.py st-read FILE       dtype, shape and numbers of a .safetensors by its specification
    foreign.py torch-save FILE [SEED [KIND]]      state_dict of nn.LSTM(13, 24, 2) or nn.GRU and
                                  nn.Linear(24, 10); KIND lstm, gru, bilstm, bigru
    foreign.py torch-load FILE [SEED [KIND]]      loads it by names, strictly, and compares with
                                  that seed's
    foreign.py torch-logits PREDICTIONS FEATURES SEED [KIND]      compares with that seed's, of
                                  the last state
"""
import json, math, os, struct, subprocess, sys


def npy_line(a):
    return "%s %s [%s]" % (a.dtype.name, "x".join(map(str, a.shape)), " ".join("%.17g" % x for x in a.ravel()))


def npy(d):
    import numpy as np
    values = np.array([[[0, 1, 2], [3, 100, 5]], [[6, 7, 8], [9, 10, 11]]])
    lines = []

    def save(name, a, version=(1, 0)):
        with open(os.path.join(d, name + ".npy"), "wb") as f:
            np.lib.format.write_array(f, a, version)
        lines.append(name + ".npy\t" + npy_line(a))
    for kind in "u1 i1 <i2 <i4 <i8 <f4 <f8 >i2 >i4 >i8 >f4 >f8".split():
        a = (values if kind == "u1" else -values).astype(kind)
        if kind[1] == "f":
            a.flat[:4] = 0.1, float("inf"), -0.0, 1e-40
        name = kind.replace("<", "little-").replace(">", "big-")
        for version in (1, 0), (2, 0), (3, 0):
            save("%s-v%d" % (name, version[0]), a, version)
        save(name + "-fortran", np.asfortranarray(a))
    save("scalar", np.float64(math.pi).reshape(()))
    save("vector", np.arange(5, dtype="i4"))
    save("none", np.zeros((0, 3), "f4"))
    save("none-fortran", np.zeros((3, 0), "f4", order="F"))
    save("four", np.asfortranarray(np.arange(2 * 3 * 4 * 5, dtype="i2").reshape(2, 3, 4, 5)))
    save("matrix-fortran", np.asfortranarray(np.arange(6, dtype="f4").reshape(2, 3)))
    open(os.path.join(d, "list"), "w").write("\n".join(lines) + "\n")


def npy_bytes(header, data=b"", version=1, length=None):
    text = header.encode() if isinstance(header, str) else header
    n = len(text) if length is None else length
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", n) + text + data


def bad(d, cases):
    with open(os.path.join(d, "list"), "w") as f:
        for i, (data, text) in enumerate(cases):
            name = "bad-%02d" % i
            open(os.path.join(d, name), "wb").write(data)
            f.write("%s\t%s\n" % (name, text))


def npy_bad(d):
    def head(descr="'<f4'", fortran="False", shape="(2,)", more=""):
        return "{'descr': %s, 'fortran_order': %s, 'shape': %s, %s}\n" % (descr, fortran, shape, more)
    good = npy_bytes(head(), bytes(8))
    cases = [(good[:n], "npy" if n < len(good) - 8 else "truncated") for n in range(len(good))]
    cases += [
        (good + b"x", "more bytes after the array"), (good + good, "more bytes after the array"),
        (b"\x93NUMPX" + good[6:], "not an npy file"), (npy_bytes(head(), bytes(8), 4), "npy version"),
        (npy_bytes(head(), bytes(8), 2, 0xffffffff), "at most 10000 bytes"),
        (npy_bytes(head(), bytes(8), 1, 10001), "at most 10000 bytes"),
        (npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }" + " " * 9999, bytes(8), 2), "at most 10000"),
        (npy_bytes("", b""), "dictionary"), (npy_bytes("{", b""), "'key'"), (npy_bytes("{}", b""), "expected descr"),
        (npy_bytes("[1]", b""), "dictionary"), (npy_bytes(head() + "x", bytes(8)), "no more"),
        (npy_bytes(head().replace("}", "\0}"), bytes(8)), "NUL"), (npy_bytes(head(more="'x': 1"), bytes(8)), "unknown key"),
        (npy_bytes(head(more="'descr': '<f4'"), bytes(8)), "twice"),
        (npy_bytes("{'descr': '<f4', 'shape': (2,)}", bytes(8)), "expected descr"),
        (npy_bytes(head(fortran="Maybe"), bytes(8)), "True or False"),
        (npy_bytes(head(shape="2"), bytes(8)), "shape"), (npy_bytes(head(shape="(2"), bytes(8)), "shape"),
        (npy_bytes(head(shape="(-2,)"), bytes(8)), "shape"), (npy_bytes(head(shape="(2 2)"), bytes(8)), "shape"),
        (npy_bytes(head(shape="(1,1,1,1,1)"), bytes(4)), "at most 4 dimensions"),
        (npy_bytes(head(shape="(4294967296,)"), bytes(8)), "below 2^32"),
        (npy_bytes(head(shape="(18446744073709551618,)"), bytes(8)), "below 2^32"),
        (npy_bytes(head(shape="(65536, 65536)"), bytes(8)), "at most 268435456 bytes"),
        (npy_bytes(head(shape="(4294967295, 4294967295, 4294967295, 4294967295)"), bytes(8)), "at most 268435456 bytes"),
        (npy_bytes(head(shape="(65536, 65536, 0)")), "at most 268435456 bytes"),
    ]
    for descr in "<f2 |b1 <c8 <U3 |S4 |O <u2 <u4 <u8 |f4 <f16 f4 =f4 <M8[s] <".split() + [""]:
        cases.append((npy_bytes(head("'%s'" % descr), bytes(8)), "got '%s'" % descr))
    cases.append((npy_bytes(head("[('a', '<f4')]"), bytes(8)), "got a structure"))
    bad(d, cases)


def refused(d, *command):
    wrong = 0
    for line in open(os.path.join(d, "list")):
        name, want = line.rstrip("\n").split("\t")
        p = subprocess.run([*command, os.path.join(d, name)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        text = p.stderr.decode(errors="replace")
        start = "%s %s: %s: " % (os.path.basename(command[0]), command[1], os.path.join(d, name))
        if p.returncode != 1 or text.count("\n") != 1 or not text.startswith(start) or want not in text:
            print("%s: expected exit 1 and '%s', got exit %d and %s" % (name, want, p.returncode, text))
            wrong += 1
    return wrong != 0


SAFE = {"F32": "f", "F64": "d", "I8": "b", "I16": "h", "I32": "i", "I64": "q", "U8": "B"}


def st_bytes(header, data=b"", n=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if n is None else n) + text + data


def st_bad(d):
    def entry(dtype="F32", shape=(2,), at=(0, 8)):
        return {"dtype": dtype, "shape": list(shape), "data_offsets": list(at)}
    good = st_bytes({"a": entry()}, bytes(8))
    cases = [(good[:n], "truncated" if n else "empty") for n in range(len(good))]
    cases += [
        (good + b"x", "more bytes after"), (st_bytes(b"", b"", 0), "header size"), (st_bytes(b"", b"", 1 << 63), "header size"),
        (st_bytes(b"{}", b"", 100000001), "header size"), (st_bytes(b"{}", b"", 100000000), "truncated"),
        (st_bytes(b"[]"), "not JSON"), (st_bytes(b"{}x"), "not JSON"), (st_bytes(b" {}"), "not JSON"), (st_bytes(b'{"a":'), "not JSON"),
        (st_bytes(b'{"a\0":{}}'), "not JSON"), (st_bytes({"a\0": entry()}, bytes(8)), "not JSON"), (good[:-8] + b"", "truncated"),
        (st_bytes(b"{" * 5000), "not JSON"), (st_bytes(b'{"a":' * 5000), "not JSON"),
        (st_bytes({"a": 1}), "no dtype"), (st_bytes({"a": {}}), "no dtype"), (st_bytes({"a": entry(dtype=7)}), "no dtype"),
        (st_bytes({"": entry()}, bytes(8)), "name of 1"), (st_bytes({"x" * 256: entry()}, bytes(8)), "name of 1"),
        (st_bytes({"a\n": entry()}, bytes(8)), "control"), (st_bytes(b'{"\xff":1}'), "UTF-8"),
        (st_bytes({"a": {"dtype": "F32", "shape": [2]}}, bytes(8)), "no data_offsets"),
        (st_bytes({"a": {"dtype": "F32", "data_offsets": [0, 8]}}, bytes(8)), "shape"),
        (st_bytes({"a": entry(shape=(1, 1, 1, 1, 2))}, bytes(8)), "at most 4 dimensions"),
        (st_bytes({"a": entry(shape=(-2,))}, bytes(8)), "shape"), (st_bytes({"a": entry(shape=(1.5,))}, bytes(8)), "shape"),
        (st_bytes({"a": entry(shape=(1 << 32,))}, bytes(8)), "shape"), (st_bytes({"a": entry(shape=("2",))}, bytes(8)), "shape"),
        (st_bytes({"a": entry(at=(0,))}, bytes(8)), "no data_offsets"), (st_bytes({"a": entry(at=(0, 4, 8))}, bytes(8)), "no data_offsets"),
        (st_bytes({"a": entry(at=(8, 0))}, bytes(8)), "no range"), (st_bytes({"a": entry(at=(-8, 0))}, bytes(8)), "no range"),
        (st_bytes({"a": entry(at=(0, 1e300))}, bytes(8)), "no range"), (st_bytes({"a": entry(at=(0, 7))}, bytes(7)), "expected 8 bytes"),
        (st_bytes({"a": entry(at=(8, 16))}, bytes(16)), "leave a hole"),
        (st_bytes({"a": entry(), "b": entry(at=(4, 12))}, bytes(12)), "overlap"),
        (st_bytes({"a": entry(), "b": entry()}, bytes(8)), "overlap"),
        (st_bytes({"a": entry(), "b": entry(at=(16, 24))}, bytes(24)), "leave a hole"),
        (st_bytes({"a": entry(at=(0, 1 << 50))}, bytes(8)), "at most 268435456"),
        (st_bytes({"a": entry(shape=(1 << 31, 1 << 31), at=(0, 0))}), "at most 268435456"),
        (st_bytes({"a": entry(shape=(1 << 16, 1 << 16, 0), at=(0, 0))}), "at most 268435456"),
        (st_bytes(b'{"a":%s,"a":%s}' % (json.dumps(entry()).encode(), json.dumps(entry(at=(8, 16))).encode()), bytes(16)), "stands twice"),
        (st_bytes({"__metadata__": 1}), "JSON object"), (st_bytes({"__metadata__": {"a": 1}}), "metadata key a"),
        (st_bytes({"__metadata__": {"A": "x"}}), "metadata key A"), (st_bytes({"__metadata__": {"a": "x\ny"}}), "metadata key a"),
        (st_bytes(b'{"__metadata__":{"a":"1","a":"2"}}'), "stands twice"),
        (st_bytes(b'{"__metadata__":{"a":"one","a":"three"}}'), "stands twice"),
        (st_bytes(b'{"__metadata__":{},"__metadata__":{}}'), "stands twice"),
        (st_bytes({"__metadata__": {"whit.records": "{}"}, "a": entry()}, bytes(8)), "notes on the records"),
        (st_bytes({"__metadata__": {"whit.records": "[]"}, "a": entry()}, bytes(8)), "notes on the records"),
        (st_bytes({"__metadata__": {"whit.records": '[{"name":"b"}]'}, "a": entry()}, bytes(8)), "name another"),
        (st_bytes({"__metadata__": {"whit.records": '[{"name":"a","label":-2,"group":""}]'}, "a": entry()}, bytes(8)), "label or group"),
    ]
    for dtype in "F16 BF16 BOOL U16 U32 U64 F8_E4M3 f32".split():
        cases.append((st_bytes({"a": entry(dtype)}, bytes(8)), "got " + dtype))
    bad(d, cases)


def st_read(path):
    """{name: (dtype, shape, numbers)}, metadata; refuses what the specification refuses."""
    b = open(path, "rb").read()
    n, = struct.unpack("<Q", b[:8])
    header, data = json.loads(b[8:8 + n]), b[8 + n:]
    assert b[8:9] == b"{" and n % 8 == 0
    metadata = header.pop("__metadata__", {})
    assert all(isinstance(v, str) for v in metadata.values())
    at, out = 0, {}
    for name, e in sorted(header.items(), key=lambda kv: kv[1]["data_offsets"]):
        assert e["data_offsets"][0] == at, "hole or overlap"
        at = e["data_offsets"][1]
        code = SAFE[e["dtype"]]
        assert e["data_offsets"][0] % struct.calcsize(code) == 0, "not aligned"
        numbers = struct.unpack("<%d%s" % (math.prod(e["shape"]), code), data[e["data_offsets"][0]:at])
        out[name] = e["dtype"], e["shape"], numbers
    assert at == len(data)
    return out, metadata


def net(seed, kind="lstm"):
    import torch

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            cell, two = kind[-4:].lstrip("i"), kind.startswith("bi")
            rnn = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell]
            setattr(self, cell, rnn(13, 24, 2, batch_first=True, bidirectional=two))
            self.fc = torch.nn.Linear(48 if two else 24, 10)
    torch.manual_seed(int(seed))
    return Net()


def torch_save(path, seed=1, *kind):
    header, data = {}, b""
    for name, w in net(seed, *kind).state_dict().items():
        numbers = w.numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(w.shape), "data_offsets": [len(data), len(data) + len(numbers)]}
        data += numbers
    header["__metadata__"] = {"format": "pt"}
    open(path, "wb").write(st_bytes(header, data))


def torch_load(path, seed=1, *kind):
    import torch
    tensors, metadata = st_read(path)
    mine, theirs = net(int(seed) + 1, *kind), net(seed, *kind)
    mine.load_state_dict({n: torch.tensor(v).reshape(s) for n, (_, s, v) in tensors.items()}, strict=True)
    assert all(torch.equal(a, b) for a, b in zip(mine.state_dict().values(), theirs.state_dict().values()))
    print("\n".join("%s=%s" % kv for kv in metadata.items()))


def torch_logits(predictions, features, seed, kind="lstm"):
    import torch
    import whit_stream as ws
    n, cell = net(seed, kind), kind[-4:].lstrip("i")
    got = ws.read(open(predictions, "rb"))[1]
    want = ws.read(open(features, "rb"))[1]
    assert [t.name for t in got] == [t.name for t in want] and want
    for t, x in zip(got, want):
        with torch.no_grad():
            h_n = getattr(n, cell)(torch.from_numpy(x.numpy())[None])[1]
            h_n = h_n[0] if cell == "lstm" else h_n
            logits = n.fc(h_n[-2 if kind.startswith("bi") else -1:].ravel())
        assert (torch.from_numpy(t.numpy()) - logits).abs().max() < 1e-5, (t.name, t.numpy(), logits)


def main(command, *args):
    if command == "npy-check":
        import numpy as np
        for path in args:
            print(path + "\t" + npy_line(np.load(path)))
    elif command == "refused":
        sys.exit(refused(*args))
    elif command == "st-read":
        for name, (dtype, shape, numbers) in st_read(args[0])[0].items():
            print(name, dtype, "x".join(map(str, shape)), *("%.9g" % x for x in numbers))
    else:
        {"npy": npy, "npy-bad": npy_bad, "st-bad": st_bad, "torch-save": torch_save, "torch-load": torch_load,
         "torch-logits": torch_logits}[command](*args)


if __name__ == "__main__":
    main(*sys.argv[1:])

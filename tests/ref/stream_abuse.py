#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""stream_abuse - gives a tool every kind of bad stream and checks how it fails; see tests/helper.bash

    stream_abuse.py GOOD.t COMMAND ARG...

Each bad input must end in exit 1 and one line on stderr, "TOOL: INPUT: ...". INPUT is stdin, or
where an ARG is {} the file put in its place (stdin is then the file named by $STDIN, or empty). Prints what went otherwise and exits 1.
"""
import io, os, re, struct, subprocess, sys, tempfile
import whit_stream as ws

MANY = 6  # chunks that are damaged: the first ones and the last two


def damaged(good):
    """Yields (what, bytes) that no reader may take for a stream."""
    chunks, at = [], 8
    f = io.BytesIO(good)
    while f.read(8):
        for tag, header, payload in ws.chunks(f):
            end = at + 24 + len(header) + len(payload)
            chunks.append((tag.decode(), at, len(header), len(payload), -len(payload) % 8))
            at = end + -len(payload) % 8
        at += 8
    yield "empty input", b""
    yield "rubbish", bytes(i * 197 + 13 & 255 for i in range(4096))
    yield "text", b"expected a stream, got a sentence\n" * 9
    yield "line ends translated", good.replace(b"\r\n", b"\n", 1)
    yield "junk after the end", good + b"junk"
    yield "zeros after the end", good + bytes(512)
    yield "cut in the magic", good[:5]
    yield "flipped in the magic", flipped(good, 3)
    for i in sorted({*range(MANY - 2), len(chunks) - 2, len(chunks) - 1} & {*range(len(chunks))}):
        tag, at, h, p, pad = chunks[i]
        name = "chunk %d (%s)" % (i, tag)
        yield "cut before " + name, good[:at]
        yield "cut in the prefix of " + name, good[:at + 11]
        yield "cut before the header of " + name, good[:at + 24]
        yield "cut in the header of " + name, good[:at + 24 + h // 2]
        if p:
            yield "cut before the payload of " + name, good[:at + 24 + h]
            yield "cut in the payload of " + name, good[:at + 24 + h + (p + 1) // 2]
        if pad:
            yield "cut in the padding of " + name, good[:at + 24 + h + p]
            yield "flipped in the padding of " + name, flipped(good, at + 24 + h + p)
        for where, o in ("tag", 2), ("header length", 4), ("payload length", 9), ("payload CRC", 17), ("header CRC", 22):
            yield "flipped in the %s of %s" % (where, name), flipped(good, at + o)
        yield "flipped in the header of " + name, flipped(good, at + 24 + h // 2)
        if p:
            yield "flipped in the payload of " + name, flipped(good, at + 24 + h + p // 2)
    head_end = 8 + 24 + chunks[0][2] + chunks[0][3] + chunks[0][4]
    yield "unknown upper-case chunk", good[:head_end] + ws.chunk(b"XTRA", b"") + good[head_end:]
    yield "major version 2", ws.MAGIC + ws.chunk(b"HEAD", struct.pack("<HHI", 2, 0, 0), good[40:40 + chunks[0][3]]) + good[head_end:]
    other = io.BytesIO()
    ws.write(other, {"kind": "other"}, [])
    yield "joined with a different head", good + other.getvalue()


def unsigned(out):
    """A stream without its *.sha256, which are of all bytes of another; a text likewise."""
    def plain(meta):
        return {k: v for k, v in meta.items() if not k.endswith(".sha256")}
    try:
        head, tensors = ws.read(io.BytesIO(out))
    except ws.Error:
        return re.sub(rb"(sha256|SHA-256) [0-9a-f]{64}", b"sha256", out)
    return plain(head), [(t.name, t.dtype, t.shape, list(t.data), t.label, t.group, plain(t.meta)) for t in tensors]


def flipped(b, i):
    return b[:i] + bytes([b[i] ^ 1 << i % 8]) + b[i + 1:]


class Abuse:
    def __init__(self, good, command):
        self.command, self.operand = command, "{}" in command
        self.tool = os.path.basename(command[0])
        self.dir = tempfile.mkdtemp(dir=os.environ.get("BATS_TEST_TMPDIR"))
        self.known, self.count, self.failed = set(), 0, 0
        with open(good, "rb") as f:
            self.good = f.read()

    def run(self, data=None, path=None, stdout=subprocess.PIPE):
        if data is not None:
            path = os.path.join(self.dir, "input.t")
            with open(path, "wb") as f:
                f.write(data)
        argv = [path if self.operand and a == "{}" else a for a in self.command]
        self.input = path if self.operand else "stdin"
        with self.stdin(path) as f:
            p = subprocess.run(argv, stdin=f, stdout=stdout, stderr=subprocess.PIPE, timeout=120)
        lines = p.stderr.decode(errors="replace").splitlines()
        return p.returncode, p.stdout, [x for x in lines if x not in self.known]

    def stdin(self, path):
        if self.operand:
            return open(os.environ.get("STDIN", os.devnull), "rb")
        return Folder(path) if os.path.isdir(path) else open(path, "rb")

    def check(self, what, ok, *seen):
        self.count += 1
        if not ok:
            self.failed += 1
            print("%s: %s: %s" % (" ".join(self.command), what, " ".join(map(str, seen))))

    def fails(self, what, name=None, **how):
        status, _, lines = self.run(**how)
        ok = status == 1 and len(lines) == 1 and lines[0].startswith((self.tool + ": ", self.tool + " "))
        ok = ok and ": %s: " % (name or self.input) in lines[0]
        self.check(what, ok, "expected exit 1 and one line '%s: %s: ...', got exit %d and" % (
            self.tool, name or self.input, status), lines[:4])


class Folder:
    """A directory as stdin."""
    def __init__(self, path):
        self.path = path

    def __enter__(self):
        self.fd = os.open(self.path, os.O_RDONLY)
        return self.fd

    def __exit__(self, *_):
        os.close(self.fd)


def main(good, *command):
    a = Abuse(good, list(command))
    status, first, lines = a.run(a.good)
    a.check("a good stream", status == 0, "expected exit 0, got", status, lines)
    a.known = set(lines)
    status, again, _ = a.run(a.good)
    a.check("the same input again", status == 0 and again == first, "expected the same bytes")
    head = 8 + 24 + 8 + int.from_bytes(a.good[16:24], "little")
    head += -head % 8
    status, skipped, lines = a.run(a.good[:head] + ws.chunk(b"xtra", b"12345678", b"skip me") + a.good[head:])
    a.check("unknown lower-case chunk", status == 0 and unsigned(skipped) == unsigned(first),
            "expected it skipped, got", status, lines)
    for what, data in damaged(a.good):
        a.fails(what, data=data)
    with open("/dev/full", "wb") as full:
        a.fails("/dev/full", name="stdout", data=a.good, stdout=full)
    r, w = os.pipe()
    os.close(r)
    status, _, lines = a.run(a.good, stdout=w)
    a.check("closed pipe", status in (-13, 141) and not lines, "expected SIGPIPE and no word, got", status, lines)
    a.fails("a directory", path=a.dir)
    if a.operand:
        a.fails("no such file", path=os.path.join(a.dir, "none.t"))
    else:
        p = subprocess.run(["sh", "-c", '"$@" <&-', "sh", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        a.check("closed stdin", p.returncode == 1 and p.stderr.count(b"\n") == 1 and b"stdin" in p.stderr,
                "expected exit 1 and one line, got", p.returncode, p.stderr)
    print("%d bad and good inputs, %d went wrong" % (a.count, a.failed))
    return 1 if a.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

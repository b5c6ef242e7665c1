#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""whit_stream - reads and writes the stream of formats/tensor.md; standard library only.

    import whit_stream as ws
    head, tensors = ws.read(open("x.t", "rb"))          # checks everything; raises ws.Error
    for t in tensors: t.name, t.label, t.group, t.dtype, t.shape, t.meta, t.data   # array.array
    ws.write(open("y.t", "wb"), {"kind": "tensors"}, [ws.Tensor("x", "f32", (2, 3), range(6))])
    t.numpy(), ws.from_numpy("x", a, label=3)           # where numpy is installed

    whit_stream.py show [FILE]      names, shapes and numbers as text
    whit_stream.py copy < in > out  reads, checks, writes: the same bytes
    whit_stream.py chunks [FILE]    one line a chunk: offset, tag, header and payload bytes
    whit_stream.py make > out       a small good stream (five records) for tests
"""
import array, math, re, struct, sys, zlib

MAGIC = b"\x89whit\r\n\x1a"
DTYPES = {"u8": (1, "B"), "s8": (2, "b"), "s16": (3, "h"), "s32": (4, "i"), "s64": (5, "q"),
          "f32": (6, "f"), "f64": (7, "d")}
CODES = {number: (name, code) for name, (number, code) in DTYPES.items()}


class Error(ValueError):
    pass


class Tensor:
    def __init__(self, name, dtype, shape, data, label=-1, group="", meta=None):
        self.name, self.dtype, self.shape, self.label, self.group = name, dtype, tuple(shape), label, group
        self.data = data if isinstance(data, array.array) else array.array(DTYPES[dtype][1], data)
        self.meta = dict(meta or {})

    def numpy(self):
        import numpy
        return numpy.array(self.data, dtype=self.data.typecode).reshape(self.shape)


def from_numpy(name, a, **more):
    import numpy
    dtype = {code: n for n, (_, code) in DTYPES.items()}[{"l": "q"}.get(a.dtype.char, a.dtype.char)]
    t = Tensor(name, dtype, a.shape, [], **more)
    t.data.frombytes(numpy.ascontiguousarray(a).tobytes())
    return t


def meta_parse(text):
    try:
        lines = text.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise Error("metadata is not UTF-8")
    meta = {}
    if lines.pop() != "" or len(text) > 65536 or "\0" in text.decode():
        raise Error("metadata without final newline, too long or with a NUL")
    for line in lines:
        key, eq, value = line.partition("=")
        if not eq or not re.fullmatch("[a-z0-9._-]+", key) or key in meta:
            raise Error("bad or double metadata key %r" % key)
        meta[key] = value
    return meta


def meta_text(meta):
    return "".join("%s=%s\n" % kv for kv in meta.items()).encode()


def chunk(tag, header, payload=b""):
    prefix = struct.pack("<4sIQI", tag, len(header), len(payload), zlib.crc32(payload))
    return (prefix + struct.pack("<I", zlib.crc32(prefix + header)) + header + payload
            + bytes(-len(payload) % 8))


def swapped(a):
    if sys.byteorder == "big":
        a = a[:]
        a.byteswap()
    return a


def tensor_chunk(t):
    name, group, meta = t.name.encode(), t.group.encode(), meta_text(t.meta)
    dims = list(t.shape) + [1] * (4 - len(t.shape))
    header = struct.pack("<iBBHHHI4I", t.label, DTYPES[t.dtype][0], len(t.shape), len(name), len(group),
                         0, len(meta), *dims) + name + group + meta
    return chunk(b"TNSR", header + bytes(-len(header) % 8), swapped(t.data).tobytes())


def write(f, head, tensors):
    tensors = list(tensors)
    f.write(MAGIC + chunk(b"HEAD", struct.pack("<HHI", 1, 0, 0), meta_text(head)))
    for t in tensors:
        f.write(tensor_chunk(t))
    f.write(chunk(b"TEND", struct.pack("<Q", len(tensors))))
    f.flush()


def exactly(f, n, what):
    data = f.read(n)
    if len(data) != n:
        raise Error("truncated in %s: expected %d bytes, got %d" % (what, n, len(data)))
    return data


def chunks(f):
    """Yields (tag, header, payload) of one part, from its HEAD to its TEND."""
    tag = b""
    while tag != b"TEND":
        prefix = exactly(f, 24, "a chunk's prefix")
        tag, h, p, payload_crc, crc = struct.unpack("<4sIQII", prefix)
        if h % 8 or h > 1 << 20 or p > 256 << 20:
            raise Error("chunk %r: bad sizes %d, %d" % (tag, h, p))
        header = exactly(f, h, "a header")
        if zlib.crc32(prefix[:20] + header) != crc:
            raise Error("chunk %r: header checksum" % tag)
        payload = exactly(f, p, "a payload")
        if zlib.crc32(payload) != payload_crc or any(exactly(f, -p % 8, "padding")):
            raise Error("chunk %r: payload checksum or padding" % tag)
        yield tag, header, payload


def tensor(header, payload):
    label, d, ndim, n, g, zero, m, *dims = struct.unpack("<iBBHHHI4I", header[:32])
    text, end = header[32:], n + g + m
    shape, name, group = dims[:ndim], text[:n], text[n:n + g]
    if (d not in CODES or ndim > 4 or not 1 <= n <= 255 or g > 255 or zero or m > 65536 or label < -1
            or any(x != 1 for x in dims[ndim:]) or len(text) != end + -end % 8 or any(text[end:])
            or b"\0" in text[:end]):
        raise Error("tensor %r: bad header" % name)
    data = array.array(CODES[d][1])
    if math.prod(shape) * data.itemsize != len(payload):
        raise Error("tensor %r: shape %r, %d bytes" % (name, shape, len(payload)))
    data.frombytes(payload)
    return Tensor(name.decode(), CODES[d][0], shape, swapped(data), label, group.decode(),
                  meta_parse(text[n + g:end]))


def read(f):
    """All parts of a stream: head of the first, list of Tensor. Raises Error on any damage."""
    head, tensors = None, []
    magic = exactly(f, 8, "the magic")
    while magic:
        if magic != MAGIC:
            raise Error("not a whit stream: expected magic %r, got %r" % (MAGIC, magic))
        count, first = 0, True
        for tag, header, payload in chunks(f):
            if first != (tag == b"HEAD"):
                raise Error("expected HEAD first and once, got %r" % tag)
            if first:
                major, _, zero = struct.unpack("<HHI", header)
                if major != 1 or zero:
                    raise Error("expected version 1, got %d" % major)
                this, first = meta_parse(payload), False
                same = [{k: v for k, v in (h or this).items() if not k.startswith(("history.", "test.history."))}
                        for h in (head, this)]
                if same[0] != same[1]:
                    raise Error("parts with different heads")
                head = head or this
            elif tag == b"TNSR":
                tensors.append(tensor(header, payload))
                count += 1
            elif tag == b"TEND":
                if payload or struct.unpack("<Q", header)[0] != count:
                    raise Error("wrong count in TEND")
            elif not tag[:1].islower():
                raise Error("unknown chunk %r" % tag)
        magic = f.read(8)
    return head, tensors


def show(f, out):
    head, tensors = read(f)
    for kv in head.items():
        out.write("%s=%s\n" % kv)
    for t in tensors:
        out.write("%s %d %s %s %s\n" % (t.name, t.label, t.group or "-", t.dtype, "x".join(map(str, t.shape))))
        out.writelines("  %s=%s\n" % kv for kv in t.meta.items())
        form = {"f64": "%.17g", "f32": "%.9g"}.get(t.dtype, "%d")
        out.write("  " + " ".join(form % x for x in t.data) + "\n")


def example():
    yield Tensor("0_ann_0", "f32", (2, 3), [0, 1.5, -2.25, 3e-3, 1e20, -0.1], 0, "ann", {"take": "0"})
    yield Tensor("1_bob_0", "s8", (5,), [-128, -1, 0, 1, 127], 1, "bob")
    yield Tensor("scalar", "f64", (), [math.pi])
    yield Tensor("empty", "s16", (0, 4), [], 1)
    yield Tensor("cube", "s32", (1, 2, 2, 1), [1, -2, 3, -4], -1, "ann", {"a.b-c": "e=f \u00e9"})


def main(argv):
    command = argv[1] if len(argv) > 1 else ""
    f = open(argv[2], "rb") if len(argv) > 2 else sys.stdin.buffer
    if command == "show":
        show(f, sys.stdout)
    elif command == "copy":
        write(sys.stdout.buffer, *read(f))
    elif command == "make":
        write(sys.stdout.buffer, {"kind": "tensors", "labels": "zero,one"}, example())
    elif command == "chunks":
        offset = 0
        while exactly(f, 8, "the magic") if not offset else f.read(8):
            offset += 8
            for tag, header, payload in chunks(f):
                print(offset, tag.decode(), len(header), len(payload))
                offset += 24 + len(header) + len(payload) + -len(payload) % 8
    else:
        sys.stderr.write("usage: whit_stream.py show|copy|make|chunks [FILE]\n")
        return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv))
    except (Error, struct.error, OSError) as e:
        sys.stderr.write("whit_stream.py: %s\n" % e)
        sys.exit(1)

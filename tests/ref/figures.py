#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""figures - what tests ask of report --figures.

    figures.py features K T D [KEY=VALUE ...]  a stream of features, an utterance a label; padding=N
                                               adds N frames of zeros, other keys go to the head
    figures.py look FILE...                    each is a whole SVG or PNG that draws something
    figures.py texts SVG                       its texts, one a line
    figures.py matrix PREDICTIONS SVG          the SVG holds the counts of the confusion matrix
"""
import collections, math, struct, sys, zlib
import xml.etree.ElementTree as ET
import whit_stream as ws

SVG = "{http://www.w3.org/2000/svg}"


def features(K, T, D, *pairs):
    K, T, D = int(K), int(T), int(D)
    head = dict(p.split("=", 1) for p in pairs)
    pad = int(head.pop("padding", 0))
    meta = {"kind": "features", "corpus": "fsdd", "features": "mfcc13", "feature.rate_hz": "8000",
            "feature.hop_n": "160", "labels": ",".join("label%d" % k for k in range(K)), **head}
    ws.write(sys.stdout.buffer, meta, (
        ws.Tensor("u%d" % k, "f32", (T + pad, D),
                  [math.sin(k + i / 7) * 10 for i in range(T * D)] + [0.] * (pad * D), k, "ann", {})
        for k in range(K)))


def texts(path):
    return [t.text or "" for t in ET.parse(path).iter(SVG + "text")]


def png(data):
    """Width and height, once every chunk's CRC and the number of rows are right."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n", "no signature"
    at, seen, body = 8, [], b""
    while at < len(data):
        n, kind = struct.unpack(">I4s", data[at:at + 8])
        chunk = data[at + 8:at + 8 + n]
        assert struct.unpack(">I", data[at + 8 + n:at + 12 + n])[0] == zlib.crc32(kind + chunk), kind
        seen.append(kind)
        body += chunk if kind == b"IDAT" else b""
        if kind == b"IHDR":
            w, h, depth, colour = struct.unpack(">IIBB", chunk[:10])
        at += 12 + n
    assert seen[-1] == b"IEND" and not set(seen) & {b"tIME", b"tEXt"}, seen
    rows = zlib.decompress(body)
    assert len(rows) == h * (1 + w * depth * {0: 1, 2: 3, 3: 1, 6: 4}[colour] // 8)
    assert len(set(rows)) > 10, "blank"
    return w, h


def svg(path):
    root = ET.parse(path).getroot()
    assert root.tag == SVG + "svg"
    assert root.find(SVG + "title").text not in (None, "", "Gnuplot")
    assert sum(t.text.startswith("gnuplot_plot") for t in root.iter(SVG + "title")) == 0
    w, h = int(root.get("width")), int(root.get("height"))
    for t in root.iter(SVG + "g"):
        if t.get("transform", "").startswith("translate"):
            x, y = map(float, t.get("transform")[10:].split(")")[0].split(","))
            assert 0 <= x <= w and 0 <= y <= h, "text out of the picture: %s" % t.get("transform")
        assert ":" not in t.get("font-family", "")
    assert len(list(root.iter(SVG + "text"))) > 5
    return w, h


def look(*paths):
    size = {}
    for path in paths:
        stem, kind = path.rsplit(".", 1)
        w, h = png(open(path, "rb").read()) if kind == "png" else svg(path)
        assert w > 200 and h > 150, (path, w, h)
        size.setdefault(stem, {})[kind] = w, h
    for stem, of in size.items():
        assert of["png"] == tuple(2 * n for n in of["svg"]), (stem, of)


def matrix(predictions, path):
    with open(predictions, "rb") as f:
        _, tensors = ws.read(f)
        pairs = collections.Counter((t.label, int(t.meta["predicted"])) for t in tensors)
    want = collections.Counter(str(n) for n in pairs.values())
    got = collections.Counter(texts(path))
    wrong = {n: (c, got[n]) for n, c in want.items() if got[n] < c}
    assert not wrong, wrong


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("features", "look", "texts", "matrix"):
        sys.exit(__doc__)
    if sys.argv[1] == "texts":
        print("\n".join(texts(sys.argv[2])))
    else:
        globals()[sys.argv[1]](*sys.argv[2:])

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gate - lib/fixed/gate.h's rules a second time, over a whole list of frames at once

    gate.py random SEED FRAMES    c0 as raw s32: steps, slopes, clicks, words and noise
    gate.py events < c0           a line a frame as tests/unit/gate writes it
"""
import array, random, sys

DB = round(1024 * 32 ** .5 / 3.0102999566398119)
ON, OFF, LOWEST = 3 * DB, 2 * DB, 3 * DB
IN_A_ROW, HANG, SHORT, LONG, LEARN = 3, 12, 6, 125, 10
CLOSED, OPENED, OPEN, ENDED, DROPPED = range(5)


def toward(level, c):
    """a part of the way from level to c, rounded down: an eighth down, a sixteenth up"""
    return level + ((c - level) // 8 if c < level else (c - level) // 16)


def events(frames):
    """(event, first loud frame, last loud frame) of each frame, and of the end behind the last"""
    frames = [max(c, LOWEST) for c in frames]
    out = [(CLOSED, 0, 0)] * min(LEARN, len(frames))
    floor = min(frames[:LEARN], default=0)
    t = LEARN
    while t < len(frames):
        row = frames[t:t + IN_A_ROW]            # closed: is a word beginning here?
        loud = 0
        while loud < len(row) and row[loud] > floor + ON:
            loud += 1
        out += [(CLOSED, 0, 0)] * min(loud, IN_A_ROW - 1)
        if loud < IN_A_ROW:
            t += loud
            if t < len(frames):
                out.append((CLOSED, 0, 0))
                floor = toward(floor, frames[t])
            t += 1
            continue
        begin, last, level = t, t + IN_A_ROW - 1, frames[t + IN_A_ROW - 1]
        out.append((OPENED, 0, 0))
        for t in range(begin + IN_A_ROW, len(frames)):
            level = toward(level, frames[t])
            if frames[t] > floor + OFF:
                last = t
            if t - last == HANG:
                out.append((ENDED if last - begin + 1 >= SHORT else DROPPED, begin, last))
                break
            if t - begin + 1 == LONG:
                out.append((DROPPED, 0, 0))
                floor = level
                break
            out.append((OPEN, 0, 0))
        else:
            return out + [(ENDED if last - begin + 1 >= SHORT else DROPPED, begin, last)]
        t += 1
    return out + [(CLOSED, 0, 0)]


def noisy(seed, n):
    r, out, base = random.Random(seed), [], 20000
    while len(out) < n:
        kind, length = r.randrange(6), r.randrange(1, r.choice([4, 12, 40, 200]))
        rise = r.choice([0, 0, 2, 3, 5, 20]) * DB
        if kind == 0:
            base = r.choice([-200000, 0, 3 * DB, 20000, 100000, 150000])
        slope = r.choice([0, 0, DB // 8, -DB // 8])
        spread = r.choice([0, DB // 2, DB])
        for i in range(length):
            out.append(int(base + rise + slope * i + r.uniform(-1, 1) * spread))
        out += [int(base + r.uniform(-1, 1) * spread) for _ in range(r.choice([0, 5, 11, 12, 13, 40]))]
    return [max(1 - 2 ** 18, min(2 ** 18 - 1, c)) for c in out[:n]]


def main(command, *args):
    if command == "random":
        array.array("i", noisy(*map(int, args))).tofile(sys.stdout.buffer)
    elif command == "events":
        for e, begin, end in events(array.array("i", sys.stdin.buffer.read())):
            print(e, begin, end) if e == ENDED else print(e)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])

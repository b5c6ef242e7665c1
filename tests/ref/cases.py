# SPDX-License-Identifier: MIT
"""cases - random nets, case by case and seed by seed; for tests/ref/torch_*.py"""
import sys, tempfile
import torch


def run_all(run, cases, seeds, tries):
    """Ends the program: exit 1 when run(program, folder, case, seed) counts anything bad.

    Of each case `seeds` seeds are run, of at most `tries`: run() gives None where a seed is no
    test, as something stands so near to a tie that float32 and float64 may differ."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        bad = 0
        for case in cases:
            done = 0
            for seed in range(tries):
                result = run(sys.argv[1], folder, case, seed) if done < seeds else None
                if result is not None:
                    bad, done = bad + result, done + 1
            if done < seeds:
                print("of case", case, "only", done, "seeds could be tried")
                bad += 1
    sys.exit(bad > 0)

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""torchaudio_mfcc - what torchaudio's MFCC makes of 16-bit mono recordings of 8 kHz.

    torchaudio_mfcc.py compare {PRESET TOLERANCE STREAM DIR}...
                                 the largest absolute difference to a stream of wav2mfcc, every record
                                 read again as DIR/NAME.wav; exit 1 when it is above TOLERANCE
    torchaudio_mfcc.py golden PRESET FILE.wav... > golden.t
                                 the same values as a stream, for machines without torchaudio

PRESET: mfcc13 (peak-normalised, zero-padded or cut to 36 frames) or mfcc20 (as it is, true length).
Settings: the published experiments' (lib/audio/mfcc.h); mfcc20,KEY=VALUE,... changes arguments of torchaudio's
MelSpectrogram (window=NAME stands for window_fn). Written for torchaudio 0.13 (Debian 12).
"""
import numpy, torch, torchaudio
from reference import main, samples

SETTINGS = {"mfcc13": (13, 400, 160), "mfcc20": (20, 256, 128)}


def transform(preset):
    preset, *changes = preset.split(",")
    n_mfcc, n_fft, hop = SETTINGS[preset]
    torch.set_num_threads(1)
    mel = {"n_fft": n_fft, "hop_length": hop, "n_mels": 40, "center": True}
    for key, value in (c.split("=") for c in changes):
        if key == "window":
            mel["window_fn"] = getattr(torch, value + "_window")
        elif key in ("norm", "mel_scale", "pad_mode"):
            mel[key] = value
        elif key in ("f_min", "f_max"):
            mel[key] = float(value)
        else:
            mel[key] = int(value)
    mfcc = torchaudio.transforms.MFCC(8000, mel.pop("n_mfcc", n_mfcc), melkwargs=mel)

    def features(path):
        x = torch.from_numpy(samples(path))[None]
        if preset == "mfcc13":
            x = x / x.abs().max()
        y = mfcc(x)[0].T.numpy()
        if preset == "mfcc13":
            y = numpy.concatenate([y[:36], numpy.zeros((max(0, 36 - len(y)), n_mfcc), numpy.float32)])
        return y

    return features


if __name__ == "__main__":
    main(transform, __doc__)

# SPDX-License-Identifier: MIT
# Every number of the experiments, one a line. A change redoes what follows from it and no more.

BUDGET := 36K                        # bytes of parameters, K = 1024
SPLIT := --method sklearn --test 0.2 --seed 42

# The rows: RECIPE/hHIDDEN-sSEED/PRECISION
TASK_A := reference/h128-s42/float32
TASK_B := reference/h24-s42/float32
TASK_B += reference/h24-s42/int8-dynamic
TASK_B += reference/h24-s42/int8
TASK_B += whit/h24-s42/float32
TASK_B += whit/h24-s42/int8
SEEDS := 1 2 3 4 5 6 7 8 9 10        # of initialisation and batches; the split stays

RECIPES := reference whit

# reference: what the published notebook did (torchaudio's MFCC, 20 epochs of Adam)
FEATURES_reference := mfcc13
TRAIN_reference := --layers 2
TRAIN_reference += --dropout 0.3     # between the layers
TRAIN_reference += --pooling last    # the state after the last frame, padding included
TRAIN_reference += --epochs 20
TRAIN_reference += --rate 1e-3
TRAIN_reference += --batch 32        # utterances

# whit: ours
FEATURES_whit := mfcc13-true
TRAIN_whit := --layers 2
TRAIN_whit += --normalise            # each coefficient, by the training part's mean and deviation
TRAIN_whit += --dropout 0.2
TRAIN_whit += --pooling mean         # of the states of all true frames
TRAIN_whit += --epochs 40
TRAIN_whit += --rate 1e-2
TRAIN_whit += --schedule cosine
TRAIN_whit += --clip 1               # norm of the gradient
TRAIN_whit += --batch 32             # utterances

# Feature sets
WAV2MFCC_mfcc13 := --preset mfcc13   # padded or cut to 36 frames
WAV2MFCC_mfcc13-true := --preset mfcc13
WAV2MFCC_mfcc13-true += --frames 0   # true lengths

# SPDX-License-Identifier: MIT
# The DAG on a corpus of 240 utterances and few epochs: what make promises, not what nets learn.
load helper

setup_file() {
	command -v flite espeak-ng sox >/dev/null || return 0
	export CORPUS_DIR=$BATS_FILE_TMPDIR/synthetic
	"$BATS_TEST_DIRNAME/../data/synthesise" -t 4 "$CORPUS_DIR/recordings"
	(cd "$CORPUS_DIR/recordings" && sha256sum ./*.wav | sed 's|\./||') \
		> "$CORPUS_DIR/SHA256SUMS"
}

# whit FOLDER ARG...: make, with everything it makes in FOLDER.
whit() {
	local folder=$1
	shift
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u FSDD make -C "$ROOT" --no-print-directory \
		B="${BIN%/bin}" CORPUS=synthetic SYNTHETIC="$CORPUS_DIR" CHECKED="$folder/checked" \
		X="$folder/x" R="$folder/r" "TRAIN_reference=--epochs ${EPOCHS:-2}" \
		"TRAIN_whit=--normalise --epochs ${EPOCHS:-2}" "DEVICE_TASK=" "$@"
}

# sums FOLDER: what is the same every time: all but measured times.
sums() {
	(cd "$1" && find x \( -name '*.t' -o -name '*.m' -o -name '*.predictions' \) | sort |
		xargs sha256sum)
	cut -f 1-17,20- "$1"/r/task-?.tsv
}

@test "pipeline: one job or two, the same bytes; a second run does nothing" {
	need flite espeak-ng sox
	whit "$PWD/one" task-b > one.out
	whit "$PWD/two" -j2 task-b > two.out
	sums one > one.sums
	sums two > two.sums
	[ "$(wc -l < one.sums)" -gt 20 ]
	diff one.sums two.sums
	# the terminal ends with the table, which names the corpus and has a line a row
	sed -n '/^Comparison: synthetic/,$p' one/r/task-b.txt > table
	[ "$(grep -c -e '^reference ' -e '^whit ' table)" -eq 7 ]
	diff table <(tail -n "$(wc -l < table)" one.out)
	[ "$(cut -f 1 one/r/task-b.tsv | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = \
		" 1 corpus; 7 synthetic;" ]
	# again: no tool is run, no file written
	touch mark
	whit "$PWD/one" task-b > again.out
	diff table <(tail -n +2 again.out)
	[ -z "$(find one -newer mark)" ]
}

@test "pipeline: figures lie beside the tables, the same every time; without gnuplot only tables" {
	need flite espeak-ng sox gnuplot
	whit "$PWD/a" -j2 task-b > out
	grep -q 'and figures in task-b/:$' out
	(cd a/r/task-b && printf '%s\n' *.svg) > names
	diff names - <<-'END'
		reference-h24-s42-float32-confusion.svg
		reference-h24-s42-float32-curves.svg
		reference-h24-s42-float32-mfcc.svg
		reference-h24-s42-int8-confusion.svg
		reference-h24-s42-int8-dynamic-confusion.svg
		whit-h24-s42-float32-confusion.svg
		whit-h24-s42-float32-curves.svg
		whit-h24-s42-float32-mfcc.svg
		whit-h24-s42-int8-confusion.svg
		whit-hauto-s42-int8-confusion.svg
		whit.gru-hauto-s42-int8-confusion.svg
	END
	python3 "$BATS_TEST_DIRNAME/ref/figures.py" look a/r/task-b/*
	cp -r a/r/task-b before
	# one is taken away: its row is drawn anew, no other, no tool but report runs
	rm a/r/task-b/whit-h24-s42-float32-curves.png
	touch mark
	whit "$PWD/a" task-b > out
	[ "$(find a/r -newer mark -type f | wc -l)" -eq 6 ]
	[ -z "$(find a/x -newer mark -type f)" ]
	diff -r before a/r/task-b
	rm -r a/r
	whit "$PWD/a" GNUPLOT= task-b > out
	grep -q 'no figures: gnuplot is not installed (make setup):$' out
	[ "$(find a/r -type f | wc -l)" -eq 4 ]
}

@test "pipeline: a new number redoes what it decides and no more" {
	need flite espeak-ng sox
	whit "$PWD/a" task-b > out
	touch mark
	sleep 1
	whit "$PWD/a" "TRAIN_whit=--normalise --epochs 3" task-b > out
	[ -z "$(find a/x/reference a/x/mfcc13* -newer mark)" ]
	[ "$(find a/x/whit a/r -newer mark -type f | wc -l)" -gt 8 ]
	# files taken away are missed: results newer than all else do not pass for made here
	rm -r a/x
	touch a/r/* mark
	sleep 1
	whit "$PWD/a" task-b > out
	[ -s a/x/whit/h24-s42/int8.predictions ]
	[ "$(find a/r -maxdepth 1 -newer mark -type f | wc -l)" -eq 4 ]
	[ -z "$(find a/r -type f ! -newer mark)" ]
}

@test "pipeline: stopped in the middle, it goes on to the same bytes" {
	need flite espeak-ng sox setsid
	export EPOCHS=600	# long enough to be killed in
	local rows="TASK_B=reference/h24-s42/float32 whit/h24-s42/float32 whit/h24-s42/int8"
	whit "$PWD/whole" "$rows" task-b > out
	sums whole > whole.sums
	local signal
	for signal in TERM KILL; do
		setsid bash -c "$(declare -f whit); whit '$PWD/cut' '$rows' task-b" \
			> cut.out 2>&1 3>&- &
		until [ -e cut/x/reference/h24-s42/float32.m.part ]; do
			sleep 0.05
			kill -0 $!
		done
		sleep 0.2
		kill -s $signal -- -$!
		wait $! || true
		[ ! -e cut/x/reference/h24-s42/float32.m ]
		touch mark
	done
	sleep 1
	whit "$PWD/cut" "$rows" task-b > out
	sums cut > cut.sums
	diff whole.sums cut.sums
	[ -z "$(find cut/x/mfcc13 \( -name all.t -o -name train.t \) -newer mark)" ]
}

@test "pipeline: a stage that fails leaves no file of its name" {
	need flite espeak-ng sox
	run -2 whit "$PWD/a" "TRAIN_reference=--epochs none" task-b
	[ ! -e a/x/reference/h24-s42/float32.m ]
	[ ! -e a/r/task-b.txt ]
	whit "$PWD/a" task-b > out
	[ -s a/r/task-b.txt ]
}

@test "pipeline: seeds gives a line a row, with every seed's accuracy" {
	need flite espeak-ng sox
	whit "$PWD/a" SEEDS="1 2" TASK_A= seeds > out
	[ "$(wc -l < a/r/seeds.tsv)" -eq 8 ]
	# both of the largest are there, and a budget of their own redoes them alone
	awk -F '\t' '$2 == "whit" && $5 > 40 { print $3 }' a/r/seeds.tsv > largest
	[ "$(sort largest | tr '\n' ' ')" = "gru lstm " ]
	touch mark
	sleep 1
	whit "$PWD/a" SEEDS="1 2" TASK_A= BUDGET=8K seeds > out
	[ -z "$(find a/x/reference a/x/whit/h24* -newer mark -type f)" ]
	[ "$(find a/x/whit*/hauto* -newer mark -name '*.m' | wc -l)" -eq 8 ]
	awk -F '\t' 'NR > 1 { split($NF, a, " "); m = (a[1] + a[2]) / 2
		d = a[1] > a[2] ? a[1] - a[2] : a[2] - a[1]
		if ($8 != 2 || ($9 - m) ^ 2 > 1e-11 || ($10 - d / sqrt(2)) ^ 2 > 1e-11)
			exit 1 }' a/r/seeds.tsv
	diff out <(tail -n "$(wc -l < out)" a/r/seeds.md) || grep -q '| whit |' out
}

@test "pipeline: takes trains anew on another split of the same features" {
	need flite espeak-ng sox
	whit "$PWD/a" SEEDS="1 2" "SPLIT_TAKES=--method stratified --test .5" takes > out
	[ "$(awk -F '\t' '{ print $8 }' a/r/takes.tsv | tr '\n' ' ')" = "seeds 2 2 2 2 2 2 2 " ]
	grep -q '| whit |' out
	"$BIN/tensor" show a/x/takes/whit/h24-s1/int8.predictions > shown
	grep -qx 'test.history.2=split [0-9.]* --method stratified --test .5 --part test' shown
	grep -qx 'history.2=split [0-9.]* --method stratified --test .5 --part train' shown
	# all.t is shared, the other split is not made
	[ "$(find a/x -name '*.t' | wc -l)" -eq 6 ]
}

@test "pipeline: task B ends with what a device takes, or with what is missing to say so" {
	need flite espeak-ng sox arm-none-eabi-gcc qemu-system-arm
	local how=(DEVICE_TASK=microbit/O2 DEVICE_BUILDS=microbit/O2 POT_whit="--epochs 1"
		DEVICE="whit/h24-s42/int8 whit/h24-s42/pot-ste.4")
	whit "$PWD/a" "${how[@]}" task-b > out
	[ ! -e a/x/whit/h24-s42/pot-ste.4.m ]
	whit "$PWD/a" "${how[@]}" task-b device > out
	grep -q '^On a Cortex-M0 (-O2, whit/h24-s42/int8): [0-9.]* KB of flash' out
	grep -q '^48 of 48 recordings as on the host; targets' out
	grep -q '^# synthetic, whit/h24-s42/int8 on' a/r/device.md
	grep -q '^| the whole firmware.s flash | Cortex-M0 -O2 | [0-9.]* | yes |' a/r/memory.md
	cut -f 1,2,16 a/r/device.tsv | sed 1d | diff - <(printf 'synthetic\t%s\t48\n' \
		whit/h24-s42/int8 whit/h24-s42/pot-ste.4)
	# of powers of two 8160 products are gone
	awk -F '\t' 'NR > 1 { n[NR] = $22 } END { exit !(n[2] > 9500 && n[3] + 9000 < n[2]) }' \
		a/r/device.tsv
	touch mark
	whit "$PWD/a" "${how[@]}" task-b device > again
	grep -q '^On a Cortex-M0' again
	[ -z "$(find a -newer mark)" ]
	# every program but the compiler
	cp -rs /usr/bin bin
	rm bin/arm-none-eabi-gcc
	PATH=$PWD/bin whit "$PWD/a" "${how[@]}" task-b device > out
	grep -qx 'On a Cortex-M0 (-O2, whit/h24-s42/int8): not measured, '"\
arm-none-eabi-gcc is not installed (make setup-all: gcc-arm-none-eabi)" out
	grep -q 'not measured, arm-none-eabi-gcc' a/r/device.md
	grep -q 'not measured, arm-none-eabi-gcc' a/r/memory.md
	# and there again
	whit "$PWD/a" "${how[@]}" device > out
	grep -q '^| whit/h24-s42/int8 | Cortex-M0 | -O2 |' a/r/device.md
	grep -q '^| whit/h24-s42/pot-ste.4 | Cortex-M0 | -O2 |' a/r/device.md
}

@test "pipeline: task C has a line a row; its figures are those of the seeds; a false claim fails" {
	need flite espeak-ng sox
	local rows="reference/h8/float32 reference/h8/round.4 reference/h8/ema.5 \
		reference/h8/ema.5.kd reference/h8/apot2 whit/h24/ste.3 whit/h24/ste.4.kd \
		whit/h24/ste.4.plain"
	local how=(SEEDS="1 2" TASK_C="$rows" TEACHER=h10-s1
		POT_whit="--epochs 2 --noise .1" POT_plain="--epochs 1")
	whit "$PWD/one" "${how[@]}" task-c > one.out
	whit "$PWD/two" -j2 "${how[@]}" task-c > two.out
	sums one > one.sums
	sums two > two.sums
	[ "$(wc -l < one.sums)" -gt 30 ]
	diff one.sums two.sums
	tail -n 1 one.out |
		grep -qx '12 models in 6 rows claim powers of two and hold nothing else'
	grep -q '^whit  *lstm 2x24  *device  *ste  *4  *larger  *all  *all ' one/r/task-c.txt
	grep -q '^| whit | lstm 2x24 | device | ste, plain | 4 | - | all | all |' one/r/task-c.md
	"$PYTHON" - one <<-'END'
	import csv, json, os, statistics, sys
	read = lambda path: list(csv.DictReader(open(sys.argv[1] + path), delimiter="\t"))
	table = read("/r/task-c.tsv")
	pot, before = ([read("/x/task-c/%s-%d.tsv" % (kind, s)) for s in (1, 2)]
	               for kind in ("pot", "before"))
	assert len(table) == 8 and [r["approach"] for r in table] == \
	    ["-", "round", "ema", "ema", "apot2", "ste", "ste", "ste"]
	assert [r["teacher"] for r in table] == ["-"] * 3 + ["parent", "-", "-", "larger", "-"]
	assert [r["plain"] for r in table] == ["-"] * 7 + ["yes"]
	near = lambda text, x: abs(float(text) - x) < 1e-6
	for i, r in enumerate(table):
	    a, b = ([float(t[i]["accuracy"]) for t in kind] for kind in (pot, before))
	    assert near(r["mean_10"], sum(a) / 2) and near(r["mean_before"], sum(b) / 2), r
	    assert near(r["sd"], statistics.stdev(a)), r
	    assert near(r["min_10"], min(a)) and near(r["max_10"], max(a)), r
	    assert near(r["accuracy_after"], a[0]) and near(r["accuracy_before"], b[0]), r
	    assert r["hidden"] == ("8" if i < 5 else "24") and r["seeds"] == "2"
	    assert r["median_us"] != "-" and r["test_n"] == pot[0][i]["test_n"]
	    assert (r["weights_pot"] == "1.000000") == (r["approach"] in ("round", "ema", "ste")), r
	drawn = open(sys.argv[1] + "/r/task-c/bits.svg").read()
	assert ">bits a weight</text>" in drawn
	objects = json.load(open(sys.argv[1] + "/r/task-c.json"))
	assert [o["mean_10"] for o in objects] == [float(r["mean_10"]) for r in table]
	assert list(objects[0]) == list(table[0])
	END
	touch mark
	whit "$PWD/one" "${how[@]}" task-c > again.out
	[ -z "$(find one -newer mark)" ]
	# a seed less is another table of the same models
	cp one/r/task-c.tsv two.tsv
	whit "$PWD/one" "${how[@]}" SEEDS=1 task-c > few.out
	[ "$(awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
		{ printf "%s ", $c["seeds"] }' one/r/task-c.tsv)" = "1 1 1 1 1 1 1 1 " ]
	[ -z "$(find one/x -name '*.m' -newer mark)" ]
	sed '3s/1\.000000/0.999000/' two.tsv > false.tsv
	run -1 --separate-stderr awk -f "$ROOT/pipelines/task-c-check.awk" false.tsv
	[ "$stderr" = "task-c: reference 2x8, round: not every weight is a power of two" ]
}

# few: shrink and compare, small
few() {
	local net="--layers 1 --normalise --epochs 2"
	# the small corpus has takes 0 to 3 alone
	local folder=$1
	shift
	whit "$folder" SHRINK_UNITS="4 72" SHRINK_PRUNED=72 SHRINK_POT=4 SHRINK_SEEDS="1 2" \
		"SPLIT_TAKES=--method stratified --test .5" PRUNE="--prune 2:.9" \
		COMPARE_SEEDS="1 2" COMPARE_FEATURES=mfcc20 \
		A_gru=h4 A_lstm=h6 \
		"TRAIN_reference.shrink=--layers 1 --epochs 2" "TRAIN_whit.shrink=$net" \
		"TRAIN_reference.compare=$net" "TRAIN_whit.compare=$net" \
		"POT_reference.shrink=--epochs 1" "POT_whit.shrink=--epochs 1" \
		"POT_reference.compare=--approach ema --epochs 1" "POT_whit.compare=--epochs 1" "$@"
}

@test "pipeline: shrink has a line a recipe, method and size, with what was published" {
	need flite espeak-ng sox gnuplot
	few "$PWD/a" -j2 shrink > out
	few "$PWD/b" shrink > out
	(cd a && find x -name '*.t' -o -name '*.m' | sort | xargs sha256sum) > sums
	[ "$(wc -l < sums)" -ge 30 ]
	(cd b && sha256sum -c --quiet ../sums)
	cut -f 2,3,6,8-19,21 a/r/shrink.tsv > got
	cut -f 2,3,6,8-19,21 b/r/shrink.tsv | diff - got
	# 2 recipes x (2 sizes x 3 precisions + 1 pruned + 1 in powers of two)
	[ "$(sed 1d got | wc -l)" -eq 16 ]
	[ "$(sed 1d got | cut -f 5 | sort -u)" = 2 ]
	[ "$(grep $'pruned\t.*\t0.94$' got | wc -l)" -eq 2 ]
	# 90 % of the weights are not stored
	awk -F '\t' '$2 == "float" && $6 == 72 { whole[$3] = $16 }
		$2 == "pruned" { n++; if (!($16 < 0.2 * whole[$3])) exit 1 }
		END { exit n != 2 }' a/r/shrink.tsv
	python3 -c 'import json; assert len(json.load(open("a/r/shrink.json"))["rows"]) == 16'
	grep -q '^# synthetic: how small' a/r/shrink.md
	grep -q '^synthetic: how small' a/r/shrink.txt
	python3 "$BATS_TEST_DIRNAME/ref/figures.py" look a/r/shrink/*
	[ "$(cd a/r/shrink && echo *)" = "reference.png reference.svg whit.png whit.svg" ]
	touch mark
	few "$PWD/a" shrink > out
	[ -z "$(find a -newer mark -type f)" ]
}

@test "pipeline: compare has a line a recipe, cell and task; figures say what units are worth" {
	need flite espeak-ng sox gnuplot
	few "$PWD/a" -j2 compare > out
	few "$PWD/b" compare > out
	(cd a && find x -name '*.t' -o -name '*.m' -o -name occlusion.tsv | sort |
		xargs sha256sum) > sums
	[ "$(grep -c '[.]m$' sums)" -eq 40 ]	# 2 seeds x 2 recipes x 2 cells x 5
	(cd b && sha256sum -c --quiet ../sums)
	"$PYTHON" - a/r/compare <<-'END'
	import csv, json, sys
	rows = list(csv.DictReader(open(sys.argv[1] + ".tsv"), delimiter="\t"))
	by = {(r["task"], r["recipe"], r["cell"], r["precision"]): r for r in rows}
	assert len(rows) == len(by) == 20, by.keys()
	for recipe in ("reference", "whit"):
	    for cell, other, units, b1 in (("gru", "bigru", 45, "0.990 0.987"),
	                                   ("lstm", "lstm", 38, "0.977")):
	        a, b, q, s, c = (by[t, recipe, k, p] for t, k, p in (
	            ("A", other, "float32"), ("B1", cell, "float32"), ("B2", cell, "int8-dynamic"),
	            ("B2", cell, "int8"), ("C", cell, "pot")))
	        assert {int(x["hidden"]) for x in (b, q, s, c)} == {units}, (b, q, s, c)
	        assert b["published"] == b1 and len(b["accuracies"].split()) == 2
	        assert float(q["stored_bytes"]) < .3 * float(b["stored_bytes"])
	        assert c["approach"] == ("ema" if recipe == "reference" else "ste")
	        bits = 5 if recipe == "reference" else 4
	        codes = int(c["parameters"]) * bits / 8
	        assert codes <= float(c["stored_bytes"]) < 1.3 * codes, c
	        assert float(b["mean_us"]) > 0
	assert len(json.load(open(sys.argv[1] + ".json"))["rows"]) == 20
	END
	for r in reference whit; do	# the recipe whit has all of the training part
		"$BIN/tensor" show a/x/compare/$r.gru-mfcc20-b/hauto-s1/float32.m |
			grep '^history' > $r
	done
	grep -q -- '--parts train=0.9,valid=0.1' reference
	! grep -q -- '--parts' whit || false
	[ "$(cd a/r/compare && echo *)" = "occlusion-gru.png occlusion-gru.svg \
occlusion-lstm.png occlusion-lstm.svg" ]
	python3 "$BATS_TEST_DIRNAME/ref/figures.py" look a/r/compare/*
	touch mark
	few "$PWD/a" compare > out
	[ -z "$(find a -newer mark -type f)" ]
}

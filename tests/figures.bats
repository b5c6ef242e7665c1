# SPDX-License-Identifier: MIT
# report --figures. What the pictures look like nobody here can say; that they are whole, say what
# they should and are the same every time, can be.
load helper

REF=$BATS_TEST_DIRNAME/ref/sklearn_report.py
LOOK=$BATS_TEST_DIRNAME/ref/figures.py

predictions() {
	python3 "$REF" stream "$@"
}

# curves EPOCHS [validated]: a log as lstm-train --log writes it
curves() {
	printf 'epoch\tloss\taccuracy\tvalidation_loss\tvalidation_accuracy\trate\tseconds\n'
	awk -v n="$1" -v v="${2:-}" 'BEGIN { OFS = "\t"; for (e = 1; e <= n; e++)
		print e, 2.3 / e, 1 - 0.9 / e, v ? 2.4 / e + 0.01 : "-",
			v ? 1 - 0.92 / e : "-", 0.001, e / 10 }'
}

# features K T D [names]: T frames of D coefficients for each of K labels
features() {
	python3 "$LOOK" features "$@"
}

# refuses STATUS LINE ARG...: report says just that line, and DIR holds what it held
refuses() {
	local status=$1 line=$2
	shift 2
	run -"$status" --separate-stderr env PATH="${ONLY:-$PATH}" "$BIN/report" "$@"
	[ "$stderr" = "report: $line" ] || { echo "got: $stderr"; return 1; }
	[ -z "$output" ]
	[ -z "$(ls dir)" ]
}

@test "figures: all three, as SVG and as PNG, say what they show" {
	need gnuplot
	predictions 1 10 600 > p
	curves 20 validated > log
	features 10 30 13 > f
	mkdir dir
	"$BIN/report" --task B --figures dir --curves log --preview f p > text
	"$BIN/report" --task B p | cmp - text
	[ "$(ls dir | tr '\n' ' ')" = \
		"confusion.png confusion.svg curves.png curves.svg mfcc.png mfcc.svg " ]
	python3 "$LOOK" look dir/*
	python3 "$LOOK" matrix p dir/confusion.svg
	python3 "$LOOK" texts dir/confusion.svg > t
	for s in "fsdd, task B, recipe reference, lstm 2x24, mfcc13, int8-dynamic" \
		"Confusion matrix: 497 of 600 test utterances right, 82.83 %" \
		predicted spoken zero "share of the row"; do
		grep -qxF -- "$s" t
	done
	python3 "$LOOK" texts dir/curves.svg > t
	for s in "cross-entropy loss (nats)" "accuracy (%)" epoch training validation \
		"best: epoch 20" "95.5 %" "Training, 20 epochs"; do
		grep -qxF -- "$s" t
	done
	python3 "$LOOK" texts dir/mfcc.svg > t
	for s in "fsdd, mfcc13 features" coefficient "time (ms)" label3 u3 "standard deviations"; do
		grep -qxF -- "$s" t
	done
}

@test "figures: the same input twice, the same SVG, in any locale, with any settings of the user" {
	need gnuplot
	predictions 1 10 600 > p
	curves 20 > log
	features 10 30 13 > f
	mkdir one two home
	echo 'set terminal dumb; plot x' > home/.gnuplot
	"$BIN/report" --figures one --curves log --preview f p > text
	LC_ALL=C TZ=Asia/Tokyo HOME=$PWD/home GNUTERM=x11 GNUPLOT_LIB=/ "$BIN/report" \
		--figures two --curves log --preview f < p > text
	for f in confusion curves mfcc; do
		cmp one/$f.svg two/$f.svg
	done
}

@test "figures: a corpus made by machines says so in every picture" {
	need gnuplot
	predictions 1 3 60 corpus=synthetic > p
	curves 3 > log
	features 3 30 13 corpus=synthetic > f
	mkdir dir
	"$BIN/report" --figures dir --curves log --preview f p > text
	[ "$(grep -l 'synthetic speech, not FSDD' dir/*.svg | wc -l)" -eq 3 ]
}

@test "figures: 2, 35 and 64 labels, long names, and what gnuplot and XML would take for theirs" {
	need gnuplot
	mkdir dir
	predictions 1 2 20 \
		names="it's \`touch owned\` <b> & \$(touch owned),\"@x {/Bold \\n} %s \$1" > p2
	predictions 2 35 3500 names="$(seq -f 'a rather long name of label %g, for one' -s, 35 |
		tr -d ' ' | sed 's/,for/_for/g')" > p35
	predictions 3 64 9000 names="$(seq -f 'wort–été–日%g' -s, 64)" > p64
	curves 1 > one
	curves 200 validated > many
	"$BIN/report" --task "';system 'touch owned';'" --figures dir --prefix a,b,c \
		--curves one,many,- p2 p35 p64 > text
	[ ! -e owned ]
	[ "$(ls dir | wc -l)" -eq 10 ]
	python3 "$LOOK" look dir/*
	python3 "$LOOK" matrix p2 dir/a-confusion.svg
	python3 "$LOOK" matrix p35 dir/b-confusion.svg
	python3 "$LOOK" matrix p64 dir/c-confusion.svg
	python3 "$LOOK" texts dir/a-confusion.svg > t
	grep -qxF "it's \`touch owned\` <b>…" t || grep -qF "it's \`touch owned\` <b>" t
	predictions 4 65 900 > p65
	run -1 --separate-stderr "$BIN/report" --figures dir p65
	[ "$stderr" = "report: p65: a confusion matrix: expected at most 64 labels, got 65" ]
}

@test "figures: previews of 1 frame, of 1 coefficient, of many, of padding" {
	need gnuplot
	predictions 1 2 20 > p
	mkdir dir
	local k
	for k in "1 1 1" "2 1 13" "7 50 1" "35 40 39" "3 400 20"; do
		# shellcheck disable=SC2086
		features $k > f
		"$BIN/report" --figures dir --preview f p > text
		python3 "$LOOK" look dir/*
	done
	features 3 20 13 padding=16 > f
	"$BIN/report" --figures dir --preview f p > text
	grep -q 'without its padding' dir/mfcc.svg
}

@test "figures: without gnuplot one line names the package" {
	predictions 1 3 60 > p
	mkdir dir bin
	ONLY=$PWD/bin refuses 1 \
		"dir/confusion.svg: gnuplot is missing: \
install the package gnuplot-nox (make setup)" \
		--figures dir p
}

@test "figures: a gnuplot that fails or stops half-way leaves no file" {
	predictions 1 3 60 > p
	mkdir dir bin
	printf '#!/bin/sh\necho "  " >&2\necho "line 0: out of ink" >&2\nexit 3\n' > bin/gnuplot
	chmod +x bin/gnuplot
	ONLY=$PWD/bin:$PATH refuses 1 \
		"dir/confusion.svg: gnuplot: exit status 3: line 0: out of ink" --figures dir p
	printf '#!/bin/sh\necho "<svg>"\n' > bin/gnuplot
	ONLY=$PWD/bin:$PATH refuses 1 "dir/confusion.svg: gnuplot: a svg with no end" \
		--figures dir p
	printf '#!/bin/sh\nkill -9 $$\n' > bin/gnuplot
	ONLY=$PWD/bin:$PATH refuses 1 "dir/confusion.svg: gnuplot: killed by signal 9" \
		--figures dir p
}

@test "figures: bad folders and bad options" {
	predictions 1 3 60 > p
	mkdir dir
	touch file
	refuses 1 "nowhere: No such file or directory" --figures nowhere p
	refuses 1 "file: expected a folder" --figures file p
	refuses 2 "--curves, --preview and --prefix are for --figures" --curves log p
	refuses 2 "--curves, --preview and --prefix are for --figures" --prefix a p
	refuses 2 "--figures of several streams: expected a --prefix for each" --figures dir p p
	refuses 2 "--prefix: expected names that differ, got a twice" --figures dir --prefix a,a p p
	refuses 2 "--prefix: expected a name without /, got ../a" --figures dir --prefix ../a p
	refuses 2 "--curves: expected one a stream (1), got 2" --figures dir --curves a,b p
	refuses 1 "p: expected a stream of kind=features, got kind=predictions" --figures dir \
		--preview p p
	predictions 1 3 60 unlabelled=60 > q
	refuses 1 "q: a confusion matrix needs labelled utterances, got none" --figures dir q
}

@test "figures: a folder nobody may write to" {
	need gnuplot
	predictions 1 3 60 > p
	# /proc takes no files, not even root's
	run -1 --separate-stderr "$BIN/report" --figures /proc p
	[[ $stderr == "report: /proc/confusion.svg: "* ]]
	mkdir dir
	mkdir dir/curves.svg dir/curves.svg/x
	curves 3 > log
	run -1 --separate-stderr "$BIN/report" --figures dir --curves log p
	[[ $stderr == "report: dir/curves.svg: "* ]]
	[ "$(ls dir | tr '\n' ' ')" = "confusion.png confusion.svg curves.svg " ]
}

@test "figures: logs that are none" {
	need gnuplot
	predictions 1 3 60 > p
	mkdir dir
	bad() { refuses 1 "log: $1" --figures dir --curves log p; }
	: > log; bad "expected a heading and a line an epoch, got 0 lines"
	curves 0 > log; bad "expected a heading and a line an epoch, got 1 lines"
	curves 3 | cut -f 1,3- > log
	bad "line 1: expected a heading with the column loss, got none"
	curves 3 | sed 1d > log; bad "line 1: expected a heading with the column epoch, got none"
	head -c 4096 /dev/zero > log
	bad "line 1: expected a heading with the column epoch, got none"
	curves 3 | cut -c 1-12 > log; run -1 "$BIN/report" --figures dir --curves log p
	curves 3 | sed '3s/\t[^\t]*$//' > log
	bad "line 3: expected 7 fields as in the heading, got 6"
	curves 3 | sed '4s/\t0.001/\tx/; 4s/0.7\t/nan\t/' > log
	bad "line 4: accuracy: expected a number, 0 to 1, got nan"
	curves 3 | sed '2s/^1/5/' > log; bad "line 3: epoch: expected more than 5, got 2"
	curves 3 validated | sed '4s/0.693333/-/' > log
	bad "line 4: validation_accuracy: expected a number, 0 to 1, got -"
	refuses 1 "none: No such file or directory" --figures dir --curves none p
	# two columns are enough, in any order, beside others
	printf 'loss\tx\taccuracy\tepoch\n1.5\ty\t0.5\t1\n0\t\t1\t2\n' > log
	"$BIN/report" --figures dir --curves log p > text
	python3 "$LOOK" look dir/*
}

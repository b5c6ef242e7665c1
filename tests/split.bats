# SPDX-License-Identifier: MIT
load helper

REF=$BATS_TEST_DIRNAME/ref/sklearn_split.py

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	"$PYTHON" "$REF" stream > all.t
	"$PYTHON" "$REF" stream 40 > few.t
}

# A stream of the records NAME:LABEL:GROUP ...
small() {
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import sys, whit_stream as ws
ws.write(sys.stdout.buffer, {"kind": "features"}, [ws.Tensor(n, "f32", (1, 1), [0], int(l), g)
    for n, l, g in (r.split(":") for r in sys.argv[1:])])' "$@"
}

names() {
	"$PYTHON" "$REF" names "$1"
}

all() {
	cat "$BATS_FILE_TMPDIR/all.t"
}

few() {
	cat "$BATS_FILE_TMPDIR/few.t"
}

@test "split: the 600 test names of FSDD are scikit-learn's, in its order" {
	all | "$BIN/split" --test 0.2 --seed 42 --part test > test.t
	names test.t | cmp - "$BATS_TEST_DIRNAME/golden/split_fsdd_seed42_test.txt"
	[ "$("$PYTHON" "$REF" labels test.t)" = "72 69 57 56 59 63 56 55 57 56" ]
}

@test "split: scikit-learn agrees on 2 to 3,000 names, several seeds and sizes" {
	need_python sklearn
	"$PYTHON" "$REF" check "$BIN/split"
}

@test "split: mt19937 gives the words that its authors and ISO C++ publish" {
	"$BIN/../tests/unit/mt19937"
}

@test "split: mt19937 gives numpy's words and permutations" {
	need_python numpy
	"$PYTHON" "$REF" check-mt "$BIN/../tests/unit/mt19937"
}

@test "split: stratified follows its written rule" {
	need_python numpy
	"$PYTHON" "$REF" check-stratified "$BIN/split"
}

@test "split: the order of the input changes nothing" {
	all | "$BIN/split" --part test > a.t
	all | "$BIN/split" --method fsdd --part train > sorted.t
	all | "$BIN/split" --method fsdd --part test >> sorted.t
	"$BIN/split" --part test < sorted.t > b.t
	cmp <(names a.t) <(names b.t)
}

@test "split: --parts train=.8,test=.2 in either order is --test .2" {
	all | "$BIN/split" --seed 7 --test .2 --part test > a.t
	all | "$BIN/split" --seed 7 --test .2 --part train > c.t
	for parts in train=.8,test=.2 test=.2,train=.8; do
		cmp <(names a.t) <(names <(all | "$BIN/split" --seed 7 --parts $parts --part test))
		cmp <(names c.t) <(names <(all | "$BIN/split" --seed 7 --parts $parts --part train))
	done
}

@test "split: three parts are disjoint, complete and keep the test part of two" {
	for method in sklearn stratified; do
		for part in train val test; do
			all | "$BIN/split" --method $method --parts train=.7,val=.15,test=.15 \
				--part $part > $part.t
			names $part.t > $part.txt
		done
		[ "$(cat train.txt val.txt test.txt | LC_ALL=C sort -u | wc -l)" -eq 3000 ]
		[ "$(wc -l < train.txt) $(wc -l < val.txt) $(wc -l < test.txt)" = "2100 450 450" ]
	done
	all | "$BIN/split" --parts train=.7,val=.15,test=.15 --part test > three.t
	all | "$BIN/split" --test .15 --part test > two.t
	cmp <(names three.t) <(names two.t)
	[ "$("$PYTHON" "$REF" labels test.t)" = "45 45 45 45 45 45 45 45 45 45" ]
}

@test "split: stratified leaves no part of a label empty where there is one for each" {
	small a:0: b:0: c:0: d:1: e:1: f:1: g:1: > in.t
	for part in train val test; do
		"$BIN/split" --method stratified --parts train=.9,val=.05,test=.05 --part $part \
			< in.t > $part.t
	done
	[ "$("$PYTHON" "$REF" labels train.t)" = "1 2" ]
	[ "$("$PYTHON" "$REF" labels val.t)" = "1 1" ]
	[ "$("$PYTHON" "$REF" labels test.t)" = "1 1" ]
}

@test "split: stratified takes the largest label as any other" {
	small a:2147483647: b:2147483647: > in.t
	"$BIN/split" --method stratified --test .5 --part test < in.t > test.t
	"$BIN/split" --method stratified --test .5 --part train < in.t > train.t
	[ "$({ names test.t; names train.t; } | sort | tr '\n' ' ')" = "a b " ]
}

@test "split: fsdd holds takes 0-4 out" {
	all | "$BIN/split" --method fsdd --part test > test.t
	all | "$BIN/split" --method fsdd --part train > train.t
	[ "$(names test.t | wc -l)" -eq 300 ]
	[ "$(names test.t | grep -c '_[0-4]$')" -eq 300 ]
	[ "$(names train.t | grep -cv '_[0-4]$')" -eq 2700 ]
	names test.t | LC_ALL=C sort -c
	small 0_a_1:0: 0_b:0: > odd.t
	run -1 --separate-stderr "$BIN/split" --method fsdd --part test < odd.t
	[ "$stderr" = "split: stdin: record 0_b: expected a name that ends in _TAKE, a number" ]
}

@test "split: group holds one speaker out" {
	all | "$BIN/split" --method group --group theo --part test > test.t
	all | "$BIN/split" --method group=theo --part train > train.t
	[ "$(names test.t | grep -c _theo_)" -eq 500 ]
	[ "$(names test.t | wc -l)" -eq 500 ]
	[ "$(names train.t | grep -cv _theo_)" -eq 2500 ]
}

@test "split: an unknown group is answered with those there are" {
	run -1 --separate-stderr "$BIN/split" --method group --group nobody --part test < <(few)
	[ "$stderr" = "split: stdin: no record of group nobody, expected one of george" ]
	small a:0:z b:0:y c:0:z > in.t
	run -1 --separate-stderr "$BIN/split" --method group --group x --part test < in.t
	[ "$stderr" = "split: stdin: no record of group x, expected one of y, z" ]
	small a:0: b:0: > in.t
	run -1 --separate-stderr "$BIN/split" --method group --group x --part test < in.t
	[ "$stderr" = "split: stdin: no record of group x; the records have no groups" ]
}

@test "split: keeps head and records, appends to the history" {
	few | "$BIN/split" --part train | "$BIN/split" --method fsdd --part test > part.t
	"$PYTHON" "$BATS_TEST_DIRNAME/ref/whit_stream.py" show part.t > shown
	grep -qx 'corpus=names' shown
	grep -qx 'labels=zero,one,two,three,four,five,six,seven,eight,nine' shown
	grep -qx 'history.1=split 0.1.0 --part train' shown
	grep -qx 'history.2=split 0.1.0 --method fsdd --part test' shown
	grep -qx '0_george_1 0 george f32 1x1' shown
}

@test "split: a name that stands twice is an error" {
	few > twice.t
	few >> twice.t
	run -1 --separate-stderr "$BIN/split" --part test < twice.t
	[[ $stderr = "split: stdin: record 0_george_0: the name must be unique, records "* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "split: an empty part is an error, whichever part is asked for" {
	small only:0:a > one.t
	run -1 --separate-stderr "$BIN/split" --part test < one.t
	[ "$stderr" = "split: stdin: part train would be empty, expected at least 1 of 1 records" ]
	small > none.t
	run -1 --separate-stderr "$BIN/split" --part test < none.t
	[ "$stderr" = "split: stdin: part train would be empty, expected at least 1 of 0 records" ]
	run -1 --separate-stderr "$BIN/split" --method group --group george --part test < <(few)
	[ "$stderr" = "split: stdin: part train would be empty, expected at least 1 of 40 records" ]
}

@test "split: misuse exits 2 and says what was expected" {
	while IFS='|' read -r args message; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr "$BIN/split" $args < /dev/null
		[ -z "$output" ]
		[[ ${stderr_lines[0]} = "split: $message"* ]] || { echo "$args: $stderr"; false; }
	done <<'END'
|--part: expected one of train, test, got none
--part val|--part: expected one of train, test, got val
--parts a=.5,b=.5 --part test|--part: expected one of a, b, got test
--part test --parts train=.7,test=.2|--parts: the shares must sum to 1, train=.7,test=.2 sums to 0.9
--part test --parts train=1.5,test=-.5|--parts: a share must be above 0 and at most 1, got train=1.5
--part test --parts train=1,test=0|--parts: a share must be above 0 and at most 1, got test=0
--part test --parts train=.5,test=nan|--parts: a share must be above 0 and at most 1, got test=nan
--part test --parts test=.5,test=.5|--parts: this part is there twice: test
--part test --parts test|--parts: a part is NAME=SHARE
--part test --parts =1|--parts: a part is NAME=SHARE
--part test --parts test=1,|--parts: a part is NAME=SHARE
--part test --test 1|--test must be above 0 and below 1, got 1
--part test --test 0|--test must be above 0 and below 1, got 0
--part test --test 2|
--part test --test x|
--part test --seed -1|
--part test --seed 4294967296|
--part test --seed 1.5|
--part test --method best|--method: expected sklearn, stratified, fsdd or group, got best
--part test --method group|--method group needs --group NAME
--part test --method group=a --group a|--method group=a and --group exclude each other
--part test --group theo|--group is for --method group, not sklearn
--part test --method fsdd --test .2|--method fsdd has the parts train and test
--part test --method fsdd --seed 3|--method fsdd draws nothing: no --seed
--part test --test .2 --parts train=.8,test=.2|--test and --parts exclude each other
--part test all.t|takes no operands
--part test --nonsense|
END
}

@test "split: --help and --version" {
	run -0 --separate-stderr "$BIN/split" --help
	[[ $output = *"--part NAME"* ]]
	[ -z "$stderr" ]
	run -0 "$BIN/split" --version
	[[ $output = "split (whit) "* ]]
}

@test "split: refuses a model" {
	PYTHONPATH=$BATS_TEST_DIRNAME/ref "$PYTHON" -c '
import sys, whit_stream as ws
ws.write(sys.stdout.buffer, {"kind": "model"}, [ws.Tensor("fc.bias", "f32", (1,), [0])])' > m
	run -1 --separate-stderr "$BIN/split" --part test < m
	[ "$stderr" = "split: stdin: expected a stream of utterances, got a model" ]
}

@test "split: survives every damage to its input" {
	"$PYTHON" "$REF" stream 12 > good.t
	stream_abuse good.t "$BIN/split" --test .25 --part test
	stream_abuse good.t "$BIN/split" --method stratified --parts train=.5,test=.5 --part train
}

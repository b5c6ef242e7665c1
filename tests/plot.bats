# SPDX-License-Identifier: MIT
# plot: that the picture holds what the table says, where it says it.
load helper

LOOK=$BATS_TEST_DIRNAME/ref/figures.py

# table: three series, one of them with a hole
table() {
	printf 'kind\tkb\tright\tsd\tothers\n'
	printf 'a\t1024\t0.5\t0.01\t-\na\t4096\t0.9\t0.02\t0.7 0.6\n'
	printf 'b & <c>\t2048\t0.6\t0\t-\nd\t-\t0.1\t0\t-\nd\t8192\t0.95\t-\t-\n'
}

@test "plot: SVG and PNG with the table's series, deviations and what was published" {
	need gnuplot
	table > t
	"$BIN/plot" --x kb --y right --series kind --error sd --published others --x-unit 1024 \
		--y-unit .01 --x-log --x-label "size (KB)" --y-label "accuracy (%)" \
		--title "a title" --below "below it" --mark 3 --mark-label "3 KB" size < t
	python3 "$LOOK" look size.svg size.png
	python3 "$LOOK" texts size.svg > texts
	for s in a "b & <c>" d published "a title" "below it" "size (KB)" "accuracy (%)" "3 KB"; do
		grep -qxF -- "$s" texts || { echo "no $s"; false; }
	done
	# two points of a and what is in the key; one hollow, bigger, and its key
	[ "$(grep -c "gpPt6'.*color='rgb(  0, 114, 178)'" size.svg)" -eq 3 ]
	[ "$(grep -c "gpPt5'.*color='rgb(  0, 114, 178)'" size.svg)" -eq 1 ]
	cp size.svg before
	"$BIN/plot" --x kb --y right --x-unit 1024 plain < t
	"$BIN/plot" --x kb --y right --style bars --series kind bars < t
	python3 "$LOOK" look plain.svg plain.png bars.svg bars.png
	! grep -q published plain.svg || false
	LC_ALL=C TZ=Asia/Tokyo "$BIN/plot" --x kb --y right --series kind --error sd --published \
		others --x-unit 1024 --y-unit .01 --x-log --x-label "size (KB)" --y-label \
		"accuracy (%)" --title "a title" --below "below it" --mark 3 --mark-label "3 KB" \
		size < t
	cmp before size.svg
}

@test "plot: heights on the page are those of the table" {
	need gnuplot
	printf 'x\ty\n1\t0\n2\t1\n3\t0.25\n' > t
	"$BIN/plot" --x x --y y p < t
	python3 - p.svg <<-'END'
		import re, sys
		svg = open(sys.argv[1]).read()
		at = [tuple(map(float, m)) for m in re.findall(
			r"#gpPt6' transform='translate\(([0-9.]+),([0-9.]+)\)", svg)]
		(x1, y1), (x2, y2), (x3, y3) = at
		assert abs((x2 - x1) - (x3 - x2)) < .05, at
		assert abs((y1 - y3) / (y1 - y2) - .25) < .001, at
		assert y1 - y2 > 200, at
	END
}

@test "plot: tables and options that are none" {
	table > t
	bad() {
		run -"$1" --separate-stderr "$BIN/plot" "${@:3}" fig < t
		[ "$stderr" = "plot: $2" ] || { echo "got: $stderr"; return 1; }
		[ ! -e fig.svg ]
	}
	bad 2 "--x and --y: expected a column each" --x kb
	bad 2 "expected one operand, the path of the figure, got 2" --x kb --y right two
	bad 1 "stdin: line 1: expected a heading with the column no, got none" --x no --y right
	bad 1 "stdin: line 2: kind: expected a number or -, got a" --x kb --y kind
	printf 'x\ty\n1\n' > t
	bad 1 "stdin: line 2: expected 2 fields as in the heading, got 1" --x x --y y
	printf 'x\ty\n0\t1\n' > t
	bad 1 "stdin: line 2: x: expected more than 0 for a logarithm, got 0" --x x --y y --x-log
	: > t
	bad 1 "stdin: expected a heading and lines with numbers, got 0 lines" --x x --y y
	{ printf 'x\ty\ts\n'; seq 7 | sed 's/.*/&\t&\ts&/'; } > t
	bad 1 "stdin: line 8: expected at most 6 series, got one more: s7" --x x --y y --series s
}

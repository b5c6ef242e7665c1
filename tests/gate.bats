# SPDX-License-Identifier: MIT
# lib/fixed/gate.c: where words begin and end. On speech: listen.bats.
load helper

GATE=$BIN/../tests/unit/gate
REF=$ROOT/tests/ref/gate.py

@test "gate: its rules written a second time find the same words, whatever is heard" {
	local seed
	for seed in 1 2 3 4 5 6 7 8; do
		"$PYTHON" "$REF" random $seed 20000 > c0
		"$GATE" < c0 > got
		"$PYTHON" "$REF" events < c0 > want
		cmp got want
		cut -c 1 got >> all
	done
	# every event came often enough to be compared
	[ "$(sort all | uniq -c | awk '$1 < 100 { few = 1 } END { print NR, few + 0 }')" = "5 0" ]
	# whatever frame is the last, and without any
	for frames in 0 1 9 10 11 12 $(seq 400 460); do
		head -c $((4 * frames)) c0 > cut
		"$GATE" < cut > got
		"$PYTHON" "$REF" events < cut | cmp - got
	done
}

# c0 DB:FRAMES...: that many frames of that many decibels
c0() {
	"$PYTHON" - "$@" <<-'END'
		import array, sys
		for part in sys.argv[1:]:
		    db, n = part.split(":")
		    array.array("i", [int(1924 * float(db))] * int(n)).tofile(sys.stdout.buffer)
	END
}

# words DB:FRAMES...: "first-last" of each word found
words() {
	c0 "$@" | "$GATE" |
		awk '$1 == 3 { printf "%s%s-%s", n++ ? " " : "", $2, $3 } END { print "" }'
}

@test "gate: a word, a click, a pause within a word, two words, a word at the end" {
	[ "$(words 20:50 40:20 20:30)" = 50-69 ]
	[ "$(words 20:50 40:5 20:30)" = "" ]
	[ "$(words 20:50 40:6 20:30)" = 50-55 ]
	[ "$(words 20:50 40:10 20:11 40:10 20:30)" = 50-80 ]
	[ "$(words 20:50 40:10 20:12 40:10 20:30)" = "50-59 72-81" ]
	[ "$(words 20:50 40:20 20:3)" = 50-69 ]
	[ "$(words 20:50 40:2 20:1 40:2 20:30)" = "" ]
	[ "$(words 20:500)" = "" ]
	# what is 3 dB above the noise is heard, nearly silence as silence is
	[ "$(words 20:50 23.1:20 20:30)" = 50-69 ]
	[ "$(words 20:50 22.9:20 20:30)" = "" ]
	[ "$(words 0:50 5.9:20 0:30)" = "" ]
	[ "$(words 0:50 6.1:20 0:30)" = 50-69 ]
}

@test "gate: learns another noise, louder or quieter, and hears words in it" {
	# 2.5 s of louder noise are no word; what comes then is found
	[ "$(words 20:50 40:200 60:20 40:30)" = 250-269 ]
	[ "$(words 40:50 20:100 40:20 20:30)" = 150-169 ]
	# a slope of 2 dB a second is none either
	[ "$(words $(for i in $(seq 20 50); do echo "$i:25"; done) 70:20 50:30)" = 775-794 ]
}

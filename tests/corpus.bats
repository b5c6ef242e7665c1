# SPDX-License-Identifier: MIT
load helper

# project: a copy of what chooses the corpus, in "my place"/project, with two recordings.
project() {
	local d
	mkdir -p "my place/project/data" dataset/recordings bin
	cp -r "$ROOT/Makefile" "$ROOT/pipelines" "my place/project/"
	cp "$ROOT"/data/{fetch,verify,synthesise} "my place/project/data/"
	echo one > dataset/recordings/1_ann_0.wav
	echo two > dataset/recordings/2_bob_0.wav
	(cd dataset/recordings && sha256sum *.wav) > "my place/project/data/fsdd.sha256"
	# No way out of here: curl says what $network says.
	cat > bin/curl <<-'END'
		#!/bin/bash
		echo called >> "$calls"
		[ -n "$network" ] || exit 6
		while [ "$1" != --output ]; do shift; done
		tar -czf "$2" -C "$network" dataset
	END
	chmod +x bin/curl
	export PATH=$PWD/bin:$PATH calls=$PWD/calls network=
	unset MAKEFLAGS MFLAGS MAKELEVEL SAN FSDD B
	cd "my place/project"
}

# chosen ARG...: what make chooses, told as CORPUS RECORDINGS.
chosen() {
	make -s --no-print-directory --eval='task-chosen: ; @echo $(CORPUS) $(RECORDINGS)' \
		task-chosen "$@"
}

@test "verify: takes exactly the recordings listed" {
	project
	run -0 --separate-stderr data/verify ../../dataset/recordings data/fsdd.sha256
	[ -z "$output$stderr" ]
	cp -r ../../dataset/recordings bad
	rm bad/1_ann_0.wav
	run -1 data/verify bad data/fsdd.sha256
	[ "$output" = "verify: bad: 1 of 2 recordings missing, first 1_ann_0.wav" ]
	echo other > bad/1_ann_0.wav
	run -1 data/verify bad data/fsdd.sha256
	[[ $output = "verify: bad: 1_ann_0.wav: SHA-256 differs, expected "*", got "* ]]
	cp ../../dataset/recordings/1_ann_0.wav bad/
	echo three > bad/3_cat_0.wav
	run -1 data/verify bad data/fsdd.sha256
	[ "$output" = "verify: bad: 3_cat_0.wav is not a recording of data/fsdd.sha256" ]
	run -1 data/verify nowhere data/fsdd.sha256
	[ "$output" = "verify: nowhere: no such folder" ]
	: > empty
	run -1 data/verify bad empty
	[ "$output" = "verify: empty: missing or empty" ]
	run -2 data/verify bad
}

@test "verify: the committed sums are those of the real recordings" {
	[ "$(wc -l < "$ROOT/data/fsdd.sha256")" -eq 3000 ]
	need_fsdd
	"$ROOT/data/verify" "$FSDD/recordings" "$ROOT/data/fsdd.sha256"
}

@test "fetch: gives the whole dataset or none of it" {
	project
	run -3 --separate-stderr data/fetch data/got
	[ "$(ls data)" = $'fetch\nfsdd.sha256\nsynthesise\nverify' ]
	network=$OLDPWD run -0 data/fetch data/got
	cmp data/got/recordings/1_ann_0.wav ../../dataset/recordings/1_ann_0.wav
	run -1 data/fetch data/got
	echo damaged > ../../dataset/recordings/2_bob_0.wav
	network=$OLDPWD run -1 data/fetch data/got2
	[[ $output = *"2_bob_0.wav: SHA-256 differs"* ]]
	[ "$(ls data)" = $'fetch\nfsdd.sha256\ngot\nsynthesise\nverify' ]
	run -2 data/fetch
}

@test "corpus: FSDD=dir, then data/, then beside, then the network, then synthetic" {
	project
	run -0 --separate-stderr chosen
	[ "$output" = "synthetic build/synthetic/recordings" ]
	[ "${#stderr_lines[@]}" -eq 3 ]
	[[ ${stderr_lines[1]} = *"'synthetic'"* ]]
	# remembered: no second try, no second announcement
	run -0 --separate-stderr chosen
	[ "$output" = "synthetic build/synthetic/recordings" ]
	[ -z "$stderr" ]
	[ "$(wc -l < "$calls")" -eq 1 ]
	# forgotten with the build
	make -s clean
	network=$OLDPWD run -0 chosen
	[ "$output" = "fsdd data/free-spoken-digit-dataset/recordings" ]
	[ "$(wc -l < "$calls")" -eq 2 ]
	# and fetched again if somebody took it away
	mv data/free-spoken-digit-dataset ../
	run -0 chosen
	[ "$output" = "fsdd ../free-spoken-digit-dataset/recordings" ]
	mv ../free-spoken-digit-dataset ../elsewhere
	network=$OLDPWD run -0 chosen
	[ "$output" = "fsdd data/free-spoken-digit-dataset/recordings" ]
	[ "$(wc -l < "$calls")" -eq 3 ]
	run -0 chosen FSDD=../elsewhere
	[ "$output" = "fsdd ../elsewhere/recordings" ]
	FSDD=../elsewhere run -0 chosen
	[ "$output" = "fsdd ../elsewhere/recordings" ]
	run -0 chosen CORPUS=synthetic
	[ "$output" = "synthetic build/synthetic/recordings" ]
	run -2 chosen CORPUS=fsdd
	[[ $output = *"CORPUS=fsdd: only synthetic can be asked for"* ]]
	[ "$(wc -l < "$calls")" -eq 3 ]
}

@test "corpus: a download that is not the dataset is an error, not another corpus" {
	project
	echo damaged > ../../dataset/recordings/2_bob_0.wav
	network=$OLDPWD run -2 chosen
	[[ $output = *"2_bob_0.wav: SHA-256 differs"* ]]
	[ ! -e build/corpus.mk ]
}

@test "corpus: other goals look for none" {
	project
	make -s
	make -n test setup clean > /dev/null
	make -s clean
	[ ! -e "$calls" ]
	[ ! -e build ]
}

@test "corpus: no feature is made of recordings that are not FSDD's" {
	project
	mkdir -p build/bin
	printf '#!/bin/sh\nexec cat\n' > build/bin/wav2mfcc
	chmod +x build/bin/wav2mfcc
	run -2 make FSDD=nowhere build/exp/fsdd/mfcc13/all.t
	[[ $output = *"verify: nowhere/recordings: no such folder"* ]]
	cp -r ../../dataset ../other
	rm ../other/recordings/1_ann_0.wav
	run -2 make FSDD=../other build/exp/fsdd/mfcc13/all.t
	[[ $output = *"verify: ../other/recordings: 1 of 2 recordings missing, \
first 1_ann_0.wav"* ]]
	[ ! -e build/exp/fsdd/mfcc13/all.t ]
	make -s FSDD=../../dataset build/exp/fsdd/mfcc13/all.t
	[ "$(cat build/exp/fsdd/mfcc13/all.t)" = \
		$'../../dataset/recordings/1_ann_0.wav\n../../dataset/recordings/2_bob_0.wav' ]
	# made from the right ones, still refused for wrong ones; the same elsewhere changes nothing
	run -2 make FSDD=../other build/exp/fsdd/mfcc13/all.t
	[[ $output = *"1 of 2 recordings missing"* ]]
	cp -r ../../dataset ../same
	run -0 make FSDD=../same build/exp/fsdd/mfcc13/all.t
	[ "$output" = "data/verify ../same/recordings data/fsdd.sha256" ]
	run -0 make FSDD=../same build/exp/fsdd/mfcc13/all.t
	[ -z "$output" ]
	# a file that changes or appears is looked at again
	touch ../same/recordings/3_cat_0.wav
	run -2 make FSDD=../same build/exp/fsdd/mfcc13/all.t
	[[ $output = *"3_cat_0.wav is not a recording of"* ]]
	echo damaged > ../../dataset/recordings/2_bob_0.wav
	run -2 make FSDD=../../dataset build/exp/fsdd/mfcc13/all.t
	[[ $output = *"2_bob_0.wav: SHA-256 differs"* ]]
}

@test "synthesise: the same bytes every time, however many processes" {
	need flite espeak-ng sox
	"$ROOT/data/synthesise" -t 2 -j 2 here/a
	"$ROOT/data/synthesise" -t 2 -j 1 b
	[ "$(ls here)" = a ]
	[ "$(ls)" = $'b\nhere' ]
	[ "$(ls b | wc -l)" -eq 120 ]
	diff -r here/a b
	# as FSDD: 8 kHz, 16 bit, mono, names of digit, speaker and take; 0.1 to 2.3 s
	[ "$(soxi -r b/*.wav | sort -u)" = 8000 ]
	[ "$(soxi -b b/*.wav | sort -u)" = 16 ]
	[ "$(soxi -c b/*.wav | sort -u)" = 1 ]
	[ "$(ls b | sed 's/_[01].wav$//' | sort -u | head -n 3 | tr '\n' ' ')" = \
		"0_awb 0_gb 0_kal " ]
	soxi -D b/*.wav | awk '$1 < 0.1 || $1 > 2.3 { exit 1 }'
	# no two alike
	[ "$(sha256sum b/*.wav | cut -c -64 | sort -u | wc -l)" -eq 120 ]
}

@test "synthesise: leaves nothing behind when a voice fails, says usage when misused" {
	need flite espeak-ng sox
	mkdir bin
	printf '#!/bin/sh\necho "no such voice" >&2\nexit 1\n' > bin/flite
	chmod +x bin/flite
	PATH=$PWD/bin:$PATH run -1 "$ROOT/data/synthesise" -t 2 here/a
	[[ $output = *"no such voice"*"synthesise: a voice failed"* ]]
	[ -z "$(ls here)" ]
	run -2 "$ROOT/data/synthesise"
	run -2 "$ROOT/data/synthesise" -t 1 a
	run -2 "$ROOT/data/synthesise" -t 08 a
	run -2 "$ROOT/data/synthesise" -x a
	run -1 "$ROOT/data/synthesise" here
	[ "$output" = "synthesise: here is there already" ]
}

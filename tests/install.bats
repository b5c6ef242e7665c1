# SPDX-License-Identifier: MIT
# make install: one command; manual pages that say what --help says.
load helper

# whit_make ARG...: make, built where the tests' tools are
whit_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$ROOT" --no-print-directory -s \
		B="${BIN%/bin}" "$@"
}

installed() {
	[ -x "$BATS_FILE_TMPDIR/p q/bin/whit" ] ||
		whit_make install DESTDIR="$BATS_FILE_TMPDIR" PREFIX="/p q" >&2
	PATH="$BATS_FILE_TMPDIR/p q/bin:$PATH"
}

# squeezed: text without spaces, and without hyphens, at which lines may end
squeezed() {
	tr -d ' \t\n-'
}

# page NAME: as people see it
page() {
	nroff -man -Tascii "$BATS_FILE_TMPDIR/p q/share/man/man1/$1.1" | col -b -x
}

@test "install: puts one command on the PATH that hides no other, and runs every tool" {
	local t
	installed
	[ "$(ls "$BATS_FILE_TMPDIR/p q/bin")" = whit ]
	[ "$(ls "$BATS_FILE_TMPDIR")" = "p q" ]
	whit --help > tools
	for t in "$BIN"/*; do
		t=${t##*/}
		diff <(whit $t --help) <("$BIN/$t" --help)
		run -2 whit $t --no-such-option
		grep -q "^  $t  *$("$BIN/$t" --help | sed -n '1s/^[^ ]* - //p')\$" tools
	done
	[ "$(grep -c '^  [a-z]' tools)" -eq "$(ls "$BIN" | wc -l)" ]
	[ "$(whit --version)" = "$("$BIN/split" --version | sed 's/.* /whit /')" ]
	# from anywhere, by a link too
	ln -s "$(command -v whit)" link
	[ "$(./link --version)" = "$(whit --version)" ]
	: > empty
	run -1 --separate-stderr whit split --part train < empty
	[[ $stderr == "split: stdin: "* ]]
}

@test "install: what firmware needs is there" {
	local share="$BATS_FILE_TMPDIR/p q/share/whit/fixed"
	installed
	diff -r "$share" "$ROOT/lib/fixed"
	gcc -std=c99 -ffreestanding -I"$share" -c -o whit.o "$share/whit.c"
}

@test "install: whit refuses what is no tool in one line, exit 2" {
	installed
	while IFS='|' read -r args message; do
		run -2 --separate-stderr whit $args
		[ "$stderr" = "whit: $message (see whit --help)" ] || { echo "$stderr"; false; }
		[ -z "$output" ]
	done <<-'END'
		|expected a tool
		awk|awk: no such tool
		../split|../split: expected the name of a tool
		.|.: expected the name of a tool
		--hidden 24|--hidden: unknown option
	END
	run -1 bash -c 'whit --help > /dev/full'
}

@test "install: uninstall leaves nothing" {
	whit_make install PREFIX="$PWD/u" > /dev/null
	[ -x u/bin/whit ]
	mkdir -p u/share/man/man1
	: > u/share/man/man1/other.1
	whit_make uninstall PREFIX="$PWD/u"
	[ "$(find u -type f)" = u/share/man/man1/other.1 ]
}

@test "man: every tool's page says all that its --help says, word for word" {
	need scdoc nroff col
	local t line command n
	installed
	for t in "$BIN"/*; do
		t=${t##*/}
		page whit-$t > page
		grep -q '^EXAMPLES$' page || [ ! -e "$ROOT/tools/$t.scd" ]
		squeezed < page > text
		"$BIN/$t" --help > help
		for command in $(sed -n '/^Commands,/,$s/^  \([a-z-]*\)  .*/\1/p' help); do
			"$BIN/$t" $command --help >> help
		done
		n=0
		sed -e "s/^usage: $t//; s/^[a-z0-9-]* - //; s/^       $t//" \
			-e "/^$t [a-z-]* - /s/.* - //" help | while IFS= read -r line; do
			grep -qF -e "$(squeezed <<< "$line")" text ||
				{ echo "not in the page of $t: $line"; exit 1; }
		done
		# and no option that --help does not have
		awk '/^[A-Z]/ { on = /^(OPTIONS|COMMAND)/ } on' page |
			sed -n 's/^       \(-., \)*\(--[a-z0-9-]*\).*/\2/p' | sort -u > options
		sed -n 's/^  ....\(--[a-z0-9-]*\).*/\1/p' help | sort -u > known
		[ -z "$(comm -23 options known)" ]
		n=$(wc -l < options)
		[ "$n" -ge 2 ]
	done
	page whit > text
	whit --help | sed -n 's/^  \([a-z]\)/\1/p' | while IFS= read -r line; do
		grep -qF -e "$line" text || { echo "whit: $line"; exit 1; }
	done
}

@test "man: what pages say by hand are commands and options that there are" {
	local f line tool option n=0
	for f in "$ROOT"/tools/*.scd; do
		tool=$(basename "$f" .scd)
		[ "$tool" = whit ] || [ -x "$BIN/$tool" ] || { echo "$f: of no tool"; false; }
		while IFS= read -r line; do
			tool=${line#whit }
			tool=${tool%% *}
			[ -x "$BIN/$tool" ] || { echo "$f: whit $tool"; false; }
			for option in $(grep -o -e ' --[a-z0-9-]*' <<< "$line"); do
				grep -q -e "^  ....$option\\b" <("$BIN/$tool" --help) ||
					{ echo "$f: whit $tool $option"; false; }
				n=$((n + 1))
			done
		done < <(tr '|' '\n' < "$f" | grep -o 'whit [a-z].*')
	done
	[ $n -ge 15 ]
}

@test "man: equal sources, equal pages; without scdoc tools are installed, pages missed" {
	need scdoc
	local t
	installed
	"$ROOT/pipelines/man" whit-split "$BIN/split" "$ROOT/tools/split.scd" |
		cmp - "$BATS_FILE_TMPDIR/p q/share/man/man1/whit-split.1"
	run -0 whit_make SCDOC= install PREFIX="$PWD/n"
	[[ $output == *"no manual pages: scdoc is not installed (make setup)"* ]]
	[ -x n/libexec/whit/split ] && [ ! -e n/share/man ]
	mkdir bin
	for t in bash env dirname; do
		ln -s "$(command -v $t)" bin/
	done
	PATH=$PWD/bin run -127 "$ROOT/pipelines/man" whit-split "$BIN/split"
	[ "$output" = "man: scdoc is not installed (make setup)" ]
}

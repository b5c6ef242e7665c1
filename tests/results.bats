# SPDX-License-Identifier: MIT
# results/README.md: made of what is there, by pipelines/page; every link leads somewhere.
load helper

# broken PAGE: links of the page to files that are not there
broken() {
	grep -o '](\([^)]*\))' "$1" | sed 's/^](//; s/)$//' | while read -r link; do
		[ -e "$(dirname "$1")/$link" ] || echo "$link"
	done
}

@test "results: the page is what the tables say (else: make page), and its links resolve" {
	"$ROOT/pipelines/page" "$ROOT/results/fsdd" fsdd/ > page
	diff "$ROOT/results/README.md" page
	[ "$(grep -c '](' page)" -ge 6 ]
	[ -z "$(broken "$ROOT/results/README.md")" ]
	grep -qF '](results/README.md)' "$ROOT/README.md"
	# every table and every drawing is linked
	cd "$ROOT/results/fsdd"
	for f in *.* */*.svg; do
		grep -qF "](fsdd/$f)" ../README.md || { echo "no link to $f"; false; }
	done
}

@test "results: the page has the rows that are asked for, and what is missing is left out" {
	mkdir -p r/compare
	tr ' ' '\t' > r/compare.tsv <<-'END'
		corpus task recipe cell layers hidden features precision approach mean stored_bytes
		c A whit gru 1 4 mfcc20 int8 - 0.5 1024
		c A whit gru 1 4 mfcc39 int8 - 0.6 1024
	END
	touch r/compare/x.svg r/compare.md
	"$ROOT/pipelines/page" r > r/page
	grep -v '^By\|^1024' r/page | cat -s > got
	diff got - <<-'END'
	# Results: c

	## GRU and LSTM

	[compare.md](compare.md), [compare.tsv](compare.tsv); drawn: [x](compare/x.svg)

	| task | recipe | net | precision | approach | mean % | sd | min | published % | KB |
	|---|---|---|---|---|--:|--:|--:|--:|--:|
	| A | whit | gru 1x4 | int8 | - | 50.00 | - | - | - | 1.00 |
	END
	[ -z "$(broken r/page)" ]
	rm r/compare.md
	[ "$(broken r/page)" = compare.md ]
}

@test "results: make results asks for every goal that leaves results" {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u FSDD make -C "$ROOT" --no-print-directory -np \
		B=nowhere CORPUS=synthetic results 2> /dev/null | grep '^results:' > asked
	for goal in task-a task-b task-c seeds takes compare shrink device flowchart; do
		grep -qw -- "$goal" asked || { echo "no $goal"; false; }
	done
}

# SPDX-License-Identifier: MIT
# pipelines/seeds.awk and table.awk on tables of which the answers are known.
load helper

# seed ACCURACY BYTES SPARSE: a table of report --format tsv with two rows
seed() {
	printf '%s\t' corpus task cell layers hidden features precision bytes accuracy
	printf 'sparse_bytes\n'
	printf 'c\tA\tlstm\t1\t8\tf\tint8\t%s\t%s\t%s\n' "$2" "$1" "$3"
	printf 'c\tB\tgru\t1\t9\tf\tint8\t7\t0.5\t-\n'
}

@test "tables: mean, deviation of n - 1, extremes, means of columns, what was published" {
	seed 0.9 100 90 > 1
	seed 0.7 200 300 > 2
	seed 0.8 100 95 > 3
	printf '# words\nt\tA\tlstm\t8\t*\t0.97 0.96\ta book\nt\tB\tgru\t8\tf\t0.1\ta book\n' > book
	printf 'u\tB\t*\t*\t*\t0.2\ta book\n' >> book
	awk -v keys="task cell" -v means="bytes stored_bytes hidden" -v published=book -v name=t \
		-f "$ROOT/pipelines/seeds.awk" 1 2 3 > got
	tr '|' '\t' > want <<-'END'
		task|cell|seeds|mean|sd|min|max|accuracies|bytes|stored_bytes|hidden|published
		A|lstm|3|0.800000|0.100000|0.7|0.9|0.9 0.7 0.8|133.333|128.333|8|0.97 0.96
		B|gru|3|0.500000|0.000000|0.5|0.5|0.5 0.5 0.5|7|7|9|-
	END
	diff want got
}

@test "tables: Markdown, text and JSON say the same" {
	printf 'cell\tlayers\thidden\tbytes\tmean\tpublished\tword\n' > t
	printf 'lstm\t2\t24\t2048\t0.98765\t0.9 0.8\t"a\\b"\n' >> t
	printf 'gru\t1\t9\t-\t0.5\t-\tx\n' >> t
	show() {
		local columns="word net KB=bytes:K mean_%=mean:% others=published:% raw=mean:1"
		awk -v format="$1" -v title="a title" -v note="some words" -v columns="$columns" \
			-f "$ROOT/pipelines/table.awk" t
	}
	show md > md
	diff md - <<-'END'
		# a title

		some words

		| word | net | KB | mean % | others | raw |
		|---|---|--:|--:|--:|--:|
		| "a\b" | lstm 2x24 | 2.00 | 98.77 | 90.00 80.00 | 1.0 |
		| x | gru 1x9 | - | 50.00 | - | 0.5 |
	END
	show txt > txt
	diff txt - <<-'END'
		a title
		=======

		some words

		word   net          KB  mean %       others  raw
		"a\b"  lstm 2x24  2.00   98.77  90.00 80.00  1.0
		x      gru 1x9       -   50.00            -  0.5
	END
	show json > json
	python3 - json <<-'END'
		import json, sys
		t = json.load(open(sys.argv[1]))
		assert t["title"] == "a title" and t["note"] == "some words"
		assert t["rows"] == [
			dict(cell="lstm", layers=2, hidden=24, bytes=2048, mean=.98765,
				published=[.9, .8], word='"a\\b"'),
			dict(cell="gru", layers=1, hidden=9, bytes=None, mean=.5, published=None,
				word="x")], t
	END
}

# SPDX-License-Identifier: MIT
# results/flowchart.svg: all that make knows today, no more; every tool is in it.
load helper

# chart SVG: its nodes and arrows, a line each, as awk prints them
chart() {
	python3 - "$1" <<-'END'
		import sys, xml.etree.ElementTree as ET
		S = "{http://www.w3.org/2000/svg}"
		for g in ET.parse(sys.argv[1]).iter(S + "g"):
		    name, kind = g.findtext(S + "title"), g.get("class") or ""
		    if kind == "edge":
		        print('\t"%s" -> "%s";' % tuple(name.split("->")))
		    elif "tool" in kind:
		        print('\t"%s" [shape=box, class=tool];' % name)
	END
}

flow() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u FSDD make -C "$ROOT" --no-print-directory \
		B="${BIN%/bin}" "$@"
}

@test "flowchart: is in step with the makefiles (else: make flowchart)" {
	chart "$ROOT/results/flowchart.svg" | sort > drawn
	flow flow | sort > known
	[ "$(wc -l < known)" -ge 40 ]
	diff drawn known
	# the same chart whatever was made, in whatever goal
	flow flow FSDD=/nonexistent | sort | diff known -
}

@test "flowchart: names every tool, and what each makes of what" {
	chart "$ROOT/results/flowchart.svg" > drawn
	for t in "$ROOT"/tools/*.c; do
		t=$(basename "$t" .c)
		grep -qF "\"$t\" [shape=box" drawn || { echo "no $t"; false; }
	done
	for arrow in 'recordings" -> "wav2mfcc' 'wav2mfcc" -> "all.t' 'split" -> "train.t' \
		'train.t" -> "lstm-train' 'lstm-train" -> "float32.m' 'lstm-train" -> "curves.tsv' \
		'train.t" -> "quantize-int8' 'quantize-int8" -> "int8.m' 'test.t" -> "classify' \
		'classify" -> "*.predictions' '*.predictions" -> "report' \
		'report" -> "results/task-b'; do
		grep -qF "\"$arrow\"" drawn || { echo "no $arrow"; false; }
	done
}

@test "flowchart: README shows it; dark readers get it dark; without dot one line says so" {
	grep -qF '](results/flowchart.svg)' "$ROOT/README.md"
	grep -q 'prefers-color-scheme:dark' "$ROOT/results/flowchart.svg"
	cp -rs /usr/bin bin
	rm -f bin/dot
	run -2 env PATH="$PWD/bin" make -C "$ROOT" -s B="${BIN%/bin}" flowchart
	[[ $output == "flowchart: dot is missing: install the package graphviz (make setup)"* ]]
}

# SPDX-License-Identifier: MIT
# report --memory: what a model takes, and what a budget may mean.
load helper

REF=$ROOT/tests/ref/int8_net.py
export PYTHONPATH=$ROOT/tests/ref

# net SEED LAYERS D H K POOLING NORM FRAMES [CELL]: float f.m, its int8 model i.m, features f.t
net() {
	"$PYTHON" "$REF" features "$1" 12 "$3" "$5" "$8" > f.t
	"$PYTHON" "$REF" model "${@:1:7}" 1 "${9:-lstm}" > f.m
	"$BIN/quantize-int8" --calibrate f.t < f.m > i.m
}

# table MODEL LINE...: device.tsv of that model, each LINE a processor, build, then five numbers
table() {
	local sum line
	sum=$(sha256sum < "$1" | cut -d' ' -f1)
	shift
	printf 'model_sha256\tprocessor\toptim\tcode\ttables\tmodel\tram\tstack\tmissing\n'
	printf '%064d\tother\t-O2\t1\t2\t3\t4\t5\t-\n' 0
	for line; do
		printf '%s\t%s\n' "$sum" "$(tr ' ' '\t' <<< "$line")	${missing:--}"
	done
}

@test "memory: every figure of a model is that of its tensors, and of the firmware's header" {
	need_python numpy
	for net in "1 1 5 6 3 last 0 24" "2 2 5 7 3 mean 1 0" "3 3 13 25 10 mean 0 24" \
		"4 2 5 7 3 mean 1 0 gru" "5 3 4 25 3 last 0 24 gru"; do
		set -- $net
		net "$@"
		"$BIN/report" --memory --format tsv i.m > tsv
		"$BIN/report" --memory --format json < i.m > json
		"$BIN/export-c" < i.m > h
		"$PYTHON" - i.m json tsv h "$2" "$4" "$6" "${9:-lstm}" <<-'END'
			import json, re, sys, whit_stream as ws
			head, tensors = ws.read(open(sys.argv[1], "rb"))
			j = json.load(open(sys.argv[2]))
			tsv = [l.split("\t") for l in open(sys.argv[3]).read().splitlines()]
			header = open(sys.argv[4]).read()
			L, H, pooling, cell = int(sys.argv[5]), int(sys.argv[6]), *sys.argv[7:]
			size = {"s8": 1, "s16": 2, "s32": 4, "f32": 4}
			want = {"input": 0, **{f"{cell}.l{l}": 0 for l in range(L)}, "fc": 0}
			for t in tensors:
			    m = re.match(cell + r"\..*_l(\d+)", t.name)
			    layer = f"{cell}.l{m[1]}" if m else t.name.split(".")[0]
			    want[layer] += size[t.dtype] * len(t.data)
			assert {x["name"]: x["size"]["bytes"] for x in j["layers"]} == want
			assert j["whole_model"] == {"bytes": sum(want.values()), "fits": True}
			# of a unit h int8 and c int16, or h int16; 8 bytes to work with; the mean
			up = lambda n: (n + 3) // 4 * 4
			state = up({"lstm": 3, "gru": 2}[cell] * H)
			ram = {"input": 0, **{f"{cell}.l{l}": state for l in range(L)},
			       "fc": 4 * H if pooling == "mean" else 0}
			assert {x["name"]: x["ram"] for x in j["layers"]} == ram
			assert j["scratch"] == 8 * H and j["front_end"] == 0
			assert j["ram"] == sum(ram.values()) + 8 * H
			assert re.search(r"_MEMORY_BYTES (\d+)", header)[1] == str(j["ram"])
			assert j["builds"] == [] and j["budget"] == 36864
			lines = {(l[0], l[1]): l[2:] for l in tsv}
			for layer, bytes in want.items():
			    assert lines["parameters", layer] == [str(bytes), "yes"]
			    assert lines["ram", layer] == [str(ram[layer]), "-"]
			assert lines["ram", "whole model"] == [str(j["ram"]), "-"]
			largest = max(want, key=want.get)
			assert lines["reading", "largest layer"] == [str(want[largest]), "yes"]
		END
	done
}

@test "memory: a model that hears samples has the front end's RAM, as its header says" {
	need sox
	mkdir rec
	for d in 0 1; do
		for t in 0 1; do
			sox -R -n -r 8000 -b 16 rec/${d}_ann_$t.wav synth 0.4 \
				pluck $((200 + 300 * d))
		done
	done
	printf '%s\n' rec/*.wav | "$BIN/wav2mfcc" --preset device > f.t
	"$BIN/lstm-train" --hidden 5 --epochs 1 --normalise --quiet < f.t |
		"$BIN/quantize-int8" --calibrate f.t > i.m
	"$BIN/export-c" < i.m > h
	grep -q 'It hears samples' h
	"$BIN/report" --memory --format tsv i.m > tsv
	[ "$(awk '$2 == "front" { print $4 }' FS='[\t ]' tsv)" -eq $((4 * 258 + 2 * 257 + 6)) ]
	[ "$(awk -F '\t' '$1 == "ram" && $2 == "whole model" { print $3 }' tsv)" -eq \
		"$(awk '/_MEMORY_BYTES/ { print $3 }' h)" ]
}

@test "memory: builds add code, tables and stack, and a verdict on each reading" {
	need_python numpy
	net 1 1 5 6 3 last 0 24
	missing=- table i.m "M0 -O2 6452 1384 1300 300 472" "M0 -Os 5000 1380 1290 300 400" > d.tsv
	missing="gcc is not here" table i.m "M3 -O2 - - - - -" | tail -n 1 >> d.tsv
	"$BIN/report" --memory --budget 9136 --device d.tsv i.m > text
	sed -n '/^Parts/,/^Model/p' text > rest
	sed -n '/^bytes of/,/^$/p' rest > parts
	diff -u - parts <<-'END'
		bytes of            the model itself  M0 -O2  M0 -Os  M3 -O2
		parameters                       610   1,300   1,290       -
		tables                  not measured   1,384   1,380       -
		code                    not measured   6,452   5,000       -
		flash, these three      not measured   9,136   7,670       -
		RAM                               68     300     300       -
		stack                   not measured     472     400       -
		all of it               not measured   9,908   8,370       -

	END
	grep -qx 'M3 -O2: not measured, gcc is not here' rest
	sed -n '/^Readings/,/^$/p' rest > readings
	diff -u - readings <<-'END'
		Readings of the budget
		8.92188 KB for                  of                    KB  fits
		the largest layer's parameters  lstm.l0             0.53   yes
		the whole model's parameters    all layers          0.60   yes
		the whole firmware's flash      M0 -O2              8.92   yes
		the whole firmware's flash      M0 -Os              7.49   yes
		the whole firmware's flash      M3 -O2      not measured     -
		flash, RAM and stack            M0 -O2              9.68    no
		flash, RAM and stack            M0 -Os              8.17   yes
		flash, RAM and stack            M3 -O2      not measured     -

	END
	"$BIN/report" --memory --budget 9135 --device d.tsv --format md i.m > md
	grep -qxF "| the whole firmware's flash | M0 -O2 | 8.92 | no |" md
	grep -qxF '| flash, these three | not measured | 9,136 | 7,670 | - |' md
	"$BIN/report" --memory --budget 9135 --device d.tsv --format tsv i.m > tsv
	grep -qx 'reading	flash, M0 -O2	9136	no' tsv
	grep -qx 'reading	flash, RAM and stack, M0 -Os	8370	yes' tsv
	grep -qx 'stack	M3 -O2	-	-' tsv
	awk -F '\t' 'NF != 4 { exit 1 }' tsv
	"$BIN/report" --memory --budget 9135 --device d.tsv --format json i.m > json
	"$PYTHON" - json <<-'END'
		import json, sys
		a, b, c = json.load(open(sys.argv[1]))["builds"]
		assert a["flash"] == {"bytes": 9136, "fits": False} and a["missing"] is None
		assert a["all"]["bytes"] == 9908 and b["all"] == {"bytes": 8370, "fits": True}
		assert c["flash"] == {"bytes": None, "fits": None} and c["code"] is None
		assert c["missing"] == "gcc is not here"
	END
}

@test "memory: of nets in float parameters alone are told" {
	need_python numpy
	net 1 1 5 6 3 last 1 24
	"$BIN/quantize-int8" --method dynamic < f.m > d.m
	"$BIN/lstm-train" --cell gru --hidden 6 --epochs 1 --quiet < f.t > g.m
	for m in f d g; do
		"$BIN/report" --memory $m.m > text
		grep -qx 'RAM is told of nets in integers alone' text
		grep -q '^RAM  *not measured$' text
		! grep -q 'scratch' text || false
		"$BIN/report" --memory --format json $m.m | "$PYTHON" -c '
import json, sys
j = json.load(sys.stdin)
assert j["ram"] is None and j["scratch"] is None and j["whole_model"]["bytes"] > 400, j'
	done
	head -n 1 text | grep -q 'gru 2x6'
	# a largest layer that fits where the whole does not
	"$BIN/report" --memory --budget 1300 f.m | sed -n '/^Readings/,$p' > readings
	[ "$(awk '/^the (largest|whole model)/ { print $NF }' readings | paste -sd' ')" = "yes no" ]
}

@test "memory: a table of builds that cannot be is refused" {
	need_python numpy
	net 1 1 5 6 3 last 0 24
	refused() {
		run -1 --separate-stderr "$BIN/report" --memory --device d.tsv i.m
		[ "$stderr" = "report: d.tsv: $1" ] || { echo "$stderr"; false; }
		[ -z "$output" ]
	}
	table i.m > d.tsv
	refused "expected a line of the model $(sha256sum < i.m | cut -d' ' -f1), got none"
	: > d.tsv
	refused "expected a line of the model $(sha256sum < i.m | cut -d' ' -f1), got none"
	table i.m "M0 -O2 1 2 3 4 5" | cut -f 1-7,9 > d.tsv
	refused "line 1: expected a column stack (formats/device.md), got none"
	table i.m "M0 -O2 1 2 3 4 5 6" > d.tsv
	refused "line 3: expected 9 fields, got 10"
	table i.m "M0 -O2 1 x 3 4 5" > d.tsv
	refused "line 3: tables: expected a whole number or -, got x"
	table i.m "M0 -O2 1 2 3.5 4 5" > d.tsv
	refused "line 3: model: expected a whole number or -, got 3.5"
	table i.m "M0 -O2 1 2 3 4 -5" > d.tsv
	refused "line 3: stack: expected a whole number or -, got -5"
	table i.m "M0 -O2 1 2 3 4 -" > d.tsv
	refused "line 3: expected code, tables, model, ram and stack, or none of them"
	for i in {1..17}; do
		echo "M0 -O$i 1 2 3 4 5"
	done > many
	mapfile -t many < many
	table i.m "${many[@]}" > d.tsv
	refused "line 19: expected at most 16 builds of a model"
	rm d.tsv
	run -1 --separate-stderr "$BIN/report" --memory --device d.tsv i.m
	[[ $stderr == "report: "*d.tsv* ]]
}

@test "memory: misuse is exit 2, no model exit 1, and a bad day is told" {
	need_python numpy
	net 1 1 5 6 3 last 0 24
	while IFS='|' read -r args message; do
		run -2 --separate-stderr "$BIN/report" $args
		[ "$stderr" = "report: $message" ] || { echo "$stderr"; false; }
	done <<-'END'
		--device d.tsv i.m|--device is for --memory
		--memory --pool i.m|--pool is for predictions, not for --memory
		--memory --times t i.m|--times is for predictions, not for --memory
		-m -f list i.m|--format: expected text, md, tsv or json of --memory, got list
		--memory i.m i.m|--memory: expected one model, got 2
	END
	run -1 --separate-stderr "$BIN/report" --memory f.t
	[ "$stderr" = "report: f.t: expected a stream of kind=model, got kind=features" ]
	edit i.m bad.m 't["lstm.weight_ih_l0"].data[3] = -128'
	run -1 --separate-stderr "$BIN/report" --memory bad.m
	[[ $stderr == "report: bad.m: record lstm.weight_ih_l0: expected -127..127"* ]]
	stream_abuse i.m "$BIN/report" --memory
}

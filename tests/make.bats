# SPDX-License-Identifier: MIT
# What the Makefile promises about building.
load helper

# whit FOLDER ARG...: make with its build in FOLDER, out of ROOT.
whit() {
	local folder=$1
	shift
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u SAN make -C "$ROOT" --no-print-directory \
		B="$folder" "$@"
}

@test "make: a changed header rebuilds what includes it, whichever way B is spelled" {
	local whole=$PWD/b near made seen o
	near=$(realpath --relative-to="$ROOT" "$whole")
	for made in "$whole" "$near"; do
		rm -rf "$whole"
		for o in lib/base/err.o lib/fixed/act_s16.o lib/host/act_s16.o; do
			whit "$made" -s "$made/$o"
			for seen in "$whole" "$near"; do
				whit "$seen" -q "$seen/$o"
				run -1 whit "$seen" -q -W lib/base/err.h \
					-W lib/fixed/act_s16.h "$seen/$o"
			done
		done
	done
}

@test "make: whatever a rule runs of build/bin, it waits for" {
	# make stops, for there are no recordings, but tells all it knows
	whit "$PWD/none" -pnr FSDD=/nonexistent results > rules || true
	sed "s,$PWD/none/bin/,\$(B)/bin/,g" rules | awk '
		/^\t/ && target != "" {
			for (rest = $0; match(rest, /\$\(B\)\/bin\/[a-z0-9-]+/); ) {
				tool = substr(rest, RSTART, RLENGTH)
				rest = substr(rest, RSTART + RLENGTH)
				runs += !seen[target, tool]++
				if (!index(needs " ", " " tool " ")) {
					print target " runs " tool
					bad = 1
				}
			}
		}
		/^[^#\t ][^=]*:/ { target = /:=/ ? "" : $1; needs = $0 }
		END { print "runs: " runs; exit bad || runs < 100 }'
}

# SPDX-License-Identifier: MIT
# The table of device.awk as Markdown; targets as there.
BEGIN { FS = "\t" }
function times(of_first, is) { return of_first > 0 ? sprintf("%.2f", is / of_first) : "-" }
NR == 1 {
	for (i = 1; i <= NF; i++)
		c[$i] = i
	next
}
{
	corpus = $c["corpus"]
	row = $c["row"]
	if (!(row in seen)) {
		seen[row]
		rows++
		first = rows == 1 ? row : first
	}
	build = $c["processor"] ", " $c["optim"]
	if ($c["missing"] != "-") {
		missing = missing "- " build (rows > 1 ? ", " row : "") ": not measured, " \
			$c["missing"] "\n"
		next
	}
	if (!(row in told)) {
		told[row]
		models = models "- `" row "`: SHA-256 `" $c["model_sha256"] "`\n"
	}
	name = "| " row " | " $c["processor"] " | " $c["optim"] " | "
	if ($c["multiplies"] != "-") {
		if (row == first) {
			of_first = $c["multiplies"]
			took_first = $c["net_frame"]
		}
		counted = counted name $c["multiplies"] " | " times(of_first, $c["multiplies"]) \
			" | " $c["net_frame"] " | " times(took_first, $c["net_frame"]) " |\n"
	}
	memory = memory name $c["code"] " | " $c["tables"] " | " $c["model"] " | " \
		sprintf("%.1f", $c["flash"] / 1024) " | " $c["ram"] " | " $c["stack"] " | " \
		sprintf("%.1f", ($c["ram"] + $c["stack"]) / 1024) " | " $c["floats"] " |\n"
	work = work name $c["front_frame"] " | " $c["net_frame"] " | " $c["front_utterance"] \
		" | " $c["net_utterance"] " | " sprintf("%.2f | %.2f", \
		$c["front_second"] / 1e6, $c["net_second"] / 1e6) " | " $c["equal"] " of " \
		$c["utterances"] " | " \
		($c["misses"] == "-" ? "-" : $c["misses"] == "none" ? "met" : \
		"missed: " $c["misses"]) " |\n"
	compiler = compiler (compiler ~ $c["compiler"] ? "" : ", " $c["compiler"])
}
END {
	printf "# %s, %s on processors without a floating-point unit\n\n", corpus, first
	printf "By `make device`: `lib/fixed` and the header of `export-c`, bare, in QEMU%s.\n",
		compiler
	if (models != "")
		printf "Models%s:\n\n%s", (rows > 1 ? ", the first is the one with targets" : ""),
			models
	printf "\nTargets, set for the Cortex-M0: %.6g KB of flash (code, tables, model), " \
		"%.6g KB of RAM and stack,\n%.1f million instructions a second of speech for the " \
		"net and %.1f for the front end, the host's\nlogits bit for bit, and no " \
		"floating-point function linked.\n",
		flash / 1024, ram / 1024, net / 1e6, front / 1e6
	if (memory != "") {
		print "\n| net | processor | build | code | tables | model | flash KB | RAM | " \
			"stack | RAM + stack KB | float functions |"
		print "|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"
		printf "%s", memory
		print "\nBytes, but for KB = 1024 bytes. Instructions of a frame, of a " \
			"recording, and millions of a second of\nspeech:\n"
		print "| net | processor | build | frame: front end | net | " \
			"recording: front end | net | second: front end | net | " \
			"as on the host | targets |"
		print "|---|---|---|--:|--:|--:|--:|--:|--:|--:|---|"
		printf "%s", work
	}
	if (counted != "") {
		printf "\nOf a frame: multiplications of the net, counted one by one over the " \
			"first recording, and its\ninstructions; of each, how many times those " \
			"of %s:\n\n", first
		print "| net | processor | build | multiplications | times | instructions | times |"
		print "|---|---|---|--:|--:|--:|--:|"
		printf "%s", counted
	}
	if (missing != "")
		printf "\n%s", missing
}

# SPDX-License-Identifier: MIT
# The table of device.awk as a sentence a line.
BEGIN { FS = "\t" }
NR == 1 {
	for (i = 1; i <= NF; i++)
		c[$i] = i
	next
}
{
	printf "\nOn a %s (%s, %s): ", $c["processor"], $c["optim"], $c["row"]
	if ($c["missing"] != "-") {
		printf "not measured, %s\n", $c["missing"]
		next
	}
	printf "%.1f KB of flash, %.1f KB of RAM and stack;\n" \
		"a second of speech takes %.2f million instructions in the net, %.2f in the " \
		"front end;\n%d of %d recordings as on the host; targets %s\n",
		$c["flash"] / 1024, ($c["ram"] + $c["stack"]) / 1024,
		$c["net_second"] / 1e6, $c["front_second"] / 1e6, $c["equal"], $c["utterances"],
		$c["misses"] == "none" ? "met" : "missed: " $c["misses"]
}

# SPDX-License-Identifier: MIT
# The table of seeds.awk as Markdown, accuracies in per cent.
BEGIN { FS = "\t" }
FNR == 1 {
	print "| recipe | net | features | precision | seeds | mean % | sd | min | max |"
	print "|---|---|---|---|--:|--:|--:|--:|--:|"
	next
}
{
	printf "| %s | %s %dx%d | %s | %s | %d | %.2f | %.2f | %.2f | %.2f |\n",
		$2, $3, $4, $5, $6, $7, $8, 100 * $9, 100 * $10, 100 * $11, 100 * $12
}

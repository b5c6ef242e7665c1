# SPDX-License-Identifier: MIT
# listen.tsv -> tables for people: means over the seeds.
#
#	awk -v refuse=TEXT -f pipelines/listen-md.awk listen.tsv
BEGIN { FS = "\t" }
FNR == 1 { next }
{
	corpus = $1
	seeds[$2]
	if (!($3 in n))
		order[++rows] = $3
	n[$3]++
	for (i = 4; i <= 10; i++)
		sum[$3, i] += $i
	if ($11 != "-") {
		ece += $11
		n_ece++
	}
}
function mean(row, i) { return sum[row, i] / n[row] }
function share(a, b) { return b > 0 ? sprintf("%.2f", 100 * a / b) : "-" }
function line(row) {
	printf "| %s | %d | %s | %s | %s | %s |\n", row, mean(row, 5),
		share(mean(row, 6), mean(row, 5)), share(mean(row, 7), mean(row, 5)),
		share(mean(row, 8), mean(row, 7)), share(mean(row, 8), mean(row, 5))
}
END {
	for (s in seeds)
		count++
	printf "# Words among other sounds, %s\n\n", corpus
	printf "Means over %d seeds, recipe whit in int8, `confidence %s`. ", count, refuse
	print "Noise is that far below"
	print "the words, by RMS. Numbers and threshold were chosen on held-back training files;"
	print "that the model itself hears other sounds, not its sibling, was changed after a"
	print "first look at the bursts of noise below. pipelines/listen.mk says how, data/others"
	print "what other sounds are.\n"
	print "| heard | words | cut out % | labelled % | right, of labelled % | right, of all % |"
	print "|---|--:|--:|--:|--:|--:|"
	for (i = 1; i <= rows; i++)
		if (order[i] ~ /^digits[, ]/ && mean(order[i], 5) || order[i] == "digits")
			line(order[i])
	print "\nCut out: one sound heard in the word's time, and no other word in its. Where the"
	print "answer may be none, words that are not labelled were refused or not cut out.\n"
	print "| heard, without digits | sounds | labelled | labelled % | hours | an hour |"
	print "|---|--:|--:|--:|--:|--:|"
	for (i = 1; i <= rows; i++) {
		row = order[i]
		if (row ~ /^digits/ && mean(row, 5))
			continue
		heard = mean(row, 9) + mean(row, 6)
		labelled = mean(row, 10) + mean(row, 7)
		hours = mean(row, 4) / 3600
		printf "| %s | %.1f | %.1f | %s | %s | %s |\n", row, heard, labelled,
			share(labelled, heard), hours ? sprintf("%.2f", hours) : "-",
			hours ? sprintf("%.1f", labelled / hours) : "-"
	}
	print "\nSounds are those that the gate takes for words; labelled ones are false accepts."
	if (n_ece)
		printf "Expected calibration error of the confidence, file by file: %.4f.\n",
			ece / n_ece
}

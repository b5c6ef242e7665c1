# SPDX-License-Identifier: MIT
# listen.tsv -> tables for people: means over the seeds, of each of the models in turn.
#
#	awk -v refuse=TEXT -v vary=TEXT -f pipelines/listen-md.awk listen.tsv
BEGIN {
	FS = "\t"
	title["plain"] = "Trained on words alone"
	title["none"] = "Trained on other sounds, too"
}
FNR == 1 { next }
{
	corpus = $1
	seeds[$2]
	if (!($3 in rows))
		model[++models] = $3
	row = $3 FS $4
	if (!(row in n))
		order[$3, ++rows[$3]] = $4
	n[row]++
	for (i = 5; i <= 11; i++)
		sum[row, i] += $i
	if ($12 != "-" && $4 ~ /^digits, file/) {
		ece[$3] += $12
		n_ece[$3]++
	}
}
function mean(row, i) { return sum[row, i] / n[row] }
function share(a, b) { return b > 0 ? sprintf("%.2f", 100 * a / b) : "-" }
function line(name, row) {
	printf "| %s | %d | %s | %s | %s | %s |\n", name, mean(row, 6),
		share(mean(row, 7), mean(row, 6)), share(mean(row, 8), mean(row, 6)),
		share(mean(row, 9), mean(row, 8)), share(mean(row, 9), mean(row, 6))
}
function others(name, row,    heard, labelled, hours) {
	heard = mean(row, 10) + mean(row, 7)
	labelled = mean(row, 11) + mean(row, 8)
	hours = mean(row, 5) / 3600
	printf "| %s | %.1f | %.1f | %s | %s | %s |\n", name, heard, labelled,
		share(labelled, heard), hours ? sprintf("%.2f", hours) : "-",
		hours ? sprintf("%.1f", labelled / hours) : "-"
}
function is_digits(name, row) { return name == "digits" || name ~ /^digits[, ]/ && mean(row, 6) }
function tables(m,    i) {
	printf "\n## %s\n\n", title[m]
	print "| heard | words | cut out % | labelled % | right, of labelled % | right, of all % |"
	print "|---|--:|--:|--:|--:|--:|"
	for (i = 1; i <= rows[m]; i++)
		if (is_digits(order[m, i], m FS order[m, i]))
			line(order[m, i], m FS order[m, i])
	print "\n| heard, without digits | sounds | labelled | labelled % | hours | an hour |"
	print "|---|--:|--:|--:|--:|--:|"
	for (i = 1; i <= rows[m]; i++)
		if (!is_digits(order[m, i], m FS order[m, i]))
			others(order[m, i], m FS order[m, i])
	if (n_ece[m])
		printf "\nExpected calibration error of the confidence, file by file: %.4f.\n",
			ece[m] / n_ece[m]
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
	print "The second model has one label more, none. It was trained on the words as they are,"
	printf "on them and on words backwards and spliced varied by `%s`,\n", vary
	printf "and on noise. So digits backwards and bursts of noise are kinds that it knows, "
	print "made of"
	print "other files; other words, of people or machines, it has never heard. What words it"
	print "learns from, how many of each and how varied was chosen on held-back training files,"
	print "seeds 11 to 13; nothing was chosen on what is below.\n"
	print "Digits by machines are said by the voices of the other words. The closer the two are"
	print "in what is labelled, the more it is the voice that is refused, not the word.\n"
	print "Cut out: one sound heard in the word's time, and no other word in its. Where the"
	print "answer may be none, words that are not labelled were refused or not cut out. Sounds"
	print "are those that the gate takes for words; labelled ones are false accepts."
	for (i = 1; i <= models; i++)
		tables(model[i])
}

# SPDX-License-Identifier: MIT
# What was said (data/stream) and what hear heard -> a line: how many words were said, were cut out
# (one sound heard in their time, and no other word in its), were given a label, the right one; how
# many sounds more were heard, were given a label.
#
#	awk -f pipelines/listen.awk said.tsv heard.tsv
BEGIN { FS = OFS = "\t" }
FILENAME == ARGV[1] { begin[++n] = $1; end[n] = $2; label[n] = $3; next }
{ b[++m] = $1; e[m] = $2; l[m] = $3 }
END {
	for (i = 1; i <= n; i++)
		for (k = 1; k <= m; k++)
			if (b[k] < end[i] && e[k] > begin[i]) {
				sounds[i]++; words[k]++
				of[i] = k
			}
	for (i = 1; i <= n; i++)
		if (sounds[i] == 1 && words[of[i]] == 1) {
			cut++
			accepted += l[of[i]] != "none"
			right += l[of[i]] == label[i]
		}
	for (k = 1; k <= m; k++)
		if (!words[k]) {
			more++
			more_accepted += l[k] != "none"
		}
	print n + 0, cut + 0, accepted + 0, right + 0, more + 0, more_accepted + 0
}

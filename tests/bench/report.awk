# SPDX-License-Identifier: MIT
# report.awk targets.txt RESULTS: "name value unit" -> "name value unit target ok|MISS|info".
# Status 1 when a target is missed, or has no row.
FNR == NR {
	if ($0 !~ /^#/ && NF > 0) {
		pattern[++targets] = $1
		target[targets] = $2
	}
	next
}
/^#/ {
	print
	next
}
function verdict(value, i) {
	if (value !~ /^-?[0-9.]+$/)
		return "MISS"
	if (target[i] ~ /^=/)
		return value + 0 == substr(target[i], 2) + 0 ? "ok" : "MISS"
	return value + 0 <= target[i] + 0 ? "ok" : "MISS"
}
{
	at = "-"
	word = "info"
	for (i = 1; i <= targets; i++) {
		if ($1 !~ pattern[i])
			continue
		met[i] = 1
		at = target[i]
		word = verdict($2, i)
	}
	count[word]++
	printf "%-46s %14s %-13s %9s %s\n", $1, $2, $3, at, word
}
END {
	for (i = 1; i <= targets; i++) {
		if (met[i])
			continue
		count["MISS"]++
		printf "%-46s %14s %-13s %9s %s\n", pattern[i], "none", "-", target[i], "MISS"
	}
	printf "# %d met, %d missed, %d without a target\n", count["ok"], count["MISS"], count["info"]
	exit count["MISS"] > 0
}

# SPDX-License-Identifier: MIT
# The bench guest's console under soft-SNP with CALLS=1 -> "name value unit".
# "bench: NAME COUNT" says what the calls up to the next such line are. By entry
# is the slope between two lengths of a list; zeroing is taken off: one
# instruction for 8 bytes.
{
	sub(/\r$/, "")
}
/^bench: / {
	what = $2
	count = $3
	next
}
function after(word, i) {
	for (i = 1; i < NF; i++)
		if ($i == word)
			return $(i + 1)
	return "none"
}
/^softsnp: call / && what != "none" && what != "" {
	calls[what, count]++
	instructions[what, count] += after("instructions") - after("zeroing")
	zeroing[what, count] += after("zeroing")
	flushes[what] += after("flushes")
	total[what]++
}
/^softsnp: *most VMPL switches in one / { print "call/vmpl-switches", $NF, "count" }
/^softsnp: page-table writes at VMPL0 in calls / { print "call/page-table-writes", $NF, "count" }
function slope(what, few, many) {
	if (!((what, few) in calls) || !((what, many) in calls))
		return
	value = (instructions[what, many] - instructions[what, few]) / (many - few)
	printf "entry/%s %.2f instr\n", what, value
	printf "zeroed/%s %.0f bytes/entry\n", what, zeroing[what, many] * 8 / many
	fixed(what, few, value)
}
# What is left of the shortest list when its entries are taken off.
function fixed(what, few, each) {
	if (what ~ /^first/)
		return
	printf "fixed/%s %.0f instr\n", what, \
		(instructions[what, 1] - each) / calls[what, 1]
}
function rows(kind, few, many) {
	slope("validate-" kind, few, many)
	slope("rescind-" kind, few, many)
	slope("first-" kind, few, many)
}
END {
	if (("query", 8) in calls)
		printf "fixed/query %.0f instr\n", instructions["query", 8] / calls["query", 8]
	rows("scattered", 64, 511)
	rows("contiguous", 64, 511)
	rows("2m", 1, 8)
	for (what in total)
		printf "call/flushes/%s %g count\n", what, flushes[what] / total[what]
}

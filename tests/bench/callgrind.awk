# SPDX-License-Identifier: MIT
# Dumps of callgrind -> "name value unit". What is counted is inside the
# allocators' functions, their return included; of a pair, two empty functions
# (the first dump) are taken off, so that what a call costs anyway is not in it.
/^desc: Trigger: Client Request: / {
	name = $5
	operations = $6
}
/^(totals|summary): / {
	value = $2 / operations
	if (name == "empty/pair")
		empty = value
	else if (name ~ /^ir/)
		value -= empty
	if (name != "")
		printf "%s %.2f %s\n", name, value, name ~ /^worst/ ? "instr" : "instr/pair"
	name = ""
}

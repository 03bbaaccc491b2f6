# SPDX-License-Identifier: MIT
# The arrows of all machines as C, from their pictures, and the list of their verbs.
# usage: awk -f arrows.awk sm/NAME.rl... gen/NAME.dot...
function upper(machine, state) {
	if (machine == "boot" && state == "new")
		state = "start"
	return toupper(machine) "_" toupper(state)
}
FNR == 1 {
	machine = FILENAME
	sub(/.*\//, "", machine)
	sub(/\..*/, "", machine)
}
FILENAME ~ /\.rl$/ && /^action [a-z]+ +\{ next = / {
	verb = $2
	sub(/.*next = /, "")
	function_name = $0
	sub(/\(.*/, "", function_name)
	if (verb == "wrong")
		verbs = verbs "WRONG(" machine ", " function_name ") "
	else if (!(function_name in said) && function_name != "vcpu_enter" && function_name != "call_decode")
		verbs = verbs "VERB(" machine ", " function_name ", \"" verb "\") "
	said[function_name]
}
FILENAME ~ /\.dot$/ && / -> / {
	split($0, part, /"|\\n/)
	if (!(machine in rows))
		order[++machines] = machine
	rows[machine] = rows[machine] sprintf("\t{ %s, %s, %s, \"%s\" },\n", upper(machine, $1), part[2],
		upper(machine, $3), part[3])
}
END {
	for (i = 1; i <= machines; i++)
		printf "static const struct arrow %s_arrows[] = {\n%s};\n", order[i], rows[order[i]]
	print "#define VERBS " verbs
}

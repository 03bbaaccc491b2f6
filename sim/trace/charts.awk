# SPDX-License-Identifier: MIT
# The machines as C tables, see include/sim/chart.h.
# usage: awk -f charts.awk sm/NAME.rl...
function die(why) {
	print FILENAME ":" FNR ": " why > "/dev/stderr"
	bad = 1
	exit 1
}
FNR == 1 {
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\..*/, "", name)
	machine[++machines] = name
	file[name] = FILENAME
	chart = 0
}
/^action at_[a-z]+ / {
	mark = substr($2, 4)
	place[name, mark] = $0
	sub(/.*->at = /, "", place[name, mark])
	sub(/;.*/, "", place[name, mark])
}
/^main := / { chart = 1; next }
/^\)/ { chart = 0 }
/^\t[a-z]->at = [A-Z_]+;$/ {
	place[name, "start"] = $3
	sub(/;/, "", place[name, "start"])
}
chart && match($0, /^ *[A-Za-z]+:/) {
	state = substr($0, RSTART, RLENGTH - 1)
	sub(/^ */, "", state)
	states[name] = states[name] " " state
}
chart && match($0, /EV_[A-Z0-9_]+ +@[a-z]+ +-> [A-Za-z]+/) {
	split(substr($0, RSTART, RLENGTH), part, / +/)
	arrows[name] = arrows[name] state " " part[4] " " part[1] " " FNR " " substr(part[2], 2) "\n"
}
function at(machine_name, which) {
	if (!((machine_name, tolower(which)) in place))
		die("no place for the state " which " of " machine_name)
	return place[machine_name, tolower(which)]
}
END {
	if (bad)
		exit 1
	print "/* Generated: see sim/trace/charts.awk. */"
	print "#include <sim/chart.h>"
	print "#include <svsm/boot.h>"
	print "#include <svsm/create.h>"
	print "#include <svsm/pvalidate.h>"
	print "#include <svsm/vcpu.h>"
	for (i = 1; i <= machines; i++) {
		name = machine[i]
		printf "\nstatic const char *const %s_states[] = {\n", name
		count = split(substr(states[name], 2), word, " ")
		for (j = 1; j <= count; j++)
			printf "\t[%s] = \"%s\",\n", at(name, word[j]), word[j]
		printf "};\n\nstatic const struct chart_arrow %s_arrows[] = {\n", name
		count = split(arrows[name], row, "\n") - 1
		for (j = 1; j <= count; j++) {
			split(row[j], part, " ")
			printf "\t{ %s, %s, %s, %s, \"%s\" },\n", at(name, part[1]), at(name, part[2]), part[3], part[4], part[5]
		}
		print "};"
	}
	print "\n#define COUNT(table) (sizeof(table) / sizeof((table)[0]))\n"
	print "const struct chart charts[MACHINES] = {"
	for (i = 1; i <= machines; i++) {
		name = machine[i]
		printf "\t[MACHINE_%s] = { \"%s\", \"%s\", %s_states, COUNT(%s_states), %s_arrows, COUNT(%s_arrows) },\n",
			toupper(name), name, file[name], name, name, name, name
	}
	print "};"
}

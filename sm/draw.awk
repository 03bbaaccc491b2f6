# SPDX-License-Identifier: MIT
# Gives ragel's -V graph the names the chart uses, and refuses a chart that
# breaks the rules of sm/README.md. Ragel itself would merge or drop a state,
# or run two verbs on one event, without a word.
# usage: awk -f draw.awk event.h NAME.rl NAME.raw.dot > NAME.dot

BEGIN {
	# Caused by the guest or the hypervisor. The guest can act once the verb `enter` has
	# let it: wherever that verb leads to, each of these needs an arrow.
	guest["EV_ENTERED"]
	guest["EV_HOST_REFUSED"]
	enter = "enter"
}

function die(why) {
	print FILENAME ": " why > "/dev/stderr"
	bad = 1
	exit 1
}

# ---- event.h: plain decimal, dense, one a line

FILENAME ~ /event\.h$/ {
	if ($0 ~ /^enum event/)
		inside = 1
	else if ($0 ~ /^}/)
		inside = 0
	else if (inside && $0 !~ /^\t\/\*.*\*\/$/) {
		if ($0 !~ /^\tEV_[A-Z0-9_]+ = (0|[1-9][0-9]*),$/)
			die("not `EV_NAME = decimal,`: " $0)
		number = substr($3, 1, length($3) - 1)
		if (number != events + 0)
			die("not dense: " $0)
		name[number] = $1
		events++
	}
	next
}

# ---- the chart as written: its form, its states and their marks

FILENAME ~ /\.rl$/ {
	if ($1 == "action" && $0 !~ /^action at_[a-z]+ +\{ [a-z]->at = [A-Z_]+;( p = pe - 1;)? \}$/ && \
	    $0 !~ /^action ring +\{ [a-z_]+\([a-z], own, next\); \}$/ && \
	    $0 !~ /^action [a-z]+ +\{ next = [a-z_]+\([a-z](, (ev|next))?\); \}$/)
		die("not one call: " $0)
	if ($0 ~ /^main := \($/) {
		chart = 1
		next
	}
	if ($0 ~ /^\)( \$from\(ring\))? \$err\(wrong\);$/) {
		chart = 0
		strict = 1
	}
	if (!chart)
		next
	line = $0
	if (match(line, /^ *[A-Za-z]+: /)) {
		state_name = line
		gsub(/[ :].*$/, "", state_name)
		sub(/^ */, "", line)
		state_name = substr(line, 1, index(line, ":") - 1)
		line = substr(line, index(line, ":") + 1)
		sub(/^ *\( */, "", line)
		if (state_name != "start")
			owed[state_name]
	}
	if (line !~ /^ *(EV_[A-Z0-9_]+ +@[a-z]+ +-> [A-Z][a-z]+|any - any) *(\||\))/)
		die("not `EV @verb -> State`: " $0)
	if (match(line, />to\(at_[a-z]+\)/)) {
		mark = substr(line, RSTART + 7, RLENGTH - 8)
		if (mark != tolower(state_name))
			die("state " state_name " is marked at_" mark)
		want[mark]
		delete owed[state_name]
	}
	next
}

# ---- the graph as compiled

/^digraph/ { graph = $2 }

/->/ && $1 ~ /^[0-9]+$/ && $3 ~ /^[0-9]+$/ {
	split($0, quoted, "\"")
	split(quoted[2], part, " / ")
	count = split(part[2], act, ", ")
	to = verb = ""
	for (i = 1; i <= count; i++) {
		if (act[i] == "ring")
			continue
		if (act[i] ~ /^at_/) {
			if (to != "")
				die("ambiguous: one event leads to both " to " and " substr(act[i], 4))
			to = substr(act[i], 4)
		} else {
			if (verb != "")
				die("ambiguous: one event runs both " verb " and " act[i])
			verb = act[i]
		}
	}
	if (to == "")
		die("a state without a mark: reached by " verb)
	if (verb == "")
		die("no verb on the way to " to)
	if (state[$3] != "" && state[$3] != to)
		die("ambiguous: one state is both " state[$3] " and " to)
	state[$3] = to
	seen[to]
	if (verb == enter)
		can_act[$3]
	count = split(part[1], event, ", ")
	for (i = 1; i <= count; i++) {
		split(event[i], range, /\.\./)
		last = range[2] == "" ? range[1] : range[2]
		for (e = range[1] + 0; e <= last + 0; e++) {
			if (!(e in name))
				die("event " e " has no name")
			edge[++edges] = $1 " " $3 " " name[e] " " verb
			has[$1, name[e]]
		}
	}
}

END {
	if (bad)
		exit 1
	FILENAME = graph
	if (!strict)
		die("does not end in `) $err(wrong);`")
	for (s in owed)
		die("state " s " has no mark")
	for (s in want)
		if (!(s in seen))
			die("lost: no arrow leads to " s)
	for (s in can_act)
		for (e in guest)
			if (!((s, e) in has))
				die("no arrow for " e " in " state[s] ", where the guest can act")
	state[1] = "new"
	print "digraph " graph " {"
	print "\trankdir=LR;"
	print "\tnode [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=12];"
	print "\tedge [fontname=\"sans-serif\", fontsize=10];"
	for (i = 1; i <= edges; i++) {
		split(edge[i], f, " ")
		printf "\t%s -> %s [label=\"%s\\n%s\"];\n", state[f[1]], state[f[2]], f[3], f[4]
	}
	print "}"
}

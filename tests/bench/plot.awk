# SPDX-License-Identifier: MIT
# "name value unit" -> an SVG of two charts over how full the memory is, at 4 GiB.
BEGIN {
	fills = split("10 50 90 99", fill, " ")
	width = 430
	height = 320
	top = 70
	print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1240\" height=\"470\" " \
		"font-family=\"sans-serif\" font-size=\"13\">"
	print "<rect width=\"1240\" height=\"470\" fill=\"white\"/>"
}
{
	value[$1] = $2
}
function text(x, y, anchor, color, words) {
	printf "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"%s\" fill=\"%s\">%s</text>\n", \
		x, y, anchor, color, words
}
function line(x1, y1, x2, y2, style) {
	printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x1, y1, x2, y2, style
}
function across(i) {
	return left + 30 + (i - 1) * (width - 60) / (fills - 1)
}
function down(v) {
	v = v < low ? low : v > high ? high : v
	return top + height * (1 - log(v / low) / log(high / low))
}
function axes(title, at, from, to, ticks, n, i, tick) {
	left = at
	low = from
	high = to
	text(left, 30, "start", "black", title)
	n = split(ticks, tick, " ")
	for (i = 1; i <= n; i++) {
		line(left, down(tick[i]), left + width, down(tick[i]), "stroke=\"#ddd\"")
		text(left - 8, down(tick[i]) + 4, "end", "#444", tick[i])
	}
	for (i = 1; i <= fills; i++)
		text(across(i), top + height + 22, "middle", "#444", fill[i] "% full")
	rows = 0
}
# before FILL after: the rows' name. Labels stand beside the last point, kept apart.
function series(label, color, dash, before, after, i, name, points, y) {
	for (i = 1; i <= fills; i++) {
		name = before fill[i] "%" after
		if (!(name in value))
			continue
		y = down(value[name])
		points = points sprintf("%.1f,%.1f ", across(i), y)
		printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n", across(i), y, color
	}
	if (points == "")
		return
	printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>\n", \
		points, color, dash ? " stroke-dasharray=\"6 4\"" : ""
	label_text[++rows] = label
	label_color[rows] = color
	label_y[rows] = y
}
# From the top down, at least a line's height from each other.
function labels(i, best, done, n, last) {
	last = 0
	for (n = 1; n <= rows; n++) {
		best = 0
		for (i = 1; i <= rows; i++)
			if (!(i in done) && (best == 0 || label_y[i] < label_y[best]))
				best = i
		done[best] = 1
		if (label_y[best] < last + 16)
			label_y[best] = last + 16
		last = label_y[best]
		text(left + width - 18, last + 4, "start", label_color[best], label_text[best])
	}
}
END {
	axes("instructions for a pair of alloc and free of 4 KiB, 4 GiB", 60, 20, 500, "20 50 100 200 500")
	series("bitmap, random", "#888888", 1, "ir/4k-bitmap/random/4GiB/", "")
	series("bitmap, pair", "#888888", 0, "ir/4k-bitmap/pair/4GiB/", "")
	series("ours, random", "#c03020", 1, "ir/4k/random/4GiB/", "")
	series("ours, pair", "#c03020", 0, "ir/4k/pair/4GiB/", "")
	series("ours 2 MiB, random", "#2060c0", 1, "ir/2m/random/4GiB/", "")
	labels()
	axes("time of ours as a ratio to others, random order, 4 GiB (below 1: ours is faster)", 660, \
		0.005, 10, "0.01 0.1 1 10")
	line(left, down(1), left + width, down(1), "stroke=\"black\"")
	split("bitmap #888888 jemalloc #207040 mimalloc #9040a0", other, " ")
	for (i = 1; i <= 6; i += 2) {
		for (threads = 1; threads <= 2; threads++)
			series(other[i] ", " threads (threads == 1 ? " thread" : " threads"), other[i + 1], \
				threads == 2, "time/4k/random/" threads "thread/4GiB/", "/" other[i])
	}
	labels()
	print "</svg>"
}

package release

import (
	"strings"
)

// around is how many unchanged lines are shown beside a change.
const around = 3

// maxCompared bounds the table of the comparison; larger files are shown as
// replaced between their common head and tail.
const maxCompared = 4_000_000

// Lines compares two texts line by line. Every line of the outcome begins with
// -, + or a space; stretches that are the same are cut to … with three lines
// kept on either side. Equal texts give an empty string.
func Lines(from, to []byte) string {
	if string(from) == string(to) {
		return ""
	}
	a, b := split(from), split(to)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out []string
	for _, l := range a[:head] {
		out = append(out, " "+l)
	}
	out = append(out, compare(a[head:len(a)-tail], b[head:len(b)-tail])...)
	for _, l := range a[len(a)-tail:] {
		out = append(out, " "+l)
	}
	return shorten(out)
}

func split(b []byte) []string {
	if len(b) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

// compare is the longest common subsequence, by table.
func compare(a, b []string) []string {
	var out []string
	if len(a)*len(b) > maxCompared {
		for _, l := range a {
			out = append(out, "-"+l)
		}
		for _, l := range b {
			out = append(out, "+"+l)
		}
		return out
	}
	width := len(b) + 1
	table := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for k := len(b) - 1; k >= 0; k-- {
			if a[i] == b[k] {
				table[i*width+k] = table[(i+1)*width+k+1] + 1
			} else {
				table[i*width+k] = max(table[(i+1)*width+k], table[i*width+k+1])
			}
		}
	}
	i, k := 0, 0
	for i < len(a) || k < len(b) {
		switch {
		case i < len(a) && k < len(b) && a[i] == b[k]:
			out = append(out, " "+a[i])
			i, k = i+1, k+1
		case k == len(b) || i < len(a) && table[(i+1)*width+k] >= table[i*width+k+1]:
			out = append(out, "-"+a[i])
			i++
		default:
			out = append(out, "+"+b[k])
			k++
		}
	}
	return out
}

func shorten(lines []string) string {
	keep := make([]bool, len(lines))
	for i, l := range lines {
		if l[0] != ' ' {
			for k := max(0, i-around); k < min(len(lines), i+around+1); k++ {
				keep[k] = true
			}
		}
	}
	var b strings.Builder
	for i, l := range lines {
		if keep[i] {
			b.WriteString(l + "\n")
		} else if i == 0 || keep[i-1] {
			b.WriteString("…\n")
		}
	}
	return b.String()
}

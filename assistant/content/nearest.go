package content

import (
	"fmt"
	"iter"
	"slices"
)

// nearest is the remedy for a name that does not exist: the known one that is
// fewest strokes away.
func nearest(name string, known iter.Seq[string]) string {
	best, least := "", len(name)+1
	for _, k := range slices.Sorted(known) {
		if n := strokes(name, k); best == "" || n < least {
			best, least = k, n
		}
	}
	if best == "" {
		return "去掉它 / leave it out"
	}
	return fmt.Sprintf("是不是 %[1]s？ / did you mean %[1]s?", best)
}

// strokes counts the letters to insert, leave out or change from one name to another.
func strokes(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

package text

import "strings"

// Nearest picks the option nearest to a misspelt word, if one is near enough.
func Nearest(word string, options []string) (string, bool) {
	best, at := "", 1+max(1, len(word)/3)
	for _, option := range options {
		if d := Distance(strings.ToLower(word), strings.ToLower(option), at); d < at {
			best, at = option, d
		}
	}
	return best, best != ""
}

// Distance is the Damerau-Levenshtein distance (insert, delete, substitute,
// transpose neighbours), or limit+1 once it is known to be more than limit.
func Distance(a, b string, limit int) int {
	if max(len(a)-len(b), len(b)-len(a)) > limit {
		return limit + 1
	}
	var stack [3 * 64]int // room for nearly every name
	cells := append(stack[:0], make([]int, 3*(len(b)+1))...)
	n := len(b) + 1
	before, last, row := cells[:n], cells[n:2*n], cells[2*n:]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

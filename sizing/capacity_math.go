package sizing

import (
	"math"
	"math/bits"
)

// mulDivUp is a times b through c, rounded up, exact however large a times b is;
// what is no int64 becomes the largest.
func mulDivUp(a, b, c int64) int64 { return mulAddDiv(a, b, c-1, c) }

// mulDiv is the same rounded down.
func mulDiv(a, b, c int64) int64 { return mulAddDiv(a, b, 0, c) }

func mulAddDiv(a, b, add, c int64) int64 {
	high, low := bits.Mul64(uint64(a), uint64(b))
	low, carry := bits.Add64(low, uint64(add), 0)
	high += carry
	if high >= uint64(c) {
		return math.MaxInt64
	}
	n, _ := bits.Div64(high, low, uint64(c))
	return int64(min(n, math.MaxInt64))
}

// addUp adds, and stops at the largest number.
func addUp(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// percentOf is how much of a whole a part is, rounded down, and all of it at most.
func percentOf(part, whole int64) int64 {
	return 100 - mulDivUp(max(0, whole-part), 100, whole)
}

package text

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Amount is a number of bytes in a sentence that Sprintf makes.
type Amount int64

func (a Amount) String() string { return About(int64(a)) }

// amountUnits are the units of amounts, the largest first.
var amountUnits = [...]struct {
	name string
	size int64
}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"bytes", 1}}

// Sprintf is fmt.Sprintf for a sentence, all of whose amounts get one unit, so that
// nobody has to convert them to compare them: the largest in which each is whole or
// large, or far from the others, and none looks like another that it is not.
func Sprintf(format string, args ...any) string {
	var amounts []int64
	for _, arg := range args {
		if n, ok := arg.(Amount); ok {
			amounts = append(amounts, int64(n))
		}
	}
	if len(amounts) == 0 {
		return fmt.Sprintf(format, args...)
	}
	unit := commonUnit(amounts)
	written := make([]any, len(args))
	for i, arg := range args {
		written[i] = arg
		if n, ok := arg.(Amount); ok {
			written[i] = inUnit(int64(n), unit) + " " + amountUnits[unit].name
		}
	}
	return fmt.Sprintf(format, written...)
}

// commonUnit is the index of the unit of several amounts.
func commonUnit(amounts []int64) int {
	apart := slices.Max(amounts) >= 16*slices.Min(amounts) // where no decimal matters
	for unit := range amountUnits {
		seen, size, fits := map[string]int64{}, amountUnits[unit].size, true
		for _, n := range amounts {
			text := inUnit(n, unit)
			other, twice := seen[text]
			seen[text] = n
			fits = fits && (n%size == 0 || n >= 100*size || n >= size && apart) && (!twice || other == n)
		}
		if fits {
			return unit
		}
	}
	return len(amountUnits) - 1
}

// inUnit writes an amount with at most one decimal.
func inUnit(n int64, unit int) string {
	size := amountUnits[unit].size
	whole, tenth := n/size, n%size*10/size
	return strings.TrimSuffix(strconv.FormatInt(whole, 10)+"."+strconv.FormatInt(tenth, 10), ".0")
}

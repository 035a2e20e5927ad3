package sizing

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
)

// calc is an amount of bytes that writes down how it comes about: what a formula
// says and what it results in cannot part.
type calc struct {
	n      int64
	pieces []piece
	inputs []Input
	// stepped says that it has been rounded or bounded.
	stepped bool
}

// piece is words of a formula, or an amount that is written in the unit that all
// of the formula share.
type piece struct {
	words  string
	amount int64
}

// of begins with an amount that has a name among the inputs.
func of(n int64, name string) calc {
	return calc{n: n, pieces: []piece{{amount: n}}, inputs: []Input{{name, text.Size(n)}}}
}

// fixed begins with an amount and words that need no explanation: 8 GiB for up to
// 15 Historicals.
func fixed(n int64, words string) calc {
	c := calc{n: n, pieces: []piece{{amount: n}}}
	if words != "" {
		c.pieces = append(c.pieces, piece{words: words})
	}
	return c
}

// calc begins with the direct memory that a process checks.
func (d Direct) calc() calc {
	return calc{n: d.Bytes, pieces: []piece{{amount: d.Buffer}, {words: " x " + d.Times}}, inputs: d.Inputs}
}

func (c calc) with(n int64, pieces ...piece) calc {
	c.n, c.pieces = n, append(c.pieces[:len(c.pieces):len(c.pieces)], pieces...)
	return c
}

// named adds an input that the formula does not show as an amount.
func (c calc) named(name, value string) calc {
	c.inputs = append(c.inputs[:len(c.inputs):len(c.inputs)], Input{name, value})
	return c
}

// times multiplies by a number of things.
func (c calc) times(n int64, thing string) calc {
	if len(c.pieces) > 1 {
		c = c.bracketed()
	}
	return c.with(c.n*n, piece{words: fmt.Sprintf(" x %d %s", n, plural(n, thing))}).named(thing+"s", fmt.Sprint(n))
}

// bracketed sets off what has been computed so far.
func (c calc) bracketed() calc {
	c.pieces = append(append([]piece{{words: "("}}, c.pieces...), piece{words: ")"})
	c.stepped = false
	return c
}

// part is a part of the amount: a tenth of it, two fifths.
func (c calc) part(numerator, denominator int64, words string) calc {
	if len(c.pieces) > 1 {
		c = c.bracketed()
	}
	c.stepped = true
	c.pieces = append([]piece{{words: words + " of "}}, c.pieces...)
	return c.with(c.n / denominator * numerator)
}

// plus adds an amount for something; nothing is added for none.
func (c calc) plus(n int64, words string) calc {
	if n == 0 {
		return c
	}
	if c.stepped {
		c = c.bracketed()
	}
	return c.with(c.n+n, piece{words: " + "}, piece{amount: n}, piece{words: words})
}

// percent takes more than all of it.
func (c calc) percent(n int64, words string) calc {
	return c.with(c.n/100*n+c.n%100*n/100, piece{words: fmt.Sprintf(" x %d %% %s", n, words)})
}

// add adds an amount that only words tell.
func (c calc) add(n int64, words string) calc {
	if c.stepped {
		c = c.bracketed()
	}
	return c.with(c.n+n, piece{words: words})
}

// up rounds up to a multiple, where there is something to round.
func (c calc) up(unit int64) calc {
	if c.n%unit == 0 {
		return c
	}
	c.stepped = true
	return c.with(roundUp(c.n, unit), piece{words: ", rounded up to a multiple of "}, piece{amount: unit})
}

// round rounds down to a number that people would write.
func (c calc) round() calc {
	n, unit := roundHeap(c.n), heapUnit(c.n)
	if n == c.n {
		return c
	}
	c.stepped = true
	return c.with(n, piece{words: ", rounded down to a multiple of "}, piece{amount: unit})
}

// atMost and atLeast bound it, and say so where they do.
func (c calc) atMost(n int64, what string) calc {
	if c.n <= n {
		return c
	}
	c.stepped = true
	if what == "" {
		return c.with(n, piece{words: "; at most "}, piece{amount: n})
	}
	return c.with(n, piece{words: "; at most "}, piece{amount: n}, piece{words: ", " + what}).named(what, text.About(n))
}

func (c calc) atLeast(n int64) calc {
	if c.n >= n {
		return c
	}
	c.stepped = true
	return c.with(n, piece{words: "; at least "}, piece{amount: n})
}

// because is the reason that the calculation gives.
func (c calc) because(source string) reason {
	return reason{formula: c.String(), source: source, inputs: c.inputs}
}

// String writes the formula, all of its amounts in one unit: the largest in which
// none of them needs more than one decimal.
func (c calc) String() string {
	unit := c.unit()
	var b strings.Builder
	for _, p := range c.pieces {
		if p.words != "" {
			b.WriteString(p.words)
		} else {
			b.WriteString(unit.format(p.amount))
		}
	}
	return b.String()
}

// amountUnit is a unit of amounts.
type amountUnit struct {
	name  string
	bytes int64
}

func (u amountUnit) format(n int64) string {
	tenths := n/u.bytes*10 + n%u.bytes*10/u.bytes
	return strings.TrimSuffix(fmt.Sprintf("%d.%d", tenths/10, tenths%10), ".0") + " " + u.name
}

// exact reports whether one decimal says all.
func (u amountUnit) exact(n int64) bool { return n%u.bytes*10%u.bytes == 0 }

func (c calc) unit() amountUnit {
	for _, unit := range []amountUnit{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"MB", 1e6}} {
		fits := true
		for _, p := range c.pieces {
			fits = fits && (p.words != "" || unit.exact(p.amount) && p.amount >= unit.bytes)
		}
		if fits {
			return unit
		}
	}
	return amountUnit{"MiB", 1 << 20}
}

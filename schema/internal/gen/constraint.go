package main

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"

	"cuelang.org/go/cue"
)

// constraint is what a value must satisfy, as far as the Go table can say it.
type constraint struct {
	low, high         int64
	bounded, open     bool
	pattern, expected string
}

// constraintOf reads the members value and expected of a property or a limit.
func constraintOf(v cue.Value, kind string) (constraint, error) {
	c := constraint{low: math.MinInt64, high: math.MaxInt64, bounded: slices.Contains([]string{"int", "long", "bytes", "millis"}, kind)}
	if e := v.LookupPath(cue.ParsePath("expected")); e.Exists() {
		var err error
		if c.expected, err = e.String(); err != nil {
			return c, err
		}
	}
	value := v.LookupPath(cue.ParsePath("value"))
	if isPattern(value) {
		return c, c.narrow(value)
	}
	switch kind {
	case "bool", "any", "strings", "ints", "list", "object", "choice":
		return c, nil // said by the type alone
	}
	return c, c.narrow(value)
}

// isPattern tells a regular expression, and not what a type alone says.
func isPattern(v cue.Value) bool {
	op, args := v.Expr()
	return op == cue.RegexMatchOp || op == cue.AndOp && slices.ContainsFunc(args, isPattern)
}

// narrow reads the comparisons in a conjunction; anything else is a mistake,
// because the Go table could not say it.
func (c *constraint) narrow(v cue.Value) error {
	op, args := v.Expr()
	switch op {
	case cue.AndOp:
		for _, arg := range args {
			if err := c.narrow(arg); err != nil {
				return err
			}
		}
	case cue.GreaterThanEqualOp, cue.LessThanEqualOp, cue.GreaterThanOp, cue.LessThanOp:
		big, err := args[0].Int(nil) // Int64 refuses the least int64
		if err != nil {
			return err
		}
		c.bounded, c.open = true, op == cue.GreaterThanOp || op == cue.LessThanOp
		if op == cue.GreaterThanEqualOp || op == cue.GreaterThanOp {
			c.low = max(c.low, big.Int64())
		} else {
			c.high = min(c.high, big.Int64())
		}
	case cue.RegexMatchOp:
		text, err := args[0].String()
		c.pattern = text
		return err
	case cue.NotEqualOp: // of the empty text
		c.pattern, c.expected = "(?s).", cmp.Or(c.expected, "a text that is not empty")
	case cue.NoOp: // the kind alone: int
	default:
		return fmt.Errorf("constraint %v is none of int, >=N, <=N, >N, <N, =~TEXT, !=TEXT", v)
	}
	return nil
}

// text writes the constraint as a member of a Go struct.
func (c constraint) text() string {
	var b bytes.Buffer
	if c.bounded {
		fmt.Fprintf(&b, "Min: %d, Max: %d, HasBounds: true%s", c.low, c.high, optional("Open", c.open))
	}
	if c.pattern != "" {
		fmt.Fprintf(&b, "Pattern: %q, Expected: %q", c.pattern, c.expected)
	}
	if b.Len() == 0 {
		return ""
	}
	return ", Constraint: Constraint{" + b.String() + "}"
}

type limitJSON struct {
	From, Until string
	When        []string
	Type, Java  string
	Items       string
	Later       bool
}

// limits writes what holds in some releases or conditions only.
func limits(b *bytes.Buffer, v cue.Value, kind string) error {
	if !v.Exists() {
		return nil
	}
	list, err := v.List()
	if err != nil {
		return err
	}
	b.WriteString(", Limits: []Limit{")
	for list.Next() {
		var l limitJSON
		if err := list.Value().Decode(&l); err != nil {
			return err
		}
		c := constraint{}
		if list.Value().LookupPath(cue.ParsePath("value")).Exists() {
			if c, err = constraintOf(list.Value(), cmp.Or(l.Type, kind)); err != nil {
				return err
			}
		}
		fmt.Fprintf(b, "{Releases: Range{%s}%s%s%s%s", rangeText(l.From, l.Until), optional("Type", l.Type), optional("Java", l.Java)+optional("Items", l.Items), optional("Later", l.Later), c.text())
		if len(l.When) > 0 {
			fmt.Fprintf(b, ", When: %#v", l.When)
		}
		b.WriteString("},")
	}
	b.WriteString("}")
	return nil
}

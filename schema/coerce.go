package schema

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
)

// How a release makes a value of a text. Two binders do it. Jackson, which most
// of Druid is bound with, trims numbers and switches, takes "null" and nothing
// for no value, and has become stricter and laxer over its versions; what each
// does was asked of the classes (tools/classes). config-magic, which some classes
// used up to 29, hands the text as it is to Java's own parsers.

// reader reads the texts of one property as one release does.
type reader struct {
	p     *Property
	r     Release
	kind  Type
	java  string
	magic bool
	// holds is what a list or an object holds, empty where it may be anything.
	holds string
	// constraints must all be satisfied, and then those that only matter when the
	// value is used.
	constraints, later []*Constraint
}

// reader puts together what holds in a release where some conditions apply.
func (p *Property) reader(r Release, holds func(condition string) bool) reader {
	v := reader{p: p, r: r, kind: p.TypeIn(r), java: p.JavaIn(r), magic: p.Exact(r), holds: p.Items}
	v.constraints = []*Constraint{&p.Constraint}
	for i := range p.Limits {
		l := &p.Limits[i]
		if !l.Releases.Has(r) || len(l.When) > 0 && (holds == nil || slices.ContainsFunc(l.When, func(c string) bool { return !holds(c) })) {
			continue
		}
		if l.Type != "" {
			v.kind, v.java = l.Type, cmp.Or(l.Java, l.Type.java())
		}
		v.holds = cmp.Or(l.Items, v.holds)
		if l.Later {
			v.later = append(v.later, &l.Constraint)
		} else {
			v.constraints = append(v.constraints, &l.Constraint)
		}
	}
	return v
}

// bounds are the least and the greatest number.
func (v reader) bounds() (low, high int64, ok bool) {
	low, high = math.MinInt64, math.MaxInt64
	for _, c := range slices.Concat(v.constraints, v.later) {
		if c.HasBounds {
			low, high, ok = max(low, c.Min), min(high, c.Max), true
		}
	}
	return low, high, ok || v.kind.IsNumber()
}

// The releases that came with another version of Jackson: 2.6 takes an empty text
// for no period; 2.10 reads every form of a Duration, where Joda-Time itself knows
// seconds only; for 2.12 a blank is no number and no switch any more, TRUE and
// FALSE are one, and the names of choices are trimmed.
const (
	jackson26  Release = 13
	jackson210 Release = 17
	jackson212 Release = 28
)

// state is what became of a text.
type state int

const (
	something  state = iota
	nothing          // an empty text or null: no value
	unreadable       // another type
	tooBig           // a number beyond Java's types
	newUnit          // a size with a unit before there were units
)

// scalar trims a text that Jackson reads as a number or a switch, and tells
// whether there is nothing in it.
func (v reader) scalar(text string) (string, state) {
	if v.magic {
		return text, something
	}
	trimmed := strings.Trim(text, javaBlanks)
	switch {
	case trimmed == "" && text != "" && v.r >= jackson212:
		return "", unreadable
	case trimmed == "", trimmed == "null":
		return "", nothing
	}
	return trimmed, something
}

func (v reader) number(text string) (int64, state) {
	if v.sizes() {
		n, ok := ParseBytes(text)
		if !ok {
			return 0, unreadable
		}
		return n, something
	}
	text, s := v.scalar(text)
	if s != something {
		return 0, s
	}
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err == nil:
		return n, something
	case strings.Trim(text, "+-0123456789") == "":
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			return 0, tooBig
		}
	case v.p.Type == Bytes && v.r < v.p.Units:
		if _, ok := ParseBytes(text); ok {
			return 0, newUnit
		}
	}
	return 0, unreadable
}

// sizes reports whether Druid's HumanReadableBytes reads the text, which takes
// neither nothing nor less than 0.
func (v reader) sizes() bool { return v.kind == Bytes && v.p.Units != 0 && v.r >= v.p.Units }

// javaDouble is what Double.parseDouble reads, and Jackson's names of what is no
// number.
var javaDouble = lazy.Regexp{Expr: `^[+-]?(NaN|Infinity|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[fFdD]?)$|^[+-]?INF$`}

func (v reader) double(text string) (float64, state) {
	text, s := v.scalar(text)
	if s != something {
		return 0, s
	}
	text = strings.Trim(text, javaBlanks) // config-magic's parser trims, too
	if !javaDouble.MatchString(text) {
		return 0, unreadable
	}
	x, _ := strconv.ParseFloat(strings.TrimRight(text, "fFdD"), 64)
	return x, something
}

// boolean knows that config-magic takes any text: everything but "true" is
// false, which is worth an objection and no more.
func (v reader) boolean(text string) state {
	if v.magic {
		if strings.EqualFold(text, "true") || strings.EqualFold(text, "false") || text == "" {
			return something
		}
		return unreadable
	}
	text, s := v.scalar(text)
	switch {
	case s != something:
		return s
	case slices.Contains([]string{"true", "false", "True", "False"}, text),
		v.r >= jackson212 && (text == "TRUE" || text == "FALSE"):
		return something
	}
	return unreadable
}

// secondsOnly is what Joda-Time itself reads as a Duration.
var secondsOnly = lazy.Regexp{Expr: `^[Pp][Tt]-?[0-9]+([.][0-9]*)?[Ss]$`}

func (v reader) period(value string) state {
	duration := v.java == "Duration"
	if v.java == "int or Period" {
		if n, s := v.number(value); s == something && v.inRange(n) {
			return something
		}
	}
	empty := strings.Trim(value, javaBlanks) == ""
	switch {
	case v.magic && empty:
		return unreadable
	case empty && duration && v.r < jackson212, empty && v.r < jackson26:
		return unreadable
	case empty:
		return nothing
	case !v.magic && duration && v.r < jackson210:
		if secondsOnly.MatchString(value) {
			return something
		}
		return unreadable
	}
	if parts, ok := text.SplitPeriod(value); ok && !(v.fixed() && parts.HasMonths()) {
		return something
	}
	return unreadable
}

// compiled holds the patterns of properties, made when they are first used.
var compiled sync.Map

func matchesPattern(pattern, value string) bool {
	if pattern == periodPattern {
		_, ok := text.SplitPeriod(value)
		return ok
	}
	expr, ok := compiled.Load(pattern)
	if !ok {
		expr, _ = compiled.LoadOrStore(pattern, regexp.MustCompile(pattern))
	}
	return expr.(*regexp.Regexp).MatchString(value)
}

// chooses reports whether the text is one of the choices of this release.
func (v reader) chooses(text string) bool {
	enum := v.java == "enum"
	if enum && v.r >= jackson212 {
		text = strings.Trim(text, javaBlanks)
	}
	if enum {
		if n, err := strconv.Atoi(text); err == nil {
			return n >= 0 && n < len(v.p.ChoicesIn(v.r)) // Jackson takes their numbers, too
		}
	}
	if _, ok := v.p.ChoiceIn(v.r, text); ok || !v.p.AnyCase {
		return ok
	}
	return slices.ContainsFunc(v.p.ChoicesIn(v.r), func(c Choice) bool { return strings.EqualFold(c.Value, text) })
}

// primitive reports whether nothing is 0: Java's int, long, double and boolean.
func (v reader) primitive() bool {
	switch v.java {
	case "int", "long", "double":
		return true
	}
	return false
}

// int32 reports whether numbers are Java's int.
func (v reader) int32() bool {
	return v.java == "int" || v.java == "Integer" || v.java == "int or Period"
}

// fixed reports whether a period must have a fixed length.
func (v reader) fixed() bool {
	return v.java == "Duration" || v.java == "fixed Period" || v.java == "int or Period"
}

func (v reader) notNull() bool { return v.p.NotNull != nil && v.p.NotNull.Has(v.r) }

// javaBlanks are what String.trim removes.
const javaBlanks = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f "

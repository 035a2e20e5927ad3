package schema

import (
	"math"
	"slices"
	"strings"
)

// Mistake is what is wrong with a text as the value of a property.
type Mistake int

const (
	// WrongType cannot be read as the property's type.
	WrongType Mistake = iota + 1
	// UnitTooNew carries a size unit that the release does not know yet.
	UnitTooNew
	// NotISO is a duration in another notation than the release reads.
	NotISO
	// NotBool is a boolean in another spelling than true or false.
	NotBool
	// NotList is a text where a JSON array is needed.
	NotList
	// OutOfRange is a number beyond the property's bounds, or nothing where
	// there must be something.
	OutOfRange
	// NotChoice is none of the values to choose from.
	NotChoice
	// BadForm is a text that does not match its pattern.
	BadForm
	// RefusedLater is taken by the class that holds the property, and what uses
	// it stops at it.
	RefusedLater
)

// ValueError says why a text is not a value of a property.
type ValueError struct {
	Mistake Mistake
	// Want is what the property takes, for people: "a whole number".
	Want string
}

// Error says what the property takes.
func (e *ValueError) Error() string { return "expected " + e.Want }

// Check reads text as a process of release r does and says what is wrong with
// it whatever else is set. Extensions may add choices; the caller knows which are
// loaded.
func (p *Property) Check(text string, r Release) *ValueError {
	return p.CheckWhere(text, r, nil)
}

// CheckWhere also knows what is right only under a condition, key=value; holds
// tells whether one is known to apply.
func (p *Property) CheckWhere(text string, r Release, holds func(condition string) bool) *ValueError {
	return p.reader(r, holds).check(text)
}

// check says what is wrong with a text. Whether something that looks like JSON
// is valid is said with its position, elsewhere.
func (v reader) check(text string) *ValueError {
	switch err := v.checkBound(text); {
	case err != nil:
		return err
	case (v.kind == Host || v.kind == URL) && text != strings.Trim(text, javaBlanks):
		return &ValueError{RefusedLater, v.want() + " without blanks"}
	case len(v.later) == 0:
		return nil
	}
	v.constraints, v.later = v.later, nil
	if err := v.checkBound(text); err != nil {
		return &ValueError{RefusedLater, err.Want}
	}
	return nil
}

// checkBound does so as the class does that holds the property.
func (v reader) checkBound(text string) *ValueError {
	if !v.magic && startsJSON(text) {
		node, ok := parseJSON(text)
		switch {
		case ok:
			return v.checkJSON(node, text)
		case v.kind.IsList() || v.kind == Object:
			return nil
		}
	}
	switch {
	case v.kind.IsNumber():
		return v.checkNumber(text)
	case v.kind == Double:
		return v.checkDouble(text)
	case v.kind == Bool:
		return v.checkBool(text)
	case v.kind == Period:
		return v.checkPeriod(text)
	case v.kind == OneOf:
		return v.checkChoice(text)
	case v.kind.IsList():
		return v.wrong(NotList)
	case v.kind == Object:
		return v.wrong(WrongType)
	}
	return v.checkText(text)
}

func (v reader) checkNumber(text string) *ValueError {
	n, state := v.number(text)
	switch state {
	case nothing:
		return v.checkNothing()
	case newUnit:
		return v.wrong(UnitTooNew)
	case tooBig:
		return v.outOfRange()
	case unreadable:
		return v.wrong(WrongType)
	}
	if !v.inRange(n) {
		return v.outOfRange()
	}
	return nil
}

// checkNothing judges an empty text, which is 0 for the primitive types of Java
// and nothing at all for the others.
func (v reader) checkNothing() *ValueError {
	if v.primitive() && !v.inRange(0) || v.notNull() {
		return v.outOfRange()
	}
	return nil
}

func (v reader) checkDouble(text string) *ValueError {
	x, state := v.double(text)
	switch {
	case state == unreadable:
		return v.wrong(WrongType)
	case state == nothing:
		return v.checkNothing()
	case slices.ContainsFunc(v.constraints, func(c *Constraint) bool { return !c.holds(x) }):
		return v.outOfRange()
	}
	return nil
}

func (v reader) checkBool(text string) *ValueError {
	switch v.boolean(text) {
	case unreadable:
		return v.wrong(NotBool)
	case nothing:
		if err := v.checkNothing(); err != nil {
			return err
		}
	}
	return v.checkPattern(text)
}

func (v reader) checkPeriod(text string) *ValueError {
	switch v.period(text) {
	case unreadable:
		return v.wrong(NotISO)
	case nothing:
		return v.checkNothing()
	}
	return v.checkPattern(text)
}

func (v reader) checkText(text string) *ValueError {
	if v.kind == Path && strings.Trim(text, javaBlanks) == "" {
		text = "" // Jackson makes no File of it
	}
	if text == "" && v.notNull() {
		return &ValueError{OutOfRange, "a text that is not empty"}
	}
	return v.checkPattern(text)
}

func (v reader) checkPattern(text string) *ValueError {
	for _, c := range v.constraints {
		if c.Pattern != "" && !matchesPattern(c.Pattern, text) {
			return &ValueError{BadForm, c.Expected}
		}
	}
	return nil
}

func (v reader) checkChoice(text string) *ValueError {
	if len(v.p.Choices) == 0 || v.chooses(text) {
		return nil
	}
	var values []string
	for _, c := range v.p.ChoicesIn(v.r) {
		values = append(values, c.Value)
	}
	mistake := NotChoice
	if v.p.Later {
		mistake = RefusedLater
	}
	return &ValueError{mistake, "one of " + strings.Join(values, ", ")}
}

func (v reader) wrong(m Mistake) *ValueError { return &ValueError{m, v.want()} }

func (v reader) outOfRange() *ValueError { return &ValueError{OutOfRange, v.rangeText()} }

func (v reader) inRange(n int64) bool {
	if v.int32() && (n < math.MinInt32 || n > math.MaxInt32) {
		return false
	}
	return !slices.ContainsFunc(v.constraints, func(c *Constraint) bool { return !c.allows(n) })
}

// allows reports whether a whole number lies within the bounds.
func (c *Constraint) allows(n int64) bool {
	return !c.HasBounds || n >= c.Min && n <= c.Max && !(c.Open && (n == c.Min || n == c.Max))
}

// holds is the same for any number.
func (c *Constraint) holds(x float64) bool {
	low, high := float64(c.Min), float64(c.Max)
	return !c.HasBounds || x >= low && x <= high && !(c.Open && (x == low || x == high))
}

// Accepts reports whether a value, once read, satisfies the property: int64 for
// numbers and sizes, float64, bool, string, []any or map[string]any. It says the
// same as the constraint in CUE, in the newest release.
func (p *Property) Accepts(value any) bool {
	switch v := value.(type) {
	case int64:
		return (p.Type == Double || p.Type.IsNumber() && (p.Type != Int || v >= math.MinInt32 && v <= math.MaxInt32)) && p.allows(v)
	case float64:
		return p.Type == Double && p.holds(v)
	case bool:
		return p.Type == Bool
	case string:
		return p.acceptsText(v)
	case []any:
		return p.Type == List || p.Type == Any || p.Type == Strings && !slices.ContainsFunc(v, isNotString) ||
			p.Type == Ints && !slices.ContainsFunc(v, isNotInt)
	case map[string]any:
		return p.Type == Object || p.Type == Any
	}
	return false
}

func isNotString(v any) bool { _, ok := v.(string); return !ok }
func isNotInt(v any) bool    { _, ok := v.(int64); return !ok }

func (p *Property) acceptsText(text string) bool {
	switch p.Type {
	case Any, String, Path, URL, Host, Hosts:
		return p.Pattern == "" || matchesPattern(p.Pattern, text)
	case Period:
		return matchesPattern(periodPattern, text)
	case OneOf:
		return slices.ContainsFunc(p.Choices, func(c Choice) bool { return c.Value == text })
	}
	return false
}

package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// Mistake is what is wrong with a text as the value of a property.
type Mistake int

const (
	// WrongType cannot be read as the property's type.
	WrongType Mistake = iota + 1
	// UnitTooNew carries a size unit that the release does not know yet.
	UnitTooNew
	// NotISO is a duration in another notation than ISO-8601.
	NotISO
	// NotBool is a boolean in another spelling than true or false.
	NotBool
	// NotList is a text where a JSON array is needed.
	NotList
	// BadJSON starts like JSON but is not.
	BadJSON
	// OutOfRange is a number beyond the property's bounds.
	OutOfRange
	// NotChoice is none of the values to choose from.
	NotChoice
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
// it. Extensions may add choices; the caller knows which are loaded.
func (p *Property) Check(text string, r Release) *ValueError {
	t := p.TypeIn(r)
	exact := p.ConfigMagic != nil && p.ConfigMagic.Has(r)
	if !exact && !t.IsList() && t != Object && t != Any && startsJSON(text) && json.Valid([]byte(text)) {
		return &ValueError{WrongType, wants.Get()[t]}
	}
	switch {
	case t.IsNumber():
		return p.checkNumber(text, t, r, exact)
	case t == Double:
		if _, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err != nil && text != "" {
			return &ValueError{WrongType, wants.Get()[t]}
		}
	case t == Bool:
		return checkBool(text, r, exact)
	case t == Period:
		if text != "" && !period.MatchString(text) {
			return &ValueError{NotISO, wants.Get()[t]}
		}
	case p.NonEmpty && text == "":
		return &ValueError{OutOfRange, "a text that is not empty"}
	case t == OneOf:
		return p.checkChoice(text, r)
	case t.IsList() || t == Object:
		return checkJSON(text, t)
	}
	return nil
}

var wants = lazy.Value[map[Type]string]{New: func() map[Type]string {
	return map[Type]string{
		Int: "a whole number", Long: "a whole number", Millis: "a whole number of milliseconds", Bytes: "a whole number of bytes",
		Double: "a number", Bool: "true or false", Period: "an ISO-8601 duration such as PT5M or P1D",
		Strings: `a JSON array such as ["a", "b"]`, Ints: "a JSON array such as [1, 2]", List: "a JSON array", Object: "a JSON object",
		String: "a plain text", Path: "a plain path", URL: "a plain URL", Host: "a plain host name", Hosts: "a plain list such as host1:2181,host2:2181",
		OneOf: "a plain word",
	}
}}

func (p *Property) checkNumber(text string, t Type, r Release, exact bool) *ValueError {
	if !exact {
		text = strings.Trim(text, javaBlanks)
		if text == "" {
			return nil // Jackson takes it for 0, or for "not set"
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil && p.Type == Bytes && p.Units != 0 {
		var ok bool
		if n, ok = ParseBytes(text); ok && r < p.Units {
			return &ValueError{UnitTooNew, wants.Get()[t]}
		} else if ok {
			err = nil
		}
	}
	if err != nil {
		if errors.Is(err, strconv.ErrRange) {
			return &ValueError{OutOfRange, p.rangeText(t)}
		}
		return &ValueError{WrongType, p.wantNumber(t, r)}
	}
	if !p.inRange(n, t) {
		return &ValueError{OutOfRange, p.rangeText(t)}
	}
	return nil
}

func (p *Property) wantNumber(t Type, r Release) string {
	if p.Type == Bytes && p.Units != 0 && r >= p.Units {
		return "a size such as 536870912 or 512MiB"
	}
	return wants.Get()[t]
}

func (p *Property) inRange(n int64, t Type) bool {
	if t == Int && (n < math.MinInt32 || n > math.MaxInt32) {
		return false
	}
	return !p.HasBounds || n >= p.Min && n <= p.Max
}

// rangeText says which numbers are right.
func (p *Property) rangeText(t Type) string {
	low, high := p.Min, p.Max
	if t == Int {
		low, high = max(low, math.MinInt32), min(high, math.MaxInt32)
	}
	switch {
	case low > math.MinInt32 && high >= math.MaxInt32:
		if high == math.MaxInt32 && t != Int {
			return fmt.Sprintf("a number from %d to %d", low, high)
		}
		return fmt.Sprintf("a number of at least %d", low)
	case low > math.MinInt32:
		return fmt.Sprintf("a number from %d to %d", low, high)
	}
	return fmt.Sprintf("a number of at most %d", high)
}

// checkBool knows that config-magic takes any text (everything but "true" is
// false), and that Jackson takes few.
func checkBool(text string, r Release, exact bool) *ValueError {
	word := text
	if !exact {
		word = strings.Trim(text, javaBlanks)
	}
	if slices.Contains([]string{"true", "false", "True", "False", ""}, word) {
		return nil
	}
	if exact && (strings.EqualFold(word, "true") || strings.EqualFold(word, "false")) {
		return nil
	}
	// Jackson 2.12, which came with Druid 26, also takes TRUE and FALSE.
	if r >= 26 && (word == "TRUE" || word == "FALSE") {
		return nil
	}
	return &ValueError{NotBool, wants.Get()[Bool]}
}

func (p *Property) checkChoice(text string, r Release) *ValueError {
	if len(p.Choices) == 0 {
		return nil
	}
	for _, c := range p.Choices {
		if c.Releases.Has(r) && (c.Value == text || p.AnyCase && strings.EqualFold(c.Value, text)) {
			return nil
		}
	}
	var values []string
	for _, c := range p.ChoicesIn(r) {
		values = append(values, c.Value)
	}
	return &ValueError{NotChoice, "one of " + strings.Join(values, ", ")}
}

func checkJSON(text string, t Type) *ValueError {
	open := "["
	if t == Object {
		open = "{"
	}
	switch {
	case !strings.HasPrefix(text, open):
		if t == Object {
			return nil // fields may be given one by one as key.field
		}
		return &ValueError{NotList, wants.Get()[t]}
	case t == Ints:
		if json.Unmarshal([]byte(text), &[]json.Number{}) != nil {
			return &ValueError{WrongType, wants.Get()[t]}
		}
	case t == Strings:
		var items []any
		if json.Unmarshal([]byte(text), &items) == nil && slices.ContainsFunc(items, isContainer) {
			return &ValueError{WrongType, wants.Get()[t]}
		}
	}
	return nil // whether the JSON is valid is said with its position, elsewhere
}

func isContainer(item any) bool {
	switch item.(type) {
	case []any, map[string]any:
		return true
	}
	return false
}

// startsJSON reports whether Druid's JsonConfigurator parses the text as JSON.
func startsJSON(text string) bool {
	return strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{")
}

// javaBlanks are what String.trim removes.
const javaBlanks = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f "

// Accepts reports whether a value, once read, satisfies the property: int64 for
// numbers and sizes, float64, bool, string, []any or map[string]any. It says the
// same as the constraint in CUE, in the newest release.
func (p *Property) Accepts(value any) bool {
	switch v := value.(type) {
	case int64:
		return p.Type == Double || p.Type.IsNumber() && p.inRange(v, p.Type)
	case float64:
		return p.Type == Double
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
		return text != "" || !p.NonEmpty
	case Period:
		return period.MatchString(text)
	case OneOf:
		return slices.ContainsFunc(p.Choices, func(c Choice) bool { return c.Value == text })
	}
	return false
}

// period is #period of property.cue.
var period = lazy.Regexp{Expr: periodPattern}

// byteUnits are the units of Druid's HumanReadableBytes: k is 1000, Ki and KiB
// are 1024, in any case.
const byteUnits = "kmgtp"

// ParseBytes reads a size as Druid's HumanReadableBytes does, from 0.20 on.
func ParseBytes(text string) (int64, bool) {
	text = strings.ToLower(strings.Trim(text, javaBlanks))
	base := int64(1000)
	digits := strings.TrimRight(text, byteUnits+"ib")
	switch unit := text[len(digits):]; {
	case unit == "":
		base = 1
	case len(unit) == 1 && strings.Contains(byteUnits, unit):
		base = power(base, unit[0])
	case len(unit) >= 2 && unit[1:] == "i" || len(unit) == 3 && unit[1:] == "ib":
		if !strings.Contains(byteUnits, unit[:1]) {
			return 0, false
		}
		base = power(1024, unit[0])
	default:
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/base {
		return 0, false
	}
	return n * base, true
}

func power(base int64, unit byte) int64 {
	value := int64(1)
	for range strings.IndexByte(byteUnits, unit) + 1 {
		value *= base
	}
	return value
}

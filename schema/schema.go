// Package schema holds what implycheck knows of Druid's configuration: every
// runtime property, port, extension and JVM flag.
//
// The *.cue files are the source, one an area; `go generate` compiles them into
// the tables of tables_gen.go, so that a run pays nothing for CUE. The package
// imports nothing else of this module.
package schema

//go:generate go run ./internal/gen

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Type says how the text of a property is read.
type Type string

// The types of property.cue.
const (
	Any     Type = "any"
	String  Type = "string"
	Path    Type = "path"
	URL     Type = "url"
	Host    Type = "host"
	Hosts   Type = "hosts"
	Bool    Type = "bool"
	Int     Type = "int"
	Long    Type = "long"
	Double  Type = "double"
	Bytes   Type = "bytes"
	Millis  Type = "millis"
	Period  Type = "period"
	OneOf   Type = "choice"
	Strings Type = "strings"
	Ints    Type = "ints"
	List    Type = "list"
	Object  Type = "object"
)

// IsNumber reports whether values are whole numbers.
func (t Type) IsNumber() bool {
	return t == Int || t == Long || t == Bytes || t == Millis
}

// IsList reports whether values are JSON arrays.
func (t Type) IsList() bool { return t == Strings || t == Ints || t == List }

// Property is everything known of one property, or of a family of them.
type Property struct {
	// Name is the key, or a pattern: <name> stands for one segment, <any> for
	// one or more.
	Name string
	Doc  string
	Type Type
	Constraint
	// Limits are further constraints, which hold in some releases or conditions.
	Limits []Limit
	// Items is what a list or an object holds: text, int, object or list; empty
	// where it may be anything.
	Items string
	// NotNull are the releases that refuse no value, such as an empty text.
	NotNull *Range
	// Java is the Java type behind it where it is not the usual one of its kind.
	Java []JavaType
	// Choices are the values to choose from.
	Choices []Choice
	AnyCase bool
	Default []Default
	// Services read it; none means every process may.
	Services []string
	// Built are processes that do not read it, and make the object that holds it when
	// they start all the same: what the object refuses stops them. First and last
	// release, 0 if there is none, and the processes, as in 19 0 broker;20 30 router.
	Built string
	// Lenient are those of them that take all but true for false.
	Lenient []string
	// OnlyTrue are the releases in which a switch is on for true in lower case alone.
	OnlyTrue *Range
	// Releases read it.
	Releases   Range
	Deprecated Release
	ReplacedBy string
	Was        []Was
	// Units is the first release that takes sizes such as 512MiB.
	Units Release
	// ConfigMagic are the releases that hand its text to the Java parser as it
	// is.
	ConfigMagic *Range
	Extension   string
	Secret      bool
	// When are the settings, key=value, one of which must apply for the property
	// to be read at all; none means always.
	When []string
	// Required are the choices that need the property to be set.
	Required []Required
	// Refused are the releases in which a process that finds it stops.
	Refused *Refusal
	// Proved has a bit for each release whose own classes were asked, and read the
	// property; see ProvedBy.
	Proved uint64
	// Turns has a bit for each release, counted from Oldest, that reads it
	// otherwise than the one before.
	Turns uint64
	// Strict are the releases in which a process stops at start when the value is
	// none of the choices; in others Druid falls back to something else.
	Strict *Range
	// Later tells that the choice is not checked by the class that holds it, but
	// stops what uses it.
	Later bool
}

// Constraint is what a value must satisfy.
type Constraint struct {
	// Min and Max bound numbers; they are only meant where HasBounds says so.
	// Open bounds are no values themselves.
	Min, Max  int64
	HasBounds bool
	Open      bool
	// Pattern is the regular expression that texts must match, and Expected what
	// that means for people.
	Pattern, Expected string
}

// Limit is a constraint that holds in some releases, and only where all of the
// settings in When, key=value, apply.
type Limit struct {
	Releases Range
	When     []string
	// Later tells what is not checked by the class that holds the property, but
	// stops what uses it.
	Later bool
	// Type, if any, is the kind of value under the condition.
	Type Type
	Java string
	// Items is what a list or an object holds under the condition.
	Items string
	Constraint
}

// Default is what applies in some releases when nothing is written: a text, or
// the formula that computes it.
type Default struct {
	Releases Range
	Value    string
	Formula  string
}

// JavaType is the Java type of a property in some releases.
type JavaType struct {
	Releases Range
	Name     string
}

// Was is an older type of a property.
type Was struct {
	Until Release
	Type  Type
}

// Refusal says with which values a process stops at start: any (both empty),
// exactly Value, or everything but Except.
type Refusal struct {
	Releases Range
	Value    string
	Except   string
}

// Stops reports whether a process of release r stops at this value.
func (f *Refusal) Stops(value string, r Release) bool {
	if f == nil || !f.Releases.Has(r) {
		return false
	}
	switch {
	case f.Value != "":
		return strings.EqualFold(value, f.Value)
	case f.Except == "true": // read with Boolean.parseBoolean
		return !strings.EqualFold(value, "true")
	case f.Except != "":
		return value != f.Except
	}
	return true
}

// IsPattern reports whether the property is a family of names.
func (p *Property) IsPattern() bool { return strings.IndexByte(p.Name, '<') >= 0 }

// TypeIn is the type in release r.
func (p *Property) TypeIn(r Release) Type {
	for _, w := range p.Was {
		if r <= w.Until {
			return w.Type
		}
	}
	return p.Type
}

// JavaIn is the Java type behind the property in release r.
func (p *Property) JavaIn(r Release) string {
	for _, j := range p.Java {
		if j.Releases.Has(r) {
			return j.Name
		}
	}
	return p.TypeIn(r).java()
}

// java is the usual Java type of a kind.
func (t Type) java() string {
	switch t {
	case Int:
		return "int"
	case Long, Millis, Bytes:
		return "long"
	case Bool:
		return "boolean"
	case Double:
		return "double"
	case Period:
		return "Period"
	}
	return ""
}

// DefaultIn is the default in release r; false if there is none.
func (p *Property) DefaultIn(r Release) (Default, bool) {
	for _, d := range p.Default {
		if d.Releases.Has(r) {
			return d, true
		}
	}
	return Default{}, false
}

// ProvedBy are the releases whose classes were asked and read the property. What
// else is known of it was read in Druid's source.
func (p *Property) ProvedBy() (releases []Release) {
	for r := Oldest; r <= Newest; r++ {
		if p.Proved>>r&1 == 1 {
			releases = append(releases, r)
		}
	}
	return releases
}

// IsStrict reports whether a process of release r stops at a value that is none
// of the choices.
func (p *Property) IsStrict(r Release) bool { return p.Strict != nil && p.Strict.Has(r) }

// RefusedFrom is the first release after r that stops at a value which r takes;
// false if there is none.
func (p *Property) RefusedFrom(text string, r Release) (Release, bool) {
	if p.Refused == nil && len(p.Limits) == 0 {
		return 0, false
	}
	for later := r + 1; later <= Newest; later++ {
		err := p.Check(text, later)
		if p.Refused.Stops(text, later) || err != nil && err.Mistake == RefusedLater {
			return later, !p.Refused.Stops(text, r) && p.Check(text, r) == nil
		}
	}
	return 0, false
}

// Exact reports whether release r hands its text to Java's own parsers as it is.
func (p *Property) Exact(r Release) bool { return p.ConfigMagic != nil && p.ConfigMagic.Has(r) }

// BuiltBy reports whether a process makes the object that holds the property when it
// starts, without reading it.
func (p *Property) BuiltBy(process string, r Release) bool {
	for run := range strings.SplitSeq(p.Built, ";") {
		fields := strings.Fields(run)
		if len(fields) < 3 || !slices.Contains(fields[2:], process) {
			continue
		}
		from, _ := strconv.Atoi(fields[0])
		until, _ := strconv.Atoi(fields[1])
		if (Range{Release(from), Release(until)}).Has(r) {
			return true
		}
	}
	return false
}

// ReadBy reports whether a process of that name reads the property.
func (p *Property) ReadBy(service string) bool {
	return len(p.Services) == 0 || slices.Contains(p.Services, service)
}

// Applies reports whether one of the conditions under which the property is read
// holds, with what get gives for a key. A condition on a value that is not known
// holds.
func (p *Property) Applies(key string, get func(key string) (text string, known bool)) bool {
	if len(p.When) == 0 {
		return true
	}
	for _, condition := range p.When {
		name, want, _ := strings.Cut(condition, "=")
		if text, known := get(Fill(name, p.Name, key)); !known || text == want {
			return true
		}
	}
	return false
}

// Properties lists every property of every release, sorted by name.
func Properties() []Property { return properties }

// Lookup finds the property that a key names, whatever the release: the exact
// one, else the narrowest pattern that fits.
func Lookup(key string) (*Property, bool) {
	if p := exact(key); p != nil {
		return p, true
	}
	var best *Property
	for _, group := range patterns {
		if !strings.HasPrefix(key, group.prefix) {
			continue
		}
		for _, i := range group.members {
			if p := &properties[i]; matches(p.Name, key) && (best == nil || narrower(p.Name, best.Name)) {
				best = p
			}
		}
	}
	return best, best != nil
}

// patternGroup are families whose names begin alike.
type patternGroup struct {
	prefix  string
	members []int
}

// exact finds the property of that very name; nil if there is none. Every value of
// every tree asks.
func exact(key string) *Property {
	hash := uint32(2166136261) // FNV-1a
	for i := range len(key) {
		hash = (hash ^ uint32(key[i])) * 16777619
	}
	for slot := hash; ; slot++ {
		place := nameSlots[slot%uint32(len(nameSlots))]
		if place == 0 {
			return nil
		}
		if p := &properties[place-1]; p.Name == key {
			return p
		}
	}
}

// narrower reports whether pattern a says more than pattern b: more literal
// text, and no <any>.
func narrower(a, b string) bool {
	return literals(a) > literals(b)
}

func literals(pattern string) int {
	n := 0
	for segment := range strings.SplitSeq(pattern, ".") {
		switch {
		case segment == "<any>":
		case strings.HasPrefix(segment, "<"):
			n++
		default:
			n += 100
		}
	}
	return n
}

// matches reports whether key is of the family that pattern names.
func matches(pattern, key string) bool {
	for {
		ps, prest, pmore := strings.Cut(pattern, ".")
		if ps == "<any>" {
			return key != ""
		}
		ks, krest, kmore := strings.Cut(key, ".")
		if !segmentMatches(ps, ks) || pmore != kmore {
			return false
		}
		if !pmore {
			return true
		}
		pattern, key = prest, krest
	}
}

// segmentMatches compares one segment: <a|b> is a choice, <name> anything.
func segmentMatches(pattern, segment string) bool {
	if !strings.HasPrefix(pattern, "<") {
		return pattern == segment
	}
	if names := strings.Trim(pattern, "<>"); strings.Contains(names, "|") {
		return slices.Contains(strings.Split(names, "|"), segment)
	}
	return segment != ""
}

// Fill puts the segments that key has where pattern has placeholders into
// another name with the same placeholders.
func Fill(name, pattern, key string) string {
	if strings.IndexByte(name, '<') < 0 {
		return name
	}
	ps, ks, ns := strings.Split(pattern, "."), strings.Split(key, "."), strings.Split(name, ".")
	for i, segment := range ns {
		if j := slices.Index(ps, segment); strings.HasPrefix(segment, "<") && j >= 0 && j < len(ks) {
			ns[i] = ks[j]
		}
	}
	return strings.Join(ns, ".")
}

// BoundsIn are the least and the greatest number allowed in a release whatever
// else is set, nil where only the type bounds it; false for what is no number.
func (p *Property) BoundsIn(r Release) (low, high *int64, ok bool) {
	least, greatest, ok := p.reader(r, nil).bounds()
	if least > math.MinInt32 {
		low = &least
	}
	if greatest < math.MaxInt32 {
		high = &greatest
	}
	return low, high, ok
}

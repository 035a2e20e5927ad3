package conf

import (
	"math/bits"
	"strings"
	"unicode"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// addProperties gathers what a file's keys and values tell.
func (e *clues) addProperties(t *Tree, f *File) {
	for _, v := range f.Values(t) {
		if v.Stock() {
			continue // of the image that was taken for want of a release
		}
		line := v.Span.Start.Line
		key := strings.TrimPrefix(v.Key, ForkPrefix)
		e.addClasses(f, line, key, v.Text)
		if !strings.HasPrefix(key, "druid.") {
			continue
		}
		switch key {
		case "druid.extensions.loadList":
			e.addExtensions(f, line, v)
		case "druid.extensions.coordinates":
			e.addCoordinates(f, line, v.Text)
		case "druid.segmentCache.locations":
			e.addLocations(f, line, v)
		case "druid.indexer.runner.javaOpts":
			if strings.HasPrefix(strings.TrimSpace(v.Text), `"`) {
				e.add(clue{bad: after(8), weight: notYet, says: "%s in quotes is read up to %s", name: key, release: 8, file: f, line: line})
			}
		}
		if p, ok := schema.Lookup(key); ok {
			if p.Turns != 0 && !p.IsPattern() {
				e.addProperty(f, line, p, v)
			}
		} else if o, ok := schema.LookupOlder(key); ok {
			e.add(clue{bad: after(o.Until), weight: leftOver, says: "the last release that reads %s is %s", name: o.Name, release: o.Until, file: f, line: line})
		}
	}
}

// addProperty tries a key and its value in each run of releases that reads it
// alike.
func (e *clues) addProperty(f *File, line int, p *schema.Property, v Value) {
	var early, late, stopped, wrong, read releaseSet
	for at := schema.Oldest; at <= schema.Newest; {
		next := schema.Newest + 1
		if later := p.Turns >> (at + 1 - schema.Oldest); later != 0 {
			next = min(next, at+1+schema.Release(bits.TrailingZeros64(later)))
		}
		switch run := set(at, next-1); {
		case v.Known() && p.Refused.Stops(v.Text, at):
			stopped |= run
		case at < p.Releases.From:
			early |= run
		case !p.Releases.Has(at):
			late |= run
		default:
			read |= run
			if v.Known() && p.Check(v.Text, at) != nil {
				wrong |= run
			}
		}
		at = next
	}
	if p.Releases.From >= schema.Oldest {
		early |= olderReleases
	}
	c := clue{name: p.Name, file: f, line: line}
	if early != 0 {
		c.bad, c.weight, c.says, c.release = early, notYet, "%s came with %s", p.Releases.From
		e.add(c)
	}
	if late != 0 {
		c.bad, c.weight, c.says, c.release = late, leftOver, "the last release that reads %s is %s", p.Releases.Until
		e.add(c)
	}
	if stopped != 0 {
		c.bad, c.weight, c.says, c.release = stopped, stopper, "%s stops Druid from %s on", stopped.first()
		e.add(c)
	}
	if wrong != 0 && wrong != read { // else the value is a mistake, or an extension's
		e.addValue(c, p, v, wrong)
	}
}

// addValue counts a value that only some of the releases that read the key
// accept.
func (e *clues) addValue(c clue, p *schema.Property, v Value, wrong releaseSet) {
	if wrong.has(schema.Oldest) {
		wrong |= olderReleases
	}
	c.bad, c.weight = wrong, stopper
	switch {
	case p.Units > 0 && wrong.last() == p.Units-1:
		c.says, c.release = "sizes such as %s came with %s", p.Units
		c.name = v.Text
	case wrong.has(schema.Newest):
		c.says, c.release = "the last release that takes this value of %s is %s", wrong.first()-1
	default:
		c.says, c.release = "the value of %s is taken from %s on", wrong.last()+1
	}
	e.add(c)
}

// addExtensions knows which extensions came and went.
func (e *clues) addExtensions(f *File, line int, v Value) {
	names, _ := v.Strings()
	for _, name := range names {
		c := clue{name: name, weight: stopper, file: f, line: line}
		x, ok := schema.LookupExtension(name)
		if !ok {
			if o, ok := schema.LookupOlderExtension(name); ok {
				c.bad, c.says, c.release = after(o.Until), "the last release with %s is %s", o.Until
				e.add(c)
			}
			continue
		}
		if x.Never {
			continue
		}
		if x.Releases.From > schema.Oldest && !e.imply { // which bundles some before Druid does
			c.bad, c.says, c.release = before(x.Releases.From), "the extension %s came with %s", x.Releases.From
			e.add(c)
		}
		if x.Releases.Until > 0 && name != "druid-multi-stage-query" { // which later releases skip
			c.bad, c.says, c.release = after(x.Releases.Until), "the last release with %s is %s", x.Releases.Until
			e.add(c)
		}
		if n := x.Needs; n != nil && n.Releases != (schema.Range{}) && !containsText(names, n.Extension) {
			c.weight, c.release = unusual, 0
			c.bad, c.says = set(n.Releases.Oldest(), n.Releases.Newest()), "%s is loaded without what it needed once"
			e.add(c)
		}
	}
}

func containsText(list []string, text string) bool {
	for _, item := range list {
		if item == text {
			return true
		}
	}
	return false
}

// addCoordinates reads the release in io.druid.extensions:druid-s3-extensions:0.6.172,
// as extensions were named up to 0.8.
func (e *clues) addCoordinates(f *File, line int, value string) {
	_, after, ok := strings.Cut(value, "io.druid.extensions:")
	if !ok {
		return
	}
	coordinate := after[:len(after)-len(strings.TrimLeftFunc(after, func(c rune) bool { return c != '"' && c != ']' && c != ',' }))]
	if _, version, ok := strings.Cut(coordinate, ":"); ok {
		if r, ok := schema.ParseRelease(version); ok {
			e.add(clue{bad: allReleases &^ set(r, r), weight: named, name: coordinate, file: f, line: line})
		}
	}
}

// locationUnits is the release from which on the maxSize of a location may be a
// text with a unit.
const locationUnits schema.Release = 20

// addLocations knows the forms of maxSize: 300000000000, and "300g" from 0.20 on.
func (e *clues) addLocations(f *File, line int, v Value) {
	list := v.JSON()
	if list == nil {
		return
	}
	for _, location := range list.Items {
		if size, ok := location.Get("maxSize"); ok && size.Kind == syntax.String && hasUnit(size.Text) {
			e.add(clue{bad: before(locationUnits), weight: stopper, says: `sizes such as "%s" came with %s`, name: size.Text, release: locationUnits, file: f, line: line})
		}
	}
}

// hasUnit reports whether a text is a size with a unit.
func hasUnit(size string) bool {
	_, ok := schema.ParseBytes(size)
	return ok && strings.ContainsFunc(size, unicode.IsLetter)
}

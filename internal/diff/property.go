package diff

import (
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/effective"
)

// change is a difference that reaches one process.
type change struct {
	Change
	process string
	// source is the same for what one edit does to several processes: the places
	// that the values come from.
	source [2]place
}

// place is where a value is written; nothing for a default.
type place struct {
	file string
	line int
}

// properties compares the properties of all processes.
func properties(list []pair) []change {
	var found, left []change
	for _, p := range list {
		if p.a == nil || p.b == nil {
			continue
		}
		for _, key := range keys(p) {
			c, ok := p.property(key)
			switch {
			case ok && p.strays(c):
				left = append(left, c)
			case ok:
				found = append(found, c)
			}
		}
	}
	return append(found, orphans(list, found, left)...)
}

// keys are those that are written on either side, sorted.
func keys(p pair) []string {
	var list []string
	for _, values := range [][]effective.Value{p.a.gets.Values, p.b.gets.Values} {
		for _, v := range values {
			list = append(list, v.Key)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// property compares one key; false if it means the same.
func (p pair) property(key string) (change, bool) {
	a, isA := p.a.gets.Get(key)
	b, isB := p.b.gets.Get(key)
	c := change{Change: Change{Key: key, Kind: Changed, Unread: true}, process: p.name}
	normalA, knownA := p.a.side(key, a, isA, &c.Change, &c.Before, &c.source[0])
	normalB, knownB := p.b.side(key, b, isB, &c.Change, &c.After, &c.source[1])
	same := knownA && knownB && normalA == normalB
	if !isA && p.a.service.Silent(key) || !isB && p.b.service.Silent(key) {
		return c, false
	}
	if isA && isB && c.Before.Text != c.After.Text {
		c.Secret = false // the difference is seen beside the secret
	}
	switch {
	case same && isA == isB:
		return c, false
	case !isA:
		c.Kind = Added
		if same {
			c.Kind = Explicit
		}
	case !isB:
		c.Kind = Removed
		if same {
			c.Kind = Implicit
		}
	}
	if c.Unread { // what it would be by default does not matter either
		c.Before, c.After = written(c.Before), written(c.After)
	}
	return c, true
}

func written(v *Value) *Value {
	if v != nil && v.Default {
		return nil
	}
	return v
}

// side fills in one side of a change and gives the text to compare; false for a
// default that is not known.
func (p *process) side(key string, v effective.Value, set bool, c *Change, value **Value, from *place) (string, bool) {
	release, m := p.service.Tree().Target.Release, p.service.Tree().Masker()
	if set {
		at := p.service.Tree().MaskerAt(m, v.Origin.File, v.Origin.Line, v.Origin.Line)
		*value = &Value{Text: at.Value(key, v.Text), Reading: v.Reading, File: v.Origin.File, Line: v.Origin.Line, Column: v.Origin.Column}
		if (*value).Text != v.Text {
			c.Secret, (*value).Reading = true, ""
		}
		*from = place{v.Origin.File, v.Origin.Line}
		c.Unread = c.Unread && v.Unread
		text := v.Text
		if v.Origin.Kind == effective.JVM {
			text = clean(text)
			(*value).Text = clean((*value).Text)
		}
		return normal(key, text, release), true
	}
	d := p.service.Get(key)
	if !d.Known() && d.Formula == "" {
		return "", false
	}
	*value = &Value{Text: m.Value(key, d.Text), Default: true}
	if d.Formula != "" {
		(*value).Text = d.Formula
		return "", false
	}
	return normal(key, d.Text, release), true
}

// strays reports whether a process merely sees a shared property come or go that
// it does not read, as when somebody moves it to where its readers are.
func (p pair) strays(c change) bool {
	shared := func(s *conf.Service, at place) bool {
		return s.Runtime == nil || at.file != s.Runtime.Path && (s.JVM == nil || at.file != s.JVM.Path)
	}
	switch {
	case !c.Unread:
		return false
	case c.source[0].file == "":
		return shared(p.b.service, c.source[1])
	case c.source[1].file == "":
		return shared(p.a.service, c.source[0])
	}
	return false
}

// orphans are shared properties that came or went and that nobody reads: no
// process has a change of them, and the other side has them nowhere.
func orphans(list []pair, found, strays []change) []change {
	var changes []change
	for _, c := range strays {
		known := slices.ContainsFunc(found, func(f change) bool { return f.Key == c.Key })
		elsewhere := slices.ContainsFunc(list, func(p pair) bool {
			other := p.b
			if c.source[0].file == "" {
				other = p.a
			}
			if other == nil {
				return false
			}
			_, ok := other.gets.Get(c.Key)
			return ok
		})
		if !known && !elsewhere {
			changes = append(changes, c)
		}
	}
	return changes
}

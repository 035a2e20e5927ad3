package retune

import (
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/sizing"
)

// special are the properties whose value is more than one thing.
var special = []struct {
	key  string
	edit func(*editor, *conf.Service, sizing.Figure)
}{
	{"druid.segmentCache.locations", (*editor).locations},
	{optionsArrayKey, (*editor).taskOptions},
	{optionsKey, (*editor).taskOptions},
}

// property brings one figure into the tree.
func (e *editor) property(s *conf.Service, f sizing.Figure) {
	for _, kind := range special {
		if kind.key == f.Key {
			kind.edit(e, s, f)
			return
		}
	}
	for _, key := range spellings(s, f.Key) {
		v := s.Get(key)
		switch {
		case !v.Set && (key != f.Key || !v.Known()):
			continue
		case v.Set && !v.Known():
			e.note("%s: %s is filled in by a tool, and left as it is", s.Name, key)
			return
		case same(v, f.Value), v.Set && same(v, e.bounded(v, f).Value):
			return
		case v.Set && (key == f.Key || !e.shared(v.File)):
			f = e.bounded(v, f)
			e.set(s, v, f, f.Value)
			return
		}
	}
	if entry := e.misspelt(s, f.Key); entry != nil {
		e.rename(s, entry, f)
		return
	}
	e.append(s, f)
}

// spellings are the keys that say the same to a process, the one that wins
// first: a MiddleManager hands its own druid.processing properties to its tasks,
// unless a fork property says otherwise.
func spellings(s *conf.Service, key string) []string {
	inner, forked := strings.CutPrefix(key, conf.ForkPrefix)
	switch {
	case s.Name != "middleManager":
	case forked:
		return []string{key, inner}
	case strings.HasPrefix(key, "druid.processing."):
		return []string{conf.ForkPrefix + key, key}
	}
	return []string{key}
}

// shared reports whether several services read a file.
func (e *editor) shared(f *conf.File) bool { return len(e.tree.Readers(f)) > 1 }

// set replaces the text of a value. One in a shared file is replaced only if all
// who take it from there shall have the same; else the service gets a line of
// its own, which wins.
func (e *editor) set(s *conf.Service, v conf.Value, f sizing.Figure, text string) {
	switch {
	case v.JVM:
		e.setFlag(s, v, text)
	case v.File.Err != nil:
		e.note("%s: Java cannot read it, and it is left as it is", v.File.Path)
	case e.shared(v.File) && !e.agreed(s, v, f):
		e.append(s, sizing.Figure{Key: v.Key, Value: text, Formula: f.Formula, Source: f.Source})
	default:
		written := syntax.EscapeValue(text)
		if v.Entry != nil && !v.Entry.HasSeparator {
			written = "=" + written
		}
		change := edit{v.ValueSpan.Start.Offset, v.ValueSpan.End.Offset, written}
		if !e.writable(v.File, change) { // what the image has another line overrules
			e.settings = append(e.settings, setting{service: s, figure: sizing.Figure{Key: v.Key, Value: text}})
			return
		}
		e.replace(v.File, change)
	}
}

// agreed reports whether the other services that take a value from its file
// have the same figure.
func (e *editor) agreed(s *conf.Service, v conf.Value, f sizing.Figure) bool {
	for _, other := range e.tree.Readers(v.File) {
		if own := other.Get(v.Key); other == s || own.File != v.File || !reads(other, v.Key) {
			continue
		}
		p, planned := e.planned[other]
		figure, ok := p.Figure(v.Key)
		if !planned || !ok || figure.Value != f.Value {
			return false
		}
	}
	return true
}

// append writes a property at the end of the service's own file.
func (e *editor) append(s *conf.Service, f sizing.Figure) {
	switch file := s.Runtime; {
	case e.tree.Form != conf.FormConf:
		e.settings = append(e.settings, setting{service: s, figure: e.unforked(s, f)})
	case file == nil || file.Properties == nil:
		e.note("%s has no runtime.properties: %s=%s is left out", s.Name, f.Key, f.Value)
	case file.Err != nil:
		e.note("%s: Java cannot read it, and it is left as it is", file.Path)
	default:
		why := strings.Join(strings.Fields(f.Formula+" ("+f.Source+")"), " ")
		e.appended[file] = append(e.appended[file], "# "+why, f.Key+"="+syntax.EscapeValue(f.Value))
	}
}

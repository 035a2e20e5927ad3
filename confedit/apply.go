// Package confedit changes the files of a tree into what a plan wants.
//
// It touches the plan's keys and flags and nothing else: a value is replaced
// where it stands, be that the common file, the service's own or a jvm.config; a
// key that stands nowhere is appended to the service's file below a comment with
// its formula. What means the same is left alone (512MiB and 536870912, one
// option in javaOpts or in javaOptsArray), and so is what is a matter of taste
// rather than of size: where files lie, the garbage collector, -D options. So
// applying a plan twice changes nothing the second time.
package confedit

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conftree"
	"github.com/implycheck/implycheck/sizing"
)

// Change is a file before and after.
type Change struct {
	Path          string
	Before, After []byte

	file *conftree.File
}

// Apply is what a plan changes in a tree, file by file in the tree's order, and
// notes on what it could not change.
func Apply(tree *conftree.Tree, plan sizing.Plan) (changes []Change, notes []string) {
	e := &editor{tree: tree, planned: map[*conftree.Service]sizing.Process{}, edits: map[*conftree.File][]edit{}, appended: map[*conftree.File][]string{}}
	for _, server := range plan.Servers {
		for _, p := range server.Processes {
			e.match(p)
		}
	}
	for _, s := range tree.Services {
		if p, ok := e.planned[s]; ok {
			e.service(s, p)
		}
	}
	for _, f := range tree.Files {
		if after := e.after(f); string(after) != string(f.Data) {
			changes = append(changes, Change{Path: f.Path, Before: f.Data, After: after, file: f})
		}
	}
	return changes, e.notes
}

// editor collects the edits of one plan.
type editor struct {
	tree     *conftree.Tree
	planned  map[*conftree.Service]sizing.Process
	edits    map[*conftree.File][]edit
	appended map[*conftree.File][]string
	notes    []string
}

// edit replaces the bytes from start to end.
type edit struct {
	start, end int
	text       string
}

func (e *editor) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(e.notes, text) {
		e.notes = append(e.notes, text)
	}
}

// match finds the services that a process of the plan is for. ZooKeeper is no
// service; its jvm.config is edited at once. Pivot's file has no sizes.
func (e *editor) match(p sizing.Process) {
	found := p.Service == "pivot"
	for _, f := range e.tree.Files {
		if p.Service == "zookeeper" && f.Kind == conftree.JVMConfig && path.Base(path.Dir(f.Path)) == "zk" {
			e.flags(f, p)
			found = true
		}
	}
	for _, s := range e.tree.Services {
		if _, taken := e.planned[s]; !taken && e.isFor(p, s) {
			e.planned[s] = p
			found = true
		}
	}
	if !found {
		e.note("the tree has no %s: what the plan gives it is left out", p.Service)
	}
}

// isFor reports whether a process of the plan is a service of the tree. One
// process that is Coordinator and Overlord may lie in a folder of either name.
func (e *editor) isFor(p sizing.Process, s *conftree.Service) bool {
	both := s.Name == "coordinator-overlord" || s.Name == "coordinator" && s.Plays("overlord")
	switch p.Service {
	case "coordinator-overlord":
		return both
	case "coordinator":
		return s.Name == p.Service && !both
	}
	return s.Name == p.Service
}

// service edits the files of one service.
func (e *editor) service(s *conftree.Service, p sizing.Process) {
	switch {
	case s.JVM == nil:
		e.note("%s has no jvm.config: its flags are left out", s.Name)
	default:
		e.flags(s.JVM, p)
	}
	for _, f := range p.Figures {
		if f.Flag() == "" {
			e.property(s, f)
		}
	}
}

// property brings one figure into the tree.
func (e *editor) property(s *conftree.Service, f sizing.Figure) {
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
		case same(v, f.Value):
			return
		case v.Set && (key == f.Key || !e.shared(v.File)):
			e.set(s, v, f, f.Value)
			return
		}
	}
	e.append(s, f)
}

const forkPrefix = "druid.indexer.fork.property."

// spellings are the keys that say the same to a process, the one that wins
// first: a MiddleManager hands its own druid.processing properties to its tasks,
// unless a fork property says otherwise.
func spellings(s *conftree.Service, key string) []string {
	inner, forked := strings.CutPrefix(key, forkPrefix)
	switch {
	case s.Name != "middleManager":
	case forked:
		return []string{key, inner}
	case strings.HasPrefix(key, "druid.processing."):
		return []string{forkPrefix + key, key}
	}
	return []string{key}
}

// shared reports whether several services read a file.
func (e *editor) shared(f *conftree.File) bool { return len(e.tree.Readers(f)) > 1 }

// set replaces the text of a value. One in a shared file is replaced only if all
// who take it from there shall have the same; else the service gets a line of
// its own, which wins.
func (e *editor) set(s *conftree.Service, v conftree.Value, f sizing.Figure, text string) {
	switch {
	case v.JVM:
		e.setFlag(s, v, text)
	case v.File.Err != nil:
		e.note("%s: Java cannot read it, and it is left as it is", v.File.Path)
	case e.shared(v.File) && !e.agreed(s, v, f):
		e.append(s, sizing.Figure{Key: v.Key, Value: text, Formula: f.Formula, Source: f.Source})
	default:
		text = conftree.EscapeValue(text)
		if v.Entry != nil && !v.Entry.HasSeparator {
			text = "=" + text
		}
		e.replace(v.File, edit{v.ValueSpan.Start.Offset, v.ValueSpan.End.Offset, text})
	}
}

// agreed reports whether the other services that take a value from its file
// have the same figure.
func (e *editor) agreed(s *conftree.Service, v conftree.Value, f sizing.Figure) bool {
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

// replace remembers an edit; services that share a file may ask for the same
// one.
func (e *editor) replace(f *conftree.File, change edit) {
	if !slices.Contains(e.edits[f], change) {
		e.edits[f] = append(e.edits[f], change)
	}
}

// append writes a property at the end of the service's own file.
func (e *editor) append(s *conftree.Service, f sizing.Figure) {
	switch file := s.Runtime; {
	case file == nil || file.Properties == nil:
		e.note("%s has no runtime.properties: %s=%s is left out", s.Name, f.Key, f.Value)
	case file.Err != nil:
		e.note("%s: Java cannot read it, and it is left as it is", file.Path)
	default:
		why := strings.Join(strings.Fields(f.Formula+" ("+f.Source+")"), " ")
		e.appended[file] = append(e.appended[file], "# "+why, f.Key+"="+conftree.EscapeValue(f.Value))
	}
}

// after is the file with its edits.
func (e *editor) after(f *conftree.File) []byte {
	edits := e.edits[f]
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
	var text []byte
	at := 0
	for _, change := range edits {
		text = append(append(text, f.Data[at:change.start]...), change.text...)
		at = change.end
	}
	text = append(text, f.Data[at:]...)
	if lines := e.appended[f]; len(lines) > 0 {
		end := lineEnd(f.Data)
		text = append(closed(text, end), strings.Join(lines, end)+end...)
	}
	return text
}

// closed ends the last line of a properties file. After a backslash it takes an
// empty line: the one that follows would be a part of it.
func closed(text []byte, end string) []byte {
	if n := len(text); n > 0 && text[n-1] != '\n' && text[n-1] != '\r' {
		text = append(text, end...)
	}
	lines := strings.TrimRight(string(text), "\r\n")
	if last := strings.TrimRight(lines, `\`); (len(lines)-len(last))%2 == 1 {
		text = append(text, end...)
	}
	return text
}

// lineEnd is how a file ends its lines.
func lineEnd(data []byte) string {
	switch text := string(data); {
	case strings.Contains(text, "\r\n"):
		return "\r\n"
	case strings.Contains(text, "\r") && !strings.Contains(text, "\n"):
		return "\r"
	}
	return "\n"
}

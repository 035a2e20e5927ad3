// Package retune changes the files of a tree into what a plan wants.
//
// It touches the plan's keys and flags and nothing else: a value is replaced
// where it stands, be that the common file, the service's own or a jvm.config; a
// key that stands nowhere is appended to the service's file below a comment with
// its formula. What means the same is left alone (512MiB and 536870912, one
// option in javaOpts or in javaOptsArray), and so is what is a matter of taste
// rather than of size: where files lie, the garbage collector, -D options. So
// applying a plan twice changes nothing the second time.
package retune

import (
	"fmt"
	"path"
	"slices"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/text/mask"
	"github.com/implycheck/implycheck/sizing"
)

// Change is a file before and after.
type Change struct {
	Path          string
	Before, After []byte

	file   *conf.File
	masker *mask.Masker
}

// NewChange is a file and what becomes of it; the masker is that of its tree.
func NewChange(m *mask.Masker, f *conf.File, after []byte) Change {
	return Change{Path: f.Path, Before: f.Data, After: after, file: f, masker: m}
}

// Rel is the file's path below the folder that was opened.
func (c Change) Rel() string { return c.file.Rel() }

// Apply is what a plan changes in a tree, file by file in the tree's order, and
// notes on what it could not change.
func Apply(tree *conf.Tree, plan sizing.Plan) (changes []Change, notes []string) {
	e := &editor{tree: tree, planned: map[*conf.Service]sizing.Process{}, edits: map[*conf.File][]edit{}, appended: map[*conf.File][]string{}, brokers: plan.Peers.Brokers}
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
	if tree.Form != conf.FormConf {
		e.inForm()
	}
	e.record(plan.Peers)
	for _, f := range tree.Files {
		if after := e.after(f); string(after) != string(f.Data) {
			changes = append(changes, NewChange(tree.Masker(), f, after))
		}
	}
	return changes, mask.Each(e.notes, tree.Masker().Text)
}

// Merge are changes, and those of the files that they made.
func Merge(changes, further []Change) []Change {
	for _, f := range further {
		i := slices.IndexFunc(changes, func(c Change) bool { return c.Path == f.Path })
		if i < 0 {
			changes = append(changes, f)
		} else {
			changes[i].After = f.After
		}
	}
	return changes
}

// editor collects the edits of one plan.
type editor struct {
	tree     *conf.Tree
	planned  map[*conf.Service]sizing.Process
	edits    map[*conf.File][]edit
	appended map[*conf.File][]string
	notes    []string
	settings []setting // of a form
	opened   map[*conf.Service]bool
	homeless map[*conf.Service][]string // settings that have no line to be written next to
	owners   map[place]int              // how many processes have what ends at a place; see alone
	brokers  int64
}

func (e *editor) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(e.notes, text) {
		e.notes = append(e.notes, text)
	}
}

// match finds the services that a process of the plan is for. ZooKeeper is no
// service; its jvm.config is edited at once. Pivot's file has no sizes.
func (e *editor) match(p sizing.Process) {
	apart := p.Service == "zookeeper" && e.tree.Form != conf.FormConf // no form of containers has it
	found := p.Service == "pivot" || apart
	for _, f := range e.tree.Files {
		if p.Service == "zookeeper" && f.Kind == conf.JVMConfig && path.Base(path.Dir(f.Path)) == "zk" {
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
func (e *editor) isFor(p sizing.Process, s *conf.Service) bool {
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
func (e *editor) service(s *conf.Service, p sizing.Process) {
	switch {
	case s.JVM == nil:
		e.note("%s has no jvm.config: its flags are left out", s.Name)
	default:
		e.flags(s.JVM, p)
		e.repairFlags(s.JVM, p)
	}
	for _, f := range p.Figures {
		if f.Flag() == "" && !f.Place {
			e.property(s, f)
		}
	}
	e.maxSize(s, p)
}

// Package fix changes files so that findings with a concrete edit are gone.
//
// Each time the trees are linted a Fixer takes their findings, and changes their
// files in memory; the trees are then linted again with what it made (Files), until
// nothing is left to fix. So the last report is that of the fixed trees, and only
// then is anything written (Write). Who lints, and how, is not its business.
//
// A fix is applied whole or not at all, and the same fix of several findings
// once. Of two fixes that touch the same place the first one wins; the other is
// looked at again in the next round, when the file says something else.
//
// A fix can uncover: a line that Druid ignored is read once it is right, and is
// judged for the first time. Such findings are reported like all that are left.
package fix

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/edit/retune"
	"github.com/implycheck/implycheck/internal/text/mask"
)

// maxRounds bounds how often trees are linted. Fixes uncover other mistakes two
// or three deep; more rounds mean that two rules undo each other's work.
const maxRounds = 20

// Fixer collects the changes of one run.
type Fixer struct {
	// Unsafe applies the fixes that are not safe, too.
	Unsafe bool
	// Only is the one file to change, by its real path, if it is not empty: a fix
	// that touches another one is left out.
	Only string
	// Ask, if it is not nil, is asked about every fix, by one goroutine at a time. An
	// error ends the run.
	Ask func(t *conf.Tree, f finding.Finding) (bool, error)

	mutex   sync.Mutex
	offers  []offer
	refused map[string]int
	// proposed are the edits of this round, in the order in which trees were
	// linted, which is not always the same.
	proposed []proposal
	files    map[string]*change // by their real path
	rounds   int
}

// proposal is what a tree's findings make of one of its files.
type proposal struct {
	tree   string
	masker *mask.Masker // of the tree
	file   *conf.File
	edits  *fileEdits
}

// change is what becomes of one file.
type change struct {
	original *conf.File
	masker   *mask.Masker
	after    []byte
	round    int // the last round that changed it
	fixes    int
}

// Take takes the findings of a tree that was just linted. It may be called from
// several goroutines.
func (x *Fixer) Take(t *conf.Tree, findings []finding.Finding) {
	edits := map[*conf.File]*fileEdits{}
	var offers []offer
	for _, f := range findings {
		switch {
		case f.Fix == nil || !f.Fix.Safe && !x.Unsafe || !x.within(f.Fix):
		case x.Ask != nil:
			offers = append(offers, offer{t, f})
		default:
			accept(t, edits, f.Fix)
		}
	}
	x.mutex.Lock()
	defer x.mutex.Unlock()
	x.offers = append(x.offers, offers...)
	x.propose(t, edits)
}

func (x *Fixer) propose(t *conf.Tree, edits map[*conf.File]*fileEdits) {
	for f, e := range edits {
		x.proposed = append(x.proposed, proposal{t.Path, t.Masker(), f, e})
	}
}

// within reports whether a fix stays in the file that may be changed.
func (x *Fixer) within(fix *finding.Fix) bool {
	return x.Only == "" || !slices.ContainsFunc(fix.Edits, func(e finding.Edit) bool { return conf.RealPath(e.File) != x.Only })
}

// change keeps what a file becomes, and reports whether that is new. A file that
// another tree has changed in this round, by the same name or another, waits for
// the next one.
func (x *Fixer) change(m *mask.Masker, f *conf.File, e *fileEdits) bool {
	after := e.apply(f.Data)
	if bytes.Equal(after, f.Data) {
		return false
	}
	name := conf.RealPath(f.Path)
	c := x.files[name]
	switch {
	case c == nil:
		c = &change{original: f, masker: m}
		if x.files == nil {
			x.files = map[string]*change{}
		}
		x.files[name] = c
	case c.round == x.rounds:
		return false
	}
	c.after, c.round, c.fixes = after, x.rounds, c.fixes+e.fixes
	return true
}

// Files are the changed files, for conf.Options.Overlay.
func (x *Fixer) Files() map[string][]byte {
	files := make(map[string][]byte, len(x.files))
	for name, c := range x.files {
		files[name] = c.after
	}
	return files
}

// Again changes the files, and reports whether the trees must be linted once
// more: something has changed.
func (x *Fixer) Again() (again bool, err error) {
	x.rounds++
	if err := x.ask(); err != nil {
		return false, err
	}
	slices.SortFunc(x.proposed, func(a, b proposal) int {
		return cmp.Or(strings.Compare(a.tree, b.tree), strings.Compare(a.file.Path, b.file.Path))
	})
	for _, p := range x.proposed {
		again = x.change(p.masker, p.file, p.edits) || again
	}
	x.proposed = nil
	if again && x.rounds == maxRounds {
		return false, errors.New("the fixes undo each other, and nothing was written: please report this tree as a bug")
	}
	return again, nil
}

// Changes are the files before and after, in the order of their paths.
func (x *Fixer) Changes() []retune.Change {
	var changes []retune.Change
	for _, c := range x.files {
		if string(c.original.Data) != string(c.after) {
			changes = append(changes, retune.NewChange(c.masker, c.original, c.after))
		}
	}
	slices.SortFunc(changes, func(a, b retune.Change) int { return cmp.Compare(a.Path, b.Path) })
	return changes
}

// Count is how many fixes were applied.
func (x *Fixer) Count() (fixes int) {
	for _, c := range x.files {
		fixes += c.fixes
	}
	return fixes
}

// fileOf is the file of a tree that an edit is for.
func fileOf(t *conf.Tree, at finding.Location) *conf.File {
	if i := slices.IndexFunc(t.Files, func(f *conf.File) bool { return f.Path == at.File }); i >= 0 {
		return t.Files[i]
	}
	return nil
}

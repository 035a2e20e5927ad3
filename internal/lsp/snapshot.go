package lsp

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint"
)

// snapshot is what one run has seen and found.
type snapshot struct {
	changes  int
	versions map[string]int // of the open texts
	overlay  map[string][]byte

	mutex sync.Mutex // of the two that follow, during the run
	trees []*conf.Tree
	// raw are the findings with the secrets that fixes need.
	raw []finding.Finding

	findings []finding.Finding // as they may be shown
	files    map[string]*conf.File
	written  map[string]*written // by file, when first asked for
	texts    map[string]lined
}

// newSnapshot answers a function that lints a path of a unit as it is now.
func newSnapshot(s *server, u *unit, name string) func(context.Context) (*snapshot, error) {
	shot := &snapshot{changes: u.changes, versions: map[string]int{}, overlay: s.overlay(), files: map[string]*conf.File{}, texts: map[string]lined{}}
	for name, d := range s.documents {
		shot.versions[name] = d.version
	}
	o := s.Lint
	o.Paths, o.Overlay, o.EachPlace, o.ByFile = []string{filepath.ToSlash(name)}, shot.overlay, true, true
	o.Linted = shot.keep
	return func(ctx context.Context) (*snapshot, error) {
		if _, err := os.Stat(name); err != nil && shot.overlay[name] == nil {
			return shot, conf.ErrNoConfiguration // a new file in a new folder
		}
		r, err := lint.Run(ctx, o)
		if err == nil {
			shot.findings = r.Findings
		}
		shot.list()
		return shot, err
	}
}

// list puts the trees in order and their files into the table.
func (shot *snapshot) list() {
	slices.SortFunc(shot.trees, func(a, b *conf.Tree) int { return strings.Compare(a.Path, b.Path) })
	for _, t := range shot.trees {
		for _, f := range t.Files {
			if !f.Made() {
				shot.files[pathOfFile(f.Path)] = f
			}
		}
	}
}

// addRest adds what an older run has of all that is not below a folder.
func (shot *snapshot) addRest(old *snapshot, folder string) {
	elsewhere := func(tree string) bool { return !isBelow(folder, pathOfFile(tree)) }
	for _, t := range old.trees {
		if elsewhere(t.Path) {
			shot.trees = append(shot.trees, t)
		}
	}
	add := func(to, from []finding.Finding) []finding.Finding {
		for _, f := range from {
			if elsewhere(f.Tree) {
				to = append(to, f)
			}
		}
		return to
	}
	shot.raw, shot.findings = add(shot.raw, old.raw), add(shot.findings, old.findings)
	shot.list()
}

// keep keeps a tree that was linted, and its findings.
func (shot *snapshot) keep(t *conf.Tree, findings []finding.Finding) {
	shot.mutex.Lock()
	defer shot.mutex.Unlock()
	shot.trees = append(shot.trees, t)
	shot.raw = append(shot.raw, findings...)
}

// pathOfFile is the whole path of a file as findings call it.
func pathOfFile(name string) string {
	full, err := filepath.Abs(filepath.FromSlash(name))
	if err != nil {
		return name
	}
	return full
}

// text is what the run has read of a file; false where it has not.
func (shot *snapshot) text(name string) (lined, bool) {
	if t, ok := shot.texts[name]; ok {
		return t, true
	}
	data, ok := shot.overlay[name]
	if f := shot.files[name]; f != nil {
		data, ok = f.Data, true
	}
	if !ok {
		return lined{}, false
	}
	t := newText(data)
	shot.texts[name] = t
	return t, true
}

// rangeOf is where a location of ours is. What concerns a whole file is at its
// beginning. Of a file that was not read a column counts as it is.
func (shot *snapshot) rangeOf(l finding.Location) textRange {
	if l.Line == 0 {
		return textRange{}
	}
	start, end := position{l.Line - 1, max(l.Column, 1) - 1}, position{max(l.EndLine, l.Line) - 1, max(l.EndColumn, 1) - 1}
	if l.EndLine == 0 {
		end = start
	}
	name := pathOfFile(l.File)
	t, ok := shot.text(name)
	if !ok {
		return textRange{start, end}
	}
	f := shot.files[name]
	offset := func(line, column int) int {
		if f != nil {
			return f.Offset(line, max(column, 1)) // which counts as the file's reader does
		}
		return t.lines.Offset(line, max(column, 1))
	}
	from := offset(start.Line+1, start.Character+1)
	return t.textRange(from, max(from, offset(end.Line+1, end.Character+1)))
}

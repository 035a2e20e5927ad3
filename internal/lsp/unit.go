package lsp

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/implycheck/implycheck/conf"
)

// maxPause is the longest that a run waits for the end of the typing.
const maxPause = 500 * time.Millisecond

// unit is what is linted together: a folder of the workspace, or the tree around a
// file that lies in none.
type unit struct {
	path   string
	folder bool // of the workspace

	changes   int           // how often something in it has changed
	changed   time.Time     // when it last has
	due       time.Time     // when to lint; zero when not
	run       *run          // under way
	took      time.Duration // by the last run of the whole unit
	tookFirst time.Duration // by the last one of a folder in it

	// edited are the files that were typed in since the last run of the whole unit,
	// and more says that something else has changed as well.
	edited map[string]bool
	more   bool

	snapshot *snapshot // of the last run that came to its end
	// published are the diagnostics that the client has, as they were sent, by URI.
	published map[string]string
	told      string // the last failure that the client was told
}

// run is a lint under way.
type run struct {
	cancel  context.CancelFunc
	changes int    // as many as it has seen
	folder  string // of all that is linted; empty for the whole unit
}

// result is what a run answers.
type result struct {
	unit     *unit
	run      *run
	snapshot *snapshot
	err      error
	took     time.Duration
}

func newUnit(name string) *unit {
	return &unit{path: name, folder: true, changes: 1, due: time.Now(), published: map[string]string{}, edited: map[string]bool{}}
}

// edit says that the text of a file has changed.
func (u *unit) edit(name string) {
	u.edited[name] = true
	u.changedNow(min(u.took, cmp.Or(u.tookFirst, maxPause)))
}

// touch says that something has changed.
func (u *unit) touch() {
	u.more = true
	u.changedNow(min(u.took, maxPause))
}

// changedNow makes a run due, and ends the one that is under way: what it finds is
// of no use. A change after a pause is looked at at once, those that follow it when
// they have ended.
func (u *unit) changedNow(pause time.Duration) {
	u.changes++
	u.due = time.Now()
	if u.due.Sub(u.changed) < pause {
		u.due = u.due.Add(pause)
	}
	u.changed = time.Now()
	if u.run != nil {
		u.run.cancel()
	}
}

// first is the folder to lint before the rest of the unit, because nothing was typed
// in but the files of its trees; empty where the whole unit is linted at once.
func (s *server) first(u *unit) (folder string) {
	if u.more || u.took < s.longRun || u.fresh() {
		return ""
	}
	for name := range u.edited {
		t := u.snapshot.treeOf(name)
		if t == nil || folder != "" && folderOf(t) != folder {
			return ""
		}
		folder = folderOf(t)
	}
	return folder
}

// folderOf is where a tree lies: the forms have a file for their path.
func folderOf(t *conf.Tree) string {
	name := pathOfFile(t.Path)
	if info, err := os.Stat(name); err == nil && !info.IsDir() {
		return filepath.Dir(name)
	}
	return name
}

// fresh reports whether the last run has seen all changes.
func (u *unit) fresh() bool { return u.snapshot != nil && u.snapshot.changes == u.changes }

// holds reports whether a file lies below the unit's folder, or is its file.
func (u *unit) holds(name string) bool { return isBelow(u.path, name) }

// isBelow reports whether a path is a folder, or below it.
func isBelow(folder, name string) bool {
	rel, err := filepath.Rel(folder, name)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// owner is the unit that says what is found in a file: the innermost.
func (s *server) owner(name string) (owner *unit) {
	for _, u := range s.units {
		if u.holds(name) && (owner == nil || len(u.path) > len(owner.path)) {
			owner = u
		}
	}
	return owner
}

// unitOf is the owner of a file, made if there is none; nil for what is no
// configuration by its name.
func (s *server) unitOf(name string) *unit {
	if u := s.owner(name); u != nil {
		return u
	}
	around, slashed := name, filepath.ToSlash(name)
	switch {
	case !conf.Concerns(slashed):
		return nil
	case conf.IsConfiguration(slashed):
		dir, _, err := conf.Around(slashed)
		if err != nil {
			return nil
		}
		around = filepath.Clean(filepath.FromSlash(dir))
	}
	u := newUnit(around)
	u.folder = false
	s.units[around] = u
	return u
}

// drop forgets a unit, and clears what is shown of it.
func (s *server) drop(u *unit) {
	if u.run != nil {
		u.run.cancel()
	}
	delete(s.units, u.path)
	for _, uri := range slices.Sorted(maps.Keys(u.published)) {
		s.out.notify("textDocument/publishDiagnostics", diagnosticsParams{URI: uri, Diagnostics: []diagnostic{}})
	}
	s.serveWaiting(u)
}

// begin begins the runs that are due, and sets the timer for the next one.
func (s *server) begin() {
	var next time.Time
	for _, u := range s.units {
		switch {
		case u.due.IsZero() || u.run != nil:
		case !u.due.After(time.Now()):
			s.start(u)
		case next.IsZero() || u.due.Before(next):
			next = u.due
		}
	}
	s.timer.Stop()
	if !next.IsZero() {
		s.timer.Reset(time.Until(next))
	}
}

func (s *server) start(u *unit) {
	ctx, cancel := context.WithCancel(s.ctx)
	u.run, u.due = &run{cancel, u.changes, s.first(u)}, time.Time{}
	r := result{unit: u, run: u.run}
	take := newSnapshot(s, u, cmp.Or(u.run.folder, u.path))
	go func() {
		defer cancel()
		begun := time.Now()
		r.snapshot, r.err = take(ctx)
		r.took = time.Since(begun)
		select {
		case s.results <- r:
		case <-s.ctx.Done():
		}
	}()
}

// finish takes what a run answers, unless something has changed meanwhile.
func (s *server) finish(r result) {
	u := r.unit
	u.run = nil
	if s.units[u.path] != u || r.run.changes != u.changes {
		return
	}
	if r.run.folder != "" {
		r.snapshot.addRest(u.snapshot, r.run.folder)
		u.tookFirst = r.took
		u.due = time.Now().Add(min(u.took, maxPause)) // for what other trees have to do with it
	} else {
		u.took, u.edited, u.more = r.took, map[string]bool{}, false
	}
	u.snapshot = r.snapshot
	switch {
	case r.err == nil, errors.Is(r.err, conf.ErrNoConfiguration):
		u.told = ""
		s.publish(u)
	default:
		s.tell(u, r.err)
	}
	s.serveWaiting(u)
}

// tell says once why nothing is linted.
func (s *server) tell(u *unit, err error) {
	if text := err.Error(); text != u.told {
		u.told = text
		s.out.notify("window/showMessage", shown{isError, "implycheck: " + text})
	}
}

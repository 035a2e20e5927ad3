package config

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/schema"
)

// Run applies the config files of one run to its findings, each file to those of
// the trees beneath it, and remembers which ignores suppressed something. It may
// be used from several goroutines, and what it answers depends on no order.
type Run struct {
	Finder Finder
	// Flags are what the command line says; it counts more than any file.
	Flags []Fact
	Today Date
	// NoIgnores is set where no ignore of a file is to suppress anything.
	NoIgnores bool
	// Paths are what the run lints. A run that covers the folder of a config
	// file sees all that the file is about.
	Paths []string

	mutex sync.Mutex
	files map[*Config]*record
}

// record is what a run has seen of one file.
type record struct {
	tree string           // the first of its trees
	seen map[*Ignore]bool // the ignores that some linted file lies under
	used map[*Ignore]bool // those that suppressed something
}

// For gives the settings for a tree or a file.
func (r *Run) For(path string) (Settings, error) {
	c, err := r.Finder.Find(path)
	if err != nil {
		return Settings{}, err
	}
	return c.For(path, r.Flags...), nil
}

// TargetOf is what is said of the release of a tree, nil where the tree is to tell, and
// who says it: conf.Options.TargetOf.
func (r *Run) TargetOf(tree string) (*schema.Target, string, error) {
	s, err := r.For(tree)
	return s.Target, s.Origin("target").String(), err
}

// See notes that a tree was linted, and which files it has.
func (r *Run) See(tree string, files []string) {
	c := r.of(tree)
	if c.File == "" {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	seen := r.record(c)
	if seen.tree == "" || tree < seen.tree {
		seen.tree = tree
	}
	for _, i := range c.Ignores {
		for n := 0; n < len(files) && !seen.seen[i]; n++ {
			_, seen.seen[i] = matching(i.Paths, c.relative(files[n]))
		}
	}
}

// Apply gives findings the severities that the file of their tree says, and takes
// those from them that the file does not want to be seen. The list is used up.
func (r *Run) Apply(findings []finding.Finding) (left []finding.Finding, suppressed []finding.Suppressed) {
	left, suppressed = finding.Suppress(findings, r.suppresses)
	for n := range left {
		c := r.of(left[n].Tree)
		if c.File == "" {
			continue
		}
		if change, ok := c.change(&left[n]); ok && !change.Off() {
			left[n].Severity = change.Severity
		}
	}
	return left, suppressed
}

// suppresses answers whether a finding is not to be seen, and why.
func (r *Run) suppresses(f finding.Finding) (finding.Suppression, bool) {
	c := r.of(f.Tree)
	if c.File == "" {
		return finding.Suppression{}, false
	}
	if g, ok := c.excluded(place(&f)); ok {
		return suppression("excluded by "+g.Text, g.At), true
	}
	if i := r.ignore(c, f); i != nil {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.record(c).used[i] = true
		return suppression(i.Reason, i.At), true
	}
	if change, ok := c.change(&f); ok && change.Off() {
		return suppression(change.Reason, change.From), true
	}
	return finding.Suppression{}, false
}

// ignore is the first that holds for a finding, nil if none does.
func (r *Run) ignore(c *Config, f finding.Finding) *Ignore {
	if r.NoIgnores {
		return nil
	}
	for _, i := range c.Ignores {
		if !i.Expired(r.Today) && i.matches(f, c.relative(place(&f))) {
			return i
		}
	}
	return nil
}

// of is the file for a tree. One that cannot be read has failed the run when the
// settings of the tree were asked for.
func (r *Run) of(tree string) *Config {
	c, err := r.Finder.Find(tree)
	if err != nil {
		return &Config{}
	}
	return c
}

// record is that of a file; the caller holds the lock.
func (r *Run) record(c *Config) *record {
	if r.files == nil {
		r.files = map[*Config]*record{}
	}
	if r.files[c] == nil {
		r.files[c] = &record{seen: map[*Ignore]bool{}, used: map[*Ignore]bool{}}
	}
	return r.files[c]
}

// sorted are the files that the run has seen trees of, by name.
func (r *Run) sorted() []*Config {
	list := slices.Collect(maps.Keys(r.files))
	slices.SortFunc(list, func(a, b *Config) int { return cmp.Compare(a.File, b.File) })
	return list
}

func suppression(reason string, at Origin) finding.Suppression {
	return finding.Suppression{By: "config", Reason: reason, Location: at.location()}
}

// place is the file that a finding is about, or its tree.
func place(f *finding.Finding) string { return cmp.Or(f.File, f.Tree) }

// change is what becomes of the rule of a finding: the last block that says so
// counts.
func (c *Config) change(f *finding.Finding) (Change, bool) {
	blocks := c.blocks(place(f))
	for _, b := range slices.Backward(blocks) {
		if change, ok := b.rules[f.Rule]; ok {
			return change, true
		}
	}
	return Change{}, false
}

package config

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
)

// Run applies config files to the findings of one run, and remembers which of
// their ignores silenced something. It may be used from several goroutines.
type Run struct {
	Finder Finder
	// Flags are what the command line says; it counts more than any file.
	Flags []Fact
	Today Date
	// NoIgnores is set where no ignore of a file is to silence anything.
	NoIgnores bool
	// Paths are what the run lints. A run that covers the folder of a config
	// file sees all that the file is about.
	Paths []string

	mutex   sync.Mutex
	used    map[*Ignore]bool
	seen    map[*Ignore]bool   // by some file of the run
	configs map[*Config]string // each with the first of its trees
}

// For gives the settings for a tree or a file.
func (r *Run) For(path string) (Settings, error) {
	c, err := r.Finder.Find(path)
	if err != nil {
		return Settings{}, err
	}
	return c.For(path, r.Flags...), nil
}

// See notes that a tree was linted, and which files it has.
func (r *Run) See(c *Config, tree string, files []string) {
	if c.File == "" {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.configs == nil {
		r.configs, r.used, r.seen = map[*Config]string{}, map[*Ignore]bool{}, map[*Ignore]bool{}
	}
	if first, ok := r.configs[c]; !ok || tree < first {
		r.configs[c] = tree
	}
	for _, i := range c.Ignores {
		for n := 0; n < len(files) && !r.seen[i]; n++ {
			_, r.seen[i] = matching(i.Paths, c.relative(files[n]))
		}
	}
}

// Adjust gives findings the severities that the file says.
func (r *Run) Adjust(c *Config, findings []finding.Finding) {
	for n := range findings {
		if change, ok := c.change(&findings[n]); ok && !change.Off() {
			findings[n].Severity = change.Severity
		}
	}
}

// Choose answers whether a finding is not to be seen, and why.
func (r *Run) Choose(c *Config, f finding.Finding) (finding.Suppression, bool) {
	if g, ok := c.excluded(place(&f)); ok {
		return suppression("excluded by "+g.Text, g.At), true
	}
	for _, i := range c.Ignores {
		if !r.NoIgnores && !i.Expired(r.Today) && i.matches(f, c.relative(place(&f))) {
			r.mutex.Lock()
			defer r.mutex.Unlock()
			r.used[i] = true
			return suppression(i.Reason, i.At), true
		}
	}
	if change, ok := c.change(&f); ok && change.Off() {
		return suppression(change.Reason, change.From), true
	}
	return finding.Suppression{}, false
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

// Leftover reports the ignores that silence nothing, for their day has passed or
// there is nothing to silence. Of those that lie outside the run nothing is said.
func (r *Run) Leftover() []finding.Finding {
	var found []finding.Finding
	for c, tree := range r.configs {
		for _, i := range c.Ignores {
			switch {
			case i.Expired(r.Today):
				found = append(found, i.finding(rules.ConfigIgnoreExpired, tree, fmt.Sprintf("the ignore of %s ended on %s", i.Rule, i.Until)))
			case !r.NoIgnores && !r.used[i] && (r.seen[i] || r.covers(c)):
				found = append(found, i.finding(rules.ConfigIgnoreUnused, tree, "the ignore of "+i.Rule+" silences nothing"))
			}
		}
		r.Adjust(c, found)
	}
	return finding.Sort(found)
}

// covers reports whether the run lints all below the folder of the file.
func (r *Run) covers(c *Config) bool {
	return slices.ContainsFunc(r.Paths, func(path string) bool {
		full, err := filepath.Abs(path)
		rel, relErr := filepath.Rel(full, c.dir)
		return err == nil && relErr == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
	})
}

func (i *Ignore) finding(rule *rules.Rule, tree, message string) finding.Finding {
	return finding.Finding{
		Tree: tree, Rule: rule.ID, Severity: rule.Severity, Message: message,
		Effect: rule.Effect, Help: rule.Fix, Location: i.At.location(), Docs: rule.Docs(),
	}
}

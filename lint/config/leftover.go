package config

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
)

// Leftover reports the ignores that suppress nothing, for their day has passed or
// there is nothing to suppress. Of those that lie outside the run nothing is
// said. It is asked when every other finding has been applied.
func (r *Run) Leftover() []finding.Finding {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	var found []finding.Finding
	for _, c := range r.sorted() {
		seen := r.files[c]
		for _, i := range c.Ignores {
			switch {
			case i.Expired(r.Today):
				found = append(found, rules.ConfigIgnoreExpired.Finding(seen.tree, i.At.location(), "the ignore of %s ended on %s", i.Rule, i.Until))
			case !r.NoIgnores && !seen.used[i] && !i.comesLater() && (seen.seen[i] || r.covers(c)):
				found = append(found, rules.ConfigIgnoreUnused.Finding(seen.tree, i.At.location(), "the ignore of %s suppresses nothing", i.Rule))
			}
		}
	}
	return found
}

// comesLater is true for the rules whose findings are not known yet when the
// ignores that are left over are, and for what only preflight finds.
func (i *Ignore) comesLater() bool {
	if rules.IsLive(i.Rule) {
		return true
	}
	later := []*rules.Rule{rules.ConfigIgnoreExpired, rules.ConfigIgnoreUnused, rules.BaselineStale}
	return slices.ContainsFunc(later, func(r *rules.Rule) bool { return r.ID == i.Rule })
}

// covers reports whether the run lints all below the folder of the file.
func (r *Run) covers(c *Config) bool {
	return slices.ContainsFunc(r.Paths, func(path string) bool {
		if !filepath.IsAbs(path) {
			path = filepath.Join(c.work, path)
		}
		rel, err := filepath.Rel(path, c.dir)
		return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
	})
}

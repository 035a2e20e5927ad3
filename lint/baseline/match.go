package baseline

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
)

// Apply takes the findings that the baseline knows from the others; the list is
// used up. Stale is one finding for every entry that matches none, if its file
// lies below one of the paths that were linted.
func (b *Baseline) Apply(findings []finding.Finding, trees []finding.Tree, paths []string) (left []finding.Finding, suppressed []finding.Suppressed, stale []finding.Finding) {
	m := b.matcher()
	left, suppressed = finding.Suppress(findings, m.suppresses)
	for i, e := range b.Entries {
		if gone := m.left[i]; gone > 0 && b.within(e, paths) {
			stale = append(stale, b.stale(e, gone, trees))
		}
	}
	return left, suppressed, stale
}

// Prune takes out what matches nothing any more, and answers how many findings
// that were.
func (b *Baseline) Prune(findings []finding.Finding, paths []string) (gone int) {
	m := b.matcher()
	for _, f := range findings {
		m.suppresses(f)
	}
	var kept []Entry
	for i, e := range b.Entries {
		if b.within(e, paths) {
			gone += m.left[i]
			e.Count = e.count() - m.left[i]
			if e.Count == 0 {
				continue
			}
		}
		kept = append(kept, e)
	}
	b.Entries = kept
	return gone
}

// Update makes the findings the known ones. It keeps the reasons of those that
// were known, and what lies outside of the paths.
func (b *Baseline) Update(findings []finding.Finding, paths []string) {
	reasons := map[Key]string{}
	var entries []Entry
	for _, e := range b.Entries {
		if e.Reason != "" {
			reasons[e.Key] = e.Reason
		}
		if !b.within(e, paths) {
			entries = append(entries, e)
		}
	}
	count := map[Key]int{}
	for _, f := range findings {
		count[b.key(f)]++
	}
	for key, n := range count {
		entries = append(entries, Entry{Key: key, Count: n, Reason: reasons[key]})
	}
	b.Entries = entries
}

// matcher counts down how many findings each entry is still for.
type matcher struct {
	baseline *Baseline
	left     []int
	entries  map[Key][]int
}

func (b *Baseline) matcher() *matcher {
	m := &matcher{b, make([]int, len(b.Entries)), map[Key][]int{}}
	for i, e := range b.Entries {
		m.left[i] = e.count()
		m.entries[e.Key] = append(m.entries[e.Key], i)
	}
	return m
}

func (m *matcher) suppresses(f finding.Finding) (finding.Suppression, bool) {
	for _, i := range m.entries[m.baseline.key(f)] {
		if m.left[i] > 0 {
			m.left[i]--
			e := m.baseline.Entries[i]
			return finding.Suppression{By: "baseline", Reason: e.Reason, Location: e.at}, true
		}
	}
	return finding.Suppression{}, false
}

// stale is the finding for an entry of which so many findings are gone.
func (b *Baseline) stale(e Entry, gone int, trees []finding.Tree) finding.Finding {
	tree := ""
	for _, t := range trees {
		if (tree == "" || len(t.Path) > len(tree)) && b.within(e, []string{t.Path}) {
			tree = t.Path
		}
	}
	f := rules.BaselineStale.Finding(tree, e.at, "%s is gone from %s", e.Rule, e.File)
	if e.count() > 1 {
		f = rules.BaselineStale.Finding(tree, e.at, "%s: %d of %d are gone from %s", e.Rule, gone, e.count(), e.File)
	}
	if e.Property != "" {
		f.Message += ": " + strings.TrimSpace(e.Property)
	}
	return f
}

// Findings is how many findings the entries are for.
func (b *Baseline) Findings() int {
	n := 0
	for _, e := range b.Entries {
		n += e.count()
	}
	return n
}

// sorted are the entries in the order of the file.
func (b *Baseline) sorted() []Entry {
	entries := slices.Clone(b.Entries)
	slices.SortStableFunc(entries, compare)
	return entries
}

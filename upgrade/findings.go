package upgrade

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conftree"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// place tells findings of the two versions apart; messages name the version.
type place struct {
	rule, file, property string
	line, column         int
}

func placeOf(f finding.Finding) place {
	return place{f.Rule, f.File, f.Property, f.Line, f.Column}
}

// findings adds what rules find in the new version and not, or less badly, in
// the old one.
func (u *upgrade) findings() {
	known := map[place]finding.Severity{}
	for _, f := range rules.Lint(u.before, rules.Options{}).Findings {
		known[placeOf(f)] = max(known[placeOf(f)], f.Severity)
	}
	sources := map[string]string{}
	for _, r := range rules.All() {
		sources[r.ID] = r.Source
	}
	for _, f := range rules.Lint(u.after, rules.Options{}).Findings {
		if f.Severity > known[placeOf(f)] {
			u.items = append(u.items, u.item(f, sources[f.Rule]))
		}
	}
}

// item makes an item of a finding.
func (u *upgrade) item(f finding.Finding, source string) Item {
	i := Item{Kind: kindOf[f.Rule], Finding: f, Evidence: source}
	p, _ := schema.Lookup(inner(f.Property))
	switch i.Kind {
	case "":
		i.Kind = Other
	case Refused:
		i.Since = u.since(p.Refused.Releases.From)
	case Removed:
		if p != nil && p.Releases.Until > 0 {
			i.Since = u.since(p.Releases.Until + 1)
		}
		if f.Suggestion != "" {
			i.Kind = Renamed
		}
		i.Severity = max(i.Severity, finding.Warning) // somebody relied on the line until now
	case Deprecated:
		i.Since = u.since(p.Deprecated)
	case ClassRenamed:
		i.Since = u.since(13)
	}
	i.Services, i.Service = u.readers(f), ""
	i.Fix = u.rename(i, p)
	return i
}

// readers are the processes that see the line of a finding and are concerned.
func (u *upgrade) readers(f finding.Finding) []string {
	if f.Service != "" {
		return []string{f.Service}
	}
	file := fileOf(u.after, f.File)
	if file == nil {
		return nil
	}
	p, known := schema.Lookup(inner(f.Property))
	var names []string
	for _, s := range u.after.Readers(file) {
		if !known || s.Reads(p) {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func fileOf(t *conftree.Tree, path string) *conftree.File {
	if i := slices.IndexFunc(t.Files, func(f *conftree.File) bool { return f.Path == path }); i >= 0 {
		return t.Files[i]
	}
	return nil
}

// inner is the key that a task sees for a fork.property.
func inner(key string) string { return strings.TrimPrefix(key, forkPrefix) }

const forkPrefix = "druid.indexer.fork.property."

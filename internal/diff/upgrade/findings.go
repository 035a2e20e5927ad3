package upgrade

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
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
func (u *upgrade) findings(ctx context.Context) error {
	found, err := rules.LintAll(ctx, rules.Options{}, u.before, u.after)
	if err != nil {
		return err
	}
	known := map[place]finding.Severity{}
	for _, f := range found[0].Findings {
		known[placeOf(f)] = max(known[placeOf(f)], f.Severity)
	}
	byID := map[string]*rules.Rule{}
	for _, r := range rules.All() {
		byID[r.ID] = r
	}
	for _, f := range found[1].Findings {
		if f.Severity > known[placeOf(f)] {
			u.items = append(u.items, u.item(f, byID[f.Rule]))
		}
	}
	return nil
}

// item makes an item of a finding.
func (u *upgrade) item(f finding.Finding, r *rules.Rule) Item {
	i := Item{Kind: kindOf.Get()[f.Rule], Finding: f, Evidence: r.Source}
	p, _ := schema.Lookup(inner(f.Property))
	switch {
	case i.Kind == "":
		i.Kind = Other
	case i.Kind == Removed:
		if f.Suggestion != "" {
			i.Kind = Renamed
		}
		i.Severity = max(i.Severity, finding.Warning) // somebody relied on the line until now
	}
	i.Since = u.since(u.release(i, p, r))
	i.Services, i.Service = u.readers(f), ""
	i.Fix = u.rename(i, p)
	return i
}

// release is the one in which a finding begins, 0 where that is not known.
func (u *upgrade) release(i Item, p *schema.Property, r *rules.Rule) schema.Release {
	switch i.Kind {
	case Refused:
		return p.Refused.Releases.From
	case Removed, Renamed:
		if p != nil && p.Releases.Until > 0 {
			return p.Releases.Until + 1
		}
	case Deprecated:
		return p.Deprecated
	case ClassRenamed:
		return 13
	case ExtensionRemoved:
		if e, ok := schema.LookupExtension(path.Base(strings.Trim(u.textAt(i.Location), `"`))); ok && e.Releases.Until > 0 {
			return e.Releases.Until + 1
		}
	}
	return r.Releases.From
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

func fileOf(t *conf.Tree, path string) *conf.File {
	if i := slices.IndexFunc(t.Files, func(f *conf.File) bool { return f.Path == path }); i >= 0 {
		return t.Files[i]
	}
	return nil
}

// textAt is what stands in the file at a place.
func (u *upgrade) textAt(at finding.Location) string {
	f := fileOf(u.after, at.File)
	if f == nil || at.Line == 0 {
		return ""
	}
	return string(f.Data[f.Offset(at.Line, at.Column):f.Offset(at.EndLine, at.EndColumn)])
}

// inner is the key that a task sees for a fork.property.
func inner(key string) string { return strings.TrimPrefix(key, conf.ForkPrefix) }

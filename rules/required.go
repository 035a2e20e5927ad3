package rules

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

var requiredMissing = &Rule{
	ID: "prop-required-missing", Severity: finding.Error, Area: Properties,
	Title:    "A choice without a setting that it needs.",
	Why:      "Some choices have no default for what they need: without it they cannot work.",
	Effect:   "The process stops at start, or fails when it first uses the choice.",
	Fix:      "Set the property that is named.",
	Source:   "The constructors and @NotNull fields of the classes that hold the properties, 0.15.1 to 38; the schema names each",
	DefersTo: []string{"ext-storage-not-loaded", "prop-choice-value", "prop-wrong-service", "sec-auth-incomplete", "obs-request-log"},
	Check: func(p *Pass) {
		for _, s := range p.druidSettings() {
			if !s.Known() || p.idle(s) {
				continue
			}
			demands := slices.DeleteFunc(schema.Demands(s.Key, p.Release()), func(d schema.Demand) bool { return !p.unmet(s, d) })
			if len(demands) > 0 {
				p.reportMissing(s, demands)
			}
		}
	},
}

// consequences is what happens without a setting that is required, the worst
// first.
var consequences = []struct {
	then, effect string
	severity     finding.Severity
}{
	{"", "The process stops at start", finding.Error},
	{"task", "The process starts; its tasks fail", finding.Error},
	{"later", "The process starts, and fails when it first uses the choice", finding.Error},
	{"silent", "Nothing stops, and the choice does nothing", finding.Warning},
}

// reportMissing says all that a setting lacks at once.
func (p *Pass) reportMissing(s Setting, demands []schema.Demand) {
	var missing []string
	for _, d := range demands {
		missing = append(missing, anyOf(d.Names(s.Key)))
	}
	f := p.Report(Val(s.Value), "%s=%s needs %s", s.Key, s.Text, notSet(missing))
	f.Help = "Set " + text.List(missing) + "."
	for _, c := range consequences {
		i := slices.IndexFunc(demands, func(d schema.Demand) bool { return d.Then == c.then })
		if i < 0 {
			continue
		}
		f.Severity, f.Effect = c.severity, c.effect+"."
		if demands[i].Error != "" {
			f.Effect = c.effect + ": " + demands[i].Error
		}
		return
	}
}

// notSet lists what is missing.
func notSet(names []string) string {
	verb := "is"
	if len(names) > 1 {
		verb = "are"
	}
	return text.List(names) + ", which " + verb + " not set"
}

// unmet reports whether one of the processes that see a setting lacks what it
// requires.
func (p *Pass) unmet(s Setting, d schema.Demand) bool {
	if len(s.Services) == 0 {
		return p.lacks(s, nil, d)
	}
	return slices.ContainsFunc(s.Services, func(svc *conf.Service) bool { return p.lacks(s, svc, d) })
}

// lacks reports whether a process, or the tree where it has none, must have a
// property that it does not have.
func (p *Pass) lacks(s Setting, svc *conf.Service, d schema.Demand) bool {
	get := p.Tree.Get
	if svc != nil {
		get = svc.Get
		if !svc.Reads(d.Property) || !svc.Applies(s.Property, s.Key) {
			return false
		}
	}
	if extension := cmp.Or(p.extensionFor(s), d.Property.Extension); extension != "" && !slices.Contains(p.extensions(get), extension) {
		return false // the choice does not exist
	}
	if v := get(s.Key); v.File != s.File || v.Span != s.Span {
		return false // another place says otherwise
	}
	return d.Holds(s.Key, func(key string) (string, bool) { v := get(key); return v.Text, v.Known() }) &&
		!slices.ContainsFunc(d.Names(s.Key), func(name string) bool { return p.given(name, svc, get) })
}

// extensions are those that are known to be loaded.
func (p *Pass) extensions(get func(string) conf.Value) []string {
	names, _ := get(loadListKey).Strings()
	for i, name := range names {
		names[i] = path.Base(name)
	}
	return names
}

// given reports whether a property is set, by itself, by its members or as a
// member of a JSON object; or has a default that is not an empty list or object.
func (p *Pass) given(name string, svc *conf.Service, get func(string) conf.Value) bool {
	v := get(name)
	if nothing := !v.Set && (v.Text == "[]" || v.Text == "{}"); !nothing && (!v.Absent() || v.Text != "" || v.Formula != "") {
		return true
	}
	for parent := name; strings.Contains(parent, "."); {
		i := strings.LastIndexByte(parent, '.')
		member := parent[i+1:]
		parent = parent[:i]
		if v := get(parent); v.Set && strings.Contains(v.Text, `"`+member+`"`) {
			return true
		}
	}
	return slices.ContainsFunc(p.settings, func(s Setting) bool {
		return strings.HasPrefix(s.Key, name+".") && (svc == nil || slices.Contains(s.Services, svc))
	})
}

// anyOf joins names of which one will do.
func anyOf(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "one of " + strings.Join(names, ", ")
}

package suppress

import (
	"slices"
	"time"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/rules"
)

// admit says which rules a directive silences, and what is wrong with it.
func (o Options) admit(t *conf.Tree, d Directive) (all []*comment, problems []finding.Finding) {
	at := rules.At(d.File, d.Span).Location()
	report := func(r *rules.Rule, format string, args ...any) *finding.Finding {
		problems = append(problems, r.Finding(t.Path, at, format, args...))
		return &problems[len(problems)-1]
	}
	works := o.complete(d, report)
	for _, name := range d.Rules {
		switch {
		case !o.known(name):
			f := report(rules.SuppressUnknownRule, "no rule is called %q", name)
			if near, ok := o.nearest(name); ok {
				f.Message += "; did you mean " + near + "?"
				f.Suggestion = near
			}
		case o.Locked != nil && o.Locked(name):
			report(rules.SuppressLocked, "%s is locked", name)
		case works:
			all = append(all, &comment{rule: name, reason: d.Reason, at: at, wholeFile: d.WholeFile, first: d.First, last: d.Last})
		}
	}
	return all, problems
}

// complete checks what a directive says besides the names.
func (o Options) complete(d Directive, report func(*rules.Rule, string, ...any) *finding.Finding) bool {
	if len(d.Rules) == 0 {
		report(rules.SuppressUnknownRule, "the comment names no rule")
	}
	if d.Reason == "" {
		report(rules.SuppressWithoutReason, "the comment gives no reason")
	}
	if d.Until == "" {
		return d.Reason != ""
	}
	if _, err := time.Parse(time.DateOnly, d.Until); err != nil {
		report(rules.SuppressExpired, "%q is not a date: write it as 2027-03-31", d.Until)
		return false
	}
	if d.Until < o.Today {
		report(rules.SuppressExpired, "the comment held until %s", d.Until)
		return false
	}
	return d.Reason != ""
}

// maxSuggestions is how many unknown names of a tree are compared with all rules.
const maxSuggestions = 300

// prepare sets what is looked at for every name.
func (o *Options) prepare() {
	most := maxSuggestions
	o.near, o.names = &most, map[string]bool{}
	for _, name := range o.Policies {
		o.names[name] = true
	}
}

func (o Options) known(name string) bool {
	_, ok := rules.Lookup(name)
	return ok || o.names[name] || rules.IsLive(name)
}

func (o Options) nearest(name string) (string, bool) {
	if *o.near == 0 {
		return "", false
	}
	*o.near--
	names := slices.Clone(o.Policies)
	for _, r := range rules.All() {
		names = append(names, r.ID)
	}
	return text.Nearest(name, names)
}

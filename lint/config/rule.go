package config

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/rules"
)

// Change is what a file makes of a rule: another severity, or off for a reason.
type Change struct {
	// Severity is 0 for off.
	Severity finding.Severity
	Reason   string
	From     Origin
}

// Off reports whether the rule is off.
func (c Change) Off() bool { return c.Severity == 0 }

// String is the severity, or off.
func (c Change) String() string {
	if c.Off() {
		return "off"
	}
	return c.Severity.String()
}

const offNeedsReason = "off needs a reason, for those who ask later: write {severity: off, reason: ...}"

var changeFields = lazy.Value[fields[Change]]{New: func() fields[Change] {
	return fields[Change]{
		"severity": func(r *reader, c *Change, n *syntax.Node) { c.Severity = r.severity(n) },
		"reason":   func(r *reader, c *Change, n *syntax.Node) { c.Reason = r.text(n) },
	}
}}

// change reads what becomes of a rule.
func (r *reader) change(m syntax.Member) Change {
	c := Change{From: r.config.origin(m.KeySpan.Start)}
	if m.Value.Kind != syntax.Object {
		c.Severity = r.severity(m.Value)
	} else {
		readObject(r, m.Value, "a rule", changeFields.Get(), &c)
		if _, ok := m.Value.Get("severity"); !ok {
			r.failKey(m, "say which severity: %s", strings.Join(severities, ", "))
			return c
		}
	}
	if severity, ok := m.Value.Get("severity"); (m.Value.Text == "off" || ok && severity.Text == "off") && c.Reason == "" {
		r.failKey(m, offNeedsReason)
	}
	return c
}

// severity reads error, warning, info or off, which is 0.
func (r *reader) severity(n *syntax.Node) finding.Severity {
	given := r.text(n)
	if given == "" || given == "off" {
		return 0
	}
	s, err := finding.ParseSeverity(given)
	if err != nil {
		near, _ := text.Nearest(given, severities)
		r.fail(n, "unknown severity: %s", didYouMean(near, severities))
	}
	return s
}

var severities = []string{"error", "warning", "info", "off"}

// rule reads the name of a rule.
func (r *reader) rule(n *syntax.Node) string { return r.ruleName(r.text(n), n.Span) }

// ruleName answers the name, or nothing if no rule is called so.
func (r *reader) ruleName(name string, at syntax.Span) string {
	if name == "" || r.full() {
		return ""
	}
	if _, ok := rules.Lookup(name); ok || rules.IsLive(name) {
		return name
	}
	f := foreign{name, r.config.origin(at.Start)}
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		r.problems = append(r.problems, f.problem()) // no policy can call a rule so
		return ""
	}
	r.config.foreign = append(r.config.foreign, f)
	return name
}

// foreign is a name that is no rule of ours. It may be one of a policy.
type foreign struct {
	name string
	at   Origin
}

// problem is what is wrong if it is none of a policy either.
func (f foreign) problem() Problem {
	hint := "see implycheck rules"
	if near, ok := text.Nearest(f.name, ruleNames()); ok {
		hint = didYouMean(near, nil)
	}
	return Problem{f.at, "unknown rule: " + hint}
}

// CheckRules reports the names of rules that are neither ours nor those of the
// file's policies, which are given.
func (c *Config) CheckRules(ofPolicies []string) error {
	var problems Problems
	for _, f := range c.foreign {
		if len(problems) < maxProblems && !slices.Contains(ofPolicies, f.name) {
			problems = append(problems, f.problem())
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return problems
}

func ruleNames() []string {
	names := make([]string, 0, len(rules.All()))
	for _, rule := range rules.All() {
		names = append(names, rule.ID)
	}
	return names
}

package config

import (
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// Settings are what is effective for one path: a tree, or a file in it.
type Settings struct {
	// Target is nil where the tree is to tell.
	Target     *schema.Target
	Deployment string
	Topology   rules.Topology
	FailOn     finding.Severity
	Baseline   string
	// Facts are all of it, with where each came from, and Rules the changes to
	// rules.
	Facts []Fact
	Rules map[string]Change

	config *Config
}

// defaults are the lowest layer.
var defaults = []Fact{
	{Name: "target", Value: "auto"}, {Name: "deployment", Value: "auto"}, {Name: "fail-on", Value: "error"},
}

// For gives the settings for a path, as users write it, with flags on top.
func (c *Config) For(path string, flags ...Fact) Settings {
	s := Settings{Rules: map[string]Change{}, config: c}
	facts := stack{}
	facts.add(defaults)
	for _, b := range c.blocks(path) {
		facts.add(b.facts)
		for rule, change := range b.rules {
			s.Rules[rule] = change
		}
	}
	facts.add(flags)
	s.resolve(facts)
	return s
}

// blocks are those that hold for a path, the strongest last.
func (c *Config) blocks(path string) []block {
	list := []block{c.block}
	if len(c.paths) == 0 {
		return list
	}
	path = c.relative(path)
	for _, e := range c.paths {
		if _, ok := matching(e.globs, path); ok {
			list = append(list, e.block)
		}
	}
	return list
}

// resolve puts the facts in their places. They were tried when they were read.
func (s *Settings) resolve(facts stack) {
	for _, known := range setters.Get() {
		if f, ok := facts[key{known.name, ""}]; ok {
			_ = known.set(s, f.Value)
			s.Facts = append(s.Facts, f)
		}
	}
	s.Topology.Machines = map[string]sizing.Machine{}
	for _, role := range append([]string{""}, Roles...) {
		if m, ok := facts.machine(role); ok {
			s.Topology.Machines[role] = m
		}
		for _, h := range hardware {
			if f, ok := facts[key{h.name, role}]; ok {
				s.Facts = append(s.Facts, f)
			}
		}
	}
}

// Origin is where a fact comes from.
func (s Settings) Origin(name string) Origin {
	for _, f := range s.Facts {
		if f.Name == name {
			return f.From
		}
	}
	return Origin{}
}

// Excluded reports whether a file or tree is excluded.
func (s Settings) Excluded(path string) bool {
	_, ok := s.config.excluded(path)
	return ok
}

// Locked reports whether no comment may silence a rule.
func (s Settings) Locked(rule string) bool { return s.config.Locked(rule) }

// BaselineFile is the file of known findings, as the user or the config file
// names it.
func (s Settings) BaselineFile() disk.Name {
	if s.Origin("baseline").File != "" {
		return s.config.Baseline.Name
	}
	return disk.User(s.Baseline)
}

// Policies are the files of policies.
func (s Settings) Policies() []Path { return s.config.Policies }

func (c *Config) excluded(path string) (Glob, bool) {
	if len(c.Exclude) == 0 {
		return Glob{}, false
	}
	return matching(c.Exclude, c.relative(path))
}

// Config is the file that the settings come from; an empty one if there is
// none.
func (s Settings) Config() *Config { return s.config }

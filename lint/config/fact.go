package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// Fact is one thing that is said of trees. A flag of lint of the same name says
// the same.
type Fact struct {
	// Name is target, deployment, fail-on, baseline, or one of topology.
	Name string
	// Role is the kind of server that a fact of hardware is about; empty for all.
	Role  string
	Value string
	From  Origin
}

// Roles are the kinds of servers.
var Roles = []string{"master", "query", "data"}

// Deployments are where processes run.
var Deployments = []string{"auto", "single", "cluster"}

// setters put facts into settings; the order is that of show.
var setters = lazy.Value[[]setter]{New: func() []setter {
	return []setter{
		{"target", func(s *Settings, value string) error {
			if s.Target = nil; value == "auto" {
				return nil
			}
			t, err := schema.ParseTarget(value)
			s.Target = &t
			return err
		}},
		{"deployment", func(s *Settings, value string) error {
			s.Deployment = value
			if !slices.Contains(Deployments, value) {
				near, _ := text.Nearest(value, Deployments)
				return fmt.Errorf("unknown %q: %s", value, didYouMean(near, Deployments))
			}
			return nil
		}},
		{"masters", count(func(t *rules.Topology) *int64 { return &t.Masters })},
		{"query-servers", count(func(t *rules.Topology) *int64 { return &t.QueryServers })},
		{"data-servers", count(func(t *rules.Topology) *int64 { return &t.DataServers })},
		{"brokers", count(func(t *rules.Topology) *int64 { return &t.Brokers })},
		{"java", func(s *Settings, value string) (err error) {
			s.Topology.Java, err = strconv.Atoi(value)
			if err != nil || s.Topology.Java < 0 || s.Topology.Java > 100 {
				return fmt.Errorf("%q is not a version of Java: write 8, 11, 17 or 21", value)
			}
			return nil
		}},
		{"fail-on", func(s *Settings, value string) (err error) {
			s.FailOn, err = finding.ParseSeverity(value)
			return err
		}},
		{"baseline", func(s *Settings, value string) error { s.Baseline = value; return nil }},
	}
}}

type setter struct {
	name string
	set  func(s *Settings, value string) error
}

func count(of func(*rules.Topology) *int64) func(*Settings, string) error {
	return func(s *Settings, value string) error {
		n, err := strconv.ParseInt(value, 10, 32)
		if err != nil || n < 0 {
			return fmt.Errorf("%s is not a number of servers", value)
		}
		*of(&s.Topology) = n
		return nil
	}
}

type hardwareFact struct {
	name string
	set  func(m *sizing.Machine, value string) error
}

// hardware are the facts of one kind of server: an instance first, so that the
// others can correct it.
var hardware = []hardwareFact{
	{"instance", func(m *sizing.Machine, value string) error {
		i, err := sizing.LookupInstance(value)
		*m = i.Machine()
		return err
	}},
	{"cores", func(m *sizing.Machine, value string) (err error) {
		if m.Cores, err = strconv.ParseInt(value, 10, 32); err != nil || m.Cores < 1 {
			return fmt.Errorf("%q is not a number of cores", value)
		}
		return nil
	}},
	{"memory", func(m *sizing.Machine, value string) (err error) {
		m.Memory, _, err = text.ParseMemory(value)
		return err
	}},
	{"disk", func(m *sizing.Machine, value string) (err error) { m.Disks, err = sizing.ParseDisks(value); return err }},
}

// Check tries the value.
func (f Fact) Check() error {
	for _, known := range setters.Get() {
		if known.name == f.Name {
			return known.set(&Settings{}, f.Value)
		}
	}
	for _, known := range hardware {
		if known.name == f.Name {
			return known.set(&sizing.Machine{}, f.Value)
		}
	}
	return fmt.Errorf("no fact is called %q", f.Name)
}

// key tells facts apart.
type key struct{ name, role string }

// stack is the last fact of each kind.
type stack map[key]Fact

// add lays a layer over those below. What it says of all servers covers what
// they say of some, and an instance covers the hardware that corrected another.
func (s stack) add(layer []Fact) {
	for _, f := range layer {
		maps.DeleteFunc(s, func(k key, _ Fact) bool {
			corrected := f.Name == "instance" && slices.Contains([]string{"cores", "memory", "disk"}, k.name)
			return (k.name == f.Name || corrected) && (f.Role == "" || f.Role == k.role)
		})
	}
	for _, f := range layer {
		s[key{f.Name, f.Role}] = f
	}
}

// machine is the hardware of a role: what is said of all servers, then what is
// said of those.
func (s stack) machine(role string) (m sizing.Machine, known bool) {
	for _, role := range slices.Compact([]string{"", role}) {
		for _, h := range hardware {
			if f, ok := s[key{h.name, role}]; ok {
				known = h.set(&m, f.Value) == nil
			}
		}
	}
	return m, known
}

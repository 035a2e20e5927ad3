package preflight

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/ports"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// Pass is one check at work on one host.
type Pass struct {
	Tree       *conf.Tree
	Deployment conf.Deployment
	// Services are the processes that run on the host.
	Services []*conf.Service
	// Told is set where somebody says which processes those are, or there is one
	// machine. Without it nothing can be said of what they take together.
	Told bool
	// Host is the machine's name, empty where there is one.
	Host string
	// Home is the folder that the processes are started in, which may be guessed; User
	// is who they run as.
	Home, User string
	Guessed    bool
	// Probe is set where checks may write and take it away again.
	Probe bool
	// TimeServers are asked for the time.
	TimeServers []string
	// Peers are the addresses of servers by their role.
	Peers map[string][]string

	apart  bool // the processes are in containers, and this is none
	check  *Check
	rows   []*Row
	opened []ports.Listener  // of listeners, once they are known
	found  map[string][]Need // of once
}

// Row is a line of the table.
type Row struct {
	check *Check
	finding.Check
	// Message is the sentence of the finding, Help what to do; the rule's own,
	// where it is empty.
	Message, Help string
	Service       string
	Property      string

	question string // that was answered
}

// Pass says that something is as it has to be.
func (p *Pass) Pass(a Asked, required, current string) {
	if p.apart && p.check.of == ofContainer {
		p.Unknown(a, required, current+isApart)
		return
	}
	p.row(a, finding.Pass, required, current)
}

// isApart is why something here says nothing of there.
const isApart = " on this machine, and Druid runs in containers: run this in one"

// Warn says that something works badly, or not for long.
func (p *Pass) Warn(a Asked, required, current, format string, args ...any) *Row {
	return p.say(a, finding.Warn, required, current, format, args)
}

// Fail says that a process will not start, or lose data.
func (p *Pass) Fail(a Asked, required, current, format string, args ...any) *Row {
	return p.say(a, finding.Fail, required, current, format, args)
}

// Unknown says why something could not be found out.
func (p *Pass) Unknown(a Asked, required, why string) *Row {
	r := p.say(a, finding.CannotSay, required, why, "%s: could not tell: %s", []any{a.Target, why})
	r.Help = "Look at it by hand, or run this where and as whom it can be seen."
	return r
}

func (p *Pass) say(a Asked, v finding.Verdict, required, current, format string, args []any) *Row {
	if v == finding.Fail && a.Relative && p.Guessed {
		return p.Unknown(a, required, current+", if Druid is started in "+p.Home+": --home says where")
	}
	isThere := p.check.of == ofMachine || p.check.of == ofNetwork && a.Problem == nil
	if p.apart && v != finding.CannotSay && !isThere {
		return p.Unknown(a, required, current+isApart)
	}
	r := p.row(a, v, required, current)
	r.Message, r.Help = fmt.Sprintf(format, args...), p.check.Fix
	return r
}

func (p *Pass) row(a Asked, v finding.Verdict, required, current string) *Row {
	r := &Row{check: p.check, question: a.Question.Name, Service: a.At.Service, Property: a.At.Property, Check: finding.Check{
		Tree: p.Tree.Path, Rule: p.check.ID, Host: p.Host, Target: a.Target, Required: required, Current: current, Verdict: v,
		Milliseconds: a.Milliseconds, Location: a.At.Location(),
	}}
	p.rows = append(p.rows, r)
	return r
}

// at is the place of a value in a process, or in the whole tree.
func (p *Pass) at(s *conf.Service, v conf.Value) rules.Place {
	return rules.Place(p.Tree.Where(s, v)).Of(s)
}

// hosts is a need that the kernel answers, for all processes of the host.
func (p *Pass) kernel(target string) []Need {
	return []Need{{Question: facts.Question{Name: "host", Host: &facts.Host{}}, Target: target, At: p.anchor()}}
}

// anchor is where something about the whole machine is said: the jvm.config, or else
// another file, of its first process.
func (p *Pass) anchor() rules.Place {
	for _, s := range p.Services {
		if f := cmp.Or(s.JVM, s.Runtime, s.Common); f != nil {
			return rules.In(f)
		}
	}
	if p.Tree.Common != nil {
		return rules.In(p.Tree.Common)
	}
	return rules.Place{}
}

// plays are the processes of the host that play one of some roles.
func (p *Pass) plays(roles ...string) []*conf.Service {
	var list []*conf.Service
	for _, s := range p.Services {
		if slices.ContainsFunc(roles, s.Plays) {
			list = append(list, s)
		}
	}
	return list
}

// keeps reports whether the host keeps segments or runs tasks.
func (p *Pass) keeps() bool {
	return len(p.plays("historical", "indexer", "realtime")) > 0 || slices.ContainsFunc(p.Services, (*conf.Service).RunsTasks)
}

// property is the value of -Dname in the first process of the host that has one.
func (p *Pass) property(name string) string {
	for _, s := range p.Services {
		if f, ok := property(s, name); ok && f.Value != "" {
			return f.Value
		}
	}
	return ""
}

// releases are those that the tree may be written for.
func (p *Pass) releases() schema.Range {
	if p.Tree.Told {
		return p.Tree.Possible
	}
	return schema.Range{From: schema.Oldest, Until: schema.Newest}
}

// before reports whether the tree is written for a release before another.
func (p *Pass) before(r schema.Release) bool { return p.releases().Newest() < r }

// read is a value that a release reads which the tree may be written for; another does
// not count.
func (p *Pass) read(key string) conf.Value {
	if known, ok := schema.Lookup(key); ok && p.before(known.Releases.Oldest()) {
		return conf.Value{Key: key}
	}
	return p.Tree.Shared(key)
}

// names are those of processes, for people.
func names(list []*conf.Service) string {
	var all []string
	for _, s := range list {
		if !slices.Contains(all, s.Name) {
			all = append(all, s.Name)
		}
	}
	return text.List(all)
}

// path is what a path of the configuration is on the machine.
func (p *Pass) path(name string) string {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "file://"), "file:")
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(p.Home, name)
}

// usable reports whether a value is written, known and not empty.
func usable(v conf.Value) bool { return v.Set && v.Known() && strings.TrimSpace(v.Text) != "" }

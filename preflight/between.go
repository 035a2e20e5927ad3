package preflight

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

func betweenChecks() []*Check { return []*Check{liveSameFiles, liveSameClock} }

// Between are all hosts of a cluster.
type Between struct {
	// Pass says rows, of the cluster as a whole.
	*Pass
	Hosts []Gathered
}

// Gathered is a host with its answers by name.
type Gathered struct {
	Name    string
	Answers map[string]facts.Answer

	own *Pass // with which it is judged by itself
}

// judgeHosts judges hosts that were gathered: each by itself, and then together.
func (r *run) judgeHosts() (*finding.Report, error) {
	var passes []*Pass
	all, err := r.pass(nil)
	if err != nil {
		return nil, err
	}
	all.Host = "all hosts"
	b := &Between{Pass: all}
	for i, g := range r.Hosts {
		if slices.ContainsFunc(r.Hosts[:i], func(other facts.Gathered) bool { return other.Host == g.Host }) {
			return nil, fmt.Errorf("--hosts: two files are of %s: gather each host once", g.Host)
		}
		p, err := r.pass(g.Role)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", g.Host, err)
		}
		p.Host, p.Home, p.Guessed, p.User, p.Probe, p.TimeServers, p.Peers = g.Host, g.Home, g.Guessed, g.User, g.Probe, g.TimeServers, g.Peers
		host := Gathered{Name: g.Host, Answers: map[string]facts.Answer{}, own: p}
		for _, a := range g.Answers {
			host.Answers[a.Name] = a
		}
		r.judge(p, r.needs(p), host.Answers)
		passes, b.Hosts = append(passes, p), append(b.Hosts, host)
	}
	for _, c := range r.checks {
		if b.check = c; c.Between != nil && len(b.Hosts) > 1 {
			c.Between(b)
		}
	}
	return r.report(append(passes, all)...)
}

var liveSameFiles = &Check{
	Rule: rules.Rule{
		ID: "live-same-files", Severity: finding.Warning,
		Title:  "The files of the configuration differ between hosts.",
		Why:    "All servers read the same _common folder, and those of a role the same files; a copy that was forgotten is found by nobody.",
		Effect: "Processes of one role work differently, or do not find each other.",
		Fix:    "Copy the tree to every host again.",
		Source: "SHA-256 of every file of the tree, on each host",
	},
	Needs: func(p *Pass) []Need {
		q := &facts.Digest{Paths: map[string]string{}}
		for _, f := range p.Tree.Files {
			if path, err := filepath.Abs(f.Path); err == nil && !f.Made() {
				q.Paths[p.Tree.Within(f)] = path
			}
		}
		if len(q.Paths) == 0 {
			return nil
		}
		return []Need{{Question: facts.Question{Name: "files", Digest: q}, Target: "files"}}
	},
	Between: compareFiles,
}

// compareFiles compares the files of hosts by their names in the tree, which may lie
// elsewhere on each.
func compareFiles(b *Between) {
	sums := map[string]map[string][]string{}
	for _, h := range b.Hosts {
		a, ok := h.Answers["files"]
		if !ok || a.Digest == nil {
			b.Unknown(Asked{Need: Need{Target: h.Name}}, "the same files", "its files were not gathered")
			continue
		}
		for name, sum := range a.Digest.Files {
			if sums[name] == nil {
				sums[name] = map[string][]string{}
			}
			sums[name][sum] = append(sums[name][sum], h.Name)
		}
	}
	var differ []string
	for name, by := range sums {
		if len(by) > 1 {
			differ = append(differ, name)
		}
	}
	slices.Sort(differ)
	for _, name := range differ {
		var groups []string
		for _, hosts := range sums[name] {
			slices.Sort(hosts)
			groups = append(groups, strings.Join(hosts, ", "))
		}
		slices.Sort(groups)
		b.Warn(Asked{Need: Need{Target: name}}, "the same on all hosts", strings.Join(groups, " | "), "%s differs between %s", name, strings.Join(groups, " and "))
	}
	if len(differ) == 0 {
		b.Pass.Pass(Asked{Need: Need{Target: fmt.Sprintf("%d files", len(sums))}}, "the same on all hosts", "the same")
	}
}

var liveSameClock = &Check{
	Rule: rules.Rule{
		ID: "live-same-clock", Severity: finding.Error,
		Title:  "The clocks of two hosts differ.",
		Why:    "Each host's clock was compared with the same third one, of a time server or of the metadata store: so they compare with each other, whenever each was asked.",
		Effect: "Hand-offs wait, and tokens are refused.",
		Fix:    "Keep all clocks right with chronyd or systemd-timesyncd.",
		Source: "the offsets of live-clock-offset and live-db-clock",
	},
	Between: compareClocks,
}

// compareClocks compares what hosts are off from a clock that several have asked.
func compareClocks(b *Between) {
	off := map[string]map[string]int64{}
	note := func(clock, host string, ms int64) {
		if off[clock] == nil {
			off[clock] = map[string]int64{}
		}
		off[clock][host] = ms
	}
	for _, h := range b.Hosts {
		for name, a := range h.Answers {
			switch {
			case a.Time != nil:
				note(name, h.Name, a.Time.MS)
			case a.Database != nil:
				note(a.Database.Server, h.Name, a.Database.OffsetMS)
			}
		}
	}
	compared := false
	for clock, by := range off {
		if len(by) < 2 {
			continue
		}
		compared = true
		first, last := extremes(by)
		a := Asked{Need: Need{Target: first + " and " + last}}
		b.judgeApart(a, clock, first, last, time.Duration(by[last]-by[first])*time.Millisecond)
	}
	if !compared {
		b.Unknown(Asked{Need: Need{Target: "clocks"}}, "within 1 s", "no two hosts have asked the same clock: gather with --time-server")
	}
}

// extremes are the hosts whose clocks are the least and the most behind.
func extremes(by map[string]int64) (first, last string) {
	for host, ms := range by {
		if first == "" || ms < by[first] || ms == by[first] && host < first {
			first = host
		}
		if last == "" || ms > by[last] || ms == by[last] && host > last {
			last = host
		}
	}
	return first, last
}

func (b *Between) judgeApart(a Asked, clock, first, last string, apart time.Duration) {
	current := fmt.Sprintf("%s apart, by %s", apart, clock)
	switch {
	case apart > time.Minute:
		b.Fail(a, "within 1 s", current, "the clock of %s is %s behind that of %s", last, apart, first)
	case apart > 2*time.Second:
		b.Warn(a, "within 1 s", current, "the clock of %s is %s behind that of %s", last, apart, first)
	default:
		b.Pass.Pass(a, "within 1 s", current)
	}
}

// compareShared compares what local deep storage is on.
func compareShared(b *Between) {
	sources, servers := map[string][]string{}, map[string]bool{}
	known := true
	for _, h := range b.Hosts {
		for _, d := range h.own.dirs() {
			a, ok := h.Answers["folder "+d.path]
			if d.use != "deep storage" || !ok || a.Folder == nil {
				continue
			}
			kind, server, within := sourceOf(a.Folder)
			source := kind + " " + server + within
			sources[source] = append(sources[source], h.Name)
			servers[kind+" "+server] = true
			known = known && ofNet(kind)
		}
	}
	if len(sources) < 2 {
		return
	}
	var groups []string
	for source, hosts := range sources {
		slices.Sort(hosts)
		groups = append(groups, strings.Join(hosts, ", ")+" on "+source)
	}
	slices.Sort(groups)
	a, all := Asked{Need: Need{Target: "deep storage"}}, strings.Join(groups, "; ")
	if known && len(servers) > 1 {
		b.Unknown(a, "one shared file system", all+": whether this is one server under several names is not known")
		return
	}
	b.Fail(a, "one shared file system", all, "deep storage is not the same: %s", all)
}

// sourceOf is what a folder is of a file system: filer: and /druid/segments of a folder
// segments where filer:/druid is mounted. A server may have several names.
func sourceOf(f *facts.Place) (kind, server, within string) {
	m := f.Mount
	end := strings.LastIndexByte(m.Source, ':') + 1
	if rel, err := filepath.Rel(m.Point, f.Path); end > 0 && err == nil && filepath.IsLocal(rel) {
		return m.Kind, m.Source[:end], path.Join(m.Source[end:], rel)
	}
	return m.Kind, m.Source[:end], m.Source[end:]
}

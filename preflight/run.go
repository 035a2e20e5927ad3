package preflight

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/internal/text/mask"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

// Options say what to check, and where.
type Options struct {
	Tree       *conf.Tree
	Deployment conf.Deployment
	// Roles are what runs on this machine: master, query, data, or processes.
	Roles []string
	// Only and Skip choose checks by their IDs; * stands for any text.
	Only, Skip []string
	Timeout    time.Duration
	// Home is the folder that the processes are started in; the one above the tree
	// if it is empty. User is who they run as; whoever asks, if it is empty.
	Home, User string
	// TimeServers are asked for the time. Peers are the addresses of servers by role.
	TimeServers []string
	Peers       map[string][]string
	// ProbeWrites lets checks write and take it away again.
	ProbeWrites bool
	// RequireKnown makes an error of what could not be found out.
	RequireKnown bool
	// Ask finds answers, each of which it may hand on once.
	Ask func(ctx context.Context, r facts.Request, answer func(facts.Answer)) error
	// Hosts are judged in place of this machine.
	Hosts []facts.Gathered
	// Progress, if not nil, is called with every answer.
	Progress func(done, all int)
	Tool     finding.Tool
	// Announce, if not nil, is told what will be written and taken away again.
	Announce func(what []string)
	// Config are the configuration files, and what flags say in their place.
	Config *config.Run
}

// run is a run at work.
type run struct {
	Options
	// guessed is set where nobody says what Home is.
	guessed bool
	checks  []*Check
}

// Run checks this machine, or the hosts that were gathered. It fails where nothing can be
// judged: options that do not fit, nobody who asks, a context that ends. What one check
// cannot find out is unknown in its row.
func Run(ctx context.Context, o Options) (*finding.Report, error) {
	r, err := prepare(o)
	if err != nil {
		return nil, err
	}
	if len(o.Hosts) > 0 {
		return r.judgeHosts()
	}
	p, err := r.pass(o.Roles)
	if err != nil {
		return nil, err
	}
	needs := r.needs(p)
	asked := needs
	if r.Tree.InContainers() {
		asked = append(slices.Clone(needs), p.kernel("")) // whether this is one, whatever else is asked
	}
	answers, err := r.ask(ctx, asked)
	if err != nil {
		return nil, err
	}
	r.judge(p, needs, answers)
	return r.report(p)
}

// Gather asks what a run would ask, and judges nothing. It fails as Run does.
func Gather(ctx context.Context, o Options) (facts.Gathered, error) {
	g := facts.Gathered{Version: facts.Version, Tool: o.Tool.Version, Tree: o.Tree.Path, Role: o.Roles}
	r, err := prepare(o)
	if err != nil {
		return g, err
	}
	p, err := r.pass(o.Roles)
	if err != nil {
		return g, err
	}
	g.Home, g.Guessed, g.User, g.Probe, g.TimeServers, g.Peers = r.Home, r.guessed, r.User, r.ProbeWrites, r.TimeServers, r.Peers
	answers, err := r.ask(ctx, append(r.needs(p), p.kernel(""))) // the host's name, whatever else is asked
	for _, a := range answers {
		if a.Host != nil {
			g.Host = a.Host.Name
		}
		g.Answers = append(g.Answers, mask.Each(a, o.Tree.Masker().Known))
	}
	slices.SortFunc(g.Answers, func(a, b facts.Answer) int { return strings.Compare(a.Name, b.Name) })
	return g, err
}

func prepare(o Options) (*run, error) {
	r := &run{Options: o, guessed: o.Home == ""}
	if home, err := filepath.Abs(o.Home); err == nil {
		r.Home = home
	}
	if r.guessed {
		r.Home = homeOf(o.Tree.Path)
	}
	if err := errors.Join(match("--only", o.Only), match("--skip", o.Skip)); err != nil {
		return nil, err
	}
	for _, c := range All() {
		if (len(o.Only) == 0 || chosen(o.Only, c.ID)) && !chosen(o.Skip, c.ID) {
			r.checks = append(r.checks, c)
		}
	}
	if len(r.checks) == 0 {
		return nil, errors.New("--skip leaves no check")
	}
	return r, nil
}

// homeOf is the folder that holds the nearest folder conf, or conf-quickstart, of a
// tree; without one the folder above the tree.
func homeOf(tree string) string {
	path, err := filepath.Abs(tree)
	if err != nil {
		return filepath.Dir(tree)
	}
	for dir := path; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if name := filepath.Base(dir); name == "conf" || strings.HasPrefix(name, "conf-") {
			return filepath.Dir(dir)
		}
	}
	return filepath.Dir(path)
}

func chosen(patterns []string, id string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		is, _ := path.Match(pattern, id) // what is no pattern matches nothing
		return is
	})
}

// match refuses names of no check.
func match(flag string, patterns []string) error {
	var ids []string
	for _, c := range All() {
		ids = append(ids, c.ID)
	}
	for _, pattern := range patterns {
		if slices.ContainsFunc(ids, func(id string) bool { return chosen([]string{pattern}, id) }) {
			continue
		}
		hint := "; implycheck rules --area preflight lists them"
		if slices.ContainsFunc(ids, func(id string) bool { return strings.HasPrefix(id, pattern+"-") }) {
			hint = fmt.Sprintf("; did you mean '%s-*'?", pattern)
		} else if near, ok := text.Nearest(pattern, ids); ok {
			hint = "; did you mean " + near + "?"
		}
		return fmt.Errorf("%s: no check is called %q%s", flag, pattern, hint)
	}
	return nil
}

// pass is a host with the processes of some roles.
func (r *run) pass(roles []string) (*Pass, error) {
	p := &Pass{
		Tree: r.Tree, Deployment: r.Deployment, Home: r.Home, User: r.User, Probe: r.ProbeWrites,
		TimeServers: r.TimeServers, Peers: r.Peers, Guessed: r.guessed,
		Services: r.Tree.Services, Told: len(roles) > 0 || r.Deployment.Single(),
	}
	if len(roles) == 0 {
		return p, nil
	}
	p.Services = nil
	for _, role := range roles {
		known := false
		for _, s := range r.Tree.Services {
			if s.ServerRole() != role && s.Name != role && s.Process() != role {
				continue
			}
			known = true
			if !slices.Contains(p.Services, s) {
				p.Services = append(p.Services, s)
			}
		}
		if len(r.Tree.Services) == 0 {
			return nil, fmt.Errorf("--role: %s configures no process: name the folder that holds all of the configuration", r.Tree.Path)
		}
		if !known {
			return nil, fmt.Errorf("--role: %s configures no %q: write one of %s", r.Tree.Path, role, strings.Join(rolesOf(r.Tree), ", "))
		}
	}
	return p, nil
}

// rolesOf are the roles and processes that a tree has.
func rolesOf(t *conf.Tree) []string {
	var list []string
	for _, role := range []string{conf.Master, conf.Query, conf.Data} {
		if slices.ContainsFunc(t.Services, func(s *conf.Service) bool { return s.ServerRole() == role }) {
			list = append(list, role)
		}
	}
	for _, s := range t.Services {
		if !slices.Contains(list, s.Name) {
			list = append(list, s.Name)
		}
	}
	return list
}

// needs are those of every check, in the order of the checks.
func (r *run) needs(p *Pass) [][]Need {
	list := make([][]Need, len(r.checks))
	for i, c := range r.checks {
		if c.Needs != nil {
			p.check = c
			list[i] = c.Needs(p)
		}
	}
	return list
}

// ask asks every question once.
func (r *run) ask(ctx context.Context, needs [][]Need) (map[string]facts.Answer, error) {
	request := facts.Request{Seconds: r.Timeout.Seconds()}
	known := map[string]bool{}
	for _, list := range needs {
		for _, n := range list {
			if n.Skip == "" && !known[n.Question.Name] {
				known[n.Question.Name] = true
				request.Questions = append(request.Questions, n.Question)
			}
		}
	}
	if what := writes(request.Questions); len(what) > 0 && r.Announce != nil {
		r.Announce(what)
	}
	answers := make(map[string]facts.Answer, len(request.Questions))
	if len(request.Questions) == 0 {
		return answers, nil
	}
	err := r.Ask(ctx, request, func(a facts.Answer) {
		answers[a.Name] = a
		if r.Progress != nil {
			r.Progress(len(answers), len(request.Questions))
		}
	})
	return answers, errors.Join(err, ctx.Err())
}

// writes are what questions write, and take away again.
func writes(list []facts.Question) (what []string) {
	for _, q := range list {
		switch {
		case q.Folder != nil && q.Folder.Probe:
			what = append(what, "a file .implycheck-* in "+q.Folder.Path)
		case q.Session != nil && q.Session.Probe:
			what = append(what, "an ephemeral node .implycheck-* of ZooKeeper below "+q.Session.Paths[len(q.Session.Paths)-1])
		case q.Store != nil && q.Store.Probe:
			what = append(what, "an object .implycheck-* below "+q.Store.Where())
		case q.HDFS != nil && q.HDFS.Probe:
			what = append(what, fmt.Sprintf("a file .implycheck-* in %s of HDFS", q.HDFS.Path))
		}
	}
	return what
}

// judge lets every check judge its answers.
func (r *run) judge(p *Pass, needs [][]Need, answers map[string]facts.Answer) {
	machine := answers["host"].Host
	p.apart = r.Tree.InContainers() && (machine == nil || !machine.Container)
	for i, c := range r.checks {
		if len(needs[i]) == 0 {
			continue
		}
		asked := make([]Asked, len(needs[i]))
		for j, n := range needs[i] {
			a, ok := answers[n.Question.Name]
			switch {
			case n.Skip != "":
				a = facts.Answer{Problem: &facts.Problem{Kind: facts.Unsupported, Text: n.Skip}}
			case p.apart && c.of == ofNetwork && asksLoopback(&n.Question):
				a = facts.Answer{Problem: &facts.Problem{Kind: facts.Unsupported, Text: "it is on the loopback" + isApart}}
			case !ok:
				a = facts.Answer{Name: n.Question.Name, Problem: &facts.Problem{Kind: facts.Timeout, Text: "no answer when the time was up"}}
			case a.Problem == nil && !a.Answers(&n.Question):
				a.Problem = &facts.Problem{Kind: facts.Unsupported, Text: "what was gathered does not answer this"}
			}
			asked[j] = Asked{n, a}
		}
		p.check = c
		c.judge(p, asked)
	}
}

// severity is what a verdict that is no pass means.
func (r *run) severity(v finding.Verdict) finding.Severity {
	switch {
	case v == finding.Fail, v == finding.CannotSay && r.RequireKnown:
		return finding.Error
	case v == finding.Warn:
		return finding.Warning
	}
	return finding.Info
}

// report makes the report of the rows of some hosts.
func (r *run) report(hosts ...*Pass) (*finding.Report, error) {
	t := r.Tree
	hide := t.Masker().Known
	report := &finding.Report{Version: finding.Version, Tool: r.Tool, Trees: []finding.Tree{mask.Each(rules.Describe(t, r.Deployment), hide)}}
	for _, p := range hosts {
		for _, row := range p.rows {
			report.Checks = append(report.Checks, mask.Each(row.Check, hide))
			if row.Verdict != finding.Pass {
				report.Findings = append(report.Findings, rules.Hide(t, r.finding(row)))
			}
		}
	}
	return report, r.suppress(report)
}

func (r *run) finding(row *Row) finding.Finding {
	f := finding.Finding{
		Tree: row.Tree, Rule: row.Rule, Severity: r.severity(row.Verdict), Message: row.Message, Help: row.Help,
		Location: row.Location, Target: strings.TrimSpace(row.Host + " " + row.Target), Service: row.Service, Property: row.Property, Docs: row.check.Docs(),
	}
	if row.Verdict == finding.Fail || row.Verdict == finding.Warn {
		f.Effect = row.check.Effect
	}
	if row.Host != "" {
		f.Message = row.Host + ": " + f.Message
	}
	return f
}

package preflight_test

import (
	"cmp"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/preflight"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/preflight/probe"
	"github.com/implycheck/implycheck/rules"
)

// cluster is a small tree, to which a test adds lines of the common file.
const cluster = `druid.extensions.loadList=[]
druid.zk.service.enabled=false
druid.metadata.storage.type=postgresql
`

// setup is a tree on the disk, and how it is run.
type setup struct {
	dir   string
	files map[string]string
	o     preflight.Options
	// deployment is auto without one.
	deployment string
	// target is druid-28 without one; auto is what the tree tells.
	target string
	// answers replace what the prober says, by the name of the question.
	answers map[string]facts.Answer
	// cloud is asked in place of the stores that no property names the host of.
	cloud string
	// noIgnores shows everything.
	noIgnores bool
	// gathered is set where hosts are what gather has answered.
	gathered bool
}

// newSetup is a Historical of a cluster with some lines in its common file.
func newSetup(t *testing.T, common string) *setup {
	t.Helper()
	return &setup{dir: t.TempDir(), deployment: "cluster", files: map[string]string{
		"conf/druid/_common/common.runtime.properties": cluster + common,
		"conf/druid/historical/runtime.properties":     "druid.service=druid/historical\ndruid.plaintextPort=38083\n",
		"conf/druid/historical/jvm.config":             "-Xms256m\n-Xmx256m\n-XX:MaxDirectMemorySize=256m\n-Duser.timezone=UTC\n",
		"conf/druid/coordinator/runtime.properties":    "druid.service=druid/coordinator\ndruid.plaintextPort=38081\n",
		"conf/druid/coordinator/jvm.config":            "-Xms256m\n-Xmx256m\n-Duser.timezone=UTC\n",
	}}
}

// run writes the tree and runs the checks that fit a pattern.
func (s *setup) run(t *testing.T, only ...string) *finding.Report {
	t.Helper()
	for name, text := range s.files {
		path := filepath.Join(s.dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	var options conf.Options
	if s.target != "auto" {
		target := targetOf(t, cmp.Or(s.target, "druid-28"))
		options.Target = &target
	}
	trees, err := conf.Open(t.Context(), filepath.Join(s.dir, "conf"), options)
	require.NoError(t, err)
	require.Len(t, trees, 1)
	o := s.o
	o.Tree, o.Only = trees[0], only
	o.Config = &config.Run{Finder: config.Finder{None: true}, Today: config.DateOf(time.Now()), NoIgnores: s.noIgnores}
	o.Deployment = rules.DeploymentOf(o.Tree, rules.Options{Deployment: s.deployment})
	switch o.Home {
	case "":
		o.Home = s.dir
	case "guess":
		o.Home = "" // the folder above conf, which is the same
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Ask == nil {
		o.Ask = s.ask
	}
	r, err := preflight.Run(t.Context(), o)
	require.NoError(t, err)
	if len(only) > 0 && s.o.Ask == nil { // what a test has not asked for depends on the machine
		see(t.Name(), len(s.answers) > 0 || len(o.Hosts) > 0 && !s.gathered, r)
	}
	return r
}

// ask probes in this process, as the prober does in its own.
func (s *setup) ask(ctx context.Context, r facts.Request, answer func(facts.Answer)) error {
	text, err := json.Marshal(r) // what cannot be written is no question
	if err != nil {
		return err
	}
	var again facts.Request
	if err := json.Unmarshal(text, &again); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(r.Seconds*float64(time.Second)))
	defer cancel()
	var asked []facts.Question
	for _, q := range again.Questions {
		if a, ok := s.answers[q.Name]; ok {
			a.Name = q.Name
			answer(a)
			continue
		}
		if s.cloud != "" && q.Store != nil {
			q.Store.Endpoint = s.cloud
		}
		if s.cloud != "" && q.Time != nil {
			q.Time.URL = s.cloud
		}
		asked = append(asked, q) // of what lies on this machine: nothing leaves it
	}
	probe.Ask(ctx, asked, answer)
	return nil
}

// rows are "verdict target: current", one a row of a check.
func rows(r *finding.Report, check string) []string {
	var list []string
	for _, c := range r.Checks {
		if c.Rule == check {
			list = append(list, string(c.Verdict)+" "+c.Target+": "+c.Current)
		}
	}
	return list
}

// one is the only row of a check.
func one(t *testing.T, r *finding.Report, check string) finding.Check {
	t.Helper()
	var found []finding.Check
	for _, c := range r.Checks {
		if c.Rule == check {
			found = append(found, c)
		}
	}
	require.Len(t, found, 1, "%v", rows(r, check))
	return found[0]
}

// requireOne asserts the only row of a check, and that its finding is as bad.
func requireOne(t *testing.T, r *finding.Report, check string, v finding.Verdict, current string) {
	t.Helper()
	c := one(t, r, check)
	require.Equal(t, v, c.Verdict, "%+v", c)
	require.Contains(t, c.Current, current)
	severity := map[finding.Verdict]finding.Severity{finding.Fail: finding.Error, finding.Warn: finding.Warning, finding.CannotSay: finding.Info}
	for _, f := range r.Findings {
		if f.Rule == check {
			require.Equal(t, severity[v], f.Severity, f.Message)
			require.NotEmpty(t, f.Message)
			return
		}
	}
	require.Equal(t, finding.Pass, v, "no finding of %s", check)
}

// answered is what the prober says of this machine, for tests to change.
func answered(t *testing.T, name string, q facts.Question) facts.Answer {
	t.Helper()
	q.Name = name
	return probe.Do(t.Context(), &q)
}

func hasFinding(r *finding.Report, text string) bool {
	for _, f := range r.Findings {
		if strings.Contains(f.Message, text) {
			return true
		}
	}
	return false
}

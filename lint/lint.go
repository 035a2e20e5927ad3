// Package lint is one run of the linter, from paths to a report. Run owns the
// whole order of it, and nobody else builds a part of it again:
//
//  1. The trees below all paths are found; a file stands for the tree around it.
//  2. Each tree by itself, several at the same time, and none longer in memory
//     than it takes:
//     - the configuration file for it is looked for, and says what the tree does
//     not tell and whether it is linted at all;
//     - it is opened, and checked by the rules and then by the policies;
//     - the configuration file changes severities, and suppresses what is
//     excluded, ignored or off;
//     - the comments in the files suppress, and those that do not work are
//     findings too.
//  3. The clusters are compared with one another; configuration and comments have
//     their say about that.
//  4. Ignores of configuration files that are left over are reported.
//  5. Baselines suppress what is known, and report what is gone.
//  6. With NewFrom, what was there at that revision is left out.
//  7. What is said of several places becomes one finding; the findings are put in
//     order and counted.
//
// What a run answers depends on neither the number of jobs nor the order in which
// they end.
package lint

import (
	"context"
	"io/fs"
	"runtime"
	"time"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/live"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
)

// Options say what to lint and how. What is left out is not said.
type Options struct {
	// Paths are folders, archives, single files, and addresses of running clusters. Of a file's tree only what
	// concerns the file is reported. Several paths are taken for clusters of
	// their own, and compared.
	Paths []string
	// Files, if not nil, is where paths and their configuration files are looked for in
	// the place of the disk, as in conf.Options. Policies and baselines that those name
	// are not read.
	Files fs.FS
	// Overlay has files that count in the place of those on the disk, as in
	// conf.Options.
	Overlay map[string][]byte

	// Facts are what is said of all trees, by the names that the flags of
	// implycheck lint have: target, deployment, masters, query-servers,
	// data-servers, brokers, java, instance, cores, memory, disk, fail-on and
	// baseline. They count more than what a configuration file says.
	Facts map[string]string
	// Form is the only form to look for, such as conf or compose; empty for all.
	Form string
	// Access is how running clusters are asked.
	Access live.Access
	// HA asks whether the clusters survive the loss of any one server.
	HA bool

	// ConfigFile counts for every tree. Without it, and without NoConfig, the
	// nearest .implycheck.yaml upward from each tree does.
	ConfigFile string
	NoConfig   bool
	// Policies are files and folders of CUE, beside those of configuration files.
	Policies []string
	// Evaluator makes what evaluates them, for one run; without it a policy is an
	// error. See lint/policy.
	Evaluator func() Evaluator
	// NoIgnores shows everything: no comment, no ignore of a configuration file
	// and no baseline suppresses a finding.
	NoIgnores bool
	// NewFrom is a revision of git: only what is new since then is reported.
	NewFrom string
	// Rules restricts the run to some rules; nil runs all.
	Rules []*rules.Rule
	// Today is when ignores end, by the day in UTC; now, if it is zero.
	Today time.Time

	// Jobs is how many trees are linted at the same time; as many as there are
	// cores, if it is 0.
	Jobs int
	// Progress, if not nil, is called after every tree, by one job at a time.
	Progress func(done, all int)
	// Linted, if not nil, is called with every tree and what is left of its
	// findings when its own suppressions have been applied, by several jobs at
	// the same time. It must not change the findings.
	Linted func(t *conf.Tree, findings []finding.Finding)
	// EachPlace leaves every place a finding of its own, where else those that say
	// the same are one: a baseline knows places.
	EachPlace bool
	// ByFile leaves the findings in the order of the files; else the worst come
	// first.
	ByFile bool
	// Tool is who reports.
	Tool finding.Tool
}

// Run lints every path. A path that cannot be read makes the whole run fail:
// half a result is not a result. A run whose context ends fails with an
// *Interrupted, and one in which something panics with a *rules.Bug.
func Run(ctx context.Context, o Options) (*finding.Report, error) {
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	if o.Today.IsZero() {
		o.Today = time.Now()
	}
	l := &linter{Options: o, loaded: &policies{}}
	if o.Evaluator != nil {
		l.loaded.evaluator = o.Evaluator()
	}
	defer l.loaded.close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // what is still under way is not waited for
	r, err := l.lint(ctx)
	if err == nil && o.NewFrom != "" {
		err = l.leaveOutOld(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	if !o.EachPlace {
		r.Findings = finding.Together(r.Findings)
	}
	if !o.ByFile {
		byConsequence(r.Findings)
	}
	r.Summary = finding.Summarize(r.Trees, r.Findings, r.Suppressed)
	r.Failing = l.failing(r.Findings)
	return r, nil
}

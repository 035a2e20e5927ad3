package main

import (
	"errors"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
)

// configFlags say which config file counts.
type configFlags struct {
	file string
	none bool
}

func (c *configFlags) add(f *pflag.FlagSet) {
	f.StringVar(&c.file, "config", "", "config file for every path; without it the nearest "+config.Name+" upward from each tree")
	f.BoolVar(&c.none, "no-config", false, "read no config file")
}

// run is the config of one run: the files, and the flags above them.
func (c *configFlags) run(f *pflag.FlagSet, paths []string) (*config.Run, error) {
	if c.none && f.Changed("config") {
		return nil, errors.New("--config and --no-config exclude each other")
	}
	facts, err := flagFacts(f)
	if err != nil {
		return nil, err
	}
	return &config.Run{
		Finder: config.Finder{File: c.file, None: c.none},
		Flags:  facts, Today: config.DateOf(time.Now()), Paths: paths,
	}, nil
}

// configSettings are how the trees below a path are read and judged, as the
// config files and flags say.
func configSettings(r *config.Run, ha bool) lint.Settings {
	return lint.Settings{
		Open: conf.Options{TargetOf: func(tree string) (*schema.Target, string, error) {
			s, err := r.For(tree)
			return s.Target, s.Origin("target").String(), err
		}},
		Tree: func(tree string) (rules.Options, bool, error) {
			s, err := r.For(tree)
			if err != nil {
				return rules.Options{}, false, err
			}
			return rules.Options{Deployment: s.Deployment, Topology: s.Topology, HA: ha}, !s.Excluded(tree), nil
		},
		Steps: []lint.Step{configStep(r)},
	}
}

// configStep applies what a config file says of rules and files.
func configStep(r *config.Run) lint.Step {
	return func(t *conf.Tree, result *lint.Result) {
		c, err := r.Finder.Find(t.Path)
		if err != nil || c.File == "" {
			return // an error has stopped the run before
		}
		files := make([]string, len(t.Files))
		for i, f := range t.Files {
			files[i] = f.Path
		}
		r.See(c, t.Path, files)
		r.Adjust(c, result.Findings)
		result.Suppress(func(f finding.Finding) (finding.Suppression, bool) { return r.Choose(c, f) })
	}
}

// finishConfig applies the config to what is said between clusters, and reports
// the ignores that are left over.
func finishConfig(r *config.Run, report *finding.Report) {
	result := lint.Result{Result: rules.Result{Findings: report.Findings}, Suppressed: report.Suppressed}
	result.Suppress(func(f finding.Finding) (finding.Suppression, bool) {
		c, err := r.Finder.Find(f.Tree)
		if err != nil || c.File == "" {
			return finding.Suppression{}, false
		}
		return r.Choose(c, f)
	})
	for i := range result.Findings {
		if c, err := r.Finder.Find(result.Findings[i].Tree); err == nil {
			r.Adjust(c, result.Findings[i:i+1])
		}
	}
	report.Findings = finding.Sort(append(result.Findings, r.Leftover()...))
	report.Suppressed = result.Suppressed
	report.Summary = finding.Summarize(report.Trees, report.Findings, report.Suppressed)
}

// fails reports whether a finding is at or above what fails, for its tree.
func fails(r *config.Run, findings []finding.Finding) bool {
	return slices.ContainsFunc(findings, func(f finding.Finding) bool {
		s, err := r.For(f.Tree)
		return err == nil && f.Severity >= s.FailOn
	})
}

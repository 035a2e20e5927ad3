package main

import (
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/lint"
	"github.com/implycheck/implycheck/lint/baseline"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/lint/policy"
	"github.com/implycheck/implycheck/lint/suppress"
	"github.com/implycheck/implycheck/schema"
)

// judgeFlags say how trees are read and judged; lint and baseline share them.
type judgeFlags struct {
	ha       bool
	config   configFlags
	policies policyFlags
	suppress suppressFlags
	fleet    fleetFlags
}

func (j *judgeFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("target", "auto", "version the trees are written for: auto, imply-3.0.19, druid-28, ...")
	f.String("deployment", "auto", "where the processes run: auto, single (one machine) or cluster")
	f.BoolVar(&j.ha, "ha", false, "ask whether the cluster survives the loss of any one server, and answer point by point")
	addTopologyFlags(f)
	j.config.add(f)
	j.policies.add(f)
	j.suppress.add(f)
	j.fleet.add(f)
	complete(cmd, "target", append([]string{"auto"}, schema.TargetNames()...))
	complete(cmd, "deployment", config.Deployments)
}

// judge lints as the flags and the config files say. Each run reads the config
// anew: what it remembers of one says nothing about another.
type judge struct {
	cmd      *cobra.Command
	flags    judgeFlags
	conf     *config.Run
	policies policies
}

func newJudge(cmd *cobra.Command, flags judgeFlags) *judge { return &judge{cmd: cmd, flags: flags} }

// lint lints the paths with some files in the place of those on the disk, and
// with last after all other steps.
func (j *judge) lint(paths []string, overlay map[string][]byte, last ...lint.Step) (*finding.Report, error) {
	conf, err := j.flags.config.run(j.cmd.Flags(), paths)
	if err != nil {
		return nil, err
	}
	conf.NoIgnores = j.flags.suppress.noIgnores
	j.conf = conf
	if _, err := j.policies.load(userNames(j.flags.policies.paths)); err != nil {
		return nil, err
	}
	watch := newProgress(j.cmd.ErrOrStderr())
	r, err := lint.Run(j.cmd.Context(), lint.Options{
		Paths: paths, Overlay: overlay, Jobs: int(j.flags.fleet.jobs), Progress: watch.update,
		Tool: finding.Tool{Name: "implycheck", Version: version},
		Settings: func(path string) (lint.Settings, error) {
			s := configSettings(conf, j.flags.ha)
			s.Open.Overlay = overlay
			judging, err := j.steps(path)
			s.Steps = append(append(judging[:len(judging):len(judging)], s.Steps...), j.silencing(path)...)
			s.Steps = append(s.Steps, last...)
			return s, err
		},
	})
	watch.erase()
	if err != nil {
		return nil, err
	}
	finishConfig(conf, r)
	return r, nil
}

// hiding lints, and hides what the baseline knows.
func (j *judge) hiding(paths []string, overlay map[string][]byte, last ...lint.Step) (*finding.Report, error) {
	known := map[string]*baseline.Baseline{}
	for _, path := range paths {
		name, err := j.baseline(path)
		if err != nil {
			return nil, err
		}
		if name.Path == "" || known[name.Path] != nil {
			continue
		}
		if known[name.Path], err = baseline.Load(name); err != nil {
			return nil, err
		}
	}
	r, err := j.lint(paths, overlay, last...)
	if err != nil {
		return nil, err
	}
	for _, b := range known {
		b.Apply(r, paths)
	}
	return r, nil
}

// baseline is the file that --baseline or the config of a path names.
func (j *judge) baseline(path string) (disk.Name, error) {
	if j.flags.suppress.noIgnores {
		return disk.Name{}, nil
	}
	s, err := j.settings(path)
	return s.BaselineFile(), err
}

// settings are those of a path, before a run.
func (j *judge) settings(path string) (config.Settings, error) {
	if j.conf == nil {
		var err error
		if j.conf, err = j.flags.config.run(j.cmd.Flags(), []string{path}); err != nil {
			return config.Settings{}, err
		}
	}
	return j.conf.For(path)
}

// steps are the policies of the flags and of a path's config.
func (j *judge) steps(path string) ([]lint.Step, error) {
	loaded, err := j.policiesOf(path)
	steps := make([]lint.Step, len(loaded))
	for i, p := range loaded {
		steps[i] = p.Step()
	}
	return steps, err
}

func (j *judge) policiesOf(path string) ([]*policy.Policy, error) {
	s, err := j.conf.For(path)
	if err != nil {
		return nil, err
	}
	var names []disk.Name
	for _, p := range s.Policies() {
		names = append(names, p.Name)
	}
	loaded, err := j.policies.load(append(names, userNames(j.flags.policies.paths)...))
	if err != nil {
		return nil, err
	}
	return loaded, s.Config().CheckRules(policyRules(loaded))
}

// policyRules are the names of all rules of policies.
func policyRules(loaded []*policy.Policy) []string {
	var names []string
	for _, p := range loaded {
		names = append(names, p.Rules()...)
	}
	return names
}

// silencing are the comments in the files, unless nobody is to listen to them.
func (j *judge) silencing(path string) []lint.Step {
	if j.flags.suppress.noIgnores {
		return nil
	}
	o := suppress.Options{Today: time.Now()}
	if s, err := j.conf.For(path); err == nil {
		o.Locked = s.Locked
	}
	if loaded, err := j.policiesOf(path); err == nil {
		o.Policies = policyRules(loaded)
	}
	return []lint.Step{suppress.Step(o)}
}

// fails reports whether a finding is at or above what fails, for its tree.
func (j *judge) fails(findings []finding.Finding) bool { return fails(j.conf, findings) }

// policies compiles each policy once a run.
type policies struct {
	mu     sync.Mutex
	loaded map[disk.Name]*policy.Policy
}

// userNames are files that the user names.
func userNames(paths []string) []disk.Name {
	names := make([]disk.Name, len(paths))
	for i, path := range paths {
		names[i] = disk.User(path)
	}
	return names
}

func (p *policies) load(names []disk.Name) ([]*policy.Policy, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []*policy.Policy
	for _, name := range names {
		if p.loaded[name] == nil {
			one, err := policy.Load(name)
			if err != nil {
				return nil, err
			}
			if p.loaded == nil {
				p.loaded = map[disk.Name]*policy.Policy{}
			}
			p.loaded[name] = one
		}
		list = append(list, p.loaded[name])
	}
	return list, nil
}

package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/lint/policy"
	"github.com/implycheck/implycheck/schema"
)

// runFlags are what a user may say of a run; lint and baseline share them.
type runFlags struct {
	options lint.Options
	config  configFlags
	access  accessFlags
	jobs    uint
}

func (r *runFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("target", "auto", "version the trees are written for: auto, imply-3.0.19, druid-28, ...")
	f.StringVar(&r.options.Form, "form", "", formHelp())
	f.String("deployment", "auto", "where the processes run: auto, single (one machine) or cluster")
	f.String("baseline", "", "hide the findings that this file knows; implycheck baseline writes it")
	addTopologyFlags(f)
	f.BoolVar(&r.options.HA, "ha", false, "ask whether the cluster survives the loss of any one server, and answer point by point")
	f.BoolVar(&r.options.NoIgnores, "no-ignores", false, "show everything: no comment, no ignore in the config file and no baseline hides a finding")
	f.StringArrayVar(&r.options.Policies, "policy", nil, "a policy in CUE, FILE or DIR: rules of your own (see docs/policies.md); may be repeated")
	f.UintVar(&r.jobs, "jobs", 0, "how many trees to lint at the same time; 0 for as many as there are cores")
	r.config.add(f)
	r.access.add(f)
	complete(cmd, "target", append([]string{"auto"}, schema.TargetNames()...))
	complete(cmd, "form", conf.FormNames())
	complete(cmd, "deployment", config.Deployments)
}

// addTopologyFlags adds the facts about a cluster that its files do not tell.
func addTopologyFlags(f *pflag.FlagSet) {
	f.Int64("masters", 0, "how many Master servers there are")
	f.Int64("query-servers", 0, "how many Query servers there are")
	f.Int64("data-servers", 0, "how many Data servers there are")
	f.Int64("brokers", 0, "how many Brokers there are")
	f.Int("java", 0, "major version of Java on the servers: 8, 11, 17, 21")
	f.String("instance", "", "instance type of the servers: r4.2xlarge, or master=m5.xlarge,query=m5.2xlarge,data=i3.2xlarge")
	f.String("cores", "", "cores of the servers: 16, or data=16,query=8")
	f.String("memory", "", "memory of the servers: 64GiB, or data=64GiB")
	f.String("disk", "", "disk space for segments: 2TB, or data=2TB")
}

// of are the options of a run over some paths.
func (r *runFlags) of(f *pflag.FlagSet, paths []string) (lint.Options, error) {
	o := r.options
	o.Paths, o.Facts, o.Jobs = paths, factsOf(f), int(r.jobs)
	o.ConfigFile, o.NoConfig = r.config.file, r.config.none
	o.Tool = tool()
	o.Evaluator = evaluator
	access, err := r.access.of(paths...)
	o.Access = access
	return o, errors.Join(r.config.check(f), checkForm(o.Form), err)
}

// evaluator is what evaluates policies.
func evaluator() lint.Evaluator { return &policy.Runner{} }

// factsOf are the facts that the user said with flags.
func factsOf(f *pflag.FlagSet) map[string]string {
	said := map[string]string{}
	for _, name := range config.FactNames() {
		if flag := f.Lookup(name); flag != nil && flag.Changed {
			said[name] = flag.Value.String()
		}
	}
	return said
}

// lintPaths lints, and tells a terminal how far it is.
func lintPaths(cmd *cobra.Command, o lint.Options) (*finding.Report, error) {
	watch := newProgress(cmd.ErrOrStderr(), "trees")
	defer watch.erase()
	o.Progress = func(done, all int) {
		if done == 1 {
			saveTime(all)
		}
		watch.update(done, all)
	}
	return lint.Run(cmd.Context(), o)
}

// configFlags say which config file counts.
type configFlags struct {
	file string
	none bool
}

func (c *configFlags) add(f *pflag.FlagSet) {
	f.StringVar(&c.file, "config", "", "config file for every path; without it the nearest "+config.Name+" upward from each tree")
	f.BoolVar(&c.none, "no-config", false, "read no config file")
}

func (c *configFlags) check(f *pflag.FlagSet) error {
	if c.none && f.Changed("config") {
		return errors.New("--config and --no-config exclude each other")
	}
	return nil
}

// files are what the config files say.
func (c *configFlags) files() *config.Run {
	return &config.Run{Finder: config.Finder{File: c.file, None: c.none}}
}

// run is what flags and config files say of some paths.
func (c *configFlags) run(f *pflag.FlagSet, paths ...string) (*config.Run, error) {
	facts, err := config.FactsOf(factsOf(f))
	r := c.files()
	r.Flags, r.Today, r.Paths = facts, config.DateOf(time.Now()), paths
	return r, errors.Join(c.check(f), err)
}

// settings are what lint takes for a path, be there a tree or not.
func (c *configFlags) settings(f *pflag.FlagSet, path string) (config.Settings, error) {
	run, err := c.run(f, path)
	if err != nil {
		return config.Settings{}, err
	}
	return run.For(path)
}

// tool is who reports.
func tool() finding.Tool { return finding.Tool{Name: "implycheck", Version: programVersion()} }

package main

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/baseline"
	"github.com/implycheck/implycheck/pipeline"
	"github.com/implycheck/implycheck/suppress"
)

// suppressFlags say which findings are not to be seen.
type suppressFlags struct {
	noIgnores bool
	baseline  string
}

func (s *suppressFlags) add(f *pflag.FlagSet) {
	f.BoolVar(&s.noIgnores, "no-ignores", false, "show everything: no comment and no baseline hides a finding")
	f.StringVar(&s.baseline, "baseline", "", "hide the findings that this file knows; implycheck baseline writes it")
}

// steps are what hides findings of one tree.
func (s *suppressFlags) steps() []pipeline.Step {
	if s.noIgnores {
		return nil
	}
	return []pipeline.Step{suppress.Step(suppress.Options{Today: time.Now()})}
}

// load reads the baseline; nil if there is to be none.
func (s *suppressFlags) load() (*baseline.Baseline, error) {
	if s.baseline == "" || s.noIgnores {
		return nil, nil
	}
	return baseline.Load(s.baseline)
}

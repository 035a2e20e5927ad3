package main

import (
	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/pipeline"
	"github.com/implycheck/implycheck/policy"
)

// policyFlags name rules of the user's own.
type policyFlags struct {
	paths []string
}

func (p *policyFlags) add(f *pflag.FlagSet) {
	f.StringArrayVar(&p.paths, "policy", nil, "a policy in CUE, FILE or DIR: rules of your own (see docs/policies.md); may be repeated")
}

// steps compiles the policies, those of the flags and others.
func (p *policyFlags) steps(others ...string) ([]pipeline.Step, error) {
	var steps []pipeline.Step
	for _, path := range append(others, p.paths...) {
		loaded, err := policy.Load(path)
		if err != nil {
			return nil, err
		}
		steps = append(steps, loaded.Step())
	}
	return steps, nil
}

package main

import "github.com/spf13/pflag"

// policyFlags name rules of the user's own.
type policyFlags struct {
	paths []string
}

func (p *policyFlags) add(f *pflag.FlagSet) {
	f.StringArrayVar(&p.paths, "policy", nil, "a policy in CUE, FILE or DIR: rules of your own (see docs/policies.md); may be repeated")
}

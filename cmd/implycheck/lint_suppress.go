package main

import "github.com/spf13/pflag"

// suppressFlags say which findings are not to be seen. The file of --baseline is
// a fact that a config file can say too; see facts.go.
type suppressFlags struct {
	noIgnores bool
}

func (s *suppressFlags) add(f *pflag.FlagSet) {
	f.BoolVar(&s.noIgnores, "no-ignores", false, "show everything: no comment, no ignore in the config file and no baseline hides a finding")
	f.String("baseline", "", "hide the findings that this file knows; implycheck baseline writes it")
}

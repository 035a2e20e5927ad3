package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/lint/config"
)

// factFlags are the flags that say what a config file can say too, and whether
// they may differ from one kind of server to the next.
var factFlags = []struct {
	name   string
	byRole bool
}{
	{"target", false}, {"deployment", false}, {"fail-on", false}, {"baseline", false},
	{"masters", false}, {"query-servers", false}, {"data-servers", false}, {"brokers", false}, {"java", false},
	{"instance", true}, {"cores", true}, {"memory", true}, {"disk", true},
}

// flagFacts are the facts that the user said with flags.
func flagFacts(f *pflag.FlagSet) ([]config.Fact, error) {
	var facts []config.Fact
	for _, known := range factFlags {
		flag := f.Lookup(known.name)
		if flag == nil || !flag.Changed {
			continue
		}
		said := []config.Fact{{Name: known.name, Value: flag.Value.String(), From: config.Origin{Flag: known.name}}}
		if known.byRole {
			var err error
			if said, err = config.ByRole(known.name, flag.Value.String()); err != nil {
				return nil, fmt.Errorf("--%s: %w", known.name, err)
			}
		}
		for _, fact := range said {
			if err := fact.Check(); err != nil {
				return nil, fmt.Errorf("--%s: %s", known.name, strings.TrimSpace(err.Error()))
			}
		}
		facts = append(facts, said...)
	}
	return facts, nil
}

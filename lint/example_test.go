package lint_test

import (
	"context"
	"fmt"
	"log"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint"
	"github.com/implycheck/implycheck/rules"
)

// A whole run, as implycheck lint does it: paths in, a report out. This
// step suppresses all findings but those of one rule.
func ExampleRun() {
	others := func(f finding.Finding) (finding.Suppression, bool) {
		return finding.Suppression{By: "config", Reason: "not asked for"}, f.Rule != "zk-even-or-two-nodes"
	}
	r, err := lint.Run(context.Background(), lint.Options{
		Paths: []string{"../testdata/demo/conf"},
		Settings: func(string) (lint.Settings, error) {
			return lint.Settings{
				Rules: rules.Options{Deployment: "cluster"},
				Steps: []lint.Step{func(_ *conf.Tree, r *lint.Result) { r.Suppress(others) }},
			}, nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range r.Findings {
		fmt.Printf("%s:%d: %s\n", f.File, f.Line, f.Message)
	}
	fmt.Println(r.Summary.Suppressed, "suppressed")
	// Output:
	// ../testdata/demo/conf/zk/zoo.cfg:7: 2 ZooKeeper servers survive the loss of none: they are less available than one
	// 20 suppressed
}

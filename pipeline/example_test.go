package pipeline_test

import (
	"context"
	"fmt"
	"log"

	"github.com/implycheck/implycheck/conftree"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/pipeline"
	"github.com/implycheck/implycheck/rules"
)

// A whole run, as implycheck lint does it: paths in, a report out. This
// step suppresses all findings but those of one rule.
func ExampleRun() {
	others := func(f finding.Finding) (finding.Suppression, bool) {
		return finding.Suppression{By: "config", Reason: "not asked for"}, f.Rule != "zk-even-or-two-nodes"
	}
	r, err := pipeline.Run(context.Background(), pipeline.Options{
		Paths: []string{"../testdata/demo/conf"},
		Settings: func(string) (pipeline.Settings, error) {
			return pipeline.Settings{
				Rules: rules.Options{Deployment: "cluster"},
				Steps: []pipeline.Step{func(_ *conftree.Tree, r *pipeline.Result) { r.Suppress(others) }},
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

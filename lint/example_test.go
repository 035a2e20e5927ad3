package lint_test

import (
	"context"
	"fmt"
	"log"

	"github.com/implycheck/implycheck/lint"
)

// A whole run, as implycheck lint does it: paths in, a report out.
func ExampleRun() {
	r, err := lint.Run(context.Background(), lint.Options{
		Paths:    []string{"../testdata/demo/conf"},
		Facts:    map[string]string{"deployment": "cluster"},
		NoConfig: true,
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range r.Findings {
		if f.Rule == "zk-even-or-two-nodes" {
			fmt.Printf("%s:%d: %s\n", f.File, f.Line, f.Message)
		}
	}
	fmt.Println(r.Trees[0].Target, len(r.Findings))
	// Output:
	// ../testdata/demo/conf/zk/zoo.cfg:7: 2 ZooKeeper servers survive the loss of none: they are less available than one
	// druid-0.20 22
}

package rules_test

import (
	"context"
	"fmt"
	"log"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
)

// What is wrong with a property of a tree.
func ExampleLint() {
	trees, err := conf.Open(context.Background(), "../testdata/demo/conf", conf.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, tree := range trees {
		result, err := rules.Lint(context.Background(), tree, rules.Options{Deployment: "cluster"})
		if err != nil {
			log.Fatal(err)
		}
		for _, f := range result.Findings {
			if f.Severity == finding.Error && f.Property == "druid.storage.type" {
				fmt.Printf("%s:%d: %s\n", f.File, f.Line, f.Message)
				fmt.Println(f.Rule)
			}
		}
	}
	// Output:
	// ../testdata/demo/conf/druid/_common/common.runtime.properties:19: druid.storage.type=s3 needs the extension druid-s3-extensions, which is not loaded
	// ext-storage-not-loaded
}

// What a rule is about.
func ExampleLookup() {
	r, ok := rules.Lookup("zk-even-or-two-nodes")
	fmt.Println(ok, r.Severity, r.Title)
	// Output:
	// true warning An even number of ZooKeeper servers.
}
